//! Requests by `fetch`. The file is appended as it is, or a slice of it: the browser reads it from
//! disk, its bytes never enter wasm or JavaScript memory.

use gloo_net::http::Request;
use plimsoll_core::command::Send;
use plimsoll_core::event::{Answer, Body, Event};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Blob, File, FormData};

use super::json;

/// As much of an unreadable answer as is kept; a proxy's error page may be any size.
const TEXT_MAX: usize = 64 * 1024;

/// Makes one request and tells how it ended.
pub async fn send(send: Send, file: File, signal: AbortSignal) -> Event {
    let request = send.request;
    let Some(part) = part(&send, &file) else {
        return Event::Unreadable { request };
    };
    match attempt(&send, &file, &part, &signal).await {
        Some(answer) if answer.status < 400 => Event::Answered { request, answer },
        // A file that changed since it was chosen looks like a network error to fetch, and a slice
        // of one that is gone goes up empty, which a server refuses: ask the file before blaming
        // anyone else.
        answer if readable(&part).await => match answer {
            Some(answer) => Event::Answered { request, answer },
            None => Event::Lost { request },
        },
        _ => Event::Unreadable { request },
    }
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
    (file.size() as u64 == send.size && part.size() as u64 == bytes).then_some(part)
}

async fn attempt(send: &Send, file: &File, part: &Blob, signal: &AbortSignal) -> Option<Answer> {
    let form = FormData::new().ok()?;
    for (name, value) in &send.fields {
        form.append_with_str(name, value).ok()?;
    }
    form.append_with_blob_and_filename("file", part, &file.name())
        .ok()?;
    let mut request = Request::post(&send.url).abort_signal(Some(signal));
    for (name, value) in &send.headers {
        request = request.header(name, value);
    }
    let response = request.body(form).ok()?.send().await.ok()?;
    let status = response.status();
    let headers = response.headers();
    let (retry_after, request_id) = (headers.get("retry-after"), headers.get("x-request-id"));
    // An answer that breaks off is a lost answer.
    let mut text = response.text().await.ok()?;
    let body = match json::parse(&text) {
        Some(value) => Body::Json(value),
        None => {
            text.truncate(text.floor_char_boundary(TEXT_MAX));
            Body::Text(text)
        }
    };
    Some(Answer {
        status,
        body,
        retry_after,
        request_id,
    })
}

/// Whether the first byte of what was to go along can be read.
async fn readable(part: &Blob) -> bool {
    let Ok(head) = part.slice_with_f64_and_f64(0.0, 1.0) else {
        return false;
    };
    JsFuture::from(head.array_buffer()).await.is_ok()
}
