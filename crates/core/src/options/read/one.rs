//! Reading one value: a text, a number, a word, a function, a place.

use super::Reader;
use crate::options::table::{Check, Tree};
use crate::options::values::{decimal, flag, quoted, scalar, size_meant};
use crate::options::{Encryption, Place, Severity, Signer};
use crate::protocol::value::Value;

impl Reader {
    pub(super) fn text(&mut self, name: &str, value: &Value, check: Check) -> Option<String> {
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

    pub(super) fn positive(&mut self, name: &str, value: &Value, what: &str) -> Option<u64> {
        let number = self.whole(name, value, what)?;
        if number == 0 {
            let text = " must be at least 1, but was 0. Leave it out for no limit.";
            self.tell(Severity::Error, name, &[name, text]);
            return None;
        }
        Some(number)
    }

    /// The number, or the bound that is nearer to what the page wants.
    pub(super) fn within(
        &mut self,
        name: &str,
        value: &Value,
        least: u64,
        most: u64,
    ) -> Option<u64> {
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

    pub(super) fn whole(&mut self, name: &str, value: &Value, what: &str) -> Option<u64> {
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

    pub(super) fn flag(&mut self, name: &str, value: &Value) -> Option<bool> {
        let truth = flag(value);
        if truth.is_none() {
            self.wrong(name, "true or false", value, "Write true, without quotes");
        }
        truth
    }

    /// Width by height, as a number or as `16:9`.
    pub(super) fn ratio(&mut self, name: &str, value: &Value) -> Option<f64> {
        let sides = |text: &str| {
            let (width, height) = text.split_once([':', '/'])?;
            Some(decimal(width)? / decimal(height)?)
        };
        let ratio = match value {
            Value::Number(number) => Some(*number),
            Value::Text(text) => sides(text).or_else(|| decimal(text)),
            _ => None,
        };
        let ratio = ratio.filter(|ratio| ratio.is_finite() && *ratio > 0.0);
        if ratio.is_none() {
            self.wrong(
                name,
                "width by height",
                value,
                "Write a number such as 1.5, or \"3:2\"",
            );
        }
        ratio
    }

    /// From a tenth to one.
    pub(super) fn part(&mut self, name: &str, value: &Value) -> Option<f64> {
        let part = match value {
            Value::Number(number) => Some(*number),
            Value::Text(text) => decimal(text),
            _ => None,
        };
        let part = part.filter(|part| (0.1..=1.0).contains(part));
        if part.is_none() {
            self.wrong(
                name,
                "a number from 0.1 to 1",
                value,
                "Write 1 for all of it",
            );
        }
        part
    }

    pub(super) fn word(&mut self, name: &str, value: &Value, words: &[&str]) -> Option<usize> {
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

    pub(super) fn function(&mut self, name: &str, value: &Value) -> Option<bool> {
        if *value == Value::Other("function") {
            return Some(true);
        }
        self.wrong(name, "a function", value, "Write (callback, params) => …");
        None
    }

    pub(super) fn object(&mut self, name: &str, value: &Value) -> Option<bool> {
        if is_object(value) {
            return Some(true);
        }
        self.wrong(
            name,
            "an AbortSignal",
            value,
            "Write new AbortController().signal",
        );
        None
    }

    /// A selector, an element, or what libraries wrap elements in.
    pub(super) fn place(&mut self, name: &str, value: &Value) -> Option<Place> {
        match value {
            Value::Text(text) if text.trim().is_empty() => None,
            Value::Text(text) => Some(Place::Selector(text.trim().to_owned())),
            other if is_object(other) => Some(Place::Element),
            other => {
                let wanted = "a CSS selector or an element";
                self.wrong(name, wanted, other, "Write for example \"#photos\"");
                None
            }
        }
    }

    pub(super) fn tree(&mut self, name: &str, value: &Value, tree: Tree) -> Option<Value> {
        let (fits, wanted, remedy) = match (tree, value) {
            (Tree::Object, Value::Object(_)) | (Tree::List, Value::List(_)) => (true, "", ""),
            (Tree::Any, Value::Text(_) | Value::Object(_) | Value::List(_)) => (true, "", ""),
            (Tree::Object, _) => (false, "an object", "Write { … }"),
            (Tree::List, _) => (false, "a list", "Write [ … ]"),
            (Tree::Any, _) => (false, "a text, an object or a list", "Write it in quotes"),
        };
        if !fits {
            self.wrong(name, wanted, value, remedy);
        }
        fits.then(|| value.clone())
    }

    pub(super) fn encryption(&mut self, name: &str, value: &Value) {
        let text = |part: &str| value.get(part).and_then(scalar);
        match (text("key"), text("iv")) {
            (Some(key), Some(iv)) if !key.is_empty() && !iv.is_empty() => {
                self.options.encryption = Some(Encryption { key, iv });
            }
            _ => self.wrong(
                name,
                "an object of two texts",
                value,
                "Write { key: …, iv: … }",
            ),
        }
    }

    /// Who signs: a function, an address of the page's server, or a ready signature.
    pub(super) fn signer(&mut self, name: &str, value: &Value) {
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
}

/// An object of any kind, but no list.
const fn is_object(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Other(kind) => matches!(kind.as_bytes(), b"object" | b"element"),
        _ => false,
    }
}
