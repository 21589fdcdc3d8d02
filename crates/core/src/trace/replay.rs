//! Tells a batch again what a trace says, and compares what comes of it. Not part of the wasm file.

use super::{FORM, orders, read};
use crate::batch::Batch;
use crate::event::Event;
use crate::protocol::value::Value;
use crate::units::{Millis, Moment};

/// A trace that was read.
#[derive(Debug)]
pub struct Replay {
    /// The version of the engine that wrote it.
    pub version: String,
    /// Facts that are not in it, because there were too many.
    pub left_out: u64,
    batch: Batch,
    begun: Moment,
    facts: std::vec::IntoIter<Fact>,
}

#[derive(Debug)]
struct Fact {
    line: usize,
    now: Moment,
    event: Event,
    digest: Option<u32>,
}

/// What came of one fact.
#[derive(Debug)]
pub struct Step {
    /// The trace's line, from 1.
    pub line: usize,
    /// Milliseconds since the beginning.
    pub at_ms: u64,
    /// What was told.
    pub event: Event,
    /// What the batch ordered.
    pub orders: Vec<String>,
}

/// The batch did something else than what the trace says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The trace's line, from 1.
    pub line: usize,
    /// What the batch ordered now.
    pub orders: Vec<String>,
}

impl Replay {
    /// Reads the lines of a trace, each a JSON object. An error says which line, and what is wrong.
    pub fn read(lines: &[Value]) -> Result<Self, String> {
        let none = Value::Null;
        let head = lines.first().unwrap_or(&none);
        let known = head.get("form").and_then(Value::whole) == Some(FORM as i64);
        if head.get("plimsoll").and_then(Value::text) != Some("trace") || !known {
            return Err("this is no trace that this version of Plimsoll can read".to_owned());
        }
        let number = |name: &str| read::number(head.get(name).unwrap_or(&none));
        let begun = Moment {
            at: Millis(number("at_ms")?),
            unix_ms: number("unix_ms")?,
        };
        let options = read::options(head.get("options").unwrap_or(&none))?;
        let version = head.get("version").and_then(Value::text);
        let (mut facts, mut left_out) = (Vec::new(), 0);
        for (at, line) in lines.iter().enumerate().skip(1) {
            if let Some(count) = line.get("left_out") {
                left_out = read::number(count)?;
                continue;
            }
            let fact = fact(line, at + 1, begun);
            facts.push(fact.map_err(|problem| format!("line {}: {problem}", at + 1))?);
        }
        let mut batch = Batch::new(options, [0, 0]);
        batch.reveal([begun.unix_ms, 1]);
        Ok(Self {
            version: version.unwrap_or_default().to_owned(),
            left_out,
            batch,
            begun,
            facts: facts.into_iter(),
        })
    }

    /// Tells the next fact; `None` when all were told.
    pub fn step(&mut self) -> Option<Result<Step, Difference>> {
        let fact = self.facts.next()?;
        self.batch.handle(fact.now, fact.event.clone());
        let digest = orders::digest(&self.batch, 0);
        let mut orders = Vec::new();
        while let Some(command) = self.batch.poll_command() {
            orders.push(orders::words(&command));
        }
        while self.batch.poll_change().is_some() {}
        let line = fact.line;
        if fact.digest.is_some_and(|written| written != digest) {
            return Some(Err(Difference { line, orders }));
        }
        Some(Ok(Step {
            line,
            at_ms: fact.now.at.since(self.begun.at),
            event: fact.event,
            orders,
        }))
    }

    /// The batch as it is now.
    pub const fn batch(&self) -> &Batch {
        &self.batch
    }
}

fn fact(line: &Value, number: usize, begun: Moment) -> Result<Fact, String> {
    let t: u64 = read::number(line.get("t").unwrap_or(&Value::Null))?;
    let drift: i64 = line.get("drift").map_or(Ok(0), read::number)?;
    let unix_ms = (begun.unix_ms + t).saturating_add_signed(drift);
    let digest = line.get("digest").map(read::number).transpose()?;
    Ok(Fact {
        line: number,
        now: Moment {
            at: begun.at.after(t),
            unix_ms,
        },
        event: read::event(line.get("fact").unwrap_or(&Value::Null))?,
        digest,
    })
}
