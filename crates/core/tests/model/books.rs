//! What a careful bystander writes down: who lives, who failed how often and for how long, who has
//! to wait for whom, and what may still be spent on retries. An oracle of its own for the engine's
//! patience.

use std::collections::BTreeMap;

use plimsoll_core::transfer::{FAILURES_MAX, OUTAGE_MS};
use plimsoll_core::units::{ItemId, Millis};

/// A timer that is later than this was not late: the computer slept.
const LATE_MS: u64 = 5_000;

/// The shared budget of retries, in thousandths, and one for a second that had begun when it was
/// last full.
const TOKENS: u64 = 501_000;

/// What a retry costs, and gains when it goes well.
const COST: u64 = 5_000;

/// What it costs after a request that ran out of time.
const COST_TIMEOUT: u64 = 10_000;

/// From admission or retry to one closing notice.
#[derive(Default)]
pub struct Life {
    pub open: bool,
    pub upload_id: Option<String>,
    pub permille: u16,
    /// Failures since the server last took something.
    failures: u32,
    /// Requests from this one on were made after the last failure that counted.
    next: u32,
    /// When the first failure was, by present time.
    since_ms: u64,
    /// The last failure was one too many.
    pub spent: bool,
    /// What the next request costs, because it is a retry.
    pub debt: Option<Debt>,
    /// Its server asked not to be asked before.
    pub hold: Option<Millis>,
}

/// What went wrong, as far as retries are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Debt {
    Timeout,
    Line,
    Answer,
    Unreadable,
}

pub struct Books {
    pub lives: BTreeMap<ItemId, Life>,
    /// Time in which the page ran and had a network.
    present_ms: u64,
    tokens: u64,
    tokens_at: Millis,
    /// Nobody may send before.
    pub hold: Option<Millis>,
    /// When the server last asked to slow down.
    pub busy_at: Option<Millis>,
    pub starts: u32,
    pub ends: u32,
}

impl Default for Books {
    fn default() -> Self {
        Self {
            lives: BTreeMap::new(),
            present_ms: 0,
            tokens: TOKENS,
            tokens_at: Millis(0),
            hold: None,
            busy_at: None,
            starts: 0,
            ends: 0,
        }
    }
}

impl Books {
    /// Time went by, and the batch wanted to be woken at `due`.
    pub fn pass(&mut self, from: Millis, to: Millis, due: Option<Millis>, online: bool) {
        if online {
            let gone = to.since(from);
            let planned = due.map_or(gone, |due| due.since(from).saturating_add(LATE_MS));
            self.present_ms += gone.min(planned);
        }
        let refilled = to.since(self.tokens_at).min(TOKENS);
        self.tokens = (self.tokens + refilled).min(TOKENS);
        self.tokens_at = self.tokens_at.max(to);
    }

    /// The server took something of an item.
    pub fn took(&mut self, id: ItemId) {
        self.tokens = (self.tokens + COST).min(TOKENS);
        if let Some(life) = self.lives.get_mut(&id) {
            (life.failures, life.next, life.spent) = (0, 0, false);
        }
    }

    /// A request of an item failed in a way that may pass.
    pub fn stumbled(&mut self, id: ItemId, request: u32, next: u32, debt: Debt, online: bool) {
        let now = self.present_ms;
        let Some(life) = self.lives.get_mut(&id) else {
            return;
        };
        life.debt = Some(debt);
        let silent = matches!(debt, Debt::Timeout | Debt::Line);
        if silent && !online {
            return;
        }
        if request >= life.next {
            if life.failures == 0 {
                life.since_ms = now;
            }
            life.failures += 1;
            life.next = next;
        }
        let long = now - life.since_ms >= OUTAGE_MS || debt == Debt::Unreadable;
        life.spent = life.failures >= FAILURES_MAX && long;
    }

    /// A request goes out for an item; says whether the budget was nearly spent.
    pub fn sent(&mut self, id: ItemId) -> bool {
        let Some(life) = self.lives.get_mut(&id) else {
            panic!("a file was sent unasked")
        };
        assert!(life.open, "sent after its end");
        assert!(!life.spent, "tried again although it was tried enough");
        let cost = match life.debt.take() {
            None => return false,
            Some(Debt::Timeout) => COST_TIMEOUT,
            Some(_) => COST,
        };
        assert!(self.tokens >= cost, "more retries than the budget has");
        self.tokens -= cost;
        self.tokens < COST_TIMEOUT
    }

    /// A person, or the page, has a hand in it: what comes next is no retry.
    pub fn pardon(&mut self, id: ItemId) {
        if let Some(life) = self.lives.get_mut(&id) {
            (life.debt, life.hold) = (None, None);
        }
    }

    /// It goes on after a pause as if nothing had failed.
    pub fn resumed(&mut self, id: ItemId) {
        self.pardon(id);
        if let Some(life) = self.lives.get_mut(&id) {
            (life.failures, life.next, life.spent) = (0, 0, false);
        }
    }

    pub fn is_open(&self, id: ItemId) -> bool {
        self.lives.get(&id).is_some_and(|life| life.open)
    }

    pub fn begin(&mut self, id: ItemId) {
        let life = Life {
            open: true,
            ..Life::default()
        };
        let before = self.lives.insert(id, life);
        assert!(
            before.is_none_or(|before| !before.open),
            "it begins before it has ended"
        );
    }

    pub fn end(&mut self, id: ItemId) -> &Life {
        let Some(life) = self.lives.get_mut(&id) else {
            panic!("an end without a beginning")
        };
        assert!(life.open, "a second closing notice");
        life.open = false;
        life
    }
}
