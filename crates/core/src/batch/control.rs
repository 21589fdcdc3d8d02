//! What people and browsers do to uploads: cancel, remove, retry, pause, prefer, lose the network
//! and have it back. What servers do is `uploads`'.

use super::{Batch, Reach, Work};
use crate::command::Command;
use crate::flights::Streak;
use crate::item::{Item, ItemView, State};
use crate::notice::Notice;
use crate::transfer;
use crate::units::ItemId;

impl Batch {
    pub(super) fn stop(&mut self, ids: &[ItemId], reach: Reach) {
        let mut items = Vec::new();
        for &id in ids {
            let Some(item) = self.list.get(id).filter(|item| item.state.is_active()) else {
                continue;
            };
            if item.state.is_before() {
                // The page has not heard of it.
                self.removed(id);
                continue;
            }
            self.ground(id, None);
            self.let_others(id);
            self.list.change(id, |item| item.state = State::Cancelled);
            items.push(id);
        }
        if !items.is_empty() {
            self.notify(Notice::Abort {
                items,
                all: reach == Reach::All,
            });
            // What was compared with them is like nothing any more.
            self.settle();
        }
    }

    pub(super) fn removed(&mut self, id: ItemId) {
        let known = self.list.get(id).map(|item| item.state.is_before());
        if known == Some(false) {
            self.stop(&[id], Reach::Some);
        }
        self.awaiting.retain(|awaiting| *awaiting != id);
        self.preferred.retain(|preferred| *preferred != id);
        if let Some(item) = self.list.remove(id)
            && item.state.needs_file()
        {
            self.commands.push_back(Command::Release(id));
        }
        // It may have been the one that others are compared with.
        self.settle();
    }

    /// What was taken out of the list last and may come back.
    pub fn aside(&self) -> Option<ItemView<'_>> {
        self.aside.as_ref().map(|(item, _)| item.view())
    }

    /// Takes an item out of the list, from which it may come back as it is: what the server has of
    /// it stays there, and its file here.
    pub(super) fn set_aside(&mut self, id: ItemId) {
        self.stop(&[id], Reach::Some);
        self.drop_aside();
        self.preferred.retain(|preferred| *preferred != id);
        let place = self.list.place(id).unwrap_or_default();
        self.aside = self.list.remove(id).map(|item| (item, place));
        self.settle();
    }

    /// Puts it back where it was, if there is room for it. That is no more work: it has ended.
    pub(super) fn restore(&mut self) {
        if self.can_restore()
            && let Some((item, place)) = self.aside.take()
        {
            self.list.put_back(item, place);
            self.settle();
        }
    }

    /// Whether something was set aside that would fit in again.
    pub(super) fn can_restore(&self) -> bool {
        let takes_room = |item: &Item| !matches!(item.state, State::Refused(_));
        let aside = self.aside.as_ref();
        aside.is_some_and(|(item, _)| !takes_room(item) || self.room() > 0)
    }

    /// Takes everything out of the list; nothing of it is active.
    pub(super) fn clear(&mut self) {
        self.drop_aside();
        for id in self.ids_where(|_| true) {
            self.removed(id);
        }
    }

    /// Lets go of it for good.
    pub(super) fn drop_aside(&mut self) {
        if let Some((item, _)) = self.aside.take()
            && item.state.needs_file()
        {
            self.commands.push_back(Command::Release(item.file.id));
        }
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
            let (bits, chunk) = (self.chance.bits(), self.chunk_size());
            let terms = self.earlier.len();
            self.list.change(id, |item| {
                item.state = State::Waiting;
                item.run = run;
                item.attempts = 0;
                item.streak = Streak::default();
                item.asks = Streak::default();
                item.history.clear();
                item.resigned = false;
                item.setbacks = 0;
                if renew {
                    // The page may have mended what was wrong.
                    item.terms = terms;
                    item.ticket = None;
                    item.prepared = None;
                    item.renew(bits, chunk);
                }
                // A file in chunks goes on where it was.
                item.shown = item.held();
            });
            self.list.waits(id);
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
        // What is compared may be like one of them again.
        self.settle();
        Work::More
    }

    /// Stops items for a while. What the server has stays there.
    pub(super) fn paused(&mut self, ids: &[ItemId]) {
        for &id in ids {
            let can = self.list.get(id).is_some_and(|item| {
                let state = &item.state;
                let fixed = matches!(state, State::Paused | State::Verifying { .. });
                state.is_active() && !state.is_before() && !fixed
            });
            if can {
                let early = self.list.get(id).is_some_and(|item| {
                    matches!(item.state, State::Recalling { .. } | State::Elsewhere)
                });
                self.ground(id, None);
                if early {
                    // What is told of its past from now on is not heard: it is asked for again.
                    self.let_others(id);
                }
                self.list.change(id, |item| item.state = State::Paused);
            }
        }
    }

    pub(super) fn resumed(&mut self, ids: &[ItemId]) {
        for &id in ids {
            let paused = self
                .list
                .get(id)
                .is_some_and(|item| matches!(item.state, State::Paused));
            if paused {
                self.list.change(id, |item| {
                    item.state = State::Waiting;
                    item.streak = Streak::default();
                });
                self.list.waits(id);
            }
        }
    }

    pub(super) fn prefer(&mut self, id: ItemId) {
        self.preferred.retain(|known| *known != id);
        if self.list.get(id).is_some_and(|item| item.state.is_active()) {
            self.preferred.insert(0, id);
        }
    }

    /// The network is back: nothing rests on its account any longer.
    pub(super) fn online(&mut self) {
        if std::mem::replace(&mut self.presence.online, true) {
            return;
        }
        let now = self.now;
        for id in self.busy.clone() {
            let soon = now.after(self.chance.up_to(transfer::ONLINE_MS));
            self.list.change(id, |item| match &mut item.state {
                State::Resting(rest)
                | State::Sending {
                    rest: Some(rest), ..
                } => rest.hurry(soon),
                _ => {}
            });
        }
    }
}
