//! Keeps generated files as their sources say: rewrites what is stale, and fails so that the new
//! text gets committed.

use std::fs;
use std::path::Path;

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
