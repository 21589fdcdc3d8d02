//! Carries out what the batch orders, and refuses what it must never order.

use plimsoll_core::command::{Ask, Send, Via};
use plimsoll_core::describe::Description;
use plimsoll_core::item::Status;
use plimsoll_core::options::{Signer, Transport};
use plimsoll_core::protocol::range::Range;
use plimsoll_core::transfer::REQUESTS_MAX;
use plimsoll_core::units::{ItemId, RequestId};

use super::books::Debt;
use super::page::{ASKS_MAX, field, text_to_sign};
use super::server::upload_id;
use super::tally::Hit;
use super::weather::FIELD;
use super::{Acknowledged, Flight, Model};

/// Signatures are renewed after fifty minutes; a clock may have stepped back a little meanwhile.
const FRESH_MS: u64 = 50 * 60_000 + 10_000;

impl Model {
    pub(super) fn send(&mut self, send: Send) {
        let id = send.item;
        self.tally.hit(Hit::Sent);
        self.count(send.request);
        assert!(!self.released.contains(&id), "a released file was sent");
        assert!(
            !self.now.still.contains(&id),
            "sent although it was stopped"
        );
        assert!(!self.browser.barred.contains(&id), "another tab sends it");
        self.check_description(&send);
        let asked = self.page.open.values().any(|ask| ask.item == id);
        assert!(!asked, "sent before its question was answered");
        assert!(self.net.flights.len() < REQUESTS_MAX, "too many requests");
        self.check_place(&send);
        self.check_wire(&send);
        self.check_signature(&send);
        let begun = self.books.starts == self.books.ends + 1;
        assert!(begun, "sent outside of a batch");
        if self.books.sent(id) {
            self.tally.hit(Hit::TokensShort);
        }
        let now = self.told_at;
        let upload_id = upload_id(&send).to_owned();
        if let Some(life) = self.books.lives.get_mut(&id) {
            let hold = life.hold.take();
            assert!(
                hold.is_none_or(|at| at <= now),
                "its server was to be left alone"
            );
            let first = life.upload_id.get_or_insert_with(|| upload_id.clone());
            assert_eq!(*first, upload_id, "an attempt under another upload ID");
        }
        let known = self.acknowledged.entry(id).or_default();
        if known.upload_id != upload_id {
            *known = Acknowledged {
                upload_id,
                ..Acknowledged::default()
            };
        }
        let Range { start, end, .. } = send.range.unwrap_or(Range::whole(send.size));
        let twice = start < end && known.covers(start, end);
        assert!(!twice, "the server has it already");
        self.net.flights.push(Flight {
            request: send.request,
            send,
            answer: None,
        });
    }

    /// What a person wrote goes with the file that it was written about, and with no other.
    fn check_description(&mut self, send: &Send) {
        let flow = &self.weather.options.flow;
        let reviews = flow.review || flow.metadata_fields.is_some();
        let nothing = Description::default();
        let written = self.described.get(&send.item).unwrap_or(&nothing);
        assert_eq!(
            field(&send.fields, "filename_override"),
            written.name.as_deref()
        );
        if let Some(public_id) = &written.public_id {
            assert_eq!(field(&send.fields, "public_id"), Some(public_id.as_str()));
        }
        // The page has the last word about tags.
        let tags = written.tags.as_ref().map(|_| "x,y");
        let by_page = self.weather.options.prepare;
        assert!(by_page || field(&send.fields, "tags") == tags);
        let alt = written.alt.as_ref().map(|_| r"alt=a\|b\=c");
        assert_eq!(field(&send.fields, "context"), alt);
        let answer = written.answer(FIELD).map(|_| "colour=red");
        assert_eq!(field(&send.fields, "metadata"), answer);
        let asked = flow.metadata_fields.is_some();
        assert!(!asked || answer.is_some(), "sent without an answer");
        if *written != nothing {
            assert!(reviews);
            self.tally.hit(Hit::DescribedSent);
        }
    }

    /// Whatever it is, a request goes out only when one may, under a number of its own.
    fn count(&mut self, request: RequestId) {
        assert!(request.0 >= self.net.next, "a request id was used twice");
        self.net.next = request.0 + 1;
        assert!(self.online, "a request without a network");
        let hold = self.books.hold;
        let held = hold.is_some_and(|at| at > self.told_at);
        assert!(!held, "the server was to be left alone");
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
        self.now.beside |= others > 0;
    }

    fn check_wire(&self, send: &Send) {
        let file = &self.files[send.item.0 as usize];
        assert_eq!(send.size, file.size, "another size than was picked");
        assert_eq!(send.address.is_some(), file.remote, "bytes for an address");
        assert_eq!(field(&send.fields, "source"), Some("uw"));
        match self.weather.options.transport {
            Transport::Fetch => assert_eq!(send.via, Via::Fetch),
            Transport::Xhr => assert_eq!(send.via, Via::Xhr),
            Transport::Auto => {}
        }
        let ranged = send
            .headers
            .iter()
            .any(|(name, _)| *name == "Content-Range");
        assert_eq!(ranged, send.range.is_some(), "range and header differ");
        assert_eq!(upload_id(send).len(), 32, "no upload ID");
    }

    /// What is signed is what is sent, and not too old by the right time.
    fn check_signature(&self, send: &Send) {
        let options = &self.weather.options;
        let Some(signature) = field(&send.fields, "signature") else {
            let must = !options.prepare && !matches!(options.signer, Signer::Nobody);
            assert!(!must, "sent without a signature");
            return;
        };
        if matches!(options.signer, Signer::Ready(_)) && !options.prepare {
            return;
        }
        let Some(issued) = self.page.issued.get(&(signature.to_owned(), send.item)) else {
            panic!("a signature that nobody gave")
        };
        assert_eq!(
            issued.text,
            text_to_sign(&send.fields),
            "signed for something else"
        );
        // With both clocks off nobody can know.
        let knowable = !self.weather.clock_sleeps || issued.jumps == self.clock.jumps;
        let age_ms = self.clock.unix_ms.saturating_sub(issued.unix_ms);
        assert!(!knowable || age_ms < FRESH_MS, "an old signature");
    }

    pub(super) fn query(&mut self, request: RequestId, url: String) {
        self.count(request);
        self.net.queries.push((request, url));
        assert!(self.net.queries.len() <= ASKS_MAX, "too many queries");
    }

    pub(super) fn abort(&mut self, request: RequestId) {
        let mut queries = self.net.queries.iter();
        if let Some(at) = queries.position(|(known, _)| *known == request) {
            self.net.queries.swap_remove(at);
            return;
        }
        let Some(flight) = self.land(request) else {
            panic!("a request was aborted that is not on its way")
        };
        let id = flight.send.item;
        let content = self.content(id);
        self.net.ghosts.push((flight.send, content));
        let stopped = self.now.all_stopped || self.now.stopped == Some(id);
        if !stopped && self.now.ended != Some(id) {
            self.tally.hit(Hit::TimedOut);
            let next = self.net.next;
            self.books
                .stumbled(id, request.0, next, Debt::Timeout, self.online);
        }
    }

    pub(super) fn land(&mut self, request: RequestId) -> Option<Flight> {
        let mut known = self.net.flights.iter();
        let at = known.position(|flight| flight.request == request)?;
        Some(self.net.flights.remove(at))
    }

    pub(super) fn ask(&mut self, ask: Ask) {
        let id = ask.item;
        assert!(self.online, "a question without a network");
        assert!(
            self.page.open.len() < ASKS_MAX,
            "too many questions at once"
        );
        assert!(self.books.is_open(id), "a question about what has ended");
        assert!(
            !self.now.still.contains(&id),
            "asked although it was stopped"
        );
        let twice = self.page.open.values().any(|open| open.item == id);
        assert!(!twice, "two questions about one item");
        assert!(field(&ask.params, "timestamp").is_some(), "no timestamp");
        assert_eq!(field(&ask.params, "source"), Some("uw"));
        assert_eq!(self.requests_of(id).count(), 0, "asked while it is sent");
        if let Some(life) = self.books.lives.get_mut(&id) {
            life.debt = None;
        }
        let before = self.page.open.insert(ask.ask, ask);
        assert!(before.is_none(), "a question id was used twice");
    }

    pub(super) fn recall(&mut self, id: ItemId, scope: String) {
        let file = &self.files[id.0 as usize];
        assert!(
            self.weather.options.resume,
            "looked up against the page's will"
        );
        assert!(self.books.is_open(id), "looked up after its end");
        assert!(!file.remote, "a file that nobody has is looked up");
        let key = (file.content, file.size, scope);
        self.browser.recall(id, key);
    }

    /// What is kept for another life is what the server has said that it has: all of it, and
    /// nothing else.
    pub(super) fn remember(&mut self, id: ItemId, text: String) {
        self.tally.hit(Hit::Remembered);
        let (upload_id, runs) = read_memory(&text);
        let empty = Acknowledged::default();
        let known = self.acknowledged.get(&id).unwrap_or(&empty);
        if known.upload_id == upload_id {
            for (start, end) in &runs {
                assert!(known.covers(*start, *end), "remembers what nobody has");
            }
            let bytes: u64 = runs.iter().map(|(start, end)| end - start).sum();
            let known: u64 = known.chunks.iter().map(|(start, end)| end - start).sum();
            assert_eq!(bytes, known, "not all is remembered");
        } else {
            assert!(runs.is_empty(), "remembers another upload");
        }
        self.now.remembered = Some(id);
        self.browser.remember(id, text);
    }

    /// Items that a person or another tab holds back.
    pub(super) fn still(&self) -> impl Iterator<Item = ItemId> {
        self.batch.ids().filter(|id| {
            matches!(
                self.status(*id),
                Some(
                    Status::Paused
                        | Status::Asking
                        | Status::Elsewhere
                        | Status::Editing
                        | Status::Reviewing
                )
            )
        })
    }
}

/// The upload ID and the runs of a memory.
pub fn read_memory(text: &str) -> (String, Vec<(u64, u64)>) {
    let mut words = text.split(' ').skip(1);
    let upload_id = words.next().unwrap_or_default().to_owned();
    let runs = words.skip(2).filter_map(|word| {
        let (start, end) = word.split_once('-')?;
        Some((start.parse().ok()?, end.parse().ok()?))
    });
    (upload_id, runs.collect())
}
