//! The parameters of an upload request beside those that have options of their own: their names,
//! how the wire writes their values, and which of them an unsigned upload may have. Sends nothing.

use super::value::Value;
use crate::options::same;

/// How a value becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text, number or truth as it is.
    Plain,
    /// Texts joined by a sign.
    Joined(&'static str),
    /// `name=value|name=value`, with `=` and `|` of values escaped.
    Pairs,
    /// `x,y,width,height`, several joined by `|`.
    Boxes,
    /// JSON.
    Json,
}

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: &'static str,
    /// How its value is written.
    pub form: Form,
}

/// All names by form. They stand as texts because a table of them would take twice the bytes.
const FORMS: [(Form, &str); 9] = [
    (
        Form::Plain,
        "access_mode accessibility_analysis asset_folder async audit_context auto_chaptering \
         auto_tagging background_removal backup batch_id callback categorization \
         cinemagraph_analysis clear_invalid colors detection discard_original_filename \
         display_name eager_async eager_notification_url eval exif faces filename_override folder \
         format image_metadata invalidate manifest_json manifest_transformation media_metadata \
         moderation notification_url ocr on_success overwrite phash proxy public_id \
         public_id_prefix quality_analysis quality_override raw_convert return_delete_token \
         similarity_search source template type unique_display_name unique_filename upload_preset \
         use_asset_folder_as_public_id_prefix use_filename use_filename_as_display_name \
         visual_search",
    ),
    (Form::Joined(","), "allowed_formats tags"),
    (Form::Joined("|"), "eager"),
    (Form::Joined("/"), "transformation"),
    (Form::Joined("\n"), "headers"),
    (Form::Pairs, "context metadata"),
    (Form::Boxes, "custom_coordinates face_coordinates"),
    (Form::Json, "access_control auto_transcription regions"),
    (Form::Json, "responsive_breakpoints template_vars"),
];

/// What an unsigned upload may have; the Upload API names these in its own refusal.
const UNSIGNED: &str = "upload_preset callback public_id folder asset_folder tags context metadata \
                        face_coordinates custom_coordinates source filename_override \
                        manifest_transformation manifest_json template template_vars regions \
                        public_id_prefix";

impl Parameter {
    /// The parameter of this name, in snake_case or camelCase.
    pub fn find(name: &str) -> Option<Self> {
        for (form, names) in FORMS {
            let known = names.split(' ').find(|known| same(known, name));
            if let Some(name) = known {
                return Some(Self { name, form });
            }
        }
        None
    }

    /// All there are, sorted, for documents and types.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn all() -> Vec<Self> {
        let all = FORMS.iter().flat_map(|(form, names)| {
            let known = |name| Self { name, form: *form };
            names.split(' ').map(known)
        });
        let mut all: Vec<_> = all.collect();
        all.sort_unstable_by_key(|known| known.name);
        all
    }

    /// The names of those that fit, sorted, for documents.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn names(fits: impl Fn(Self) -> bool) -> String {
        let all = Self::all();
        let fitting = all.iter().filter(|known| fits(**known));
        let names: Vec<_> = fitting.map(|known| known.name).collect();
        names.join(", ")
    }

    /// Whether an unsigned upload may have it.
    pub fn is_unsigned(self) -> bool {
        UNSIGNED.split(' ').any(|name| name == self.name)
    }

    /// The value as the wire has it; `None` for one that it has no text for.
    pub fn encode(self, value: &Value) -> Option<String> {
        match (self.form, value) {
            (Form::Json, Value::List(_) | Value::Object(_)) => Some(json(value)),
            (Form::Pairs, Value::Object(entries)) => pairs(entries),
            (Form::Boxes, Value::List(items)) if items.iter().any(is_list) => {
                joined(items, "|", |item| match item {
                    Value::List(numbers) => joined(numbers, ",", scalar),
                    other => scalar(other),
                })
            }
            (Form::Boxes, Value::List(items)) if items.iter().all(is_number) => {
                joined(items, ",", scalar)
            }
            (Form::Boxes, Value::List(items)) => joined(items, "|", scalar),
            (Form::Joined(sign), Value::List(items)) => joined(items, sign, scalar),
            (_, other) => scalar(other),
        }
    }
}

/// Texts, whole numbers and truths as texts.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Bool(truth) => Some(if *truth { "true" } else { "false" }.to_owned()),
        other => other.whole().map(|number| number.to_string()),
    }
}

fn joined(items: &[Value], sign: &str, text: impl Fn(&Value) -> Option<String>) -> Option<String> {
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        texts.push(text(item)?);
    }
    Some(texts.join(sign))
}

fn pairs(entries: &[(String, Value)]) -> Option<String> {
    let mut text = String::new();
    for (name, value) in entries {
        // A field of metadata may hold several values: the wire has them as a JSON list.
        let value = match value {
            Value::Null => continue,
            Value::List(_) => json(value),
            other => scalar(other)?,
        };
        push_pair(&mut text, name, &value);
    }
    Some(text)
}

/// Appends `name=value`, after a `|` where something stands before it.
pub(super) fn push_pair(text: &mut String, name: &str, value: &str) {
    if !text.is_empty() {
        text.push('|');
    }
    text.push_str(name);
    text.push('=');
    for letter in value.chars() {
        if matches!(letter, '=' | '|') {
            text.push('\\');
        }
        text.push(letter);
    }
}

const fn is_list(value: &Value) -> bool {
    matches!(value, Value::List(_))
}

const fn is_number(value: &Value) -> bool {
    matches!(value, Value::Number(_))
}

/// The value as JSON. Numbers with a fraction become null: printing them takes more code than all
/// of this, and no parameter has any.
pub(crate) fn json(value: &Value) -> String {
    let mut text = String::new();
    push_json(&mut text, value);
    text
}

fn push_json(text: &mut String, value: &Value) {
    match value {
        Value::Text(string) => push_quoted(text, string),
        Value::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                push_json(text, item);
            }
            text.push(']');
        }
        Value::Object(entries) => {
            text.push('{');
            for (at, (name, item)) in entries.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                push_quoted(text, name);
                text.push(':');
                push_json(text, item);
            }
            text.push('}');
        }
        other => text.push_str(&scalar(other).unwrap_or_else(|| "null".to_owned())),
    }
}

fn push_quoted(text: &mut String, string: &str) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' | '\\' => {
                text.push('\\');
                text.push(letter);
            }
            // As it is, JSON does not allow it.
            '\0'..='\u{1f}' => {
                text.push_str("\\u00");
                text.push(if letter < '\u{10}' { '0' } else { '1' });
                text.push(char::from_digit(u32::from(letter) & 15, 16).unwrap_or('0'));
            }
            _ => text.push(letter),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[Value]) -> Value {
        Value::List(items.to_vec())
    }

    fn numbers(items: &[f64]) -> Value {
        Value::List(items.iter().map(|number| Value::Number(*number)).collect())
    }

    fn encode(name: &str, value: &Value) -> Option<String> {
        Parameter::find(name).and_then(|known| known.encode(value))
    }

    #[test]
    fn names_are_found_in_both_spellings_and_no_name_stands_twice() {
        let found = Parameter::find("useFilename").unwrap();
        assert_eq!((found.name, found.form), ("use_filename", Form::Plain));
        assert_eq!(Parameter::find("use_filename"), Some(found));
        assert_eq!(Parameter::find("file"), None);
        assert_eq!(Parameter::find("signature"), None);
        assert_eq!(Parameter::find(""), None);
        let mut names: Vec<&str> = FORMS
            .iter()
            .flat_map(|(_, names)| names.split(' '))
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| !name.is_empty()));
    }

    #[test]
    fn eighteen_parameters_need_no_signature() {
        let unsigned: Vec<_> = UNSIGNED.split(' ').collect();
        assert_eq!(unsigned.len(), 18);
        for name in unsigned {
            assert!(Parameter::find(name).unwrap().is_unsigned(), "{name}");
        }
        assert!(!Parameter::find("eager").unwrap().is_unsigned());
        assert!(!Parameter::find("overwrite").unwrap().is_unsigned());
    }

    #[test]
    fn values_are_written_as_the_wire_has_them() {
        let text = Value::from_text;
        let pairs = Value::Object(vec![
            ("caption".to_owned(), text("a=b|c")),
            ("alt".to_owned(), text("x & y")),
            ("none".to_owned(), Value::Null),
            ("colors".to_owned(), list(&[text("re\"d"), text("blue")])),
        ]);
        let object = Value::Object(vec![("a\n".to_owned(), numbers(&[1.0, 2.0]))]);
        let cases = [
            ("overwrite", Value::Bool(false), "false"),
            ("unique_filename", Value::Number(0.0), "0"),
            (
                "eager",
                list(&[text("w_1"), text("w_2/webp")]),
                "w_1|w_2/webp",
            ),
            (
                "transformation",
                list(&[text("w_1"), text("a_9")]),
                "w_1/a_9",
            ),
            (
                "allowed_formats",
                list(&[text("jpg"), text("png")]),
                "jpg,png",
            ),
            ("headers", list(&[text("A:1"), text("B:2")]), "A:1\nB:2"),
            (
                "metadata",
                pairs,
                "caption=a\\=b\\|c|alt=x & y|colors=[\"re\\\"d\",\"blue\"]",
            ),
            (
                "custom_coordinates",
                numbers(&[1.0, 2.0, 3.0, 4.0]),
                "1,2,3,4",
            ),
            (
                "face_coordinates",
                list(&[
                    numbers(&[1.0, 2.0, 3.0, 4.0]),
                    numbers(&[5.0, 6.0, 7.0, 8.0]),
                ]),
                "1,2,3,4|5,6,7,8",
            ),
            (
                "custom_coordinates",
                list(&[text("1,2,3,4"), text("5,6,7,8")]),
                "1,2,3,4|5,6,7,8",
            ),
            ("custom_coordinates", text("1,2,3,4"), "1,2,3,4"),
            ("regions", object, "{\"a\\u000a\":[1,2]}"),
            ("access_control", text("[{}]"), "[{}]"),
            ("metadata", text("a=b"), "a=b"),
        ];
        for (name, value, expected) in cases {
            assert_eq!(encode(name, &value).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_the_wire_has_no_text_for_is_refused() {
        let object = Value::Object(vec![("width".to_owned(), Value::Number(1.0))]);
        assert_eq!(encode("transformation", &object), None);
        assert_eq!(encode("eager", &list(&[object])), None);
        assert_eq!(encode("overwrite", &Value::Number(0.5)), None);
        assert_eq!(encode("overwrite", &Value::Other("function")), None);
        assert_eq!(encode("custom_coordinates", &numbers(&[0.5])), None);
    }
}
