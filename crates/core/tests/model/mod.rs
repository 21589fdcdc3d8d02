//! A shell that believes nothing: it carries out what the batch orders, and checks every order and
//! everything shown against the rules. What the world does is `steps`'.

pub mod books;
pub mod browser;
mod checks;
pub mod dice;
mod flight;
mod line;
mod orders;
pub mod page;
pub mod people;
mod review;
pub mod server;
pub mod shrink;
pub mod steps;
pub mod tally;
mod told;
pub mod weather;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::batch::Summary;
use plimsoll_core::command::Send;
use plimsoll_core::describe::Description;
use plimsoll_core::event::{Answer, PickedFile};
use plimsoll_core::item::Status;
use plimsoll_core::trace::Recorder;
use plimsoll_core::units::{AskId, ItemId, Millis, Moment, RequestId};
use plimsoll_core::{Batch, Command, Event};

use crate::script;
use books::Books;
use browser::Browser;
use page::Page;
use server::Server;
use tally::{Hit, Tally};
use weather::Weather;

/// More orders than this for one fact, and there is no end to them.
const ORDERS_MAX: usize = 100_000;

/// Asking about some items may be what others wait for to be asked about; in so many rounds all
/// have been.
const ASKED_MAX: u32 = 200;

pub struct Model {
    pub batch: Batch,
    pub weather: Weather,
    pub clock: Clock,
    pub online: bool,
    /// What was picked in this life of the page, by item.
    pub files: Vec<File>,
    /// What was picked in earlier ones.
    pub shelf: Vec<File>,
    pub net: Net,
    pub server: Server,
    pub page: Page,
    pub browser: Browser,
    pub books: Books,
    pub tally: Tally,
    /// What was told and ordered, where somebody reads it.
    pub trace: Option<Vec<String>>,
    /// What a page's flight recorder would have of this life.
    recorder: Option<Recorder>,
    now: Now,
    /// The latest moment that the batch knows.
    told_at: Millis,
    released: BTreeSet<ItemId>,
    /// What the engine knows to be on the server, by item: it is never sent again.
    acknowledged: BTreeMap<ItemId, Acknowledged>,
    seen: Seen,
    /// What a person wrote about items under review.
    described: BTreeMap<ItemId, Description>,
    /// Items that were taken for duplicates.
    twins: BTreeSet<ItemId>,
    /// Duplicates that a person wants all the same.
    allowed: BTreeSet<ItemId>,
    lives: u64,
}

/// A file on the person's device.
#[derive(Clone, Debug)]
pub struct File {
    pub name: &'static str,
    pub size: u64,
    /// Stands for its bytes.
    pub content: u64,
    /// The server is to fetch it: nobody here has its bytes.
    pub remote: bool,
}

/// What is on the line.
#[derive(Default)]
pub struct Net {
    pub flights: Vec<Flight>,
    pub queries: Vec<(RequestId, String)>,
    /// Given up by the widget, and perhaps still on the way to the server.
    pub ghosts: Vec<(Send, u64)>,
    /// Answers that were told; a network may tell them again.
    pub told: Vec<(RequestId, Answer)>,
    /// The next request's number.
    next: u32,
}

/// A request on its way.
pub struct Flight {
    pub request: RequestId,
    pub send: Send,
    /// The server has it and has said so; nobody has heard it so far.
    pub answer: Option<Answer>,
}

/// What the engine knows to be on the server.
#[derive(Clone, Debug, Default)]
struct Acknowledged {
    upload_id: String,
    /// Ends by starts.
    chunks: BTreeMap<u64, u64>,
}

/// What one fact brings about.
#[derive(Default)]
struct Now {
    /// The item that a person stopped: what is aborted of it is their doing.
    stopped: Option<ItemId>,
    /// … or all of them.
    all_stopped: bool,
    /// The item whose request ended: what is aborted of it follows from that.
    ended: Option<ItemId>,
    /// The item of which the server took a chunk that is to be remembered.
    kept: Option<ItemId>,
    remembered: Option<ItemId>,
    /// Items that were stopped before, and that it does not set free.
    still: BTreeSet<ItemId>,
    /// All items in the order that a person has wanted.
    order: Option<Vec<ItemId>>,
    /// A request went beside another one of the same item.
    beside: bool,
    orders: usize,
}

/// Three clocks: the right time, the page's two.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub at: Millis,
    pub unix_ms: u64,
    pub ahead_ms: i64,
    /// How often the wall clock was set.
    pub jumps: u32,
}

/// What a screen would show that looks only when it is told to.
#[derive(Default)]
struct Seen {
    rows: BTreeMap<ItemId, (Status, Option<u16>)>,
    summary: Summary,
}

impl Clock {
    pub const fn pass(&mut self, ms: u64) {
        self.at = self.at.after(ms);
        self.unix_ms += ms;
    }

    pub const fn moment(self) -> Moment {
        Moment {
            at: self.at,
            unix_ms: self.unix_ms.saturating_add_signed(self.ahead_ms),
        }
    }
}

impl Acknowledged {
    fn covers(&self, start: u64, end: u64) -> bool {
        let mut at = start;
        while at < end {
            match self.chunks.range(..=at).next_back() {
                Some((_, known)) if *known > at => at = *known,
                _ => return false,
            }
        }
        true
    }
}

impl Model {
    pub fn new(weather: Weather, seed: u64) -> Self {
        Self {
            batch: Batch::new(weather.options.clone(), [seed, !seed]),
            clock: Clock {
                at: Millis(seed % 1_000),
                unix_ms: script::UNIX_MS,
                ahead_ms: weather.ahead_ms,
                jumps: 0,
            },
            weather,
            online: true,
            files: Vec::new(),
            shelf: Vec::new(),
            net: Net::default(),
            server: Server::default(),
            page: Page::default(),
            browser: Browser::default(),
            books: Books::default(),
            tally: Tally::default(),
            trace: None,
            recorder: Self::recorder_of(seed),
            now: Now::default(),
            told_at: Millis(0),
            released: BTreeSet::new(),
            acknowledged: BTreeMap::new(),
            seen: Seen::default(),
            described: BTreeMap::new(),
            twins: BTreeSet::new(),
            allowed: BTreeSet::new(),
            lives: seed,
        }
    }

    /// The page is left and opened again: all but what the browser keeps is gone, and what was on
    /// the line may still arrive.
    pub fn reload(&mut self) {
        self.check_flight();
        self.tally.hit(Hit::Reloaded);
        self.lives = dice::mix(self.lives.wrapping_add(1));
        for flight in std::mem::take(&mut self.net.flights) {
            let content = self.content(flight.send.item);
            self.net.ghosts.push((flight.send, content));
        }
        self.shelf.append(&mut self.files);
        let ghosts = std::mem::take(&mut self.net.ghosts);
        self.net = Net {
            ghosts,
            ..Net::default()
        };
        self.page.open.clear();
        self.page.ended.clear();
        self.browser.leave();
        self.books = Books::default();
        self.online = true;
        self.released.clear();
        self.acknowledged.clear();
        self.seen = Seen::default();
        self.described.clear();
        self.twins.clear();
        self.allowed.clear();
        self.clock.at = Millis(self.lives % 1_000);
        self.told_at = Millis(0);
        let seed = [self.lives, !self.lives];
        self.batch = Batch::new(self.weather.options.clone(), seed);
    }

    pub fn content(&self, id: ItemId) -> u64 {
        self.files[id.0 as usize].content
    }

    /// These files are about to be told, under the next ids.
    pub fn picked_file(&mut self, file: File) -> PickedFile {
        let id = ItemId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let (name, size) = (file.name.to_owned(), file.size);
        let address = file.remote.then(|| "https://x.test/a.jpg".to_owned());
        self.files.push(file);
        PickedFile {
            id,
            name,
            size,
            media_type: String::new(),
            address,
        }
    }

    pub fn tell(&mut self, event: Event) {
        let foreign = self.is_foreign(&event);
        // So that what time alone does is not taken for the stale fact's doing.
        if foreign {
            for _ in 0..ASKED_MAX {
                self.tell(Event::Ticked);
                // Who is asked about next may follow from who was asked about.
                if self.now.orders == 0 {
                    break;
                }
            }
            // What it guessed at has just begun.
            if !self.is_foreign(&event) {
                return;
            }
            self.tally.hit(Hit::Foreign);
        }
        let rows = foreign.then(|| self.rows());
        let before = self.batch.summary();
        let work = matches!(
            event,
            Event::Picked { .. }
                | Event::Retried { .. }
                | Event::AllRetried
                | Event::Allowed { .. }
                | Event::Digested { .. }
                | Event::Probed { .. }
                | Event::Edited { .. }
                | Event::Reviewed
        );
        self.note(|model| format!("{} {event:?}", model.clock.at.0));
        self.now = Now::default();
        self.take_note(&event);
        self.handle(event);
        while let Some(command) = self.batch.poll_command() {
            self.now.orders += 1;
            assert!(self.now.orders < ORDERS_MAX, "there is no end to orders");
            self.note(|_| format!("    {command:?}"));
            self.carry_out(command);
        }
        if let Some(rows) = rows {
            assert_eq!(self.now.orders, 0, "a fact about nothing gave orders");
            assert_eq!(rows, self.rows(), "a fact about nothing changed something");
        }
        let after = self.batch.summary();
        assert!(work || after.permille >= before.permille, "the whole fell");
        self.check();
    }

    pub fn note(&mut self, line: impl FnOnce(&Self) -> String) {
        if self.trace.is_some() {
            let line = line(self);
            if let Some(trace) = &mut self.trace {
                trace.push(line);
            }
        }
    }

    pub fn status(&self, id: ItemId) -> Option<Status> {
        self.batch.item(id).map(|item| item.status)
    }

    /// Whether a fact is about nothing that goes on.
    pub fn is_foreign(&self, event: &Event) -> bool {
        match event {
            Event::Answered { request, .. } | Event::Lost { request } => {
                !self.is_on_its_way(*request) && !self.is_asked(*request)
            }
            Event::Unreadable { request } | Event::Sent { request, .. } => {
                !self.is_on_its_way(*request) && !self.is_asked(*request)
            }
            Event::Replied { ask, .. } => !self.page.open.contains_key(ask),
            Event::Recalled { item, .. } => !matches!(
                self.status(*item),
                Some(Status::Preparing | Status::Elsewhere)
            ),
            Event::Digested { item, .. } => !self.browser.digests.contains(item),
            Event::Probed { item, .. } => !self.browser.probes.contains(item),
            Event::Edited { item, .. } => self.status(*item) != Some(Status::Editing),
            _ => false,
        }
    }

    pub fn is_on_its_way(&self, request: RequestId) -> bool {
        let mut flights = self.net.flights.iter();
        flights.any(|flight| flight.request == request)
    }

    fn is_asked(&self, request: RequestId) -> bool {
        self.net.queries.iter().any(|(known, _)| *known == request)
    }

    /// A request reaches the server.
    pub fn arrive(&mut self, at: usize) {
        let content = self.content(self.net.flights[at].send.item);
        let unix_s = self.clock.unix_ms / 1000;
        let flight = &mut self.net.flights[at];
        let answer = self.server.receive(
            &flight.send,
            content,
            &self.weather,
            unix_s,
            &mut self.tally,
        );
        flight.answer = Some(answer);
    }

    /// Something that was given up reaches the server all the same.
    pub fn haunt(&mut self, at: usize) {
        let (send, content) = self.net.ghosts.swap_remove(at);
        let unix_s = self.clock.unix_ms / 1000;
        self.tally.hit(Hit::Ghost);
        self.server
            .receive(&send, content, &self.weather, unix_s, &mut self.tally);
    }

    fn requests_of(&self, id: ItemId) -> impl Iterator<Item = &Send> {
        let sends = self.net.flights.iter().map(|flight| &flight.send);
        sends.filter(move |send| send.item == id)
    }

    /// Items with a request on its way.
    fn uploading(&self) -> BTreeSet<ItemId> {
        let flights = self.net.flights.iter();
        flights.map(|flight| flight.send.item).collect()
    }

    /// Whether anybody still has to answer this.
    pub fn is_open(&self, ask: AskId) -> bool {
        self.page.open.contains_key(&ask)
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Send(send) => self.send(send),
            Command::Query { request, url } => self.query(request, url),
            Command::Abort(request) => self.abort(request),
            Command::Ask(ask) => self.ask(ask),
            Command::Dismiss(ask) => {
                self.tally.hit(Hit::Dismissed);
                assert!(self.page.end(ask).is_some(), "a question ends twice");
            }
            Command::Recall { item, scope } => self.recall(item, scope),
            Command::Remember { item, text, .. } => self.remember(item, text),
            Command::Forget(item) => self.browser.forget(item),
            Command::Yield(item) => self.browser.let_go(item),
            Command::Digest(item) => {
                assert!(!self.released.contains(&item), "a released file is read");
                let remote = self.files[item.0 as usize].remote;
                assert!(!remote, "a file that nobody has is read");
                assert!(self.browser.digests.insert(item), "digested twice at once");
            }
            Command::Probe(item) => {
                assert!(!self.released.contains(&item), "a released file is read");
                assert!(self.browser.probes.insert(item), "probed twice at once");
                assert!(self.browser.probed.insert(item), "probed twice");
            }
            Command::Remake(_) | Command::Vet { .. } => {
                panic!("no option of the weather wants it")
            }
            Command::Release(id) => {
                assert!(self.released.insert(id), "a file was released twice");
                assert_eq!(self.requests_of(id).count(), 0, "still being sent");
                assert!(!self.browser.recalled.contains_key(&id), "still locked");
            }
            Command::Notify(notice) => self.told(notice),
        }
    }
}
