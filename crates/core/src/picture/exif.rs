//! What is read of EXIF: how the camera was held, and whether it wrote down where. Anything may be
//! in it: nothing here trusts an offset, loops without end, or panics.

use super::{be16, be32, le16, le32};

/// The tags that are looked for.
const ORIENTATION: u32 = 0x0112;
const GPS: u32 = 0x8825;
const LATITUDE: u32 = 2;

/// Bytes of EXIF that say nothing but how a picture is turned.
pub(super) const TURNED_BYTES: usize = 26;

/// What EXIF says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exif {
    /// How the camera was held, 2 to 8; `None` for upright.
    pub orientation: Option<u8>,
    /// It says where.
    pub located: bool,
}

/// Reads EXIF from its TIFF header on. What can't be read says nothing.
pub(super) fn read(bytes: &[u8]) -> Exif {
    let little = match bytes.get(..2) {
        Some(b"II") => true,
        Some(b"MM") => false,
        _ => return Exif::default(),
    };
    let tiff = Tiff { bytes, little };
    let first = tiff.four(4);
    let orientation = first
        .and_then(|at| tiff.entry(at, ORIENTATION))
        .and_then(|at| u8::try_from(tiff.two(at + 8)?).ok());
    let located = first
        .and_then(|at| tiff.entry(at, GPS))
        .and_then(|at| tiff.four(at + 8))
        .and_then(|at| tiff.entry(at, LATITUDE));
    Exif {
        orientation: orientation.filter(|orientation| (2..=8).contains(orientation)),
        located: located.is_some(),
    }
}

/// EXIF that says only how a picture is turned.
pub(super) fn turned(orientation: u8) -> [u8; TURNED_BYTES] {
    [
        b'M',
        b'M',
        0,
        42,
        0,
        0,
        0,
        8, // the only directory follows
        0,
        1, // with one entry
        1,
        0x12,
        0,
        3,
        0,
        0,
        0,
        1,
        0,
        orientation,
        0,
        0, // a number of two bytes
        0,
        0,
        0,
        0, // no other directory
    ]
}

struct Tiff<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl Tiff<'_> {
    fn two(&self, at: usize) -> Option<u32> {
        if self.little {
            le16(self.bytes, at)
        } else {
            be16(self.bytes, at)
        }
    }

    fn four(&self, at: usize) -> Option<usize> {
        let four = if self.little {
            le32(self.bytes, at)
        } else {
            be32(self.bytes, at)
        };
        usize::try_from(four?).ok()
    }

    /// Where the entry of a tag is, in the directory at a place.
    fn entry(&self, start: usize, tag: u32) -> Option<usize> {
        let count = usize::try_from(self.two(start)?).ok()?;
        for entry in 0..count {
            let at = start.checked_add(2)?.checked_add(entry.checked_mul(12)?)?;
            if self.two(at)? == tag {
                // All of it is there.
                self.bytes.get(at..at.checked_add(12)?)?;
                return Some(at);
            }
        }
        None
    }
}
