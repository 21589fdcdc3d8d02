//! `cargo xtask bench`: what uploads cost a page and how fast they are, beside a bare loop in the
//! same run. Minutes long and fond of a quiet machine, so never part of the tests.

use crate::args::Args;
use crate::run::{self, Result, program};
use crate::test::with_browser_and_server;

/// Measures, prints, and fails where something is out of bounds.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let only = args.values("--only")?;
    args.end()?;
    let mut node = program("node");
    node.arg("tests/bench/bench.mjs").args(only);
    run::show(with_browser_and_server(&mut node)?)
}
