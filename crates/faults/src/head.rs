//! Heads of requests and answers: as much of HTTP/1.1 as is needed to tell one request from
//! another and to find the end of its body.

use std::io;

use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::plan::{Position, When};

/// Browsers' heads have 2 KiB; ones with many cookies have more.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// More than any browser or server sends.
const HEADERS_MAX: usize = 100;

/// Bytes `start..=end` of a file; no total where the client doesn't know it yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The first byte.
    pub start: u64,
    /// The last byte, inclusive as in the header.
    pub end: u64,
    /// The size of the file.
    pub total: Option<u64>,
}

impl Range {
    /// Reads a `Content-Range`.
    fn read(text: &str) -> Option<Self> {
        let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let (start, end) = range.split_once('-')?;
        Some(Self {
            start: start.parse().ok()?,
            end: end.parse().ok()?,
            total: total.parse().ok(),
        })
    }
}

/// A request's head.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST`.
    pub method: String,
    /// With its query.
    pub path: String,
    /// The length of its body.
    pub length: u64,
    /// Its chunk.
    pub range: Option<Range>,
    /// Its `X-Unique-Upload-Id`.
    pub upload: Option<String>,
    /// What the server gets to see: the same, on a connection of its own.
    pub forwarded: Vec<u8>,
}

impl Request {
    /// Where in its file the chunk lies.
    pub fn position(&self) -> Position {
        match self.range {
            None => Position::Single,
            Some(range) => match (range.start == 0, range.total == Some(range.end + 1)) {
                (true, true) => Position::Single,
                (true, false) => Position::First,
                (false, true) => Position::Last,
                (false, false) => Position::Middle,
            },
        }
    }

    /// Whether a rule is for it.
    pub fn fits(&self, when: &When) -> bool {
        let start = self.range.map(|range| range.start);
        self.method == when.method
            && self.path.contains(&when.path)
            && when.position.is_none_or(|wanted| wanted == self.position())
            && when.start.is_none_or(|wanted| Some(wanted) == start)
            && (when.upload.is_none() || when.upload == self.upload)
    }
}

/// The status and length of an answer's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 200.
    pub status: u16,
    /// How many bytes the head has.
    pub head: usize,
}

/// Reads as far as the end of a head; what came along behind it is in the same buffer. `None` when
/// the other side ends before it has said anything.
pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<(Vec<u8>, usize)>> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        if let Some(end) = end_of_head(&buffer) {
            return Ok(Some((buffer, end)));
        }
        if buffer.len() > HEAD_BYTES_MAX {
            return Err(bad("the head is longer than 64 KiB"));
        }
        if from.read_buf(&mut buffer).await? == 0 {
            return match buffer.is_empty() {
                true => Ok(None),
                false => Err(bad("the connection ended within a head")),
            };
        }
    }
}

fn end_of_head(buffer: &[u8]) -> Option<usize> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n");
    end.map(|at| at + 4)
}

/// Reads a request's head.
pub fn request(head: &[u8]) -> io::Result<Request> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed
        .parse(head)
        .map_err(|error| bad(&error.to_string()))?;
    let (Some(method), Some(path)) = (parsed.method, parsed.path) else {
        return Err(bad("the request line is incomplete"));
    };
    let text = |name: &str| {
        let header = parsed
            .headers
            .iter()
            .find(|h| h.name.eq_ignore_ascii_case(name));
        header.and_then(|header| std::str::from_utf8(header.value).ok())
    };
    if text("transfer-encoding").is_some() {
        return Err(bad("bodies are read by Content-Length only"));
    }
    let length = text("content-length").map_or(Ok(0), str::parse);
    // One request per connection: every fault is then seen by the page, for a browser repeats by
    // itself what broke on a connection that had served before.
    let mut forwarded = format!("{method} {path} HTTP/1.1\r\n").into_bytes();
    for header in parsed.headers.iter() {
        if !header.name.eq_ignore_ascii_case("connection") {
            forwarded.extend_from_slice(header.name.as_bytes());
            forwarded.extend_from_slice(b": ");
            forwarded.extend_from_slice(header.value);
            forwarded.extend_from_slice(b"\r\n");
        }
    }
    forwarded.extend_from_slice(b"Connection: close\r\n\r\n");
    Ok(Request {
        method: method.to_owned(),
        path: path.to_owned(),
        length: length.map_err(|_| bad("Content-Length is no number"))?,
        range: text("content-range").and_then(Range::read),
        upload: text("x-unique-upload-id").map(str::to_owned),
        forwarded,
    })
}

/// Reads an answer's head.
pub fn answer(head: &[u8]) -> io::Result<Answer> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Response::new(&mut headers);
    match parsed
        .parse(head)
        .map_err(|error| bad(&error.to_string()))?
    {
        httparse::Status::Complete(length) => Ok(Answer {
            status: parsed.code.unwrap_or_default(),
            head: length,
        }),
        httparse::Status::Partial => Err(bad("the answer's head is incomplete")),
    }
}

/// The same head without these headers, named in lower case.
pub fn without(head: &[u8], names: &[String]) -> Vec<u8> {
    let dropped = |line: &[u8]| {
        let name: Vec<u8> = line
            .iter()
            .take_while(|byte| **byte != b':')
            .copied()
            .collect();
        let name = name.to_ascii_lowercase();
        names.iter().any(|wanted| wanted.as_bytes() == name)
    };
    let lines = head.split_inclusive(|byte| *byte == b'\n');
    lines
        .filter(|line| !dropped(line))
        .flatten()
        .copied()
        .collect()
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(range: &str) -> Request {
        let head = format!(
            "POST /v1_1/demo/upload HTTP/1.1\r\nHost: a\r\ncontent-length: 12\r\n{range}\
             X-Unique-Upload-Id: u1\r\nConnection: keep-alive\r\n\r\n"
        );
        request(head.as_bytes()).unwrap()
    }

    #[test]
    fn a_request_is_told_by_its_place_in_the_file() {
        for (range, position) in [
            ("", Position::Single),
            ("Content-Range: bytes 0-9/10\r\n", Position::Single),
            ("Content-Range: bytes 0-9/30\r\n", Position::First),
            ("Content-Range: bytes 10-19/30\r\n", Position::Middle),
            ("Content-Range: bytes 10-19/-1\r\n", Position::Middle),
            ("Content-Range: bytes 20-29/30\r\n", Position::Last),
        ] {
            assert_eq!(parsed(range).position(), position, "{range}");
        }
    }

    #[test]
    fn all_that_a_rule_names_must_fit() {
        let request = parsed("Content-Range: bytes 10-19/30\r\n");
        let fits = |change: fn(&mut When)| {
            let mut when = When::default();
            change(&mut when);
            request.fits(&when)
        };
        assert!(fits(|_| {}));
        assert!(fits(|when| when.start = Some(10)));
        assert!(!fits(|when| when.start = Some(0)));
        assert!(!fits(|when| when.method = "GET".to_owned()));
        assert!(!fits(|when| when.path = "/status".to_owned()));
        assert!(!fits(|when| when.position = Some(Position::Last)));
        assert!(!fits(|when| when.upload = Some("u2".to_owned())));
    }

    #[test]
    fn the_server_gets_the_same_head_on_a_connection_of_its_own() {
        let forwarded = String::from_utf8(parsed("").forwarded).unwrap();
        assert!(forwarded.contains("X-Unique-Upload-Id: u1\r\n"));
        assert!(forwarded.ends_with("Connection: close\r\n\r\n"));
        assert!(!forwarded.contains("keep-alive"));
    }

    #[test]
    fn headers_are_dropped_by_their_names() {
        let head = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nA: b\r\n\r\n";
        let names = ["access-control-allow-origin".to_owned()];
        assert_eq!(without(head, &names), b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
    }
}
