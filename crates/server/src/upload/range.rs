//! `Content-Range` as chunked uploads send it: `bytes start-end/total`, the end inclusive and the
//! total a number, `-1` or `*`. Whether a chunk fits its upload is decided by the store.

use crate::store::Chunk;

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentRange {
    Chunk(Chunk),
    /// `bytes 0--1/0`: a file without bytes, as some clients write it.
    Empty,
}

/// Reads the header; `None` where it makes no sense.
pub fn parse(text: &str) -> Option<ContentRange> {
    let (unit, range) = text.trim().split_once(' ')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    if range == "0--1/0" {
        return Some(ContentRange::Empty);
    }
    let (span, total) = range.split_once('/')?;
    let (start, last) = span.split_once('-')?;
    let total = match total {
        "*" | "-1" => None,
        digits => Some(number(digits)?),
    };
    let end = number(last)?.checked_add(1)?;
    Chunk::new(number(start)?, end, total).map(ContentRange::Chunk)
}

/// Digits and nothing else: `parse` alone would take a plus sign.
fn number(text: &str) -> Option<u64> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_wire_is_read() {
        let table = [
            ("bytes 0-0/1", (0, 1, Some(1))),
            ("bytes 0-9/10", (0, 10, Some(10))),
            ("Bytes 10-19/20", (10, 20, Some(20))),
            ("bytes 10-19/-1", (10, 20, None)),
            ("bytes 10-19/*", (10, 20, None)),
            (" bytes 007-009/010 ", (7, 10, Some(10))),
            (
                "bytes 4294967295-4294967296/4294967298",
                (4_294_967_295, 4_294_967_297, Some(4_294_967_298)),
            ),
            (
                "bytes 0-18446744073709551614/*",
                (0, 18_446_744_073_709_551_615, None),
            ),
        ];
        for (text, (start, end, total)) in table {
            let chunk = Chunk::new(start, end, total).expect("a chunk");
            assert_eq!(parse(text), Some(ContentRange::Chunk(chunk)), "{text}");
        }
        assert_eq!(parse("bytes 0--1/0"), Some(ContentRange::Empty));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "bytes",
            "bytes ",
            "bytes 0-9",
            "bytes 0/9",
            "bytes -/9",
            "bytes 0-/9",
            "bytes -9/10",
            "bytes 0-9/",
            "bytes */10",
            "bytes 0-10/10",
            "bytes 5-4/10",
            "bytes 0--1/1",
            "bytes 0--1/*",
            "bytes 0-9/0",
            "bytes 0-9/-2",
            "bytes 0-9/**",
            "bytes +0-9/10",
            "bytes 0x0-9/10",
            "bytes 0 - 9/10",
            "bytes 0-9/10/11",
            "bytes 0-9-9/10",
            "bytes=0-9/10",
            "items 0-9/10",
            "bytes 0-9/10, bytes 10-19/20",
            "bytes 0-18446744073709551615/*",
            "bytes 0-9/18446744073709551616",
            "bytes ٠-٩/*",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let edges = [0, 1, 9, 5_242_880, 1 << 31, 1 << 32, 1 << 53, u64::MAX - 1];
        for start in edges {
            for last in edges.into_iter().filter(|last| *last >= start) {
                let totals = edges.into_iter().filter(|total| *total > last).map(Some);
                for total in totals.chain([None]) {
                    let shown = total.map_or("*".to_owned(), |total| total.to_string());
                    let read = parse(&format!("bytes {start}-{last}/{shown}"));
                    let chunk = Chunk::new(start, last + 1, total).map(ContentRange::Chunk);
                    assert!(chunk.is_some());
                    assert_eq!(read, chunk);
                }
            }
        }
    }
}
