//! Reading lists: texts, names with values, sources, formats.

use super::Reader;
use crate::options::table::GONE;
use crate::options::values::scalar;
use crate::options::{Reason, Source, spelling};
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
                        None => self.tell(name, Reason::Texts, item),
                    }
                }
            }
            other => {
                self.tell(name, Reason::Texts, other);
                return None;
            }
        }
        texts.retain(|text| !text.is_empty());
        Some(texts)
    }

    pub(super) fn pairs(&mut self, name: &str, value: &Value) -> Option<Vec<(String, String)>> {
        let Value::Object(entries) = value else {
            self.tell(name, Reason::Object, value);
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
                    self.tell(&path, Reason::Text, value);
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
            None => self.tell(name, Reason::Source, value),
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
        if found.is_some() {
            return found;
        }
        let gone = GONE.iter().any(|gone| spelling::same(gone, wanted));
        let reason = if gone {
            Reason::SourceGone
        } else {
            Reason::SourceUnknown
        };
        self.tell(name, reason, &Value::from_text(wanted));
        None
    }

    /// Leaves out the services' sources that the page has no key for.
    pub(super) fn services(&mut self) {
        let mut sources = std::mem::take(&mut self.options.sources);
        sources.retain(|source| {
            let lacking = self.options.services.lacks(*source);
            if let Some(option) = lacking {
                self.tell(option, Reason::SourceKey, &Value::from_text(source.name()));
            }
            lacking.is_none()
        });
        if sources.is_empty() {
            sources = Source::USUAL.to_vec();
        }
        self.options.sources = sources;
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
                self.tell(name, Reason::MediaType, &Value::from_text(format));
            }
            known && !format.is_empty()
        });
        self.options.client_allowed_formats = formats;
    }
}
