//! Conditional and partial requests: `If-None-Match`, `Range`, `If-Range`.

use axum::http::{HeaderMap, header};

/// How much of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    /// `length` is at least 1.
    Part {
        start: u64,
        length: u64,
    },
    /// Nothing of it lies in the file.
    Outside,
}

/// Whether the client has this version already.
pub fn is_unchanged(headers: &HeaderMap, etag: &str) -> bool {
    let Some(known) = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
    else {
        return false;
    };
    let same = |known: &str| known.strip_prefix("W/").unwrap_or(known) == etag;
    known.trim() == "*" || known.split(',').any(|known| same(known.trim()))
}

/// The part that is asked for. Several parts at once are answered with the whole, as RFC 9110
/// allows: no browser asks for them.
pub fn wanted(headers: &HeaderMap, etag: &str, size: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // A client that holds a part of another version needs all of this one.
    if text(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Wanted::Whole;
    }
    text(header::RANGE)
        .and_then(|range| parse(range, size))
        .unwrap_or(Wanted::Whole)
}

/// `None` when it isn't a single range of bytes.
fn parse(range: &str, size: u64) -> Option<Wanted> {
    let (first, last) = range.strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |text: &str| -> Option<u64> {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse().ok())?
    };
    let (start, end) = if first.is_empty() {
        let count = number(last)?.min(size);
        (size - count, size)
    } else {
        let start = number(first)?;
        let end = if last.is_empty() {
            size
        } else {
            number(last)?.checked_add(1)?
        };
        if end <= start && !last.is_empty() {
            return None;
        }
        (start, end.min(size))
    };
    let length = end.saturating_sub(start);
    Some(if length == 0 {
        Wanted::Outside
    } else {
        Wanted::Part { start, length }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        let part = |start, length| Some(Wanted::Part { start, length });
        assert_eq!(parse("bytes=0-0", 10), part(0, 1));
        assert_eq!(parse("bytes=2-", 10), part(2, 8));
        assert_eq!(parse("bytes=-3", 10), part(7, 3));
        assert_eq!(parse("bytes=-30", 10), part(0, 10));
        assert_eq!(parse("bytes=5-99", 10), part(5, 5));
        assert_eq!(parse("bytes=10-", 10), Some(Wanted::Outside));
        assert_eq!(parse("bytes=-0", 10), Some(Wanted::Outside));
        for whole in [
            "bytes=5-4",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=a-b",
            "bytes=+1-2",
            "",
        ] {
            assert_eq!(parse(whole, 10), None, "{whole}");
        }
        let max = u64::MAX;
        assert_eq!(parse(&format!("bytes=0-{max}"), 10), None);
    }
}
