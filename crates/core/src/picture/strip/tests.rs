//! Pictures with all that cameras and programs put into them, and what is left of them.

use super::*;
use crate::picture::{self, exif};

/// What must not be left.
const SECRET: &[u8] = b"4711";

/// EXIF as a phone writes it: turned, with a serial number, a position and a preview.
fn phone(orientation: u8, located: bool) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        let mut bytes = tag.to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value);
        bytes
    };
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let gps: u32 = 8 + 2 + 3 * 12 + 4;
    bytes.extend(3_u16.to_le_bytes());
    bytes.extend(entry(0x0112, 3, 1, [orientation, 0, 0, 0]));
    bytes.extend(entry(0xa431, 2, 4, *b"4711"));
    bytes.extend(entry(0x8825, 4, 1, gps.to_le_bytes()));
    bytes.extend([0; 4]);
    bytes.extend(2_u16.to_le_bytes());
    bytes.extend(entry(0, 1, 4, [2, 3, 0, 0]));
    bytes.extend(entry(if located { 2 } else { 29 }, 5, 3, gps.to_le_bytes()));
    bytes.extend([0; 4]);
    bytes.extend(b"\xff\xd8 a preview of 4711 \xff\xd9");
    bytes
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() + 2) as u16;
    [&[0xff, marker], &length.to_be_bytes()[..], content].concat()
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [name, content].concat();
    let length = (content.len() as u32).to_be_bytes();
    [&length, &named[..], &png::crc(&named).to_be_bytes()].concat()
}

fn part(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_le_bytes();
    let pad: &[u8] = if content.len().is_multiple_of(2) {
        &[]
    } else {
        &[0]
    };
    [name, &length[..], content, pad].concat()
}

fn xmp(located: bool) -> Vec<u8> {
    let place = if located {
        "exif:GPSLatitude=\"52,31N\""
    } else {
        ""
    };
    format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta {place} serial=\"4711\"/>").into_bytes()
}

fn pixels(bytes: usize) -> Vec<u8> {
    // Stuffed bytes of ones, and marks where decoders may begin anew.
    (0..bytes / 4)
        .flat_map(|at| [at as u8 & 0x7f, 0xff, if at % 9 == 0 { 0xd3 } else { 0 }, 7])
        .collect()
}

/// The segments of a photo of two scans, in order.
fn jpeg_parts(orientation: u8, located: bool) -> Vec<Vec<u8>> {
    vec![
        vec![0xff, 0xd8],
        segment(0xe0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x014711"),
        segment(0xe0, b"JFXX\0\x104711"),
        segment(
            0xe1,
            &[b"Exif\0\0", &phone(orientation, located)[..]].concat(),
        ),
        segment(0xe1, &xmp(false)),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01 colours"),
        segment(0xe2, b"MPF\0 4711"),
        segment(0xed, b"Photoshop 3.0\08BIM\x04\x04 4711"),
        segment(0xee, b"Adobe\0\x64\0\0\0\0\x01"),
        segment(0xfe, b"taken by 4711"),
        segment(0xdb, &[0; 65]),
        vec![0xff],
        segment(0xc2, &[8, 0, 30, 0, 40, 1, 1, 0x11, 0]),
        segment(0xc4, &[0; 20]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        pixels(400),
        segment(0xfe, b"4711 again"),
        segment(0xc4, &[1; 20]),
        segment(0xda, &[1, 1, 0, 0, 63, 1]),
        pixels(80),
        vec![0xff, 0xd9],
        b"\xff\xd8 another picture of 4711".to_vec(),
    ]
}

fn png_parts(orientation: u8, located: bool) -> Vec<Vec<u8>> {
    let text = [b"XML:com.adobe.xmp\0\0\0\0\0", &xmp(located)[..]].concat();
    vec![
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 40, 0, 0, 0, 30, 8, 2, 0, 0, 0]),
        chunk(b"iCCP", b"colours\0\0 profile"),
        chunk(b"pHYs", &[0; 9]),
        chunk(b"tEXt", b"Author\x004711"),
        chunk(b"zTXt", b"Raw profile type exif\0\x004711"),
        chunk(b"iTXt", &text),
        chunk(b"eXIf", &phone(orientation, false)),
        chunk(b"tIME", &[7; 7]),
        chunk(b"caBX", b"made by 4711"),
        chunk(b"IDAT", &pixels(200)),
        chunk(b"IDAT", &pixels(100)),
        chunk(b"tEXt", b"Comment\x004711"),
        chunk(b"IEND", b""),
        b"IDAT of a larger picture: 4711".to_vec(),
    ]
}

fn webp_parts(orientation: u8, located: bool) -> Vec<Vec<u8>> {
    let flags = [0x20 | 0x08 | 0x04, 0, 0, 0, 39, 0, 0, 29, 0, 0];
    let mut parts = vec![
        Vec::new(),
        part(b"VP8X", &flags),
        part(b"ICCP", b"colours"),
        part(b"VP8 ", &pixels(201)),
        part(b"EXIF", &phone(orientation, located)),
        part(b"XMP ", &xmp(false)),
        part(b"XTRA", b"4711"),
    ];
    let size: usize = parts.iter().map(Vec::len).sum();
    parts[0] = [b"RIFF", &(size as u32 + 4).to_le_bytes()[..], b"WEBP"].concat();
    parts.push(b"appended: 4711".to_vec());
    parts
}

/// Every kind of picture, turned so.
fn pictures(orientation: u8, located: bool) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("jpg", jpeg_parts(orientation, located).concat()),
        ("png", png_parts(orientation, located).concat()),
        ("webp", webp_parts(orientation, located).concat()),
    ]
}

/// Reads a picture in windows of at most so many bytes.
fn planned(format: &str, bytes: &[u8], window: usize) -> Option<Plan> {
    let mut stripper = Stripper::new(format, bytes.len() as u64)?;
    let mut reads = 0;
    while let Some(wanted) = stripper.wanted() {
        let (start, end) = (wanted.start as usize, wanted.end as usize);
        stripper.read(&bytes[start..end.min(start.saturating_add(window))]);
        reads += 1;
        assert!(reads <= bytes.len() + 2, "it gets no further");
    }
    stripper.plan()
}

fn made(plan: &Plan, bytes: &[u8]) -> Vec<u8> {
    let mut made = Vec::new();
    for piece in &plan.pieces {
        match piece {
            Piece::Keep(range) => made.extend(&bytes[range.start as usize..range.end as usize]),
            Piece::Write(other) => made.extend(other),
        }
    }
    made
}

fn stripped(format: &str, bytes: &[u8]) -> Vec<u8> {
    let plan = planned(format, bytes, usize::MAX).unwrap_or_else(|| panic!("{format}"));
    made(&plan, bytes)
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[test]
fn what_is_left_shows_the_same_picture_and_tells_nothing() {
    for orientation in 1..=8 {
        for (format, bytes) in pictures(orientation, true) {
            let left = stripped(format, &bytes);
            assert!(!has(&left, SECRET), "{format}");
            assert_eq!(picture::read(&left), picture::read(&bytes), "{format}");
            // There is nothing more to take out.
            assert_eq!(planned(format, &left, usize::MAX), None, "{format}");
        }
    }
}

#[test]
fn of_a_jpeg_colours_pixels_and_the_turn_are_left() {
    let parts = jpeg_parts(6, true);
    let turned = segment(0xe1, &[b"Exif\0\0", &exif::turned(6)[..]].concat());
    let header = segment(0xe0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0");
    let kept = |parts: &[Vec<u8>]| parts.concat();
    let wanted = [
        parts[0].clone(),
        header,
        turned,
        parts[5].clone(),
        parts[8].clone(),
        kept(&parts[10..16]),
        kept(&parts[17..21]),
    ];
    assert_eq!(stripped("jpg", &parts.concat()), wanted.concat());
}

#[test]
fn of_a_png_what_shows_it_is_left() {
    let parts = png_parts(3, true);
    let turned = chunk(b"eXIf", &exif::turned(3));
    let wanted = [
        parts[..4].concat(),
        turned,
        parts[10..12].concat(),
        parts[13].clone(),
    ];
    assert_eq!(stripped("png", &parts.concat()), wanted.concat());
}

#[test]
fn a_webp_says_how_long_it_is_and_what_is_in_it() {
    for (orientation, flags) in [(1, 0x20), (6, 0x28)] {
        let parts = webp_parts(orientation, true);
        let left = stripped("webp", &parts.concat());
        let size = u32::from_le_bytes(left[4..8].try_into().unwrap());
        assert_eq!(size as usize + 8, left.len());
        assert_eq!(left[20], flags);
        assert!(has(&left, &parts[2]) && has(&left, &parts[3]));
        assert_eq!(has(&left, b"EXIF"), orientation == 6);
    }
}

#[test]
fn a_position_is_told_where_there_was_one() {
    for located in [true, false] {
        for (format, bytes) in pictures(1, located) {
            let plan = planned(format, &bytes, usize::MAX).unwrap();
            assert_eq!(plan.located, located, "{format}");
        }
    }
}

#[test]
fn what_is_not_understood_stays_as_it_is() {
    for (format, bytes) in pictures(6, true) {
        assert_eq!(planned(format, b"", usize::MAX), None);
        assert_eq!(planned(format, b"no such picture at all", usize::MAX), None);
        for (other, _) in pictures(6, true) {
            assert!(other == format || planned(other, &bytes, usize::MAX).is_none());
        }
        for end in 0..bytes.len() {
            // Of a JPEG that breaks off in its pixels, what is there is kept.
            if let Some(plan) = planned(format, &bytes[..end], usize::MAX) {
                let left = made(&plan, &bytes[..end]);
                assert_eq!(picture::read(&left), picture::read(&bytes[..end]));
            }
        }
    }
    assert!(Stripper::new("gif", 10).is_none());
}

#[test]
fn it_may_be_read_in_any_windows() {
    let mut parts = jpeg_parts(6, true);
    parts[3] = segment(0xe1, &[&[0; 60_000][..], SECRET].concat());
    parts[15] = pixels(700_000);
    let bytes = parts.concat();
    let whole = planned("jpg", &bytes, usize::MAX).unwrap();
    for window in [65_600, 65_601, 99_991, 262_144] {
        assert_eq!(planned("jpg", &bytes, window).as_ref(), Some(&whole));
    }
    let kept: u64 = whole.pieces.iter().map(Piece::size).sum();
    assert!(kept > 700_000);
}

#[test]
fn a_picture_in_too_many_pieces_stays_as_it_is() {
    let parts = jpeg_parts(1, true);
    let noise = [segment(0xfe, SECRET), segment(0xdd, &[0, 1])].concat();
    let of = |count| {
        [
            parts[0].clone(),
            noise.repeat(count),
            parts[10..21].concat(),
        ]
        .concat()
    };
    assert!(planned("jpg", &of(100), usize::MAX).is_some());
    assert_eq!(planned("jpg", &of(PIECES_MAX), usize::MAX), None);
}

/// Bytes are replaced, doubled and taken out, by seed. Nothing panics; and of what has a plan, as
/// much is shown as before, and there is nothing more to take out.
#[test]
fn broken_pictures_are_no_harm() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut dice = move |sides: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % sides.max(1) as u64) as usize
    };
    let pictures = pictures(6, true);
    let mut planned_at_all = 0;
    for _ in 0..60_000 {
        let (format, whole) = &pictures[dice(3)];
        let mut bytes = whole.clone();
        for _ in 0..=dice(3) {
            let at = dice(bytes.len());
            match dice(4) {
                0 => bytes[at] = dice(256) as u8,
                1 => bytes[at] = 0xff,
                2 => bytes.truncate(at.max(1)),
                _ => bytes.splice(at..at, [dice(256) as u8; 3]).for_each(drop),
            }
        }
        if let Some(plan) = planned(format, &bytes, usize::MAX) {
            planned_at_all += 1;
            let left = made(&plan, &bytes);
            assert_eq!(planned(format, &left, usize::MAX), None, "{bytes:?}");
        }
    }
    assert!(planned_at_all > 10_000, "{planned_at_all}");
}
