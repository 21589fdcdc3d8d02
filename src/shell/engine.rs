//! The engine's loop: facts go into the batch, its commands are carried out, its changes wake the
//! views that read them. One engine lives from the opening of a widget to its closing.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use leptos::prelude::*;
use plimsoll_core::batch::{Change, Summary};
use plimsoll_core::event::PickedFile;
use plimsoll_core::item::ItemView;
use plimsoll_core::options::Options;
use plimsoll_core::units::{ItemId, Millis, RequestId};
use plimsoll_core::{Batch, Command, Event, Notice};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, File, HtmlCanvasElement};

use super::http;
use super::preview::Previews;

/// What the engine calls with each notice, and with the file that the notice is about.
pub type Told = Box<dyn Fn(Notice, &dyn Fn(ItemId) -> Option<File>)>;

/// A handle that views copy.
#[derive(Clone, Copy)]
pub struct Engine(StoredValue<Rc<Shell>, LocalStorage>);

struct Shell {
    batch: RefCell<Batch>,
    /// Indexed by item; `None` once released.
    files: RefCell<Vec<Option<File>>>,
    /// No longer needed for uploads, but `queues-end` names each file once more.
    released: RefCell<Vec<ItemId>>,
    flights: RefCell<Vec<(RequestId, AbortController)>>,
    rows: RefCell<Vec<(ItemId, ArcTrigger)>>,
    /// The set of items changed.
    list: ArcTrigger,
    /// A count or the total progress changed.
    totals: ArcTrigger,
    previews: Rc<Previews>,
    told: Told,
    timer: Cell<Option<TimeoutHandle>>,
    ended: Cell<bool>,
    this: Weak<Shell>,
}

impl Engine {
    /// An engine of its own, in the current owner.
    pub fn new(options: Options, told: Told) -> Self {
        let shell = Rc::new_cyclic(|this| Shell {
            batch: RefCell::new(Batch::new(options, [random(), random()])),
            files: RefCell::default(),
            released: RefCell::default(),
            flights: RefCell::default(),
            rows: RefCell::default(),
            list: ArcTrigger::new(),
            totals: ArcTrigger::new(),
            previews: Rc::default(),
            told,
            timer: Cell::new(None),
            ended: Cell::new(false),
            this: this.clone(),
        });
        Self(StoredValue::new_local(shell))
    }

    /// A person chose files by one act. Does nothing once the dialog is gone, or without files.
    pub fn pick(self, files: Vec<File>) {
        if !files.is_empty() {
            self.0.try_with_value(|shell| shell.pick(files));
        }
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

    /// All items in order, as keys of the list, and follows it.
    pub fn ids(self) -> Vec<u32> {
        self.0.with_value(|shell| {
            shell.list.track();
            shell.batch.borrow().ids().map(|id| id.0).collect()
        })
    }

    /// The counts, and follows them.
    pub fn summary(self) -> Summary {
        self.0.with_value(|shell| {
            shell.totals.track();
            shell.batch.borrow().summary()
        })
    }

    /// Reads the options.
    pub fn options<T>(self, read: impl FnOnce(&Options) -> T) -> T {
        self.0
            .with_value(|shell| read(shell.batch.borrow().options()))
    }

    /// Paints an item's picture on a canvas.
    pub fn paint(self, id: ItemId, canvas: HtmlCanvasElement) {
        self.0.with_value(|shell| {
            if let Some(file) = shell.file(id) {
                shell.previews.paint(id, file, canvas);
            }
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
    fn pick(&self, files: Vec<File>) {
        let mut picked = Vec::with_capacity(files.len());
        let mut kept = self.files.borrow_mut();
        for file in files {
            picked.push(PickedFile {
                id: ItemId(u32::try_from(kept.len()).unwrap_or(u32::MAX)),
                name: file.name(),
                // A size is a whole number below 2^53, exact in both types. Read now: a file that
                // changes later is then refused by the browser instead of sent half.
                size: file.size() as u64,
                media_type: file.type_(),
            });
            kept.push(Some(file));
        }
        drop(kept);
        self.tell(Event::Picked { files: picked });
    }

    fn tell(&self, event: Event) {
        self.tell_at(now(), event);
    }

    /// Tells a fact and carries out all that follows. A page's callback may come back here by
    /// closing the widget: the inner call then carries out the rest, in the same order.
    fn tell_at(&self, now: Millis, event: Event) {
        if self.ended.get() {
            return;
        }
        self.batch.borrow_mut().handle(now, event);
        // Not `while let`: the batch must not be borrowed while a command is carried out.
        loop {
            let command = self.batch.borrow_mut().poll_command();
            let Some(command) = command else { break };
            self.perform(command);
        }
        loop {
            let change = self.batch.borrow_mut().poll_change();
            let Some(change) = change else { break };
            self.wake(change);
        }
        self.wind();
    }

    fn perform(&self, command: Command) {
        match command {
            Command::Send(send) => {
                let controller = AbortController::new();
                let (Ok(controller), Some(file)) = (controller, self.file(send.item)) else {
                    return self.later(Event::Unreadable {
                        request: send.request,
                    });
                };
                let signal = controller.signal();
                self.flights.borrow_mut().push((send.request, controller));
                let this = self.this.clone();
                spawn_local(async move {
                    let request = send.request;
                    let event = http::send(send, file, signal).await;
                    if let Some(shell) = this.upgrade() {
                        shell
                            .flights
                            .borrow_mut()
                            .retain(|(flight, _)| *flight != request);
                        shell.tell(event);
                    }
                });
            }
            Command::Abort(request) => {
                let mut flights = self.flights.borrow_mut();
                if let Some(at) = flights.iter().position(|(flight, _)| *flight == request) {
                    flights.swap_remove(at).1.abort();
                }
            }
            Command::Release(item) => self.released.borrow_mut().push(item),
            Command::Notify(notice) => {
                let last = matches!(notice, Notice::QueuesEnd { .. });
                (self.told)(notice, &|id| self.file(id));
                if last {
                    self.let_go();
                }
            }
        }
    }

    fn wake(&self, change: Change) {
        match change {
            Change::Added(_) => self.list.notify(),
            Change::Updated(id) => {
                let rows = self.rows.borrow();
                if let Ok(at) = rows.binary_search_by_key(&id, |(row, _)| *row) {
                    let row = rows[at].1.clone();
                    drop(rows);
                    row.notify();
                }
            }
            Change::Removed(id) => {
                self.previews.forget(id);
                self.rows.borrow_mut().retain(|(row, _)| *row != id);
                self.list.notify();
            }
            Change::Summary => self.totals.notify(),
        }
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
        let wait = Duration::from_millis(deadline.since(now()));
        self.timer.set(set_timeout_with_handle(tick, wait).ok());
    }

    /// Reports a fact after the current loop.
    fn later(&self, event: Event) {
        let this = self.this.clone();
        spawn_local(async move {
            if let Some(shell) = this.upgrade() {
                shell.tell(event);
            }
        });
    }

    /// Forgets the files that the batch has no more use for.
    fn let_go(&self) {
        let mut files = self.files.borrow_mut();
        for item in self.released.take() {
            if let Some(file) = files.get_mut(item.0 as usize) {
                *file = None;
            }
        }
    }

    fn file(&self, id: ItemId) -> Option<File> {
        self.files.borrow().get(id.0 as usize).cloned().flatten()
    }

    fn row(&self, id: ItemId) -> ArcTrigger {
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
        self.tell(Event::AllCancelled);
        let last = self.batch.borrow().deadline();
        if let Some(last) = last {
            self.tell_at(last, Event::Ticked);
        }
        self.ended.set(true);
        self.wind();
        self.files.take();
    }
}

/// The page's monotonic clock.
fn now() -> Millis {
    let now = window().performance().map_or(0.0, |clock| clock.now());
    // Whole milliseconds are fine enough, and the value is small and positive.
    Millis(now as u64)
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
        now().0
    }
}
