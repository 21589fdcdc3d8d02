//! Reads a page's options: whatever it gives, there are options to work with, and every problem
//! is told at once.

use super::table::{NOT_YET, ROWS, Row, SOURCES_NOT_YET, Slot};
use super::{OptionProblem, Options, ResourceType, Severity, Source, checks, spelling};
use crate::protocol::value::Value;

/// Quoted values are cut here: a message is a line, not a document.
const QUOTE_MAX: usize = 60;

/// Reads options. Never fails: a bad one keeps its default and is told as a problem.
pub fn read(input: &Value) -> (Options, Vec<OptionProblem>) {
    let mut reader = Reader {
        options: Options::default(),
        problems: Vec::new(),
    };
    match input {
        Value::Object(entries) => {
            for (name, value) in entries {
                reader.entry(name, value);
            }
        }
        Value::Null => {}
        other => reader.tell(
            Severity::Error,
            "options",
            &[
                "The options must be an object, but were ",
                &quoted(other),
                ". Write { cloudName: … }.",
            ],
        ),
    }
    reader.required();
    (reader.options, reader.problems)
}

struct Reader {
    options: Options,
    problems: Vec<OptionProblem>,
}

impl Reader {
    fn entry(&mut self, name: &str, value: &Value) {
        // null and undefined mean "not given", as in every wrapper that passes all it has.
        if value.is_null() {
            return;
        }
        if let Some(row) = ROWS.iter().find(|row| spelling::same(row.name, name)) {
            self.option(row, name, value);
        } else if NOT_YET.iter().any(|known| spelling::same(known, name)) {
            self.tell(
                Severity::Warning,
                name,
                &[name, " is not supported yet and was ignored."],
            );
        } else if let Some(meant) = spelling::nearest(name, ROWS.iter().map(|row| row.name)) {
            let text = ["There is no option ", name, ". Did you mean ", meant, "?"];
            self.tell(Severity::Warning, name, &text);
        }
        // Anything else is silently left alone: pages mix in settings of their own wrappers.
    }

    fn option(&mut self, row: &Row, name: &str, value: &Value) {
        match row.slot {
            Slot::Text(slot, check) => {
                if let Some(text) = self.text(name, value, check) {
                    *slot(&mut self.options) = Some(text);
                }
            }
            Slot::Flag(slot) => match flag(value) {
                Some(truth) => *slot(&mut self.options) = truth,
                None => self.wrong(name, "true or false", value, "Write true, without quotes"),
            },
            Slot::Count(slot) => {
                if let Some(number) = self.positive(name, value, "number") {
                    *slot(&mut self.options) = Some(u32::try_from(number).unwrap_or(u32::MAX));
                }
            }
            Slot::Bytes(slot) => {
                if let Some(number) = self.positive(name, value, "number of bytes") {
                    *slot(&mut self.options) = Some(number);
                }
            }
            Slot::Within(slot, least, most) => {
                if let Some(number) = self.within(name, value, least, most) {
                    *slot(&mut self.options) = number;
                }
            }
            Slot::Texts(slot) => {
                if let Some(texts) = self.texts(name, value) {
                    *slot(&mut self.options) = texts;
                }
            }
            Slot::Pairs(slot) => {
                if let Some(pairs) = self.pairs(name, value) {
                    *slot(&mut self.options) = pairs;
                }
            }
            Slot::Prefix => {
                if let Some(text) = self.text(name, value, checks::prefix) {
                    text.trim_end_matches('/')
                        .clone_into(&mut self.options.upload_prefix);
                }
            }
            Slot::Sources => self.sources(name, value),
            Slot::Formats => self.formats(name, value),
            Slot::ResourceType => self.resource_type(name, value),
        }
    }

    /// What no upload can do without.
    fn required(&mut self) {
        let told = |problems: &[OptionProblem], name: &str| {
            problems
                .iter()
                .any(|problem| spelling::same(&problem.option, name))
        };
        if self.options.cloud_name.is_none() && !told(&self.problems, "cloudName") {
            let text = "cloudName is missing. Add cloudName: \"…\", the name of your account.";
            self.tell(Severity::Error, "cloudName", &[text]);
        }
        if self.options.upload_preset.is_none() && !told(&self.problems, "uploadPreset") {
            let text = "uploadPreset is missing. Add uploadPreset: \"…\", the name of an unsigned \
                        upload preset.";
            self.tell(Severity::Error, "uploadPreset", &[text]);
        }
    }

    fn text(&mut self, name: &str, value: &Value, check: super::table::Check) -> Option<String> {
        let Some(text) = scalar(value) else {
            self.wrong(name, "a text", value, "Write it in quotes");
            return None;
        };
        if text.is_empty() {
            return None;
        }
        match check(&text) {
            Ok(()) => Some(text),
            Err(wrong) => {
                let was = quoted(value);
                let parts = [
                    name,
                    " ",
                    wrong.rule,
                    ", but was ",
                    &was,
                    ". ",
                    wrong.remedy,
                    ".",
                ];
                self.tell(Severity::Error, name, &parts);
                None
            }
        }
    }

    fn positive(&mut self, name: &str, value: &Value, what: &str) -> Option<u64> {
        let number = self.whole(name, value, what)?;
        if number == 0 {
            let text = " must be at least 1, but was 0. Leave it out for no limit.";
            self.tell(Severity::Error, name, &[name, text]);
            return None;
        }
        Some(number)
    }

    /// The number, or the bound that is nearer to what the page wants.
    fn within(&mut self, name: &str, value: &Value, least: u64, most: u64) -> Option<u64> {
        let number = self.whole(name, value, "number")?;
        let (bound, used) = if number < least {
            (" must be at least ", least)
        } else if number > most {
            (" may be at most ", most)
        } else {
            return Some(number);
        };
        let (was, right) = (number.to_string(), used.to_string());
        let parts = [
            name,
            bound,
            &right,
            ", but was ",
            &was,
            ". Write ",
            &right,
            ", which is used now.",
        ];
        self.tell(Severity::Warning, name, &parts);
        Some(used)
    }

    fn whole(&mut self, name: &str, value: &Value, what: &str) -> Option<u64> {
        let number = match value {
            Value::Text(text) => text.trim().parse().ok(),
            other => other.whole().and_then(|number| u64::try_from(number).ok()),
        };
        if number.is_none() {
            let meant = value.text().and_then(size_meant);
            let mut remedy = String::from("Write ");
            remedy.push_str(meant.as_deref().unwrap_or("digits only, or leave it out"));
            let mut wanted = String::from("a whole ");
            wanted.push_str(what);
            self.wrong(name, &wanted, value, &remedy);
        }
        number
    }

    /// A list of texts, or one text with commas.
    fn texts(&mut self, name: &str, value: &Value) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        match value {
            Value::Text(text) => {
                texts.extend(text.split(',').map(str::trim).map(str::to_owned));
            }
            Value::List(items) => {
                for item in items {
                    match scalar(item) {
                        Some(text) => texts.push(text),
                        None if item.is_null() => {}
                        None => self.wrong(name, "a list of texts", item, "Give texts only"),
                    }
                }
            }
            other => {
                self.wrong(name, "a list of texts", other, "Write [\"…\", \"…\"]");
                return None;
            }
        }
        texts.retain(|text| !text.is_empty());
        Some(texts)
    }

    fn pairs(&mut self, name: &str, value: &Value) -> Option<Vec<(String, String)>> {
        let Value::Object(entries) = value else {
            self.wrong(name, "an object", value, "Write { alt: \"…\" }");
            return None;
        };
        let mut pairs = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            match (scalar(value), value) {
                (Some(text), _) => pairs.push((key.clone(), text)),
                (None, Value::Bool(truth)) => {
                    pairs.push((
                        key.clone(),
                        if *truth { "true" } else { "false" }.to_owned(),
                    ));
                }
                (None, Value::Null) => {}
                _ => {
                    let mut path = name.to_owned();
                    path.push('.');
                    path.push_str(key);
                    self.wrong(&path, "a text", value, "Write it in quotes");
                }
            }
        }
        Some(pairs)
    }

    fn sources(&mut self, name: &str, value: &Value) {
        let Some(names) = self.texts(name, value) else {
            return;
        };
        let mut sources = Vec::new();
        for wanted in &names {
            let known = Source::ALL
                .iter()
                .find(|source| spelling::same(source.name(), wanted));
            if let Some(source) = known {
                if !sources.contains(source) {
                    sources.push(*source);
                }
            } else if SOURCES_NOT_YET
                .iter()
                .any(|later| spelling::same(later, wanted))
            {
                let text = [
                    name,
                    ": \"",
                    wanted,
                    "\" is not supported yet and was ignored.",
                ];
                self.tell(Severity::Warning, name, &text);
            } else {
                let text = [
                    name,
                    ": there is no source \"",
                    wanted,
                    "\". Use \"local\".",
                ];
                self.tell(Severity::Warning, name, &text);
            }
        }
        // A widget that shows no source at all helps nobody.
        if !sources.is_empty() {
            self.options.sources = sources;
        }
    }

    fn formats(&mut self, name: &str, value: &Value) {
        let Some(mut formats) = self.texts(name, value) else {
            return;
        };
        for format in &mut formats {
            // ".PNG" and "image/*" are how the browser's own file chooser wants them.
            let plain = format.trim().trim_start_matches('.').trim_end_matches("/*");
            *format = plain.to_ascii_lowercase();
        }
        formats.retain(|format| {
            let known = !format.contains('/');
            if !known {
                let text = [
                    name,
                    " holds \"",
                    format,
                    "\", which is a media type. Write the ",
                    "extension, for example \"png\", or \"image\", \"video\" or \"audio\".",
                ];
                self.tell(Severity::Error, name, &text);
            }
            known && !format.is_empty()
        });
        self.options.client_allowed_formats = formats;
    }

    fn resource_type(&mut self, name: &str, value: &Value) {
        let mut all = ResourceType::ALL.iter();
        let text = value.text().unwrap_or_default();
        match all.find(|known| text.eq_ignore_ascii_case(known.name())) {
            Some(known) => self.options.resource_type = *known,
            None if value.text() == Some("") => {}
            None => {
                let wanted = "\"auto\", \"image\", \"video\" or \"raw\"";
                self.wrong(name, wanted, value, "Leave it out for \"auto\"");
            }
        }
    }

    /// `name must be …, but was …. Remedy.`
    fn wrong(&mut self, name: &str, wanted: &str, value: &Value, remedy: &str) {
        let was = quoted(value);
        let parts = [
            name,
            " must be ",
            wanted,
            ", but was ",
            &was,
            ". ",
            remedy,
            ".",
        ];
        self.tell(Severity::Error, name, &parts);
    }

    fn tell(&mut self, severity: Severity, option: &str, parts: &[&str]) {
        let (option, message) = (option.to_owned(), parts.concat());
        self.problems.push(OptionProblem {
            option,
            message,
            severity,
        });
    }
}

/// Texts, and whole numbers as texts. (Printing other numbers would link 7 KB of code.)
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.trim().to_owned()),
        other => other.whole().map(|number| number.to_string()),
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Text(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
        other => match other.whole() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
    }
}

/// The digits that somebody meant who wrote `5MB` or `2 GiB`.
fn size_meant(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let unit = unit.trim().as_bytes();
    let thousand: u64 = if unit
        .get(1)
        .is_some_and(|byte| byte.eq_ignore_ascii_case(&b'i'))
    {
        1024
    } else {
        1000
    };
    let power = match unit.first()?.to_ascii_lowercase() {
        b'k' => 1,
        b'm' => 2,
        b'g' => 3,
        b'b' => 0,
        _ => return None,
    };
    Some(number.checked_mul(thousand.pow(power))?.to_string())
}

/// A value in words.
fn quoted(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        Value::Number(number) => match value.whole() {
            Some(whole) => whole.to_string(),
            None if number.is_finite() => "a number with a fraction, or too large".to_owned(),
            None => "no number (NaN or Infinity)".to_owned(),
        },
        Value::Text(text) => {
            let end = text.floor_char_boundary(QUOTE_MAX);
            let dots = if end < text.len() { "…" } else { "" };
            [
                "the text \"",
                text.get(..end).unwrap_or_default(),
                dots,
                "\"",
            ]
            .concat()
        }
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Other(kind) => ["of the type ", kind].concat(),
    }
}
