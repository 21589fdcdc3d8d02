//! MP4 and QuickTime: boxes in boxes.

use std::ops::Range;

use super::{Found, Known, Media, Poster, Stop, hex, maybe, ms, two};
use crate::picture::Size;

/// The picture to show is the one after so many parts of a film, where it can be entered there:
/// many begin in the dark.
const POSTER_PART: u32 = 10;

/// Whether it begins as films did before they told their brand.
pub(super) fn is_old(head: &[u8]) -> bool {
    matches!(head.get(4..8), Some(b"moov" | b"mdat" | b"wide"))
}

pub(super) fn read(known: &Known, media: &mut Media) -> Found<()> {
    let movie = find(known, &(0..known.size), b"moov")?;
    let header = find(known, &movie, b"mvhd")?;
    media.ms = maybe(duration(known, &header))?;
    let pieced = maybe(find(known, &movie, b"mvex"))?.is_some();
    let mut longest = None;
    let mut at = movie.start;
    while let Some((kind, track)) = maybe(next(known, at, movie.end))? {
        at = track.end;
        if &kind != b"trak" {
            continue;
        }
        let Some(track) = maybe(Track::read(known, &track))? else {
            continue;
        };
        if track.is_picture && media.poster.is_none() {
            media.poster = maybe(track.poster(known, &movie))?;
        }
        if pieced {
            let end = maybe(track.fragments_end(known, &movie))?;
            longest = longest.max(end);
        }
    }
    // What was recorded piece by piece has no length in its head.
    media.ms = media.ms.filter(|ms| *ms > 0).or(longest);
    Ok(())
}

/// The box that begins here, and its content.
fn next(known: &Known, at: u64, end: u64) -> Found<([u8; 4], Range<u64>)> {
    let room = end.checked_sub(at).filter(|room| *room >= 8);
    let room = room.ok_or(Stop::End)?;
    let [l0, l1, l2, l3, k0, k1, k2, k3] = known.array(at)?;
    let (header, length) = match u32::from_be_bytes([l0, l1, l2, l3]) {
        // The last one may leave its length open, and large ones write it longer.
        0 => (8, room),
        1 => (16, known.u64(at + 8)?),
        short => (8, u64::from(short)),
    };
    if length < header || length > room {
        return Err(Stop::End);
    }
    Ok(([k0, k1, k2, k3], at + header..at + length))
}

/// The content of the first box of this kind.
fn find(known: &Known, within: &Range<u64>, wanted: &[u8; 4]) -> Found<Range<u64>> {
    let mut at = within.start;
    loop {
        let (kind, content) = next(known, at, within.end)?;
        if &kind == wanted {
            return Ok(content);
        }
        at = content.end;
    }
}

/// Of `mvhd` and `mdhd`, which begin alike: ticks per second, and ticks.
fn clock(known: &Known, header: &Range<u64>) -> Found<(u64, u64)> {
    if known.u8(header.start)? == 1 {
        let scale = known.u32(header.start + 20)?;
        return Ok((u64::from(scale), known.u64(header.start + 24)?));
    }
    let scale = known.u32(header.start + 12)?;
    let ticks = known.u32(header.start + 16)?;
    // All ones: it isn't known.
    Ok((u64::from(scale), u64::from(ticks) % u64::from(u32::MAX)))
}

fn duration(known: &Known, header: &Range<u64>) -> Found<u64> {
    let (scale, ticks) = clock(known, header)?;
    ms(ticks, scale)
}

/// One track.
struct Track {
    number: u32,
    scale: u64,
    is_picture: bool,
    quarters: u32,
    /// The tables of its samples.
    samples: Range<u64>,
}

impl Track {
    fn read(known: &Known, track: &Range<u64>) -> Found<Self> {
        let header = find(known, track, b"tkhd")?;
        let long = u64::from(known.u8(header.start)? == 1);
        let number = known.u32(header.start + 12 + 8 * long)?;
        let matrix = header.start + 40 + 12 * long;
        let quarters = match (known.u32(matrix)?, known.u32(matrix + 4)?) {
            (0, 0x0001_0000) => 1,
            (0xffff_0000, 0) => 2,
            (0, 0xffff_0000) => 3,
            _ => 0,
        };
        let media = find(known, track, b"mdia")?;
        let (scale, _) = clock(known, &find(known, &media, b"mdhd")?)?;
        let handler = find(known, &media, b"hdlr")?;
        let is_picture = &known.array::<4>(handler.start + 8)? == b"vide";
        let samples = find(known, &find(known, &media, b"minf")?, b"stbl")?;
        Ok(Self {
            number,
            scale,
            is_picture,
            quarters,
            samples,
        })
    }

    fn poster(&self, known: &Known, movie: &Range<u64>) -> Found<Poster> {
        let described = find(known, &self.samples, b"stsd")?;
        // A version and a count, then the first description.
        let (kind, entry) = next(known, described.start + 8, described.end)?;
        let size = Size {
            width: u32::from(known.u16(entry.start + 24)?),
            height: u32::from(known.u16(entry.start + 26)?),
        };
        let within = entry.start + 78..entry.end;
        let (codec, description) = match &kind {
            b"avc1" | b"avc3" => avc(known, &find(known, &within, b"avcC")?)?,
            b"hvc1" | b"hev1" => hevc(known, &find(known, &within, b"hvcC")?, &kind)?,
            b"vp09" => vp9(known, &find(known, &within, b"vpcC")?)?,
            b"vp08" => ("vp8".to_owned(), Vec::new()),
            b"av01" => av1(known, find(known, &within, b"av1C")?.start)?,
            _ => return Err(Stop::End),
        };
        let place = match maybe(self.sample(known))? {
            Some(place) => place,
            None => self.fragment_sample(known, movie)?,
        };
        Ok(Poster {
            codec,
            description,
            place,
            size,
            quarters: self.quarters,
        })
    }

    /// Where the picture is that is to be shown.
    fn sample(&self, known: &Known) -> Found<Range<u64>> {
        let number = match maybe(find(known, &self.samples, b"stss"))? {
            Some(entries) => {
                let count = known.u32(entries.start + 4)?;
                let at = u64::from(count / POSTER_PART);
                known.u32(entries.start + 8 + at * 4)?
            }
            None => 1,
        };
        let index = number.checked_sub(1).ok_or(Stop::End)?;
        let sizes = find(known, &self.samples, b"stsz")?;
        let (all, count) = (known.u32(sizes.start + 4)?, known.u32(sizes.start + 8)?);
        if index >= count {
            return Err(Stop::End);
        }
        let size = |index: u32| match all {
            0 => known.u32(sizes.start + 12 + u64::from(index) * 4),
            all => Ok(all),
        };
        let (chunk, first) = self.chunk(known, index)?;
        let mut at = match maybe(find(known, &self.samples, b"stco"))? {
            Some(table) => u64::from(known.u32(table.start + 8 + chunk * 4)?),
            None => {
                let table = find(known, &self.samples, b"co64")?;
                known.u64(table.start + 8 + chunk * 8)?
            }
        };
        for before in first..index {
            at = at.checked_add(u64::from(size(before)?)).ok_or(Stop::End)?;
        }
        let end = at.checked_add(u64::from(size(index)?)).ok_or(Stop::End)?;
        Ok(at..end)
    }

    /// Which chunk a sample is in, and the first sample of that.
    fn chunk(&self, known: &Known, index: u32) -> Found<(u64, u32)> {
        let table = find(known, &self.samples, b"stsc")?;
        let rows = u64::from(known.u32(table.start + 4)?);
        // Samples before the row's chunks.
        let mut before = 0_u32;
        for row in 0..rows {
            let at = table.start + 8 + row * 12;
            let (from, each) = (known.u32(at)?, known.u32(at + 4)?);
            let until = if row + 1 < rows {
                known.u32(at + 12)?
            } else {
                u32::MAX
            };
            let from = from.checked_sub(1).ok_or(Stop::End)?;
            let chunks = until.saturating_sub(1).checked_sub(from).ok_or(Stop::End)?;
            let inside = index.checked_sub(before).ok_or(Stop::End)?;
            let at = inside.checked_div(each).ok_or(Stop::End)?;
            if at < chunks {
                let first = before + at * each;
                return Ok((u64::from(from) + u64::from(at), first));
            }
            before = chunks
                .checked_mul(each)
                .and_then(|samples| before.checked_add(samples))
                .ok_or(Stop::End)?;
        }
        Err(Stop::End)
    }

    /// The first sample of a film that was recorded piece by piece.
    fn fragment_sample(&self, known: &Known, movie: &Range<u64>) -> Found<Range<u64>> {
        let mut at = movie.end;
        loop {
            let begin = at;
            let (kind, content) = next(known, at, known.size)?;
            at = content.end;
            if &kind != b"moof" {
                continue;
            }
            let Some(run) = maybe(self.run(known, &content))? else {
                continue;
            };
            let offset = u64::from(run.offset.ok_or(Stop::End)?);
            let first = begin.checked_add(offset).ok_or(Stop::End)?;
            let size = self.default(known, movie, run.first_size, run.default_size, 16)?;
            return Ok(first..first + u64::from(size));
        }
    }

    /// When the last piece of it ends.
    fn fragments_end(&self, known: &Known, movie: &Range<u64>) -> Found<u64> {
        let mut at = movie.end;
        let mut last = None;
        while let Some((kind, content)) = maybe(next(known, at, known.size))? {
            at = content.end;
            if &kind == b"moof"
                && let Some(run) = maybe(self.run(known, &content))?
            {
                last = Some(run);
            }
        }
        let run = last.ok_or(Stop::End)?;
        let length = match run.length {
            Some(length) => length,
            None => {
                let each = self.default(known, movie, None, run.default_duration, 12)?;
                u64::from(each) * u64::from(run.count)
            }
        };
        ms(run.begin.checked_add(length).ok_or(Stop::End)?, self.scale)
    }

    /// A value of a sample: its own, its fragment's, or the track's.
    fn default(
        &self,
        known: &Known,
        movie: &Range<u64>,
        own: Option<u32>,
        fragments: Option<u32>,
        at: u64,
    ) -> Found<u32> {
        if let Some(value) = own.or(fragments) {
            return Ok(value);
        }
        let extends = find(known, movie, b"mvex")?;
        let mut next_at = extends.start;
        loop {
            let (kind, content) = next(known, next_at, extends.end)?;
            next_at = content.end;
            if &kind == b"trex" && known.u32(content.start + 4)? == self.number {
                return known.u32(content.start + at);
            }
        }
    }

    /// What a fragment has of the track.
    fn run(&self, known: &Known, fragment: &Range<u64>) -> Found<Run> {
        let mut at = fragment.start;
        loop {
            let (kind, content) = next(known, at, fragment.end)?;
            at = content.end;
            if &kind != b"traf" {
                continue;
            }
            let header = find(known, &content, b"tfhd")?;
            if known.u32(header.start + 4)? == self.number {
                return Run::read(known, &content, &header);
            }
        }
    }
}

/// A run of samples in a fragment.
struct Run {
    begin: u64,
    count: u32,
    /// Ticks, where each sample tells its own.
    length: Option<u64>,
    /// From the fragment's begin.
    offset: Option<u32>,
    first_size: Option<u32>,
    default_size: Option<u32>,
    default_duration: Option<u32>,
}

impl Run {
    fn read(known: &Known, track: &Range<u64>, header: &Range<u64>) -> Found<Self> {
        // What is there depends on flags, in this order.
        let flags = known.u32(header.start)?;
        let mut at = header.start + 8;
        let mut field = |flag: u32, bytes: u64| {
            let here = (flags & flag != 0).then_some(at);
            at += here.map_or(0, |_| bytes);
            here
        };
        let (_, _) = (field(1, 8), field(2, 4));
        let (duration, size) = (field(8, 4), field(0x10, 4));
        let read = |at: Option<u64>| at.map(|at| known.u32(at)).transpose();
        let decoded = find(known, track, b"tfdt")?;
        let begin = if known.u8(decoded.start)? == 1 {
            known.u64(decoded.start + 4)?
        } else {
            u64::from(known.u32(decoded.start + 4)?)
        };
        let run = find(known, track, b"trun")?;
        let flags = known.u32(run.start)?;
        let count = known.u32(run.start + 4)?;
        let mut rows = run.start + 8;
        let offset = (flags & 1 != 0).then_some(rows);
        rows += if flags & 1 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
        let has = |flag: u32| u64::from(flags & flag != 0) * 4;
        let row = has(0x100) + has(0x200) + has(0x400) + has(0x800);
        let mut length = None;
        if flags & 0x100 != 0 {
            let mut ticks = 0_u64;
            for sample in 0..u64::from(count) {
                ticks = ticks.saturating_add(u64::from(known.u32(rows + sample * row)?));
            }
            length = Some(ticks);
        }
        let first_size = (flags & 0x200 != 0).then_some(rows + has(0x100));
        Ok(Self {
            begin,
            count,
            length,
            offset: read(offset)?,
            first_size: read(first_size)?,
            default_size: read(size)?,
            default_duration: read(duration)?,
        })
    }
}

pub(super) fn avc(known: &Known, record: &Range<u64>) -> Found<(String, Vec<u8>)> {
    let bytes = known.bytes(record.start, record.end - record.start)?;
    let [_, about @ .., _] = bytes.get(..5).ok_or(Stop::End)? else {
        return Err(Stop::End);
    };
    Ok((["avc1.", &hex(about)].concat(), bytes.to_vec()))
}

/// `hvc1.1.6.L93.b0`: profile, what it is compatible with, tier and level, constraints.
pub(super) fn hevc(known: &Known, record: &Range<u64>, kind: &[u8]) -> Found<(String, Vec<u8>)> {
    let bytes = known.bytes(record.start, record.end - record.start)?;
    let about: [u8; 13] = bytes
        .get(..13)
        .and_then(|about| about.try_into().ok())
        .ok_or(Stop::End)?;
    let [_, profile, f0, f1, f2, f3, constraints @ .., level] = about;
    let mut codec = String::from_utf8_lossy(kind).into_owned();
    codec.push('.');
    codec.push_str(["", "A", "B", "C"][usize::from(profile >> 6)]);
    codec.push_str(&(profile & 31).to_string());
    codec.push('.');
    let flags = u32::from_be_bytes([f0, f1, f2, f3]).reverse_bits();
    let digits = hex(&flags.to_be_bytes());
    let short = digits.trim_start_matches('0');
    codec.push_str(if short.is_empty() { "0" } else { short });
    codec.push_str(if profile & 32 == 0 { ".L" } else { ".H" });
    codec.push_str(&level.to_string());
    let end = constraints.iter().rposition(|byte| *byte != 0);
    for byte in constraints.iter().take(end.map_or(0, |end| end + 1)) {
        codec.push('.');
        codec.push_str(&hex(&[*byte]));
    }
    Ok((codec, bytes.to_vec()))
}

fn vp9(known: &Known, record: &Range<u64>) -> Found<(String, Vec<u8>)> {
    let [_, _, _, _, profile, level, depth] = known.array(record.start)?;
    Ok((
        [
            "vp09.",
            &two(profile),
            ".",
            &two(level),
            ".",
            &two(depth >> 4),
        ]
        .concat(),
        Vec::new(),
    ))
}

/// Of `av1C`, which Matroska has as it is.
pub(super) fn av1(known: &Known, record: u64) -> Found<(String, Vec<u8>)> {
    let [_, level, about] = known.array(record)?;
    let depth = match about & 0x60 {
        0x60 => "12",
        0x40 => "10",
        _ => "08",
    };
    let tier = if about & 0x80 == 0 { "M." } else { "H." };
    let profile = (level >> 5).to_string();
    Ok((
        ["av01.", &profile, ".", &two(level & 31), tier, depth].concat(),
        Vec::new(),
    ))
}
