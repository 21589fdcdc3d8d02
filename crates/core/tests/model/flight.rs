//! Some runs are written down as a page's flight recorder does it, and told again from what was
//! written: the batch must do the same, though names, answers and options are stand-ins.
#![allow(clippy::unwrap_used)]

use plimsoll_core::Event;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::trace::{Recorder, Replay};

use super::Model;

/// One in so many runs: to tell all again takes as long as to tell it.
const RECORDED: u64 = 16;

/// What stands in the model's world and says who, what or where.
const TOLD: [&str; 8] = [
    "demo",
    "unsigned",
    "dog",
    "x.test",
    "page.test",
    "\"key\"",
    "\"red\"",
    "bfd09f",
];

impl Model {
    /// The recorder of a run, where it has one.
    pub(super) fn recorder_of(seed: u64) -> Option<Recorder> {
        seed.is_multiple_of(RECORDED).then(Recorder::default)
    }

    pub(super) fn handle(&mut self, event: Event) {
        let now = self.clock.moment();
        let Some(recorder) = &mut self.recorder else {
            return self.batch.handle(now, event);
        };
        if recorder.is_empty() {
            *recorder = Recorder::begin(&mut self.batch, now);
        }
        recorder.handle(&mut self.batch, now, event);
    }

    /// A life has ended: what was written of it is told again.
    pub(super) fn check_flight(&mut self) {
        let Some(recorder) = self.recorder.as_mut().map(std::mem::take) else {
            return;
        };
        if recorder.is_empty() {
            return;
        }
        let text = recorder.text();
        for told in TOLD {
            assert!(!text.contains(told), "the trace tells {told}");
        }
        let line = |line: &str| crate::given::value(&serde_json::from_str(line).unwrap());
        let lines: Vec<Value> = text.lines().map(line).collect();
        let mut replay = Replay::read(&lines).unwrap();
        while let Some(step) = replay.step() {
            if let Err(difference) = step {
                let line = text.lines().nth(difference.line - 1);
                let before: Vec<&str> = text
                    .lines()
                    .skip(difference.line.saturating_sub(9))
                    .take(8)
                    .collect();
                panic!(
                    "a replay went another way: {difference:?} {line:?}\n{}\n{}",
                    text.lines().next().unwrap(),
                    before.join("\n")
                );
            }
        }
        assert_eq!(replay.batch().summary().done, self.batch.summary().done);
    }
}
