//! Targets that read bodies: forms of each kind, and the content of files.

use std::io::Cursor;

use super::{Outcome, outcome};
use crate::form::{Kind, Splitter};
use crate::limits::{NAME_BYTES_MAX, PADDING_BYTES_MAX, PART_HEAD_BYTES_MAX, PREAMBLE_BYTES_MAX};
use crate::multipart::{self, Event, Malformed, PartHead};
use crate::{movie, sniff};

/// What a body said: its parts, and how it ended.
type Said = (Vec<(PartHead, Vec<u8>, bool)>, Result<bool, Malformed>);

/// Reads a body that comes in pieces of this size.
fn read(kind: &Kind, body: &[u8], piece: usize) -> Said {
    let mut splitter = Splitter::new(kind);
    let mut parts: Vec<(PartHead, Vec<u8>, bool)> = Vec::new();
    let mut ended = false;
    let mut take = |splitter: &mut Splitter| -> Result<bool, Malformed> {
        while let Some(event) = splitter.poll()? {
            match event {
                Event::Part(head) => parts.push((head, Vec::new(), false)),
                Event::Data(data) => {
                    assert!(!data.is_empty());
                    let part = parts.last_mut().expect("data belongs to a part");
                    assert!(!part.2, "data behind the end of a part");
                    part.1.extend_from_slice(&data);
                }
                Event::PartEnd => parts.last_mut().expect("a part ends").2 = true,
                Event::End => ended = true,
            }
        }
        Ok(ended)
    };
    let mut came = Ok(false);
    for piece in body.chunks(piece.max(1)) {
        splitter.push(piece);
        came = take(&mut splitter);
        if came.is_err() {
            break;
        }
    }
    if came.is_ok() {
        came = splitter.close().and_then(|()| take(&mut splitter));
    }
    (parts, came)
}

/// Checks that the same comes of a body however it is cut, and gives it.
fn read_in_pieces(kind: &Kind, data: &[u8]) -> Outcome {
    let (size, body) = data.split_first().unwrap_or((&0, &[]));
    let whole = read(kind, body, body.len());
    // Byte by byte only where that is not slow: the head is searched anew with each piece.
    let smallest = if body.len() < 2048 { 1 } else { 509 };
    for piece in [smallest, usize::from(*size) + 2, PART_HEAD_BYTES_MAX / 2] {
        if piece < smallest {
            continue;
        }
        let pieces = read(kind, body, piece);
        assert_eq!(pieces, whole, "in pieces of {piece}");
    }
    let (parts, end) = whole;
    for (head, _, _) in &parts {
        assert!(head.name.len() <= PART_HEAD_BYTES_MAX.max(NAME_BYTES_MAX));
    }
    let bytes: usize = parts.iter().map(|(_, data, _)| data.len()).sum();
    assert!(bytes <= 3 * body.len() + PREAMBLE_BYTES_MAX + PADDING_BYTES_MAX);
    let shape: Vec<_> = parts
        .iter()
        .map(|(head, data, whole)| (head.file_name.is_some(), data.is_empty(), *whole))
        .collect();
    outcome(&(shape, end))
}

/// Multipart bodies, and the header that names their boundary.
pub fn multipart(data: &[u8]) -> Outcome {
    if let Ok(text) = std::str::from_utf8(data)
        && let Some(boundary) = multipart::boundary(text)
    {
        assert!(!boundary.is_empty() && boundary.len() <= 70, "{boundary:?}");
    }
    read_in_pieces(&Kind::Multipart("b".to_owned()), data)
}

/// Urlencoded and JSON bodies; the first byte says which.
pub fn form(data: &[u8]) -> Outcome {
    let kind = match data.first() {
        Some(byte) if byte % 2 == 0 => Kind::Urlencoded,
        _ => Kind::Json,
    };
    read_in_pieces(&kind, data)
}

/// The first bytes of files, and the headers of films: no file makes the reader work for long.
pub fn content(data: &[u8]) -> Outcome {
    let format = sniff::format(&data[..data.len().min(sniff::HEAD_BYTES)]);
    assert_eq!(
        sniff::by_media_type(format.media_type).media_type,
        format.media_type
    );
    let size = imagesize::blob_size(data).ok();
    let movie = movie::read(Cursor::new(data)).expect("memory can be read");
    outcome(&(
        format.name,
        size.is_some(),
        movie.size.is_some(),
        movie.duration_ms.is_some(),
    ))
}
