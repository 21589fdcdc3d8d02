//! Keeps generated files as their sources say: rewrites what is stale, and fails so that the new
//! text gets committed.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use plimsoll_core::error::{Fault, FaultKind};
use plimsoll_core::options::{document, playground, typescript, typescript_of_parameters};

mod given;

/// Fails when a file is not as wanted, and makes it so.
fn keep(path: &str, wanted: &str) {
    let full = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    // Git on Windows may have changed the line ends.
    let found = fs::read_to_string(&full)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if found != wanted {
        let written = fs::write(&full, wanted);
        assert!(written.is_ok(), "{path} is stale: {written:?}");
        panic!("{path} was stale and has been rewritten. Commit it.");
    }
}

#[test]
fn the_options_document_is_as_the_table_says() {
    keep("docs/options.md", &document(&given::sentences()));
}

#[test]
fn the_types_of_options_are_as_the_table_says() {
    keep("www/npm/options.d.ts", &typescript());
}

#[test]
fn the_types_of_parameters_are_as_the_table_says() {
    keep("www/npm/parameters.d.ts", &typescript_of_parameters());
}

#[test]
fn the_data_of_the_playground_is_as_the_table_says() {
    let wanted = playground();
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(&wanted);
    assert!(parsed.is_ok(), "{parsed:?}");
    keep("www/demo/options.json", &wanted);
}

/// All kinds, in the order of the document. A new one must be added here: see `is_known`.
const FAULTS: [FaultKind; 10] = [
    FaultKind::NotConfigured,
    FaultKind::PageFailed,
    FaultKind::FileUnreadable,
    FaultKind::NetworkLost,
    FaultKind::NetworkTimeout,
    FaultKind::ServerBusy,
    FaultKind::ServerFailed,
    FaultKind::ServerRefused,
    FaultKind::AnswerUnreadable,
    FaultKind::AnswerMismatch,
];

/// Doesn't compile with a kind that it lacks.
fn is_known(kind: FaultKind) -> bool {
    match kind {
        FaultKind::FileUnreadable
        | FaultKind::NetworkLost
        | FaultKind::NetworkTimeout
        | FaultKind::ServerBusy
        | FaultKind::ServerFailed
        | FaultKind::ServerRefused
        | FaultKind::AnswerUnreadable
        | FaultKind::AnswerMismatch
        | FaultKind::PageFailed
        | FaultKind::NotConfigured => FAULTS.contains(&kind),
    }
}

/// Sentences for developers, with their gaps as they are, by name.
fn sentences(tree: &serde_json::Value, start: &str, rows: &mut String) {
    for (name, it) in tree.as_object().into_iter().flatten() {
        match it.as_str() {
            Some(text) if name != "digits" => {
                let text = text
                    .replace('|', "\\|")
                    .replace("{{", "`")
                    .replace("}}", "`");
                let _ = writeln!(rows, "| `{start}{name}` | {text} |");
            }
            Some(_) => {}
            None if name == "given" => {}
            None => sentences(it, &format!("{start}{name}."), rows),
        }
    }
}

#[test]
fn the_errors_document_is_as_the_engine_says() {
    assert!(FAULTS.into_iter().all(is_known));
    let mut text = String::from(ERRORS);
    text.push_str("| `code` | What is said | What to do |\n|---|---|---|\n");
    for kind in FAULTS {
        let fault = Fault::silent(kind, 1);
        let message = fault.message();
        let what = message.trim_end_matches(fault.remedy()).trim();
        let _ = writeln!(text, "| `{}` | {what} | {} |", fault.code(), fault.remedy());
    }
    text.push_str(LOADING);
    let messages = include_str!("../../../www/messages/options.json");
    let messages: serde_json::Value = serde_json::from_str(messages).unwrap_or_default();
    text.push_str("| | What is said |\n|---|---|\n");
    sentences(&messages, "", &mut text);
    keep("docs/errors.md", &text);
}

const ERRORS: &str = "\
<!-- Made from the engine's and the script's own sentences by crates/core/tests/generated.rs. -->
# Errors, and what to do

`callback(error, result)` is called with an `Error` when something fails. It has a `message` (what
happened, in the server's own words where it had some, and what to do), a stable `code`, the HTTP
`status` (0 without an answer), and for a file `attempts`, `requestId` (the server's name for the
last request, for its log), `history` (what failed before it) and `remedy`.

What may pass by itself is tried again first: see [resume.md](resume.md). Files that the widget
refuses before anything is sent (too large, too small, wrong format, empty) are explained to the
person who chose them, in the list, and are no errors.

## Uploads

";

const LOADING: &str = "
`server.refused` with status 413 says instead that the file is too large for the server or for a
proxy before it. A signature that is refused is told with the parameter that is the cause, where
the server quotes what it would have signed: see [signing.md](signing.md).

## Loading and showing

| `code` | What it means | What to do |
|---|---|---|
| `page.load_failed` | the glue or the WebAssembly file could not be loaded | do what the message \
says: it tells a missing file from a wrong media type, a policy, and a browser that is too old |
| `page.open_failed` | the dialog could not be shown | look into the console, which has the reason |

## Options

A wrong option is told in the console, and the callback gets `option.invalid` when it matters; the
widget opens all the same, with the default. The sentences, with what they fill in as `code`:

";
