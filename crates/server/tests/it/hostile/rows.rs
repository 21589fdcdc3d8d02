//! The tables of `tests/hostile/*.txt`: what is sent, and what must come back.
//!
//! ```text
//! # a comment
//! [field public_id]          how the rows below are sent; see `send.rs`
//! => 400 Invalid public_id   what they are answered: a status and how the message begins
//! ../x                       a row: the payload, up to the end of the line
//! => 200
//! C:\\a.png --> a            a row that says what must be stored
//! ```
//!
//! In a payload `\xNN`, `\u(N)`, `\n`, `\r`, `\t`, `\0`, `\s` (a blank), `\\` and `\e` (nothing)
//! are escapes, and `{text*N}` is a text N times.

use std::fs;
use std::path::{Path, PathBuf};

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    pub file: String,
    pub line: usize,
    /// How it is sent.
    pub how: String,
    pub status: u16,
    /// How the message of the answer begins.
    pub says: String,
    pub payload: Vec<u8>,
    /// What must be stored.
    pub stored: Option<String>,
}

impl Row {
    /// Where it stands and what it sends, for a failure.
    pub fn shown(&self) -> String {
        let text = self.payload.escape_ascii().to_string();
        let text: String = text.chars().take(300).collect();
        format!("{}:{} [{}] {text}", self.file, self.line, self.how)
    }

    /// The payload as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.payload.clone()).expect("a row that is text")
    }
}

/// The names of all tables.
pub fn tables() -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("the tables");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(".txt")?.to_owned()))
        .collect();
    names.sort();
    names
}

/// The rows of a table.
pub fn read(name: &str) -> Vec<Row> {
    let path = folder().join(format!("{name}.txt"));
    let text = fs::read_to_string(&path).expect("a table");
    let (mut how, mut status, mut says) = (String::new(), 0, String::new());
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if let Some(section) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            how = section.to_owned();
        } else if let Some(expected) = line.strip_prefix("=> ") {
            let (number, words) = expected.split_once(' ').unwrap_or((expected, ""));
            status = number.parse().expect("a status");
            says = words.to_owned();
        } else {
            let (payload, stored) = match line.split_once(" --> ") {
                Some((payload, stored)) => (payload, Some(stored)),
                None => (line, None),
            };
            let as_text = |text| String::from_utf8(unescape(text)).expect("UTF-8");
            rows.push(Row {
                file: format!("{name}.txt"),
                line: index + 1,
                how: how.clone(),
                status,
                says: says.clone(),
                payload: unescape(payload),
                stored: stored.map(as_text),
            });
        }
    }
    rows
}

/// What a table is about: the first sentence of its comment, without the requirement's number.
pub fn title(name: &str) -> String {
    let text = fs::read_to_string(folder().join(format!("{name}.txt"))).expect("a table");
    let comment = text.lines().map_while(|line| line.strip_prefix("# "));
    let comment = comment.collect::<Vec<_>>().join(" ");
    let (_, words) = comment.split_once(": ").expect("a number");
    let sentence = words.split(". ").next().unwrap_or_default();
    sentence.trim_end_matches('.').to_owned()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile")
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        if letter == '{'
            && let Some((inner, behind)) = after.split_once('}')
            && let Some((repeated, count)) = inner.rsplit_once('*')
            && let Ok(count) = count.parse::<usize>()
        {
            bytes.extend(unescape(repeated).repeat(count));
            rest = behind;
        } else if letter == '\\' {
            rest = escape(after, &mut bytes);
        } else {
            bytes.extend_from_slice(&rest.as_bytes()[..letter.len_utf8()]);
            rest = after;
        }
    }
    bytes
}

/// Reads what follows a backslash, and gives what follows that.
fn escape<'a>(text: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let (letter, rest) = text.split_at(1);
    match letter {
        "x" => {
            let (digits, rest) = rest.split_at(2);
            bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
            return rest;
        }
        "u" => {
            let (digits, rest) = rest[1..].split_once(')').expect("a bracket");
            let code = u32::from_str_radix(digits, 16).expect("digits");
            let letter = char::from_u32(code).expect("a letter");
            bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            return rest;
        }
        "n" => bytes.push(b'\n'),
        "r" => bytes.push(b'\r'),
        "t" => bytes.push(b'\t'),
        "0" => bytes.push(0),
        "s" => bytes.push(b' '),
        "\\" => bytes.push(b'\\'),
        "e" => {}
        other => panic!("no escape: {other:?} in {text:?}"),
    }
    rest
}

#[test]
fn escapes_are_read() {
    assert_eq!(
        unescape(r"a\x00\u(e9)\r\n{ab*3}{x}\e\s\\"),
        b"a\0\xc3\xa9\r\nababab{x} \\"
    );
}
