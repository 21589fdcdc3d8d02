//! The page's callback, `callback(error, result)`: what it is called with, and the guarantee that
//! nothing it does harms an upload.

use js_sys::{Array, Function, Object};
use plimsoll_core::Notice;
use plimsoll_core::error::{Fault, Refusal};
use plimsoll_core::options::{OptionProblem, Severity};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::ItemId;
use wasm_bindgen::prelude::*;
use web_sys::{File, console};

use super::plain::plain;
use crate::look::words;
use crate::shell::set;

#[wasm_bindgen]
extern "C" {
    /// Reports an exception as if nobody had caught it: `window.onerror` and the console see it.
    #[wasm_bindgen(js_name = reportError)]
    fn report_error(error: &JsValue);
}

/// The callback of one widget, if the page gave one.
#[derive(Clone)]
pub struct Callback {
    function: Option<Function>,
    /// The files of `queues-end`, until it is told.
    listed: Array,
}

impl Callback {
    /// For what the page gave as its callback, whatever it is.
    pub fn new(callback: &JsValue) -> Self {
        Self {
            function: callback.dyn_ref::<Function>().cloned(),
            listed: Array::new(),
        }
    }

    /// Tells an event: `callback(null, {event, info, data: {event, info}, uw_event: true})`.
    pub fn event(&self, event: &str, info: &JsValue) {
        let result = result(&event.into(), info);
        self.call(&JsValue::NULL, &result);
    }

    /// Tells an error. The result beside it has no `event`, so that wrappers that pass it on as
    /// one pass on nothing.
    pub fn error(&self, code: &str, status: u16, message: &str, info: &JsValue) {
        self.tell(&error(code, status, message), info);
    }

    /// Tells a fault of one item, with the item as `info`.
    pub fn fault(&self, fault: &Fault, file: Option<File>) {
        let message = fault.message();
        if fault.diagnosis.is_some() {
            // What was found out is for the page's developer, who may not look at the callback.
            console::error_1(&["Plimsoll: ", &message].concat().into());
        }
        let error = error(fault.code(), fault.status, &message);
        set(&error, "attempts", &fault.attempts.into());
        set(&error, "requestId", &optional(fault.request_id.as_deref()));
        set(&error, "remedy", &fault.remedy().into());
        let history = Array::new();
        for failure in &fault.history {
            let entry = Object::new();
            set(&entry, "code", &failure.kind.code().into());
            set(&entry, "status", &failure.status.into());
            set(
                &entry,
                "requestId",
                &optional(failure.request_id.as_deref()),
            );
            history.push(&entry);
        }
        set(&error, "history", &history);
        let info = Object::new();
        if let Some(file) = file {
            set(&info, "file", &file);
        }
        self.tell(&error, &info);
    }

    /// Tells that a file may not go, in the words that the person reads.
    fn refusal(&self, refusal: &Refusal, file: Option<File>) {
        let option = refusal.option();
        let error = error(refusal.code(), 0, &words::refusal(refusal));
        let remedy = ["Choose another file, or change ", option, "."].concat();
        set(&error, "remedy", &remedy.into());
        set(&error, "option", &option.into());
        let info = Object::new();
        if let Some(file) = file {
            set(&info, "file", &file);
        }
        self.tell(&error, &info);
    }

    fn tell(&self, error: &JsValue, info: &JsValue) {
        self.call(error, &result(&JsValue::NULL, info));
    }

    /// Tells a wrong option: in the console, and to the callback when it is serious.
    pub fn problem(&self, problem: &OptionProblem, sentence: Option<String>) {
        let (option, reason) = (&problem.option, problem.reason.code());
        let said = Array::new();
        // Without the sentences: `maxFileSize: bytes`, and what was given.
        let given = sentence.is_none().then(|| plain(&problem.given));
        let message = sentence.unwrap_or_else(|| [option, ": ", reason].concat());
        said.push(&["Plimsoll: ", &message].concat().into());
        if let Some(given) = given {
            said.push(&given);
        }
        if problem.severity() == Severity::Warning {
            return console::warn(&said);
        }
        console::error(&said);
        let error = error("option.invalid", 0, &message);
        set(&error, "option", &option.into());
        set(&error, "reason", &reason.into());
        self.tell(&error, &JsValue::UNDEFINED);
    }

    /// Tells what the engine has to say.
    pub fn notice(&self, notice: Notice, file: &dyn Fn(ItemId) -> Option<File>) {
        match notice {
            Notice::UploadAdded {
                item,
                name,
                media_type,
                public_id,
            } => {
                let info = Object::new();
                set(&info, "file", &chosen(file(item), &name, &media_type));
                set(&info, "publicId", &optional(public_id.as_deref()));
                self.event("upload-added", &info);
            }
            Notice::QueuesStart => self.event("queues-start", &JsValue::UNDEFINED),
            Notice::Success { info, .. } => self.event("success", &plain(&info)),
            Notice::Failed { item, fault } => self.fault(&fault, file(item)),
            Notice::Refused { item, refusal } => self.refusal(&refusal, file(item)),
            Notice::QueuesEnd { .. } => {
                let files = self.listed.slice(0, self.listed.length());
                self.listed.set_length(0);
                self.with("queues-end", "files", &files);
            }
            Notice::Abort { items, all } => self.event("abort", &ids(&items, all)),
            Notice::Retry { items, all } => self.event("retry", &ids(&items, all)),
            Notice::MaxExceeded => self.cancelled("MAX_EXCEEDED"),
            Notice::CancelledByPage => self.cancelled("PRE_BATCH"),
            Notice::InvalidPublicId => self.cancelled("INVALID_PUBLIC_ID"),
            Notice::PublicIdEdited { public_id } => {
                self.with("publicid", "id", &optional(public_id.as_deref()));
            }
            Notice::TagsEdited { tags } => {
                let tags = tags.iter().map(JsValue::from);
                self.with("tags", "tags", &tags.collect::<Array>());
            }
        }
    }

    fn cancelled(&self, reason: &str) {
        self.with("batch-cancelled", "reason", &reason.into());
    }

    /// Tells an event whose `info` has one field.
    pub fn with(&self, event: &str, name: &str, value: &JsValue) {
        let info = Object::new();
        set(&info, name, value);
        self.event(event, &info);
    }

    /// Tells of what is stored: `show-completed`.
    pub fn completed(&self, items: Vec<(Value, Option<File>)>) {
        let list: Array = items
            .iter()
            .map(|(entry, file)| item(entry, file.clone()))
            .collect();
        self.with("show-completed", "items", &list);
    }

    /// Takes in one of the files that the next `queues-end` tells of.
    pub fn listed(&self, entry: &Value, file: Option<File>) {
        self.listed.push(&item(entry, file));
    }

    fn call(&self, error: &JsValue, result: &JsValue) {
        if let Some(function) = &self.function
            && let Err(thrown) = function.call2(&JsValue::UNDEFINED, error, result)
        {
            report_error(&thrown);
        }
    }
}

/// The `info` of `close`, with all that was stored.
pub fn closing(results: Vec<Value>) -> JsValue {
    let info = Object::new();
    set(&info, "message", &"User closed widget".into());
    set(&info, "assets", &plain(&Value::List(results)));
    info.into()
}

/// An item of `queues-end` or `show-completed`.
fn item(entry: &Value, file: Option<File>) -> JsValue {
    let entry = plain(entry);
    if let (Some(file), Some(entry)) = (file, entry.dyn_ref::<Object>()) {
        set(entry, "file", &file);
    }
    entry
}

/// What a page is given when something went wrong.
fn error(code: &str, status: u16, message: &str) -> Object {
    let error: Object = js_sys::Error::new(message).unchecked_into();
    // So that the error's text is the message alone, which pages show to people.
    set(&error, "name", &"".into());
    set(&error, "code", &code.into());
    set(&error, "status", &status.into());
    set(&error, "statusText", &message.into());
    error
}

/// The file that was chosen; of one that the server fetches, what is known of it.
fn chosen(file: Option<File>, name: &str, media_type: &str) -> JsValue {
    file.map_or_else(
        || {
            let known = Object::new();
            set(&known, "name", &name.into());
            set(&known, "type", &media_type.into());
            known.into()
        },
        JsValue::from,
    )
}

fn optional(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::NULL, JsValue::from)
}

fn result(event: &JsValue, info: &JsValue) -> JsValue {
    let data = Object::new();
    let result = Object::new();
    for object in [&data, &result] {
        set(object, "event", event);
        set(object, "info", info);
    }
    set(&result, "data", &data);
    set(&result, "uw_event", &JsValue::TRUE);
    result.into()
}

fn ids(items: &[ItemId], all: bool) -> JsValue {
    let list: Array = items
        .iter()
        .map(|item| JsValue::from(plimsoll_core::batch::public_name(*item)))
        .collect();
    let info = Object::new();
    set(&info, "ids", &list);
    set(&info, "all", &all.into());
    info.into()
}
