//! PNG, chunk by chunk. What is needed to show it is known by name; all else goes, and what follows
//! its end, where some programs have left a picture's earlier, larger self.

use super::{Found, LOOK_BYTES, Step, is_located};
use crate::picture::{be32, exif};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A chunk has a length, a name and a checksum beside its content.
const AROUND: usize = 12;

/// Chunks that may be left out, and are shown.
const SHOWN: [&[u8; 4]; 16] = [
    b"acTL", b"bKGD", b"cHRM", b"cICP", b"cLLI", b"cLLi", b"fcTL", b"fdAT", b"gAMA", b"hIST",
    b"iCCP", b"mDCV", b"pHYs", b"sBIT", b"sRGB", b"tRNS",
];

/// Where in a PNG.
#[derive(Debug, Default)]
pub(super) struct Walk {
    begun: bool,
    ended: bool,
    turned: bool,
}

impl Walk {
    /// All of the picture was seen.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    pub fn step(&mut self, bytes: &[u8], found: &mut Found) -> Step {
        if !self.begun {
            self.begun = true;
            return match bytes.get(..SIGNATURE.len()) {
                Some(SIGNATURE) => Step::Keep(SIGNATURE.len() as u64),
                _ => Step::Broken,
            };
        }
        let (Some(length), Some(name)) = (be32(bytes, 0), bytes.get(4..8)) else {
            return Step::More(8);
        };
        if length > i32::MAX.unsigned_abs() || !name.iter().all(u8::is_ascii_alphabetic) {
            return Step::Broken;
        }
        let whole = u64::from(length) + AROUND as u64;
        // What no decoder may leave out has a name that begins with a capital.
        let critical = name.first().is_some_and(u8::is_ascii_uppercase);
        if critical || SHOWN.iter().any(|shown| *shown == name) {
            self.ended = name == b"IEND";
            return Step::Keep(whole);
        }
        if !matches!(name, b"eXIf" | b"iTXt") {
            return Step::Drop(whole);
        }
        let looked = LOOK_BYTES.min(length as usize);
        let Some(content) = bytes.get(8..8 + looked) else {
            return Step::More(8 + looked);
        };
        if name == b"iTXt" {
            found.located |= is_located(content);
            return Step::Drop(whole);
        }
        let exif = exif::read(content);
        found.located |= exif.located;
        match exif.orientation.filter(|_| !self.turned) {
            Some(orientation) => {
                self.turned = true;
                Step::Replace(whole, chunk(*b"eXIf", &exif::turned(orientation)))
            }
            None => Step::Drop(whole),
        }
    }
}

fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(content);
    let checksum = crc(bytes.get(4..).unwrap_or_default());
    bytes.extend(checksum.to_be_bytes());
    bytes
}

/// PNG's checksum, bit by bit: it is asked for a few bytes only.
pub(super) fn crc(bytes: &[u8]) -> u32 {
    let mut state = u32::MAX;
    for byte in bytes {
        state ^= u32::from(*byte);
        for _ in 0..8 {
            let low = state & 1;
            state = (state >> 1) ^ (0xedb8_8320 * low);
        }
    }
    !state
}
