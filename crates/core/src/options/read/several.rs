//! Reading lists: texts, names with values, sources, formats.

use super::Reader;
use crate::options::table::GONE;
use crate::options::values::scalar;
use crate::options::{Severity, Source, spelling};
use crate::protocol::value::Value;

impl Reader {
    /// A list of texts, or one text with commas.
    pub(super) fn texts(&mut self, name: &str, value: &Value) -> Option<Vec<String>> {
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

    pub(super) fn pairs(&mut self, name: &str, value: &Value) -> Option<Vec<(String, String)>> {
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

    pub(super) fn sources(&mut self, name: &str, value: &Value) {
        let Some(names) = self.texts(name, value) else {
            return;
        };
        let mut sources = Vec::new();
        for wanted in &names {
            if let Some(source) = self.source(name, wanted)
                && !sources.contains(&source)
            {
                sources.push(source);
            }
        }
        // A widget that shows no source at all helps nobody.
        if !sources.is_empty() {
            self.options.sources = sources;
        }
    }

    pub(super) fn default_source(&mut self, name: &str, value: &Value) {
        match scalar(value) {
            Some(wanted) if wanted.is_empty() => {}
            Some(wanted) => self.options.default_source = self.source(name, &wanted),
            None => self.wrong(name, "the name of a source", value, "Write \"local\""),
        }
    }

    /// The source of this name, if there is one; else the page is told what there is instead.
    fn source(&mut self, name: &str, wanted: &str) -> Option<Source> {
        let plugins = &self.options.plugins;
        if let Some(at) = plugins.iter().position(|id| id == wanted) {
            return Some(Source::Plugin(at));
        }
        let known = |source: &&Source| spelling::same(source.name(), wanted);
        let found = Source::ALL.iter().find(known).copied();
        if let Some(source) = found
            && source.is_here()
        {
            return Some(source);
        }
        let gone = GONE.iter().any(|gone| spelling::same(gone, wanted));
        let rest = match found {
            Some(_) => " is not in this build and was left out.",
            None if gone => {
                " gives no open way to choose from it and was left out. People save the file there \
                 and choose it from their device."
            }
            None => " is no source and was left out. Write \"local\", or register it first.",
        };
        let text = [name, ": \"", wanted, "\"", rest];
        self.tell(Severity::Warning, name, &text);
        None
    }

    pub(super) fn formats(&mut self, name: &str, value: &Value) {
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
}
