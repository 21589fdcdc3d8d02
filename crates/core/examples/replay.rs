//! Tells what happened in a trace of the flight recorder, by telling it to the engine again:
//! `cargo xtask replay FILE`. Ends with an error where the engine now does something else.

#![allow(clippy::print_stdout, reason = "it is a program for people")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::{env, fs};

use plimsoll_core::Batch;
use plimsoll_core::item::{ItemView, Status};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::trace::Replay;
use plimsoll_core::units::ItemId;

#[path = "../tests/given/value.rs"]
mod given;

fn main() -> ExitCode {
    let Some(path) = env::args().nth(1) else {
        eprintln!("Name a file that widget.trace() gave.");
        return ExitCode::FAILURE;
    };
    let told = fs::read_to_string(&path)
        .map_err(|error| error.to_string())
        .and_then(|text| tell(&text));
    if let Err(problem) = told {
        eprintln!("{path}: {problem}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn tell(text: &str) -> Result<(), String> {
    let mut json = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let read = serde_json::from_str::<serde_json::Value>(line);
        json.push(read.map_err(|error| format!("line {}: {error}", at + 1))?);
    }
    let lines: Vec<Value> = json.iter().map(given::value).collect();
    let mut replay = Replay::read(&lines)?;
    let version = replay.version.clone();
    println!("{} facts, written by Plimsoll {version}", json.len() - 1);
    println!("options {}", json[0]["options"]);
    let mut known = BTreeMap::new();
    while let Some(step) = replay.step() {
        let step = step.map_err(|difference| {
            let (line, orders) = (difference.line, difference.orders.join("; "));
            format!(
                "line {line}: this engine goes another way than Plimsoll {version} did. Its orders \
                 are: {orders}"
            )
        })?;
        let (seconds, ms) = (step.at_ms / 1_000, step.at_ms % 1_000);
        println!("{seconds:>6}.{ms:03} {}", json[step.line - 1]["fact"]);
        for order in &step.orders {
            println!("           → {order}");
        }
        tell_changes(replay.batch(), &mut known);
    }
    if replay.left_out > 0 {
        println!(
            "{} more facts were left out: the trace is full",
            replay.left_out
        );
    }
    let sum = replay.batch().summary();
    println!(
        "In the end: {} files, {} done, {} failed, {} refused, {} cancelled, {} under way",
        sum.total, sum.done, sum.failed, sum.refused, sum.cancelled, sum.active
    );
    println!("The engine did the same again.");
    Ok(())
}

/// Which items stand otherwise than before.
fn tell_changes(batch: &Batch, known: &mut BTreeMap<ItemId, String>) {
    for id in batch.ids() {
        let Some(item) = batch.item(id) else { continue };
        let state = state(&item);
        if known.insert(id, state.clone()).as_ref() != Some(&state) {
            println!("           item {} is {state}", id.0);
        }
    }
}

fn state(item: &ItemView<'_>) -> String {
    let name = item.status.name();
    let why = match (item.status, item.refusal, item.fault) {
        (Status::Refused, Some(refusal), _) => refusal.code(),
        (Status::Resting { .. } | Status::Failed, _, Some(fault)) => {
            return format!("{name}: {}, status {}", fault.code(), fault.status);
        }
        _ => return name.to_owned(),
    };
    format!("{name}: {why}")
}
