//! The items of a batch in shown order, the counts that follow from them, and what screens have
//! not looked at yet. Knows nothing of requests or notices.

use std::collections::VecDeque;

use crate::item::{Item, State};
use crate::progress;
use crate::units::ItemId;

/// What screens should look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// An item entered the list, at its end.
    Added(ItemId),
    /// Something about an item is different.
    Updated(ItemId),
    /// An item left the list.
    Removed(ItemId),
    /// A count or the progress of all is different.
    Summary,
}

/// How many items stand where. All that has not ended is one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub active: u32,
    pub done: u32,
    pub failed: u32,
    pub cancelled: u32,
    pub refused: u32,
    /// Of the active ones.
    pub paused: u32,
    /// Bytes of all items but the refused ones.
    pub bytes: u64,
    /// Bytes of those that have ended: nothing of them is left to do.
    pub bytes_ended: u64,
    /// Bytes of the others that are behind, as far as is shown.
    pub bytes_shown: u64,
}

impl Counts {
    fn enter(&mut self, item: &Item) {
        *self.count_of(&item.state) += 1;
        self.paused += u32::from(matches!(item.state, State::Paused));
        if !matches!(item.state, State::Refused(_)) {
            // Wrapping, so that what is taken off is what was added, whatever sizes are claimed.
            self.bytes = self.bytes.wrapping_add(item.file.size);
            let (ended, shown) = behind(item);
            self.bytes_ended = self.bytes_ended.wrapping_add(ended);
            self.bytes_shown = self.bytes_shown.wrapping_add(shown);
        }
    }

    fn leave(&mut self, item: &Item) {
        *self.count_of(&item.state) -= 1;
        self.paused -= u32::from(matches!(item.state, State::Paused));
        if !matches!(item.state, State::Refused(_)) {
            self.bytes = self.bytes.wrapping_sub(item.file.size);
            let (ended, shown) = behind(item);
            self.bytes_ended = self.bytes_ended.wrapping_sub(ended);
            self.bytes_shown = self.bytes_shown.wrapping_sub(shown);
        }
    }

    const fn count_of(&mut self, state: &State) -> &mut u32 {
        match state {
            State::Done(_) => &mut self.done,
            State::Failed(_) => &mut self.failed,
            State::Cancelled => &mut self.cancelled,
            State::Refused(_) => &mut self.refused,
            _ => &mut self.active,
        }
    }
}

/// Bytes of an item that has ended, and of one that has not those that are behind.
fn behind(item: &Item) -> (u64, u64) {
    let size = item.file.size;
    if item.state.is_active() {
        (0, progress::part(size, item.shown.unwrap_or_default()))
    } else {
        (size, 0)
    }
}

#[derive(Debug, Default)]
pub(crate) struct List {
    /// Sorted by id, for ids are handed out in order.
    items: Vec<Item>,
    pub counts: Counts,
    changes: VecDeque<Change>,
    /// A `Change::Summary` is among the changes.
    summary_told: bool,
}

impl List {
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Item> {
        self.items.iter()
    }

    pub fn get(&self, id: ItemId) -> Option<&Item> {
        self.place(id).and_then(|at| self.items.get(at))
    }

    /// For what is not shown; else see [`Self::change`].
    pub fn get_mut(&mut self, id: ItemId) -> Option<&mut Item> {
        self.place(id).and_then(|at| self.items.get_mut(at))
    }

    /// The first item from `id` on that waits.
    pub fn waiting_from(&self, id: ItemId) -> Option<ItemId> {
        let start = self.items.partition_point(|item| item.file.id < id);
        let mut rest = self.items.iter().skip(start);
        rest.find(|item| matches!(item.state, State::Waiting))
            .map(|item| item.file.id)
    }

    /// Appends an item with the largest id so far.
    pub fn push(&mut self, mut item: Item) {
        item.told = true;
        self.counts.enter(&item);
        self.changes.push_back(Change::Added(item.file.id));
        self.items.push(item);
    }

    /// Changes an item; screens will look.
    pub fn change<T>(&mut self, id: ItemId, change: impl FnOnce(&mut Item) -> T) -> Option<T> {
        let at = self.place(id)?;
        let item = self.items.get_mut(at)?;
        self.counts.leave(item);
        let result = change(item);
        self.counts.enter(item);
        if !item.told {
            item.told = true;
            self.changes.push_back(Change::Updated(id));
        }
        Some(result)
    }

    /// Takes an item out.
    pub fn remove(&mut self, id: ItemId) -> Option<Item> {
        let item = self.place(id).map(|at| self.items.remove(at))?;
        self.counts.leave(&item);
        self.changes.push_back(Change::Removed(id));
        Some(item)
    }

    /// Tells that counts or totals changed; once until screens look.
    pub fn tell_summary(&mut self) {
        if !self.summary_told {
            self.summary_told = true;
            self.changes.push_back(Change::Summary);
        }
    }

    pub fn poll_change(&mut self) -> Option<Change> {
        while let Some(change) = self.changes.pop_front() {
            match change {
                Change::Added(id) | Change::Updated(id) => match self.get_mut(id) {
                    Some(item) => item.told = false,
                    // It has left since.
                    None => continue,
                },
                Change::Summary => self.summary_told = false,
                Change::Removed(_) => {}
            }
            return Some(change);
        }
        None
    }

    /// How many items stand before one.
    pub fn place(&self, id: ItemId) -> Option<usize> {
        self.items
            .binary_search_by_key(&id, |item| item.file.id)
            .ok()
    }
}
