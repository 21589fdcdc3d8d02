//! What the browser keeps for a run: the memory of earlier lives, the locks between tabs, and the
//! digests of files.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::event::Recall;
use plimsoll_core::units::ItemId;

/// A file's fingerprint and where it goes.
pub type Key = (u64, u64, String);

#[derive(Default)]
pub struct Browser {
    /// Outlives the page.
    pub memory: BTreeMap<Key, String>,
    /// Files that other tabs upload.
    pub tabs: BTreeSet<Key>,
    /// Files that this page holds.
    holders: BTreeMap<Key, ItemId>,
    /// Questions for the past that are not answered.
    pub asked: Vec<(ItemId, Key)>,
    /// Those that were told that somebody else has the file.
    pub elsewhere: Vec<(ItemId, Key)>,
    /// Items that the batch knows to be uploaded by another tab.
    pub barred: BTreeSet<ItemId>,
    /// Files to be digested.
    pub digests: BTreeSet<ItemId>,
    /// Files whose heads are to be read.
    pub probes: BTreeSet<ItemId>,
    /// Files whose heads were ordered.
    pub probed: BTreeSet<ItemId>,
    /// Files that were digested, and what came of it.
    pub digested: BTreeMap<ItemId, bool>,
    /// What was recalled and not yielded.
    pub recalled: BTreeMap<ItemId, Key>,
}

impl Browser {
    pub fn recall(&mut self, item: ItemId, key: Key) {
        let before = self.recalled.insert(item, key.clone());
        assert!(before.is_none(), "recalled twice, or not yielded");
        self.asked.push((item, key));
    }

    /// Answers one of those who asked.
    pub fn answer(&mut self, at: usize, has_storage: bool) -> (ItemId, Recall) {
        let (item, key) = self.asked.swap_remove(at);
        if !has_storage {
            return (item, Recall::Nothing);
        }
        let holder = self.holders.get(&key);
        if self.tabs.contains(&key) || holder.is_some_and(|holder| *holder != item) {
            self.elsewhere.push((item, key));
            return (item, Recall::Elsewhere);
        }
        let found = self.memory.get(&key).cloned();
        self.holders.insert(key, item);
        (item, found.map_or(Recall::Nothing, Recall::Found))
    }

    pub fn remember(&mut self, item: ItemId, text: String) {
        let Some(key) = self.recalled.get(&item) else {
            panic!("remembered without a recall")
        };
        self.memory.insert(key.clone(), text);
    }

    pub fn forget(&mut self, item: ItemId) {
        let Some(key) = self.recalled.get(&item) else {
            panic!("forgotten without a recall")
        };
        self.memory.remove(key);
    }

    pub fn let_go(&mut self, item: ItemId) {
        let Some(key) = self.recalled.remove(&item) else {
            panic!("yielded without a recall")
        };
        self.barred.remove(&item);
        self.asked.retain(|(known, _)| *known != item);
        self.elsewhere.retain(|(known, _)| *known != item);
        if self.holders.get(&key) == Some(&item) {
            self.holders.remove(&key);
        }
        // Also if it would have been the next one.
        if !self.holders.contains_key(&key) {
            self.wake(&key);
        }
    }

    /// Another tab begins with a file that nobody has.
    pub fn tab_takes(&mut self, key: Key) -> bool {
        !self.holders.contains_key(&key) && self.tabs.insert(key)
    }

    /// … and ends with it.
    pub fn tab_leaves(&mut self, at: usize) -> bool {
        let key = self.tabs.iter().nth(at % self.tabs.len().max(1)).cloned();
        key.is_some_and(|key| {
            self.tabs.remove(&key);
            self.wake(&key);
            true
        })
    }

    /// The next one who waits for a file has it.
    fn wake(&mut self, key: &Key) {
        let mut waiting = self.elsewhere.iter();
        if let Some(at) = waiting.position(|(_, known)| known == key) {
            let next = self.elsewhere.swap_remove(at);
            self.asked.push(next);
        }
    }

    /// The page is left: what it holds is free, what it keeps stays.
    pub fn leave(&mut self) {
        let (memory, tabs) = (
            std::mem::take(&mut self.memory),
            std::mem::take(&mut self.tabs),
        );
        *self = Self {
            memory,
            tabs,
            ..Self::default()
        };
    }
}
