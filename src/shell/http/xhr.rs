//! The port by `XMLHttpRequest`: the one that tells how many bytes are on their way. What browsers
//! call sent is what they have handed to the network, so it runs ahead of the server.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, JsString, Promise, Reflect};
use plimsoll_core::event::Answer;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Event, FormData, XmlHttpRequest};

use super::{Heard, Outgoing, answer, length_max};

/// What the browser calls while bytes go either way.
type Listener = Closure<dyn FnMut(Event)>;

/// Posts a form with so many bytes of a file, and tells how many of those are on their way. `None`
/// when there is no whole answer.
pub async fn call(
    outgoing: &Outgoing,
    signal: &AbortSignal,
    bytes: u64,
    heard: Heard,
) -> Option<Answer> {
    if signal.aborted() {
        return None;
    }
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", &outgoing.url).ok()?;
    for (name, value) in &outgoing.headers {
        request.set_request_header(name, value).ok()?;
    }
    let sent: Listener = Closure::new(move |event: Event| {
        let (loaded, total) = (number(&event, "loaded"), number(&event, "total"));
        // The form's text goes before the file, and is counted by the browser, too.
        let form = total.saturating_sub(bytes);
        heard(loaded.saturating_sub(form).min(bytes));
    });
    let upload = request.upload().ok()?;
    upload.set_onprogress(Some(sent.as_ref().unchecked_ref()));
    // An answer longer than anybody reads is cut, and the rest of it is not even fetched.
    let cut = Rc::new(RefCell::new(None));
    let (slot, source) = (cut.clone(), request.clone());
    let received: Listener = Closure::new(move |event: Event| {
        let max = length_max(header(&source, "content-type"));
        if number(&event, "loaded") > max as u64 && slot.borrow().is_none() {
            let answer = read(&source);
            slot.replace(answer);
            // Aborting a request that runs can't fail.
            let _ = source.abort();
        }
    });
    request.set_onprogress(Some(received.as_ref().unchecked_ref()));
    let stop: Function = Reflect::get(&request, &"abort".into())
        .ok()?
        .dyn_into()
        .ok()?;
    signal.set_onabort(Some(&stop.bind0(&request)));
    let ended = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    let form: &FormData = outgoing.body.unchecked_ref();
    request.send_with_opt_form_data(Some(form)).ok()?;
    let ended = JsFuture::from(ended).await;
    // Both listeners go now, and the browser must not call what is gone.
    upload.set_onprogress(None);
    request.set_onprogress(None);
    signal.set_onabort(None);
    ended.ok()?;
    let cut = cut.take();
    cut.or_else(|| read(&request))
}

/// The answer as far as it has come; `None` without one.
fn read(request: &XmlHttpRequest) -> Option<Answer> {
    let status = request.status().ok().filter(|status| *status != 0)?;
    let max = length_max(header(request, "content-type"));
    let max = u32::try_from(max).unwrap_or(u32::MAX);
    let text: JsString = request.response().ok()?.dyn_into().ok()?;
    // Cut before it enters the module's memory, which never shrinks again. One letter more than
    // may be: what is too long must not be read as if it were whole.
    let text = String::from(text.slice(0, max.saturating_add(1)));
    Some(answer(status, text, |name| header(request, name)))
}

/// One header of the answer. From the list of all: asked for one that a server keeps from the page,
/// Chromium complains in the page's console.
fn header(request: &XmlHttpRequest, name: &str) -> Option<String> {
    let all = request.get_all_response_headers().ok()?;
    let mut lines = all.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value.trim().to_owned())
}

/// A count of bytes in a browser's event: a whole number below 2^53, exact in both types.
fn number(event: &JsValue, name: &str) -> u64 {
    let value = Reflect::get(event, &name.into()).unwrap_or_default();
    value.as_f64().unwrap_or_default() as u64
}
