//! Size and duration of MP4 and QuickTime files, from the few boxes that tell them.
//! Reads headers and skips the rest, however large; a file that lies costs a bounded number of
//! reads and gives nothing.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// Boxes that are looked at. A film of hours has some hundred on these levels.
const BOXES_MAX: u32 = 10_000;

/// What the headers told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Movie {
    pub size: Option<(u32, u32)>,
    pub duration_ms: Option<u64>,
}

/// Reads the headers; what isn't a movie gives an empty one.
pub fn read(mut file: impl Read + Seek) -> io::Result<Movie> {
    let end = file.seek(SeekFrom::End(0))?;
    Reader {
        file: &mut file,
        boxes_left: BOXES_MAX,
    }
    .movie(end)
}

struct Reader<'a, F> {
    file: &'a mut F,
    boxes_left: u32,
}

impl<F: Read + Seek> Reader<'_, F> {
    fn movie(&mut self, end: u64) -> io::Result<Movie> {
        let mut movie = Movie::default();
        let Some(description) = self.find(*b"moov", 0..end)? else {
            return Ok(movie);
        };
        let mut at = description.start;
        while let Some((kind, content)) = self.next_box(at, description.end)? {
            at = content.end;
            match &kind {
                b"mvhd" => movie.duration_ms = self.duration_ms(&content)?,
                b"trak" if movie.size.is_none() => {
                    if let Some(header) = self.find(*b"tkhd", content)? {
                        movie.size = self.size(&header)?;
                    }
                }
                _ => {}
            }
        }
        Ok(movie)
    }

    /// The content of the first box of this kind.
    fn find(&mut self, wanted: [u8; 4], within: Range<u64>) -> io::Result<Option<Range<u64>>> {
        let mut at = within.start;
        while let Some((kind, content)) = self.next_box(at, within.end)? {
            if kind == wanted {
                return Ok(Some(content));
            }
            at = content.end;
        }
        Ok(None)
    }

    /// The box that begins here; `None` at the end, and where the lengths make no sense.
    fn next_box(&mut self, at: u64, end: u64) -> io::Result<Option<([u8; 4], Range<u64>)>> {
        if self.boxes_left == 0 || end.saturating_sub(at) < 8 {
            return Ok(None);
        }
        self.boxes_left -= 1;
        let [l0, l1, l2, l3, k0, k1, k2, k3] = self.bytes(at)?;
        let (header, length) = match u32::from_be_bytes([l0, l1, l2, l3]) {
            // The last box may leave its length open, and large ones write it longer.
            0 => (8, end - at),
            1 if end - at >= 16 => (16, u64::from_be_bytes(self.bytes(at + 8)?)),
            short => (8, u64::from(short)),
        };
        let fits = length >= header && length <= end - at;
        Ok(fits.then(|| ([k0, k1, k2, k3], at + header..at + length)))
    }

    fn duration_ms(&mut self, header: &Range<u64>) -> io::Result<Option<u64>> {
        let is_long = self.version(header)? == 1;
        let (scale_at, length) = if is_long { (20, 32) } else { (12, 20) };
        if header.end - header.start < length {
            return Ok(None);
        }
        let at = header.start + scale_at;
        let scale = u64::from(u32::from_be_bytes(self.bytes(at)?));
        let ticks = if is_long {
            u64::from_be_bytes(self.bytes(at + 4)?)
        } else {
            u64::from(u32::from_be_bytes(self.bytes(at + 4)?))
        };
        Ok(ticks
            .checked_mul(1_000)
            .and_then(|thousandths| thousandths.checked_div(scale)))
    }

    /// Width and height are the last two numbers, whole pixels in their upper halves.
    fn size(&mut self, header: &Range<u64>) -> io::Result<Option<(u32, u32)>> {
        let length = if self.version(header)? == 1 { 96 } else { 84 };
        if header.end - header.start < length {
            return Ok(None);
        }
        let [w0, w1, _, _, h0, h1, _, _] = self.bytes(header.start + length - 8)?;
        let (width, height) = (u16::from_be_bytes([w0, w1]), u16::from_be_bytes([h0, h1]));
        // Sound tracks have no size.
        Ok((width > 0 && height > 0).then(|| (u32::from(width), u32::from(height))))
    }

    fn version(&mut self, header: &Range<u64>) -> io::Result<u8> {
        if header.is_empty() {
            return Ok(0);
        }
        self.bytes::<1>(header.start).map(|[version]| version)
    }

    fn bytes<const N: usize>(&mut self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(bytes: &[u8]) -> Movie {
        let mut file = Cursor::new(bytes);
        let mut reader = Reader {
            file: &mut file,
            boxes_left: BOXES_MAX,
        };
        reader.movie(bytes.len() as u64).unwrap_or_default()
    }

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 8)
            .expect("short")
            .to_be_bytes();
        [&length, &kind[..], content].concat()
    }

    fn film() -> Vec<u8> {
        let mut movie = vec![0; 112];
        movie[0] = 1;
        movie[20..24].copy_from_slice(&600_u32.to_be_bytes());
        movie[24..32].copy_from_slice(&900_u64.to_be_bytes());
        let mut track = vec![0; 96];
        track[0] = 1;
        track[88..90].copy_from_slice(&320_u16.to_be_bytes());
        track[92..94].copy_from_slice(&240_u16.to_be_bytes());
        let sound = boxed(b"trak", &boxed(b"tkhd", &[0; 84]));
        let picture = boxed(b"trak", &boxed(b"tkhd", &track));
        let moov = boxed(b"moov", &[boxed(b"mvhd", &movie), sound, picture].concat());
        [boxed(b"ftyp", b"isom"), moov].concat()
    }

    #[test]
    fn the_picture_track_tells_the_size() {
        let expected = Movie {
            size: Some((320, 240)),
            duration_ms: Some(1_500),
        };
        assert_eq!(read(&film()), expected);
    }

    #[test]
    fn files_that_lie_give_nothing_and_end() {
        let whole = film();
        for end in 0..whole.len() {
            read(&whole[..end]);
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                read(&changed);
            }
        }
        let endless: Vec<u8> = boxed(b"free", b"").repeat(20_000);
        assert_eq!(read(&[endless, film()].concat()), Movie::default());
    }
}
