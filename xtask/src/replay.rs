//! `cargo xtask replay FILE`: what happened in a trace of the flight recorder. The program that
//! tells it is the engine's own, `crates/core/examples/replay.rs`.

use std::path::PathBuf;

use crate::run::{self, Result, cargo};

/// The package and the program.
const PROGRAM: [&str; 4] = ["--package", "plimsoll-core", "--example", "replay"];

/// Tells a trace.
pub fn run(args: Vec<String>) -> Result<()> {
    let [file] = args.as_slice() else {
        return Err("name the trace's file: cargo xtask replay trace.jsonl".to_owned());
    };
    let mut command = cargo(&["run", "--quiet", "--locked"]);
    run::show(command.args(PROGRAM).arg("--").arg(file))
}

/// Builds the program, for tests that have a browser make a trace.
pub fn build() -> Result<PathBuf> {
    run::show(cargo(&["build", "--quiet", "--locked"]).args(PROGRAM))?;
    let name = format!("replay{}", std::env::consts::EXE_SUFFIX);
    Ok(run::target().join("debug/examples").join(name))
}
