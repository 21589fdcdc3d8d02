//! `cargo xtask storm`: the engine in seeded chaos, for as long as one likes, and the engine with
//! mistakes in it, which the chaos must notice. What happens in a run is the test's,
//! `crates/core/tests/storm.rs`.

use std::process::Command;

use crate::args::Args;
use crate::run::{self, Result, cargo};
use crate::{sabotage, tools};

/// A minute or two of a laptop.
const SEEDS: u64 = 100_000;

/// The test that runs seeds.
pub const RULES: &str = "the_rules_hold_in_any_weather";

/// Runs seeds, or one of them, or what was sabotaged.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let sabotaged = args.switch("--sabotage");
    let only = args.values("--only")?;
    let seeds = number(&mut args, "--seeds")?;
    let start = number(&mut args, "--start")?;
    let seed = number(&mut args, "--seed")?;
    args.end()?;
    tools::crates()?;
    if sabotaged {
        return sabotage::run(&only);
    }
    if !only.is_empty() {
        return Err("--only names a sabotage: it goes with --sabotage".to_owned());
    }
    let mut command = test("storm");
    command.env("PLIMSOLL_SEEDS", seeds.unwrap_or(SEEDS).to_string());
    command.env("PLIMSOLL_START", start.unwrap_or(0).to_string());
    match seed {
        Some(seed) => command.env("PLIMSOLL_SEED", seed.to_string()),
        None => command.env_remove("PLIMSOLL_SEED"),
    };
    run::show(&mut command)
}

/// `RULES`, built with this profile.
pub fn test(profile: &str) -> Command {
    let mut command = cargo(&["test", "--offline", "--quiet", "--package=plimsoll-core"]);
    command.args(["--profile", profile, "--test=storm"]);
    command.args([RULES, "--", "--nocapture"]);
    command.env("RUST_BACKTRACE", "0");
    command
}

fn number(args: &mut Args, name: &str) -> Result<Option<u64>> {
    let number = |text: String| {
        let text = text.replace('_', "");
        text.parse().map_err(|_| format!("{name} takes a number"))
    };
    args.value(name)?.map(number).transpose()
}
