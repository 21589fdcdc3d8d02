//! What is sent when: whose turn it is, which part of the file goes, and what is shown of it
//! meanwhile. What an answer does to its item is `uploads`'.

use super::Batch;
use crate::command::{Command, Send};
use crate::error::{Fault, FaultKind};
use crate::flights::{Flight, Flights};
use crate::item::{Item, State};
use crate::progress;
use crate::protocol::range::CONTENT_RANGE;
use crate::protocol::request;
use crate::transfer;
use crate::units::{ItemId, Millis, RequestId};

impl Batch {
    /// Begins whatever may begin now, in order.
    pub(super) fn start(&mut self) {
        if !self.options.can_upload() {
            while let Some(id) = self.list.waiting_from(self.waiting) {
                self.waiting = id;
                self.give_up(id, None, Fault::silent(FaultKind::NotConfigured, 0));
            }
            return;
        }
        while self.can_begin()
            && let Some(id) = self.next()
        {
            self.send(id);
        }
        // Every item's first request comes before any item's second: a large file in chunks takes
        // only what no waiting file could use.
        while self.has_free_request()
            && let Some(id) = self.next_beside()
        {
            self.send(id);
        }
    }

    /// Gives up waiting for answers that are overdue.
    pub(super) fn expire(&mut self) {
        while let Some(request) = self.overdue() {
            self.commands.push_back(Command::Abort(request));
            self.broken(request, FaultKind::NetworkTimeout);
        }
    }

    fn overdue(&self) -> Option<RequestId> {
        for item in self.busy_items() {
            if let State::Sending { flights, .. } = &item.state {
                for flight in flights.iter() {
                    if flight.until <= self.now {
                        return Some(flight.request);
                    }
                }
            }
        }
        None
    }

    /// Moves what is shown of running uploads forward.
    pub(super) fn estimate(&mut self) {
        for id in self.busy.clone() {
            let Some(item) = self.list.get(id) else {
                continue;
            };
            let estimate = self.estimate_of(item);
            if estimate > item.shown {
                self.list.change(id, |item| item.shown = estimate);
            }
        }
    }

    /// What the server has, and as much of the requests on their way as their time speaks for.
    fn estimate_of(&self, item: &Item) -> Option<u16> {
        let State::Sending { flights, .. } = &item.state else {
            return None;
        };
        if !self.pace.is_known() {
            return item.held();
        }
        let mut bytes = item.chunks.held_bytes();
        for flight in flights.iter() {
            bytes = bytes.saturating_add(self.sent(*flight));
        }
        Some(progress::permille(bytes, item.file.size))
    }

    /// The earlier of `deadline` and what time alone brings about an item on its way.
    pub(super) fn due(&self, item: &Item, deadline: &mut Option<Millis>) {
        let mut sooner = |at: Millis| {
            *deadline = Some(deadline.map_or(at, |known| known.min(at)));
        };
        match &item.state {
            State::Sending { flights, rest } => {
                for flight in flights.iter() {
                    sooner(flight.until);
                    if self.pace.is_known() && self.sent(*flight) < flight.most() {
                        sooner(self.now.after(progress::TICK_MS));
                    }
                }
                if let Some(rest) = rest
                    && self.has_free_request()
                    && self.has_beside(item)
                {
                    sooner(rest.until);
                }
            }
            // Rested or not, it can begin only when there is room.
            State::Resting(rest) if self.can_begin() => sooner(rest.until),
            _ => {}
        }
    }

    /// As many of a request's bytes as its time speaks for.
    fn sent(&self, flight: Flight) -> u64 {
        let ms = self.now.since(flight.since);
        self.pace.bytes(ms).min(flight.most())
    }

    /// Whose first request is next. What has rested goes first, for it came first.
    fn next(&mut self) -> Option<ItemId> {
        let rested = |item: &&Item| match &item.state {
            State::Resting(rest) => rest.until <= self.now,
            _ => false,
        };
        if let Some(id) = self
            .busy_items()
            .filter(rested)
            .map(|item| item.file.id)
            .min()
        {
            return Some(id);
        }
        if self.busy.len() - self.load().0 >= transfer::RESTING_MAX {
            return None;
        }
        let id = self.list.waiting_from(self.waiting)?;
        self.waiting = ItemId(id.0.saturating_add(1));
        self.busy.push(id);
        Some(id)
    }

    /// Who may have one more request beside those on their way.
    fn next_beside(&self) -> Option<ItemId> {
        let ready = |item: &&Item| match &item.state {
            State::Sending { rest, .. } => {
                let rested = rest.as_ref().is_none_or(|rest| rest.until <= self.now);
                rested && self.has_beside(item)
            }
            _ => false,
        };
        self.busy_items().find(ready).map(|item| item.file.id)
    }

    /// Sends an item's next request: its file, or a chunk of it.
    pub(super) fn send(&mut self, id: ItemId) {
        let request = RequestId(self.requests);
        let (since, pace) = (self.now, self.pace);
        let sent = self.list.change(id, |item| {
            let range = match &item.state {
                State::Sending { flights, .. } => item.chunks.beside(flights.ranges())?,
                _ => item.chunks.next(),
            };
            let bytes = range.bytes();
            let wait = transfer::patience_ms(bytes, pace.ms(bytes), item.streak.failures());
            let until = since.after(wait);
            let flight = Flight {
                request,
                range,
                since,
                until,
            };
            match &mut item.state {
                State::Sending { flights, rest } => {
                    flights.add(flight);
                    *rest = None;
                }
                state => {
                    *state = State::Sending {
                        flights: Flights::one(flight),
                        rest: None,
                    };
                }
            }
            item.attempts += 1;
            Some((
                range,
                item.file.size,
                item.upload_id,
                item.public_id.clone(),
            ))
        });
        let Some((range, size, upload_id, public_id)) = sent.flatten() else {
            return;
        };
        self.requests += 1;
        let range = Some(range).filter(|range| !range.is_whole());
        let mut headers = vec![(request::UPLOAD_ID, request::upload_id(upload_id))];
        headers.extend(range.map(|range| (CONTENT_RANGE, range.header())));
        self.commands.push_back(Command::Send(Send {
            request,
            item: id,
            url: request::url(&self.options),
            fields: request::fields(&self.options, public_id.as_deref()),
            size,
            range,
            headers,
        }));
    }

    pub(super) fn busy_items(&self) -> impl Iterator<Item = &Item> {
        self.busy.iter().filter_map(|id| self.list.get(*id))
    }

    /// Whose request this is, and what it carries. `None` for one that has ended.
    pub(super) fn flight(&self, request: RequestId) -> Option<(&Item, Flight)> {
        self.busy_items().find_map(|item| match &item.state {
            State::Sending { flights, .. } => {
                let flight = flights.iter().find(|flight| flight.request == request);
                flight.map(|flight| (item, *flight))
            }
            _ => None,
        })
    }

    /// How many items have requests on their way, and how many requests those are.
    fn load(&self) -> (usize, usize) {
        let (mut items, mut requests) = (0, 0);
        for item in self.busy_items() {
            if let State::Sending { flights, .. } = &item.state {
                items += 1;
                requests += flights.len();
            }
        }
        (items, requests)
    }

    fn has_free_request(&self) -> bool {
        self.load().1 < transfer::REQUESTS_MAX
    }

    /// Whether there is room for one more item's first request.
    fn can_begin(&self) -> bool {
        let (items, requests) = self.load();
        requests < transfer::REQUESTS_MAX && (items as u64) < self.options.max_parallel_uploads
    }

    /// Whether the item has a chunk that could go beside those on their way.
    fn has_beside(&self, item: &Item) -> bool {
        let State::Sending { flights, .. } = &item.state else {
            return false;
        };
        (flights.len() as u64) < self.options.max_parallel_chunks
            && item.chunks.beside(flights.ranges()).is_some()
    }
}
