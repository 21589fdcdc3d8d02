//! The page's functions that uploads ask: `uploadSignature(callback, paramsToSign)` and
//! `prepareUploadParams(callback, params)`. However a page answers (by the callback, by a promise,
//! by throwing, twice, never), one reply at most counts, and nothing of it harms the widget.

use js_sys::{Function, Object, Promise};
use plimsoll_core::command::Fields;
use plimsoll_core::event::Reply;
use plimsoll_core::protocol::value::Value;
use wasm_bindgen::prelude::*;

use crate::shell::{Replies, get, json, object, when};

/// Words of a page that end up in an error and in the console.
const WORDS_MAX: usize = 1_000;

/// Asks a function of the page's about parameters; `name` is its option's.
#[inline(never)]
pub fn asked(function: &JsValue, name: &str, params: Fields, replies: Replies) {
    match function.dyn_ref::<Function>() {
        Some(function) => call(function, &object(&params), replies),
        None => replies(Reply::Threw([name, " is not a function"].concat())),
    }
}

fn call(function: &Function, params: &Object, replies: Replies) {
    let back = replies.clone();
    let back: Closure<dyn FnMut(JsValue, JsValue)> =
        Closure::new(move |value: JsValue, error: JsValue| back(given(&value, &error)));
    // The page may keep it for as long as it likes; the browser's collector frees it.
    let back = back.into_js_value();
    match function.call2(&JsValue::UNDEFINED, &back, params) {
        Err(thrown) => replies(Reply::Threw(words(&thrown))),
        Ok(returned) if is_promise(&returned) => {
            let act = move |kept: Result<JsValue, JsValue>| match kept {
                Err(thrown) => replies(Reply::Threw(words(&thrown))),
                // The page called back, or will.
                Ok(value) if value.is_undefined() => {}
                Ok(value) => replies(Reply::Given(json::value(&value))),
            };
            when(Promise::resolve(&returned), Box::new(act));
        }
        // What a function returns that has called back is of no use, but a text is an answer.
        Ok(returned) if returned.is_string() => replies(Reply::Given(json::value(&returned))),
        Ok(_) => {}
    }
}

/// What was called back with: a value, or, as some pages do it, nothing and an error.
fn given(value: &JsValue, error: &JsValue) -> Reply {
    match json::value(value) {
        Value::Null if error.is_truthy() => Reply::Threw(words(error)),
        value => Reply::Given(value),
    }
}

fn is_promise(value: &JsValue) -> bool {
    value.is_object() && get(value, "then").is_function()
}

/// What something thrown says: anything may be thrown.
fn words(thrown: &JsValue) -> String {
    let message = || get(thrown, "message").as_string();
    let mut text = thrown.as_string().or_else(message).unwrap_or_default();
    text.truncate(text.floor_char_boundary(WORDS_MAX));
    text
}
