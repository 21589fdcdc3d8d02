//! Core's values as plain JavaScript objects, for events and results.

use plimsoll_core::protocol::value::Value;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// The value, the way `JSON.parse` would give it.
pub fn plain(value: &Value) -> JsValue {
    value
        .serialize(&Serializer::json_compatible())
        .unwrap_or_default()
}
