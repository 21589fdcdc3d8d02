//! Writes down what the batch is told, and what it tells the page.

use plimsoll_core::error::{Fault, FaultKind};
use plimsoll_core::event::{Answer, Body, Recall};
use plimsoll_core::item::Status;
use plimsoll_core::options::{Duplicates, Verify};
use plimsoll_core::protocol::range::Range;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{ItemId, RequestId};
use plimsoll_core::{Event, Notice};

use super::books::Debt;
use super::orders::read_memory;
use super::tally::Hit;
use super::{Acknowledged, Flight, Model};

/// Files up to this size are compared with what is stored without being asked to.
const CHEAP_BYTES: u64 = 4 * 1024 * 1024;

/// No server is left alone for longer.
const RETRY_AFTER_MAX_MS: u64 = 120_000;

/// What an answer means.
enum Reading {
    Taken,
    Busy,
    Failing,
    Junk,
    Refused,
    Hopeless,
}

impl Model {
    /// Writes a fact down before the batch hears of it.
    pub(super) fn take_note(&mut self, event: &Event) {
        let due = self.batch.deadline();
        let at = self.told_at.max(self.clock.moment().at);
        self.books.pass(self.told_at, at, due, self.online);
        self.told_at = at;
        self.now.still = self.still().collect();
        match event {
            Event::Answered { request, answer } => self.heard(*request, answer),
            Event::Lost { request } => self.lost(*request, Some(Debt::Line)),
            Event::Unreadable { request } => self.lost(*request, None),
            Event::Cancelled { item }
            | Event::Removed { item }
            | Event::SetAside { item }
            | Event::Paused { item } => {
                self.now.stopped = Some(*item);
            }
            Event::AllCancelled | Event::AllPaused => self.now.all_stopped = true,
            Event::Resumed { item } => self.let_go_on(*item),
            Event::AllResumed => {
                let paused: Vec<ItemId> = self.now.still.iter().copied().collect();
                paused.into_iter().for_each(|id| self.let_go_on(id));
            }
            Event::Allowed { item } => {
                if self.status(*item) == Some(Status::Asking) {
                    self.now.still.remove(item);
                    self.allowed.insert(*item);
                }
            }
            Event::WentOffline => self.online = false,
            Event::WentOnline => self.online = true,
            Event::Replied { ask, .. } => {
                self.page.end(*ask);
            }
            Event::Recalled { item, recall } => self.recalled(*item, recall),
            Event::Digested { item, md5 } => {
                if self.browser.digests.remove(item) {
                    self.browser.digested.insert(*item, md5.is_some());
                }
            }
            Event::Probed { item, .. } => drop(self.browser.probes.remove(item)),
            Event::Edited { item, .. } => {
                if self.status(*item) == Some(Status::Editing) {
                    self.now.still.remove(item);
                }
            }
            Event::EditLeft { .. }
            | Event::Moved { .. }
            | Event::Described { .. }
            | Event::Reviewed => self.take_note_of_review(event),
            Event::EditWanted { .. }
            | Event::Picked { .. }
            | Event::Remade { .. }
            | Event::Sent { .. }
            | Event::Retried { .. }
            | Event::AllRetried
            | Event::Restored
            | Event::Dropped
            | Event::Preferred { .. }
            | Event::Updated { .. }
            | Event::PublicIdEdited { .. }
            | Event::TagsEdited { .. }
            | Event::PresetChosen { .. }
            | Event::Vetted { .. }
            | Event::Ticked => {}
        }
    }

    fn let_go_on(&mut self, id: ItemId) {
        if self.status(id) == Some(Status::Paused) {
            self.now.still.remove(&id);
            self.books.resumed(id);
        }
    }

    fn lost(&mut self, request: RequestId, debt: Option<Debt>) {
        self.net.queries.retain(|(known, _)| *known != request);
        let Some(flight) = self.land(request) else {
            return;
        };
        let id = flight.send.item;
        self.now.ended = Some(id);
        if let Some(debt) = debt {
            let next = self.net.next;
            self.books.stumbled(id, request.0, next, debt, self.online);
        }
    }

    fn heard(&mut self, request: RequestId, answer: &Answer) {
        let mut queries = self.net.queries.iter();
        if let Some(at) = queries.position(|(known, _)| *known == request) {
            let (_, url) = self.net.queries.swap_remove(at);
            return self.queried(&url, answer);
        }
        let Some(flight) = self.land(request) else {
            return;
        };
        self.net.told.push((request, answer.clone()));
        let id = flight.send.item;
        let stumbled = |model: &mut Self, debt| {
            let next = model.net.next;
            model.now.ended = Some(id);
            model
                .books
                .stumbled(id, request.0, next, debt, model.online);
        };
        match read(answer, &flight, self.weather.options.verify) {
            Reading::Taken => self.took(&flight),
            Reading::Busy => {
                stumbled(self, Debt::Answer);
                self.tally.hit(Hit::Busy);
                self.books.busy_at = Some(self.told_at);
                let hold = self.hold(answer);
                self.books.hold = self.books.hold.max(hold);
            }
            Reading::Failing => {
                stumbled(self, Debt::Answer);
                self.tally.hit(Hit::Failing);
                let hold = self.hold(answer);
                if let Some(life) = self.books.lives.get_mut(&id) {
                    life.hold = life.hold.max(hold);
                }
            }
            Reading::Junk => {
                self.tally.hit(Hit::Junk);
                stumbled(self, Debt::Unreadable);
            }
            Reading::Refused => self.refused(&flight, answer),
            Reading::Hopeless => self.now.ended = Some(id),
        }
    }

    fn took(&mut self, flight: &Flight) {
        let id = flight.send.item;
        self.books.took(id);
        let range = flight.send.range.filter(|range| !range.is_last());
        if let Some(Range { start, end, .. }) = range {
            let known = self.acknowledged.entry(id).or_default();
            known.chunks.insert(start, end);
            self.now.kept = self.browser.recalled.contains_key(&id).then_some(id);
        }
    }

    /// Until when a server wants to be left alone, as far as a bystander can know.
    fn hold(&mut self, answer: &Answer) -> Option<plimsoll_core::units::Millis> {
        let text = answer.header("retry-after")?;
        let ms = match text.parse::<u64>() {
            Ok(seconds) => seconds.saturating_mul(1_000).min(RETRY_AFTER_MAX_MS),
            // A date means something only by a right clock.
            Err(_) if self.clock.ahead_ms == 0 && self.clock.jumps == 0 => {
                let at = plimsoll_core::protocol::http_date::parse(text)?;
                self.tally.hit(Hit::RetryAfterDate);
                at.saturating_mul(1000).saturating_sub(self.clock.unix_ms)
            }
            Err(_) => return None,
        };
        let busy = matches!(answer.status, 420 | 429);
        self.tally.hit(if busy {
            Hit::RetryAfter
        } else {
            Hit::RetryAfterOne
        });
        Some(self.told_at.after(ms.min(RETRY_AFTER_MAX_MS)))
    }

    fn refused(&mut self, flight: &Flight, answer: &Answer) {
        let id = flight.send.item;
        self.now.ended = Some(id);
        let words = words(answer);
        let signature = words.starts_with("Invalid Signature") || words.starts_with("Stale");
        let Some(life) = self.books.lives.get_mut(&id) else {
            return;
        };
        life.debt = Some(Debt::Answer);
        if signature && matches!(answer.status, 400 | 401) {
            return;
        }
        // It may go on from another place, or as another upload.
        life.upload_id = None;
        let offset = answer.header("x-upload-offset");
        if let Some(offset) = offset.and_then(|text| text.parse::<u64>().ok()) {
            let known = self.acknowledged.entry(id).or_default();
            let mut end = 0;
            while let Some(next) = known.chunks.get(&end) {
                end = *next;
            }
            // Only what is there from the start on, up to there.
            known.chunks.clear();
            if offset.min(end) > 0 {
                known.chunks.insert(0, offset.min(end));
            }
        }
    }

    fn queried(&mut self, url: &str, answer: &Answer) {
        let items: Vec<ItemId> = self
            .acknowledged
            .iter()
            .filter(|(_, known)| !known.upload_id.is_empty() && url.contains(&known.upload_id))
            .map(|(id, _)| *id)
            .collect();
        for id in items {
            if self.status(id) != Some(Status::Preparing) {
                continue;
            }
            let life = self.books.lives.get_mut(&id);
            match (&answer.body, answer.status) {
                (Body::Json(info), 200) => {
                    let size = self.files[id.0 as usize].size;
                    let known = self.acknowledged.entry(id).or_default();
                    known.chunks = ranges(info, size);
                }
                (_, 404) => {
                    if let Some(life) = life {
                        life.upload_id = None;
                    }
                }
                _ => {}
            }
        }
    }

    fn recalled(&mut self, id: ItemId, recall: &Recall) {
        let asked = self.page.open.values().any(|ask| ask.item == id);
        let listens = match self.status(id) {
            Some(Status::Elsewhere) => true,
            Some(Status::Preparing) => self.books.is_open(id) && !asked,
            _ => false,
        };
        if !listens {
            return;
        }
        if *recall != Recall::Elsewhere {
            self.now.still.remove(&id);
            self.browser.barred.remove(&id);
        }
        let Recall::Found(text) = recall else {
            return;
        };
        let (upload_id, runs) = read_memory(text);
        if upload_id.len() != 32 {
            return;
        }
        if let Some(life) = self.books.lives.get_mut(&id) {
            life.upload_id = (!runs.is_empty()).then(|| upload_id.clone());
        }
        if !runs.is_empty() {
            self.tally.hit(Hit::WentOn);
        }
        let chunks = runs.into_iter().collect();
        let known = Acknowledged { upload_id, chunks };
        self.acknowledged.insert(id, known);
    }

    pub(super) fn told(&mut self, notice: Notice) {
        match notice {
            Notice::UploadAdded { item, .. } => {
                self.books.begin(item);
                self.check_unique(item);
            }
            Notice::QueuesStart => {
                assert_eq!(self.books.starts, self.books.ends, "begun twice");
                self.books.starts += 1;
            }
            Notice::Success { item, .. } => {
                self.check_stored(item);
                self.books.end(item);
                self.tally.hit(Hit::Succeeded);
            }
            Notice::Failed { item, fault } => self.failed(item, &fault),
            Notice::Refused { item, .. } => {
                let status = self.batch.item(item).map(|item| item.status);
                assert!(matches!(status, None | Some(Status::Refused)), "{status:?}");
            }
            Notice::Abort { items, .. } => items.into_iter().for_each(|item| {
                self.books.end(item);
            }),
            Notice::Retry { items, .. } => {
                for item in items {
                    self.books.begin(item);
                }
            }
            Notice::QueuesEnd { files } => self.all_ended(&files),
            Notice::MaxExceeded
            | Notice::InvalidPublicId
            | Notice::CancelledByPage
            | Notice::PublicIdEdited { .. }
            | Notice::TagsEdited { .. } => {}
        }
    }

    /// A clean error, and not before there was reason enough.
    fn failed(&mut self, id: ItemId, fault: &Fault) {
        let life = self.books.end(id);
        let lasting = match fault.kind {
            FaultKind::NetworkLost | FaultKind::NetworkTimeout | FaultKind::ServerBusy => true,
            FaultKind::ServerFailed => matches!(fault.status, 408 | 500 | 502 | 503 | 504),
            FaultKind::AnswerUnreadable => (200..300).contains(&fault.status),
            _ => false,
        };
        assert!(!lasting || life.spent, "given up too early: {fault:?}");
        assert!(
            fault.message().ends_with(['.', '!', '"']),
            "{}",
            fault.message()
        );
        self.tally.hit(match fault.kind {
            FaultKind::AnswerMismatch => Hit::Mismatch,
            _ if lasting => Hit::GaveUp,
            _ => Hit::Failed,
        });
    }

    /// What is told to be stored is there, byte for byte, where that can be known.
    fn check_stored(&mut self, id: ItemId) {
        let file = &self.files[id.0 as usize];
        let life = self.books.lives.get(&id);
        let upload_id = life.and_then(|life| life.upload_id.as_deref());
        let upload_id = upload_id.unwrap_or_default();
        if self.server.has(upload_id, file.size, file.content) {
            return;
        }
        assert!(
            self.server.is_finished(upload_id),
            "a success without an upload"
        );
        let verify = self.weather.options.verify;
        let short = !self.server.has_size(upload_id, file.size);
        let digested = self.browser.digested.get(&id) == Some(&true);
        let knows = match verify {
            // Nobody here has the bytes of what its server fetches.
            _ if file.remote => false,
            Verify::Nothing => false,
            Verify::Hash => short || self.weather.etags,
            Verify::Size => {
                let cheap = self.weather.etags && file.size <= CHEAP_BYTES;
                short || (cheap && digested)
            }
        };
        assert!(!knows, "a success without all bytes");
        self.tally.hit(Hit::Unchecked);
    }

    /// A duplicate that is known to be one is not taken unasked.
    fn check_unique(&self, id: ItemId) {
        // Of one whose head was read in between, or that was under review, that was decided
        // before; more is known by now.
        let wanted = self.allowed.contains(&id)
            || self.browser.probed.contains(&id)
            || self.weather.options.flow.reviews();
        if self.weather.options.duplicates == Duplicates::Allow || wanted {
            return;
        }
        let knows = |id: &ItemId| self.browser.digested.get(id) == Some(&true);
        let rival = self.twins(id).find(|other| {
            let status = self.status(*other);
            let out = matches!(
                status,
                None | Some(Status::Refused | Status::Cancelled | Status::Asking)
            );
            knows(other) && !out
        });
        let slipped = knows(&id) && rival.is_some();
        assert!(!slipped, "the same file twice, and nobody was asked");
    }

    /// Items picked before that have the same content.
    pub(super) fn twins(&self, id: ItemId) -> impl Iterator<Item = ItemId> {
        let file = &self.files[id.0 as usize];
        let same = move |other: &ItemId| {
            let other = &self.files[other.0 as usize];
            other.content == file.content && other.size == file.size
        };
        (0..id.0).map(ItemId).filter(same)
    }

    fn all_ended(&mut self, files: &[(ItemId, Value)]) {
        let books = &mut self.books;
        books.ends += 1;
        assert_eq!(books.starts, books.ends, "an end without a start");
        let quiet = self.net.flights.is_empty() && self.page.open.is_empty();
        assert!(quiet, "an end while something is on its way");
        let open = books.lives.values().any(|life| life.open);
        assert!(!open, "an end before all have ended");
        let listed = |id: &ItemId| files.iter().any(|(other, _)| other == id);
        let shown: Vec<ItemId> = self.batch.ids().filter(listed).collect();
        assert!(files.iter().map(|(id, _)| *id).eq(shown), "in shown order");
        for (id, value) in files {
            let done = self.status(*id) == Some(Status::Done);
            assert_eq!(value.get("uploadInfo").is_some(), done);
            let waits = self.status(*id) == Some(Status::Reviewing);
            assert!(!waits, "told to have ended, and not begun");
        }
    }
}

fn words(answer: &Answer) -> &str {
    let Body::Json(info) = &answer.body else {
        return "";
    };
    let message = info.get("error").and_then(|error| error.get("message"));
    message.and_then(Value::text).unwrap_or_default()
}

/// What the wire says that an answer means.
fn read(answer: &Answer, flight: &Flight, verify: Verify) -> Reading {
    match answer.status {
        200..=299 => {}
        420 | 429 => return Reading::Busy,
        408 | 500 | 502 | 503 | 504 => return Reading::Failing,
        400..=499 => return Reading::Refused,
        _ => return Reading::Hopeless,
    }
    let Body::Json(info @ Value::Object(_)) = &answer.body else {
        return Reading::Junk;
    };
    if info.get("error").is_some() {
        return Reading::Refused;
    }
    let bytes = info.get("bytes").and_then(Value::whole);
    let fits = bytes.is_none_or(|bytes| bytes as u64 == flight.send.size);
    if fits || verify == Verify::Nothing {
        Reading::Taken
    } else {
        Reading::Hopeless
    }
}

/// The chunks of a status answer, but for the last one, whose answer is still wanted.
fn ranges(info: &Value, size: u64) -> std::collections::BTreeMap<u64, u64> {
    let Some(Value::List(items)) = info.get("ranges") else {
        return std::collections::BTreeMap::new();
    };
    let number = |value: Option<&Value>| value.and_then(Value::whole).unwrap_or_default() as u64;
    let range = |item: &Value| match item {
        Value::List(ends) => (number(ends.first()), number(ends.get(1))),
        _ => (0, 0),
    };
    items
        .iter()
        .map(range)
        .filter(|(_, end)| *end < size)
        .collect()
}
