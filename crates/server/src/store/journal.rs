//! Which chunks of an upload are kept: a text file that only grows, a line per chunk, and the
//! rules for what may be added. Knows nothing of the chunks' bytes.
//!
//! A line counts when it is whole: what a killed server left of one is cut off by the next append.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use super::Denial;
use super::chunk::{Chunk, number};
use super::steps::step;
use crate::limits::CHUNKS_MAX;

/// How a chunk that may come relates to those that came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    New,
    /// Exactly these bytes are kept already.
    Kept,
}

/// The kept chunks of one upload.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// Sorted, and none overlaps another.
    spans: Vec<Range<u64>>,
    /// As soon as a chunk told it.
    total: Option<u64>,
    /// Of numbered parts, how many there will be.
    parts: Option<u32>,
    /// The bytes of the whole lines.
    whole_bytes: u64,
}

impl Journal {
    /// Of chunks that are kept elsewhere, in order.
    pub fn of(
        spans: impl Iterator<Item = Range<u64>>,
        total: Option<u64>,
        parts: Option<u32>,
    ) -> Self {
        Self {
            spans: spans.collect(),
            total,
            parts,
            whole_bytes: 0,
        }
    }

    /// Reads a journal; one that isn't there is empty.
    pub fn read(path: &Path) -> io::Result<Self> {
        match fs::read(path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    fn parse(text: &[u8]) -> Self {
        let mut journal = Self::default();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let Some(chunk) = read_line(line) else {
                break;
            };
            if !journal.add(&chunk) {
                break;
            }
            journal.whole_bytes += line.len() as u64;
        }
        journal
    }

    /// Writes a chunk down; when this returns, it stays written.
    pub fn append(&mut self, path: &Path, chunk: &Chunk) -> io::Result<()> {
        let mut options = File::options();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        step();
        file.set_len(self.whole_bytes)?;
        let line = line(chunk);
        file.write_all(line.as_bytes())?;
        step();
        file.sync_all()?;
        self.add(chunk);
        self.whole_bytes += line.len() as u64;
        Ok(())
    }

    /// Whether this chunk may come now. The smallest size is for all but the last one.
    pub fn judge(&self, chunk: &Chunk, bytes_min: u64) -> Result<Fit, Denial> {
        if chunk.parts != self.parts && !self.spans.is_empty() {
            return Err(Denial::Conflict);
        }
        if chunk.parts.is_some() {
            return self.judge_part(chunk);
        }
        let told = chunk.total.is_none() || self.total.is_none() || chunk.total == self.total;
        let end = self.spans.last().map_or(0, |span| span.end);
        let inside = chunk.total.is_none_or(|total| end <= total)
            && self.total.is_none_or(|total| chunk.end <= total);
        if !told || !inside {
            return Err(Denial::Conflict);
        }
        let mut overlapping = self.spans.iter().filter(|span| chunk.overlaps(span));
        let fit = match overlapping.next() {
            None => Fit::New,
            Some(span) if *span == chunk.span() => Fit::Kept,
            Some(_) => return Err(Denial::Conflict),
        };
        let missing = self.first_missing();
        let in_turn = chunk.is_first()
            || match (&fit, self.is_last(chunk)) {
                (Fit::New, true) => missing == chunk.start,
                (Fit::Kept, true) => missing == chunk.end,
                (_, false) => missing > 0,
            };
        if !in_turn {
            return Err(Denial::Gap(missing));
        }
        if fit == Fit::New && !self.is_last(chunk) {
            if chunk.bytes() < bytes_min {
                return Err(Denial::TooSmall);
            }
            // Room for the last one is always left.
            if self.spans.len() + 1 >= CHUNKS_MAX {
                return Err(Denial::TooMany);
            }
        }
        Ok(fit)
    }

    /// The same of a numbered part. The first one decides about the asset; all others may come in
    /// any order.
    fn judge_part(&self, part: &Chunk) -> Result<Fit, Denial> {
        if !part.is_first() && self.first_missing() == 0 {
            return Err(Denial::NotBegun);
        }
        match self.kept(part) {
            Some(_) => Ok(Fit::Kept),
            None => Ok(Fit::New),
        }
    }

    /// The chunk, with what earlier ones may have told of it: the total, or how long the same part
    /// was.
    pub fn complete(&self, chunk: &Chunk) -> Chunk {
        let kept = self.kept(chunk).filter(|_| chunk.parts.is_some());
        Chunk {
            end: kept.map_or(chunk.end, |span| span.end),
            total: chunk.total.or(self.total),
            ..chunk.clone()
        }
    }

    fn kept(&self, chunk: &Chunk) -> Option<&Range<u64>> {
        self.spans.iter().find(|span| span.start == chunk.start)
    }

    /// Whether nothing is missing, as far as anybody told how much there is.
    pub fn is_whole(&self) -> bool {
        match self.parts {
            Some(parts) => usize::try_from(parts).is_ok_and(|parts| self.spans.len() == parts),
            None => self
                .total
                .is_some_and(|total| total == self.first_missing()),
        }
    }

    /// Whether the upload is whole with this chunk, which is kept.
    pub fn ends_with(&self, chunk: &Chunk) -> bool {
        match self.parts {
            Some(_) => self.is_whole(),
            None => self.is_last(chunk),
        }
    }

    /// Which numbered parts are kept.
    pub fn numbers(&self) -> Option<Vec<u32>> {
        self.parts?;
        Some(self.spans.iter().map(|span| number(span.start)).collect())
    }

    /// The numbered parts that are kept from the first on without a gap, and the bytes of each.
    pub fn unbroken(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        let numbered = self.spans.iter().zip(1..).filter(|_| self.parts.is_some());
        numbered
            .take_while(|(span, expected)| number(span.start) == *expected)
            .map(|(span, number)| (number, span.end - span.start))
    }

    /// The first byte that isn't kept.
    pub fn first_missing(&self) -> u64 {
        self.merged()
            .first()
            .filter(|span| span.start == 0)
            .map_or(0, |span| span.end)
    }

    /// How many bytes are kept.
    pub fn bytes(&self) -> u64 {
        self.spans.iter().map(|span| span.end - span.start).sum()
    }

    /// How many bytes the whole file has, as far as anybody told.
    pub fn size(&self) -> u64 {
        if self.parts.is_some() {
            return self.bytes();
        }
        let end = self.spans.last().map_or(0, |span| span.end);
        self.total.unwrap_or(end)
    }

    /// What is kept, with neighbours joined; of numbered parts, what is known to be where.
    pub fn merged(&self) -> Vec<Range<u64>> {
        if self.parts.is_some() {
            let end = self.unbroken().map(|(_, bytes)| bytes).sum();
            return Vec::from_iter((end > 0).then_some(0..end));
        }
        let mut merged: Vec<Range<u64>> = Vec::new();
        for span in &self.spans {
            match merged.last_mut() {
                Some(before) if before.end == span.start => before.end = span.end,
                _ => merged.push(span.clone()),
            }
        }
        merged
    }

    fn is_last(&self, chunk: &Chunk) -> bool {
        self.complete(chunk).is_last()
    }

    /// Adds a chunk unless it overlaps one; tells whether it did.
    fn add(&mut self, chunk: &Chunk) -> bool {
        let at = self.spans.partition_point(|span| span.start < chunk.start);
        let before = at.checked_sub(1).and_then(|before| self.spans.get(before));
        let mut neighbours = before.into_iter().chain(self.spans.get(at));
        let is_other = chunk.parts != self.parts && !self.spans.is_empty();
        if is_other || neighbours.any(|span| chunk.overlaps(span)) {
            return false;
        }
        self.parts = chunk.parts;
        self.spans.insert(at, chunk.span());
        self.total = self.total.or(chunk.total);
        true
    }
}

/// `start end total`, or `part number bytes parts`, and a line break.
fn line(chunk: &Chunk) -> String {
    if let Some((number, parts)) = chunk.numbers() {
        return format!("part {number} {} {parts}\n", chunk.bytes());
    }
    let total = chunk
        .total
        .map_or("*".to_owned(), |total| total.to_string());
    format!("{} {} {total}\n", chunk.start, chunk.end)
}

/// Without the break at its end a line isn't whole.
fn read_line(line: &[u8]) -> Option<Chunk> {
    let text = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    if let Some(text) = text.strip_prefix("part ") {
        let mut words = text.split(' ');
        let number = words.next()?.parse().ok()?;
        let bytes = words.next()?.parse().ok().filter(|bytes| *bytes > 0)?;
        let part = Chunk::part(number, words.next()?.parse().ok()?)?;
        return words.next().is_none().then(|| part.holding(bytes));
    }
    let mut words = text.split(' ');
    let start = words.next()?.parse().ok()?;
    let end = words.next()?.parse().ok()?;
    let total = match words.next()? {
        "*" => None,
        digits => Some(digits.parse().ok()?),
    };
    Chunk::new(start, end, total).filter(|_| words.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(start: u64, end: u64, total: Option<u64>) -> Chunk {
        Chunk::new(start, end, total).expect("a chunk")
    }

    /// A judgement that can be compared.
    fn judged(journal: &Journal, chunk: &Chunk, bytes_min: u64) -> Result<Fit, String> {
        let judged = journal.judge(chunk, bytes_min);
        judged.map_err(|denial| format!("{denial:?}"))
    }

    fn denied<T>(denial: Denial) -> Result<T, String> {
        Err(format!("{denial:?}"))
    }

    #[test]
    fn chunks_are_judged_by_those_that_came() {
        let journal = Journal::parse(b"0 10 *\n20 30 *\n30 40 *\n");
        let table = [
            (chunk(0, 10, None), Ok(Fit::Kept)),
            (chunk(0, 10, Some(50)), Ok(Fit::Kept)),
            (chunk(20, 30, None), Ok(Fit::Kept)),
            (chunk(10, 20, None), Ok(Fit::New)),
            (chunk(10, 20, Some(50)), Ok(Fit::New)),
            (chunk(90, 99, None), Ok(Fit::New)),
            (chunk(10, 14, None), denied(Denial::TooSmall)),
            (chunk(0, 11, None), denied(Denial::Conflict)),
            (chunk(5, 15, None), denied(Denial::Conflict)),
            (chunk(15, 25, None), denied(Denial::Conflict)),
            (chunk(10, 20, Some(39)), denied(Denial::Conflict)),
            (chunk(40, 41, Some(41)), denied(Denial::Gap(10))),
            (chunk(30, 40, Some(40)), denied(Denial::Gap(10))),
        ];
        for (chunk, expected) in table {
            assert_eq!(judged(&journal, &chunk, 5), expected, "{chunk:?}");
        }
        assert_eq!((journal.first_missing(), journal.bytes()), (10, 30));
        assert_eq!(journal.merged(), [0..10, 20..40]);
    }

    #[test]
    fn the_first_chunk_comes_first_and_a_told_total_holds() {
        let empty = Journal::default();
        assert_eq!(
            judged(&empty, &chunk(5, 9, None), 1),
            denied(Denial::Gap(0))
        );
        assert_eq!(
            judged(&empty, &chunk(5, 9, Some(9)), 1),
            denied(Denial::Gap(0))
        );
        assert_eq!(judged(&empty, &chunk(0, 3, Some(3)), 5), Ok(Fit::New));
        let told = Journal::parse(b"0 10 22\n");
        assert_eq!(judged(&told, &chunk(10, 20, None), 5), Ok(Fit::New));
        assert_eq!(
            judged(&told, &chunk(10, 20, Some(23)), 5),
            denied(Denial::Conflict)
        );
        assert_eq!(
            judged(&told, &chunk(20, 30, None), 5),
            denied(Denial::Conflict)
        );
        assert_eq!(
            judged(&told, &chunk(20, 22, None), 5),
            denied(Denial::Gap(10))
        );
        let full = Journal::parse(b"0 10 22\n10 20 *\n");
        assert_eq!(judged(&full, &chunk(20, 22, None), 5), Ok(Fit::New));
        assert!(full.complete(&chunk(20, 22, None)).is_last());
    }

    #[test]
    fn parts_are_judged_by_their_numbers() {
        let part = |number, parts| Chunk::part(number, parts).expect("a part");
        for (number, parts) in [
            (0, 1),
            (2, 1),
            (1, 0),
            (0, 0),
            (1, 10_001),
            (u32::MAX, u32::MAX),
        ] {
            assert_eq!(Chunk::part(number, parts), None, "{number} of {parts}");
        }
        let empty = Journal::default();
        assert_eq!(judged(&empty, &part(1, 3), 0), Ok(Fit::New));
        assert_eq!(judged(&empty, &part(2, 3), 0), denied(Denial::NotBegun));
        let mut journal = Journal::parse(b"part 1 10 4\npart 3 7 4\n");
        let table = [
            (part(1, 4), Ok(Fit::Kept)),
            (part(2, 4), Ok(Fit::New)),
            (part(3, 4), Ok(Fit::Kept)),
            (part(4, 4), Ok(Fit::New)),
            (part(2, 3), denied(Denial::Conflict)),
            (part(3, 5), denied(Denial::Conflict)),
            (chunk(10, 20, None), denied(Denial::Conflict)),
        ];
        for (chunk, expected) in table {
            assert_eq!(judged(&journal, &chunk, 5), expected, "{chunk:?}");
        }
        let ranged = Journal::parse(b"0 10 *\npart 2 7 4\n");
        assert_eq!(judged(&ranged, &part(2, 4), 0), denied(Denial::Conflict));
        assert_eq!((journal.first_missing(), journal.bytes()), (10, 17));
        assert_eq!(journal.numbers(), Some(vec![1, 3]));
        assert_eq!(journal.complete(&part(3, 4)).bytes(), 7);
        for (number, whole, missing) in [(4, false, 10), (2, true, 23)] {
            assert!(journal.add(&part(number, 4).holding(3)));
            assert_eq!(
                (journal.is_whole(), journal.first_missing()),
                (whole, missing)
            );
        }
        assert!(journal.ends_with(&part(1, 4)));
        let longest = part(10_000, 10_000).holding(u64::MAX);
        assert_eq!(read_line(line(&longest).as_bytes()), Some(longest));
    }

    #[test]
    fn half_a_line_and_all_that_follows_it_do_not_count() {
        let whole = b"0 10 *\n10 20 30\n";
        for end in 0..whole.len() {
            let journal = Journal::parse(&whole[..end]);
            assert_eq!(
                journal.bytes(),
                if end < 7 { 0 } else { 10 },
                "cut at {end}"
            );
        }
        let bad_lines = [
            "5 9 *\n",
            "10 10 *\n",
            "x\n",
            "10 20 * 1\n",
            "\0\0\0\0\n",
            "part 2 10 2\n",
            "part 2 0 2\n",
        ];
        for bad in bad_lines {
            let journal = Journal::parse(format!("0 10 *\n{bad}10 20 *\n").as_bytes());
            assert_eq!((journal.bytes(), journal.whole_bytes), (10, 7), "{bad:?}");
        }
    }
}
