//! The items of a batch in shown order, the counts that follow from them, and what screens have
//! not looked at yet. Knows nothing of requests or notices.

use std::collections::VecDeque;

use crate::item::{Item, State};
use crate::progress;
use crate::units::ItemId;

/// What screens should look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// An item entered the list, at its end, or came back to its place.
    Added(ItemId),
    /// Something about an item is different.
    Updated(ItemId),
    /// An item left the list.
    Removed(ItemId),
    /// An item stands in another place, or has come into the review or left it.
    Moved(ItemId),
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
    /// Of the active ones, those that a person is to look at.
    pub reviewing: u32,
    /// Bytes of all items but the refused ones and those that a person is to look at.
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
        self.reviewing += u32::from(matches!(item.state, State::Reviewing));
        if is_work(&item.state) {
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
        self.reviewing -= u32::from(matches!(item.state, State::Reviewing));
        if is_work(&item.state) {
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

/// Whether its bytes are a part of what is to be done.
const fn is_work(state: &State) -> bool {
    !matches!(state, State::Refused(_) | State::Reviewing)
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
    /// The ids as they are shown, once a person has moved one.
    order: Option<Vec<ItemId>>,
    /// No item before this place waits.
    pub waiting: usize,
    pub counts: Counts,
    changes: VecDeque<Change>,
    /// A `Change::Summary` is among the changes.
    summary_told: bool,
}

impl List {
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// In shown order.
    pub fn iter(&self) -> impl Iterator<Item = &Item> {
        (0..self.items.len()).filter_map(|place| self.at(place))
    }

    pub fn get(&self, id: ItemId) -> Option<&Item> {
        self.find(id).and_then(|at| self.items.get(at))
    }

    /// For what is not shown; else see [`Self::change`].
    pub fn get_mut(&mut self, id: ItemId) -> Option<&mut Item> {
        self.find(id).and_then(|at| self.items.get_mut(at))
    }

    /// The item in a place.
    fn at(&self, place: usize) -> Option<&Item> {
        match &self.order {
            None => self.items.get(place),
            Some(order) => order.get(place).and_then(|id| self.get(*id)),
        }
    }

    /// The first item from a place on that waits, and its place.
    pub fn waiting_from(&self, place: usize) -> Option<(usize, ItemId)> {
        let mut rest = place..self.items.len();
        rest.find_map(|place| {
            let item = self.at(place)?;
            matches!(item.state, State::Waiting).then_some((place, item.file.id))
        })
    }

    /// An item waits from now on.
    pub fn waits(&mut self, id: ItemId) {
        if let Some(place) = self.place(id) {
            self.waiting = self.waiting.min(place);
        }
    }

    /// Puts an item in another place; beyond the end, at the end.
    pub fn relocate(&mut self, id: ItemId, to: usize) {
        let to = to.min(self.items.len().saturating_sub(1));
        let Some(from) = self.place(id).filter(|from| *from != to) else {
            return;
        };
        let items = &self.items;
        let order = self
            .order
            .get_or_insert_with(|| items.iter().map(|item| item.file.id).collect());
        let moved = order.remove(from);
        order.insert(to, moved);
        self.waiting = self.waiting.min(from).min(to);
        self.changes.push_back(Change::Moved(id));
    }

    /// Appends an item with the largest id so far.
    pub fn push(&mut self, mut item: Item) {
        item.told = true;
        self.counts.enter(&item);
        self.changes.push_back(Change::Added(item.file.id));
        if let Some(order) = &mut self.order {
            order.push(item.file.id);
        }
        self.items.push(item);
    }

    /// Changes an item; screens will look.
    pub fn change<T>(&mut self, id: ItemId, change: impl FnOnce(&mut Item) -> T) -> Option<T> {
        let at = self.find(id)?;
        let item = self.items.get_mut(at)?;
        self.counts.leave(item);
        let reviewed = item.in_review();
        let result = change(item);
        self.counts.enter(item);
        if item.in_review() != reviewed {
            self.changes.push_back(Change::Moved(id));
        }
        if !item.told {
            item.told = true;
            self.changes.push_back(Change::Updated(id));
        }
        Some(result)
    }

    /// Takes an item out.
    pub fn remove(&mut self, id: ItemId) -> Option<Item> {
        let place = self.place(id)?;
        if place < self.waiting {
            self.waiting -= 1;
        }
        let item = self.find(id).map(|at| self.items.remove(at))?;
        if let Some(order) = &mut self.order {
            order.remove(place);
        }
        self.counts.leave(&item);
        self.changes.push_back(Change::Removed(id));
        Some(item)
    }

    /// Puts an item in that was taken out of this place, and waits for nothing.
    pub fn put_back(&mut self, mut item: Item, place: usize) {
        let id = item.file.id;
        // What was told before it left is told anew.
        self.changes.retain(
            |change| !matches!(change, Change::Added(told) | Change::Updated(told) if *told == id),
        );
        item.told = true;
        self.counts.enter(&item);
        self.changes.push_back(Change::Added(id));
        let at = self.items.partition_point(|other| other.file.id < id);
        self.items.insert(at, item);
        if let Some(order) = &mut self.order {
            order.insert(place.min(order.len()), id);
        }
        if self.place(id).is_some_and(|place| place < self.waiting) {
            self.waiting += 1;
        }
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
                Change::Removed(_) | Change::Moved(_) => {}
            }
            return Some(change);
        }
        None
    }

    /// How many items stand before one.
    pub fn place(&self, id: ItemId) -> Option<usize> {
        match &self.order {
            None => self.find(id),
            Some(order) => order.iter().position(|other| *other == id),
        }
    }

    /// Where an item is kept.
    fn find(&self, id: ItemId) -> Option<usize> {
        self.items
            .binary_search_by_key(&id, |item| item.file.id)
            .ok()
    }
}
