//! The pinned build tools: found where they are, installed where they are not. Each installation is
//! said in a line, and nothing outside the tools' folder, rustup's and node_modules is written.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Result, capture, cargo, first_line, npm, program};

/// The newest Trunk that builds with our oldest Rust.
const TRUNK: &str = "0.21.14";
/// What `cargo xtask book` uses.
const MDBOOK: &str = "0.5.4";
/// What Playwright and our own scripts are written for.
const NODE_MAJOR_MIN: u32 = 20;
/// The target of the widget.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Installs the component of rustup that brings `cargo <subcommand>`.
pub fn component(subcommand: &str, component: &str) -> Result<()> {
    if first_line(&mut cargo(&[subcommand, "--version"])).is_some() {
        return Ok(());
    }
    say(&format!("{component} (rustup)"));
    run::show(program("rustup").args(["component", "add", component]))
}

/// The standard library of the widget's target.
pub fn wasm_target() -> Result<()> {
    let sysroot = first_line(program("rustc").args(["--print", "sysroot"]))
        .ok_or("rustc does not run. Install Rust with rustup.")?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    say(&format!("Rust's standard library for {WASM} (rustup)"));
    run::show(program("rustup").args(["target", "add", WASM]))
}

/// Every crate of the lock file, so that nothing after this needs the network.
pub fn crates() -> Result<()> {
    run::show(&mut cargo(&["fetch", "--quiet", "--locked"]))
}

/// Node, and the packages of package-lock.json.
pub fn node_modules() -> Result<()> {
    let version = first_line(program("node").arg("--version")).unwrap_or_default();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default()
        .parse();
    if !major.is_ok_and(|major: u32| major >= NODE_MAJOR_MIN) {
        let found = if version.is_empty() { "none" } else { &version };
        return Err(format!(
            "Node {NODE_MAJOR_MIN} or newer is needed; found {found}."
        ));
    }
    packages("", "the development tools of package-lock.json")
}

/// What `cargo xtask bench` measures beside the widget, which nobody else needs.
pub fn peers() -> Result<()> {
    packages("bench", "what is measured, of bench/package-lock.json")
}

/// The packages of a folder's lock file.
fn packages(folder: &str, what: &str) -> Result<()> {
    let folder = run::root().join(folder);
    let lock = run::read(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.plimsoll-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say(&format!("{what} (npm, into node_modules)"));
    // None of them needs its install script.
    let args = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    capture(npm("npm", &args).current_dir(&folder))?;
    run::write(&stamp, &lock)
}

/// wasm-bindgen of exactly the lock file's version, which its output format depends on. Returns the
/// folder of its programs, `None` where the right one is on the path already.
pub fn wasm_bindgen() -> Result<Option<PathBuf>> {
    let lock = run::read(&run::root().join("Cargo.lock"))?;
    let version = locked_version(&lock, "wasm-bindgen")
        .ok_or("Cargo.lock names no wasm-bindgen. Restore it from git.")?;
    let programs = ["wasm-bindgen", "wasm-bindgen-test-runner"];
    installed("wasm-bindgen-cli", version, &programs, &[])
}

/// Trunk, which builds the widget and the demo page.
pub fn trunk() -> Result<Option<PathBuf>> {
    // Without its updater, and without OpenSSL to build against.
    let features = ["--no-default-features", "--features", "rustls"];
    installed("trunk", TRUNK, &["trunk"], &features)
}

/// mdBook, which makes a book of the documents.
pub fn mdbook() -> Result<Option<PathBuf>> {
    let features = ["--no-default-features", "--features", "search"];
    installed("mdbook", MDBOOK, &["mdbook"], &features)
}

fn installed(
    package: &str,
    version: &str,
    programs: &[&str],
    features: &[&str],
) -> Result<Option<PathBuf>> {
    if programs
        .iter()
        .all(|name| has_version(program(name), version))
    {
        return Ok(None);
    }
    let name = package.trim_end_matches("-cli");
    let home = tools_folder()?.join(format!("{name}-{version}"));
    let bin = home.join("bin");
    let there = |name: &&str| {
        let file = bin.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        has_version(program(file), version)
    };
    if !programs.iter().all(there) {
        say(&format!(
            "{name} {version} (cargo, into {}; a few minutes)",
            home.display()
        ));
        install(package, version, &home, features)?;
    }
    Ok(Some(bin))
}

/// Builds with little optimisation: the tools run for seconds, and a full release build of them
/// takes several times as long as this.
fn install(package: &str, version: &str, home: &Path, features: &[&str]) -> Result<()> {
    // One folder for all, so that the crates they share are compiled once.
    let build = build_folder();
    let mut command = cargo(&["install", "--locked", "--force", "--quiet"]);
    command.arg(format!("{package}@{version}")).args(features);
    command
        .arg("--root")
        .arg(home)
        .arg("--target-dir")
        .arg(&build);

    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    command.env("CARGO_PROFILE_RELEASE_LTO", "off");
    command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command.env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    command.env_remove("RUSTFLAGS");
    run::show(&mut command)
}

/// Removes what the installations left, hundreds of megabytes that nobody needs again.
pub fn tidy_up() {
    // Usually there is nothing, and what can't be removed does no harm.
    let _ = fs::remove_dir_all(build_folder());
}

fn build_folder() -> PathBuf {
    run::target().join("tools")
}

fn has_version(mut program: Command, version: &str) -> bool {
    first_line(program.arg("--version")).is_some_and(|line| {
        // `wasm-bindgen 0.2.129`, or with a commit behind it.
        let mut words = line.split_whitespace();
        words.any(|word| word.trim_start_matches('v') == version)
    })
}

/// A folder of the person, so that clones share what took minutes.
fn tools_folder() -> Result<PathBuf> {
    let set = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(folder) = set("PLIMSOLL_TOOLS") {
        return Ok(folder);
    }
    let cache = set("XDG_CACHE_HOME")
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .ok_or("There is no home folder for the tools. Set PLIMSOLL_TOOLS to a folder.")?;
    Ok(cache.join("plimsoll/tools"))
}

/// The version of a package in Cargo.lock.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let entry = lock.split("[[package]]").find(|entry| {
        entry
            .trim_start()
            .strip_prefix("name = \"")
            .is_some_and(|rest| {
                rest.strip_prefix(package)
                    .is_some_and(|rest| rest.starts_with('"'))
            })
    })?;
    entry
        .split_once("version = \"")?
        .1
        .split_once('"')
        .map(|(version, _)| version)
}

/// A line before each installation, so that nobody wonders what takes so long, or what was added.
pub fn say(what: &str) {
    println!("Installing {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-cli\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.129"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
