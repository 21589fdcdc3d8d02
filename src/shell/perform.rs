//! The engine's commands, carried out: each begins something in the browser whose end is told as a
//! fact. When and why is the engine's.

use std::rc::Rc;

use plimsoll_core::command::{Ask, Question, Send};
use plimsoll_core::event::{Recall, Reply};
use plimsoll_core::units::{AskId, ItemId, RequestId};
use plimsoll_core::{Command, Event, Notice};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal, File};

use super::ask::{self, Asked, Replies};
use super::engine::{Running, Shell};
use super::http::{self, Outgoing};
use super::memory::Memory;
use super::script;

impl Shell {
    pub(super) fn perform(&self, command: Command) {
        match command {
            Command::Send(send) => self.send(send),
            Command::Query { request, url } => self.query(request, url),
            Command::Abort(request) => stop(&self.flights, request),
            Command::Ask(ask) => self.ask(ask),
            Command::Dismiss(ask) => stop(&self.questions, ask),
            Command::Recall { item, scope } => self.recall(item, scope),
            Command::Remember {
                item,
                text,
                expires_s,
            } => self.memory.remember(item, &text, expires_s),
            Command::Forget(item) => self.memory.forget(item),
            Command::Yield(item) => self.memory.leave(item),
            Command::Digest(item) => self.digest(item),
            Command::Release(item) => {
                self.memory.release(item);
                self.released.borrow_mut().push(item);
            }
            Command::Notify(notice) => self.notify(notice),
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
        self.fly(request, |signal| http::send(send, file, signal, heard));
    }

    fn query(&self, request: RequestId, url: String) {
        let outgoing = Outgoing {
            url,
            headers: Vec::new(),
            body: JsValue::UNDEFINED,
        };
        self.fly(request, |signal| async move {
            http::ended(request, http::ask(outgoing, signal).await)
        });
    }

    /// Starts a request that tells how it ended, and can be stopped until then.
    fn fly<F: Future<Output = Event> + 'static>(
        &self,
        request: RequestId,
        start: impl FnOnce(AbortSignal) -> F,
    ) {
        let Ok(controller) = AbortController::new() else {
            return self.later(Event::Lost { request });
        };
        let ended = start(controller.signal());
        self.flights.borrow_mut().push((request, controller));
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
        let Ok(controller) = AbortController::new() else {
            return self.later(Event::Replied {
                ask: id,
                reply: Reply::Lost,
            });
        };
        let signal = controller.signal();
        self.questions.borrow_mut().push((id, controller));
        let this = self.this.clone();
        let replies: Replies = Rc::new(move |reply| {
            if let Some(shell) = this.upgrade() {
                shell.replied(id, reply);
            }
        });
        let call = |asked: &Option<Asked>, name: &str| match asked {
            Some(asked) => asked(ask.params.clone(), replies.clone()),
            None => replies(Reply::Threw([name, " is not a function"].concat())),
        };
        match ask.question {
            Question::Prepare => call(&self.caller.prepare, "prepareUploadParams"),
            Question::Sign => call(&self.caller.sign, "uploadSignature"),
            Question::SignAt(url) => {
                spawn_local(async move { replies(ask::post(url, ask.params, signal).await) });
            }
        }
    }

    /// The first reply counts; a question that was dismissed has none.
    fn replied(&self, ask: AskId, reply: Reply) {
        if take(&self.questions, ask).is_some() {
            self.tell(Event::Replied { ask, reply });
        }
    }

    fn recall(&self, item: ItemId, scope: String) {
        let Some(file) = self.file(item) else {
            return self.later(Event::Recalled {
                item,
                recall: Recall::Nothing,
            });
        };
        let place = self.memory.place(item, &file);
        let this = self.this.clone();
        let tell = move |recall| {
            if let Some(shell) = this.upgrade() {
                shell.tell(Event::Recalled { item, recall });
            }
        };
        spawn_local(Memory::recall(place, scope, tell));
    }

    fn digest(&self, item: ItemId) {
        let file = self.file(item);
        let this = self.this.clone();
        spawn_local(async move {
            let digits = match file {
                Some(file) => script::md5(&file).await.unwrap_or_default(),
                None => JsValue::UNDEFINED,
            };
            if let Some(shell) = this.upgrade() {
                let md5 = digits.as_string();
                shell.tell(Event::Digested { item, md5 });
            }
        });
    }

    fn notify(&self, notice: Notice) {
        match &notice {
            Notice::Success { item, .. } | Notice::Failed { item, .. } => self.memory.drop(*item),
            Notice::Abort { items, .. } => items.iter().for_each(|item| self.memory.drop(*item)),
            _ => {}
        }
        let last = matches!(notice, Notice::QueuesEnd { .. });
        (self.caller.told)(notice, &|id| self.file(id));
        if last {
            self.let_go();
        }
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

    pub(super) fn file(&self, id: ItemId) -> Option<File> {
        self.files.borrow().get(id.0 as usize).cloned().flatten()
    }
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
