//! Questions to the page before a file is sent: for its say in the parameters, and for a signature.
//! What a reply means is `ticket`'s to say; what the past is asked is in `past`.

use super::{Batch, Reach};
use crate::command::{Ask, Command, Fields, Question};
use crate::event::Reply;
use crate::flights::{Rest, Streak};
use crate::item::{Asked, Item, State, What};
use crate::options::{Options, ResourceType, Signer};
use crate::protocol::request;
use crate::ticket::{self, ASKS_MAX, Decision, FEW, REPLY_MS, Signed, Ticket, Tries, Trouble};
use crate::transfer;
use crate::units::{AskId, ItemId, Millis};

/// What an item lacks before its next request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Past,
    Page(What),
    Nothing,
}

impl Batch {
    /// What is sent with an item's file but for its signature.
    pub(super) fn params(&self, item: &Item) -> Fields {
        let mut params = self.own_params(item);
        if let Some(prepared) = &item.prepared {
            for (name, text) in &prepared.fields {
                request::replace(&mut params, name, text);
            }
        }
        params
    }

    pub(super) fn resource_type(&self, item: &Item) -> ResourceType {
        let prepared = item.prepared.as_ref();
        prepared
            .and_then(|prepared| prepared.resource_type)
            .unwrap_or_else(|| self.terms(item).resource_type)
    }

    pub(super) fn need(&self, item: &Item) -> Need {
        if self.wants_past(item) {
            return Need::Past;
        }
        let options = self.terms(item);
        if !options.is_signed() {
            return Need::Nothing;
        }
        let is_good = || {
            let ticket = item.ticket.as_ref();
            ticket.is_some_and(|ticket| ticket.is_good(&self.params(item), self.moment()))
        };
        if options.prepare {
            // It may leave signing to the preset, which then needs none.
            let ready = item.prepared.is_some() && (item.ticket.is_none() || is_good());
            return if ready {
                Need::Nothing
            } else {
                Need::Page(What::Parameters)
            };
        }
        match options.signer {
            Signer::Page | Signer::Server(_) if !is_good() => Need::Page(What::Signature),
            _ => Need::Nothing,
        }
    }

    /// Whether one more question may be open.
    fn may_ask(&self) -> bool {
        let open = self.awaiting_items();
        let open = open.filter(|item| matches!(item.state, State::Asking(_)));
        open.count() < ASKS_MAX
    }

    /// Whether something can be done for an item whose turn it is: send, or ask what it lacks.
    pub(super) fn can_go_on(&self, item: &Item) -> bool {
        match self.need(item) {
            Need::Nothing => true,
            Need::Past => self.may_recall(),
            Need::Page(_) => self.may_ask(),
        }
    }

    /// Asks for what the next items will need, so that no place stays free meanwhile.
    pub(super) fn ask_ahead(&mut self) {
        let asks = |options: &Options| options.is_signed() || options.resume;
        if !asks(&self.options) && !self.earlier.iter().any(asks) {
            return;
        }
        let mut next = self.list.waiting;
        let mut first: Vec<ItemId> = self.preferred.clone();
        for _ in 0..ASKS_MAX {
            let Some((place, id)) = self.list.waiting_from(next) else {
                break;
            };
            next = place + 1;
            first.push(id);
        }
        for id in first {
            let need = self
                .list
                .get(id)
                .filter(|item| matches!(item.state, State::Waiting))
                .map_or(Need::Nothing, |item| self.need(item));
            self.ask(id, need);
        }
    }

    /// Asks what an item needs, unless too much is asked at once; then its turn comes later.
    pub(super) fn ask(&mut self, id: ItemId, need: Need) {
        let what = match need {
            Need::Nothing => return,
            Need::Past => return self.recall(id),
            Need::Page(what) => what,
        };
        if !self.may_ask() {
            return;
        }
        let Some(item) = self.list.get(id) else {
            return;
        };
        let (ask, timestamp_s) = (AskId(self.asks), self.server_now_s());
        self.asks += 1;
        // What the page said before is not what it is asked about anew.
        let mut params = match what {
            What::Parameters => self.own_params(item),
            What::Signature => self.params(item),
        };
        let asked = Asked {
            ask,
            what,
            until: self.now.after(REPLY_MS),
            timestamp_s,
            params: params.clone(),
        };
        params.push(("timestamp", timestamp_s.to_string()));
        let question = match (what, &self.terms(item).signer) {
            (What::Parameters, _) => Question::Prepare,
            (What::Signature, Signer::Server(url)) => Question::SignAt(url.clone()),
            (What::Signature, _) => Question::Sign,
        };
        self.commands.push_back(Command::Ask(Ask {
            ask,
            item: id,
            question,
            params,
        }));
        self.awaiting.push(id);
        self.list
            .change(id, |item| item.state = State::Asking(asked));
    }

    /// A question was answered, if anybody still waits for that.
    pub(super) fn replied(&mut self, ask: AskId, reply: &Reply) {
        let mut asking = self.awaiting_items();
        let found = asking.find_map(|item| match &item.state {
            State::Asking(asked) if asked.ask == ask => Some((item.file.id, asked.clone())),
            _ => None,
        });
        let Some((id, asked)) = found else {
            return;
        };
        drop(asking);
        self.answer_is_in(id);
        if let Reply::Answered(answer) = reply {
            self.learn_of_clock(answer);
        }
        match asked.what {
            What::Signature => match ticket::signature(reply, asked.timestamp_s) {
                Ok(signed) => self.signed(id, signed, asked.params),
                Err(trouble) => self.unanswered(id, trouble),
            },
            What::Parameters => match ticket::decision(reply, asked.timestamp_s) {
                Ok(Decision::Cancel) => self.stop(&[id], Reach::Some),
                Ok(Decision::Go(prepared, signed)) => {
                    if let Some(item) = self.list.get_mut(id) {
                        item.prepared = Some(prepared);
                        item.ticket = None;
                    }
                    let params = self.list.get(id).map(|item| self.params(item));
                    match signed {
                        Some(signed) => self.signed(id, signed, params.unwrap_or_default()),
                        None => self.ready(id),
                    }
                }
                Err(trouble) => self.unanswered(id, trouble),
            },
        }
    }

    fn signed(&mut self, id: ItemId, signed: Signed, params: Fields) {
        let item = self.list.get(id);
        let options = item.map_or(&self.options, |item| self.terms(item));
        match Ticket::new(signed, params, options, self.moment()) {
            Ok(ticket) => {
                if let Some(item) = self.list.get_mut(id) {
                    item.ticket = Some(ticket);
                    item.tickets += 1;
                    item.asks = Streak::default();
                }
                self.ready(id);
            }
            Err(trouble) => self.unanswered(id, trouble),
        }
    }

    /// Nothing is asked about an item any longer, so that whatever becomes of it dismisses nothing.
    fn answer_is_in(&mut self, id: ItemId) {
        self.awaiting.retain(|awaiting| *awaiting != id);
        self.ready(id);
    }

    /// An item has what it lacked, and waits for a request.
    pub(super) fn ready(&mut self, id: ItemId) {
        self.list.change(id, |item| item.state = State::Waiting);
        self.list.waits(id);
    }

    /// A question came to nothing.
    pub(super) fn unanswered(&mut self, id: ItemId, trouble: Trouble) {
        let Trouble { fault, tries } = trouble;
        let (count, ms) = (self.asks, self.presence.ms());
        let (failures, lasted) = self.list.get_mut(id).map_or((0, 0), |item| {
            let failures = item.asks.count(count, count, ms);
            (failures, item.asks.lasted_ms(ms))
        });
        let spent = match tries {
            Tries::None => true,
            Tries::Few => failures >= FEW,
            Tries::Many => transfer::is_spent(fault.kind, failures, lasted),
        };
        if spent {
            return self.give_up(id, None, fault);
        }
        let rest = Rest {
            until: self
                .now
                .after(transfer::rest_ms(&mut self.chance, failures)),
            asked: self.now,
            fault,
        };
        if !self.busy.contains(&id) {
            self.busy.push(id);
        }
        self.list.change(id, |item| {
            item.remember_failure(&rest.fault);
            item.state = State::Resting(rest);
        });
    }

    pub(super) fn awaiting_items(&self) -> impl Iterator<Item = &Item> {
        self.awaiting.iter().filter_map(|id| self.list.get(*id))
    }

    /// Until when an item waits for somebody else.
    pub(super) const fn patient_until(&self, item: &Item) -> Option<Millis> {
        match &item.state {
            State::Asking(asked) => Some(asked.until),
            State::Probing { until } | State::Remaking { until } => *until,
            State::Comparing { until }
            | State::Recalling { until, .. }
            | State::Verifying { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// Nobody has answered in time.
    pub(super) fn expire_awaited(&mut self) {
        while let Some((id, state)) = self.next_expired() {
            match state {
                State::Asking(asked) => {
                    self.commands.push_back(Command::Dismiss(asked.ask));
                    self.answer_is_in(id);
                    self.unanswered(id, Trouble::silence());
                }
                State::Recalling { query, .. } => self.without_past(id, query),
                State::Comparing { .. } => self.uncompared(id),
                State::Probing { .. } => {
                    self.probed(id, None);
                }
                State::Remaking { .. } => {
                    self.remade(id, None);
                }
                State::Verifying { asset, .. } => self.unverified(id, asset),
                _ => self.awaiting.retain(|awaiting| *awaiting != id),
            }
        }
    }

    fn next_expired(&self) -> Option<(ItemId, State)> {
        let late = |item: &&Item| {
            let until = self.patient_until(item);
            until.is_some_and(|until| until <= self.now)
        };
        let item = self.awaiting_items().find(late)?;
        Some((item.file.id, item.state.clone()))
    }
}
