//! The text parameters of an upload as they arrive: each once, none empty, and only those that the
//! request may send. What they mean together with an upload preset is in `settings.rs`.

use std::collections::BTreeMap;

use plimsoll_core::protocol::signing;

use super::Pairs;
use super::catalog::{self, Effect};
use crate::error::{ApiError, UNSIGNED_PARAMETERS};

/// Sent by some clients with unsigned uploads, too, and without a meaning there.
const TOLERATED: [&str; 5] = [
    "timestamp",
    "api_key",
    "resource_type",
    "cloud_name",
    "x_unique_upload_id",
];

/// The parameters of one upload, each once, none empty.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    values: BTreeMap<String, String>,
}

impl Parameters {
    /// Takes a parameter as it arrived, or says why it can't. Whether the request may send it is
    /// known when all have arrived.
    pub fn add(&mut self, name: &str, value: Vec<u8>) -> Result<(), ApiError> {
        let (name, is_item) = match array_item(name) {
            Some(base) => (base, true),
            None => (name, false),
        };
        let value = String::from_utf8(value).map_err(|_| invalid(name, "it is not UTF-8"))?;
        if value.is_empty() {
            return Ok(());
        }
        match self.values.get_mut(name) {
            None => {
                self.values.insert(name.to_owned(), value);
            }
            Some(earlier) if is_item => {
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

    /// What a signature of this request covers.
    pub fn signed(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.values.iter().map(|(name, value)| (&**name, &**value));
        pairs.filter(|(name, _)| signing::is_signed(name))
    }

    /// Refuses what anonymous uploads may not send, and what has not the form that it must have.
    pub fn check_unsigned(&self) -> Result<(), ApiError> {
        for (name, value) in &self.values {
            if TOLERATED.contains(&name.as_str()) {
                continue;
            }
            if !UNSIGNED_PARAMETERS.contains(&name.as_str()) {
                return Err(ApiError::ParameterNotAllowed(name.to_owned()));
            }
            check(name, value)?;
        }
        Ok(())
    }

    /// Refuses what this server doesn't know or do, and what has not the form that it must have.
    pub fn check_signed(&self) -> Result<(), ApiError> {
        let mut all = self.values.iter();
        all.try_for_each(|(name, value)| check(name, value))
    }

    /// What is kept as it was sent.
    pub fn kept(&self) -> Pairs {
        const BOXES: [&str; 2] = ["custom_coordinates", "face_coordinates"];
        let is_kept = |name: &str| {
            let row = catalog::row_of(name);
            row.is_some_and(|row| row.effect == Effect::Kept) || BOXES.contains(&name)
        };
        let kept = self.values.iter().filter(|(name, _)| is_kept(name));
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

/// `tags[]` and `tags[0]` are items of `tags`.
fn array_item(name: &str) -> Option<&str> {
    let (base, index) = name.strip_suffix(']')?.rsplit_once('[')?;
    let is_index = index.bytes().all(|byte| byte.is_ascii_digit());
    (is_index && !base.is_empty()).then_some(base)
}

fn check(name: &str, value: &str) -> Result<(), ApiError> {
    let unsupported = || Err(ApiError::ParameterUnsupported(name.to_owned()));
    let Some(row) = catalog::row_of(name) else {
        return unsupported();
    };
    match row.effect {
        Effect::Refused => unsupported(),
        Effect::RefusedWhenOn if catalog::flag(value) != Some(false) => unsupported(),
        _ => catalog::check(name, value).map_err(|reason| invalid(name, &reason)),
    }
}

pub fn invalid(name: &str, reason: &str) -> ApiError {
    ApiError::ParameterInvalid {
        name: name.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Parameters {
        let mut parameters = Parameters::default();
        parameters.add(name, value.into()).expect("taken");
        parameters
    }

    #[test]
    fn arrays_are_joined_and_everything_else_comes_once() {
        let mut parameters = with("tags[]", "a");
        parameters.add("tags[]", b"b c".to_vec()).expect("array");
        parameters.add("tags[12]", b"d".to_vec()).expect("array");
        assert_eq!(parameters.get("tags"), Some("a,b c,d"));
        let twice = parameters.add("tags", b"e".to_vec());
        assert_eq!(twice, Err(ApiError::ParameterTwice("tags".into())));
    }

    #[test]
    fn what_only_signed_uploads_may_send_is_refused() {
        for name in [
            "discard_original_filename",
            "overwrite",
            "type",
            "Upload_Preset",
            "",
            "[]",
            "x[y]",
        ] {
            let refused = with(name, "1").check_unsigned();
            assert_eq!(refused, Err(ApiError::ParameterNotAllowed(name.into())));
        }
        for (name, value) in [("timestamp", "x"), ("api_key", "k"), ("tags[]", "a")] {
            assert_eq!(with(name, value).check_unsigned(), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_this_server_does_not_do_is_refused_by_name() {
        for (name, value) in [("ocr", "adv_ocr"), ("colors", "1"), ("public_di", "a")] {
            let refused = with(name, value).check_signed();
            assert_eq!(refused, Err(ApiError::ParameterUnsupported(name.into())));
        }
        for (name, value) in [("colors", "false"), ("overwrite", "0"), ("eval", "")] {
            assert_eq!(with(name, value).check_signed(), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_signature_covers_all_that_was_sent_but_who_sends_it_and_how() {
        let mut parameters = with("timestamp", "1");
        for name in ["api_key", "signature", "resource_type", "tags[]", "unknown"] {
            parameters.add(name, b"x".to_vec()).expect("taken");
        }
        let names: Vec<&str> = parameters.signed().map(|(name, _)| name).collect();
        assert_eq!(names, ["tags", "timestamp", "unknown"]);
    }
}
