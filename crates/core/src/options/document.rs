//! The options' documentation, made from their table. Not part of the wasm file.

use super::table::{Slot, rows};
use crate::protocol::parameters::Parameter;
use crate::protocol::value::Value;

/// The text of `docs/options.md`, by the file of sentences.
pub fn document(sentences: &Value) -> String {
    let mut text = String::from(HEAD);
    let mut section = "";
    for row in rows() {
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
        if let Slot::Instead(_) = row.slot {
            let sentence = sentences.get("instead").and_then(|all| all.get(name));
            let sentence = sentence.and_then(Value::text).unwrap_or_default();
            let sentence = sentence.trim_start_matches("{{option}} has no effect. ");
            text.push_str(&format!("\n- `{name}`: {sentence}\n"));
            continue;
        }
        text.push_str(&format!(
            "\n### `{name}`\n\n{}\n\n- Type: {} (`{}`)\n- Default: {default}\n\
             - Example: `{name}: {}`\n",
            row.doc.text,
            doc.kind,
            row.ts(),
            doc.example
        ));
    }
    text.push_str(PARAMETERS);
    text.push_str(&Parameter::names(Parameter::is_unsigned));
    text.push_str("\n\nOnly with a signed upload:\n\n");
    text.push_str(&Parameter::names(|known| !known.is_unsigned()));
    text.push('\n');
    text
}

/// The name of every option that has an effect, with its default and its example, both as JSON.
pub fn samples() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    rows()
        .filter(|row| !matches!(row.slot, Slot::Instead(_)))
        .map(|row| (row.name, row.doc.default, row.doc.example))
}

const PARAMETERS: &str = "
## Parameters of the Upload API

Any other parameter of the Upload API may be given as well, in either spelling, and goes with every
file. Lists are joined as the API wants them, objects become `name=value|name=value` (`context`,
`metadata`) or JSON. One that needs a signed upload is named in the console, and left out, when
uploads are not signed.

Always:

";

const HEAD: &str = "\
<!-- Made from crates/core/src/options/table.rs by that crate's tests; change it there. -->
# Options

The first argument of `plimsoll.createUploadWidget(options, callback)`. Names may be written in
camelCase or snake_case; `null` and `undefined` mean \"not given\". Numbers and `true`/`false` may
be texts (`\"500000\"`, `\"false\"`).

A wrong option keeps its default. The console says what was wrong and what to write instead, and
the callback is called with an error whose `code` is `option.invalid`; the widget opens all the
same. Parameters of the Upload API go along with every file; any other name is ignored, unless it
looks like a slip of the pen.
";
