//! What an upload preset and a request say together. A preset's single values win over an unsigned
//! request, and a signed request's over the preset's; tags, context and metadata are merged.

use super::authority::Authority;
use super::catalog;
use super::parameters::{Parameters, invalid};
use super::{ApiError, Pairs};
use crate::config::Preset;
use crate::store::Scope;

/// The settings of one upload.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    pub authority: Authority<'a>,
    /// The upload preset and its name.
    pub preset: Option<(&'a str, &'a Preset)>,
    pub parameters: &'a Parameters,
}

impl<'a> Settings<'a> {
    /// On whose authority the upload is made.
    pub fn scope(&self) -> Scope<'a> {
        match (self.authority, self.preset) {
            (Authority::Signer(signer), _) => Scope::Key(signer.key),
            (Authority::Anybody, preset) => Scope::Preset(preset.map_or("", |(name, _)| name)),
        }
    }

    /// Refuses a public ID where the preset doesn't let the request choose one.
    pub fn check_public_id(&self) -> Result<(), ApiError> {
        let disallowed = self
            .preset
            .is_some_and(|(_, preset)| preset.disallow_public_id);
        if disallowed && self.parameters.get("public_id").is_some() {
            return Err(ApiError::PublicIdNotAllowed);
        }
        Ok(())
    }

    fn of_preset(&self, name: &str) -> Option<&'a str> {
        self.preset.and_then(|(_, preset)| preset.get(name))
    }

    /// A single value.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let preset = self.of_preset(name);
        let sent = self.parameters.get(name);
        match self.authority {
            Authority::Anybody => preset.or(sent),
            Authority::Signer(_) => sent.or(preset),
        }
    }

    /// Whether something is asked for; `None` where nobody says.
    pub fn flag(&self, name: &str) -> Option<bool> {
        catalog::flag(self.get(name)?)
    }

    /// Whether something is asked for that isn't done unasked.
    pub fn wants(&self, name: &str) -> bool {
        self.flag(name) == Some(true)
    }

    /// Whether an asset that has the public ID is replaced: signed uploads do it unless they say
    /// otherwise, unsigned ones never.
    pub fn overwrites(&self) -> bool {
        let is_signed = matches!(self.authority, Authority::Signer(_));
        is_signed && self.flag("overwrite") != Some(false)
    }

    /// Comma-separated texts, blanks around them dropped and blanks inside them kept.
    pub fn list(&self, name: &str) -> Vec<String> {
        pieces(self.get(name)).map(str::to_owned).collect()
    }

    /// The tags of both, each once.
    pub fn tags(&self) -> Vec<String> {
        let preset = self.of_preset("tags");
        let mut seen = std::collections::BTreeSet::new();
        pieces(preset)
            .chain(pieces(self.parameters.get("tags")))
            .filter(|tag| seen.insert(*tag))
            .map(str::to_owned)
            .collect()
    }

    /// The pairs of both; where both have one, the request's.
    pub fn pairs(&self, name: &str) -> Result<Pairs, ApiError> {
        let preset = self.of_preset(name);
        let mut pairs = read_pairs(name, preset.unwrap_or_default())?;
        let sent = self.parameters.get(name).unwrap_or_default();
        pairs.extend(read_pairs(name, sent)?);
        Ok(pairs)
    }
}

pub fn pieces(text: Option<&str>) -> impl Iterator<Item = &str> {
    let pieces = text.unwrap_or_default().split(',').map(str::trim);
    pieces.filter(|piece| !piece.is_empty())
}

/// `key=value|key=value`, where `=` and `|` in values are escaped with a backslash.
pub fn read_pairs(name: &str, text: &str) -> Result<Pairs, ApiError> {
    let mut pairs = Pairs::new();
    for piece in split_unescaped(text) {
        let Some((key, value)) = piece.split_once('=') else {
            return Err(invalid(name, "a pair has no ="));
        };
        pairs.insert(key.trim().to_owned(), unescape(value));
    }
    Ok(pairs)
}

fn split_unescaped(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if character == '|' && !escaped {
            pieces.push(&text[start..at]);
            start = at + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    pieces.push(&text[start..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some('=' | '|')) => {}
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_values_may_hold_the_separators() {
        let pairs = read_pairs("context", r"caption=a\=b\|c|alt=x & y|").expect("pairs");
        assert_eq!(pairs["caption"], "a=b|c");
        assert_eq!(pairs["alt"], "x & y");
        assert!(read_pairs("context", "loose").is_err());
    }

    #[test]
    fn a_preset_wins_over_anybody_and_yields_to_a_signer() {
        let text = "folder = 'p'\ntags = ['a', 'b']\ncontext = { k = 'p', o = 'a|b=c' }";
        let preset: Preset = toml::from_str(text).expect("a preset");
        let mut parameters = Parameters::default();
        for (name, value) in [("folder", "r"), ("tags", "b, c"), ("context", "k=r")] {
            parameters.add(name, value.into()).expect("taken");
        }
        let settings = |authority| Settings {
            authority,
            preset: Some(("p", &preset)),
            parameters: &parameters,
        };
        let anybody = settings(Authority::Anybody);
        assert_eq!(anybody.get("folder"), Some("p"));
        assert_eq!(anybody.tags(), ["a", "b", "c"]);
        let context = anybody.pairs("context").expect("pairs");
        assert_eq!((&*context["k"], &*context["o"]), ("r", "a|b=c"));
        let signer = settings(Authority::for_tests());
        assert_eq!(signer.get("folder"), Some("r"));
        assert_eq!(signer.tags(), ["a", "b", "c"]);
    }
}
