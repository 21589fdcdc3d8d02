//! Requests: one port with two ways through it, `fetch` and `XMLHttpRequest`, which the engine
//! chooses from. The file is appended as it is, or a slice of it: the browser reads it from disk,
//! its bytes never enter wasm or JavaScript memory.

mod fetch;
mod xhr;

use js_sys::{Object, Reflect};
use plimsoll_core::command::{Fields, Send, Via};
use plimsoll_core::event::{Answer, Body, Event, HEADERS};
use plimsoll_core::units::RequestId;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Blob, File, FormData};

use super::json;

/// As much of an unreadable answer as is kept; a proxy's error page may be any size.
const TEXT_MAX: usize = 64 * 1024;

/// An answer that calls itself JSON may be as long as this: assets with all that add-ons found in
/// them stay below it, and the module's memory never shrinks again.
const JSON_MAX: usize = 2 * 1024 * 1024;

/// What goes out, by whichever way.
pub struct Outgoing {
    /// Where to.
    pub url: String,
    /// Header lines besides those that the browser adds.
    pub headers: Fields,
    /// What is posted; `undefined` makes it a GET.
    pub body: JsValue,
}

/// Hears how many bytes of a request's file are on their way.
pub type Heard = Box<dyn Fn(u64)>;

/// Makes one upload request and tells how it ended. `file` is not needed with an address.
pub async fn send(send: Send, file: Option<File>, signal: AbortSignal, heard: Heard) -> Event {
    let request = send.request;
    let part = file.as_ref().and_then(|file| part(&send, file));
    if part.is_none() && send.address.is_none() {
        return Event::Unreadable { request };
    }
    let name = file.map(|file| file.name()).unwrap_or_default();
    let bytes = part.as_ref().map_or(0, size);
    let answer = match form(&send, part.as_ref(), &name) {
        Some(form) => {
            let outgoing = Outgoing {
                url: send.url,
                headers: send.headers,
                body: form.into(),
            };
            match send.via {
                Via::Fetch => fetch::call(&outgoing, &signal).await,
                Via::Xhr => xhr::call(&outgoing, &signal, bytes, heard).await,
            }
        }
        None => None,
    };
    // A file that changed since it was chosen looks like a network error, and a slice of one that
    // is gone goes up empty, which a server refuses: ask the file before blaming anyone else.
    let blamed = answer.as_ref().is_none_or(|answer| answer.status >= 400);
    if let Some(part) = part.filter(|_| blamed)
        && !readable(&part).await
    {
        return Event::Unreadable { request };
    }
    ended(request, answer)
}

/// Makes any other request, by `fetch`.
pub async fn ask(outgoing: Outgoing, signal: AbortSignal) -> Option<Answer> {
    fetch::call(&outgoing, &signal).await
}

/// How a request ended.
pub fn ended(request: RequestId, answer: Option<Answer>) -> Event {
    match answer {
        Some(answer) => Event::Answered { request, answer },
        None => Event::Lost { request },
    }
}

/// Names and texts as an object.
pub fn object(fields: &Fields) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, &value.into());
    }
    object
}

/// Reads a property; `undefined` where there is none.
pub fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or_default()
}

/// Sets a property of an object of our own.
pub fn set(object: &Object, key: &str, value: &JsValue) {
    // Setting a property of our own plain object can't fail.
    let _ = Reflect::set(object, &key.into(), value);
}

fn form(send: &Send, part: Option<&Blob>, name: &str) -> Option<FormData> {
    let form = FormData::new().ok()?;
    for (name, value) in &send.fields {
        form.append_with_str(name, value).ok()?;
    }
    match (part, &send.address) {
        (_, Some(address)) => form.append_with_str("file", address),
        (Some(part), None) => form.append_with_blob_and_filename("file", part, name),
        (None, None) => return None,
    }
    .ok()?;
    Some(form)
}

/// What goes along; `None` when the file is not what it was when it was chosen, as far as the
/// browser has noticed.
fn part(send: &Send, file: &File) -> Option<Blob> {
    // Sizes are whole numbers below 2^53, exact in both types.
    let (part, bytes) = match send.range {
        Some(range) => {
            let (start, end) = (range.start as f64, range.end as f64);
            (file.slice_with_f64_and_f64(start, end).ok()?, range.bytes())
        }
        None => (Blob::from(file.clone()), send.size),
    };
    (size(file) == send.size && size(&part) == bytes).then_some(part)
}

fn size(blob: &Blob) -> u64 {
    blob.size() as u64
}

/// How much of an answer is read, by what it says that it is.
fn length_max(content_type: Option<String>) -> usize {
    match content_type {
        // Searching a text for another one would cost 3 KB of wasm.
        Some(name) if name.starts_with("application/json") => JSON_MAX,
        _ => TEXT_MAX,
    }
}

/// An answer, from its text as far as it was read.
fn answer(status: u16, mut text: String, header: impl Fn(&str) -> Option<String>) -> Answer {
    let body = match json::parse(&text) {
        Some(value) => Body::Json(value),
        None => {
            text.truncate(text.floor_char_boundary(TEXT_MAX));
            Body::Text(text)
        }
    };
    let named = |name| header(name).map(|text| (name, text));
    Answer {
        status,
        body,
        headers: HEADERS.into_iter().filter_map(named).collect(),
    }
}

/// Whether the first byte of what was to go along can be read.
async fn readable(part: &Blob) -> bool {
    let Ok(head) = part.slice_with_f64_and_f64(0.0, 1.0) else {
        return false;
    };
    JsFuture::from(head.array_buffer()).await.is_ok()
}
