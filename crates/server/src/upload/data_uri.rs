//! A file that comes as text in its parameter: `data:image/png;base64,…`, decoded as it arrives, or
//! the address of one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::parameters::invalid;
use crate::error::ApiError;
use crate::limits::{ADDRESS_BYTES_MAX, DATA_URI_HEAD_BYTES_MAX};

/// What the text has turned out to be.
#[derive(Debug, Default)]
pub struct FileText {
    state: State,
    /// Not looked at yet; of a file's bytes at most three digits.
    waiting: Vec<u8>,
}

#[derive(Debug, Default, PartialEq)]
enum State {
    #[default]
    Head,
    Digits,
    /// Behind the `=` at the end.
    Padded,
    Address,
}

impl FileText {
    /// Takes text, and gives the bytes that it makes.
    pub fn push(&mut self, text: &[u8]) -> Result<Vec<u8>, ApiError> {
        self.waiting.extend_from_slice(text);
        if self.state == State::Head {
            self.read_head()?;
        }
        match self.state {
            State::Head => Ok(Vec::new()),
            State::Digits | State::Padded => self.decode(),
            State::Address if self.waiting.len() > ADDRESS_BYTES_MAX => {
                Err(invalid("file", "its address is too long"))
            }
            State::Address => Ok(Vec::new()),
        }
    }

    /// Says that the text is whole; the address if it is one.
    pub fn finish(self) -> Result<Option<String>, ApiError> {
        match self.state {
            State::Digits | State::Padded if self.waiting.is_empty() => Ok(None),
            State::Digits | State::Padded => Err(invalid("file", "its base64 is cut off")),
            State::Head if self.waiting.starts_with(b"data:") => Err(not_base64()),
            State::Head | State::Address => String::from_utf8(self.waiting)
                .map(Some)
                .map_err(|_| invalid("file", "its address is not UTF-8")),
        }
    }

    fn read_head(&mut self) -> Result<(), ApiError> {
        const START: &[u8] = b"data:";
        let known = self.waiting.len().min(START.len());
        if self.waiting[..known] != START[..known] {
            self.state = State::Address;
            return Ok(());
        }
        let window = self.waiting.len().min(DATA_URI_HEAD_BYTES_MAX);
        let Some(comma) = memchr::memchr(b',', &self.waiting[..window]) else {
            let too_long = window == DATA_URI_HEAD_BYTES_MAX;
            return if too_long { Err(not_base64()) } else { Ok(()) };
        };
        let is_base64 = self.waiting[..comma]
            .rsplit(|byte| *byte == b';')
            .next()
            .is_some_and(|last| last.eq_ignore_ascii_case(b"base64"));
        if !is_base64 {
            return Err(not_base64());
        }
        self.waiting.drain(..=comma);
        self.state = State::Digits;
        Ok(())
    }

    fn decode(&mut self) -> Result<Vec<u8>, ApiError> {
        let whole = self.waiting.len() / 4 * 4;
        if whole == 0 {
            return Ok(Vec::new());
        }
        let bad = || invalid("file", "its base64 is broken");
        if self.state == State::Padded {
            return Err(bad());
        }
        let digits: Vec<u8> = self.waiting.drain(..whole).collect();
        if digits.ends_with(b"=") {
            self.state = State::Padded;
        }
        STANDARD.decode(&digits).map_err(|_| bad())
    }
}

fn not_base64() -> ApiError {
    invalid("file", "a data URI must be data:TYPE;base64,DIGITS")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes and the address that a text gives in pieces of this size.
    fn read(text: &str, piece: usize) -> Result<(Vec<u8>, Option<String>), ApiError> {
        let mut file = FileText::default();
        let mut bytes = Vec::new();
        for piece in text.as_bytes().chunks(piece) {
            bytes.extend(file.push(piece)?);
        }
        Ok((bytes, file.finish()?))
    }

    #[test]
    fn data_uris_are_decoded_however_they_are_cut() {
        for (text, expected) in [
            ("data:image/png;base64,aGVsbG8=", "hello"),
            ("data:;base64,aGVsbG8gdG8geW91", "hello to you"),
            ("data:text/plain;charset=utf-8;name=a.b;BASE64,YQ==", "a"),
            ("data:a/b;base64,", ""),
        ] {
            for piece in 1..=text.len() {
                let read = read(text, piece);
                assert_eq!(read, Ok((expected.into(), None)), "{text} by {piece}");
            }
        }
    }

    #[test]
    fn anything_else_is_an_address_or_refused() {
        for text in ["https://example.org/a.png", "d", "dat", "ftp://a/b", "x"] {
            assert_eq!(read(text, 2), Ok((Vec::new(), Some(text.to_owned()))));
        }
        let long_head = format!("data:{};base64,YQ==", "a".repeat(9_000));
        let long_address = format!("https://{}", "a".repeat(9_000));
        for bad in [
            "data:",
            "data:text/plain,hello",
            "data:text/plain;base64",
            "data:a/b;base64,YQ=",
            "data:a/b;base64,YQ",
            "data:a/b;base64,Y!==",
            "data:a/b;base64,YQ==YQ==",
            "data:a/b;base64,YR==",
            &long_head,
            &long_address,
        ] {
            for piece in [1, 3, bad.len()] {
                assert!(read(bad, piece).is_err(), "{bad:.40} by {piece}");
            }
        }
    }
}
