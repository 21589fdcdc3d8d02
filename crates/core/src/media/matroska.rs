//! WebM and Matroska: elements in elements.

use std::ops::Range;

use super::{Found, Known, Media, Poster, READ_BYTES_MAX, Stop, iso, maybe};
use crate::picture::Size;

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const SCALE: u32 = 0x2a_d7b1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_ae6b;
const ENTRY: u32 = 0xae;
const NUMBER: u32 = 0xd7;
const KIND: u32 = 0x83;
const CODEC: u32 = 0x86;
const PRIVATE: u32 = 0x63a2;
const VIDEO: u32 = 0xe0;
const WIDTH: u32 = 0xb0;
const HEIGHT: u32 = 0xba;
const CLUSTER: u32 = 0x1f43_b675;
const TIMESTAMP: u32 = 0xe7;
const GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const SIMPLE_BLOCK: u32 = 0xa3;

/// Nanoseconds of a tick, where a file doesn't say otherwise.
const SCALE_USUAL: u64 = 1_000_000;

pub(super) fn read(known: &Known, media: &mut Media) -> Found<()> {
    let segment = find(known, &(0..known.size), SEGMENT)?;
    let mut at = segment.start;
    let (mut scale, mut film) = (SCALE_USUAL, None);
    while let Some((id, content)) = maybe(next(known, at, segment.end))? {
        at = content.end;
        match id {
            INFO => {
                let own = maybe(find(known, &content, SCALE))?;
                let own = own.map(|own| number(known, &own)).transpose()?;
                scale = own.unwrap_or(SCALE_USUAL);
                if let Some(place) = maybe(find(known, &content, DURATION))? {
                    let ticks = float(known, &place)?;
                    // Saturates, and what isn't a number is zero.
                    media.ms = Some((ticks * scale as f64 / 1e6) as u64);
                }
            }
            TRACKS => film = maybe(track(known, &content))?,
            CLUSTER => {
                if let Some(film) = &film {
                    media.poster = maybe(poster(known, &content, film))?;
                }
                break;
            }
            _ => {}
        }
    }
    if media.ms.is_none_or(|ms| ms == 0) {
        // What browsers record has no length in its head: the last picture tells it.
        media.ms = maybe(last(known, scale))?;
    }
    Ok(())
}

/// A number of as many bytes as its first one says; `None` where all bits say "unknown".
fn vint(known: &Known, at: u64) -> Found<(Option<u64>, u64)> {
    let first = known.u8(at)?;
    let length = u64::from(first.leading_zeros()) + 1;
    if length > 8 {
        return Err(Stop::End);
    }
    let mut value = u64::from(first) & ((1 << (8 - length)) - 1);
    for byte in 1..length {
        value = value << 8 | u64::from(known.u8(at + byte)?);
    }
    let all = (1 << (7 * length)) - 1;
    Ok(((value != all).then_some(value), length))
}

/// The element that begins here, and its content; one of unknown length has all the rest.
fn next(known: &Known, at: u64, end: u64) -> Found<(u32, Range<u64>)> {
    if at >= end {
        return Err(Stop::End);
    }
    let (_, length) = vint(known, at)?;
    if length > 4 {
        return Err(Stop::End);
    }
    let id = number(known, &(at..at + length))?;
    let begin = at + length;
    let (size, length) = vint(known, begin)?;
    let content = begin + length;
    let until = match size {
        Some(size) => content.checked_add(size).ok_or(Stop::End)?,
        None => end,
    };
    // What was cut off may still tell something.
    Ok((
        u32::try_from(id).unwrap_or_default(),
        content..until.min(end),
    ))
}

fn find(known: &Known, within: &Range<u64>, wanted: u32) -> Found<Range<u64>> {
    let mut at = within.start;
    loop {
        let (id, content) = next(known, at, within.end)?;
        if id == wanted {
            return Ok(content);
        }
        at = content.end;
    }
}

fn number(known: &Known, place: &Range<u64>) -> Found<u64> {
    let length = place.end.saturating_sub(place.start);
    if length > 8 {
        return Err(Stop::End);
    }
    let bytes = known.bytes(place.start, length)?;
    Ok(bytes
        .iter()
        .fold(0, |all, byte| all << 8 | u64::from(*byte)))
}

fn float(known: &Known, place: &Range<u64>) -> Found<f64> {
    match place.end.saturating_sub(place.start) {
        4 => Ok(f32::from_bits(known.u32(place.start)?).into()),
        8 => Ok(f64::from_bits(known.u64(place.start)?)),
        _ => Err(Stop::End),
    }
}

struct Film {
    number: u64,
    codec: String,
    description: Vec<u8>,
    size: Size,
}

/// The first track with pictures.
fn track(known: &Known, tracks: &Range<u64>) -> Found<Film> {
    let mut at = tracks.start;
    loop {
        let (id, entry) = next(known, at, tracks.end)?;
        at = entry.end;
        if id != ENTRY || number(known, &find(known, &entry, KIND)?)? != 1 {
            continue;
        }
        let video = find(known, &entry, VIDEO)?;
        let side = |id| -> Found<u32> {
            let side = number(known, &find(known, &video, id)?)?;
            u32::try_from(side).map_err(|_| Stop::End)
        };
        let name = find(known, &entry, CODEC)?;
        let name = known.bytes(name.start, name.end - name.start)?;
        let record = maybe(find(known, &entry, PRIVATE))?;
        let private = || record.clone().ok_or(Stop::End);
        let (codec, description) = match name {
            b"V_VP8" => ("vp8".to_owned(), Vec::new()),
            b"V_VP9" => ("vp09.00.10.08".to_owned(), Vec::new()),
            b"V_AV1" => iso::av1(known, private()?.start)?,
            b"V_MPEG4/ISO/AVC" => iso::avc(known, &private()?)?,
            b"V_MPEGH/ISO/HEVC" => iso::hevc(known, &private()?, b"hvc1")?,
            _ => return Err(Stop::End),
        };
        return Ok(Film {
            number: number(known, &find(known, &entry, NUMBER)?)?,
            codec,
            description,
            size: Size {
                width: side(WIDTH)?,
                height: side(HEIGHT)?,
            },
        });
    }
}

/// The first picture of a cluster.
fn poster(known: &Known, cluster: &Range<u64>, film: &Film) -> Found<Poster> {
    let mut at = cluster.start;
    loop {
        let (id, content) = next(known, at, cluster.end)?;
        at = content.end;
        let block = match id {
            SIMPLE_BLOCK => content,
            GROUP => find(known, &content, BLOCK)?,
            _ => continue,
        };
        let (track, length) = vint(known, block.start)?;
        let begin = block.start + length + 3;
        // Not one of several pictures that are laced together.
        let laced = known.u8(begin - 1)? & 6 != 0;
        if track == Some(film.number) && !laced && begin < block.end {
            return Ok(Poster {
                codec: film.codec.clone(),
                description: film.description.clone(),
                place: begin..block.end,
                size: film.size,
                quarters: 0,
            });
        }
    }
}

/// When the last block of the last cluster begins, in milliseconds.
fn last(known: &Known, scale: u64) -> Found<u64> {
    let from = known.size.saturating_sub(READ_BYTES_MAX);
    let tail = known.bytes(from, known.size - from)?;
    let begins = CLUSTER.to_be_bytes();
    let at = tail.windows(4).rposition(|bytes| bytes == begins);
    let at = from + at.ok_or(Stop::End)? as u64;
    let (_, cluster) = next(known, at, known.size)?;
    let begin = number(known, &find(known, &cluster, TIMESTAMP)?)?;
    let mut at = cluster.start;
    let mut latest = 0_u64;
    while let Some((id, content)) = maybe(next(known, at, cluster.end))? {
        at = content.end;
        let block = match id {
            SIMPLE_BLOCK => Some(content),
            GROUP => maybe(find(known, &content, BLOCK))?,
            _ => None,
        };
        if let Some(block) = block {
            let (_, length) = vint(known, block.start)?;
            latest = latest.max(known.u16(block.start + length)?.into());
        }
    }
    let ticks = begin.checked_add(latest).ok_or(Stop::End)?;
    let ns = ticks.checked_mul(scale).ok_or(Stop::End)?;
    Ok(ns / 1_000_000)
}
