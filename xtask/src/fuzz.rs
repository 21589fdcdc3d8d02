//! `cargo xtask fuzz`: the server's fuzz targets for as long as you like, by seeded mutation of the
//! corpus, which any compiler can do in a moment; with `--coverage` by libFuzzer, which sees which
//! branches an input takes. And `cargo xtask flood`: malformed requests against the whole server.

use std::fs;

use crate::args::Args;
use crate::run::{self, Result, cargo, program};

/// Long enough to find what is shallow.
const SECONDS: &str = "10";

/// A minute or two.
const REQUESTS: &str = "100000";

/// Runs one target, or all one after the other.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let only = args.values("--target")?;
    let seconds = args.value("--seconds")?.unwrap_or(SECONDS.to_owned());
    let seed = args.value("--seed")?;
    let keep = args.value("--keep")?;
    let by_coverage = args.switch("--coverage");
    args.end()?;
    let targets = if only.is_empty() { targets()? } else { only };
    if by_coverage {
        let seed = seed.as_deref().unwrap_or("1");
        return coverage(&targets, &seconds, seed, keep.as_deref());
    }
    for target in targets {
        let test = "fuzz::runner::the_corpus_and_what_grows_from_it_break_nothing";
        let mut command = cargo(&["test", "--quiet", "--locked", "--profile=fuzz"]);
        command.args(["--package=plimsoll-server", "--lib", test]);
        command.args(["--", "--exact", "--nocapture"]);
        command.env("PLIMSOLL_FUZZ_TARGET", &target);
        command.env("PLIMSOLL_FUZZ_SECONDS", &seconds);
        if let Some(seed) = &seed {
            command.env("PLIMSOLL_FUZZ_SEED", seed);
        }
        if let Some(keep) = &keep {
            let folder = std::env::current_dir().unwrap_or_default().join(keep);
            command.env("PLIMSOLL_FUZZ_KEEP", folder);
        }
        run::show(&mut command)?;
    }
    Ok(())
}

/// What cargo-fuzz has a nightly compiler do: count branches and show comparisons to libFuzzer.
const SANCOV: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// The system for which code is instrumented: named, so that build scripts are not.
fn host() -> Result<String> {
    let said = run::capture(program("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc -vV names no host".to_owned())
}

/// Runs targets under libFuzzer, from the committed corpus on. What it finds stays in
/// `target/libfuzzer/corpus` for the next time; `keep` gets the few inputs that go further than
/// those it has.
fn coverage(targets: &[String], seconds: &str, seed: &str, keep: Option<&str>) -> Result<()> {
    let (host, built) = (host()?, run::target().join("libfuzzer"));
    println!("Building the targets for libFuzzer, which needs a C++ compiler");
    let mut build = cargo(&["build", "--release", "--manifest-path=fuzz/Cargo.toml"]);
    build.args(["--target", &host, "--target-dir"]).arg(&built);
    // The flags are not promised to stay, so a stable compiler wants to be told that we know.
    build.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", SANCOV);
    run::show(&mut build)?;
    let here = std::env::current_dir().unwrap_or_default();
    for target in targets {
        let fuzzer = built.join(&host).join("release").join(target);
        let found = built.join("corpus").join(target);
        let committed = run::root().join("fuzz/corpus").join(target);
        fs::create_dir_all(&found).map_err(|e| format!("{}: {e}", found.display()))?;
        println!("{target}: {seconds} s");
        let mut command = program(&fuzzer);
        command.arg(format!("-max_total_time={seconds}"));
        command.arg(format!("-seed={seed}"));
        // Longer inputs only repeat what shorter ones say, and the limits are within this.
        command.args(["-max_len=65536", "-timeout=10", "-rss_limit_mb=4096"]);
        command.args(["-print_final_stats=1", "-verbosity=0"]);
        command.arg(format!("-artifact_prefix={}/", built.display()));
        run::show(command.arg(&found).arg(&committed))?;
        if let Some(keep) = keep {
            let keep = here.join(keep).join(target);
            fs::create_dir_all(&keep).map_err(|e| format!("{}: {e}", keep.display()))?;
            let mut merge = program(&fuzzer);
            merge.args(["-merge=1", "-verbosity=0"]);
            run::show(merge.arg(&keep).arg(&found))?;
        }
    }
    Ok(())
}

/// Sends so many malformed requests to a server.
pub fn flood(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let requests = args.value("--requests")?.unwrap_or(REQUESTS.to_owned());
    let seed = args.value("--seed")?.unwrap_or("1".to_owned());
    args.end()?;
    let test = "flood::malformed_requests_break_nothing";
    let mut command = cargo(&["test", "--quiet", "--locked", "--package=plimsoll-server"]);
    command.args(["--test=it", test, "--", "--exact", "--nocapture"]);
    command.env("PLIMSOLL_FLOOD_REQUESTS", requests);
    command.env("PLIMSOLL_FLOOD_SEED", seed);
    run::show(&mut command)
}

/// The names of all targets, which are files.
fn targets() -> Result<Vec<String>> {
    let folder = run::root().join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let names = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.strip_suffix(".rs").map(str::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}
