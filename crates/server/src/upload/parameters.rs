//! The text parameters of an upload: which are allowed, and how their values are read.

use std::collections::BTreeMap;

use super::Pairs;
use crate::error::{ApiError, UNSIGNED_PARAMETERS};
use plimsoll_core::protocol::public_id;

/// Sent by some clients with unsigned uploads, too, and without a meaning there.
const TOLERATED: [&str; 4] = ["timestamp", "api_key", "resource_type", "cloud_name"];
/// They ask for videos to be made, which this server doesn't do: refused, not forgotten.
const UNSUPPORTED: [&str; 4] = [
    "manifest_transformation",
    "manifest_json",
    "template",
    "template_vars",
];
/// Kept with the asset as they were sent.
const KEPT: [&str; 4] = [
    "source",
    "face_coordinates",
    "custom_coordinates",
    "regions",
];

/// The parameters of one upload, each once, none empty.
#[derive(Debug, Default)]
pub struct Parameters {
    values: BTreeMap<String, String>,
}

impl Parameters {
    /// Takes a parameter as it arrived, or says why it can't.
    pub fn add(&mut self, name: &str, value: Vec<u8>) -> Result<(), ApiError> {
        let (name, array) = match name.strip_suffix("[]") {
            Some(base) => (base, true),
            None => (name, false),
        };
        if name == "signature" {
            return Err(ApiError::SignedUnsupported);
        }
        if TOLERATED.contains(&name) {
            return Ok(());
        }
        if !UNSIGNED_PARAMETERS.contains(&name) {
            return Err(ApiError::ParameterNotAllowed(name.to_owned()));
        }
        if UNSUPPORTED.contains(&name) {
            return Err(ApiError::ParameterUnsupported(name.to_owned()));
        }
        let value = String::from_utf8(value).map_err(|_| invalid(name, "it is not UTF-8"))?;
        if value.is_empty() {
            return Ok(());
        }
        match self.values.get_mut(name) {
            None => {
                check(name, &value)?;
                self.values.insert(name.to_owned(), value);
            }
            Some(earlier) if array => {
                earlier.push(',');
                earlier.push_str(&value);
            }
            Some(_) => return Err(ApiError::ParameterTwice(name.to_owned())),
        }
        Ok(())
    }

    /// A parameter's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The tags, blanks around them dropped and blanks inside them kept.
    pub fn tags(&self) -> impl Iterator<Item = String> {
        let tags = self
            .get("tags")
            .unwrap_or_default()
            .split(',')
            .map(str::trim);
        tags.filter(|tag| !tag.is_empty()).map(str::to_owned)
    }

    /// `key=value|key=value`, where `=` and `|` in values are escaped with a backslash.
    pub fn pairs(&self, name: &str) -> Result<Pairs, ApiError> {
        let mut pairs = Pairs::new();
        for piece in split_unescaped(self.get(name).unwrap_or_default()) {
            let Some((key, value)) = piece.split_once('=') else {
                return Err(invalid(name, "a pair has no ="));
            };
            pairs.insert(key.trim().to_owned(), unescape(value));
        }
        Ok(pairs)
    }

    /// What is kept as it was sent.
    pub fn kept(&self) -> Pairs {
        let kept = KEPT
            .into_iter()
            .filter_map(|name| Some((name, self.get(name)?)));
        kept.map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// Checks what has a form of its own.
fn check(name: &str, value: &str) -> Result<(), ApiError> {
    match name {
        "public_id" | "folder" | "asset_folder" | "public_id_prefix" => {
            public_id::check(value).map_err(|reason| invalid(name, reason))
        }
        "face_coordinates" | "custom_coordinates" if coordinates(value).is_none() => Err(invalid(
            name,
            "it must be x,y,width,height in whole pixels, several joined by |",
        )),
        _ => Ok(()),
    }
}

/// `x,y,w,h|x,y,w,h`.
pub(super) fn coordinates(text: &str) -> Option<Vec<[u32; 4]>> {
    let box_of = |piece: &str| {
        let numbers: Vec<u32> = piece
            .split(',')
            .map(|number| number.trim().parse().ok())
            .collect::<Option<_>>()?;
        numbers.try_into().ok()
    };
    text.split('|').map(box_of).collect()
}

fn invalid(name: &str, reason: &str) -> ApiError {
    ApiError::ParameterInvalid {
        name: name.to_owned(),
        reason: reason.to_owned(),
    }
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

    fn with(name: &str, value: &str) -> Parameters {
        let mut parameters = Parameters::default();
        parameters.add(name, value.into()).expect("allowed");
        parameters
    }

    #[test]
    fn context_values_may_hold_the_separators() {
        let pairs = with("context", r"caption=a\=b\|c|alt=x & y|")
            .pairs("context")
            .expect("pairs");
        assert_eq!(pairs["caption"], "a=b|c");
        assert_eq!(pairs["alt"], "x & y");
        assert!(with("context", "loose").pairs("context").is_err());
    }

    #[test]
    fn tags_are_split_and_arrays_are_joined() {
        let mut parameters = with("tags[]", "a");
        parameters.add("tags[]", b"b c".to_vec()).expect("array");
        assert_eq!(parameters.tags().collect::<Vec<_>>(), ["a", "b c"]);
        let twice = parameters.add("tags", b"d".to_vec());
        assert_eq!(twice, Err(ApiError::ParameterTwice("tags".into())));
    }

    #[test]
    fn what_only_signed_uploads_may_send_is_refused() {
        for name in [
            "transformation",
            "eager",
            "overwrite",
            "type",
            "Upload_Preset",
            "",
            "x[y]",
        ] {
            let refused = Parameters::default().add(name, b"1".to_vec());
            assert_eq!(refused, Err(ApiError::ParameterNotAllowed(name.into())));
        }
        let signed = Parameters::default().add("signature", b"abc".to_vec());
        assert_eq!(signed, Err(ApiError::SignedUnsupported));
    }

    #[test]
    fn coordinates_are_boxes_of_whole_pixels() {
        assert_eq!(
            coordinates("1,2,3,4|5,6,7,8"),
            Some(vec![[1, 2, 3, 4], [5, 6, 7, 8]])
        );
        for bad in ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "-1,2,3,4", "1,2,3,4|"] {
            assert_eq!(coordinates(bad), None, "{bad}");
        }
    }
}
