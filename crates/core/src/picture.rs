//! What the first bytes of a file say: its format, and a picture's size without decoding it. Pure
//! functions for the shell, which reads those bytes; the engine is told what they say. Anything may
//! be in them: nothing here trusts a length, loops without moving on, or panics.

mod exif;
pub mod strip;

/// Enough of a file's head: in photos, previews and colour profiles stand before the size.
pub const HEAD_BYTES: u32 = 256 * 1024;

/// Larger sides are no picture's; formats that can say more are lying.
const SIDE_MAX: u32 = 0x7fff_ffff;

/// What the head of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The format, as its usual extension: `jpg`, `png`, `mp4`. Formats that share a beginning have
    /// one name: [`family`] tells which.
    pub format: &'static str,
    /// The size as people see the picture, upright.
    pub size: Option<Size>,
}

/// A picture's size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// Beginnings that tell a format: where, and which bytes.
const MAGIC: &[(&str, usize, &[u8])] = &[
    ("png", 0, b"\x89PNG\r\n\x1a\n"),
    ("jpg", 0, b"\xff\xd8\xff"),
    ("gif", 0, b"GIF87a"),
    ("gif", 0, b"GIF89a"),
    ("webp", 8, b"WEBP"),
    ("bmp", 0, b"BM"),
    ("tif", 0, b"II*\0"),
    ("tif", 0, b"MM\0*"),
    ("jxl", 0, b"\xff\x0a"),
    ("jxl", 4, b"JXL \r\n"),
    ("psd", 0, b"8BPS"),
    ("pdf", 0, b"%PDF-"),
    ("webm", 0, b"\x1a\x45\xdf\xa3"),
    ("ogg", 0, b"OggS"),
    ("wav", 8, b"WAVE"),
    ("avi", 8, b"AVI "),
    ("flac", 0, b"fLaC"),
    ("mp3", 0, b"ID3"),
    ("exe", 0, b"MZ"),
];

/// Extensions of formats that begin alike, the first of each the name that [`read`] gives.
const FAMILIES: &[&[&str]] = &[
    &["jpg", "jpeg", "jpe", "jfif"],
    &["tif", "tiff"],
    &["avif", "avifs"],
    &["heic", "heif"],
    &["mp4", "m4v", "m4a", "mov", "3gp", "qt"],
    &["webm", "mkv", "mka"],
    &["ogg", "oga", "ogv", "opus"],
    &["psd", "psb"],
    &["bmp", "dib"],
];

/// The name by which [`read`] calls the formats that begin like those of an extension.
pub fn family(extension: &str) -> &str {
    let found = FAMILIES.iter().find(|names| names.contains(&extension));
    found.and_then(|names| names.first()).unwrap_or(&extension)
}

/// Whether files of this extension can be told by their beginning.
pub fn is_telling(extension: &str) -> bool {
    let name = family(extension);
    matches!(name, "avif" | "heic" | "mp4")
        || (name != "mp3" && MAGIC.iter().any(|(known, ..)| *known == name))
}

/// What the head of a file says; `None` for what it doesn't know.
pub fn read(head: &[u8]) -> Option<Head> {
    let format = format(head)?;
    let size = match format {
        "png" => png(head),
        "jpg" => jpeg(head),
        "gif" => Some((le16(head, 6)?, le16(head, 8)?)),
        "webp" => webp(head),
        "bmp" => bmp(head),
        "avif" | "heic" => boxes(head),
        _ => None,
    };
    let size = size.filter(|(width, height)| {
        (1..=SIDE_MAX).contains(width) && (1..=SIDE_MAX).contains(height)
    });
    Some(Head {
        format,
        size: size.map(|(width, height)| Size { width, height }),
    })
}

fn format(head: &[u8]) -> Option<&'static str> {
    if let Some(brand) = brand(head) {
        return Some(brand);
    }
    let fits = |at: usize, bytes: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(bytes));
    let found = MAGIC.iter().find(|(_, at, bytes)| fits(*at, bytes));
    found.map(|(name, ..)| *name)
}

/// The kinds of files that begin with a box of the type `ftyp`.
fn brand(head: &[u8]) -> Option<&'static str> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    // The brand, a version, and the brands that it is like: what an AVIF calls itself differs.
    let length = usize::try_from(be32(head, 0)?).ok()?;
    let brands = head.get(8..length.clamp(12, 128).min(head.len()))?;
    let mut like = None;
    for brand in brands.chunks_exact(4) {
        match brand {
            b"avif" | b"avis" => return Some("avif"),
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"mif1" | b"msf1" | b"heim" | b"heis" => {
                like = Some("heic");
            }
            _ => {}
        }
    }
    Some(like.unwrap_or("mp4"))
}

fn png(head: &[u8]) -> Option<(u32, u32)> {
    if head.get(12..16)? != b"IHDR" {
        return None;
    }
    Some((be32(head, 16)?, be32(head, 20)?))
}

/// The size stands in the frame's header, after segments that are skipped; one of them may say that
/// the camera was held on its side.
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    let mut on_its_side = false;
    loop {
        if byte(head, at)? != 0xff {
            return None;
        }
        let marker = byte(head, at + 1)?;
        match marker {
            // A fill byte.
            0xff => at += 1,
            // Without a length.
            0x01 | 0xd0..=0xd8 => at += 2,
            // The picture itself, or the end.
            0xd9 | 0xda => return None,
            // Of the frame headers' range, three are something else.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let (height, width) = (be16(head, at + 5)?, be16(head, at + 7)?);
                return Some(if on_its_side {
                    (height, width)
                } else {
                    (width, height)
                });
            }
            _ => {
                let length = usize::try_from(be16(head, at + 2)?).ok()?;
                if length < 2 {
                    return None;
                }
                if marker == 0xe1 {
                    let end = at.checked_add(2)?.checked_add(length)?.min(head.len());
                    let exif = head.get(at + 4..end);
                    let tiff = exif.and_then(|exif| exif.strip_prefix(b"Exif\0\0"));
                    let turned = tiff.and_then(|tiff| exif::read(tiff).orientation);
                    on_its_side |= turned.is_some_and(|turned| turned >= 5);
                }
                at = at.checked_add(2)?.checked_add(length)?;
            }
        }
    }
}

fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(12..16)? {
        b"VP8 " => {
            if head.get(23..26)? != b"\x9d\x01\x2a" {
                return None;
            }
            Some((le16(head, 26)? & 0x3fff, le16(head, 28)? & 0x3fff))
        }
        b"VP8L" => {
            if byte(head, 20)? != 0x2f {
                return None;
            }
            let bits = le32(head, 21)?;
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => {
            let three = |at| Some(le16(head, at)? | byte(head, at + 2)? << 16);
            Some((three(24)? + 1, three(27)? + 1))
        }
        _ => None,
    }
}

fn bmp(head: &[u8]) -> Option<(u32, u32)> {
    match le32(head, 14)? {
        // The oldest header has sides of two bytes.
        12 => Some((le16(head, 18)?, le16(head, 20)?)),
        // A height below zero says that the rows run down.
        40.. => {
            let height = i32::from_le_bytes(head.get(22..26)?.try_into().ok()?);
            Some((le32(head, 18)?, height.unsigned_abs()))
        }
        _ => None,
    }
}

/// The largest picture of an AVIF or HEIC file, by its `ispe` properties; of such a file, parts of
/// the picture and its thumbnail have some too. Turned when an `irot` says so.
fn boxes(head: &[u8]) -> Option<(u32, u32)> {
    let (mut largest, mut turned) = (None, false);
    let mut at = 0;
    while let Some(tag) = head.get(at..at + 4) {
        if tag == b"ispe" {
            let size = (be32(head, at + 8)?, be32(head, at + 12)?);
            let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
            if largest.is_none_or(|known| pixels(size) > pixels(known)) {
                largest = Some(size);
            }
        } else if tag == b"irot" {
            turned |= byte(head, at + 4)? & 1 == 1;
        } else if tag == b"mdat" {
            break;
        }
        at += 1;
    }
    largest.map(|(width, height)| {
        if turned {
            (height, width)
        } else {
            (width, height)
        }
    })
}

fn byte(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at).map(|byte| u32::from(*byte))
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(byte(bytes, at)? << 8 | byte(bytes, at.checked_add(1)?)?)
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(byte(bytes, at.checked_add(1)?)? << 8 | byte(bytes, at)?)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(be16(bytes, at)? << 16 | be16(bytes, at.checked_add(2)?)?)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(le16(bytes, at.checked_add(2)?)? << 16 | le16(bytes, at)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    fn jpeg_of(orientation: Option<u8>) -> Vec<u8> {
        let exif = orientation.map_or_else(Vec::new, |value| {
            let tiff: &[u8] = &[
                b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 2, // two entries
                1, 0, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0, // something else
                1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0,
            ];
            let length = (2 + 6 + tiff.len()) as u16;
            chunk(&[&[0xff, 0xe1], &length.to_be_bytes(), b"Exif\0\0", tiff])
        });
        let frame: &[u8] = &[0xff, 0xc2, 0, 11, 8, 1, 0x2c, 1, 0x90, 1, 1, 0x11, 0];
        chunk(&[
            &[0xff, 0xd8],
            &exif,
            &[0xff, 0xdb, 0, 3, 0], // a table
            &[0xff, 0xff],          // a fill byte before the marker
            &frame[1..],
            &[0xff, 0xda],
        ])
    }

    fn heads() -> Vec<(&'static str, Vec<u8>, (u32, u32))> {
        let png = chunk(&[
            b"\x89PNG\r\n\x1a\n",
            &[0, 0, 0, 13],
            b"IHDR",
            &[0, 0, 1, 44, 0, 0, 1, 144],
        ]);
        let gif = chunk(&[b"GIF89a", &[0x2c, 1, 0x90, 1, 0, 0, 0]]);
        let bmp = |height: i32| {
            let mut head = b"BM".to_vec();
            head.resize(14, 0);
            head.extend([40, 0, 0, 0, 0x2c, 1, 0, 0]);
            head.extend(height.to_le_bytes());
            head
        };
        let riff =
            |kind: &[u8], data: &[u8]| chunk(&[b"RIFF", &[0; 4], b"WEBP", kind, &[0; 4], data]);
        let lossless = (299_u32 | 399 << 14).to_le_bytes();
        let avif = chunk(&[
            &[0, 0, 0, 28],
            b"ftypavif",
            &[0; 16],
            &[0, 0, 0, 20],
            b"ispe",
            &[0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9],
            &[0, 0, 0, 20],
            b"ispe",
            &[0, 0, 0, 0, 0, 0, 1, 44, 0, 0, 1, 144],
        ]);
        let turned = chunk(&[&avif, &[0, 0, 0, 9], b"irot", &[1]]);
        vec![
            ("png", png, (300, 400)),
            ("gif", gif, (300, 400)),
            ("bmp", bmp(400), (300, 400)),
            ("bmp", bmp(-400), (300, 400)),
            (
                "webp",
                riff(b"VP8 ", b"\0\0\0\x9d\x01\x2a\x2c\x01\x90\x01"),
                (300, 400),
            ),
            (
                "webp",
                riff(b"VP8L", &chunk(&[&[0x2f], &lossless])),
                (300, 400),
            ),
            (
                "webp",
                riff(b"VP8X", &[0, 0, 0, 0, 0x2b, 1, 0, 0x8f, 1, 0]),
                (300, 400),
            ),
            ("avif", avif, (300, 400)),
            ("avif", turned, (400, 300)),
            ("jpg", jpeg_of(None), (400, 300)),
            ("jpg", jpeg_of(Some(1)), (400, 300)),
            ("jpg", jpeg_of(Some(4)), (400, 300)),
            ("jpg", jpeg_of(Some(5)), (300, 400)),
            ("jpg", jpeg_of(Some(8)), (300, 400)),
        ]
    }

    #[test]
    fn pictures_are_as_large_as_people_see_them() {
        for (format, head, (width, height)) in heads() {
            let size = Some(Size { width, height });
            assert_eq!(read(&head), Some(Head { format, size }), "{head:?}");
        }
    }

    #[test]
    fn a_head_that_ends_early_has_a_format_and_no_size() {
        for (format, head, _) in heads() {
            for end in 0..head.len() {
                let cut = read(&head[..end]);
                // Of brands that stand further on, nothing is known yet.
                let known = cut.is_none_or(|cut| cut.format == format || cut.format == "mp4");
                assert!(known, "{format} cut at {end}: {cut:?}");
            }
        }
    }

    /// Bytes are replaced, doubled and taken out, by seed: nothing may panic or take forever.
    #[test]
    fn broken_heads_are_no_harm() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut dice = move |sides: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % sides.max(1) as u64) as usize
        };
        let heads = heads();
        for _ in 0..200_000 {
            let mut head = heads[dice(heads.len())].1.clone();
            for _ in 0..=dice(4) {
                let at = dice(head.len());
                match dice(4) {
                    0 => head[at] = dice(256) as u8,
                    1 => head[at] = 0xff,
                    2 => head.truncate(at.max(1)),
                    _ => head.splice(at..at, [dice(256) as u8; 3]).for_each(drop),
                }
            }
            if let Some(Head {
                size: Some(size), ..
            }) = read(&head)
            {
                assert!(size.width > 0 && size.height > 0);
            }
        }
    }

    #[test]
    fn other_formats_are_told_too_and_unknown_ones_are_not() {
        let of = |head: &[u8]| read(head).map(|head| head.format);
        assert_eq!(of(b"%PDF-1.7"), Some("pdf"));
        assert_eq!(of(b"\0\0\0\x20ftypisom\0\0\0\0"), Some("mp4"));
        assert_eq!(of(b"\0\0\0\x18ftypheic\0\0\0\0"), Some("heic"));
        assert_eq!(of(b"MZ\x90\0"), Some("exe"));
        assert_eq!(of(b"<svg xmlns="), None);
        assert_eq!(of(b""), None);
    }

    #[test]
    fn formats_that_begin_alike_are_one_family() {
        assert_eq!(
            (family("jpeg"), family("mov"), family("mkv")),
            ("jpg", "mp4", "webm")
        );
        assert_eq!(family("docx"), "docx");
        assert!(is_telling("jpeg") && is_telling("png") && is_telling("mov"));
        // An MP3 may begin with sound; a text with anything.
        assert!(!is_telling("mp3") && !is_telling("txt") && !is_telling("docx"));
    }
}
