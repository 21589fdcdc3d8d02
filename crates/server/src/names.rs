//! Names that come from outside: file names are cleaned, and with public IDs (whose rules are
//! core's) written into URLs and headers. Nothing here ever becomes a path on disk.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use plimsoll_core::protocol::public_id::is_invisible;

/// Bytes of a cleaned file name, what common file systems hold.
const FILE_NAME_BYTES_MAX: usize = 255;
/// Bytes of an extension that is kept; longer ones are not extensions.
const EXTENSION_BYTES_MAX: usize = 16;

/// All but what RFC 3986 calls unreserved, and the slash between folders.
const URL_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A file name as it was sent, made safe to store and show: no path, no control or direction
/// characters, at most 255 bytes with its extension kept. Never empty; cleaning twice changes
/// nothing.
pub fn clean_file_name(sent: &[u8]) -> String {
    let text = match std::str::from_utf8(sent) {
        Ok(text) => text.to_owned(),
        // Some clients write latin-1, whose bytes are the code points.
        Err(_) => sent.iter().copied().map(char::from).collect(),
    };
    let text = plain(text);
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let cut = shorten(last.trim());
    let cut = cut.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    if cut.is_empty() {
        "file".to_owned()
    } else {
        cut.to_owned()
    }
}

/// A name without what nobody sees, and without what browsers encode in multipart names, which is
/// exactly these three. What is taken out may join what stood around it, so it is done until
/// nothing is left to do.
fn plain(mut text: String) -> String {
    loop {
        let decoded = text
            .replace("%22", "\"")
            .replace("%0D", "")
            .replace("%0A", "");
        let letters = decoded.chars();
        let visible: String = letters.filter(|letter| !is_invisible(*letter)).collect();
        if visible == text {
            return text;
        }
        text = visible;
    }
}

/// A file name without its extension, and the extension in lower case.
pub fn split_extension(name: &str) -> (&str, Option<String>) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && is_extension(extension) => {
            (stem, Some(extension.to_ascii_lowercase()))
        }
        _ => (name, None),
    }
}

/// A public ID or folder in a URL.
pub fn in_url(text: &str) -> String {
    utf8_percent_encode(text, URL_PATH).to_string()
}

/// The value of RFC 6266's `filename*`.
pub fn in_disposition(name: &str) -> String {
    const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');
    utf8_percent_encode(name, ATTRIBUTE).to_string()
}

fn is_extension(text: &str) -> bool {
    (1..=EXTENSION_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// At most 255 bytes, cut before the extension.
fn shorten(name: &str) -> String {
    if name.len() <= FILE_NAME_BYTES_MAX {
        return name.to_owned();
    }
    let dot = name
        .rfind('.')
        .filter(|dot| is_extension(&name[dot + 1..]))
        .unwrap_or(name.len());
    let (stem, extension) = name.split_at(dot);
    let mut room = FILE_NAME_BYTES_MAX - extension.len();
    while !stem.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}{extension}", stem[..room].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_cleaned_once_and_for_all() {
        let table: &[(&[u8], &str)] = &[
            (b"photo.jpg", "photo.jpg"),
            (b"../../etc/passwd", "passwd"),
            (b"C:\\Users\\me\\a.png", "a.png"),
            (b"/home/me/a b.png", "a b.png"),
            (b"caf\xe9.png", "caf\u{e9}.png"),
            ("日本語.png".as_bytes(), "日本語.png"),
            ("a\u{202e}gnp.exe".as_bytes(), "agnp.exe"),
            (b"a\0b\r\n.png", "ab.png"),
            (b"say %22hi%22.png", "say \"hi\".png"),
            (b"..", "file"),
            (b"", "file"),
            (b"name. . ", "name"),
            ("name\u{a0}.".as_bytes(), "name"),
            (b"a%2\n2b%2%0D2c", "a\"b\"c"),
            (b".htaccess", ".htaccess"),
        ];
        for (sent, expected) in table {
            assert_eq!(clean_file_name(sent), *expected);
            assert_eq!(clean_file_name(expected.as_bytes()), *expected);
        }
        let long = clean_file_name(format!("{}.jpeg", "é".repeat(4_000)).as_bytes());
        assert!(long.len() <= 255 && long.ends_with(".jpeg"));
        assert_eq!(clean_file_name(long.as_bytes()), long);
    }

    #[test]
    fn extensions_are_short_and_plain() {
        assert_eq!(
            split_extension("a.tar.GZ"),
            ("a.tar", Some("gz".to_owned()))
        );
        assert_eq!(split_extension(".htaccess"), (".htaccess", None));
        assert_eq!(split_extension("a.b c"), ("a.b c", None));
    }
}
