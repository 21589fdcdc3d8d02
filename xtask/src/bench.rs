//! `cargo xtask bench`: what uploads cost a page and how fast they are, beside a bare loop in the
//! same run, and beside other projects. Minutes long and fond of a quiet machine, so never part of
//! the tests.

use crate::args::Args;
use crate::run::{self, Result, program};
use crate::test::with_browser_and_server;
use crate::tools;

/// What has bounds of its own, and needs nothing but what the tests need.
const OWN: [&str; 4] = ["large", "queue", "chunks", "files"];

/// Measures, prints, and fails where something is out of bounds.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let only = args.values("--only")?;
    let rounds = args.value("--rounds")?;
    args.end()?;
    let mut node = program("node");
    node.arg("bench/bench.mjs");
    if only.iter().any(|name| !OWN.contains(&name.as_str())) {
        tools::peers()?;
        node.arg("--peers");
    }
    if let Some(rounds) = rounds {
        node.args(["--rounds", &rounds]);
    }
    node.args(only);
    run::show(with_browser_and_server(&mut node)?)
}
