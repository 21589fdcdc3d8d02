//! Who sends an upload: anybody under an unsigned preset, or who knows the secret of an API key.

use axum::http::{HeaderMap, header};
use plimsoll_core::protocol::signing::{self, Algorithm, Ambiguity};

use super::parameters::Parameters;
use crate::config::{Cloud, Secret};
use crate::error::{AccessError, ApiError};
use crate::keys::Keys;
use crate::limits::{SIGNATURE_AGE_SECONDS_MAX, SIGNATURE_AHEAD_SECONDS_MAX};

/// On whose authority a request is carried out.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    Anybody,
    Signer(Signer<'a>),
}

/// Who has shown to know a secret.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    pub key: &'a str,
    pub secret: &'a Secret,
    /// How the request was signed, and so its answer is.
    pub algorithm: Algorithm,
}

/// What an answer is signed with.
#[derive(Clone, Debug)]
pub struct AnswerKey {
    /// The key of whoever signed the request.
    pub api_key: Option<String>,
    secret: Secret,
    algorithm: Algorithm,
}

impl AnswerKey {
    /// The signature of a notification.
    pub fn sign_notification(&self, json: &str, timestamp: u64) -> String {
        signing::sign_notification(json, timestamp, self.secret.reveal(), self.algorithm)
    }

    /// The signature of an address, as a part of it.
    pub fn sign_address(&self, signed_text: &str) -> String {
        crate::delivery::signature::segment(signed_text, self.secret.reveal())
    }

    /// The signature of an asset.
    pub fn sign(&self, public_id: &str, version: u64) -> String {
        signing::sign_response(public_id, version, self.secret.reveal(), self.algorithm)
    }
}

/// What the headers of a request say about who sends it, and whom to ask about the rest.
#[derive(Clone, Copy)]
pub struct Gate<'a> {
    keys: &'a Keys,
    cloud: &'a Cloud,
    basic: Option<Signer<'a>>,
}

impl<'a> Gate<'a> {
    /// Looks at the headers; a wrong secret is refused at once.
    pub fn new(keys: &'a Keys, cloud: &'a Cloud, headers: &HeaderMap) -> Result<Self, ApiError> {
        let basic = match headers.get(header::AUTHORIZATION) {
            None => None,
            Some(value) => {
                let text = value.to_str().unwrap_or_default();
                let (key, secret) = keys.basic(text).ok_or(AccessError::CredentialsWrong)?;
                let algorithm = Algorithm::default();
                Some(Signer {
                    key,
                    secret,
                    algorithm,
                })
            }
        };
        Ok(Self { keys, cloud, basic })
    }

    /// What the answer is signed with.
    pub fn answer_key(&self, authority: Authority<'_>) -> AnswerKey {
        match authority {
            Authority::Anybody => AnswerKey {
                api_key: None,
                secret: self.keys.answers.clone(),
                algorithm: Algorithm::default(),
            },
            Authority::Signer(signer) => AnswerKey {
                api_key: Some(signer.key.to_owned()),
                secret: signer.secret.clone(),
                algorithm: signer.algorithm,
            },
        }
    }

    /// Who sent these parameters.
    pub fn authority(&self, sent: &Parameters, now: u64) -> Result<Authority<'a>, ApiError> {
        if let Some(signer) = self.basic {
            return Ok(Authority::Signer(signer));
        }
        let Some(signature) = sent.get("signature") else {
            return Ok(Authority::Anybody);
        };
        let needed = |name: &'static str| sent.get(name).ok_or(ApiError::ParameterMissing(name));
        let key = needed("api_key")?;
        let reported = needed("timestamp")?;
        let known = self.keys.get(key);
        // Whoever guesses keys learns nothing from the time it takes.
        let secret = known.map_or(&self.keys.answers, |(_, secret)| secret);
        let ambiguity = if self.cloud.accept_ambiguous_signatures {
            Ambiguity::Accepted
        } else {
            Ambiguity::Refused
        };
        let holds = signing::verify(sent.signed(), secret.reveal(), signature, ambiguity);
        let (key, secret) = known.ok_or_else(|| AccessError::KeyUnknown(key.to_owned()))?;
        let algorithm = Algorithm::of(signature)
            .filter(|algorithm| self.cloud.accept_sha1 || *algorithm != Algorithm::Sha1);
        let Some(algorithm) = algorithm.filter(|_| holds) else {
            return Err(AccessError::invalid(signature, sent.signed()).into());
        };
        check_time(reported, now)?;
        Ok(Authority::Signer(Signer {
            key,
            secret,
            algorithm,
        }))
    }
}

impl Authority<'_> {
    #[cfg(test)]
    pub fn for_tests() -> Self {
        use std::sync::LazyLock;
        static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new("abcd"));
        Self::Signer(Signer {
            key: "key",
            secret: &SECRET,
            algorithm: Algorithm::Sha1,
        })
    }
}

/// Who signed, where anybody isn't enough.
pub fn signer(authority: Authority<'_>) -> Result<Signer<'_>, ApiError> {
    match authority {
        Authority::Signer(signer) => Ok(signer),
        Authority::Anybody => Err(AccessError::CredentialsMissing.into()),
    }
}

/// Signatures are good for an hour, and clocks may differ by some minutes.
pub fn check_time(reported: &str, now: u64) -> Result<(), ApiError> {
    let all_digits = reported.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: Option<u64> = reported.parse().ok().filter(|_| all_digits);
    let Some(seconds) = seconds else {
        return Err(super::parameters::invalid(
            "timestamp",
            "it must be whole seconds since 1970",
        ));
    };
    if seconds.saturating_add(SIGNATURE_AGE_SECONDS_MAX) < now {
        return Err(AccessError::Stale(seconds).into());
    }
    if seconds > now.saturating_add(SIGNATURE_AHEAD_SECONDS_MAX) {
        return Err(AccessError::FromTheFuture(seconds).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_an_hour_and_clocks_may_differ_a_little() {
        let now = 1_700_000_000;
        let judged = |time: &str| check_time(time, now).map_err(|error| error.code());
        for good in ["1699996400", "1700000000", "1700000300"] {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
        for stale in ["0", "1", "1699996399"] {
            assert_eq!(judged(stale), Err("signature.stale"), "{stale}");
        }
        for early in ["1700000301", "18446744073709551615"] {
            assert_eq!(judged(early), Err("signature.from_the_future"), "{early}");
        }
        for no_time in [
            "-1",
            "+1700000000",
            "1700000000.0",
            "17e8",
            " 1700000000",
            "1700000000000x",
            "18446744073709551616",
            "٠",
        ] {
            assert_eq!(judged(no_time), Err("parameter.invalid"), "{no_time}");
        }
    }
}
