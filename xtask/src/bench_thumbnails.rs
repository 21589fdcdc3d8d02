//! `cargo xtask bench-thumbnails`: how fast the server makes thumbnails, beside the `image` crate's
//! plain path in the same run. Takes a quiet minute, so it is never part of the tests.

use std::env;

use crate::args::Args;
use crate::demo;
use crate::run::{self, Result, cargo, program};

/// Builds, measures, prints, and fails where the server is the slower one.
pub fn run(args: Vec<String>) -> Result<()> {
    Args::new(args).end()?;
    let server = demo::build_server()?;
    // As optimised as the server is: else it would be no comparison.
    let build = [
        "build",
        "--locked",
        "--package=plimsoll-bench",
        "--profile=server",
    ];
    run::show(&mut cargo(&build))?;
    let name = format!("plimsoll-bench{}", env::consts::EXE_SUFFIX);
    run::show(program(run::target().join("server").join(name)).arg(server))
}
