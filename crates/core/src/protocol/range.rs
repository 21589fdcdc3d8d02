//! Which bytes of a file a request carries, and how the wire says so. Cuts nothing up itself.

/// The header that makes a request one of several for the same file.
pub const CONTENT_RANGE: &str = "Content-Range";

/// Bytes of a file, all in 64 bits: files beyond 4 GiB are common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first byte.
    pub start: u64,
    /// The byte after the last one.
    pub end: u64,
    /// Bytes of the whole file.
    pub total: u64,
}

impl Range {
    /// The whole of a file.
    pub const fn whole(total: u64) -> Self {
        Self {
            start: 0,
            end: total,
            total,
        }
    }

    /// Bytes carried.
    pub const fn bytes(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Whether the file ends with it: its answer is the asset.
    pub const fn is_last(self) -> bool {
        self.end == self.total
    }

    /// Whether it is all there is of the file.
    pub const fn is_whole(self) -> bool {
        self.start == 0 && self.is_last()
    }

    /// The header's value: `bytes 0-19999999/70000000`, with the last byte that belongs to it.
    pub fn header(self) -> String {
        let mut text = String::from("bytes ");
        text.push_str(&self.start.to_string());
        text.push('-');
        // A range is never empty.
        text.push_str(&self.end.saturating_sub(1).to_string());
        text.push('/');
        text.push_str(&self.total.to_string());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_last_byte_and_not_the_one_after() {
        let range = |start, end, total| Range { start, end, total }.header();
        assert_eq!(range(0, 1, 1), "bytes 0-0/1");
        assert_eq!(
            range(0, 20_000_000, 50_000_000),
            "bytes 0-19999999/50000000"
        );
        assert_eq!(
            range(4_294_967_296, 4_294_967_297, 4_294_967_297),
            "bytes 4294967296-4294967296/4294967297"
        );
        let most = u64::MAX;
        assert_eq!(
            range(most - 1, most, most),
            "bytes 18446744073709551614-18446744073709551614/18446744073709551615"
        );
    }

    #[test]
    fn what_is_whole_is_last_too() {
        assert!(Range::whole(5).is_whole() && Range::whole(5).is_last());
        let (start, end, total) = (3, 5, 5);
        let tail = Range { start, end, total };
        assert!(tail.is_last() && !tail.is_whole());
        assert_eq!(tail.bytes(), 2);
    }
}
