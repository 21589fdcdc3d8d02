//! What a file is by its media type and name: for icons, and for groups of formats. Sees no bytes.

use crate::text::find;

/// What a file is, roughly: for its icon and for groups of formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Something to read.
    Document,
    /// A table of numbers.
    Sheet,
    /// Slides.
    Slides,
    /// A text for machines.
    Code,
    /// Letters to write with.
    Font,
    /// A thing with three dimensions.
    Model,
    /// Files in a file.
    Archive,
    /// Anything else.
    Other,
}

/// Extensions by kind, for files whose type the browser does not know (HEIC on most systems).
const EXTENSIONS: &[(Kind, &str)] = &[
    (
        Kind::Image,
        " avif bmp gif heic heif ico jpeg jpg jxl png psd svg tif tiff webp ",
    ),
    (
        Kind::Video,
        " 3gp avi m2ts m4v mkv mov mp4 mpeg mpg ogv webm wmv ",
    ),
    (Kind::Audio, " aac aiff flac m4a mp3 oga ogg opus wav wma "),
    (
        Kind::Document,
        " doc docx epub md odt pages pdf rtf tex txt ",
    ),
    (Kind::Sheet, " csv numbers ods tsv xls xlsx "),
    (Kind::Slides, " key odp ppt pptx "),
    (
        Kind::Code,
        " c cpp css go h html java js json kt php py rb rs sh sql swift toml ts xml yaml yml ",
    ),
    (Kind::Font, " otf ttf woff woff2 "),
    (
        Kind::Model,
        " 3mf blend dae fbx glb gltf obj ply step stl stp usdz ",
    ),
    (Kind::Archive, " 7z bz2 gz rar tar tgz xz zip zst "),
];

/// Parts of media types that tell a kind where the part before the slash does not.
const MEDIA_TYPES: &[(Kind, &str)] = &[
    (Kind::Document, "pdf"),
    // Before documents: all that offices write calls itself one.
    (Kind::Sheet, "sheet"),
    (Kind::Sheet, "excel"),
    (Kind::Slides, "presentation"),
    (Kind::Slides, "powerpoint"),
    (Kind::Document, "document"),
    (Kind::Document, "msword"),
    (Kind::Code, "json"),
    (Kind::Code, "xml"),
    (Kind::Code, "javascript"),
    (Kind::Document, "rtf"),
    (Kind::Document, "epub"),
    (Kind::Archive, "zip"),
    (Kind::Archive, "tar"),
    (Kind::Archive, "7z"),
    (Kind::Archive, "rar"),
];

/// Longer endings are words after a full stop, not extensions.
const EXTENSION_MAX: usize = 16;

impl Kind {
    /// From the media type that the browser gave, else from the name.
    pub fn of(media_type: &str, name: &str) -> Self {
        let media_type = media_type.to_ascii_lowercase();
        let (group, rest) = media_type.split_once('/').unwrap_or_default();
        match group {
            "image" => return Self::Image,
            "video" => return Self::Video,
            "audio" => return Self::Audio,
            "text" => {
                let known = Self::of_extension(&extension(name));
                let fits = matches!(known, Self::Sheet | Self::Code);
                return if fits { known } else { Self::Document };
            }
            "font" => return Self::Font,
            "model" => return Self::Model,
            _ => {}
        }
        let by_type = MEDIA_TYPES
            .iter()
            .find(|(_, part)| find(rest, part).is_some());
        by_type.map_or_else(|| Self::of_extension(&extension(name)), |(kind, _)| *kind)
    }

    pub(crate) fn of_extension(extension: &str) -> Self {
        let listed = |list: &str| list.split(' ').any(|known| known == extension);
        let found = EXTENSIONS
            .iter()
            .find(|(_, list)| !extension.is_empty() && listed(list));
        found.map_or(Self::Other, |(kind, _)| *kind)
    }
}

/// The name's extension, lower case without the dot; empty when there is none.
pub fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, end))
            if !stem.is_empty()
                && end.len() <= EXTENSION_MAX
                && !end.contains(|letter: char| letter.is_ascii_whitespace() || letter == '/') =>
        {
            // Formats are ASCII; the tables of all letters would add 10 KB to the wasm file.
            end.to_ascii_lowercase()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_come_from_the_media_type_else_from_the_name() {
        let kinds = [
            ("image/jpeg", "a", Kind::Image),
            ("", "IMG_1.HEIC", Kind::Image),
            ("video/mp4", "a.txt", Kind::Video),
            ("audio/mpeg", "", Kind::Audio),
            ("text/plain", "a", Kind::Document),
            ("text/csv", "a.csv", Kind::Sheet),
            ("text/html", "a.html", Kind::Code),
            ("text/plain", "a.mp4", Kind::Document),
            ("font/woff2", "a.woff2", Kind::Font),
            ("model/stl", "a.stl", Kind::Model),
            ("", "a.GLB", Kind::Model),
            ("", "a.key", Kind::Slides),
            ("application/json", "a", Kind::Code),
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "a",
                Kind::Sheet,
            ),
            (
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                "a",
                Kind::Slides,
            ),
            (
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "a",
                Kind::Document,
            ),
            ("application/vnd.ms-powerpoint", "a", Kind::Slides),
            ("application/pdf", "a", Kind::Document),
            (
                "application/vnd.oasis.opendocument.text",
                "a",
                Kind::Document,
            ),
            ("application/zip", "a", Kind::Archive),
            ("application/octet-stream", "a.mkv", Kind::Video),
            ("application/octet-stream", "a", Kind::Other),
            ("", "", Kind::Other),
            ("nonsense", "a b.c d", Kind::Other),
        ];
        for (media_type, name, kind) in kinds {
            assert_eq!(Kind::of(media_type, name), kind, "{media_type} {name}");
        }
    }

    /// What a browser can't draw, a PDF's first page among it, is known by the icon of its kind.
    #[test]
    fn what_has_no_picture_has_its_kind_by_its_extension() {
        let kinds = [
            (Kind::Document, "pdf doc docx odt rtf txt md epub"),
            (Kind::Sheet, "csv tsv xls xlsx ods numbers"),
            (Kind::Slides, "ppt pptx odp key"),
            (Kind::Archive, "zip rar 7z tar gz bz2 xz zst"),
            (Kind::Model, "glb gltf obj stl fbx ply 3mf usdz"),
            (Kind::Font, "ttf otf woff woff2"),
            (
                Kind::Code,
                "js ts py rs go java html css json yaml toml sql",
            ),
            (Kind::Other, "bin exe iso"),
        ];
        for (kind, extensions) in kinds {
            for extension in extensions.split(' ') {
                let name = ["a.", extension].concat();
                assert_eq!(Kind::of("", &name), kind, "{name}");
                assert_eq!(Kind::of("application/octet-stream", &name), kind, "{name}");
                assert_eq!(Kind::of("", &name.to_ascii_uppercase()), kind, "{name}");
            }
        }
    }

    #[test]
    fn an_extension_is_short_and_follows_a_name() {
        assert_eq!(extension("a.b.JPG"), "jpg");
        assert_eq!(extension(".profile"), "");
        assert_eq!(extension("none"), "");
        assert_eq!(extension("Mr. Smith went away"), "");
        assert_eq!(extension("dots..."), "");
    }
}
