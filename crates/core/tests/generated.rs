//! Keeps generated files as their sources say: rewrites what is stale, and fails so that the new
//! text gets committed.

use std::fs;
use std::path::Path;

use plimsoll_core::options::document;

#[test]
fn the_options_document_is_as_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/options.md");
    let wanted = document();
    // Git on Windows may have changed the line ends.
    let found = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if found != wanted {
        fs::write(&path, wanted).unwrap();
        panic!("docs/options.md was stale and has been rewritten. Commit it.");
    }
}
