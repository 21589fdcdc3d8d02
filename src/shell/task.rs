//! What is to happen later. One kind of task for all of it: each `async` block that is spawned
//! compiles a machine of its own.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::look::words::Words;

/// Calls `act` with what a promise comes to.
pub fn when(promise: Promise, act: Box<dyn FnOnce(Result<JsValue, JsValue>)>) {
    let words = Words::here();
    spawn_local(async move {
        let result = JsFuture::from(promise).await;
        words.during(|| act(result));
    });
}

/// Calls `act` after the current event.
pub fn later(act: Box<dyn FnOnce()>) {
    when(
        Promise::resolve(&JsValue::UNDEFINED),
        Box::new(move |_| act()),
    );
}
