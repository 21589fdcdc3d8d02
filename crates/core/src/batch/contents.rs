//! What the content of files decides: whether the batch has one already, and whether the server has
//! stored what was sent. The shell makes the digests.

use super::{Batch, Work};
use crate::command::Command;
use crate::error::{Fault, FaultKind, Refusal};
use crate::event::PickedFile;
use crate::item::{Item, Md5, State};
use crate::notice::Notice;
use crate::options::{Duplicates, Verify};
use crate::payload;
use crate::protocol::response::Asset;
use crate::units::ItemId;

/// Files up to this size may be digested without the page's wish: it takes some hundredths of a
/// second.
const CHEAP_BYTES: u64 = 4 * 1024 * 1024;

/// Reading a file once more and digesting it: a millisecond, and one for so many bytes.
const COST_BYTES_PER_MS: u64 = 100_000;

/// Nobody notices a twentieth more. On a line so fast that it would be more, the line is a cable to
/// the next room.
const COST_SHARE: u64 = 20;

/// A digest that takes longer is not waited for.
const DIGEST_MS: u64 = 60_000;

/// Digesting is faster than 20 bytes per millisecond anywhere.
const DIGEST_BYTES_PER_MS: u64 = 20;

/// What comparing an item with others comes to.
enum Likeness {
    /// Digests are still to come.
    Open,
    /// No other one has its content.
    Unique,
    /// The one of this name has.
    Like(String),
}

impl Batch {
    /// Whether a chosen file might be in the batch already.
    pub(super) fn is_to_compare(&self, file: &PickedFile) -> bool {
        self.options.duplicates != Duplicates::Allow
            && file.address.is_none()
            && self.list.iter().any(|item| is_rival(item, file))
    }

    /// Compares a file with others before it is a part of the batch.
    pub(super) fn compare(&mut self, id: ItemId) {
        let now = self.now;
        self.list.change(id, |item| {
            let until = now.after(digest_ms(item.file.size));
            item.state = State::Comparing { until };
        });
        self.awaiting.push(id);
        let Some(item) = self.list.get(id) else {
            return;
        };
        let mut wanted: Vec<ItemId> = Vec::new();
        let rivals = self.list.iter().filter(|other| is_rival(other, &item.file));
        for other in rivals.chain([item]) {
            if other.md5 == Md5::Unknown {
                wanted.push(other.file.id);
            }
        }
        for id in wanted {
            self.digest(id);
        }
        self.settle();
    }

    fn digest(&mut self, id: ItemId) {
        let Some(item) = self
            .list
            .get_mut(id)
            .filter(|item| item.md5 == Md5::Unknown)
        else {
            return;
        };
        // What is stored was the file's content.
        if let State::Done(asset) = &item.state {
            let md5 = asset.md5().filter(|_| !asset.is_old());
            item.md5 = md5.map_or(Md5::Unreadable, |md5| Md5::Known(md5.to_ascii_lowercase()));
            return;
        }
        item.md5 = Md5::Awaited;
        self.commands.push_back(Command::Digest(id));
    }

    pub(super) fn digested(&mut self, id: ItemId, md5: Option<String>) -> Work {
        let Some(item) = self
            .list
            .get_mut(id)
            .filter(|item| item.md5 == Md5::Awaited)
        else {
            return Work::Same;
        };
        item.md5 = md5.map_or(Md5::Unreadable, Md5::Known);
        if let State::Verifying { asset, .. } = item.state.clone() {
            self.awaiting.retain(|awaiting| *awaiting != id);
            self.verify(id, asset);
        }
        self.settle()
    }

    /// Decides about all that are compared and can be decided about.
    pub(super) fn settle(&mut self) -> Work {
        let mut work = Work::Same;
        if self.options.duplicates == Duplicates::Allow {
            return work;
        }
        for id in self.ids_where(|state| matches!(state, State::Comparing { .. })) {
            match self.likeness(id) {
                Likeness::Open => continue,
                Likeness::Unique => {
                    self.awaiting.retain(|awaiting| *awaiting != id);
                    if self.proceed(id) == Work::More {
                        work = Work::More;
                    }
                    continue;
                }
                Likeness::Like(of) if self.options.duplicates == Duplicates::Skip => {
                    let refusal = Refusal::Duplicate { of };
                    self.refuse(id, refusal);
                }
                Likeness::Like(_) => {
                    self.list.change(id, |item| item.state = State::Held);
                }
            }
            self.awaiting.retain(|awaiting| *awaiting != id);
        }
        if work == Work::More {
            self.open();
        }
        work
    }

    /// Its content is not known in time: it goes like any other.
    pub(super) fn uncompared(&mut self, id: ItemId) {
        self.awaiting.retain(|awaiting| *awaiting != id);
        if self.proceed(id) == Work::More {
            self.open();
        }
    }

    fn likeness(&self, id: ItemId) -> Likeness {
        let Some(item) = self.list.get(id) else {
            return Likeness::Open;
        };
        match &item.md5 {
            Md5::Unknown | Md5::Awaited => return Likeness::Open,
            // Its upload will say what is wrong with it.
            Md5::Unreadable => return Likeness::Unique,
            Md5::Known(_) => {}
        }
        let mut likeness = Likeness::Unique;
        for other in self.list.iter().filter(|other| is_rival(other, &item.file)) {
            match &other.md5 {
                Md5::Unknown | Md5::Awaited => likeness = Likeness::Open,
                md5 if *md5 == item.md5 => return Likeness::Like(other.file.name.clone()),
                _ => {}
            }
        }
        likeness
    }

    /// A person wants it although the batch has the same.
    pub(super) fn allowed(&mut self, id: ItemId) -> Work {
        let held = self
            .list
            .get(id)
            .is_some_and(|item| matches!(item.state, State::Held));
        if !held {
            return Work::Same;
        }
        let work = self.proceed(id);
        if work == Work::More {
            self.open();
        }
        work
    }

    /// The server says that a file is stored, after a request that took so long.
    pub(super) fn stored(&mut self, id: ItemId, asset: Asset, took_ms: u64) {
        self.busy.retain(|busy| *busy != id);
        let Some(item) = self.list.get(id) else {
            return;
        };
        let known = matches!(item.md5, Md5::Known(_) | Md5::Unreadable);
        let wanted = match self.options.verify {
            Verify::Nothing => false,
            Verify::Size => known || is_cheap(item.file.size, took_ms),
            Verify::Hash => true,
        };
        let told = asset.md5().is_some() && !asset.is_old() && item.file.address.is_none();
        if !told || !wanted {
            return self.finish(id, asset);
        }
        let until = self.now.after(digest_ms(item.file.size));
        let stored = asset.clone();
        // In any case, so that its request is not taken for one on its way.
        self.list
            .change(id, |item| item.state = State::Verifying { asset, until });
        if known {
            return self.verify(id, stored);
        }
        self.digest(id);
        self.awaiting.push(id);
    }

    /// Compares what is stored with what was sent.
    fn verify(&mut self, id: ItemId, asset: Asset) {
        let Some(item) = self.list.get(id) else {
            return;
        };
        let stored = asset.md5().unwrap_or_default();
        match &item.md5 {
            Md5::Known(md5) if md5.eq_ignore_ascii_case(stored) => self.finish(id, asset),
            Md5::Known(_) => {
                let fault = Fault::silent(FaultKind::AnswerMismatch, item.attempts);
                self.give_up(id, None, fault);
            }
            _ => self.unverified(id, asset),
        }
    }

    /// There is no digest to compare with.
    pub(super) fn unverified(&mut self, id: ItemId, asset: Asset) {
        self.awaiting.retain(|awaiting| *awaiting != id);
        if self.options.verify == Verify::Hash {
            let fault = Fault::silent(FaultKind::FileUnreadable, 0);
            return self.give_up(id, None, fault);
        }
        self.finish(id, asset);
    }

    /// Ends an item well.
    fn finish(&mut self, id: ItemId, asset: Asset) {
        self.forget(id);
        self.let_others(id);
        let item = self.list.get(id);
        let info = item.map(|item| payload::success(item, &asset, self.terms(item)));
        let Some(info) = info else {
            return;
        };
        self.list.change(id, |item| item.state = State::Done(asset));
        self.notify(Notice::Success { item: id, info });
        self.commands.push_back(Command::Release(id));
    }
}

/// Whether digesting a file costs next to nothing beside its upload.
const fn is_cheap(size: u64, took_ms: u64) -> bool {
    let cost_ms = 1 + size / COST_BYTES_PER_MS;
    size <= CHEAP_BYTES && took_ms >= cost_ms * COST_SHARE
}

const fn digest_ms(size: u64) -> u64 {
    DIGEST_MS.saturating_add(size / DIGEST_BYTES_PER_MS)
}

/// Whether an item may be the same file as a later one.
fn is_rival(item: &Item, file: &PickedFile) -> bool {
    let taken = !matches!(
        item.state,
        State::Refused(_) | State::Cancelled | State::Held
    );
    taken && item.file.id < file.id && item.file.size == file.size && item.file.address.is_none()
}
