//! Where the bytes of a file are: objects of some megabytes each, in order. A finished file is
//! never put together into one object; its record names its pieces, and readers go from one to
//! the next. So chunks of any size come in any order, 10 GB are finished by writing one small
//! object, and every kind of store can do it.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::bucket::Bucket;
use crate::store::blob::ByteStream;

/// Bytes of one object, so much memory a request takes: large enough that the way to the store
/// and back costs little beside them.
pub const SEGMENT_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes that a blocking reader gets at once; readers of headers need some kilobytes.
const READ_AHEAD_BYTES: u64 = 512 * 1024;

/// A run of bytes that one request wrote, from the first to before the second number, and what
/// tells its objects from those of another request with the same bytes. Behind that, where its
/// bytes were thought to begin when its objects got their names, if that was elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece(
    pub u64,
    pub u64,
    pub String,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub Option<u64>,
);

/// The bytes of a whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// What the names of all its objects begin with.
    pub file: String,
    pub segment_bytes: u64,
    /// In order, without gaps.
    pub pieces: Vec<Piece>,
}

/// The folder of a file's objects.
pub fn folder(file: &str) -> Path {
    Path::from(format!("blobs/{file}"))
}

/// The object whose first byte this is.
pub fn segment(file: &str, start: u64, tag: &str) -> Path {
    // Sixteen digits, so that a list of names is in the order of the bytes.
    Path::from(format!("blobs/{file}/{start:016x}-{tag}"))
}

impl Pieces {
    /// How many bytes there are.
    pub fn bytes(&self) -> u64 {
        self.pieces.last().map_or(0, |piece| piece.1)
    }

    /// The objects that hold these bytes, and which of theirs they are.
    pub fn segments(
        &self,
        wanted: Range<u64>,
    ) -> impl Iterator<Item = (Path, Range<u64>)> + use<'_> {
        let all = self
            .pieces
            .iter()
            .flat_map(move |Piece(start, end, tag, named)| {
                let step = usize::try_from(self.segment_bytes.max(1)).unwrap_or(usize::MAX);
                (*start..*end).step_by(step).map(move |from| {
                    let to = (from + self.segment_bytes.max(1)).min(*end);
                    (from..to, named.unwrap_or(*start) + (from - *start), tag)
                })
            });
        all.filter_map(move |(span, name, tag)| {
            let from = span.start.max(wanted.start);
            let to = span.end.min(wanted.end);
            let part = from.checked_sub(span.start)?..to.checked_sub(span.start)?;
            (from < to).then(|| (segment(&self.file, name, tag), part))
        })
    }

    /// The names of all its objects.
    pub fn names(&self) -> impl Iterator<Item = Path> + use<'_> {
        self.segments(0..self.bytes()).map(|(path, _)| path)
    }

    /// Some of the bytes, as they come.
    pub fn stream(&self, bucket: &Bucket, wanted: Range<u64>) -> ByteStream {
        let parts: Vec<_> = self.segments(wanted).collect();
        let bucket = bucket.clone();
        let streams = futures_util::stream::iter(parts).then(move |(path, range)| {
            let bucket = bucket.clone();
            async move { bucket.stream(&path, range).await }
        });
        Box::pin(streams.try_flatten())
    }
}

/// Reads and seeks, for decoders. Blocks, so it must be used on a thread that may.
pub struct PieceReader {
    bucket: Bucket,
    pieces: Pieces,
    runtime: Handle,
    at: u64,
    /// Bytes that were fetched, and where they begin.
    ahead: (u64, Bytes),
}

impl PieceReader {
    pub fn new(bucket: Bucket, pieces: Pieces) -> Self {
        Self {
            bucket,
            pieces,
            runtime: Handle::current(),
            at: 0,
            ahead: (0, Bytes::new()),
        }
    }

    fn fetch(&mut self) -> io::Result<()> {
        let end = (self.at + READ_AHEAD_BYTES).min(self.pieces.bytes());
        let Some((path, range)) = self.pieces.segments(self.at..end).next() else {
            return Ok(());
        };
        let bytes = self.runtime.block_on(self.bucket.range(&path, range))?;
        self.ahead = (self.at, bytes);
        Ok(())
    }

    /// What is left of the fetched bytes from here on.
    fn rest(&self) -> &[u8] {
        let (start, bytes) = &self.ahead;
        let skipped = self.at.checked_sub(*start).map(usize::try_from);
        match skipped {
            Some(Ok(skipped)) => bytes.get(skipped..).unwrap_or_default(),
            _ => &[],
        }
    }
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest().is_empty() && self.at < self.pieces.bytes() {
            self.fetch()?;
        }
        let rest = self.rest();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for PieceReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.pieces.bytes().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start: u64, end: u64, tag: &str, named: Option<u64>) -> Piece {
        Piece(start, end, tag.to_owned(), named)
    }

    #[test]
    fn a_piece_keeps_the_names_that_its_objects_got_before_its_place_was_known() {
        let pieces = Pieces {
            pieces: vec![piece(0, 3, "a", None), piece(3, 9, "b", Some(256))],
            ..pieces()
        };
        let names: Vec<String> = pieces.names().map(|path| path.to_string()).collect();
        let expected = [("00", "a"), ("100", "b"), ("104", "b")];
        let expected = expected.map(|(at, tag)| format!("blobs/f/{at:0>16}-{tag}"));
        assert_eq!(names, expected);
        let covered: Vec<_> = pieces.segments(2..8).map(|(_, range)| range).collect();
        assert_eq!(covered, [2..3, 0..4, 0..1]);
        let text = serde_json::to_string(&pieces.pieces).expect("a text");
        assert_eq!(text, r#"[[0,3,"a"],[3,9,"b",256]]"#);
        let read: Vec<Piece> = serde_json::from_str(&text).expect("pieces");
        assert_eq!(read, pieces.pieces);
    }

    fn pieces() -> Pieces {
        Pieces {
            file: "f".to_owned(),
            segment_bytes: 4,
            pieces: vec![piece(0, 10, "a", None), piece(10, 13, "b", None)],
        }
    }

    #[test]
    fn any_range_is_covered_by_its_objects_once_and_in_order() {
        let pieces = pieces();
        for start in 0..14 {
            for end in start..14 {
                let mut covered = Vec::new();
                for (path, range) in pieces.segments(start..end) {
                    let name = path.filename().expect("a name").to_owned();
                    let digits = name.split('-').next().expect("digits");
                    let base = u64::from_str_radix(digits, 16).expect("a number");
                    covered.extend(range.map(|at| base + at));
                }
                assert_eq!(covered, (start..end.min(13)).collect::<Vec<_>>());
            }
        }
        assert_eq!(pieces.names().count(), 4);
    }
}
