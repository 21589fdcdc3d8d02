//! Requests by `fetch`. The file is appended as it is: the browser reads it from disk, its bytes
//! never enter wasm or JavaScript memory.

use gloo_net::http::Request;
use plimsoll_core::command::Send;
use plimsoll_core::event::{Answer, Body, Event};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, File, FormData};

use super::json;

/// As much of an unreadable answer as is kept; a proxy's error page may be any size.
const TEXT_MAX: usize = 64 * 1024;

/// Makes one request and tells how it ended.
pub async fn send(send: Send, file: File, signal: AbortSignal) -> Event {
    let request = send.request;
    match attempt(&send, &file, &signal).await {
        Some(answer) => Event::Answered { request, answer },
        // A file that changed since it was chosen looks like a network error to fetch: ask it.
        None if readable(&file).await => Event::Lost { request },
        None => Event::Unreadable { request },
    }
}

async fn attempt(send: &Send, file: &File, signal: &AbortSignal) -> Option<Answer> {
    let form = FormData::new().ok()?;
    for (name, value) in &send.fields {
        form.append_with_str(name, value).ok()?;
    }
    form.append_with_blob_and_filename("file", file, &file.name())
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

async fn readable(file: &File) -> bool {
    let Ok(head) = file.slice_with_f64_and_f64(0.0, 1.0) else {
        return false;
    };
    JsFuture::from(head.array_buffer()).await.is_ok()
}
