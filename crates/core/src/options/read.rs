//! Reads a page's options: whatever it gives, there are options to work with, and every problem
//! is told at once.

use super::table::{NOT_YET, ROWS, Row, SOURCES_NOT_YET, Slot};
use super::values::{flag, quoted, scalar, size_meant};
use super::{OptionProblem, Options, Severity, Signer, Source, checks, spelling};
use crate::protocol::parameters::Parameter;
use crate::protocol::value::Value;

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
    reader.unsigned();
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
        } else if let Some(known) = Parameter::find(name) {
            self.parameter(known, name, value);
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
            Slot::Seconds(slot) => {
                if let Some(number) = self.positive(name, value, "number of seconds") {
                    *slot(&mut self.options) = Some(number);
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
            Slot::Word(words, set) => {
                if let Some(at) = self.word(name, value, words) {
                    set(&mut self.options, at);
                }
            }
            Slot::Signer => self.signer(name, value),
            Slot::Function(slot) => match value {
                Value::Other("function") => *slot(&mut self.options) = true,
                other => self.wrong(name, "a function", other, "Write (callback, params) => …"),
            },
            Slot::Number(slot) => {
                if let Some(number) = self.whole(name, value, "number") {
                    *slot(&mut self.options) = number;
                }
            }
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
        let signed = self.options.is_signed();
        let no_preset = self.options.upload_preset.is_none() && !signed;
        if no_preset && !told(&self.problems, "uploadPreset") {
            let text = "uploadPreset is missing. Add uploadPreset: \"…\", the name of an unsigned \
                        upload preset, or sign uploads by uploadSignature.";
            self.tell(Severity::Error, "uploadPreset", &[text]);
        }
        let ready = matches!(self.options.signer, Signer::Ready(_)) && !self.options.prepare;
        if ready && self.options.signature_timestamp.is_none() {
            let text = "uploadSignatureTimestamp is missing. Add the timestamp, in seconds, that \
                        the signature in uploadSignature was made with.";
            self.tell(Severity::Error, "uploadSignatureTimestamp", &[text]);
        }
        let page = matches!(self.options.signer, Signer::Page | Signer::Ready(_));
        if page && !self.options.prepare && self.options.api_key.is_none() {
            let text = "apiKey is missing. Add apiKey: \"…\", the key whose secret signs.";
            self.tell(Severity::Error, "apiKey", &[text]);
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
            let plain = format.trim().trim_start_matches('.');
            let plain = plain.strip_suffix("/*").unwrap_or(plain);
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

    fn word(&mut self, name: &str, value: &Value, words: &[&str]) -> Option<usize> {
        let text = value.text().unwrap_or_default();
        let found = words
            .iter()
            .position(|word| text.eq_ignore_ascii_case(word));
        if found.is_none() && value.text() != Some("") {
            let mut wanted = String::from("one of \"");
            wanted.push_str(&words.join("\", \""));
            wanted.push('"');
            let first = words.first().copied().unwrap_or_default();
            let remedy = ["Leave it out for \"", first, "\""].concat();
            self.wrong(name, &wanted, value, &remedy);
        }
        found
    }

    /// Who signs: a function, an address of the page's server, or a ready signature.
    fn signer(&mut self, name: &str, value: &Value) {
        let is_address = |text: &str| text.contains('/');
        self.options.signer = match value {
            Value::Other("function") => Signer::Page,
            Value::Text(text) if text.is_empty() => return,
            Value::Text(text) if is_address(text) => Signer::Server(text.clone()),
            Value::Text(text) => Signer::Ready(text.clone()),
            other => {
                let wanted = "a function, a signature, or the address of your signing server";
                return self.wrong(name, wanted, other, "Write (callback, params) => …");
            }
        };
    }

    /// A parameter of the Upload API goes along as it is.
    fn parameter(&mut self, known: Parameter, name: &str, value: &Value) {
        match known.encode(value) {
            Some(text) => {
                let params = &mut self.options.params;
                params.retain(|(other, _)| *other != known.name);
                if !text.is_empty() {
                    params.push((known.name, text));
                }
            }
            None => {
                let wanted = "a value that the Upload API takes as text";
                self.wrong(
                    name,
                    wanted,
                    value,
                    "Write it as the Upload API's reference has it",
                );
            }
        }
    }

    /// What an unsigned upload may not have is named before anything is sent.
    fn unsigned(&mut self) {
        if self.options.is_signed() {
            return;
        }
        let params = std::mem::take(&mut self.options.params);
        for (name, text) in params {
            if Parameter::find(name).is_some_and(Parameter::is_unsigned) {
                self.options.params.push((name, text));
                continue;
            }
            let text = [
                name,
                " needs a signed upload and was left out. Set it in the upload preset, or give \
                 uploadSignature.",
            ];
            self.tell(Severity::Error, name, &text);
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
