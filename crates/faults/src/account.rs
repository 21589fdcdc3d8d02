//! What came, and what was done to it: each request with its bytes, and how often each planned
//! fault was really hit. A test that plans a fault asks here whether it happened.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;

use crate::head::{Range, Request};
use crate::plan::{Fault, Plan, Position, Rule};

/// The plan in force, and all that happened under it.
pub struct Account {
    start: Instant,
    /// Shared with every upload that is under way, and so counts them.
    open: Arc<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Counts the plans, so that a request of an older one changes nothing of the newer.
    era: u64,
    /// Each with how many requests it fitted, and how often it was applied and hit.
    rules: Vec<Use>,
    requests: Vec<Entry>,
}

impl State {
    fn change(&mut self, ticket: &Ticket, change: impl FnOnce(&mut Entry)) {
        let current = self.era == ticket.era;
        if let Some(entry) = self.requests.get_mut(ticket.index).filter(|_| current) {
            change(entry);
        }
    }
}

struct Use {
    rule: Rule,
    seen: u32,
    applied: u32,
    hits: u32,
}

impl Use {
    /// Whether it takes a request that fits.
    fn takes(&mut self) -> bool {
        self.seen += 1;
        let takes =
            self.seen > self.rule.skip && self.applied < self.rule.times.unwrap_or(u32::MAX);
        self.applied += u32::from(takes);
        takes
    }
}

#[derive(Clone)]
struct Entry {
    at_ms: u64,
    request: Request,
    beside: usize,
    received: Arc<AtomicU64>,
    answer: Option<u16>,
    told: Option<u16>,
    fault: Option<String>,
}

/// A request's place in the account; it is under way until this is dropped.
pub struct Ticket {
    era: u64,
    index: usize,
    received: Arc<AtomicU64>,
    _open: Option<Arc<()>>,
}

impl Ticket {
    /// So many bytes of the body came.
    pub fn received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A rule that was chosen for a request.
#[derive(Clone)]
pub struct Chosen {
    rule: usize,
    /// What is to happen.
    pub fault: Fault,
}

/// What `GET /account` answers.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The planned faults.
    pub rules: Vec<Hits>,
    /// All requests, in the order of their heads.
    pub requests: Vec<Line>,
}

/// How often a planned fault happened.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Hits {
    /// As the plan names it.
    pub name: String,
    /// `null` where it was to happen always.
    pub planned: Option<u32>,
    /// How often it did.
    pub hits: u32,
}

/// One request.
#[derive(Debug, Serialize)]
pub struct Line {
    /// When its head had come, since the proxy's start.
    pub at_ms: u64,
    /// How many uploads were under way then.
    pub beside: usize,
    /// `POST`.
    pub method: String,
    /// With its query.
    pub path: String,
    /// Where in its file it lies.
    pub position: Position,
    /// Which bytes of its file it carries.
    pub range: Option<Range>,
    /// Its upload ID.
    pub upload: Option<String>,
    /// How long its body was to be.
    pub length: u64,
    /// How much of its body came.
    pub received: u64,
    /// What the server answered.
    pub answer: Option<u16>,
    /// What the client was told; `null` if nothing.
    pub told: Option<u16>,
    /// The fault that happened to it.
    pub fault: Option<String>,
}

impl Account {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            open: Arc::default(),
            state: Mutex::default(),
        }
    }

    /// Puts another plan in force and begins the account anew.
    pub fn begin(&self, plan: &Plan) {
        let rules = plan.rules.iter().map(|rule| Use {
            rule: rule.clone(),
            seen: 0,
            applied: 0,
            hits: 0,
        });
        let rules = rules.collect();
        let mut state = self.state();
        *state = State {
            era: state.era + 1,
            rules,
            requests: Vec::new(),
        };
    }

    /// Enters a request, and chooses what is to happen to it.
    pub fn enter(&self, request: &Request) -> (Ticket, Option<Chosen>) {
        let at_ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let received = Arc::<AtomicU64>::default();
        let beside = Arc::strong_count(&self.open) - 1;
        // Preflights carry no bytes, and a browser counts them otherwise.
        let open = (request.method == "POST").then(|| Arc::clone(&self.open));
        let mut state = self.state();
        state.requests.push(Entry {
            at_ms,
            request: request.clone(),
            beside,
            received: Arc::clone(&received),
            answer: None,
            told: None,
            fault: None,
        });
        let index = state.requests.len() - 1;
        let rules = state.rules.iter_mut().enumerate();
        let mut fitting = rules.filter(|(_, used)| request.fits(&used.rule.when));
        let chosen = fitting.find_map(|(rule, used)| {
            let fault = used.rule.fault.clone();
            used.takes().then_some(Chosen { rule, fault })
        });
        let era = state.era;
        let ticket = Ticket {
            era,
            index,
            received,
            _open: open,
        };
        (ticket, chosen)
    }

    /// The fault has really happened.
    pub fn hit(&self, ticket: &Ticket, chosen: &Chosen) {
        let mut state = self.state();
        if state.era != ticket.era {
            return;
        }
        let Some(used) = state.rules.get_mut(chosen.rule) else {
            return;
        };
        used.hits += 1;
        let name = used.rule.name.clone();
        state.change(ticket, |entry| entry.fault = Some(name));
    }

    /// The server has answered.
    pub fn answered(&self, ticket: &Ticket, status: u16) {
        self.state()
            .change(ticket, |entry| entry.answer = Some(status));
    }

    /// An answer goes to the client.
    pub fn told(&self, ticket: &Ticket, status: u16) {
        self.state()
            .change(ticket, |entry| entry.told = Some(status));
    }

    /// All of it.
    pub fn report(&self) -> Report {
        let state = self.state();
        let rules = state.rules.iter().map(|used| Hits {
            name: used.rule.name.clone(),
            planned: used.rule.times,
            hits: used.hits,
        });
        let requests = state.requests.iter().map(|entry| Line {
            at_ms: entry.at_ms,
            beside: entry.beside,
            method: entry.request.method.clone(),
            path: entry.request.path.clone(),
            position: entry.request.position(),
            range: entry.request.range,
            upload: entry.request.upload.clone(),
            length: entry.request.length,
            received: entry.received.load(Ordering::Relaxed),
            answer: entry.answer,
            told: entry.told,
            fault: entry.fault.clone(),
        });
        Report {
            rules: rules.collect(),
            requests: requests.collect(),
        }
    }

    /// A panic of another task leaves numbers that may be read all the same.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
