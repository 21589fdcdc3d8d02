//! JSON as values of the engine. Needs nothing of the repository, so that a copy of the engine has
//! it too.

use plimsoll_core::protocol::value::Value;

/// JSON as the browser layer would hand it over.
pub fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::from_text(text),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
        serde_json::Value::Object(entries) => Value::Object(
            entries
                .iter()
                .map(|(name, it)| (name.clone(), value(it)))
                .collect(),
        ),
    }
}
