//! The engine's commands, carried out: each begins something in the browser whose end is told as a
//! fact. When and why is the engine's.

use std::pin::Pin;
use std::rc::{Rc, Weak};

use js_sys::{Array, Object, Promise};
use plimsoll_core::command::{Ask, Question, Send};
use plimsoll_core::event::{Recall, Reply, Vetted};
use plimsoll_core::units::{AskId, ItemId, RequestId};
use plimsoll_core::{Command, Event, Notice};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal, File};

use super::ask::{self, Replies};
use super::engine::{Running, Shell};
use super::http::{self, Outgoing, set};
use super::script::{self, promised};
use super::task::{later, when};

impl Shell {
    pub(super) fn perform(&self, command: Command) {
        match command {
            Command::Send(send) => self.send(send),
            Command::Query { request, url } => self.query(request, url),
            Command::Abort(request) => stop(&self.flights, request),
            Command::Ask(ask) => self.ask(ask),
            Command::Dismiss(ask) => stop(&self.questions, ask),
            Command::Vet { ask, items } => self.vet(ask, items),
            Command::Recall { item, scope } => self.recall(item, &scope),
            Command::Remember {
                item,
                text,
                expires_s,
            } => self.memory.remember(item, &text, expires_s),
            Command::Forget(item) => self.memory.forget(item),
            Command::Yield(item) => self.memory.leave(item),
            Command::Digest(item) => self.digest(item),
            Command::Probe(item) => self.probe(item),
            Command::Remake(recipe) => self.remake(recipe),
            Command::Release(item) => {
                self.memory.release(item);
                self.released.borrow_mut().push(item);
            }
            Command::Notify(notice) => self.heed(notice),
        }
    }

    fn send(&self, send: Send) {
        let request = send.request;
        let file = self.file(send.item);
        if let Some(file) = &file {
            self.memory.keep(send.item, file);
        }
        let this = self.this.clone();
        let heard = Box::new(move |bytes| {
            if let Some(shell) = this.upgrade() {
                shell.tell(Event::Sent { request, bytes });
            }
        });
        if let Some(signal) = begin(&self.flights, request) {
            self.land(request, Box::pin(http::send(send, file, signal, heard)));
        }
    }

    fn query(&self, request: RequestId, url: String) {
        let outgoing = Outgoing {
            url,
            headers: Vec::new(),
            body: JsValue::UNDEFINED,
        };
        if let Some(signal) = begin(&self.flights, request) {
            let asked = async move { http::ended(request, http::ask(outgoing, signal).await) };
            self.land(request, Box::pin(asked));
        }
    }

    /// Tells how a request ended. Boxed, so that there is one such task and not one for each kind.
    fn land(&self, request: RequestId, ended: Pin<Box<dyn Future<Output = Event>>>) {
        let this = self.this.clone();
        spawn_local(async move {
            let event = ended.await;
            if let Some(shell) = this.upgrade() {
                take(&shell.flights, request);
                shell.tell(event);
            }
        });
    }

    fn ask(&self, ask: Ask) {
        let id = ask.ask;
        let Some(signal) = begin(&self.questions, id) else {
            return;
        };
        let this = self.this.clone();
        let replies: Replies = Rc::new(move |reply| {
            if let Some(shell) = this.upgrade() {
                shell.replied(id, reply);
            }
        });
        let (asked, name) = match ask.question {
            Question::Prepare => (&self.caller.prepare, "prepareUploadParams"),
            Question::Sign => (&self.caller.sign, "uploadSignature"),
            Question::SignAt(url) => {
                spawn_local(async move { replies(ask::post(url, ask.params, signal).await) });
                return;
            }
        };
        match asked {
            Some(asked) => asked(ask.params, replies),
            None => replies(Reply::Threw([name, " is not a function"].concat())),
        }
    }

    /// The first reply counts; a question that was dismissed has none.
    fn replied(&self, ask: AskId, reply: Reply) {
        if take(&self.questions, ask).is_some() {
            self.tell(Event::Replied { ask, reply });
        }
    }

    /// Asks the page which files of a choice may go. One that is not asked takes all.
    fn vet(&self, ask: AskId, items: Vec<ItemId>) {
        let files: Array = items.iter().map(|id| self.described(*id)).collect();
        let Some(vet) = &self.caller.vet else {
            let verdict = Vetted::AllBut(Vec::new());
            return later_told(&self.this, Event::Vetted { ask, verdict });
        };
        let this = self.this.clone();
        let act = move |said: Result<JsValue, JsValue>| {
            let verdict = verdict(&said.unwrap_or_default(), &items);
            if let Some(shell) = this.upgrade() {
                shell.tell(Event::Vetted { ask, verdict });
            }
        };
        when(vet(&files), Box::new(act));
    }

    /// The file; of one that the server is to fetch, its name.
    fn described(&self, id: ItemId) -> JsValue {
        if let Some(file) = self.file(id) {
            return file.into();
        }
        let known = Object::new();
        if let Some(item) = self.batch.borrow().item(id) {
            set(&known, "name", &item.name.into());
        }
        known.into()
    }

    fn recall(&self, item: ItemId, scope: &str) {
        let this = self.this.clone();
        let tell = move |recall| {
            if let Some(shell) = this.upgrade() {
                shell.tell(Event::Recalled { item, recall });
            }
        };
        match self.file(item) {
            Some(file) => self.memory.recall(item, &file, scope, Rc::new(tell)),
            None => later(Box::new(move || tell(Recall::Nothing))),
        }
    }

    fn digest(&self, item: ItemId) {
        let digits = match self.file(item) {
            Some(file) => promised(script::md5(&file)),
            None => Promise::resolve(&JsValue::UNDEFINED),
        };
        let this = self.this.clone();
        let act = move |digits: Result<JsValue, JsValue>| {
            if let Some(shell) = this.upgrade() {
                let md5 = digits.unwrap_or_default().as_string();
                shell.tell(Event::Digested { item, md5 });
            }
        };
        when(digits, Box::new(act));
    }

    /// Takes a notice in that is to be told in its turn; what it means for us is done at once.
    fn heed(&self, notice: Notice) {
        match &notice {
            Notice::Success { item, .. } | Notice::Failed { item, .. } => self.memory.drop(*item),
            Notice::Abort { items, .. } => items.iter().for_each(|item| self.memory.drop(*item)),
            // Files that are released from now on belong to another batch.
            Notice::QueuesEnd { .. } => self.gone.borrow_mut().extend(self.released.take()),
            _ => {}
        }
        self.notices.borrow_mut().push_back(notice);
    }

    /// Tells the page.
    pub(super) fn notify(&self, notice: Notice) {
        match notice {
            Notice::QueuesEnd { files } => {
                self.last.replace(Some(files.into_iter()));
            }
            notice => (self.caller.told)(notice, &|id| self.file(id)),
        }
    }

    /// Tells the page of one more file of a batch that has ended, and after the last one that it
    /// has. False when there is no such batch.
    pub(super) fn tell_ended(&self) -> bool {
        let mut last = self.last.borrow_mut();
        let Some(files) = last.as_mut() else {
            return false;
        };
        let next = files.next();
        if next.is_none() {
            last.take();
        }
        drop(last);
        match next {
            Some((item, entry)) => (self.caller.listed)(item, entry, self.file(item)),
            None => {
                let files = Vec::new();
                (self.caller.told)(Notice::QueuesEnd { files }, &|id| self.file(id));
                self.let_go();
            }
        }
        true
    }

    /// Forgets the files that the batch has no more use for.
    fn let_go(&self) {
        // A person may yet want the page to have them.
        if self.batch.borrow().options().flow.show_completed_button {
            return;
        }
        let mut files = self.files.borrow_mut();
        for item in self.gone.take() {
            if let Some(file) = files.get_mut(item.0 as usize) {
                *file = None;
            }
        }
    }

    pub(super) fn file(&self, id: ItemId) -> Option<File> {
        self.files.borrow().get(id.0 as usize).cloned().flatten()
    }
}

/// What `page.js` says: false, or pairs of index and words.
fn verdict(said: &JsValue, items: &[ItemId]) -> Vetted {
    let Some(refused) = said.dyn_ref::<Array>() else {
        return Vetted::None;
    };
    let pair = |pair: JsValue| {
        let pair: Array = pair.dyn_into().ok()?;
        // An index of ours, small and whole.
        let item = items.get(pair.get(0).as_f64()? as usize)?;
        Some((*item, pair.get(1).as_string().unwrap_or_default()))
    };
    Vetted::AllBut(refused.iter().filter_map(pair).collect())
}

/// Tells a fact after the current event.
fn later_told(this: &Weak<Shell>, event: Event) {
    let this = this.clone();
    later(Box::new(move || {
        if let Some(shell) = this.upgrade() {
            shell.tell(event);
        }
    }));
}

/// Begins something that can be stopped until it has ended. `None` in no browser that can run this
/// module; the engine's own time limits then end what was never begun.
fn begin<Id>(running: &Running<Id>, id: Id) -> Option<AbortSignal> {
    let controller = AbortController::new().ok()?;
    let signal = controller.signal();
    running.borrow_mut().push((id, controller));
    Some(signal)
}

fn take<Id: PartialEq>(running: &Running<Id>, id: Id) -> Option<AbortController> {
    let mut running = running.borrow_mut();
    let at = running.iter().position(|(known, _)| *known == id)?;
    Some(running.swap_remove(at).1)
}

fn stop<Id: PartialEq>(running: &Running<Id>, id: Id) {
    if let Some(controller) = take(running, id) {
        controller.abort();
    }
}
