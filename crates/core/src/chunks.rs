//! How a file is cut into chunks, which of them the server has, and which may be sent next. Knows
//! nothing of requests, time or faults.
//!
//! The Upload API wants the first chunk before all others (it decides the public ID) and the last
//! one after them (its answer is the asset); those between may come in any order.

use crate::protocol::range::Range;

/// A file's chunks.
#[derive(Clone, Debug)]
pub(crate) struct Chunks {
    total: u64,
    /// Bytes of every chunk but the last.
    chunk: u64,
    /// What the server has acknowledged, as runs that don't touch each other: what goes on in
    /// parallel leaves few gaps, so there are few runs however many chunks there are.
    held: Vec<Run>,
}

/// Bytes from `start` up to `end`, without it.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u64,
    end: u64,
}

impl Chunks {
    /// A file of `total` bytes; what is larger than `chunk` is cut up.
    pub fn new(total: u64, chunk: u64) -> Self {
        Self {
            total,
            // Nothing can be cut into pieces of nothing.
            chunk: chunk.max(1),
            held: Vec::new(),
        }
    }

    /// A file of which a server has some chunks. Runs that are no whole chunks, and the last chunk,
    /// are left out: its answer is still wanted.
    pub fn restore(total: u64, chunk: u64, held: &[(u64, u64)]) -> Self {
        let mut chunks = Self::new(total, chunk);
        let chunk = chunks.chunk;
        // Where the last chunk begins.
        let last = total.saturating_sub(1) / chunk * chunk;
        for &(start, end) in held {
            let start = start.div_ceil(chunk).saturating_mul(chunk);
            let end = end.min(last) / chunk * chunk;
            if start < end {
                chunks.hold(Range { start, end, total });
            }
        }
        // Nothing goes before the first chunk.
        if chunks.held_from(0) == 0 {
            chunks.forget();
        }
        chunks
    }

    /// The server has nothing from `offset` on.
    pub fn keep_before(&mut self, offset: u64) {
        let held = [(0, self.held_from(0).min(offset))];
        *self = Self::restore(self.total, self.chunk, &held);
    }

    /// What the server has, as starts and ends.
    pub fn held(&self) -> Vec<(u64, u64)> {
        let mut held: Vec<_> = self.held.iter().map(|run| (run.start, run.end)).collect();
        crate::text::sort(&mut held);
        held
    }

    /// Bytes of every chunk but the last.
    pub const fn chunk(&self) -> u64 {
        self.chunk
    }

    /// Whether the file takes more than one request.
    pub const fn are_many(&self) -> bool {
        self.total > self.chunk
    }

    /// The chunk to send when none is on its way: the first that the server does not have.
    pub fn next(&self) -> Range {
        self.at(self.held_from(0))
    }

    /// A chunk to send beside those on their way, if there is one that may go.
    pub fn beside(&self, under_way: impl Iterator<Item = Range> + Clone) -> Option<Range> {
        // The first chunk goes alone.
        let mut start = self.held_from(0);
        if start == 0 {
            return None;
        }
        while let Some(range) = under_way.clone().find(|range| range.start == start) {
            start = self.held_from(range.end);
        }
        let next = self.at(start);
        // The last chunk, too, and nothing comes after it.
        (start < self.total && !next.is_last()).then_some(next)
    }

    /// The server has it.
    pub fn hold(&mut self, range: Range) {
        let Range { start, end, .. } = range;
        let mut grown = Run { start, end };
        // Runs that it touches become one with it.
        self.held.retain(|run| {
            let apart = run.end < grown.start || grown.end < run.start;
            if !apart {
                grown.start = grown.start.min(run.start);
                grown.end = grown.end.max(run.end);
            }
            apart
        });
        self.held.push(grown);
    }

    /// Bytes that the server has.
    pub fn held_bytes(&self) -> u64 {
        self.held.iter().map(|run| run.end - run.start).sum()
    }

    fn forget(&mut self) {
        self.held.clear();
    }

    /// Where what is held from `start` on ends; `start` itself where nothing is.
    fn held_from(&self, start: u64) -> u64 {
        let mut held = self.held.iter();
        held.find(|run| run.start <= start && start < run.end)
            .map_or(start, |run| run.end)
    }

    fn at(&self, start: u64) -> Range {
        let total = self.total;
        let end = start.saturating_add(self.chunk).min(total);
        Range { start, end, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;
    const FLOOR: u64 = 5 * MIB;

    /// Sends with up to `parallel` on their way, answers the one that `pick` says, and gives all
    /// ranges in the order in which they were sent.
    fn send_all(
        total: u64,
        chunk: u64,
        parallel: usize,
        pick: &mut dyn FnMut(usize) -> usize,
    ) -> Vec<Range> {
        let mut chunks = Chunks::new(total, chunk);
        let mut sent: Vec<Range> = Vec::new();
        let mut under_way = vec![chunks.next()];
        loop {
            while under_way.len() < parallel
                && let Some(range) = chunks.beside(under_way.iter().copied())
            {
                under_way.push(range);
            }
            for range in &under_way {
                if !sent.contains(range) {
                    sent.push(*range);
                }
            }
            let alone = under_way.len() == 1;
            let answered = under_way.swap_remove(pick(under_way.len()));
            let others = total - answered.bytes();
            if answered.is_last() {
                assert!(alone, "the last goes alone");
                assert_eq!(chunks.held_bytes(), others, "and after all others");
                return sent;
            }
            if answered.start == 0 {
                assert!(alone, "the first goes alone");
            }
            chunks.hold(answered);
            assert!(chunks.held.len() <= parallel, "runs that touch are one");
            if under_way.is_empty() {
                under_way.push(chunks.next());
            }
        }
    }

    /// The obvious way to cut a file.
    fn cut(total: u64, chunk: u64) -> Vec<(u64, u64)> {
        let mut parts = Vec::new();
        let mut start = 0;
        while start < total || parts.is_empty() {
            let end = total.min(start + chunk);
            parts.push((start, end));
            start = end;
        }
        parts
    }

    fn check(total: u64, chunk: u64, parallel: usize, pick: &mut dyn FnMut(usize) -> usize) {
        let sent = send_all(total, chunk, parallel, pick);
        let mut parts: Vec<_> = sent.iter().map(|range| (range.start, range.end)).collect();
        parts.sort_unstable();
        assert_eq!(parts, cut(total, chunk), "{total} by {chunk}");
        assert!(sent.iter().all(|range| range.total == total));
        assert!(sent[0].start == 0 && sent[sent.len() - 1].is_last());
        if parallel == 1 {
            assert!(sent.is_sorted_by_key(|range| range.start), "strict order");
        }
        let full = |range: &Range| range.is_last() || range.bytes() == chunk;
        assert!(sent.iter().all(full), "only the last may be smaller");
        assert!(total == 0 || sent.iter().all(|range| range.bytes() > 0));
    }

    #[test]
    fn every_small_file_is_cut_as_by_hand_whatever_answers_first() {
        for total in 0..=40 {
            for chunk in 1..=12 {
                for parallel in 1..=6 {
                    check(total, chunk, parallel, &mut |_| 0);
                    check(total, chunk, parallel, &mut |open| open - 1);
                    check(total, chunk, parallel, &mut |open| open / 2);
                }
            }
        }
    }

    #[test]
    fn every_order_of_answers_sends_every_chunk_once() {
        // All ways to pick among up to four open requests, seven times over.
        for order in 0..4_usize.pow(7) {
            let mut left = order;
            let mut pick = |open: usize| {
                let at = left % 4;
                left /= 4;
                at.min(open - 1)
            };
            check(33, 4, 4, &mut pick);
        }
    }

    #[test]
    fn sizes_at_all_edges_are_cut_exactly() {
        let mut sizes = vec![0, 1, 10_000_000_000];
        let edges = [FLOOR, 20_000_000, 1 << 31, 1 << 32, 7 * FLOOR, 60_000_000];
        for edge in edges {
            sizes.extend([edge - 1, edge, edge + 1]);
        }
        for chunk in [FLOOR, 20_000_000, 1 << 31, 1 << 32, u64::MAX] {
            for &size in &sizes {
                for parallel in [1, 3] {
                    if size / chunk < 2_000 {
                        check_large(size, chunk, parallel);
                    }
                }
            }
        }
    }

    /// As `check`, in sums instead of lists.
    fn check_large(total: u64, chunk: u64, parallel: usize) {
        let mut chunks = Chunks::new(total, chunk);
        let mut under_way = vec![chunks.next()];
        let (mut bytes, mut count) = (0, 0);
        loop {
            while under_way.len() < parallel
                && let Some(range) = chunks.beside(under_way.iter().copied())
            {
                under_way.push(range);
            }
            let range = under_way.remove(0);
            assert_eq!(range.start, bytes, "in order, without a gap");
            bytes += range.bytes();
            count += 1;
            if range.is_last() {
                break;
            }
            assert_eq!(range.bytes(), chunk);
            chunks.hold(range);
            if under_way.is_empty() {
                under_way.push(chunks.next());
            }
        }
        assert!(under_way.is_empty());
        assert_eq!(bytes, total);
        assert_eq!(count, total.div_ceil(chunk).max(1), "{total} by {chunk}");
    }

    #[test]
    fn sizes_that_no_disk_has_do_not_overflow() {
        let mut chunks = Chunks::new(u64::MAX, u64::MAX - 1);
        assert_eq!(chunks.next().end, u64::MAX - 1);
        chunks.hold(chunks.next());
        assert_eq!(chunks.next().bytes(), 1);
        assert!(chunks.next().is_last());
        assert!(Chunks::new(9, u64::MAX).next().is_whole());
    }

    #[test]
    fn what_a_server_has_is_restored_in_whole_chunks_and_the_last_is_wanted_again() {
        let restored = |held: &[_]| Chunks::restore(45, 10, held).held();
        assert_eq!(restored(&[(0, 20), (30, 40)]), [(0, 20), (30, 40)]);
        assert_eq!(restored(&[(0, 45)]), [(0, 40)], "the last");
        assert_eq!(restored(&[(0, 25), (31, 40)]), [(0, 20)], "whole ones only");
        assert_eq!(restored(&[(10, 30)]), [], "without the first");
        assert_eq!(restored(&[(0, u64::MAX)]), [(0, 40)]);
        assert_eq!(Chunks::restore(40, 10, &[(0, 40)]).held(), [(0, 30)]);
        assert_eq!(Chunks::restore(0, 10, &[(0, 0)]).held(), []);
        let mut chunks = Chunks::restore(45, 10, &[(0, 20), (30, 40)]);
        chunks.keep_before(19);
        assert_eq!(chunks.held(), [(0, 10)]);
        chunks.keep_before(0);
        assert_eq!(chunks.held_bytes(), 0);
    }

    #[test]
    fn what_is_held_is_not_sent_again_and_gaps_come_first() {
        let mut chunks = Chunks::new(50, 10);
        let none = std::iter::empty();
        chunks.hold(chunks.next());
        let gap = chunks.next();
        let later = chunks.beside([gap].into_iter()).unwrap();
        assert_eq!((gap.start, later.start), (10, 20));
        chunks.hold(later);
        assert_eq!(chunks.held_bytes(), 20);
        assert_eq!(chunks.next(), gap);
        let beside = chunks.beside([gap].into_iter()).unwrap();
        assert_eq!(beside.start, 30);
        assert_eq!(
            chunks.beside([gap, beside].into_iter()),
            None,
            "the last waits"
        );
        chunks.hold(beside);
        chunks.hold(gap);
        assert_eq!(chunks.beside(none.clone()), None);
        assert!(chunks.next().is_last());
        chunks.forget();
        assert_eq!(chunks.next().start, 0);
        assert_eq!(chunks.beside(none), None);
    }
}
