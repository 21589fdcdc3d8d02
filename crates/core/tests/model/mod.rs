//! A shell that believes nothing: it carries out what the batch orders, and checks every order and
//! everything shown against the rules.

mod server;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::batch::{Change, Summary};
use plimsoll_core::command::Send;
use plimsoll_core::event::{Answer, PickedFile};
use plimsoll_core::item::Status;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::transfer::{FAILURES_MAX, REQUESTS_MAX, RESTING_MAX};
use plimsoll_core::units::{ItemId, Millis, RequestId};
use plimsoll_core::{Batch, Command, Event, Notice};

use crate::script;
use server::{Acknowledged, Server, upload_id};

pub struct Model {
    pub batch: Batch,
    pub now: Millis,
    /// Ids handed out.
    pub picked: u32,
    pub in_flight: Vec<Flight>,
    /// Answers that were told; a network may tell them again.
    pub told: Vec<(RequestId, Answer)>,
    server: Server,
    acknowledged: Acknowledged,
    /// Given up by the widget, and perhaps still on the way to the server.
    ghosts: Vec<Send>,
    /// A request went beside another one of the same item, since the last fact.
    beside: bool,
    used: BTreeSet<RequestId>,
    released: BTreeSet<ItemId>,
    lives: BTreeMap<ItemId, Life>,
    starts: u32,
    ends: u32,
    seen: Seen,
}

/// A request on its way.
pub struct Flight {
    pub request: RequestId,
    send: Send,
    /// The server has it and has said so; nobody has heard it so far.
    pub answer: Option<Answer>,
}

/// From admission or retry to one closing notice.
#[derive(Default)]
struct Life {
    open: bool,
    /// Requests since it began or the server last took a chunk.
    attempts: u64,
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
            told: Vec::new(),
            server: Server::default(),
            acknowledged: Acknowledged::default(),
            ghosts: Vec::new(),
            beside: false,
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
            // The request that it guessed at has just begun.
            if !self.is_foreign(&event) {
                return;
            }
        }
        let rows = foreign.then(|| self.rows());
        let work = matches!(
            event,
            Event::Picked { .. } | Event::Retried { .. } | Event::AllRetried
        );
        self.ended_by(&event);
        self.beside = false;
        self.batch.handle(script::moment(self.now), event);
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
            | Event::Unreadable { request } => !self.is_on_its_way(*request),
            _ => false,
        }
    }

    pub fn is_on_its_way(&self, request: RequestId) -> bool {
        self.in_flight
            .iter()
            .any(|flight| flight.request == request)
    }

    /// A request reaches the server.
    pub fn arrive(&mut self, at: usize) {
        let chunk = self.batch.options().max_chunk_size;
        let flight = &mut self.in_flight[at];
        flight.answer = Some(self.server.receive(&flight.send, chunk));
    }

    /// Something that was given up reaches the server all the same.
    pub fn haunt(&mut self, at: usize) {
        let chunk = self.batch.options().max_chunk_size;
        let send = self.ghosts.swap_remove(at);
        self.server.receive(&send, chunk);
    }

    pub const fn ghosts(&self) -> usize {
        self.ghosts.len()
    }

    fn ended_by(&mut self, event: &Event) {
        let (Event::Answered { request, .. }
        | Event::Lost { request }
        | Event::Unreadable { request }) = event
        else {
            return;
        };
        let Some(flight) = self.land(*request) else {
            return;
        };
        let Event::Answered { answer, .. } = event else {
            return;
        };
        self.told.push((*request, answer.clone()));
        let real = flight.answer.as_ref() == Some(answer);
        if real && flight.send.range.is_some_and(|range| !range.is_last()) {
            self.acknowledged.add(&flight.send);
            let others = self.requests_of(flight.send.item).count() as u64;
            if let Some(life) = self.lives.get_mut(&flight.send.item) {
                life.attempts = others;
            }
        }
    }

    fn land(&mut self, request: RequestId) -> Option<Flight> {
        let mut known = self.in_flight.iter();
        let at = known.position(|flight| flight.request == request)?;
        Some(self.in_flight.remove(at))
    }

    fn requests_of(&self, id: ItemId) -> impl Iterator<Item = &Send> {
        let sends = self.in_flight.iter().map(|flight| &flight.send);
        sends.filter(move |send| send.item == id)
    }

    /// Items with a request on its way.
    fn uploading(&self) -> BTreeSet<ItemId> {
        self.in_flight
            .iter()
            .map(|flight| flight.send.item)
            .collect()
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Send(send) => self.send(send),
            Command::Abort(request) => {
                let Some(flight) = self.land(request) else {
                    panic!("a request was aborted that is not on its way")
                };
                self.ghosts.push(flight.send);
            }
            Command::Release(id) => {
                assert!(self.released.insert(id), "a file was released twice");
                assert_eq!(self.requests_of(id).count(), 0, "still being sent");
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
        assert!(!self.acknowledged.has(&send), "the server has it already");
        self.check_place(&send);
        assert_eq!(self.starts, self.ends + 1, "sent outside of a batch");
        let Some(life) = self.lives.get_mut(&id) else {
            panic!("a file was sent unasked")
        };
        assert!(life.open, "sent after its end");
        life.attempts += 1;
        let parallel = match send.range {
            Some(_) => self.batch.options().max_parallel_chunks,
            None => 1,
        };
        let most = u64::from(FAILURES_MAX) * parallel;
        assert!(life.attempts <= most, "tried too often");
        let upload_id = upload_id(&send);
        let first = life.upload_id.get_or_insert_with(|| upload_id.to_owned());
        assert_eq!(first, upload_id, "an attempt under another upload ID");
        self.in_flight.push(Flight {
            request: send.request,
            send,
            answer: None,
        });
    }

    /// Beside other requests of the same file only chunks from its middle may go.
    fn check_place(&mut self, send: &Send) {
        let middle = |send: &Send| {
            send.range
                .is_some_and(|range| range.start > 0 && !range.is_last())
        };
        let mut others = 0;
        for other in self.requests_of(send.item) {
            others += 1;
            assert!(middle(other) && middle(send), "it must go alone");
            assert_ne!(other.range, send.range, "it is being sent already");
        }
        assert!(others < self.batch.options().max_parallel_chunks);
        self.beside |= others > 0;
    }

    fn told(&mut self, notice: Notice) {
        match notice {
            Notice::UploadAdded { item, .. } => self.begin(item),
            Notice::QueuesStart => {
                assert_eq!(self.starts, self.ends, "begun twice");
                self.starts += 1;
            }
            Notice::Success { item, .. } => {
                self.check_stored(item);
                self.end(item);
            }
            Notice::Failed { item, .. } => self.end(item),
            Notice::Abort { items, .. } => items.into_iter().for_each(|item| self.end(item)),
            Notice::Retry { items, .. } => items.into_iter().for_each(|item| self.begin(item)),
            Notice::QueuesEnd { files } => self.all_ended(&files),
            Notice::MaxExceeded => {}
        }
    }

    /// What is told to be stored is there, byte for byte.
    fn check_stored(&self, id: ItemId) {
        let size = self.batch.item(id).map_or(0, |item| item.size);
        let life = self.lives.get(&id);
        let upload_id = life.and_then(|life| life.upload_id.as_deref());
        let stored = upload_id.is_some_and(|upload_id| self.server.has(upload_id, size));
        assert!(stored, "a success without all bytes");
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
        assert!(self.in_flight.len() <= REQUESTS_MAX);
        let on_their_way = self.uploading();
        let at_once = self.batch.options().max_parallel_uploads;
        assert!(on_their_way.len() as u64 <= at_once);
        let summary = self.batch.summary();
        let (mut uploading, mut waiting, mut resting) = (0, 0, 0);
        let mut counts = [0; 5];
        let ids: Vec<ItemId> = self.batch.ids().collect();
        for id in &ids {
            let Some(item) = self.batch.item(*id) else {
                panic!("a listed item can't be read")
            };
            let place = match item.status {
                Status::Waiting => {
                    waiting += 1;
                    0
                }
                Status::Resting { .. } => {
                    resting += 1;
                    0
                }
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
                let most = if place == 1 { 1000 } else { 999 };
                assert!(
                    (life.permille..=most).contains(&shown),
                    "progress fell, or is done early"
                );
                life.permille = shown;
            }
        }
        assert_eq!(uploading, on_their_way.len());
        // Nobody waits for want of a place that a large file took, or that nobody has.
        let full = uploading as u64 == at_once || resting >= RESTING_MAX;
        let busy = self.in_flight.len() == REQUESTS_MAX && !self.beside;
        assert!(
            waiting == 0 || full || busy,
            "a place is free, and a file waits"
        );
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
