//! The course of single uploads in a batch: begin, answer, rest, give up, stop, begin again. What
//! is taken in, and when a batch as a whole begins and ends, is the parent's.

use super::{Batch, Reach, Work};
use crate::command::{Command, Send};
use crate::error::{Fault, FaultKind};
use crate::event::Answer;
use crate::item::{Item, State};
use crate::notice::Notice;
use crate::protocol::{request, response};
use crate::units::{ItemId, Millis, RequestId};
use crate::{payload, transfer};

impl Batch {
    pub(super) fn answered(&mut self, request: RequestId, answer: &Answer) -> Work {
        let Some((id, since)) = self.sender(request) else {
            return Work::Same;
        };
        let Some(item) = self.list.get(id) else {
            return Work::Same;
        };
        let size = item.file.size;
        match response::read(answer, size, item.attempts) {
            Ok(asset) => {
                self.pace.learn(size, self.now.since(since));
                self.busy.retain(|busy| *busy != id);
                let info = payload::success(item, &asset);
                self.list.change(id, |item| item.state = State::Done(asset));
                self.notify(Notice::Success { item: id, info });
                self.commands.push_back(Command::Release(id));
            }
            Err(fault) => self.stumbled(id, fault, answer.retry_after.as_deref()),
        }
        Work::Same
    }

    /// A request ended without an answer.
    pub(super) fn broken(&mut self, request: RequestId, kind: FaultKind) -> Work {
        if let Some((id, _)) = self.sender(request) {
            self.silenced(id, kind);
        }
        Work::Same
    }

    fn silenced(&mut self, id: ItemId, kind: FaultKind) {
        let attempts = self.list.get(id).map_or(0, |item| item.attempts);
        self.stumbled(id, Fault::silent(kind, attempts), None);
    }

    /// An attempt failed: rest and try again, or give up.
    fn stumbled(&mut self, id: ItemId, fault: Fault, retry_after: Option<&str>) {
        if !transfer::worth_retrying(&fault) || fault.attempts >= transfer::ATTEMPTS_MAX {
            return self.give_up(id, fault);
        }
        let rest = transfer::rest_ms(&mut self.chance, fault.attempts, retry_after);
        let until = self.now.after(rest);
        self.list
            .change(id, |item| item.state = State::Resting { until, fault });
    }

    fn give_up(&mut self, id: ItemId, fault: Fault) {
        self.busy.retain(|busy| *busy != id);
        self.list
            .change(id, |item| item.state = State::Failed(fault.clone()));
        self.notify(Notice::Failed { item: id, fault });
    }

    pub(super) fn stop(&mut self, ids: &[ItemId], reach: Reach) -> Work {
        let mut items = Vec::new();
        for &id in ids {
            if self.list.get(id).is_some_and(|item| item.state.is_active()) {
                self.abort(id);
                self.list.change(id, |item| item.state = State::Cancelled);
                items.push(id);
            }
        }
        if !items.is_empty() {
            self.notify(Notice::Abort {
                items,
                all: reach == Reach::All,
            });
        }
        Work::Same
    }

    pub(super) fn removed(&mut self, id: ItemId) -> Work {
        self.stop(&[id], Reach::Some);
        if let Some(item) = self.list.remove(id)
            && item.state.needs_file()
        {
            self.commands.push_back(Command::Release(id));
        }
        Work::Same
    }

    pub(super) fn again(&mut self, ids: &[ItemId], reach: Reach) -> Work {
        let run = self.run_number();
        let mut items = Vec::new();
        for &id in ids {
            let Some(item) = self.list.get(id) else {
                continue;
            };
            let renew = match &item.state {
                State::Cancelled => false,
                State::Failed(fault) => transfer::is_final(fault),
                _ => continue,
            };
            let upload_id = if renew {
                self.chance.bits()
            } else {
                item.upload_id
            };
            self.list.change(id, |item| {
                item.state = State::Waiting;
                item.run = run;
                item.upload_id = upload_id;
                item.attempts = 0;
                item.shown = None;
            });
            self.waiting = self.waiting.min(id);
            items.push(id);
        }
        if items.is_empty() {
            return Work::Same;
        }
        self.notify(Notice::Retry {
            items,
            all: reach == Reach::All,
        });
        self.open();
        Work::More
    }

    /// Gives up waiting for answers that are overdue.
    pub(super) fn expire(&mut self) {
        for id in self.busy.clone() {
            if let Some(Item {
                state: State::Sending { until, request, .. },
                ..
            }) = self.list.get(id)
                && *until <= self.now
            {
                self.commands.push_back(Command::Abort(*request));
                self.silenced(id, FaultKind::NetworkTimeout);
            }
        }
    }

    /// Moves what is shown of running uploads forward.
    pub(super) fn estimate(&mut self) {
        for id in self.busy.clone() {
            let Some(item) = self.list.get(id) else {
                continue;
            };
            let State::Sending { since, .. } = item.state else {
                continue;
            };
            let estimate = self.pace.permille(item.file.size, self.now.since(since));
            if estimate > item.shown {
                self.list.change(id, |item| item.shown = estimate);
            }
        }
    }

    /// Begins whatever may begin now, in order.
    pub(super) fn start(&mut self) {
        if !self.options.can_upload() {
            while let Some(id) = self.list.waiting_from(self.waiting) {
                self.waiting = id;
                self.give_up(id, Fault::silent(FaultKind::NotConfigured, 0));
            }
            return;
        }
        let mut sending = self.sending();
        while sending < transfer::IN_FLIGHT_MAX {
            let Some(id) = self.next() else { break };
            self.send(id);
            sending += 1;
        }
    }

    /// What has rested goes first, for it came first.
    fn next(&mut self) -> Option<ItemId> {
        let rested = |item: &&Item| match item.state {
            State::Resting { until, .. } => until <= self.now,
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

    fn send(&mut self, id: ItemId) {
        let request = RequestId(self.requests);
        self.requests += 1;
        let since = self.now;
        let sent = self.list.change(id, |item| {
            item.attempts += 1;
            let until = since.after(transfer::answer_ms(item.file.size));
            item.state = State::Sending {
                request,
                since,
                until,
            };
            (item.upload_id, item.public_id.clone())
        });
        let Some((upload_id, public_id)) = sent else {
            return;
        };
        self.commands.push_back(Command::Send(Send {
            request,
            item: id,
            url: request::url(&self.options),
            fields: request::fields(&self.options, public_id.as_deref()),
            headers: vec![(request::UPLOAD_ID, request::upload_id(upload_id))],
        }));
    }

    /// Takes an active item off its request, if it has one.
    fn abort(&mut self, id: ItemId) {
        if let Some(Item {
            state: State::Sending { request, .. },
            ..
        }) = self.list.get(id)
        {
            self.commands.push_back(Command::Abort(*request));
        }
        self.busy.retain(|busy| *busy != id);
    }

    pub(super) fn busy_items(&self) -> impl Iterator<Item = &Item> {
        self.busy.iter().filter_map(|id| self.list.get(*id))
    }

    pub(super) fn sending(&self) -> usize {
        self.busy_items()
            .filter(|item| matches!(item.state, State::Sending { .. }))
            .count()
    }

    /// Whose request this is, and since when. `None` for one that has ended.
    fn sender(&self, wanted: RequestId) -> Option<(ItemId, Millis)> {
        self.busy_items().find_map(|item| match item.state {
            State::Sending { request, since, .. } if request == wanted => {
                Some((item.file.id, since))
            }
            _ => None,
        })
    }
}
