//! `cargo xtask screenshots`: the README's pictures, taken of the running widget, so that they
//! show what there is. Judges nothing; look at them before you commit them.

use crate::args::Args;
use crate::run::{self, Result, program};
use crate::test::with_browser_and_server;

/// Takes them anew.
pub fn run(args: Vec<String>) -> Result<()> {
    Args::new(args).end()?;
    let mut node = program("node");
    node.arg("tests/e2e/screenshots.mjs");
    run::show(with_browser_and_server(&mut node)?)
}
