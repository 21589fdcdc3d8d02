//! The course of single uploads in a batch: answer, rest, give up. What is taken in, and when a
//! batch as a whole begins and ends, is the parent's; what is sent when is `requests`', what people
//! do is `control`'s.

use super::Batch;
use crate::command::Command;
use crate::doctor;
use crate::error::{Fault, FaultKind};
use crate::event::Answer;
use crate::flights::{Flight, Rest, Streak};
use crate::item::{Item, State};
use crate::notice::Notice;
use crate::options::{Signer, Verify};
use crate::payload;
use crate::protocol::value::Value;
use crate::protocol::{http_date, response};
use crate::transfer;
use crate::units::{ItemId, RequestId};

/// A server that so often has less than it said is not one to go on with.
const SETBACKS_MAX: u32 = 3;

/// Smaller differences of clocks don't matter to anything here.
const AHEAD_MIN_S: i64 = 60;

impl Batch {
    /// What is stored, in shown order: the payloads of `success`.
    pub fn results(&self) -> Vec<Value> {
        let stored = self.list.iter().filter_map(|item| match &item.state {
            State::Done(asset) => Some(payload::success(item, asset, self.terms(item))),
            _ => None,
        });
        stored.collect()
    }

    /// The items that are stored, in shown order, as `queues-end` names them.
    pub fn completed(&self) -> Vec<(ItemId, Value)> {
        let stored = self
            .list
            .iter()
            .filter(|item| matches!(item.state, State::Done(_)));
        stored
            .map(|item| (item.file.id, payload::queue_item(item, &self.options)))
            .collect()
    }

    pub(super) fn answered(&mut self, request: RequestId, answer: &Answer) {
        if self.queried(request, Some(answer)) {
            return self.learn_of_server(answer);
        }
        let Some((item, flight)) = self.flight(request) else {
            return;
        };
        let id = item.file.id;
        let read = if flight.range.is_last() {
            let checked = self.options.verify != Verify::Nothing && item.file.address.is_none();
            let size = checked.then_some(item.file.size);
            response::read(answer, size, item.attempts).map(Some)
        } else {
            response::read_chunk(answer, item.attempts).map(|()| None)
        };
        self.learn_of_server(answer);
        match read {
            Ok(asset) => {
                self.learn(id, flight);
                match asset {
                    Some(asset) => self.stored(id, asset, self.now.since(flight.since)),
                    None => self.acknowledged(id, flight),
                }
            }
            Err(fault) => self.refused(id, flight, fault, answer),
        }
    }

    /// A request ended without an answer.
    pub(super) fn broken(&mut self, request: RequestId, kind: FaultKind) {
        if self.queried(request, None) {
            return;
        }
        if let Some((item, flight)) = self.flight(request) {
            let (id, fault) = (item.file.id, Fault::silent(kind, item.attempts));
            self.stumbled(id, flight, fault, 0);
        }
    }

    /// What an answer tells of the time; this computer's clock may be wrong by years.
    pub(super) fn learn_of_clock(&mut self, answer: &Answer) {
        if let Some(server_s) = answer.header("date").and_then(http_date::parse) {
            let ahead = server_s as i64 - (self.unix_ms / 1000) as i64;
            self.ahead_s = if ahead.abs() < AHEAD_MIN_S { 0 } else { ahead };
        }
    }

    /// What an answer tells of its server, whatever it is an answer to.
    fn learn_of_server(&mut self, answer: &Answer) {
        self.learn_of_clock(answer);
        if answer.header("x-upload-status").is_some() {
            self.has_status = true;
        }
        let least = answer.header("x-upload-chunk-min");
        if let Some(least) = least.and_then(|text| text.parse().ok()) {
            self.chunk_min = Some(least);
        }
    }

    /// The time by the server's clock, as far as it is known.
    pub(super) const fn server_now_s(&self) -> u64 {
        (self.unix_ms / 1000).saturating_add_signed(self.ahead_s)
    }

    /// The server has a chunk, and it was not the last one.
    fn acknowledged(&mut self, id: ItemId, flight: Flight) {
        self.list.change(id, |item| {
            item.chunks.hold(flight.range);
            item.landed(flight.request);
        });
        self.remember(id);
    }

    /// A request went well.
    fn learn(&mut self, id: ItemId, flight: Flight) {
        let (now, bytes) = (self.now, flight.range.bytes());
        self.pace.learn(bytes, now.since(flight.since));
        self.speed.take(now, bytes);
        self.tokens.gain(now);
        if let Some(item) = self.list.get_mut(id) {
            item.speed.take(now, bytes);
            item.streak = Streak::default();
            item.resigned = false;
            item.remembered = false;
        }
    }

    /// The server did not take a request, and said so.
    fn refused(&mut self, id: ItemId, flight: Flight, fault: Fault, answer: &Answer) {
        let server_now_s = self.server_now_s();
        let asked_ms = answer
            .header("retry-after")
            .and_then(|text| transfer::retry_after_ms(text, server_now_s));
        if fault.kind == FaultKind::ServerBusy {
            let (now, next, load) = (self.now, self.requests, self.load().1);
            self.brake.slow(now, flight.request, next, load);
            if let Some(ms) = asked_ms {
                self.brake.pause(now.after(ms));
            }
        }
        if fault.kind != FaultKind::ServerRefused {
            return self.stumbled(id, flight, fault, asked_ms.unwrap_or_default());
        }
        // A signature says nothing of what the server has.
        let signature = doctor::is_about_signature(fault.status, &fault.server_message);
        if !signature && self.may_go_back(id, answer) {
            // What is on its way belongs to what is given up.
            self.call_back(id, Some(flight.request));
            return self.go_again(id, flight.request, fault);
        }
        if self.may_sign_anew(id, flight, &fault) {
            return self.go_again(id, flight.request, fault);
        }
        let mut fault = fault;
        if let Some(item) = self.list.get(id) {
            let (sent, words) = (self.fields(item), response::words(answer));
            let signer = &self.terms(item).signer;
            fault.diagnosis = doctor::diagnose(fault.status, words, &sent, signer);
        }
        self.give_up(id, Some(flight.request), fault);
    }

    /// Whether a refused signature is worth another one: once in a row, where one can be had.
    fn may_sign_anew(&mut self, id: ItemId, flight: Flight, fault: &Fault) -> bool {
        let item = self.list.get(id);
        let options = item.map_or(&self.options, |item| self.terms(item));
        let can = options.prepare || matches!(options.signer, Signer::Page | Signer::Server(_));
        if !can || !doctor::is_about_signature(fault.status, &fault.server_message) {
            return false;
        }
        let Some(item) = self.list.get_mut(id) else {
            return false;
        };
        // Others that were on their way with the same one are refused as well.
        // A page may have left out the signature on purpose: then none was given back.
        let given_back = item.ticket.is_none() && item.prepared.is_none();
        let known = flight.ticket < item.tickets || given_back;
        if !known && item.resigned {
            return false;
        }
        if !known {
            item.resigned = true;
            item.ticket = None;
            item.prepared = None;
        }
        true
    }

    /// Whether a refusal means that the server has less of a file than was thought, or wants it in
    /// larger chunks; then the file goes on from there.
    fn may_go_back(&mut self, id: ItemId, answer: &Answer) -> bool {
        let (bits, chunk) = (self.chance.bits(), self.chunk_size());
        let offset = answer.header("x-upload-offset");
        let offset: Option<u64> = offset.and_then(|text| text.parse().ok());
        let Some(item) = self.list.get_mut(id).filter(|item| item.chunks.are_many()) else {
            return false;
        };
        let anew =
            item.remembered || (item.chunks.held_bytes() == 0 && item.chunks.chunk() < chunk);
        if item.setbacks >= SETBACKS_MAX || (offset.is_none() && !anew) {
            return false;
        }
        item.setbacks += 1;
        match offset {
            Some(offset) if offset > 0 => item.chunks.keep_before(offset),
            _ => item.renew(bits, chunk),
        }
        self.remember(id);
        true
    }

    /// A request failed: rest and try again, or give up.
    pub(super) fn stumbled(&mut self, id: ItemId, flight: Flight, fault: Fault, asked_ms: u64) {
        if !transfer::worth_retrying(&fault) {
            return self.give_up(id, Some(flight.request), fault);
        }
        let (next, ms) = (self.requests, self.presence.ms());
        // Without a network, nothing that fails is news.
        let counts = self.presence.online || fault.status != 0;
        let failures = self.list.get_mut(id).map_or(0, |item| {
            if counts {
                item.streak.count(flight.request.0, next, ms)
            } else {
                item.streak.failures()
            }
        });
        let lasted = self.list.get(id).map(|item| item.streak.lasted_ms(ms));
        if counts && transfer::is_spent(fault.kind, failures, lasted.unwrap_or_default()) {
            return self.give_up(id, Some(flight.request), fault);
        }
        let own = transfer::rest_ms(&mut self.chance, failures);
        let asked = self.now.after(asked_ms);
        let rest = Rest {
            until: self.now.after(own).max(asked),
            asked,
            fault,
        };
        self.rest(id, flight.request, rest);
    }

    fn rest(&mut self, id: ItemId, request: RequestId, rest: Rest) {
        self.list.change(id, |item| {
            item.remember_failure(&rest.fault);
            item.failed(request, rest);
        });
    }

    /// It goes on at once, if in another way.
    fn go_again(&mut self, id: ItemId, request: RequestId, fault: Fault) {
        let rest = Rest {
            until: self.now,
            asked: self.now,
            fault,
        };
        self.rest(id, request, rest);
    }

    /// Ends an item badly; `ended` is the request that brought the news, if one did.
    pub(super) fn give_up(&mut self, id: ItemId, ended: Option<RequestId>, mut fault: Fault) {
        self.ground(id, ended);
        if let Some(item) = self.list.get_mut(id) {
            fault.history = std::mem::take(&mut item.history);
            fault.attempts = item.attempts;
        }
        if transfer::is_final(&fault) {
            self.forget(id);
        }
        self.let_others(id);
        self.list
            .change(id, |item| item.state = State::Failed(fault.clone()));
        self.notify(Notice::Failed { item: id, fault });
    }

    /// Gives up all that goes on for an item; `ended` is a request that has ended.
    pub(super) fn ground(&mut self, id: ItemId, ended: Option<RequestId>) {
        self.call_back(id, ended);
        self.busy.retain(|busy| *busy != id);
        self.awaiting.retain(|awaiting| *awaiting != id);
    }

    /// Calls back all that is on its way for an item, but for a request that has ended.
    fn call_back(&mut self, id: ItemId, ended: Option<RequestId>) {
        let Some(item) = self.list.get_mut(id) else {
            return;
        };
        match &mut item.state {
            State::Sending { flights, .. } => {
                let others = flights
                    .iter()
                    .filter(|flight| Some(flight.request) != ended);
                let others: Vec<_> = others.map(|flight| flight.request).collect();
                for request in others {
                    self.commands.push_back(Command::Abort(request));
                    // The one that has ended stays, and its state with it.
                    if ended.is_some() {
                        let _left = flights.land(request);
                    }
                }
            }
            State::Recalling { query, .. } => self.commands.extend(query.map(Command::Abort)),
            State::Asking(asked) => self.commands.push_back(Command::Dismiss(asked.ask)),
            _ => {}
        }
    }

    /// What goes along with an item's file.
    pub(super) fn fields(&self, item: &Item) -> crate::command::Fields {
        let mut fields = self.params(item);
        let options = self.terms(item);
        match (&item.ticket, &options.signer) {
            (Some(ticket), _) => fields.extend(ticket.fields.iter().cloned()),
            (None, Signer::Ready(signature)) => {
                let timestamp = options.signature_timestamp.map(|s| s.to_string());
                fields.extend(timestamp.map(|text| ("timestamp", text)));
                fields.extend(options.api_key.clone().map(|key| ("api_key", key)));
                fields.push(("signature", signature.clone()));
            }
            (None, _) => {}
        }
        fields
    }
}
