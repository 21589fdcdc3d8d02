//! A JSON-like value: options come in as one, answers and events go out as one.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// Up to here every whole number has a float of its own.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// What JSON can hold, and a word for what it can't.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing; also what was `undefined`.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// Any number, as JavaScript has them.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Names and values, in their order.
    Object(Vec<(String, Value)>),
    /// A function, a DOM node, …: what `typeof` says. Written as null.
    Other(&'static str),
}

impl Value {
    /// A text.
    pub fn from_text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// A whole number; beyond 2^53 the nearest float.
    pub fn from_whole(number: u64) -> Self {
        Self::Number(number as f64)
    }

    /// The value of a name, if this is an object that has it. The last one counts, as in JSON.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries
                .iter()
                .rev()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The number as an integer, if it is one that floats hold exactly.
    pub fn whole(&self) -> Option<i64> {
        let number = self.number()?;
        let whole = number as i64;
        // Comparing back finds fractions and NaN without linking a float remainder.
        (whole as f64 == number && (-WHOLE_MAX..=WHOLE_MAX).contains(&number)).then_some(whole)
    }

    /// Whether this is nothing.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null | Self::Other(_) => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Number(number) => match self.whole() {
                Some(whole) => serializer.serialize_i64(whole),
                None => serializer.serialize_f64(*number),
            },
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (name, value) in entries {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
