//! `cargo xtask screenshots`: the README's pictures, and every screen for `docs/screens`, taken of
//! the running widget, so that they show what there is. Judges nothing; look at them before you
//! commit them.

use crate::args::Args;
use crate::run::{self, Result, program};
use crate::test::with_browser_and_server;

/// Takes them anew.
pub fn run(args: Vec<String>) -> Result<()> {
    Args::new(args).end()?;
    for script in ["tests/e2e/screenshots.mjs", "tests/e2e/screens.mjs"] {
        let mut node = program("node");
        node.arg(script);
        run::show(with_browser_and_server(&mut node)?)?;
    }
    Ok(())
}
