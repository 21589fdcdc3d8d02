//! The language of a dialog: asks for its words, which lie beside the module, with the page's own
//! on top.

use js_sys::{Array, Promise};
use plimsoll_core::protocol::value::Value;

use super::script;
use crate::look::words;

/// What a dialog of these options waits for before it opens, and hears by `Words::heard`. `None`
/// for the English that is inside.
pub fn speak(language: Option<&str>, text: Option<&Value>) -> Option<Promise> {
    let given = Array::new();
    if let Some(Value::Object(languages)) = text {
        for (language, words) in languages {
            flatten(language, "", words, &given);
        }
    }
    let language = language.unwrap_or("en").trim();
    if given.length() == 0 && is_english(language) {
        return None;
    }
    Some(script::promised(script::speak(
        words::KEYS,
        language,
        &given,
    )))
}

/// All of English, with what says it: what [`speak`] comes to for another language.
pub fn english() -> Promise {
    script::promised(script::speak(words::KEYS, "en", &Array::new()))
}

/// English of whatever country; no language at all is English, too.
fn is_english(language: &str) -> bool {
    let (name, country) = language.split_at_checked(2).unwrap_or((language, ""));
    name.is_empty()
        || name.eq_ignore_ascii_case("en")
            && (country.is_empty() || country.starts_with(['-', '_']))
}

/// A page's words, however deep, as `[language, key, text]`.
fn flatten(language: &str, key: &str, words: &Value, given: &Array) {
    match words {
        Value::Text(text) => {
            given.push(&Array::of3(&language.into(), &key.into(), &text.into()));
        }
        Value::Object(entries) => {
            let dot = if key.is_empty() { "" } else { "." };
            for (name, words) in entries {
                flatten(language, &[key, dot, name].concat(), words, given);
            }
        }
        // Nothing that could be said.
        _ => {}
    }
}
