//! `cargo xtask test`: every check there is, one after the other, a line for each. A part that
//! fails shows all that it printed, and the parts behind it still run.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::run::{self, Result, capture, cargo, npm};
use crate::size::Sizes;
use crate::{browser, demo, dist, replay, sabotage, storm, supply, tools, widget};

/// A part: it returns what there is to say beside "passed".
type Part = fn() -> Result<String>;

/// In this order: what is cheap and fails often comes first.
const PARTS: &[(&str, &str, Part)] = &[
    ("fmt", "rustfmt finds nothing to change", fmt),
    (
        "clippy",
        "clippy finds nothing in what runs natively",
        clippy,
    ),
    (
        "clippy-wasm",
        "clippy finds nothing in the widget",
        clippy_wasm,
    ),
    (
        "supply",
        "licences and sources of what Plimsoll is made with, and known holes",
        supply::check,
    ),
    (
        "native",
        "the native tests, house rules (tests/tidy.rs) included",
        native,
    ),
    (
        "sabotage",
        "mistakes planted in a copy of the engine are noticed",
        sabotage::all,
    ),
    (
        "sdk",
        "the official Node SDK, unchanged, against the real server",
        sdk,
    ),
    (
        "types",
        "programs in TypeScript, right and wrong, against www/npm/index.d.ts",
        types,
    ),
    ("build", "Trunk builds the release widget", build),
    ("size", "the build keeps budget.toml", size),
    ("wasm", "tests/web in a headless browser", wasm),
    ("e2e", "journeys in Chromium against the real server", e2e),
    (
        "npm",
        "the npm package in projects of each bundler and framework",
        npm_package,
    ),
    (
        "leptos",
        "examples/leptos, built by Trunk, uploads in Chromium",
        leptos,
    ),
    (
        "conformance",
        "docs/conformance.md has a test for each promise to pages",
        conformance,
    ),
    TIDY,
];

/// More tries than this mean that something else is wrong.
const BROWSER_STARTS: u32 = 8;

/// What `native` and `e2e` leave for `conformance`.
const NATIVE: &str = "native.txt";
const E2E: &str = "e2e.json";

/// Part of `native`, so it runs by its name only.
const TIDY: (&str, &str, Part) = ("tidy", "the house rules alone (with --only)", tidy);

/// Runs the parts asked for and says how many passed.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let list = args.switch("--list");
    let only = args.values("--only")?;
    args.end()?;
    if list {
        PARTS
            .iter()
            .for_each(|(name, what, _)| println!("{name:<12} {what}"));
        return Ok(());
    }
    if let Some(unknown) = only
        .iter()
        .find(|name| PARTS.iter().all(|part| part.0 != **name))
    {
        return Err(format!(
            "there is no part {unknown:?}; see `cargo xtask test --list`"
        ));
    }
    let wanted = |name: &str| match only.as_slice() {
        [] => name != TIDY.0,
        only => only.iter().any(|only| only == name),
    };
    let (mut passed, mut failed) = (0, 0);
    for (name, what, part) in PARTS.iter().filter(|part| wanted(part.0)) {
        println!("{name}: {what}");
        let start = Instant::now();
        let outcome = part();
        let time = seconds(start.elapsed());
        match outcome {
            Ok(note) => {
                passed += 1;
                let note = if note.is_empty() {
                    note
                } else {
                    format!(" ({note})")
                };
                println!("{name}: passed in {time}{note}");
            }
            Err(output) => {
                failed += 1;
                println!("{output}\n{name}: FAILED after {time}");
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 {
        Ok(())
    } else {
        Err(String::new())
    }
}

fn fmt() -> Result<String> {
    tools::component("fmt", "rustfmt")?;
    capture(&mut cargo(&["fmt", "--all", "--check"])).map(|_| String::new())
}

fn clippy() -> Result<String> {
    lint(&["--workspace", "--all-targets"])
}

fn clippy_wasm() -> Result<String> {
    tools::wasm_target()?;
    lint(&[
        "--package=plimsoll",
        "--all-targets",
        "--features=embed",
        "--target",
        tools::WASM,
    ])
}

fn lint(what: &[&str]) -> Result<String> {
    tools::component("clippy", "clippy")?;
    tools::crates()?;
    let mut command = cargo(&["clippy", "--locked", "--offline"]);
    capture(command.args(what).args(["--", "-D", "warnings"])).map(|_| String::new())
}

/// The one test that computes for half a minute runs beside the others, which mostly wait.
fn native() -> Result<String> {
    tools::crates()?;
    // First, so that the two don't wait for each other's compiler.
    capture(&mut native_tests(&["--no-run"]))?;
    let (others, storm) = thread::scope(|scope| {
        let storm = scope.spawn(|| {
            let mut command = native_tests(&["--test=storm"]);
            capture(command.args(["--", "--exact", storm::RULES]))
        });
        // All of them, so that one failure does not hide another.
        let mut command = native_tests(&["--no-fail-fast"]);
        let others = capture(command.args(["--", "--skip", storm::RULES]));
        (others, storm.join())
    });
    let storm = storm.map_err(|_| "the storm could not be started")?;
    let output = match (others, storm) {
        (Ok(others), Ok(storm)) => others + &storm,
        (others, storm) => {
            let said: Vec<String> = [others, storm]
                .into_iter()
                .filter_map(Result::err)
                .collect();
            return Err(said.join("\n"));
        }
    };
    run::write(&run::private()?.join(NATIVE), &output)?;
    tests(&output)
}

/// The same packages each time, so that all use the same build.
fn native_tests(more: &[&str]) -> Command {
    let mut command = cargo(&["test", "--workspace", "--locked", "--offline"]);
    command.args(more);
    command
}

fn tidy() -> Result<String> {
    tools::crates()?;
    counted(&mut cargo(&[
        "test",
        "--package=plimsoll",
        "--locked",
        "--offline",
        "--test=tidy",
    ]))
}

fn types() -> Result<String> {
    tools::node_modules()?;
    let compiler = ["exec", "--offline", "--", "tsc", "--project", "tests/types"];
    capture(&mut npm("npm", &compiler))?;
    Ok(String::new())
}

fn sdk() -> Result<String> {
    tools::node_modules()?;
    let server = demo::build_server()?;
    let example = ["build", "--locked", "--package=plimsoll-server"];
    capture(cargo(&example).args(["--example", "signing"]))?;
    let mut node = run::program("node");
    node.args(["--test", "--test-reporter=tap", "tests/sdk/"]);
    node.env("PLIMSOLL_SERVER", server);
    node.env(
        "PLIMSOLL_SIGNING",
        run::target().join("debug/examples/signing"),
    );
    let output = capture(&mut node)?;
    let absent: Vec<&str> = output
        .lines()
        .filter_map(|line| line.split_once("not on this machine: "))
        .map(|(_, name)| name)
        .collect();
    let tests = tests(&output)?;
    if absent.is_empty() {
        Ok(tests)
    } else {
        Ok(format!("{tests}; no {} here to test", absent.join(", ")))
    }
}

fn build() -> Result<String> {
    widget::build().map(|()| String::new())
}

fn size() -> Result<String> {
    widget::build()?;
    Sizes::read()?.check()
}

fn wasm() -> Result<String> {
    tools::wasm_target()?;
    tools::crates()?;
    let chromium = browser::chromium()?;
    let driver = browser::chromedriver()?;
    let runner = match tools::wasm_bindgen()? {
        Some(folder) => folder.join("wasm-bindgen-test-runner"),
        None => "wasm-bindgen-test-runner".into(),
    };
    // The driver looks for a browser in its own places; ours may be elsewhere.
    let capabilities = run::private()?.join("webdriver.json");
    let binary = chromium.display().to_string().replace('\\', "\\\\");
    let args = r#"["--headless", "--no-sandbox", "--disable-gpu"]"#;
    let options = format!(r#"{{"goog:chromeOptions": {{"args": {args}, "binary": "{binary}"}}}}"#);
    run::write(&capabilities, &options)?;
    let mut last = String::new();
    // A browser that hangs as it starts would hang the whole run: it is started anew.
    for _ in 0..BROWSER_STARTS {
        match capture(&mut web_tests(&["--no-run"])).and_then(|_| {
            let mut command = limited(&web_tests(&[]));
            command.env("CHROMEDRIVER", &driver);
            command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner);
            capture(&mut command)
        }) {
            Ok(output) => return tests(&output),
            Err(output) if output.contains("test result:") => return Err(output),
            Err(output) => last = output,
        }
    }
    Err(last)
}

/// Not with --quiet: cargo passes it on to the runner, which doesn't know it.
fn web_tests(more: &[&str]) -> Command {
    let mut command = cargo(&["test", "--locked", "--offline", "--package=plimsoll"]);
    command.args(["--features=embed", "--test=web", "--target", tools::WASM]);
    command.args(more);
    command
}

/// The same command, ended after 40 s where the system has a program for that: these tests take
/// five, and a browser that hangs as it starts, as one in three does on some systems, hangs on.
fn limited(command: &Command) -> Command {
    let has = run::first_line(run::program("timeout").arg("--version")).is_some();
    let mut outer = run::program(if has { "timeout" } else { "env" });
    if has {
        outer.args(["--kill-after=5", "40"]);
    }
    outer.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    outer
}

fn e2e() -> Result<String> {
    let mut command = npm("npx", &["playwright", "test", "--config", "tests/e2e"]);
    command.env("PLIMSOLL_E2E_REPORT", run::private()?.join(E2E));
    counted(with_browser_and_server(&mut command)?)
}

/// The projects of `examples/`, with the package as it would be published.
fn npm_package() -> Result<String> {
    widget::build()?;
    dist::make(None)?;
    let mut command = npm("npx", &["playwright", "test", "--config", "tests/npm"]);
    command.env("PLIMSOLL_TARBALL", dist::tarball());
    command.env("PLIMSOLL_NPM", run::target().join("npm"));
    counted(with_browser_and_server(&mut command)?)
}

/// A Leptos application with the crate as a dependency, as its author would build it.
fn leptos() -> Result<String> {
    let out = run::target().join("leptos");
    let mut trunk = widget::trunk_release()?;
    trunk.current_dir(run::root().join("examples/leptos"));
    capture(trunk.arg("--dist").arg(&out))?;
    let mut command = npm("npx", &["playwright", "test", "--config", "tests/leptos"]);
    command.env("PLIMSOLL_LEPTOS", out);
    counted(with_browser_and_server(&mut command)?)
}

/// Of the last `native` and `e2e`, as far as they have run.
fn conformance() -> Result<String> {
    let script = "tests/conformance/write.mjs";
    let said = capture(run::program("node").arg(script))?;
    Ok(said.trim().to_owned())
}

/// Tells a script of tests/e2e where browser, server and build are, having made them.
pub fn with_browser_and_server(command: &mut Command) -> Result<&mut Command> {
    tools::node_modules()?;
    // In this order: a browser that was named is used for all.
    if let Some(shell) = browser::headless_shell() {
        command.env("PLIMSOLL_HEADLESS_SHELL", shell);
    }
    command.env("PLIMSOLL_CHROMIUM", browser::chromium()?);
    widget::build()?;
    command.env("PLIMSOLL_SERVER", demo::build_server()?);
    command.env("PLIMSOLL_FAULTS", build_faults()?);
    command.env("PLIMSOLL_REPLAY", replay::build()?);
    Ok(command.env("PLIMSOLL_DIST", widget::dist()))
}

/// The fault proxy, built if need be; as the native tests build it, so that they share the work.
fn build_faults() -> Result<PathBuf> {
    let package = "plimsoll-faults";
    run::show(&mut cargo(&["build", "--locked", "--package", package]))?;
    let name = format!("{package}{}", env::consts::EXE_SUFFIX);
    Ok(run::target().join("debug").join(name))
}

/// Runs tests and counts those that passed. None at all is a failure: it means that they were not
/// found.
fn counted(command: &mut Command) -> Result<String> {
    tests(&capture(command)?)
}

fn tests(output: &str) -> Result<String> {
    let again = match count(output, "flaky") {
        0 => String::new(),
        again => format!(", and {again} at the second try"),
    };
    match count(output, "passed") {
        0 => Err(format!("{output}\nNo test ran.")),
        1 => Ok(format!("1 test{again}")),
        count => Ok(format!("{count} tests{again}")),
    }
}

/// Sums up `test result: ok. 12 passed; …` of cargo, `12 passed (3.4s)` of Playwright and
/// `# pass 12` of Node.
fn count(output: &str, word: &str) -> u32 {
    let counted = |line: &str| {
        let line = line.trim();
        if let Some(number) = line.strip_prefix("# pass ").filter(|_| word == "passed") {
            return number.parse().ok();
        }
        let line = line.strip_prefix("test result: ok. ").unwrap_or(line);
        let (number, rest) = line.split_once(' ')?;
        rest.starts_with(word).then(|| number.parse::<u32>().ok())?
    };
    output.lines().filter_map(counted).sum()
}

fn seconds(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_of_all_runners_are_counted() {
        let output = "running 2 tests\ntest a ... ok\n\
                      test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
                      \x20 11 passed (3.4s)\n passed on\n# tests 4\n# pass 4\n# fail 0\n";
        assert_eq!(count(output, "passed"), 17);
        assert_eq!(count("  2 flaky\n  11 passed (3.4s)\n", "flaky"), 2);
    }

    #[test]
    fn times_have_one_decimal() {
        assert_eq!(seconds(Duration::from_millis(61_250)), "61.2 s");
    }
}
