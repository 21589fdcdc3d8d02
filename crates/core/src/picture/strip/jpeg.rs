//! JPEG, segment by segment. What follows the picture goes, too: cameras append previews there, and
//! films, each with a position of its own.

use super::{Found, Step, is_located};
use crate::picture::{be16, exif};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/x";
/// A header of JFIF without a preview: name, version, density, and no pixels.
const JFIF: &[u8] = b"JFIF\0";
const JFIF_BYTES: usize = 14;

/// Where in a JPEG.
#[derive(Debug, Default)]
pub(super) struct Walk {
    place: Place,
    /// Something that says how it is turned was written.
    turned: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Start,
    /// Before a marker.
    Segments,
    /// In coded pixels, which end at the next marker.
    Pixels,
    End,
}

impl Walk {
    /// Whether there are pixels so far.
    pub fn is_showing(&self) -> bool {
        self.place == Place::Pixels
    }

    /// All of the picture was seen.
    pub fn has_ended(&self) -> bool {
        self.place == Place::End
    }

    pub fn step(&mut self, bytes: &[u8], found: &mut Found) -> Step {
        if self.place != Place::Pixels {
            return self.segment(bytes, found);
        }
        match self.pixels(bytes) {
            0 if self.place == Place::Segments => self.segment(bytes, found),
            // Of a single byte nothing can be told.
            0 => Step::More(2),
            count => Step::Keep(count as u64),
        }
    }

    /// How many bytes of coded pixels there are. In them, only a marker has a byte of ones before
    /// anything but zero.
    fn pixels(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(more) = bytes.get(at..) {
            let Some(next) = more.iter().position(|byte| *byte == 0xff) else {
                return bytes.len();
            };
            at += next;
            match bytes.get(at + 1) {
                None => break,
                Some(0 | 0xd0..=0xd7) => at += 2,
                Some(0xff) => at += 1,
                Some(_) => {
                    self.place = Place::Segments;
                    break;
                }
            }
        }
        at
    }

    fn segment(&mut self, bytes: &[u8], found: &mut Found) -> Step {
        let &[first, marker, ..] = bytes else {
            return Step::More(2);
        };
        let begins = self.place == Place::Start;
        match (first, marker) {
            (0xff, 0xd8) if begins => {
                self.place = Place::Segments;
                return Step::Keep(2);
            }
            // A fill byte.
            (0xff, 0xff) if !begins => return Step::Keep(1),
            (0xff, 0x01 | 0xd0..=0xd7) if !begins => return Step::Keep(2),
            (0xff, 0xd9) if !begins => {
                self.place = Place::End;
                return Step::Keep(2);
            }
            (0xff, 0xc0..=0xfe) if !begins && marker != 0xd8 => {}
            _ => return Step::Broken,
        }
        let Some(length) = be16(bytes, 2) else {
            return Step::More(4);
        };
        if length < 2 {
            return Step::Broken;
        }
        // A marker, and two bytes of length that count themselves.
        let whole = length as usize + 2;
        let Some(content) = bytes.get(4..whole) else {
            return Step::More(whole);
        };
        match marker {
            0xda => {
                self.place = Place::Pixels;
                Step::Keep(whole as u64)
            }
            0xe0..=0xef | 0xfe => self.extra(marker, content, found),
            _ => Step::Keep(whole as u64),
        }
    }

    /// What programs add to the picture.
    fn extra(&mut self, marker: u8, content: &[u8], found: &mut Found) -> Step {
        let whole = content.len() as u64 + 4;
        match marker {
            0xe0 if content.starts_with(JFIF) => match content.get(..JFIF_BYTES - 2) {
                Some(header) => Step::Replace(whole, segment(marker, &[header, &[0, 0]])),
                None => Step::Drop(whole),
            },
            0xe1 => {
                if let Some(tiff) = content.strip_prefix(EXIF) {
                    let exif = exif::read(tiff);
                    found.located |= exif.located;
                    // The first one counts.
                    if let Some(orientation) = exif.orientation.filter(|_| !self.turned) {
                        self.turned = true;
                        let turned = exif::turned(orientation);
                        return Step::Replace(whole, segment(marker, &[EXIF, &turned]));
                    }
                } else if content.starts_with(XMP) {
                    found.located |= is_located(content);
                }
                Step::Drop(whole)
            }
            // What the colours mean.
            0xe2 if content.starts_with(b"ICC_PROFILE\0") => Step::Keep(whole),
            0xee if content.starts_with(b"Adobe") => Step::Keep(whole),
            _ => Step::Drop(whole),
        }
    }
}

fn segment(marker: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    let mut bytes = vec![0xff, marker];
    bytes.extend(length.to_be_bytes());
    bytes.extend(content);
    bytes
}
