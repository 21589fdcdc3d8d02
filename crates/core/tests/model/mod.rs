//! A shell that believes nothing: it carries out what the batch orders, and checks every order and
//! everything shown against the rules.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::batch::{Change, Summary};
use plimsoll_core::command::Send;
use plimsoll_core::event::PickedFile;
use plimsoll_core::item::Status;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::transfer::{ATTEMPTS_MAX, IN_FLIGHT_MAX};
use plimsoll_core::units::{ItemId, Millis, RequestId};
use plimsoll_core::{Batch, Command, Event, Notice};

pub struct Model {
    pub batch: Batch,
    pub now: Millis,
    /// Ids handed out.
    pub picked: u32,
    pub in_flight: Vec<(RequestId, ItemId)>,
    used: BTreeSet<RequestId>,
    released: BTreeSet<ItemId>,
    lives: BTreeMap<ItemId, Life>,
    starts: u32,
    ends: u32,
    seen: Seen,
}

/// From admission or retry to one closing notice.
#[derive(Default)]
struct Life {
    open: bool,
    attempts: u32,
    upload_id: Option<String>,
    permille: u16,
}

/// What a screen would show that looks only when it is told to.
#[derive(Default)]
struct Seen {
    rows: BTreeMap<ItemId, (Status, Option<u16>)>,
    summary: Summary,
}

impl Model {
    pub fn new(options: Options, seed: u64) -> Self {
        Self {
            batch: Batch::new(options, [seed, !seed]),
            now: Millis(seed % 1_000),
            picked: 0,
            in_flight: Vec::new(),
            used: BTreeSet::new(),
            released: BTreeSet::new(),
            lives: BTreeMap::new(),
            starts: 0,
            ends: 0,
            seen: Seen::default(),
        }
    }

    pub const fn pass(&mut self, ms: u64) {
        self.now = self.now.after(ms);
    }

    /// These files are about to be told.
    pub fn given(&mut self, files: &[PickedFile]) {
        for file in files {
            self.picked = self.picked.max(file.id.0 + 1);
        }
    }

    pub fn tell(&mut self, event: Event) {
        let before = self.batch.summary();
        let foreign = self.is_foreign(&event);
        // So that what time alone does is not taken for the stale fact's doing.
        if foreign {
            self.tell(Event::Ticked);
        }
        let rows = foreign.then(|| self.rows());
        let work = matches!(
            event,
            Event::Picked { .. } | Event::Retried { .. } | Event::AllRetried
        );
        self.ended_by(&event);
        self.batch.handle(self.now, event);
        let mut orders = 0;
        while let Some(command) = self.batch.poll_command() {
            orders += 1;
            self.carry_out(command);
        }
        if let Some(rows) = rows {
            assert_eq!(orders, 0, "a fact about nothing gave orders");
            assert_eq!(rows, self.rows(), "a fact about nothing changed something");
        }
        let after = self.batch.summary();
        assert!(work || after.permille >= before.permille, "the whole fell");
        self.check();
    }

    fn is_foreign(&self, event: &Event) -> bool {
        match event {
            Event::Answered { request, .. }
            | Event::Lost { request }
            | Event::Unreadable { request } => {
                !self.in_flight.iter().any(|(known, _)| known == request)
            }
            _ => false,
        }
    }

    fn ended_by(&mut self, event: &Event) {
        if let Event::Answered { request, .. }
        | Event::Lost { request }
        | Event::Unreadable { request } = event
        {
            self.in_flight.retain(|(known, _)| known != request);
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Send(send) => self.send(send),
            Command::Abort(request) => {
                let known = self
                    .in_flight
                    .iter()
                    .position(|(known, _)| *known == request);
                assert!(
                    known.is_some(),
                    "a request was aborted that is not on its way"
                );
                self.in_flight.retain(|(known, _)| *known != request);
            }
            Command::Release(id) => {
                assert!(self.released.insert(id), "a file was released twice");
                assert!(
                    !self.in_flight.iter().any(|(_, item)| *item == id),
                    "still being sent"
                );
            }
            Command::Notify(notice) => self.told(notice),
        }
    }

    fn send(&mut self, send: Send) {
        let id = send.item;
        assert!(
            self.used.insert(send.request),
            "a request id was used twice"
        );
        assert!(!self.released.contains(&id), "a released file was sent");
        assert!(
            !self.in_flight.iter().any(|(_, item)| *item == id),
            "it is being sent already"
        );
        assert_eq!(self.starts, self.ends + 1, "sent outside of a batch");
        let Some(life) = self.lives.get_mut(&id) else {
            panic!("a file was sent unasked")
        };
        assert!(life.open, "sent after its end");
        life.attempts += 1;
        assert!(life.attempts <= ATTEMPTS_MAX, "tried too often");
        let upload_id = send.headers[0].1.clone();
        let first = life.upload_id.get_or_insert_with(|| upload_id.clone());
        assert_eq!(*first, upload_id, "an attempt under another upload ID");
        self.in_flight.push((send.request, id));
    }

    fn told(&mut self, notice: Notice) {
        match notice {
            Notice::UploadAdded { item, .. } => self.begin(item),
            Notice::QueuesStart => {
                assert_eq!(self.starts, self.ends, "begun twice");
                self.starts += 1;
            }
            Notice::Success { item, .. } | Notice::Failed { item, .. } => self.end(item),
            Notice::Abort { items, .. } => items.into_iter().for_each(|item| self.end(item)),
            Notice::Retry { items, .. } => items.into_iter().for_each(|item| self.begin(item)),
            Notice::QueuesEnd { files } => self.all_ended(&files),
            Notice::MaxExceeded => {}
        }
    }

    fn begin(&mut self, id: ItemId) {
        let life = Life {
            open: true,
            ..Life::default()
        };
        let before = self.lives.insert(id, life);
        assert!(
            before.is_none_or(|before| !before.open),
            "it begins before it has ended"
        );
    }

    fn end(&mut self, id: ItemId) {
        let Some(life) = self.lives.get_mut(&id) else {
            panic!("an end without a beginning")
        };
        assert!(life.open, "a second closing notice");
        life.open = false;
    }

    fn all_ended(&mut self, files: &[(ItemId, Value)]) {
        self.ends += 1;
        assert_eq!(self.starts, self.ends, "an end without a start");
        assert!(self.in_flight.is_empty(), "an end while something is sent");
        assert!(
            self.lives.values().all(|life| !life.open),
            "an end before all have ended"
        );
        assert!(files.is_sorted_by_key(|(id, _)| id));
        for (id, value) in files {
            let done = self
                .batch
                .item(*id)
                .is_some_and(|item| item.status == Status::Done);
            assert_eq!(value.get("uploadInfo").is_some(), done);
        }
    }

    /// What must be true between any two facts.
    fn check(&mut self) {
        assert!(self.in_flight.len() <= IN_FLIGHT_MAX);
        let summary = self.batch.summary();
        let mut uploading = 0;
        let mut counts = [0; 5];
        let ids: Vec<ItemId> = self.batch.ids().collect();
        for id in &ids {
            let Some(item) = self.batch.item(*id) else {
                panic!("a listed item can't be read")
            };
            let place = match item.status {
                Status::Waiting | Status::Resting { .. } => 0,
                Status::Uploading => {
                    uploading += 1;
                    0
                }
                Status::Done => 1,
                Status::Failed => 2,
                Status::Cancelled => 3,
                Status::Refused => 4,
            };
            counts[place] += 1;
            assert_eq!(item.asset.is_some(), place == 1);
            assert_eq!(item.refusal.is_some(), place == 4);
            let faulty = matches!(item.status, Status::Failed | Status::Resting { .. });
            assert_eq!(item.fault.is_some(), faulty);
            if let Some(life) = self.lives.get_mut(id) {
                assert_eq!(life.open, place == 0, "ended and told must be the same");
                let shown = item.permille.unwrap_or(life.permille);
                assert!((life.permille..=1000).contains(&shown), "progress fell");
                life.permille = shown;
            }
        }
        assert_eq!(uploading, self.in_flight.len());
        let told = [
            summary.active,
            summary.done,
            summary.failed,
            summary.cancelled,
            summary.refused,
        ];
        assert_eq!(told, counts);
        assert_eq!(summary.total, counts.iter().sum::<u32>());
        assert!(summary.permille <= 1000);
        self.check_time();
    }

    fn check_time(&self) {
        let deadline = self.batch.deadline();
        assert!(
            deadline.is_none_or(|at| at > self.now),
            "a deadline in the past would spin"
        );
        let stuck = !self.batch.is_idle() && self.in_flight.is_empty() && deadline.is_none();
        assert!(!stuck, "work is left and nothing will ever happen");
        let unfinished = self.starts > self.ends && self.batch.is_idle();
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
                Change::Summary => self.seen.summary = self.batch.summary(),
            }
        }
        assert_eq!(self.seen.rows, self.rows(), "a screen would show the past");
        assert_eq!(self.seen.summary, self.batch.summary());
    }

    fn rows(&self) -> BTreeMap<ItemId, (Status, Option<u16>)> {
        let item = |id| {
            self.batch
                .item(id)
                .map(|item| (id, (item.status, item.permille)))
        };
        self.batch.ids().filter_map(item).collect()
    }

    /// All has come to rest and the person takes everything out.
    pub fn finish(&mut self) {
        assert!(self.batch.is_idle());
        assert_eq!(self.starts, self.ends);
        for id in self.batch.ids().collect::<Vec<_>>() {
            self.tell(Event::Removed { item: id });
        }
        self.look();
        assert_eq!(self.batch.summary().total, 0);
        let all: BTreeSet<ItemId> = (0..self.picked).map(ItemId).collect();
        assert_eq!(self.released, all, "every file is released in the end");
    }
}
