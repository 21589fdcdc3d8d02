//! An upload preset in the configuration file: settings under the names that the wire has for them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Value;

use super::Quota;
use crate::upload::catalog::{self, Effect, Kind, Preset as Place};

/// What an upload preset decides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Preset {
    /// Whether uploads without a signature may use it.
    pub unsigned: bool,
    /// Whether the request may choose the public ID.
    pub disallow_public_id: bool,
    /// How much all that comes under it may be.
    pub quota: Quota,
    /// All else, as a request would send it.
    #[serde(flatten)]
    pub settings: Settings,
}

/// Parameters that a preset sets, by their names on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, String>);

impl Preset {
    /// What it sets under this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.settings.0.get(name).map(String::as_str)
    }

    /// All that it sets, as a request would send it.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.settings.0.iter();
        all.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What is wrong, if anything.
    pub(super) fn mistake(&self) -> Option<String> {
        for (name, value) in &self.settings.0 {
            if let Err(reason) = catalog::check(name, value) {
                return Some(format!("{name} can't be used: it {reason}"));
            }
            if self.unsigned && name == "overwrite" && value != "0" {
                return Some(
                    "overwrite can't be used: unsigned uploads never overwrite. Leave it out, or \
                     make the preset a signed one."
                        .to_owned(),
                );
            }
        }
        None
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = BTreeMap::<String, Value>::deserialize(deserializer)?;
        let mut settings = BTreeMap::new();
        for (name, value) in table {
            match catalog::row_of(&name).map(|row| (row.preset, row.effect)) {
                Some((Place::Allowed, effect)) if effect != Effect::Refused => {}
                Some(_) => {
                    return Err(D::Error::custom(format!("a preset can't set {name}")));
                }
                None => return Err(D::Error::custom(format!("unknown setting {name}"))),
            }
            let text = wire_text(&name, &value).ok_or_else(|| {
                D::Error::custom(format!(
                    "{name} must be a text, a number, true, false, a list of texts, or pairs"
                ))
            })?;
            settings.insert(name, text);
        }
        Ok(Self(settings))
    }
}

/// A setting as a request would send it; `context` and `metadata` may be tables.
fn wire_text(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(if *truth { "1" } else { "0" }.to_owned()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            let row = catalog::row_of(name);
            let between = match row.map(|row| row.kind) {
                Some(Kind::Transformation) => "/",
                Some(Kind::Transformations) => "|",
                _ => ",",
            };
            Some(texts?.join(between))
        }
        Value::Table(pairs) => {
            let mut text = String::new();
            for (name, value) in pairs {
                let value = value.as_str()?.replace('=', "\\=").replace('|', "\\|");
                let gap = if text.is_empty() { "" } else { "|" };
                let _ = write!(text, "{gap}{name}={value}");
            }
            Some(text)
        }
        Value::Float(_) | Value::Datetime(_) => None,
    }
}
