//! JavaScript values to core's [`Value`]. The other way is serde-wasm-bindgen's, in `api`.

use js_sys::{Array, JSON, Object};
use plimsoll_core::protocol::value::Value;
use wasm_bindgen::{JsCast, JsValue};

use super::http::get;

/// Deeper than any option or answer; what lies below is left out, so that a value that holds
/// itself ends.
const DEPTH_MAX: u32 = 16;

/// Copies a plain value: own enumerable properties only, so that what a page added to
/// `Object.prototype` is never read as an option.
pub fn value(js: &JsValue) -> Value {
    value_at(js, DEPTH_MAX)
}

/// Reads a JSON text.
pub fn parse(text: &str) -> Option<Value> {
    JSON::parse(text).ok().map(|js| value(&js))
}

/// The same of a page's options, which are in an object without a prototype: there `__proto__` is a
/// name like any other. It goes no further, but its being there is told.
pub fn options(js: &JsValue) -> Value {
    let mut given = value(js);
    let is_named = !get(js, "__proto__").is_undefined();
    if let (Value::Object(entries), true) = (&mut given, is_named) {
        entries.push(("__proto__".to_owned(), Value::Bool(true)));
    }
    given
}

fn value_at(js: &JsValue, depth: u32) -> Value {
    if js.is_null() || js.is_undefined() {
        Value::Null
    } else if let Some(text) = js.as_string() {
        Value::Text(text)
    } else if let Some(number) = js.as_f64() {
        Value::Number(number)
    } else if let Some(truth) = js.as_bool() {
        Value::Bool(truth)
    } else if js.is_function() {
        Value::Other("function")
    } else if depth == 0 || is_element(js) {
        Value::Other(if depth == 0 { "object" } else { "element" })
    } else if Array::is_array(js) {
        let list: &Array = js.unchecked_ref();
        Value::List(list.iter().map(|item| value_at(&item, depth - 1)).collect())
    } else if js.is_object() {
        let entries = Object::entries(js.unchecked_ref());
        let pair = |entry: JsValue| {
            let entry: Array = entry.unchecked_into();
            let name = entry.get(0).as_string().unwrap_or_default();
            // Written out again, it would be no name but the object's prototype.
            (name != "__proto__").then(|| (name, value_at(&entry.get(1), depth - 1)))
        };
        Value::Object(entries.iter().filter_map(pair).collect())
    } else {
        Value::Other("symbol")
    }
}

/// A node of a document, perhaps of another one: never looked into, as frameworks hang on it half
/// of what they know.
fn is_element(js: &JsValue) -> bool {
    get(js, "nodeType").as_f64().is_some()
}
