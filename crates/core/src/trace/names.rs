//! Stand-ins for texts that a trace must not hold: the same for the same text, of a form that the
//! engine takes like the text itself. They are counted, so that nothing of a text is in its own.

use std::collections::BTreeMap;

use crate::kind::{Kind, extension};
use crate::protocol::public_id;
use crate::protocol::value::Value;
use crate::text::is_hex;

/// Formats that people and pages name by other words than extensions that have a kind.
const FORMATS: &str = " ai audio eps image images jpe jxr m4b mpeg ts video videos wdp ";

/// Where names of files are cut into classes of length.
const LENGTHS: [usize; 3] = [40, 120, 255];

/// Longer media types are none.
const MEDIA_TYPE_MAX: usize = 100;

/// The stand-ins that were given.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, u32>);

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.0.len())
            .unwrap_or(u32::MAX)
            .wrapping_add(1);
        match self.0.get(text) {
            Some(known) => *known,
            None => *self.0.entry(text.to_owned()).or_insert(next),
        }
    }

    fn numbered(&mut self, before: &str, text: &str) -> String {
        let mut name = before.to_owned();
        name.push_str(&self.number(text).to_string());
        name
    }

    /// For any text: empty for an empty one, as many hexadecimal digits for a digest.
    pub fn text(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let digits = text.len();
        if !matches!(digits, 32 | 40 | 64) || !is_hex(text, digits) {
            return self.numbered("t", text);
        }
        let number = self.number(text).to_string();
        let mut hex = "0".repeat(digits - number.len());
        hex.push_str(&number);
        hex
    }

    /// The same as a value.
    pub fn value(&mut self, text: &str) -> Value {
        Value::Text(self.text(text))
    }

    /// For a text that may be missing.
    pub fn maybe(&mut self, text: Option<&str>) -> Value {
        text.map_or(Value::Null, |text| self.value(text))
    }

    /// For a public ID: as good as it, or as bad.
    pub fn public_id(&mut self, id: &str) -> Value {
        let good = id.is_empty() || public_id::check(id).is_ok();
        Value::Text(self.numbered(if good { "t" } else { "?t" }, id))
    }

    /// For an address.
    pub fn address(&mut self, address: &str) -> Value {
        let mut text = self.numbered("https://t", address);
        text.push_str(".invalid");
        Value::Text(text)
    }

    /// For a format, or an extension: itself, where many have it.
    pub fn format(&mut self, format: &str) -> String {
        let known = Kind::of_extension(format) != Kind::Other;
        let named = || FORMATS.split(' ').any(|known| known == format);
        if format.is_empty() || known || named() {
            return format.to_owned();
        }
        self.numbered("t", format)
    }

    /// For a file's name: its extension, about its length, and whether it has other letters than
    /// English ones.
    pub fn file(&mut self, name: &str) -> Value {
        let extension = extension(name);
        let mut stem = self.numbered("name", name);
        if !name.is_ascii() {
            stem.push('é');
        }
        let letters = name.chars().count();
        let longest = LENGTHS.iter().rev().find(|length| letters > **length);
        if let Some(length) = longest {
            stem.push_str(&"-".repeat(length.saturating_sub(stem.len()) + 1));
        }
        if !extension.is_empty() {
            stem.push('.');
            stem.push_str(&self.format(&extension));
        }
        Value::Text(stem)
    }

    /// For a media type: itself without parameters, if it is one.
    pub fn media_type(&mut self, media_type: &str) -> Value {
        let lower = media_type.to_ascii_lowercase();
        let plain = lower.split(';').next().unwrap_or_default().trim();
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"/.+-".contains(&byte);
        let is_one = plain.len() <= MEDIA_TYPE_MAX && plain.bytes().all(good);
        Value::Text(if is_one {
            plain.to_owned()
        } else {
            self.text(media_type)
        })
    }
}
