//! The table as data for the playground of the demo page. Not part of the wasm file.

use super::table::{Row, Slot, rows};

/// The text of `www/demo/options.json`: sections with their options, and which control each has.
pub fn playground() -> String {
    let mut text = String::from("[");
    let mut section = "";
    for row in rows() {
        let Some(control) = control(row) else {
            continue;
        };
        if row.doc.section == section {
            text.push_str(",\n");
        } else {
            let end = if section.is_empty() { "" } else { "\n  ] }," };
            section = row.doc.section;
            text.push_str(&format!(
                "{end}\n  {{ \"section\": \"{section}\", \"options\": [\n"
            ));
        }
        let words = match row.slot {
            Slot::Word(words, _) => format!(", \"words\": {words:?}"),
            _ => String::new(),
        };
        text.push_str(&format!(
            "    {{ \"name\": \"{}\", \"control\": \"{control}\"{words}, \"default\": {}, \
             \"example\": {},\n      \"text\": {:?} }}",
            row.name, row.doc.default, row.doc.example, row.doc.text
        ));
    }
    text.push_str("\n  ] }\n]\n");
    text
}

/// What a person sets it by; nothing for what has no effect.
fn control(row: &Row) -> Option<&'static str> {
    Some(match &row.slot {
        Slot::Instead(_) => return None,
        Slot::Flag(_) | Slot::Maybe(_) | Slot::Cropping => "flag",
        Slot::Word(..) => "word",
        Slot::Count(_) | Slot::Seconds(_) | Slot::Bytes(_) => "number",
        Slot::Within(..) | Slot::Number(_) | Slot::Part(_) => "number",
        Slot::Text(..) | Slot::Named(_) | Slot::Prefix | Slot::DefaultSource => "text",
        Slot::Ratio(_) | Slot::Place(_) | Slot::Signer => "text",
        Slot::Texts(_) | Slot::Formats | Slot::Sources => "list",
        Slot::Pairs(_) | Slot::Tree(..) | Slot::Encryption => "json",
        Slot::Function(_) | Slot::Object(_) => "code",
        Slot::Parameter => match row.doc.ts {
            Some("boolean") => "flag",
            Some("string") => "text",
            _ => "json",
        },
    })
}
