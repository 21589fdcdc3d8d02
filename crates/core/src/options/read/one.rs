//! Reading one value: a text, a number, a word, a function, a place.

use super::Reader;
use crate::options::table::{Check, Tree};
use crate::options::values::{decimal, flag, scalar};
use crate::options::{Encryption, Place, Reason, Signer};
use crate::protocol::value::Value;

impl Reader {
    pub(super) fn text(&mut self, name: &str, value: &Value, check: Check) -> Option<String> {
        let Some(text) = scalar(value) else {
            self.tell(name, Reason::Text, value);
            return None;
        };
        if text.is_empty() {
            return None;
        }
        match check(&text) {
            Ok(()) => Some(text),
            Err(reason) => {
                self.tell(name, reason, value);
                None
            }
        }
    }

    pub(super) fn positive(&mut self, name: &str, value: &Value, what: Reason) -> Option<u64> {
        let number = self.whole(name, value, what)?;
        if number == 0 {
            self.tell(name, Reason::Zero, value);
        }
        Some(number).filter(|number| *number > 0)
    }

    /// The number, or the bound that is nearer to what the page wants.
    pub(super) fn within(
        &mut self,
        name: &str,
        value: &Value,
        least: u64,
        most: u64,
    ) -> Option<u64> {
        let number = self.whole(name, value, Reason::Number)?;
        if number < least {
            self.tell(name, Reason::Below, value);
        } else if number > most {
            self.tell(name, Reason::Above, value);
        }
        Some(number.clamp(least, most))
    }

    pub(super) fn whole(&mut self, name: &str, value: &Value, what: Reason) -> Option<u64> {
        let number = match value {
            Value::Text(text) => text.trim().parse().ok(),
            other => other.whole().and_then(|number| u64::try_from(number).ok()),
        };
        self.or_tell(number, name, what, value)
    }

    /// What was read; of nothing the page is told.
    fn or_tell<T>(
        &mut self,
        read: Option<T>,
        name: &str,
        what: Reason,
        value: &Value,
    ) -> Option<T> {
        if read.is_none() {
            self.tell(name, what, value);
        }
        read
    }

    pub(super) fn flag(&mut self, name: &str, value: &Value) -> Option<bool> {
        self.or_tell(flag(value), name, Reason::Flag, value)
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
        self.or_tell(ratio, name, Reason::Ratio, value)
    }

    /// From a tenth to one.
    pub(super) fn part(&mut self, name: &str, value: &Value) -> Option<f64> {
        let part = match value {
            Value::Number(number) => Some(*number),
            Value::Text(text) => decimal(text),
            _ => None,
        };
        let part = part.filter(|part| (0.1..=1.0).contains(part));
        self.or_tell(part, name, Reason::Part, value)
    }

    pub(super) fn word(&mut self, name: &str, value: &Value, words: &[&str]) -> Option<usize> {
        let text = value.text().unwrap_or_default();
        let found = words
            .iter()
            .position(|word| text.eq_ignore_ascii_case(word));
        if found.is_none() && value.text() != Some("") {
            self.tell(name, Reason::Word, value);
        }
        found
    }

    pub(super) fn function(&mut self, name: &str, value: &Value) -> Option<bool> {
        let is_one = matches!(value, Value::Other("function"));
        self.or_tell(is_one.then_some(true), name, Reason::Function, value)
    }

    pub(super) fn object(&mut self, name: &str, value: &Value) -> Option<bool> {
        let is_one = is_object(value).then_some(true);
        self.or_tell(is_one, name, Reason::Signal, value)
    }

    /// A selector, an element, or what libraries wrap elements in.
    pub(super) fn place(&mut self, name: &str, value: &Value) -> Option<Place> {
        match value {
            Value::Text(text) if text.trim().is_empty() => None,
            Value::Text(text) => Some(Place::Selector(text.trim().to_owned())),
            other if is_object(other) => Some(Place::Element),
            other => {
                self.tell(name, Reason::Place, other);
                None
            }
        }
    }

    pub(super) fn tree(&mut self, name: &str, value: &Value, tree: Tree) -> Option<Value> {
        let (fits, reason) = match (tree, value) {
            (Tree::Object, Value::Object(_)) | (Tree::List, Value::List(_)) => (true, Reason::Tree),
            (Tree::Object, _) => (false, Reason::Object),
            (Tree::List, _) => (false, Reason::List),
            (Tree::Any, Value::Text(_) | Value::Object(_) | Value::List(_)) => (true, Reason::Tree),
            (Tree::Any, _) => (false, Reason::Tree),
        };
        self.or_tell(fits.then(|| value.clone()), name, reason, value)
    }

    pub(super) fn encryption(&mut self, name: &str, value: &Value) {
        let text = |part: &str| value.get(part).and_then(scalar);
        match (text("key"), text("iv")) {
            (Some(key), Some(iv)) if !key.is_empty() && !iv.is_empty() => {
                self.options.encryption = Some(Encryption { key, iv });
            }
            _ => self.tell(name, Reason::Encryption, value),
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
            other => return self.tell(name, Reason::Signer, other),
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
