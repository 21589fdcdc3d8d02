//! The bodies that parameters come in: multipart, urlencoded and JSON, all taken apart into the
//! same events. Only the first two are read as they arrive; JSON is kept until it is whole.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};
use serde_json::{Map, Value};

use crate::limits::{JSON_BODY_BYTES_MAX, NAME_BYTES_MAX};
use crate::multipart::{self, Event, Malformed, PartHead};

/// What a `Content-Type` promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With this boundary.
    Multipart(String),
    Urlencoded,
    Json,
}

impl Kind {
    /// What a header says; `None` where it is no form.
    pub fn of(content_type: &str) -> Option<Self> {
        if let Some(boundary) = multipart::boundary(content_type) {
            return Some(Self::Multipart(boundary));
        }
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        match media_type.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Urlencoded),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Takes one body apart.
pub enum Splitter {
    Multipart(Box<multipart::Parser>),
    Urlencoded(Urlencoded),
    Json(Json),
}

impl Splitter {
    /// For a body of this kind.
    pub fn new(kind: &Kind) -> Self {
        match kind {
            Kind::Multipart(boundary) => {
                Self::Multipart(Box::new(multipart::Parser::new(boundary)))
            }
            Kind::Urlencoded => Self::Urlencoded(Urlencoded::default()),
            Kind::Json => Self::Json(Json::default()),
        }
    }

    /// Takes received bytes; call [`Splitter::poll`] until it gives nothing before the next push.
    pub fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Multipart(parser) => parser.push(bytes),
            Self::Urlencoded(pairs) => pairs.buffer.extend_from_slice(bytes),
            Self::Json(json) => json.push(bytes),
        }
    }

    /// The next event, `None` when more bytes are needed.
    pub fn poll(&mut self) -> Result<Option<Event>, Malformed> {
        match self {
            Self::Multipart(parser) => parser.poll(),
            Self::Urlencoded(pairs) => pairs.poll(),
            Self::Json(json) => json.poll(),
        }
    }

    /// Says that no more bytes come; there may be more events after this.
    pub fn close(&mut self) -> Result<(), Malformed> {
        match self {
            Self::Multipart(parser) => parser.finish(),
            Self::Urlencoded(pairs) => {
                pairs.closed = true;
                Ok(())
            }
            Self::Json(json) => json.close(),
        }
    }
}

/// `name=value&name=value`, with `+` for blanks and `%` before two digits.
#[derive(Default)]
pub struct Urlencoded {
    buffer: BytesMut,
    closed: bool,
    state: Pair,
}

#[derive(Default, PartialEq)]
enum Pair {
    #[default]
    Name,
    Value,
    Done,
}

impl Urlencoded {
    fn poll(&mut self) -> Result<Option<Event>, Malformed> {
        match self.state {
            Pair::Name => self.read_name(),
            Pair::Value => Ok(self.read_value()),
            Pair::Done => Ok(None),
        }
    }

    fn read_name(&mut self) -> Result<Option<Event>, Malformed> {
        while self.buffer.first() == Some(&b'&') {
            self.buffer.advance(1);
        }
        // Encoded, each byte may take three.
        let window = self.buffer.len().min(3 * NAME_BYTES_MAX + 1);
        let end = self.buffer[..window]
            .iter()
            .position(|byte| matches!(byte, b'=' | b'&'));
        let end = match end {
            Some(end) => end,
            None if window > 3 * NAME_BYTES_MAX => return Err(Malformed("a name is too long")),
            None if !self.closed => return Ok(None),
            None if self.buffer.is_empty() => {
                self.state = Pair::Done;
                return Ok(Some(Event::End));
            }
            None => self.buffer.len(),
        };
        let name = decode(&self.buffer.split_to(end));
        if self.buffer.first() == Some(&b'=') {
            self.buffer.advance(1);
        }
        self.state = Pair::Value;
        Ok(Some(Event::Part(PartHead {
            name,
            file_name: None,
            has_content_type: false,
        })))
    }

    fn read_value(&mut self) -> Option<Event> {
        let end = memchr::memchr(b'&', &self.buffer);
        let whole = end.unwrap_or(self.buffer.len());
        if whole == 0 {
            if end.is_none() && !self.closed {
                return None;
            }
            self.state = Pair::Name;
            return Some(Event::PartEnd);
        }
        // What may be the beginning of an encoded byte waits for its digits.
        let tail = self.buffer[..whole].iter().rev().take(2);
        let split = tail.clone().position(|byte| *byte == b'%');
        let waits = if end.is_none() && !self.closed {
            split.map_or(0, |at| at + 1)
        } else {
            0
        };
        if waits == whole {
            return None;
        }
        let value = decode(&self.buffer.split_to(whole - waits));
        Some(Event::Data(Bytes::from(value)))
    }
}

fn decode(encoded: &[u8]) -> Vec<u8> {
    let blanks: Vec<u8> = encoded
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_encoding::percent_decode(&blanks).collect()
}

/// `{"name":"value"}`, where a value may be a number, a truth or a list, too.
#[derive(Default)]
pub struct Json {
    text: Vec<u8>,
    too_long: bool,
    events: VecDeque<Event>,
}

impl Json {
    fn push(&mut self, bytes: &[u8]) {
        self.too_long |= self.text.len() + bytes.len() > JSON_BODY_BYTES_MAX;
        if !self.too_long {
            self.text.extend_from_slice(bytes);
        }
    }

    fn poll(&mut self) -> Result<Option<Event>, Malformed> {
        if self.too_long {
            return Err(Malformed("the JSON is too long; send multipart/form-data"));
        }
        Ok(self.events.pop_front())
    }

    fn close(&mut self) -> Result<(), Malformed> {
        let fields: Map<String, Value> = serde_json::from_slice(&self.text)
            .map_err(|_| Malformed("it is no JSON object of names and values"))?;
        self.text = Vec::new();
        for (name, value) in fields {
            let text = text_of(&value).ok_or(Malformed("a value of the JSON is an object"))?;
            let head = PartHead {
                name: name.into_bytes(),
                file_name: None,
                has_content_type: false,
            };
            self.events.push_back(Event::Part(head));
            if !text.is_empty() {
                self.events.push_back(Event::Data(Bytes::from(text)));
            }
            self.events.push_back(Event::PartEnd);
        }
        self.events.push_back(Event::End);
        Ok(())
    }
}

/// A value as another form would hold it; `None` where none can.
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(text_of).collect();
            Some(texts?.join(","))
        }
        Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and values of a body fed in pieces of this size.
    fn fields(kind: &Kind, body: &[u8], piece: usize) -> Result<Vec<(String, String)>, Malformed> {
        let mut splitter = Splitter::new(kind);
        let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let mut ended = false;
        let mut take = |splitter: &mut Splitter| {
            while let Some(event) = splitter.poll()? {
                match event {
                    Event::Part(head) => fields.push((head.name, Vec::new())),
                    Event::Data(data) => {
                        assert!(!data.is_empty());
                        fields
                            .last_mut()
                            .expect("a part")
                            .1
                            .extend_from_slice(&data);
                    }
                    Event::PartEnd => {}
                    Event::End => ended = true,
                }
            }
            Ok(())
        };
        for chunk in body.chunks(piece) {
            splitter.push(chunk);
            take(&mut splitter)?;
        }
        splitter.close()?;
        take(&mut splitter)?;
        assert!(ended);
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let fields = fields.into_iter();
        Ok(fields
            .map(|(name, value)| (text(name), text(value)))
            .collect())
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn urlencoded_bodies_are_the_same_however_they_are_cut() {
        let body = b"&a=1&b%5B%5D=x+%26+y%3D&&empty=&bare&e=%e2%82%ac&bad=%zz%4&last=%2";
        let expected = owned(&[
            ("a", "1"),
            ("b[]", "x & y="),
            ("empty", ""),
            ("bare", ""),
            ("e", "€"),
            ("bad", "%zz%4"),
            ("last", "%2"),
        ]);
        for piece in 1..=body.len() {
            let read = fields(&Kind::Urlencoded, body, piece);
            assert_eq!(read, Ok(expected.clone()), "pieces of {piece}");
        }
        assert_eq!(fields(&Kind::Urlencoded, b"", 1), Ok(Vec::new()));
    }

    #[test]
    fn endless_names_are_cut_off() {
        let body = vec![b'a'; 4 * NAME_BYTES_MAX];
        let read = fields(&Kind::Urlencoded, &body, 100);
        assert_eq!(read, Err(Malformed("a name is too long")));
    }

    #[test]
    fn json_holds_what_other_forms_do() {
        let body = br#"{"tags":["a","b c"],"overwrite":true,"timestamp":17,"folder":null}"#;
        let mut expected = owned(&[
            ("tags", "a,b c"),
            ("overwrite", "true"),
            ("timestamp", "17"),
            ("folder", ""),
        ]);
        expected.sort();
        for piece in [1, 7, body.len()] {
            let mut read = fields(&Kind::Json, body, piece).expect("an object");
            read.sort();
            assert_eq!(read, expected);
        }
        for bad in ["", "[]", "{", r#"{"a":{}}"#, "{}x"] {
            assert!(fields(&Kind::Json, bad.as_bytes(), 3).is_err(), "{bad}");
        }
        let long = vec![b' '; JSON_BODY_BYTES_MAX + 1];
        assert!(fields(&Kind::Json, &long, 1 << 20).is_err());
    }

    #[test]
    fn kinds_are_told_by_the_content_type() {
        assert_eq!(
            Kind::of("Application/JSON; charset=utf-8"),
            Some(Kind::Json)
        );
        assert_eq!(
            Kind::of("application/x-www-form-urlencoded"),
            Some(Kind::Urlencoded)
        );
        assert_eq!(
            Kind::of("multipart/form-data; boundary=a"),
            Some(Kind::Multipart("a".to_owned()))
        );
        for other in [
            "",
            "text/plain",
            "multipart/form-data",
            "multipart/mixed; boundary=a",
        ] {
            assert_eq!(Kind::of(other), None, "{other}");
        }
    }
}
