//! A piece of a file that comes in several requests, as those say it.
//!
//! Parts that are numbered instead of saying their bytes are chunks, too: each has so much room
//! that no two meet, and what comes of it is where it begins once all before it are there.

use std::ops::Range;

use crate::limits::CHUNKS_MAX;

/// How far numbered parts lie apart: 256 TiB, more than any part may have, while the last of ten
/// thousand still has a place.
const PART_ROOM: u64 = 1 << 48;

/// Some bytes of a file, never none, and the size of the whole file where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) total: Option<u64>,
    /// Of numbered parts, how many there are.
    pub(super) parts: Option<u32>,
}

impl Chunk {
    /// From the first byte to before `end`; `None` when it is empty or longer than the file.
    pub fn new(start: u64, end: u64, total: Option<u64>) -> Option<Self> {
        let fits = start < end && total.is_none_or(|total| end <= total);
        fits.then_some(Self {
            start,
            end,
            total,
            parts: None,
        })
    }

    /// One of so many parts, the first being 1. How long it is shows when it has come.
    pub fn part(number: u32, parts: u32) -> Option<Self> {
        let is_few = usize::try_from(parts).is_ok_and(|parts| parts <= CHUNKS_MAX);
        let before = number
            .checked_sub(1)
            .filter(|_| is_few && number <= parts)?;
        let start = u64::from(before) * PART_ROOM;
        Some(Self {
            start,
            end: start + PART_ROOM,
            total: None,
            parts: Some(parts),
        })
    }

    /// The part that has come, with as many bytes as came.
    pub fn holding(&self, bytes: u64) -> Self {
        let end = match self.parts {
            Some(_) => self.start + bytes.min(PART_ROOM),
            None => self.end,
        };
        Self {
            end,
            ..self.clone()
        }
    }

    /// Which part it is, and of how many.
    pub fn numbers(&self) -> Option<(u32, u32)> {
        Some((number(self.start), self.parts?))
    }

    pub fn span(&self) -> Range<u64> {
        self.start..self.end
    }

    pub fn total(&self) -> Option<u64> {
        self.total
    }

    pub fn bytes(&self) -> u64 {
        self.end - self.start
    }

    pub fn is_first(&self) -> bool {
        self.start == 0
    }

    pub fn is_last(&self) -> bool {
        self.total == Some(self.end)
    }

    pub(super) fn overlaps(&self, span: &Range<u64>) -> bool {
        self.start < span.end && span.start < self.end
    }
}

/// Which part has this place.
pub(super) fn number(start: u64) -> u32 {
    u32::try_from(start / PART_ROOM).map_or(u32::MAX, |before| before + 1)
}
