//! The page's say in which files go at all: in a choice as a whole (`preBatch`) and in each of its
//! files (`validate`). Its say in the parameters of an upload is `asking`'s.

use super::{Batch, Work};
use crate::command::Command;
use crate::error::Refusal;
use crate::event::Vetted;
use crate::item::State;
use crate::notice::Notice;
use crate::units::{AskId, ItemId, Millis};

/// A page may read files for its answer, or ask a person; one that has said nothing for so long
/// has forgotten to.
pub const VET_MS: u64 = 5 * 60 * 1_000;

/// A choice that the page is asked about.
#[derive(Debug)]
pub(super) struct Vet {
    ask: AskId,
    pub until: Millis,
    items: Vec<ItemId>,
}

impl Batch {
    /// Whether the page wants to be asked.
    pub(super) const fn is_vetted(&self) -> bool {
        self.options.asks.pre_batch || self.options.asks.validate
    }

    /// Asks about the good files of a choice, if there are any.
    pub(super) fn vet(&mut self, items: Vec<ItemId>) {
        if items.is_empty() {
            return;
        }
        let ask = AskId(self.asks);
        self.asks += 1;
        let until = self.now.after(VET_MS);
        self.commands.push_back(Command::Vet {
            ask,
            items: items.clone(),
        });
        self.vets.push(Vet { ask, until, items });
    }

    /// The page has said what it thinks of a choice.
    pub(super) fn vetted(&mut self, ask: AskId, verdict: &Vetted) -> Work {
        let Some(at) = self.vets.iter().position(|vet| vet.ask == ask) else {
            return Work::Same;
        };
        let vet = self.vets.swap_remove(at);
        let Vetted::AllBut(refused) = verdict else {
            self.drop_choice(&vet.items);
            return Work::Same;
        };
        let mut work = Work::Same;
        for id in vet.items {
            // A person may have taken it out meanwhile.
            if !self.is_in_question(id) {
                continue;
            }
            let mut reasons = refused.iter();
            if let Some((_, words)) = reasons.find(|(other, _)| *other == id) {
                let words = words.clone();
                self.refuse(id, Refusal::ByPage { words });
            } else {
                if self.pass(id) == Work::More {
                    work = Work::More;
                }
            }
        }
        self.open_if_wanted();
        // What was compared with one that is refused is like nothing any more.
        self.settle();
        work
    }

    /// Nobody has answered in time: then none of it goes.
    pub(super) fn expire_vets(&mut self) {
        let now = self.now;
        while let Some(at) = self.vets.iter().position(|vet| vet.until <= now) {
            let vet = self.vets.swap_remove(at);
            self.commands.push_back(Command::Dismiss(vet.ask));
            self.drop_choice(&vet.items);
        }
    }

    fn drop_choice(&mut self, items: &[ItemId]) {
        for &id in items {
            if self.is_in_question(id) {
                self.removed(id);
            }
        }
        self.notify(Notice::CancelledByPage);
    }

    /// What was taken in may not go after all.
    pub(super) fn refuse(&mut self, id: ItemId, refusal: Refusal) {
        let why = refusal.clone();
        self.list
            .change(id, |item| item.state = State::Refused(why));
        self.tell_refusal(id, refusal);
    }

    /// Tells that a file may not go, and lets go of it.
    pub(super) fn tell_refusal(&mut self, item: ItemId, refusal: Refusal) {
        self.notify(Notice::Refused { item, refusal });
        self.commands.push_back(Command::Release(item));
    }

    fn is_in_question(&self, id: ItemId) -> bool {
        let item = self.list.get(id);
        item.is_some_and(|item| matches!(item.state, State::Vetting))
    }
}
