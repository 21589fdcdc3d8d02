//! What is sent when: whose turn it is, which part of the file goes, and what is shown of it
//! meanwhile. What an answer does to its item is `uploads`'.

use super::asking::Need;
use super::{Batch, sooner};
use crate::command::{Command, Fields, Send, Via};
use crate::error::{Fault, FaultKind};
use crate::flights::{Flight, Flights, Rest};
use crate::item::{Item, State};
use crate::options::{PARALLEL, PARALLEL_AUTOMATIC, PARALLEL_MAX, SMALL_BYTES};
use crate::progress;
use crate::protocol::range::{CONTENT_RANGE, Range};
use crate::protocol::request;
use crate::ticket::ASKS_MAX;
use crate::transfer::{self, Awaited, BUFFER_BYTES, IsLast, STEP_BYTES};
use crate::units::{ItemId, Millis, RequestId};

impl Batch {
    /// Begins whatever may begin now, in order.
    pub(super) fn start(&mut self) {
        if !self.options.can_upload() {
            while let Some((place, id)) = self.list.waiting_from(self.list.waiting) {
                self.list.waiting = place;
                self.give_up(id, None, Fault::silent(FaultKind::NotConfigured, 0));
            }
            return;
        }
        if !self.presence.online {
            return;
        }
        self.ask_ahead();
        let before = self.requests;
        while self.can_begin()
            && let Some(id) = self.next()
        {
            let need = self
                .list
                .get(id)
                .map_or(Need::Nothing, |item| self.need(item));
            match need {
                Need::Nothing => self.send(id),
                // It has begun before, and its signature has grown old meanwhile.
                need => self.ask(id, need),
            }
        }
        if self.requests != before {
            // Others are next now.
            self.ask_ahead();
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
        self.expire_awaited();
        self.expire_vets();
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

    /// The browser tells how much of a request has left.
    pub(super) fn told_sent(&mut self, request: RequestId, bytes: u64) {
        let Some((item, flight)) = self.flight(request) else {
            return;
        };
        let (id, failures) = (item.file.id, item.streak.failures());
        let bytes = bytes.min(flight.range.bytes());
        if flight.sent.is_some_and(|known| bytes <= known) {
            return;
        }
        let awaited = if bytes == flight.range.bytes() {
            self.awaited_answer(bytes)
        } else {
            self.awaited_move()
        };
        let until = self.now.after(transfer::patience_ms(
            awaited,
            failures,
            end_of(flight.range),
        ));
        self.list.change(id, |item| {
            if let State::Sending { flights, .. } = &mut item.state
                && let Some(flight) = flights.get_mut(request)
            {
                flight.sent = Some(bytes);
                flight.until = until;
            }
        });
    }

    /// Bytes leave a browser in steps as large as what buffers have let go of.
    fn awaited_move(&self) -> Awaited {
        Awaited::Move {
            step_ms: self.pace.step_ms(STEP_BYTES),
        }
    }

    fn awaited_answer(&self, bytes: u64) -> Awaited {
        let buffered = bytes.min(BUFFER_BYTES);
        Awaited::Answer {
            buffered,
            expected_ms: self.pace.ms(buffered),
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
        let is_told = flights.iter().any(|flight| flight.sent.is_some());
        if !self.pace.is_known() && !is_told {
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
        let online = self.presence.online;
        match &item.state {
            State::Sending { flights, rest } => {
                for flight in flights.iter() {
                    sooner(deadline, Some(flight.until));
                    if self.moves(*flight) {
                        sooner(deadline, Some(self.now.after(progress::TICK_MS)));
                    }
                }
                if let Some(rest) = rest
                    && online
                    && self.has_free_request()
                    && self.has_beside(item)
                    && self.need(item) == Need::Nothing
                {
                    sooner(deadline, Some(self.rested_at(rest)));
                }
            }
            // Rested or not, it can begin only when there is room.
            State::Resting(rest) if online && self.can_begin() && self.can_go_on(item) => {
                sooner(deadline, Some(self.rested_at(rest)));
            }
            _ => {}
        }
    }

    /// When an item may go on after a rest.
    fn rested_at(&self, rest: &Rest) -> Millis {
        let kind = rest.fault.kind;
        rest.until.max(self.tokens.ready_at(self.now, kind))
    }

    fn has_rested(&self, rest: &Rest) -> bool {
        self.rested_at(rest) <= self.now
    }

    /// As many of a request's bytes as its time and the browser speak for.
    fn sent(&self, flight: Flight) -> u64 {
        progress::sent(self.by_pace(flight), flight.sent).min(flight.most())
    }

    fn by_pace(&self, flight: Flight) -> Option<u64> {
        let ms = self.now.since(flight.since);
        self.pace.is_known().then(|| self.pace.bytes(ms))
    }

    /// Whether time alone moves what is shown of a request.
    fn moves(&self, flight: Flight) -> bool {
        let most = flight
            .sent
            .map_or(flight.most(), |told| told.min(flight.most()));
        self.by_pace(flight).is_some_and(|bytes| bytes < most)
    }

    /// Whose first request is next. What has begun keeps its place: nothing slips in between its
    /// chunks. Then what has rested goes, for it came first.
    fn next(&mut self) -> Option<ItemId> {
        let begun = |item: &&Item| matches!(item.state, State::Waiting) && self.can_go_on(item);
        let rested = |item: &&Item| match &item.state {
            State::Resting(rest) => self.has_rested(rest) && self.can_go_on(item),
            _ => false,
        };
        let known = self.busy_items().find(begun).map(|item| item.file.id);
        let known = known.or_else(|| {
            let rested = self.busy_items().filter(rested);
            rested.map(|item| item.file.id).min()
        });
        if known.is_some() {
            return known;
        }
        if self.busy.len().saturating_sub(self.load().0) >= transfer::RESTING_MAX {
            return None;
        }
        let id = self.next_waiting()?;
        self.preferred.retain(|known| *known != id);
        self.busy.push(id);
        Some(id)
    }

    /// Of those that wait and lack nothing, the one that is wanted first or came first.
    fn next_waiting(&mut self) -> Option<ItemId> {
        let lacks_nothing = |id: ItemId| {
            let item = self.list.get(id);
            item.is_some_and(|item| {
                matches!(item.state, State::Waiting) && self.need(item) == Need::Nothing
            })
        };
        let preferred = self.preferred.iter().copied().find(|id| lacks_nothing(*id));
        if preferred.is_some() {
            return preferred;
        }
        let (first, mut next) = self.list.waiting_from(self.list.waiting)?;
        let mut place = first;
        // Those that are asked about ahead, and no others, may lack nothing.
        for _ in 0..ASKS_MAX {
            if lacks_nothing(next) {
                self.list.waiting = first;
                return Some(next);
            }
            (place, next) = self.list.waiting_from(place + 1)?;
        }
        None
    }

    /// Who may have one more request beside those on their way.
    fn next_beside(&self) -> Option<ItemId> {
        let ready = |item: &&Item| match &item.state {
            State::Sending { rest, .. } => {
                let rested = rest.as_ref().is_none_or(|rest| self.has_rested(rest));
                rested && self.has_beside(item) && self.need(item) == Need::Nothing
            }
            _ => false,
        };
        self.busy_items().find(ready).map(|item| item.file.id)
    }

    /// Sends an item's next request: its file, or a chunk of it.
    fn send(&mut self, id: ItemId) {
        self.cut(id);
        let Some(item) = self.list.get(id) else {
            return;
        };
        let (range, failed) = match &item.state {
            State::Sending { flights, rest } => {
                (item.chunks.beside(flights.ranges()), rest.as_ref())
            }
            State::Resting(rest) => (Some(item.chunks.next()), Some(rest)),
            _ => (Some(item.chunks.next()), None),
        };
        let Some(range) = range else {
            return;
        };
        if let Some(rest) = failed {
            self.tokens.take(self.now, rest.fault.kind);
        }
        let expected_ms = self.pace.ms(range.bytes());
        let send = Send {
            request: RequestId(self.requests),
            item: id,
            url: request::url(self.terms(item), self.resource_type(item)),
            fields: self.fields(item),
            size: item.file.size,
            range: Some(range).filter(|range| !range.is_whole()),
            address: item.file.address.clone(),
            headers: headers(item, range),
            via: transfer::via(self.options.transport, range.bytes(), expected_ms),
        };
        let flight = self.flight_of(item, &send, range);
        self.speed.begin(self.now);
        self.requests += 1;
        self.list.change(id, |item| {
            item.attempts += 1;
            item.speed.begin(flight.since);
            if let State::Sending { flights, rest } = &mut item.state {
                flights.add(flight);
                *rest = None;
            } else {
                item.state = State::Sending {
                    flights: Flights::one(flight),
                    rest: None,
                };
            }
        });
        self.commands.push_back(Command::Send(send));
    }

    /// Cuts a file anew that was not begun: a server may have told how large chunks must be.
    fn cut(&mut self, id: ItemId) {
        let chunk = self.chunk_size();
        if let Some(item) = self.list.get_mut(id)
            && item.is_uncut()
            && item.chunks.chunk() != chunk
        {
            // A request that was given up may have brought the server a chunk of the old size.
            item.renew(self.chance.bits(), chunk);
        }
    }

    fn flight_of(&self, item: &Item, send: &Send, range: Range) -> Flight {
        let bytes = range.bytes();
        let awaited = match send.via {
            Via::Xhr => self.awaited_move(),
            Via::Fetch => Awaited::Unseen {
                bytes,
                expected_ms: self.pace.ms(bytes),
            },
        };
        let wait = transfer::patience_ms(awaited, item.streak.failures(), end_of(range));
        Flight {
            request: send.request,
            range,
            since: self.now,
            until: self.now.after(wait),
            sent: None,
            ticket: item.tickets,
        }
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
    pub(super) fn load(&self) -> (usize, usize) {
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
        self.load().1 < self.brake.allowed(self.now)
    }

    /// Whether there is room for one more item's first request.
    fn can_begin(&self) -> bool {
        let (items, requests) = self.load();
        let allowed = self.brake.allowed(self.now);
        requests < allowed && (items as u64) < self.at_once()
    }

    /// How many files may be under way together, as far as those that are say so: large ones share
    /// a line and finish no sooner for it, small ones mostly wait for their answers.
    fn at_once(&self) -> u64 {
        match self.options.max_parallel_uploads {
            PARALLEL_AUTOMATIC if self.busy_items().all(is_small) => PARALLEL_MAX,
            PARALLEL_AUTOMATIC => PARALLEL,
            named => named,
        }
    }

    /// Whether more could be under way if the server had not asked to slow down.
    pub(super) fn is_held_back(&self) -> bool {
        let (items, requests) = self.load();
        let active = self.list.counts.active as usize;
        requests >= self.brake.allowed(self.now) && (active > items || requests > 0)
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

/// Whether an item sends nothing large. What a server fetches may be of any size.
fn is_small(item: &Item) -> bool {
    let sends = matches!(item.state, State::Sending { .. });
    !sends || (item.file.size <= SMALL_BYTES && item.file.address.is_none())
}

/// Whether a range is the one after which the server has work to do.
fn end_of(range: Range) -> IsLast {
    if range.is_last() {
        IsLast::Yes
    } else {
        IsLast::No
    }
}

fn headers(item: &Item, range: Range) -> Fields {
    let mut headers = vec![(request::UPLOAD_ID, request::upload_id(item.upload_id))];
    if !range.is_whole() {
        headers.push((CONTENT_RANGE, range.header()));
    }
    headers
}
