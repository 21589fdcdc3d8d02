//! Formats of sound, and AVI, which is built like WAV.

use super::{Found, Known, Media, Stop, maybe, ms};

/// An Ogg page is no longer than this.
const PAGE_BYTES_MAX: u64 = 65_307;

/// So far into an MP3 its first frame is looked for, after the tag.
const SYNC_BYTES: u64 = 4_096;

/// Kilobits per second of layer III by index: MPEG 1, then MPEG 2 and 2.5.
const RATES: [[u32; 16]; 2] = [
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
    ],
    [
        0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
    ],
];

/// Samples per second by index, of MPEG 1; MPEG 2 has half, 2.5 a quarter.
const SAMPLES: [u32; 4] = [44_100, 48_000, 32_000, 0];

/// The bytes per second and the length of the data.
pub(super) fn wav(known: &Known, media: &mut Media) -> Found<()> {
    let mut at = 12;
    let mut rate = 0;
    loop {
        let kind = known.array::<4>(at)?;
        let length = known.le32(at + 4)?;
        match &kind {
            b"fmt " => rate = known.le32(at + 16)?,
            b"data" => {
                // What was recorded as it came has no length; it is all the rest.
                let rest = known.size - at - 8;
                media.ms = Some(ms(rest.min(length.into()), rate.into())?);
                return Ok(());
            }
            _ => {}
        }
        // Of an even length.
        at += 8 + u64::from(length) + u64::from(length % 2);
    }
}

/// Microseconds of a frame, and frames.
pub(super) fn avi(known: &Known, media: &mut Media) -> Found<()> {
    if &known.array::<4>(24)? == b"avih" {
        let us = u64::from(known.le32(32)?) * u64::from(known.le32(48)?);
        media.ms = Some(us / 1_000);
    }
    Ok(())
}

/// Twenty bits of rate and thirty-six of samples, in the first block.
pub(super) fn flac(known: &Known, media: &mut Media) -> Found<()> {
    let about = known.u64(18)?;
    media.ms = Some(ms(about & 0xf_ffff_ffff, about >> 44)?);
    Ok(())
}

/// The last page tells which sample it ends with; the first page what the sound is.
pub(super) fn ogg(known: &Known, media: &mut Media) -> Found<()> {
    let first = 27 + u64::from(known.u8(26)?);
    let (rate, skipped) = match &known.array::<7>(first)? {
        b"\x01vorbis" => (known.le32(first + 12)?, 0),
        // Opus counts at 48 kHz whatever it was recorded at.
        b"OpusHea" => {
            let [low, high] = known.array(first + 10)?;
            (48_000, u16::from_le_bytes([low, high]))
        }
        _ => return Err(Stop::End),
    };
    let from = known.size.saturating_sub(PAGE_BYTES_MAX);
    let tail = known.bytes(from, known.size - from)?;
    let at = tail.windows(4).rposition(|bytes| bytes == b"OggS");
    let place = from + at.ok_or(Stop::End)? as u64 + 6;
    let samples = u64::from_le_bytes(known.array(place)?);
    media.ms = Some(ms(samples.saturating_sub(skipped.into()), rate.into())?);
    Ok(())
}

/// Whether a frame of an MP3 without a tag begins here.
pub(super) fn is_mp3(head: &[u8]) -> bool {
    let [a, b, c, d, ..] = head else { return false };
    Frame::read([*a, *b, *c, *d]).is_some()
}

/// The frames are counted in the first one, or all of one size.
pub(super) fn mp3(known: &Known, media: &mut Media) -> Found<()> {
    let mut begin = 0;
    if known.bytes(0, 3)? == b"ID3" {
        // Seven bits a byte.
        let size = known.array::<4>(6)?;
        begin = 10
            + size
                .iter()
                .fold(0, |all, byte| all << 7 | u64::from(byte & 0x7f));
    }
    let end = begin + SYNC_BYTES;
    let (at, frame) = loop {
        if begin >= end {
            return Err(Stop::End);
        }
        if let Some(frame) = Frame::read(known.array(begin)?) {
            break (begin, frame);
        }
        begin += 1;
    };
    media.ms = Some(match maybe(frame.counted(known, at))? {
        Some(frames) => ms(u64::from(frames) * u64::from(frame.each), frame.rate.into())?,
        // Bits per millisecond.
        None => (known.size - at) * 8 / u64::from(frame.kilobits),
    });
    Ok(())
}

/// A frame of layer III.
struct Frame {
    kilobits: u32,
    rate: u32,
    /// Samples.
    each: u32,
    /// Where the count of frames stands, if there is one.
    count: u64,
}

impl Frame {
    fn read([sync, about, rates, mode]: [u8; 4]) -> Option<Self> {
        let version = about >> 3 & 3;
        // 11 bits of ones, a known version, layer III.
        if sync != 0xff || about & 0xe6 != 0xe2 || version == 1 {
            return None;
        }
        let first = version == 3;
        let table = RATES.get(usize::from(!first))?;
        let kilobits = *table.get(usize::from(rates >> 4))?;
        let rate = *SAMPLES.get(usize::from(rates >> 2 & 3))?;
        let rate = match version {
            3 => rate,
            2 => rate / 2,
            _ => rate / 4,
        };
        if kilobits == 0 || rate == 0 {
            return None;
        }
        let mono = mode >> 6 == 3;
        Some(Self {
            kilobits,
            rate,
            each: if first { 1_152 } else { 576 },
            count: match (first, mono) {
                (true, false) => 36,
                (false, true) => 13,
                _ => 21,
            },
        })
    }

    fn counted(&self, known: &Known, at: u64) -> Found<u32> {
        let own = at + self.count;
        if matches!(&known.array::<4>(own)?, b"Xing" | b"Info") && known.u32(own + 4)? & 1 != 0 {
            return known.u32(own + 8);
        }
        if &known.array::<4>(at + 36)? == b"VBRI" {
            return known.u32(at + 50);
        }
        Err(Stop::End)
    }
}
