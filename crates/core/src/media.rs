//! How long films and sounds last, and where a picture of a film stands in its file: from headers,
//! which are read in small pieces wherever they are; the rest is never looked at. Pure, and as
//! distrustful as `picture`: whatever a file says costs a bounded number of reads and steps.

mod iso;
mod matroska;
mod sound;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::ops::Range;

use crate::picture::{self, Size};

/// So much is read at once, at least: boxes that lie close together come with one read.
const PIECE_BYTES: u64 = 16 * 1024;

/// The largest thing that is read whole.
pub const READ_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// A film whose headers take more reads is one of no length.
const READS_MAX: usize = 64;

/// Boxes, elements and table rows that are looked at for one answer.
const STEPS_MAX: u32 = 20_000;

/// Nothing lasts longer: a year. What says so is lying.
const MS_MAX: u64 = 366 * 24 * 3_600 * 1_000;

/// A single compressed picture is no larger.
const POSTER_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Sides of films that are decoded for a thumbnail.
const POSTER_SIDE_MAX: u32 = 8_192;

/// What headers tell of a film or a sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// How long it lasts, in milliseconds.
    pub ms: Option<u64>,
    /// A picture of it that can be decoded by itself.
    pub poster: Option<Poster>,
}

/// One compressed picture of a film, and what a decoder must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poster {
    /// As RFC 6381 and the codecs' registries write it: `avc1.64001f`.
    pub codec: String,
    /// The decoder's own configuration; empty where the picture brings it.
    pub description: Vec<u8>,
    /// Where its bytes are.
    pub place: Range<u64>,
    /// Its sides as they are stored.
    pub size: Size,
    /// How often it is turned by a quarter, clockwise, to be upright.
    pub quarters: u32,
}

/// Reads a file's headers, piece by piece.
#[derive(Debug)]
pub struct Reader {
    known: Known,
    wanted: Option<Range<u64>>,
    media: Media,
}

impl Reader {
    /// For a file of so many bytes.
    pub fn new(size: u64) -> Self {
        let mut reader = Self {
            known: Known {
                size,
                pieces: Vec::new(),
                steps: Cell::new(0),
            },
            wanted: None,
            media: Media::default(),
        };
        reader.go_on();
        reader
    }

    /// Which bytes are to be read next; `None` once all is known.
    pub fn wanted(&self) -> Option<Range<u64>> {
        self.wanted.clone()
    }

    /// Takes the bytes that were wanted. Others, or fewer, end it.
    pub fn read(&mut self, bytes: Vec<u8>) {
        let Some(wanted) = self.wanted.take() else {
            return;
        };
        let whole = bytes.len() as u64 == wanted.end - wanted.start;
        if whole && self.known.pieces.len() < READS_MAX {
            self.known.pieces.push((wanted.start, bytes));
            self.go_on();
        }
    }

    /// What was found so far.
    pub fn media(self) -> Media {
        self.media
    }

    /// From the beginning with what is there: headers are few, and so there is no state to keep.
    fn go_on(&mut self) {
        self.known.steps.set(STEPS_MAX);
        let mut media = Media::default();
        let end = find(&self.known, &mut media);
        media.ms = media.ms.filter(|ms| (1..=MS_MAX).contains(ms));
        media.poster = media.poster.filter(Poster::is_sane);
        self.media = media;
        self.wanted = match end {
            Err(Stop::Want(range)) => Some(range),
            _ => None,
        };
    }
}

impl Poster {
    fn is_sane(&self) -> bool {
        let sides = 1..=POSTER_SIDE_MAX;
        let length = self.place.end.saturating_sub(self.place.start);
        sides.contains(&self.size.width)
            && sides.contains(&self.size.height)
            && (1..=POSTER_BYTES_MAX).contains(&length)
    }
}

/// Fills in what it finds, until something must be read first.
fn find(known: &Known, media: &mut Media) -> Found<()> {
    let head = known.bytes(0, 12)?;
    let format = picture::read(head).map(|head| head.format);
    match format {
        Some("mp4") => iso::read(known, media),
        Some("webm") => matroska::read(known, media),
        Some("wav") => sound::wav(known, media),
        Some("avi") => sound::avi(known, media),
        Some("flac") => sound::flac(known, media),
        Some("ogg") => sound::ogg(known, media),
        Some("mp3") => sound::mp3(known, media),
        _ if iso::is_old(head) => iso::read(known, media),
        _ if sound::is_mp3(head) => sound::mp3(known, media),
        _ => Err(Stop::End),
    }
}

/// Why there is no answer now.
#[derive(Debug)]
enum Stop {
    /// These bytes are to be read first.
    Want(Range<u64>),
    /// It isn't there, or makes no sense.
    End,
}

type Found<T> = Result<T, Stop>;

/// Something that need not be there; what must be read first is still read first.
fn maybe<T>(found: Found<T>) -> Found<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Stop::End) => Ok(None),
        Err(want) => Err(want),
    }
}

/// What of the file was read so far.
#[derive(Debug)]
struct Known {
    size: u64,
    pieces: Vec<(u64, Vec<u8>)>,
    steps: Cell<u32>,
}

impl Known {
    fn bytes(&self, at: u64, length: u64) -> Found<&[u8]> {
        self.step()?;
        let end = at.checked_add(length).ok_or(Stop::End)?;
        if end > self.size || length > READ_BYTES_MAX {
            return Err(Stop::End);
        }
        for (start, piece) in &self.pieces {
            let Some(from) = at.checked_sub(*start) else {
                continue;
            };
            // Both are within a piece, which is in memory, or don't fit in it.
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            let until = from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
            if let Some(bytes) = piece.get(from..until) {
                return Ok(bytes);
            }
        }
        let end = end.max(at.saturating_add(PIECE_BYTES)).min(self.size);
        Err(Stop::Want(at..end))
    }

    /// One more box, element or row.
    fn step(&self) -> Found<()> {
        let left = self.steps.get().checked_sub(1).ok_or(Stop::End)?;
        self.steps.set(left);
        Ok(())
    }

    fn array<const N: usize>(&self, at: u64) -> Found<[u8; N]> {
        let bytes = self.bytes(at, N as u64)?;
        bytes.try_into().map_err(|_| Stop::End)
    }

    fn u8(&self, at: u64) -> Found<u8> {
        self.array(at).map(|[byte]| byte)
    }

    fn u16(&self, at: u64) -> Found<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    fn u32(&self, at: u64) -> Found<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    fn u64(&self, at: u64) -> Found<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    fn le32(&self, at: u64) -> Found<u32> {
        self.array(at).map(u32::from_le_bytes)
    }
}

/// Milliseconds of so many ticks.
fn ms(ticks: u64, ticks_per_second: u64) -> Found<u64> {
    let ticks = ticks.checked_mul(1_000).ok_or(Stop::End)?;
    ticks.checked_div(ticks_per_second).ok_or(Stop::End)
}

/// Two digits in base 16 for each byte.
fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 15)]);
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)]);
    digits.collect()
}

/// Two decimal digits.
fn two(value: u8) -> String {
    let mut text = if value < 10 { "0" } else { "" }.to_owned();
    text.push_str(&value.to_string());
    text
}
