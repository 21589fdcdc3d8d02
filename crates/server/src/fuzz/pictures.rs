//! What is taken out of pictures, and what headers of films and sounds tell: the widget's own
//! readers, which live in the engine's crate.

use plimsoll_core::media;
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

/// So many reads, at most, whatever a file says.
const READS_MAX: usize = 66;

/// Whatever a film is made of, it is read in few pieces, each of it and none too long, and the
/// picture to be shown is one that may be decoded.
pub fn media(data: &[u8]) -> Outcome {
    let mut reader = media::Reader::new(data.len() as u64);
    let mut reads = 0;
    while let Some(wanted) = reader.wanted() {
        reads += 1;
        assert!(reads <= READS_MAX, "it is read for ever");
        assert!(
            wanted.end - wanted.start <= media::READ_BYTES_MAX,
            "at once"
        );
        let index = |at: u64| usize::try_from(at).expect("in memory");
        let piece = data.get(index(wanted.start)..index(wanted.end));
        reader.read(piece.expect("no more than there is").to_vec());
    }
    let found = reader.media();
    let codec = found.poster.as_ref().map(|poster| {
        assert!(poster.place.start < poster.place.end, "an empty picture");
        assert!(
            poster.codec.len() < 64 && poster.codec.is_ascii(),
            "a codec"
        );
        poster.codec.get(..4).map(str::to_owned)
    });
    let format = picture::read(data).map(|head| head.format);
    outcome(&(format, found.ms.is_some(), codec, reads.min(8)))
}
