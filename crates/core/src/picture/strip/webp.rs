//! WebP, chunk by chunk. Its header says how long the file is, and what is in it; both are written
//! anew at the end.

use super::{Found, LOOK_BYTES, Piece, Step, is_located};
use crate::picture::{exif, le32};

/// `RIFF`, the size of what follows, and `WEBP`.
const HEADER_BYTES: u64 = 12;

/// What the size in the header leaves out.
const UNCOUNTED: u64 = 8;

/// Where in the file the flags of `VP8X` are, which is the first chunk where there is one.
const FLAGS_AT: usize = 20;
const HAS_XMP: u8 = 0x04;
const HAS_EXIF: u8 = 0x08;

/// Where in a WebP.
#[derive(Debug, Default)]
pub(super) struct Walk {
    begun: bool,
    /// Bytes up to the end that the header tells.
    left: u64,
    /// It has flags.
    extended: bool,
    turned: bool,
}

impl Walk {
    /// All that the header tells was seen.
    pub fn has_ended(&self) -> bool {
        self.begun && self.left == 0
    }

    /// The next step; `left` is how many bytes the file has from here on.
    pub fn step(&mut self, bytes: &[u8], left: u64, found: &mut Found) -> Step {
        if !self.begun {
            return self.begin(bytes, left);
        }
        let (Some(name), Some(length)) = (bytes.get(..4), le32(bytes, 4)) else {
            return Step::More(8);
        };
        // Contents are padded to an even length, which some programs forget at the end.
        let bare = u64::from(length) + 8;
        let whole = (bare + bare % 2).min(self.left.max(bare));
        if whole > self.left {
            return Step::Broken;
        }
        let step = match name {
            b"VP8 " | b"VP8L" | b"VP8X" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP" => {
                Step::Keep(whole)
            }
            b"EXIF" | b"XMP " => {
                let looked = LOOK_BYTES.min(length as usize);
                match bytes.get(8..8 + looked) {
                    Some(content) => self.extra(name, content, whole, found),
                    None => return Step::More(8 + looked),
                }
            }
            _ => Step::Drop(whole),
        };
        self.left -= whole;
        step
    }

    /// The header, with the flags where there are some.
    fn begin(&mut self, bytes: &[u8], left: u64) -> Step {
        let Some(size) = le32(bytes, 4) else {
            return Step::More(HEADER_BYTES as usize);
        };
        let counted = u64::from(size) + UNCOUNTED;
        let named = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        if !named || counted > left || counted < HEADER_BYTES {
            return Step::Broken;
        }
        self.begun = true;
        self.extended = bytes.get(12..16) == Some(b"VP8X") && le32(bytes, 16) == Some(10);
        let count = if self.extended { 30 } else { HEADER_BYTES };
        let header = usize::try_from(count).ok().and_then(|end| bytes.get(..end));
        match header {
            Some(header) if count <= counted => {
                self.left = counted - count;
                Step::Replace(count, header.to_vec())
            }
            _ => Step::Broken,
        }
    }

    fn extra(&mut self, name: &[u8], content: &[u8], whole: u64, found: &mut Found) -> Step {
        if name == b"XMP " {
            found.located |= is_located(content);
            return Step::Drop(whole);
        }
        // Some programs write the name that JPEG has for it.
        let exif = exif::read(content.strip_prefix(b"Exif\0\0").unwrap_or(content));
        found.located |= exif.located;
        let free = self.extended && !self.turned;
        match exif.orientation.filter(|_| free) {
            Some(orientation) => {
                self.turned = true;
                let mut chunk = b"EXIF".to_vec();
                chunk.extend((exif::TURNED_BYTES as u32).to_le_bytes());
                chunk.extend(exif::turned(orientation));
                Step::Replace(whole, chunk)
            }
            None => Step::Drop(whole),
        }
    }

    /// Writes into the header what is true now.
    pub fn finish(&self, pieces: &mut [Piece], size: u64) -> Option<()> {
        let Some(Piece::Write(header)) = pieces.first_mut() else {
            return None;
        };
        let size = u32::try_from(size - UNCOUNTED).ok()?;
        header.get_mut(4..8)?.copy_from_slice(&size.to_le_bytes());
        if self.extended {
            let flags = header.get_mut(FLAGS_AT)?;
            *flags &= !(HAS_EXIF | HAS_XMP);
            if self.turned {
                *flags |= HAS_EXIF;
            }
        }
        Some(())
    }
}
