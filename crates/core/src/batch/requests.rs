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
        let overdue: Vec<RequestId> = self
            .flights()
            .filter(|flight| flight.until <= self.now)
            .map(|flight| flight.request)
            .collect();
        for request in overdue {
            // It may have been aborted since, with its item.
            if self.flight(request).is_some() {
                self.commands.push_back(Command::Abort(request));
                self.broken(request, FaultKind::NetworkTimeout);
            }
        }
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
        let parts = flights.iter().map(|flight| {
            let ms = self.now.since(flight.since);
            self.pace.bytes(flight.range.bytes(), ms)
        });
        let bytes = parts.fold(item.chunks.held_bytes(), u64::saturating_add);
        Some(progress::permille(bytes, item.file.size))
    }

    /// When something about an item on its way is due, if time alone brings it.
    pub(super) fn due(&self, item: &Item) -> Option<Millis> {
        match &item.state {
            State::Sending { flights, rest } => {
                let flights = flights.iter().map(|flight| {
                    let size = flight.range.bytes();
                    let sent = self.pace.bytes(size, self.now.since(flight.since));
                    if self.pace.is_known() && sent < progress::most(size) {
                        flight.until.min(self.now.after(progress::TICK_MS))
                    } else {
                        flight.until
                    }
                });
                let rested = rest.as_ref().map(|rest| rest.until);
                let beside = rested.filter(|_| self.has_free_request() && self.has_beside(item));
                flights.chain(beside).min()
            }
            // Rested or not, it can begin only when there is room.
            State::Resting(rest) => Some(rest.until).filter(|_| self.can_begin()),
            _ => None,
        }
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
        if self.busy.len() - self.sending() >= transfer::RESTING_MAX {
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
        let since = self.now;
        let sent = self.list.change(id, |item| {
            let range = match &item.state {
                State::Sending { flights, .. } => item.chunks.beside(flights.ranges())?,
                _ => item.chunks.next(),
            };
            let until = since.after(transfer::answer_ms(range.bytes()));
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

    /// All requests on their way.
    fn flights(&self) -> impl Iterator<Item = &Flight> {
        self.busy_items().flat_map(|item| match &item.state {
            State::Sending { flights, .. } => flights.as_slice(),
            _ => &[],
        })
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

    /// Items with requests on their way.
    fn sending(&self) -> usize {
        self.busy_items()
            .filter(|item| matches!(item.state, State::Sending { .. }))
            .count()
    }

    fn has_free_request(&self) -> bool {
        self.flights().count() < transfer::REQUESTS_MAX
    }

    /// Whether there is room for one more item's first request.
    fn can_begin(&self) -> bool {
        self.has_free_request() && (self.sending() as u64) < self.options.max_parallel_uploads
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
