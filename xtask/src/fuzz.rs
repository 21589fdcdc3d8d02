//! `cargo xtask fuzz`: the server's fuzz targets for as long as you like, by seeded mutation of the
//! corpus, which any compiler can do. With a nightly one and cargo-fuzz,
//! `cargo +nightly fuzz run NAME` goes further. And `cargo xtask flood`: malformed requests against
//! the whole server.

use crate::args::Args;
use crate::run::{self, Result, cargo};

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
    args.end()?;
    let targets = if only.is_empty() { targets()? } else { only };
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
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let names = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.strip_suffix(".rs").map(str::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}
