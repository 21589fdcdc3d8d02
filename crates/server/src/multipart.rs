//! Splits a `multipart/form-data` body into parts as its bytes arrive.
//! Knows nothing of sockets, files or the Upload API: bytes in, events out, memory bounded.
//!
//! Why our own: clients of this wire send file names as latin-1 bytes, full local paths, no final
//! line break, and header blocks that must be cut off before they fill the memory.

use bytes::{Bytes, BytesMut};
use memchr::memmem::Finder;

use crate::limits::{
    BOUNDARY_BYTES_MAX, PADDING_BYTES_MAX, PART_HEAD_BYTES_MAX, PREAMBLE_BYTES_MAX,
};

/// One thing that the body said.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Part(PartHead),
    /// Some bytes of the part, never empty.
    Data(Bytes),
    /// The part is whole.
    PartEnd,
    /// The closing boundary: the form is whole.
    End,
}

/// What the headers of a part said; names as raw bytes, because clients disagree on encodings.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PartHead {
    /// The field's name.
    pub name: Vec<u8>,
    /// The file name, where one was given.
    pub file_name: Option<Vec<u8>>,
    /// `true` when the part names its own media type; blobs without a file name do.
    pub has_content_type: bool,
}

/// The body isn't what its `Content-Type` promised. The text says where.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

enum State {
    Preamble,
    AfterBoundary,
    Headers,
    Body,
    Done,
}

/// The splitter of one body.
pub struct Parser {
    finder: Finder<'static>,
    buffer: BytesMut,
    state: State,
    /// Preamble bytes dropped so far.
    dropped: usize,
}

/// The boundary named by a `Content-Type`, quoted or not.
pub fn boundary(content_type: &str) -> Option<String> {
    let (kind, params) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = params.split(';').find_map(|param| {
        let (key, value) = param.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"'))
    })?;
    let fits = !value.is_empty() && value.len() <= BOUNDARY_BYTES_MAX;
    fits.then(|| value.to_owned())
}

impl Parser {
    /// A parser for a body with this boundary.
    pub fn new(boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}");
        Self {
            finder: Finder::new(delimiter.as_bytes()).into_owned(),
            // The first boundary has no line break before it; this one makes all boundaries alike.
            buffer: BytesMut::from(&b"\r\n"[..]),
            state: State::Preamble,
            dropped: 0,
        }
    }

    /// Takes received bytes; call [`Parser::poll`] until it gives nothing before the next push.
    pub fn push(&mut self, bytes: &[u8]) {
        // What follows the closing boundary is nobody's.
        if !matches!(self.state, State::Done) {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next event, `None` when more bytes are needed.
    pub fn poll(&mut self) -> Result<Option<Event>, Malformed> {
        loop {
            match self.state {
                State::Preamble => {
                    if !self.skip_preamble()? {
                        return Ok(None);
                    }
                }
                State::AfterBoundary => match self.read_boundary_end()? {
                    Some(true) => return Ok(Some(Event::End)),
                    Some(false) => {}
                    None => return Ok(None),
                },
                State::Headers => return Ok(self.read_headers()?.map(Event::Part)),
                State::Body => return Ok(self.read_body()),
                State::Done => return Ok(None),
            }
        }
    }

    /// Says that no more bytes come.
    pub fn finish(&self) -> Result<(), Malformed> {
        match self.state {
            State::Done => Ok(()),
            _ => Err(Malformed("the body ends before its closing boundary")),
        }
    }

    fn skip_preamble(&mut self) -> Result<bool, Malformed> {
        let found = self.finder.find(&self.buffer);
        if let Some(at) = found.filter(|at| self.dropped + at <= PREAMBLE_BYTES_MAX) {
            let _ = self.buffer.split_to(at + self.finder.needle().len());
            self.state = State::AfterBoundary;
            return Ok(true);
        }
        let keep = self.finder.needle().len() - 1;
        let drop = self.buffer.len().saturating_sub(keep);
        let _ = self.buffer.split_to(drop);
        self.dropped += drop;
        if found.is_some() || self.dropped > PREAMBLE_BYTES_MAX {
            return Err(Malformed("the first boundary is missing"));
        }
        Ok(false)
    }

    /// `Some(true)` at the closing boundary, `Some(false)` when a part follows.
    fn read_boundary_end(&mut self) -> Result<Option<bool>, Malformed> {
        if self.buffer.starts_with(b"--") {
            self.state = State::Done;
            self.buffer.clear();
            return Ok(Some(true));
        }
        let blanks = self
            .buffer
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        // However the body is cut into pieces, the same must come of it.
        if blanks > PADDING_BYTES_MAX {
            return Err(Malformed("a boundary isn't followed by a line break"));
        }
        let rest = &self.buffer[blanks..];
        if rest.starts_with(b"\r\n") {
            // The line break stays: it is the first half of an empty header block's end.
            let _ = self.buffer.split_to(blanks);
            self.state = State::Headers;
            return Ok(Some(false));
        }
        let undecided = rest.is_empty() || rest == b"\r" || (blanks == 0 && rest == b"-");
        if undecided {
            return Ok(None);
        }
        Err(Malformed("a boundary isn't followed by a line break"))
    }

    fn read_headers(&mut self) -> Result<Option<PartHead>, Malformed> {
        let Some(end) = memchr::memmem::find(&self.buffer, b"\r\n\r\n") else {
            // The end may be the last three bytes of four, and must not depend on how they came.
            if self.buffer.len() > PART_HEAD_BYTES_MAX + 3 {
                return Err(Malformed("the headers of a part are too long"));
            }
            return Ok(None);
        };
        if end > PART_HEAD_BYTES_MAX {
            return Err(Malformed("the headers of a part are too long"));
        }
        let block = self.buffer.split_to(end + 4);
        self.state = State::Body;
        read_head(&block[..end]).map(Some)
    }

    fn read_body(&mut self) -> Option<Event> {
        match self.finder.find(&self.buffer) {
            Some(0) => {
                let _ = self.buffer.split_to(self.finder.needle().len());
                self.state = State::AfterBoundary;
                Some(Event::PartEnd)
            }
            Some(at) => Some(Event::Data(self.buffer.split_to(at).freeze())),
            None => {
                // The last bytes may be the beginning of a boundary.
                let keep = self.finder.needle().len() - 1;
                let ready = self.buffer.len().saturating_sub(keep);
                (ready > 0).then(|| Event::Data(self.buffer.split_to(ready).freeze()))
            }
        }
    }
}

/// Reads a header block; only `Content-Disposition` and `Content-Type` mean something here.
fn read_head(block: &[u8]) -> Result<PartHead, Malformed> {
    let mut head = PartHead::default();
    let mut named = false;
    for line in block.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let (key, value) = (line[..colon].trim_ascii(), &line[colon + 1..]);
        if key.eq_ignore_ascii_case(b"content-type") {
            head.has_content_type = true;
        } else if key.eq_ignore_ascii_case(b"content-disposition") {
            named = read_disposition(value, &mut head);
        }
    }
    if named {
        Ok(head)
    } else {
        Err(Malformed("a part has no name"))
    }
}

/// Reads `form-data; name="a"; filename="b"; filename*=UTF-8''c`; tells whether a name was there.
fn read_disposition(value: &[u8], head: &mut PartHead) -> bool {
    let mut named = false;
    let mut extended = None;
    for (key, value) in Params::new(value) {
        if key.eq_ignore_ascii_case(b"name") {
            named = true;
            head.name = value;
        } else if key.eq_ignore_ascii_case(b"filename") {
            head.file_name = Some(value);
        } else if key.eq_ignore_ascii_case(b"filename*") {
            extended = read_extended(&value);
        }
    }
    // RFC 6266: the extended form wins where a sender gives both.
    if extended.is_some() {
        head.file_name = extended;
    }
    named
}

/// RFC 5987: `charset'language'percent-encoded`.
fn read_extended(value: &[u8]) -> Option<Vec<u8>> {
    let mut pieces = value.splitn(3, |byte| *byte == b'\'');
    let (_charset, _language, text) = (pieces.next()?, pieces.next()?, pieces.next()?);
    Some(percent_encoding::percent_decode(text).collect())
}

/// The `key=value` pairs after the first `;`, quoted values unquoted.
struct Params<'a> {
    rest: &'a [u8],
}

impl<'a> Params<'a> {
    fn new(value: &'a [u8]) -> Self {
        let start = memchr::memchr(b';', value).map_or(value.len(), |at| at + 1);
        Self {
            rest: &value[start..],
        }
    }
}

impl<'a> Iterator for Params<'a> {
    type Item = (&'a [u8], Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.rest.iter().position(|byte| !b"; \t".contains(byte))?;
        let rest = &self.rest[start..];
        let equals = memchr::memchr(b'=', rest)?;
        let key = rest[..equals].trim_ascii();
        let value = rest[equals + 1..].trim_ascii_start();
        let (value, after) = match value.strip_prefix(b"\"") {
            Some(quoted) => unquote(quoted),
            None => {
                let end = memchr::memchr(b';', value).unwrap_or(value.len());
                (value[..end].trim_ascii().to_vec(), &value[end..])
            }
        };
        let next = memchr::memchr(b';', after).map_or(after.len(), |at| at + 1);
        self.rest = &after[next..];
        Some((key, value))
    }
}

/// The text up to the closing quote, and what follows it. Only `\"` and `\\` are escapes: some
/// clients send Windows paths unescaped.
fn unquote(quoted: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return (text, &quoted[at + 1..]),
            b'\\' => match quoted.get(at + 1) {
                Some(next @ (b'"' | b'\\')) => {
                    text.push(*next);
                    bytes.next();
                }
                _ => text.push(b'\\'),
            },
            other => text.push(*other),
        }
    }
    (text, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All events of a body fed in pieces of this size, data joined.
    fn events(body: &[u8], piece: usize) -> Result<Vec<(PartHead, Vec<u8>)>, Malformed> {
        let mut parser = Parser::new("b");
        let mut parts: Vec<(PartHead, Vec<u8>)> = Vec::new();
        for chunk in body.chunks(piece) {
            parser.push(chunk);
            while let Some(event) = parser.poll()? {
                match event {
                    Event::Part(head) => parts.push((head, Vec::new())),
                    Event::Data(data) => {
                        parts.last_mut().expect("a part").1.extend_from_slice(&data);
                    }
                    Event::PartEnd | Event::End => {}
                }
            }
        }
        parser.finish()?;
        Ok(parts)
    }

    #[test]
    fn splitting_the_body_anywhere_gives_the_same_parts() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--b\r\n\
            content-disposition: form-data; name=file; filename=\"x\xe9.png\"\r\n\
            Content-Type: image/png\r\n\r\n\r\n-\r\n--\r\n-b\r\n--b\r\n\
            Content-Disposition: form-data; name=\"e\"\r\n\r\n\r\n--b--";
        let whole = events(body, body.len()).expect("well formed");
        assert_eq!(whole.len(), 3);
        assert_eq!(whole[0].1, b"one");
        assert_eq!(whole[1].1, b"\r\n-\r\n--\r\n-b");
        assert_eq!(whole[1].0.file_name.as_deref(), Some(&b"x\xe9.png"[..]));
        assert!(whole[1].0.has_content_type);
        assert_eq!(whole[2].1, b"");
        for piece in 1..body.len() {
            assert_eq!(
                events(body, piece).expect("well formed"),
                whole,
                "pieces of {piece}"
            );
        }
    }

    #[test]
    fn every_truncation_is_noticed() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--b--";
        for end in 0..body.len() {
            assert!(events(&body[..end], 7).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn endless_headers_and_preambles_are_cut_off() {
        let mut body = b"--b\r\nX: ".to_vec();
        body.resize(PART_HEAD_BYTES_MAX + 100, b'a');
        assert_eq!(
            events(&body, 999),
            Err(Malformed("the headers of a part are too long"))
        );
        let body = vec![b'-'; PREAMBLE_BYTES_MAX * 2];
        assert_eq!(
            events(&body, 999),
            Err(Malformed("the first boundary is missing"))
        );
    }

    #[test]
    fn names_are_read_as_each_client_writes_them() {
        let read = |line: &[u8]| {
            let block = [b"Content-Disposition: form-data; name=\"file\"; ", line].concat();
            let name = read_head(&block)
                .expect("a head")
                .file_name
                .expect("a name");
            String::from_utf8(name).expect("UTF-8")
        };
        assert_eq!(read(b"filename=\"a;b.png\""), "a;b.png");
        assert_eq!(read(b"filename=plain.png"), "plain.png");
        assert_eq!(read(br#"filename="C:\dir\f.png""#), r"C:\dir\f.png");
        assert_eq!(read(br#"filename="say \"hi\".png""#), r#"say "hi".png"#);
        assert_eq!(
            read(b"filename*=UTF-8''%e2%82%ac.png; filename=\"x.png\""),
            "\u{20ac}.png"
        );
    }

    #[test]
    fn boundaries_are_found_quoted_or_not() {
        let find = |text| boundary(text);
        assert_eq!(
            find("multipart/form-data; boundary=abc").as_deref(),
            Some("abc")
        );
        assert_eq!(
            find("Multipart/Form-Data;Boundary=\"a b\"; x=y").as_deref(),
            Some("a b")
        );
        assert_eq!(find("multipart/form-data; boundary="), None);
        assert_eq!(find("application/json; boundary=abc"), None);
    }
}
