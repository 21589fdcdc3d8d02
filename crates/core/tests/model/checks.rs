//! What must be true between any two facts, and when all has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::Event;
use plimsoll_core::batch::Change;
use plimsoll_core::command::Send;
use plimsoll_core::error::Refusal;
use plimsoll_core::item::{ItemView, Status};
use plimsoll_core::options::{Duplicates, PARALLEL_AUTOMATIC, SMALL_BYTES, Verify};
use plimsoll_core::transfer::{REQUESTS_MAX, RESTING_MAX};
use plimsoll_core::units::ItemId;

use super::Model;
use super::page::ASKS_MAX;
use super::tally::Hit;

/// After this long, a server that asked to slow down gets its full load again.
const SLOW_MS: u64 = 200_000;

/// How many items are where.
#[derive(Default)]
struct Census {
    waiting: usize,
    resting: usize,
    preparing: usize,
    sending: BTreeSet<ItemId>,
    paused: u32,
    /// Held, paused or elsewhere: only others can bring news of them.
    still: usize,
    active: u32,
    /// Under review, and none of the active ones.
    reviewing: u32,
    /// Done, failed, cancelled, refused.
    ended: [u32; 4],
    /// Bytes of all but the refused ones, and those of them that rows show to be behind.
    bytes: u128,
    behind: u128,
}

/// How many files may be under way.
struct AtOnce {
    max: u64,
    full: u64,
}

impl Model {
    pub(super) fn check(&mut self) {
        let mut census = Census::default();
        let ids: Vec<ItemId> = self.batch.ids().collect();
        if let Some(order) = self.now.order.take() {
            assert_eq!(ids, order, "moved to another place than was wanted");
        }
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(self.batch.place(*id), Some(at));
            self.check_item(*id, &mut census);
        }
        self.check_sum(&census, ids.len());
        self.check_places(&census);
        self.check_questions(&census);
        self.check_time(&census);
        if let Some(id) = self.now.kept {
            let lost = self.books.is_open(id) && self.now.remembered != Some(id);
            assert!(!lost, "an acknowledged chunk was not remembered");
        }
    }

    fn check_item(&mut self, id: ItemId, census: &mut Census) {
        let Some(item) = self.batch.item(id) else {
            panic!("a listed item can't be read")
        };
        let status = item.status;
        let ended = match status {
            Status::Done => Some(0),
            Status::Failed => Some(1),
            Status::Cancelled => Some(2),
            Status::Refused => Some(3),
            _ => None,
        };
        match ended {
            Some(place) => census.ended[place] += 1,
            None if status == Status::Reviewing => census.reviewing += 1,
            None => census.active += 1,
        }
        check_fields(&item);
        let shown = item.permille;
        if !matches!(status, Status::Refused | Status::Reviewing) {
            let behind = if ended.is_some() {
                1000
            } else {
                shown.unwrap_or(0)
            };
            census.bytes += u128::from(item.size);
            census.behind += u128::from(item.size) * u128::from(behind) / 1000;
        }
        match status {
            Status::Waiting => census.waiting += 1,
            Status::Resting { .. } => census.resting += 1,
            Status::Preparing => census.preparing += 1,
            Status::Paused => {
                census.paused += 1;
                census.still += 1;
            }
            Status::Asking | Status::Elsewhere | Status::Editing => census.still += 1,
            Status::Uploading => {
                census.sending.insert(id);
            }
            _ => {}
        }
        let duplicate = matches!(item.refusal, Some(Refusal::Duplicate { .. }));
        if duplicate || status == Status::Asking {
            let twin = self.twins(id).next().is_some();
            assert!(twin, "taken for a duplicate, and is none");
            if self.twins.insert(id) {
                self.tally
                    .hit(if duplicate { Hit::Skipped } else { Hit::Held });
            }
        }
        if status == Status::Elsewhere {
            self.browser.barred.insert(id);
        }
        let most = if status == Status::Done { 1000 } else { 999 };
        let open = self.books.is_open(id);
        match status {
            // Whether it has begun, only the page knows.
            Status::Preparing => {}
            Status::Asking | Status::Editing | Status::Reviewing => {
                assert!(!open, "begun and held");
            }
            _ => assert_eq!(open, ended.is_none(), "ended and told must be the same"),
        }
        self.check_progress(id, shown, most);
    }

    /// What is shown never falls, and is not done too early.
    fn check_progress(&mut self, id: ItemId, shown: Option<u16>, most: u16) {
        if let Some(life) = self.books.lives.get_mut(&id) {
            let shown = shown.unwrap_or(life.permille);
            let fine = (life.permille..=most).contains(&shown);
            assert!(fine, "progress fell, or is done early");
            life.permille = shown;
        }
    }

    fn check_sum(&self, census: &Census, listed: usize) {
        let summary = self.batch.summary();
        let told = [
            summary.done,
            summary.failed,
            summary.cancelled,
            summary.refused,
        ];
        assert_eq!(told, census.ended);
        assert_eq!(summary.active, census.active);
        assert_eq!(summary.reviewing, census.reviewing);
        assert_eq!(summary.paused, census.paused);
        assert_eq!(summary.total as usize, listed);
        assert_eq!(summary.offline, !self.online);
        assert!(summary.permille <= 1000);
        // One less for what is rounded.
        let rows = census.behind * 1000 / census.bytes.max(1);
        let whole = u128::from(summary.permille) + 1;
        assert!(whole >= rows, "rows show more than the whole");
        let idle = census.active + census.reviewing == 0;
        assert_eq!(self.batch.is_idle(), idle);
    }

    fn check_places(&self, census: &Census) {
        assert!(self.net.flights.len() <= REQUESTS_MAX);
        let on_their_way = self.uploading();
        let at_once = self.at_once();
        assert!(on_their_way.len() as u64 <= at_once.max);
        assert!(census.sending.is_subset(&on_their_way), "sends nothing");
        for id in &on_their_way {
            let status = self.status(*id);
            let sends = matches!(status, Some(Status::Uploading | Status::Processing));
            assert!(sends, "a request of one that does not send");
        }
        // Nobody waits for want of a place that a large file took, or that nobody has.
        let slow = self.books.busy_at;
        let braked = slow.is_some_and(|at| self.told_at.since(at) < SLOW_MS);
        let asking = self.page.open.len() == ASKS_MAX || self.browser.asked.len() >= ASKS_MAX;
        let full = on_their_way.len() as u64 >= at_once.full
            || census.resting + census.preparing >= RESTING_MAX;
        let busy = self.net.flights.len() == REQUESTS_MAX && !self.now.beside;
        let excused = full || busy || braked || asking || !self.online;
        let idle = census.waiting > 0 && !excused;
        assert!(
            !idle,
            "a place is free, and a file waits: {:?}",
            self.rows()
        );
    }

    /// How many files may be under way, and from how many on none has to begin.
    fn at_once(&self) -> AtOnce {
        let named = self.batch.options().max_parallel_uploads;
        if named != PARALLEL_AUTOMATIC {
            let (max, full) = (named, named);
            return AtOnce { max, full };
        }
        let large = |send: &Send| send.size > SMALL_BYTES || send.address.is_some();
        let flights = self.net.flights.iter().map(|flight| &flight.send);
        let large: BTreeSet<_> = flights.filter(|send| large(send)).map(|s| s.item).collect();
        // A large one may come to small ones, and then nobody comes beyond the third.
        let max = if large.len() > 1 { 3 } else { 6 };
        let full = if large.is_empty() { 6 } else { 3 };
        AtOnce { max, full }
    }

    fn check_questions(&self, census: &Census) {
        for ask in self.page.open.values() {
            let status = self.status(ask.item);
            assert_eq!(
                status,
                Some(Status::Preparing),
                "a question nobody waits for"
            );
        }
        let open = self.page.open.len() + self.net.queries.len();
        assert!(open <= census.preparing, "a query nobody waits for");
        for id in self.browser.recalled.keys() {
            assert!(self.books.is_open(*id), "a lock of one that has ended");
        }
    }

    fn check_time(&self, census: &Census) {
        let deadline = self.batch.deadline();
        let past = deadline.is_some_and(|at| at <= self.told_at);
        assert!(!past, "a deadline in the past would spin");
        // Whatever others do or leave undone, it goes on by itself.
        let moving = census.active as usize > census.still;
        let stuck = moving && self.online && deadline.is_none();
        assert!(!stuck, "work is left and nothing will ever happen");
        let unfinished = self.books.starts > self.books.ends && census.active == 0;
        assert!(
            !unfinished || deadline.is_some(),
            "the end would never be told"
        );
    }

    /// A screen takes in all changes; then it must show what is.
    pub fn look(&mut self) {
        let mut updated = BTreeSet::new();
        while let Some(change) = self.batch.poll_change() {
            match change {
                Change::Added(id) | Change::Updated(id) => {
                    assert!(updated.insert(id), "told twice to look at the same");
                    let Some(item) = self.batch.item(id) else {
                        panic!("look at nothing")
                    };
                    let row = (item.status, item.permille);
                    let known = self.seen.rows.insert(id, row).is_some();
                    assert_eq!(known, matches!(change, Change::Updated(_)));
                }
                Change::Removed(id) => drop(self.seen.rows.remove(&id)),
                Change::Moved(_) => {}
                Change::Summary => self.seen.summary = self.batch.summary(),
            }
        }
        assert_eq!(self.seen.rows, self.rows(), "a screen would show the past");
        assert_eq!(self.seen.summary, self.batch.summary());
    }

    pub(super) fn rows(&self) -> BTreeMap<ItemId, (Status, Option<u16>)> {
        let row = |id| {
            let item = self.batch.item(id)?;
            Some((id, (item.status, item.permille)))
        };
        self.batch.ids().filter_map(row).collect()
    }

    /// All that could end has ended; what is left waits for a person or another tab.
    pub fn check_rest(&self) {
        for id in self.batch.ids() {
            let Some(status) = self.status(id) else {
                panic!("a listed item can't be read")
            };
            let still = matches!(
                status,
                Status::Paused
                    | Status::Asking
                    | Status::Elsewhere
                    | Status::Editing
                    | Status::Reviewing
            );
            let ended = matches!(
                status,
                Status::Done | Status::Failed | Status::Cancelled | Status::Refused
            );
            assert!(still || ended, "at rest, and not at an end: {status:?}");
        }
        assert!(self.net.flights.is_empty() && self.page.open.is_empty());
    }

    /// All has come to rest and the person takes everything out.
    pub fn finish(&mut self) {
        self.check_flight();
        assert!(
            self.batch.is_idle(),
            "not all have ended: {:?}",
            self.rows()
        );
        assert_eq!(self.books.starts, self.books.ends);
        self.count_rows();
        for id in self.batch.ids().collect::<Vec<_>>() {
            self.tell(Event::Removed { item: id });
        }
        self.tell(Event::Dropped);
        self.look();
        assert_eq!(self.batch.summary().total, 0);
        assert_eq!(
            self.released.len(),
            self.files.len(),
            "every file is released"
        );
        assert!(self.browser.recalled.is_empty(), "every lock is let go");
    }

    fn count_rows(&mut self) {
        let options = &self.weather.options;
        let checked = options.verify != Verify::Nothing || options.duplicates != Duplicates::Allow;
        let digests = self.browser.digested.values();
        let (made, failed): (Vec<bool>, Vec<bool>) = digests.partition(|made| **made);
        assert!(checked || made.is_empty(), "digests that nobody wants");
        made.iter().for_each(|_| self.tally.hit(Hit::Digested));
        failed.iter().for_each(|_| self.tally.hit(Hit::NotDigested));
    }
}

fn check_fields(item: &ItemView<'_>) {
    let status = item.status;
    let stored = matches!(status, Status::Done) || (status == Status::Processing);
    assert!(item.asset.is_none() || stored, "an asset too early");
    assert!(status != Status::Done || item.asset.is_some());
    assert_eq!(item.refusal.is_some(), status == Status::Refused);
    let faulty = matches!(status, Status::Failed | Status::Resting { .. });
    assert_eq!(item.fault.is_some(), faulty);
}
