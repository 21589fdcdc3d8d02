//! Options as pages give them, for the tests that read some.

// Each test file uses some of it; in tests a panic is the right answer.
#![allow(dead_code, clippy::unwrap_used)]

use plimsoll_core::options::{OptionProblem, Options, read, sentence};
use plimsoll_core::protocol::value::Value;

mod value;

pub use value::value;

/// Reads options beside a good cloud name and preset. Gives the problems worth a sentence.
pub fn with(json: serde_json::Value) -> (Options, Vec<OptionProblem>) {
    let mut all = serde_json::json!({ "cloudName": "demo", "uploadPreset": "unsigned" });
    for (name, given) in json.as_object().into_iter().flatten() {
        all[name] = given.clone();
    }
    let (options, mut problems) = read(&value(&all));
    problems.retain(|problem| !told(problem).is_empty());
    (options, problems)
}

pub fn good(json: serde_json::Value) -> Options {
    let (options, problems) = with(json);
    assert_eq!(problems, []);
    options
}

/// The one problem's sentence.
pub fn wrong(json: serde_json::Value) -> String {
    let (options, mut problems) = with(json);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let defaults = good(serde_json::json!({}));
    assert_eq!(options, defaults, "a wrong option keeps its default");
    told(&problems.remove(0))
}

#[macro_export]
macro_rules! json {
    ($($json:tt)*) => { serde_json::json!({ $($json)* }) };
}

/// The file of sentences that the widget fetches when it has something to tell.
pub fn sentences() -> Value {
    let text = include_str!("../../../../www/messages/options.json");
    value(&serde_json::from_str(text).unwrap())
}

/// The sentence that the page's developer reads; empty where there is nothing worth telling.
pub fn told(problem: &OptionProblem) -> String {
    sentence(problem, &sentences()).unwrap_or_default()
}
