//! What a file is, told by its first bytes alone; names and declared types are never believed.
//! Knows formats, not rules: what is done with a format is decided elsewhere.

use std::ops::Range;

/// How many first bytes are enough for every row below.
pub const HEAD_BYTES: usize = 4096;

/// The three kinds of assets that the wire knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceType {
    Image,
    Video,
    Raw,
}

impl ResourceType {
    /// As it stands in URLs and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Raw => "raw",
        }
    }

    /// Reads what stands in a URL.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Image, Self::Video, Self::Raw]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Whether a browser may show a file in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// Pixels and sound can't run anything.
    Inline,
    /// It could hold scripts: saved to disk, or shown in a sandbox.
    Attachment,
}

/// A format that we recognise.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    /// The wire's name, also the extension in URLs.
    pub name: &'static str,
    pub media_type: &'static str,
    pub resource_type: ResourceType,
    pub display: Display,
}

const fn image(name: &'static str, media_type: &'static str) -> Format {
    Format {
        name,
        media_type,
        resource_type: ResourceType::Image,
        display: Display::Inline,
    }
}

const fn video(name: &'static str, media_type: &'static str) -> Format {
    Format {
        name,
        media_type,
        resource_type: ResourceType::Video,
        display: Display::Inline,
    }
}

const fn raw(name: &'static str, media_type: &'static str) -> Format {
    Format {
        name,
        media_type,
        resource_type: ResourceType::Raw,
        display: Display::Attachment,
    }
}

const fn document(name: &'static str, media_type: &'static str) -> Format {
    Format {
        name,
        media_type,
        resource_type: ResourceType::Image,
        display: Display::Attachment,
    }
}

static SVG: Format = document("svg", "image/svg+xml");
static TEXT: Format = raw("", "text/plain; charset=utf-8");
static UNKNOWN: Format = raw("", "application/octet-stream");

/// Where which bytes stand; the first row that fits wins.
static BY_MAGIC: [(Range<usize>, &[u8], Format); 27] = [
    (0..3, b"\xff\xd8\xff", image("jpg", "image/jpeg")),
    (0..8, b"\x89PNG\r\n\x1a\n", image("png", "image/png")),
    (0..6, b"GIF87a", image("gif", "image/gif")),
    (0..6, b"GIF89a", image("gif", "image/gif")),
    (8..12, b"WEBP", image("webp", "image/webp")),
    (8..12, b"WAVE", video("wav", "audio/wav")),
    (8..12, b"AVI ", video("avi", "video/x-msvideo")),
    (0..4, b"II*\0", image("tiff", "image/tiff")),
    (0..4, b"MM\0*", image("tiff", "image/tiff")),
    (0..4, b"\0\0\x01\0", image("ico", "image/x-icon")),
    (0..5, b"%PDF-", document("pdf", "application/pdf")),
    (0..4, b"OggS", video("ogg", "audio/ogg")),
    (0..4, b"fLaC", video("flac", "audio/flac")),
    (0..3, b"ID3", video("mp3", "audio/mpeg")),
    (0..2, b"\xff\xfb", video("mp3", "audio/mpeg")),
    (0..2, b"\xff\xf3", video("mp3", "audio/mpeg")),
    (0..2, b"\xff\xf2", video("mp3", "audio/mpeg")),
    (0..2, b"\xff\xf1", video("aac", "audio/aac")),
    (0..2, b"\xff\xf9", video("aac", "audio/aac")),
    (0..4, b"FLV\x01", video("flv", "video/x-flv")),
    (0..4, b"PK\x03\x04", raw("zip", "application/zip")),
    (0..4, b"PK\x05\x06", raw("zip", "application/zip")),
    (0..3, b"\x1f\x8b\x08", raw("gz", "application/gzip")),
    (
        0..6,
        b"7z\xbc\xaf\x27\x1c",
        raw("7z", "application/x-7z-compressed"),
    ),
    (0..6, b"Rar!\x1a\x07", raw("rar", "application/vnd.rar")),
    (0..4, b"\x7fELF", raw("", "application/octet-stream")),
    (
        0..8,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        raw("", "application/x-ole-storage"),
    ),
];

/// Brands of the ISO base media format, at byte 8.
static BY_BRAND: [(&[u8; 4], Format); 11] = [
    (b"avif", image("avif", "image/avif")),
    (b"avis", image("avif", "image/avif")),
    (b"heic", image("heic", "image/heic")),
    (b"heix", image("heic", "image/heic")),
    (b"hevc", image("heic", "image/heic")),
    (b"heif", image("heic", "image/heic")),
    (b"mif1", image("heic", "image/heic")),
    (b"msf1", image("heic", "image/heic")),
    (b"qt  ", video("mov", "video/quicktime")),
    (b"M4A ", video("m4a", "audio/mp4")),
    (b"M4B ", video("m4a", "audio/mp4")),
];
static MP4: Format = video("mp4", "video/mp4");
static WEBM: Format = video("webm", "video/webm");
static MKV: Format = video("mkv", "video/x-matroska");
static BMP: Format = image("bmp", "image/bmp");

/// The format of a file that begins with these bytes.
pub fn format(head: &[u8]) -> &'static Format {
    if head.get(4..8) == Some(b"ftyp") {
        let brand = head.get(8..12).unwrap_or_default();
        return BY_BRAND
            .iter()
            .find(|(b, _)| b[..] == *brand)
            .map_or(&MP4, |(_, format)| format);
    }
    let riff_only = |format: &Format| matches!(format.name, "webp" | "wav" | "avi");
    let by_magic = BY_MAGIC.iter().find(|(range, magic, format)| {
        head.get(range.clone()) == Some(*magic) && (!riff_only(format) || head.starts_with(b"RIFF"))
    });
    if let Some((_, _, format)) = by_magic {
        return format;
    }
    if head.starts_with(b"\x1a\x45\xdf\xa3") {
        let is_webm = memchr::memmem::find(head, b"webm").is_some_and(|at| at < 64);
        return if is_webm { &WEBM } else { &MKV };
    }
    // Two letters are too little; the reserved bytes and the header's size make it sure.
    if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) {
        return &BMP;
    }
    match text(head) {
        Some(text) if is_svg(text) => &SVG,
        Some(_) => &TEXT,
        None => &UNKNOWN,
    }
}

/// The format with this name, for records that were read back.
pub fn by_media_type(media_type: &str) -> &'static Format {
    BY_MAGIC
        .iter()
        .map(|(_, _, format)| format)
        .chain(BY_BRAND.iter().map(|(_, format)| format))
        .chain([&MP4, &WEBM, &MKV, &BMP, &SVG, &TEXT])
        .find(|format| format.media_type == media_type)
        .unwrap_or(&UNKNOWN)
}

/// The bytes as text, if they are UTF-8 (a character cut at the end is fine) without controls.
fn text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    text.chars().all(allowed).then_some(text)
}

/// Whether the first element, after declarations and comments, is `<svg`.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!") {
            // An internal subset holds `>` itself.
            if rest
                .split('>')
                .next()
                .is_some_and(|first| first.contains('['))
            {
                "]>"
            } else {
                ">"
            }
        } else {
            let name = rest.get(..4).unwrap_or_default();
            return name.eq_ignore_ascii_case("<svg") || rest.starts_with("<svg:");
        };
        match rest.find(end) {
            Some(at) => rest = rest[at + end.len()..].trim_start(),
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let table: &[(&[u8], &str, ResourceType)] = &[
            (b"\xff\xd8\xff\xe0", "jpg", ResourceType::Image),
            (b"RIFF\0\0\0\0WEBPVP8 ", "webp", ResourceType::Image),
            (b"RIFF\0\0\0\0WAVEfmt ", "wav", ResourceType::Video),
            (b"xxxxxxxxWEBP\x01", "", ResourceType::Raw),
            (b"\0\0\0\x20ftypisom\0\0", "mp4", ResourceType::Video),
            (b"\0\0\0\x20ftypqt  \0\0", "mov", ResourceType::Video),
            (b"\0\0\0\x20ftypavif\0\0", "avif", ResourceType::Image),
            (
                b"\x1a\x45\xdf\xa3\x42\x82\x84webm",
                "webm",
                ResourceType::Video,
            ),
            (b"%PDF-1.7", "pdf", ResourceType::Image),
            (b"<svg xmlns=''>", "svg", ResourceType::Image),
            (
                b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><SVG>",
                "svg",
                ResourceType::Image,
            ),
            (
                b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>",
                "svg",
                ResourceType::Image,
            ),
            (b"<!doctype html><html><svg>", "", ResourceType::Raw),
            (b"hello, world", "", ResourceType::Raw),
            (b"MZ\x90\0", "", ResourceType::Raw),
            (b"", "", ResourceType::Raw),
        ];
        for (head, name, kind) in table {
            let found = format(head);
            assert_eq!(
                (found.name, found.resource_type),
                (*name, *kind),
                "{head:?}"
            );
        }
    }

    #[test]
    fn whatever_could_run_is_an_attachment() {
        for head in [
            &b"<svg>"[..],
            b"<html>",
            b"%PDF-1.7",
            b"<?xml?><x/>",
            b"\x00\x01",
            b"PK\x03\x04",
        ] {
            assert_eq!(format(head).display, Display::Attachment, "{head:?}");
        }
    }

    #[test]
    fn a_character_cut_at_the_end_is_still_text() {
        assert_eq!(
            format(&"aé".as_bytes()[..2]).media_type,
            "text/plain; charset=utf-8"
        );
        assert_eq!(format(b"a\xff\xfeb").media_type, "application/octet-stream");
    }
}
