//! The port by `fetch`: works wherever scripts do, and tells nothing before the answer.

use gloo_net::http::{Request, Response};
use js_sys::{Reflect, Uint8Array};
use plimsoll_core::event::Answer;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader};

use super::{Outgoing, answer, length_max};

/// Makes one request. `None` when there is no whole answer.
pub async fn call(outgoing: &Outgoing, signal: &AbortSignal) -> Option<Answer> {
    let url = &outgoing.url;
    let request = if outgoing.body.is_undefined() {
        Request::get(url)
    } else {
        Request::post(url)
    };
    let mut request = request.abort_signal(Some(signal));
    for (name, value) in &outgoing.headers {
        request = request.header(name, value);
    }
    let request = if outgoing.body.is_undefined() {
        request.build()
    } else {
        request.body(outgoing.body.clone())
    };
    let response = request.ok()?.send().await.ok()?;
    let headers = response.headers();
    let text = read(&response, length_max(headers.get("content-type"))).await?;
    Some(answer(response.status(), text, |name| headers.get(name)))
}

/// The text, at most so many bytes of it; the rest is not even fetched. An answer that breaks off
/// is a lost answer.
async fn read(response: &Response, max: usize) -> Option<String> {
    let mut bytes = Vec::new();
    if let Some(stream) = response.body() {
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        loop {
            let piece = JsFuture::from(reader.read()).await.ok()?;
            let piece = Reflect::get(&piece, &"value".into()).unwrap_or_default();
            if piece.is_undefined() {
                break;
            }
            let piece: Uint8Array = piece.unchecked_into();
            // One byte more than may be: what is too long must not be read as if it were whole.
            let room = (max + 1).saturating_sub(bytes.len());
            let room = u32::try_from(room).unwrap_or(u32::MAX);
            bytes.extend(piece.subarray(0, room.min(piece.length())).to_vec());
            if bytes.len() > max {
                // The promise tells when the stream is closed, which nobody waits for.
                let _ = reader.cancel();
                break;
            }
        }
    }
    Some(String::from_utf8(bytes).unwrap_or_else(|error| {
        // In some other encoding from there on, or cut within a letter.
        let valid = error.utf8_error().valid_up_to();
        let mut bytes = error.into_bytes();
        bytes.truncate(valid);
        String::from_utf8(bytes).unwrap_or_default()
    }))
}
