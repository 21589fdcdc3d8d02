//! What is taken out of pictures: the widget's own planner, which lives in the engine's crate.

use plimsoll_core::picture::{self, strip};

use super::{Outcome, outcome};

/// Whatever a picture is made of, what is left of it shows the same, is no longer than it was, and
/// has nothing more to take out.
pub fn strip(data: &[u8]) -> Outcome {
    let Some(head) = picture::read(data) else {
        return 0;
    };
    let Some(plan) = planned(head.format, data) else {
        return outcome(&head.format);
    };
    let left = made(&plan, data);
    let limit = data.len() + strip::GROWTH_BYTES;
    assert!(left.len() <= limit, "it grew to {}", left.len());
    assert!(planned(head.format, &left).is_none(), "something was left");
    let shown = picture::read(&left).map(|head| head.format);
    assert_eq!(shown, Some(head.format), "it is something else");
    outcome(&(head.format, plan.located, plan.pieces.len().min(16)))
}

fn planned(format: &str, data: &[u8]) -> Option<strip::Plan> {
    let mut stripper = strip::Stripper::new(format, data.len() as u64)?;
    while let Some(wanted) = stripper.wanted() {
        let index = |at: u64| usize::try_from(at).expect("in memory");
        let window = data.get(index(wanted.start)..index(wanted.end));
        stripper.read(window.expect("no more than there is"));
    }
    stripper.plan()
}

fn made(plan: &strip::Plan, data: &[u8]) -> Vec<u8> {
    let mut made = Vec::new();
    for piece in &plan.pieces {
        match piece {
            strip::Piece::Keep(range) => {
                let index = |at: u64| usize::try_from(at).expect("in memory");
                made.extend(&data[index(range.start)..index(range.end)]);
            }
            strip::Piece::Write(bytes) => made.extend(bytes),
        }
    }
    made
}
