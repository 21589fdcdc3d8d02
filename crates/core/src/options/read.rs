//! Reads a page's options: whatever it gives, there are options to work with, and every problem
//! is told at once.

mod one;
mod several;

use super::table::{Row, Slot, rows};
use super::values::flag;
use super::{OptionProblem, Options, Reason, Signer, checks, spelling};
use crate::protocol::parameters::Parameter;
use crate::protocol::value::Value;

/// Reads options. Never fails: a bad one keeps its default and is told as a problem.
pub fn read(input: &Value) -> (Options, Vec<OptionProblem>) {
    read_with(input, Vec::new())
}

/// The same where the page registered sources of its own, with these ids.
pub fn read_with(input: &Value, plugins: Vec<String>) -> (Options, Vec<OptionProblem>) {
    let mut reader = Reader {
        options: Options {
            plugins,
            ..Options::default()
        },
        problems: Vec::new(),
    };
    match input {
        Value::Object(entries) => {
            for (name, value) in entries {
                reader.entry(name, value);
            }
        }
        Value::Null => {}
        other => reader.tell("options", Reason::Options, other),
    }
    if reader.options.encryption.is_some() {
        // A server can't tell what they are.
        reader.options.resource_type = super::ResourceType::Raw;
    }
    reader.services();
    reader.unsigned();
    reader.required();
    (reader.options, reader.problems)
}

/// What no page means as an option: whoever sends these tries to change all objects of a page.
const PROTOTYPES: [&str; 3] = ["__proto__", "constructor", "prototype"];

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
        if let Some(row) = rows().find(|row| spelling::same(row.name, name)) {
            self.option(row, name, value);
        } else if let Some(known) = Parameter::find(name) {
            self.parameter(known, name, value);
        } else if PROTOTYPES.contains(&name) {
            self.tell(name, Reason::Prototype, &Value::Null);
        } else if spelling::is_like(name, rows().map(|row| row.name)) {
            // Pages mix in settings of their own wrappers, which are left alone.
            self.tell(name, Reason::Unknown, &Value::Null);
        }
    }

    fn option(&mut self, row: &Row, name: &str, value: &Value) {
        match row.slot {
            Slot::Prefix => {
                if let Some(text) = self.text(name, value, checks::prefix) {
                    text.trim_end_matches('/')
                        .clone_into(&mut self.options.upload_prefix);
                }
            }
            Slot::Sources => self.sources(name, value),
            Slot::DefaultSource => self.default_source(name, value),
            Slot::Formats => self.formats(name, value),
            Slot::Signer => self.signer(name, value),
            Slot::Cropping => {
                // What it was before: the server cuts.
                let server = value.text() == Some("server");
                if let Some(truth) = server.then_some(true).or_else(|| self.flag(name, value)) {
                    self.options.crop.cropping = truth;
                }
            }
            Slot::Encryption => self.encryption(name, value),
            Slot::Parameter => {
                if let Some(known) = Parameter::find(name) {
                    self.parameter(known, name, value);
                }
            }
            Slot::Instead(content) => {
                if content.is_none() || flag(value) != content {
                    self.tell(name, Reason::Instead, value);
                }
            }
            _ => self.simple(&row.slot, name, value),
        }
    }

    /// What is read the same way for several options.
    fn simple(&mut self, slot: &Slot, name: &str, value: &Value) {
        match *slot {
            Slot::Text(slot, check) => {
                put(slot, self.text(name, value, check).map(Some), self);
            }
            Slot::Named(slot) => put(slot, self.text(name, value, checks::anything), self),
            Slot::Flag(slot) => put(slot, self.flag(name, value), self),
            Slot::Maybe(slot) => put(slot, self.flag(name, value).map(Some), self),
            Slot::Count(slot) => {
                let number = self.positive(name, value, Reason::Number);
                let count = number.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
                put(slot, count.map(Some), self);
            }
            Slot::Seconds(slot) => {
                put(
                    slot,
                    self.positive(name, value, Reason::Seconds).map(Some),
                    self,
                );
            }
            Slot::Bytes(slot) => {
                put(
                    slot,
                    self.positive(name, value, Reason::Bytes).map(Some),
                    self,
                );
            }
            Slot::Number(slot) => put(slot, self.whole(name, value, Reason::Bytes), self),
            Slot::Within(slot, least, most) => {
                put(slot, self.within(name, value, least, most), self);
            }
            Slot::Ratio(slot) => put(slot, self.ratio(name, value).map(Some), self),
            Slot::Part(slot) => put(slot, self.part(name, value), self),
            Slot::Texts(slot) => put(slot, self.texts(name, value), self),
            Slot::Pairs(slot) => put(slot, self.pairs(name, value), self),
            Slot::Word(words, set) => {
                if let Some(at) = self.word(name, value, words) {
                    set(&mut self.options, at);
                }
            }
            Slot::Function(slot) => put(slot, self.function(name, value), self),
            Slot::Object(slot) => put(slot, self.object(name, value), self),
            Slot::Place(slot) => put(slot, self.place(name, value).map(Some), self),
            Slot::Tree(tree, slot) => put(slot, self.tree(name, value, tree).map(Some), self),
            // Those that one option has for itself.
            _ => {}
        }
    }

    /// What no upload can do without.
    fn required(&mut self) {
        let options = &self.options;
        let signed = options.is_signed();
        let ready = matches!(options.signer, Signer::Ready(_)) && !options.prepare;
        let page = matches!(options.signer, Signer::Page | Signer::Ready(_)) && !options.prepare;
        let missing = [
            ("cloudName", options.cloud_name.is_none()),
            ("uploadPreset", options.upload_preset.is_none() && !signed),
            (
                "uploadSignatureTimestamp",
                ready && options.signature_timestamp.is_none(),
            ),
            ("apiKey", page && options.api_key.is_none()),
        ];
        for (name, is_missing) in missing {
            let told = |problem: &OptionProblem| spelling::same(&problem.option, name);
            if is_missing && !self.problems.iter().any(told) {
                self.tell(name, Reason::Missing, &Value::Null);
            }
        }
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
            None => self.tell(name, Reason::Parameter, value),
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
            self.tell(name, Reason::Unsigned, &Value::Null);
        }
    }

    fn tell(&mut self, option: &str, reason: Reason, given: &Value) {
        self.problems.push(OptionProblem {
            option: option.to_owned(),
            reason,
            given: given.clone(),
        });
    }
}

/// Puts what was read into its place; a bad value leaves the default there.
fn put<T>(slot: fn(&mut Options) -> &mut T, read: Option<T>, reader: &mut Reader) {
    if let Some(read) = read {
        *slot(&mut reader.options) = read;
    }
}
