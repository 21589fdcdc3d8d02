//! The part `supply` of the tests: licences and sources of all that Plimsoll is made with, and what
//! is known of holes in it. xtask/supply.mjs judges; this calls it with what it needs.

use crate::run::{Result, capture, program};
use crate::tools;

/// Judges, and says what could not be asked from here.
pub fn check() -> Result<String> {
    tools::crates()?;
    tools::node_modules()?;
    let said = ask("check")?;
    Ok(format!("{said}; {}", ask("advisories")?))
}

fn ask(what: &str) -> Result<String> {
    let said = capture(program("node").args(["xtask/supply.mjs", what]))?;
    Ok(said.trim().to_owned())
}
