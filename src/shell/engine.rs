//! The engine's loop: facts go into the batch, its commands are carried out, its changes wake the
//! views that read them. One engine lives from the opening of a widget to its closing.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::time::Duration;

use leptos::prelude::*;
use plimsoll_core::batch::{Change, Summary};
use plimsoll_core::item::ItemView;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{AskId, ItemId, Millis, Moment, RequestId};
use plimsoll_core::{Batch, Event, Notice};
use web_sys::{AbortController, File, HtmlCanvasElement};

use super::caller::Caller;
use super::chosen::Choice;
use super::late::{is_here, upload};
use super::memory::Memory;
use super::network::Watch;
use super::preview::Previews;
use super::ready::{Readiness, Writing};
use super::turn::Turns;

/// The files of a batch that has ended.
pub(super) type Ended = std::vec::IntoIter<(ItemId, Value)>;

/// So long a turn of ours may take: a frame of the page must still fit behind it.
const TURN_MS: u64 = 8;

/// A handle that views copy.
#[derive(Clone, Copy)]
pub struct Engine(pub(super) StoredValue<Rc<Shell>, LocalStorage>);

/// What is on its way, by its id, and how to stop it.
pub(super) type Running<Id> = RefCell<Vec<(Id, AbortController)>>;

pub(super) struct Shell {
    pub(super) batch: RefCell<Batch>,
    /// Indexed by item; `None` once released, and for what has only an address.
    pub(super) files: RefCell<Vec<Option<File>>>,
    /// No longer needed for uploads, but `queues-end` names each file once more.
    pub(super) released: RefCell<Vec<ItemId>>,
    /// Of these, those whose batch has ended; once that is told, they can go.
    pub(super) gone: RefCell<Vec<ItemId>>,
    pub(super) flights: Running<RequestId>,
    pub(super) questions: Running<AskId>,
    pub(super) memory: Memory,
    pub(super) caller: Caller,
    rows: RefCell<Vec<(ItemId, ArcTrigger)>>,
    /// The set of items changed, or their order.
    pub(super) list: ArcTrigger,
    /// A count or the total progress changed.
    pub(super) totals: ArcTrigger,
    /// A second went by that somebody looks at.
    seconds: ArcTrigger,
    previews: Previews,
    timer: Cell<Option<TimeoutHandle>>,
    second: Cell<Option<TimeoutHandle>>,
    /// When what takes long is carried on with.
    pub(super) turns: Turns,
    /// What was chosen and is still being looked at.
    pub(super) choices: RefCell<VecDeque<Choice>>,
    /// What the page is still to be told.
    pub(super) notices: RefCell<VecDeque<Notice>>,
    /// Files of a batch that has ended, of which the page is still to be told.
    pub(super) last: RefCell<Option<Ended>>,
    watch: RefCell<Option<Watch>>,
    /// What happened before the part was there that has the engine.
    pub(super) waiting: RefCell<Vec<Event>>,
    pub(super) readiness: Cell<Readiness>,
    pub(super) writing: Cell<Writing>,
    /// Nothing may be put off any longer.
    ending: Cell<bool>,
    pub(super) ended: Cell<bool>,
    pub(super) this: Weak<Shell>,
}

impl Engine {
    /// An engine of its own, in the current owner.
    pub fn new(options: Options, caller: Caller) -> Self {
        let shell = Rc::new_cyclic(|this: &Weak<Shell>| Shell {
            memory: Memory::new(&options),
            writing: Cell::new(Writing::of(&options)),
            batch: RefCell::new(Batch::new(options, [random(), random()])),
            files: RefCell::default(),
            released: RefCell::default(),
            gone: RefCell::default(),
            flights: RefCell::default(),
            questions: RefCell::default(),
            caller,
            rows: RefCell::default(),
            list: ArcTrigger::new(),
            totals: ArcTrigger::new(),
            seconds: ArcTrigger::new(),
            previews: Previews::default(),
            timer: Cell::new(None),
            second: Cell::new(None),
            turns: {
                let this = this.clone();
                Turns::new(move || {
                    if let Some(shell) = this.upgrade() {
                        shell.turn();
                    }
                })
            },
            choices: RefCell::default(),
            notices: RefCell::default(),
            last: RefCell::default(),
            watch: RefCell::default(),
            waiting: RefCell::default(),
            readiness: Cell::default(),
            ending: Cell::new(false),
            ended: Cell::new(false),
            this: this.clone(),
        });
        shell.begin();
        Self(StoredValue::new_local(shell))
    }

    /// A person chose files by one act. Does nothing once the dialog is gone, or without files.
    pub fn pick(self, files: Vec<File>) {
        if !files.is_empty() {
            self.0.try_with_value(|shell| shell.chosen(files));
        }
    }

    /// The page, or a person, names files that the server is to fetch. Their addresses were
    /// checked.
    pub fn fetch(self, addresses: Vec<String>) {
        self.0.try_with_value(|shell| shell.fetch(addresses));
    }

    /// A person did something else.
    pub fn tell(self, event: Event) {
        self.0.with_value(|shell| shell.tell(event));
    }

    /// Reads one item, and follows it.
    pub fn item<T>(self, id: ItemId, read: impl FnOnce(&ItemView<'_>) -> T) -> Option<T> {
        self.0.with_value(|shell| {
            shell.row(id).track();
            shell.batch.borrow().item(id).as_ref().map(read)
        })
    }

    /// The name of what was taken out of the list last and may come back.
    pub fn aside(self) -> Option<String> {
        self.0.with_value(|shell| {
            let batch = shell.batch.borrow();
            batch.aside().map(|item| item.name.to_owned())
        })
    }

    /// All items in order but those in review, as keys of the list, and follows it.
    pub fn ids(self) -> Vec<u32> {
        self.0.with_value(|shell| {
            shell.list.track();
            let batch = shell.batch.borrow();
            batch.listed_ids().map(|id| id.0).collect()
        })
    }

    /// Which item of how many one is, from 0, and follows that.
    pub fn place(self, id: ItemId) -> Option<(usize, u32)> {
        self.0.with_value(|shell| {
            shell.list.track();
            let batch = shell.batch.borrow();
            batch.place(id).map(|at| (at, batch.summary().total))
        })
    }

    /// The counts, and follows them.
    pub fn summary(self) -> Summary {
        self.0.with_value(|shell| {
            shell.totals.track();
            shell.batch.borrow().summary()
        })
    }

    /// Whole seconds until then, and follows them while there are any.
    pub fn seconds_until(self, until: Millis) -> u64 {
        let left = until.since(now().at).div_ceil(1_000);
        if left > 0 {
            self.0.with_value(|shell| {
                shell.seconds.track();
                shell.count_down();
            });
        }
        left
    }

    /// Reads the options.
    pub fn options<T>(self, read: impl FnOnce(&Options) -> T) -> T {
        self.0
            .with_value(|shell| read(shell.batch.borrow().options()))
    }

    /// An item's file, while the batch needs it.
    pub fn file(self, id: ItemId) -> Option<File> {
        self.0.with_value(|shell| shell.file(id))
    }

    /// Paints an item's picture on a canvas.
    pub fn paint(self, id: ItemId, canvas: HtmlCanvasElement) {
        self.0.with_value(|shell| {
            if let Some(file) = shell.file(id) {
                shell.previews.paint(&file, &canvas);
            }
        });
    }

    /// Fetches what the first file will need: somebody is about to choose one.
    pub fn prepare(self) {
        upload(Box::new(|_| ()));
    }

    /// Whether files can be taken in, and follows it.
    pub fn readiness(self) -> Readiness {
        self.0.with_value(|shell| {
            shell.totals.track();
            shell.readiness.get()
        })
    }

    /// What is stored, in shown order: as `success` has told it.
    pub fn results(self) -> Vec<Value> {
        self.0.with_value(|shell| {
            // Else nothing was uploaded so far.
            if is_here() {
                shell.results()
            } else {
                Vec::new()
            }
        })
    }

    /// Other options, for what is chosen from now on.
    pub fn update(self, options: Options) {
        self.0.with_value(|shell| {
            if is_here() {
                let options = Box::new(options);
                return shell.tell(Event::Updated { options });
            }
            // Nothing has been told to the batch so far: it is as good as new.
            shell.writing.set(Writing::of(&options));
            shell
                .batch
                .replace(Batch::new(options, [random(), random()]));
            shell.totals.notify();
        });
    }

    /// Whether nothing waits or is being sent.
    pub fn is_idle(self) -> bool {
        self.0.with_value(|shell| shell.batch.borrow().is_idle())
    }

    /// Cancels all that runs, tells the end of the batch, and lets go of every file. Afterwards
    /// nothing is told any more.
    pub fn end(self) {
        self.0.with_value(|shell| shell.end());
    }
}

impl Shell {
    /// Listens for the network, and takes up what an earlier life of the page had to leave.
    fn begin(&self) {
        let told = |event: Event| {
            let this = self.this.clone();
            move || {
                if let Some(shell) = this.upgrade() {
                    shell.tell(event.clone());
                }
            }
        };
        let watch = Watch::new(told(Event::WentOnline), told(Event::WentOffline));
        self.watch.replace(Some(watch));
        if !Watch::is_online() {
            self.tell(Event::WentOffline);
        }
        let this = self.this.clone();
        self.memory.find_kept(move |files, places| {
            if let Some(shell) = this.upgrade().filter(|_| !files.is_empty()) {
                shell.pick(files, places);
            }
        });
    }

    #[inline(never)]
    fn results(&self) -> Vec<Value> {
        self.batch.borrow().results()
    }

    pub(super) fn tell(&self, event: Event) {
        self.tell_at(now(), event);
    }

    /// Carries out what is ordered: requests at once, and what the page is to be told in its order.
    /// Much of that takes several turns of the browser's: ten thousand files are told to the page
    /// without its people noticing, and none of them waits for it.
    pub(super) fn carry_on(&self) {
        // Not `while let`: the batch must not be borrowed while a command is carried out.
        loop {
            let command = self.batch.borrow_mut().poll_command();
            let Some(command) = command else { break };
            self.perform(command);
        }
        let until = Self::turn_end();
        loop {
            if !self.tell_ended() {
                let notice = self.notices.borrow_mut().pop_front();
                let Some(notice) = notice else { break };
                self.notify(notice);
            }
            if Self::is_past(until) && !self.ending.get() {
                self.turns.ask();
                break;
            }
        }
        let mut listed = false;
        loop {
            let change = self.batch.borrow_mut().poll_change();
            let Some(change) = change else { break };
            listed |= self.wake(change);
        }
        if listed {
            self.list.notify();
        }
        self.wind();
    }

    /// What takes long goes on.
    fn turn(&self) {
        self.turns.came();
        if self.ended.get() {
            return;
        }
        self.look_at_choices();
        if !self.notices.borrow().is_empty() || self.last.borrow().is_some() {
            self.carry_on();
        }
    }

    /// When a turn that begins now is over.
    pub(super) fn turn_end() -> Millis {
        now().at.after(TURN_MS)
    }

    pub(super) fn is_past(until: Millis) -> bool {
        now().at >= until
    }

    /// Wakes those who look at what has changed. Says whether the set of items has.
    fn wake(&self, change: Change) -> bool {
        match change {
            Change::Added(_) | Change::Moved(_) => return true,
            Change::Updated(id) => {
                let rows = self.rows.borrow();
                if let Ok(at) = rows.binary_search_by_key(&id, |(row, _)| *row) {
                    let row = rows[at].1.clone();
                    drop(rows);
                    row.notify();
                }
            }
            Change::Removed(id) => {
                self.rows.borrow_mut().retain(|(row, _)| *row != id);
                return true;
            }
            Change::Summary => self.totals.notify(),
        }
        false
    }

    /// Sets the timer to the batch's next deadline.
    fn wind(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        let deadline = self.batch.borrow().deadline();
        let Some(deadline) = deadline.filter(|_| !self.ended.get()) else {
            return;
        };
        let this = self.this.clone();
        let tick = move || {
            if let Some(shell) = this.upgrade() {
                shell.timer.take();
                shell.tell(Event::Ticked);
            }
        };
        let wait = Duration::from_millis(deadline.since(now().at));
        self.timer.set(set_timeout_with_handle(tick, wait).ok());
    }

    /// Wakes those who count down, a second from now. They ask again while they do.
    fn count_down(&self) {
        let timer = self.second.take().or_else(|| {
            let this = self.this.clone();
            let tick = move || {
                if let Some(shell) = this.upgrade() {
                    shell.second.take();
                    shell.seconds.notify();
                }
            };
            set_timeout_with_handle(tick, Duration::from_secs(1)).ok()
        });
        self.second.set(timer);
    }

    /// Cancels, and lets the batch say what it has to.
    #[inline(never)]
    fn say_last(&self) {
        self.tell(Event::AllCancelled);
        let last = self.batch.borrow().deadline();
        if let Some(at) = last {
            self.tell_at(Moment { at, ..now() }, Event::Ticked);
        }
    }

    pub(super) fn row(&self, id: ItemId) -> ArcTrigger {
        let mut rows = self.rows.borrow_mut();
        match rows.binary_search_by_key(&id, |(row, _)| *row) {
            Ok(at) => rows[at].1.clone(),
            Err(at) => {
                let row = ArcTrigger::new();
                rows.insert(at, (id, row.clone()));
                row
            }
        }
    }

    /// Cancels what runs, lets the batch say its last words at once, and lets go of everything.
    fn end(&self) {
        self.ending.set(true);
        if is_here() {
            self.say_last();
        }
        self.ended.set(true);
        let timers = [self.timer.take(), self.second.take()];
        for timer in timers.into_iter().flatten() {
            timer.clear();
        }
        self.choices.take();
        self.files.take();
        self.memory.end();
        self.watch.take();
    }
}

/// The page's clocks.
fn now() -> Moment {
    let now = window().performance().map_or(0.0, |clock| clock.now());
    // Whole milliseconds are fine enough, and both values are small and positive.
    Moment {
        at: Millis(now as u64),
        unix_ms: js_sys::Date::now() as u64,
    }
}

/// 64 random bits for upload IDs and for the spreading of retries.
fn random() -> u64 {
    let mut bytes = [0; 8];
    let filled = window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    // Without the browser's randomness (it is in every context we run in) the clock must do.
    if filled.is_ok() {
        u64::from_le_bytes(bytes)
    } else {
        now().at.0
    }
}
