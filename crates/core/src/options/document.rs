//! The options' documentation, made from their table. Not part of the wasm file.

use super::table::ROWS;

/// The text of `docs/options.md`.
pub fn document() -> String {
    let mut text = String::from(HEAD);
    let mut section = "";
    for row in ROWS {
        if row.doc.section != section {
            section = row.doc.section;
            for part in ["\n## ", section, "\n"] {
                text.push_str(part);
            }
        }
        let default = match row.doc.default {
            "null" => "none".to_owned(),
            default => format!("`{default}`"),
        };
        let (name, doc) = (row.name, &row.doc);
        text.push_str(&format!(
            "\n### `{name}`\n\n{}\n\n- Type: {}\n- Default: {default}\n- Example: `{name}: {}`\n",
            doc.text, doc.kind, doc.example
        ));
    }
    text
}

/// Every option's name with its default and its example, both as JSON.
pub fn samples() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    ROWS.iter()
        .map(|row| (row.name, row.doc.default, row.doc.example))
}

const HEAD: &str = "\
<!-- Made from crates/core/src/options/table.rs by that crate's tests; change it there. -->
# Options

The first argument of `plimsoll.createUploadWidget(options, callback)`. Names may be written in
camelCase or snake_case; `null` and `undefined` mean \"not given\". Numbers and `true`/`false` may
be texts (`\"500000\"`, `\"false\"`).

A wrong option keeps its default. The console says what was wrong and what to write instead, and
the callback is called with an error whose `code` is `option.invalid`; the widget opens all the
same. Options of the Cloudinary Upload Widget that have no effect here yet are named in the
console; unknown ones are ignored, unless they look like a slip of the pen.
";
