//! Takes out of a picture's bytes what its pixels don't need: position, device, previews, comments.
//! Nothing is decoded. What shows how the picture is turned, and what its colours mean, stays.
//!
//! The picture is read in windows, of which only one is in memory; what comes of it is a [`Plan`]:
//! which bytes stay, and the few that are written in place of others. What is not understood has
//! no plan, and so stays as it is.

mod jpeg;
mod png;
#[cfg(test)]
mod tests;
mod webp;

use std::ops::Range;

/// So much is read at once: enough for the largest segment of a JPEG, and little memory.
pub const WINDOW_BYTES: u32 = 256 * 1024;

/// More of what is taken out is not looked at.
const LOOK_BYTES: usize = 64 * 1024;

/// What is left can be longer by no more than this, where a turn was told in fewer bytes.
pub const GROWTH_BYTES: usize = 64;

/// More pieces are not a picture's: a browser would be busy with them for long.
const PIECES_MAX: usize = 4_096;

/// Formats that can be read here.
pub fn can_strip(format: &str) -> bool {
    matches!(format, "jpg" | "png" | "webp")
}

/// What of a picture is to be sent, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its pieces.
    pub pieces: Vec<Piece>,
    /// It said where it was taken.
    pub located: bool,
}

/// A part of what is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes of the picture's own.
    Keep(Range<u64>),
    /// Other bytes.
    Write(Vec<u8>),
}

/// Reads a picture and plans.
#[derive(Debug)]
pub struct Stripper {
    walk: Walk,
    size: u64,
    /// How far it is understood.
    at: u64,
    pieces: Vec<Piece>,
    located: bool,
    changed: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    Done,
    Broken,
}

#[derive(Debug)]
enum Walk {
    Jpeg(jpeg::Walk),
    Png(png::Walk),
    Webp(webp::Walk),
}

/// What becomes of the next bytes.
#[derive(Debug)]
enum Step {
    /// So many stay.
    Keep(u64),
    /// So many go.
    Drop(u64),
    /// So many go, with something in their place.
    Replace(u64, Vec<u8>),
    /// So many must be seen to tell.
    More(usize),
    /// This is no such picture.
    Broken,
}

/// What was found on the way.
#[derive(Debug, Default)]
struct Found {
    located: bool,
}

impl Stripper {
    /// For a picture of this format and so many bytes; `None` for formats that can't be read here.
    pub fn new(format: &str, size: u64) -> Option<Self> {
        let walk = match format {
            "jpg" => Walk::Jpeg(jpeg::Walk::default()),
            "png" => Walk::Png(png::Walk::default()),
            "webp" => Walk::Webp(webp::Walk::default()),
            _ => return None,
        };
        Some(Self {
            walk,
            size,
            at: 0,
            pieces: Vec::new(),
            located: false,
            changed: false,
            state: State::Reading,
        })
    }

    /// Which bytes are to be read next; `None` once all is known.
    pub fn wanted(&self) -> Option<Range<u64>> {
        let end = self.size.min(self.at + u64::from(WINDOW_BYTES));
        (self.state == State::Reading).then_some(self.at..end)
    }

    /// Takes in the bytes that were wanted.
    pub fn read(&mut self, bytes: &[u8]) {
        let start = self.at;
        while self.state == State::Reading {
            let seen = usize::try_from(self.at - start).ok();
            let rest = seen.and_then(|seen| bytes.get(seen..)).unwrap_or_default();
            let left = self.size - self.at;
            if left == 0 {
                self.end_early();
                return;
            }
            let mut found = Found::default();
            let step = match &mut self.walk {
                Walk::Jpeg(walk) => walk.step(rest, &mut found),
                Walk::Png(walk) => walk.step(rest, &mut found),
                Walk::Webp(walk) => walk.step(rest, left, &mut found),
            };
            self.located |= found.located;
            match step {
                Step::More(wanted) => {
                    if wanted as u64 > left {
                        self.end_early();
                    } else if self.at == start {
                        // All of a window, and it does not do.
                        self.state = State::Broken;
                    }
                    return;
                }
                step => self.take(step, rest, left),
            }
        }
    }

    /// What to do; `None` when there is nothing to take out, or it is not understood.
    pub fn plan(mut self) -> Option<Plan> {
        if self.state != State::Done || !self.changed {
            return None;
        }
        if let Walk::Webp(walk) = &self.walk {
            let size = self.pieces.iter().map(Piece::size).sum();
            walk.finish(&mut self.pieces, size)?;
        }
        Some(Plan {
            pieces: self.pieces,
            located: self.located,
        })
    }

    /// The file ends where the picture goes on. Of a JPEG, as much is shown as there is.
    fn end_early(&mut self) {
        if matches!(&self.walk, Walk::Jpeg(walk) if walk.is_showing()) {
            self.keep(self.size - self.at);
            self.state = State::Done;
        } else {
            self.state = State::Broken;
        }
    }

    fn take(&mut self, step: Step, rest: &[u8], left: u64) {
        match step {
            Step::Keep(count) if (1..=left).contains(&count) => self.keep(count),
            Step::Drop(count) if (1..=left).contains(&count) => {
                self.changed = true;
                self.at += count;
            }
            Step::Replace(count, bytes) if (1..=left).contains(&count) => {
                // What is so already is no change.
                let here = usize::try_from(count).ok().and_then(|end| rest.get(..end));
                self.changed |= here != Some(&bytes);
                self.write(bytes);
                self.at += count;
            }
            _ => self.state = State::Broken,
        }
        let ended = match &self.walk {
            Walk::Jpeg(walk) => walk.has_ended(),
            Walk::Png(walk) => walk.has_ended(),
            Walk::Webp(walk) => walk.has_ended(),
        };
        if self.pieces.len() > PIECES_MAX {
            self.state = State::Broken;
        } else if ended && self.state == State::Reading {
            // What follows goes.
            self.changed |= self.at < self.size;
            self.state = State::Done;
        }
    }

    fn keep(&mut self, count: u64) {
        let end = self.at + count;
        match self.pieces.last_mut() {
            Some(Piece::Keep(last)) if last.end == self.at => last.end = end,
            _ => self.pieces.push(Piece::Keep(self.at..end)),
        }
        self.at = end;
    }

    fn write(&mut self, bytes: Vec<u8>) {
        match self.pieces.last_mut() {
            Some(Piece::Write(last)) => last.extend(bytes),
            _ => self.pieces.push(Piece::Write(bytes)),
        }
    }
}

impl Piece {
    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        match self {
            Self::Keep(range) => range.end.saturating_sub(range.start),
            Self::Write(bytes) => bytes.len() as u64,
        }
    }
}

/// Whether XMP says where a picture was taken.
fn is_located(xmp: &[u8]) -> bool {
    let name = b"GPSLatitude";
    let xmp = xmp.get(..xmp.len().min(LOOK_BYTES)).unwrap_or_default();
    xmp.windows(name.len()).any(|window| window == name)
}
