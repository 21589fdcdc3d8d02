//! Why somebody isn't believed: signatures, API keys, times.

use plimsoll_core::protocol::signing::{Version, string_to_sign};

use super::{Row, humanised, row, shown};
use crate::clock;
use crate::limits::{SIGNATURE_AGE_SECONDS_MAX, SIGNATURE_AHEAD_SECONDS_MAX};

/// How much of a string to sign is told. Whoever looks for a mistake needs all of it; real ones
/// have a few hundred letters.
const SHOWN_CHARS_MAX: usize = 16 * 1024;

/// What is wrong with who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessError {
    /// The `Authorization` header.
    CredentialsWrong,
    CredentialsMissing,
    KeyUnknown(String),
    SignatureInvalid {
        signature: String,
        string_to_sign: String,
    },
    /// The signing endpoint doesn't sign this parameter.
    NotToBeSigned(String),
    /// The signing endpoint doesn't answer pages of this origin.
    OriginNotAllowed(String),
    /// Signed at this time, too long ago.
    Stale(u64),
    /// Signed at this time, which is yet to come.
    FromTheFuture(u64),
}

impl AccessError {
    /// A signature that doesn't hold for these parameters.
    pub fn invalid<'a>(
        signature: &str,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        Self::SignatureInvalid {
            signature: signature.to_owned(),
            string_to_sign: string_to_sign(parameters, Version::Two),
        }
    }

    pub(super) fn row(&self) -> Row {
        match self {
            Self::CredentialsWrong => row(
                "credentials.wrong",
                401,
                "Invalid credentials. Send Basic authorization with an API key and its secret.",
            ),
            Self::CredentialsMissing => row(
                "credentials.missing",
                401,
                "Credentials are missing. Sign the request, or send Basic authorization with an \
                 API key and its secret.",
            ),
            Self::KeyUnknown(key) => row(
                "api_key.unknown",
                401,
                format!("Unknown API key {}", shown(key)),
            ),
            Self::SignatureInvalid {
                signature,
                string_to_sign,
            } => {
                let text: String = string_to_sign.chars().take(SHOWN_CHARS_MAX).collect();
                row(
                    "signature.invalid",
                    401,
                    format!(
                        "Invalid Signature {}. String to sign - '{text}'.",
                        shown(signature)
                    ),
                )
            }
            Self::NotToBeSigned(name) => row(
                "signing.parameter_not_allowed",
                400,
                format!(
                    "{} parameter is not signed here. Add it to the signing parameters of this \
                     cloud's configuration, or don't send it.",
                    humanised(name)
                ),
            ),
            Self::OriginNotAllowed(origin) => row(
                "signing.origin_not_allowed",
                401,
                format!(
                    "Pages of {} get no signatures here. Add the origin to the signing origins of \
                     this cloud's configuration.",
                    shown(origin)
                ),
            ),
            Self::Stale(seconds) => row(
                "signature.stale",
                400,
                format!(
                    "Stale request - reported time is {} which is more than {} ago",
                    clock::plain(*seconds),
                    span(SIGNATURE_AGE_SECONDS_MAX)
                ),
            ),
            Self::FromTheFuture(seconds) => row(
                "signature.from_the_future",
                400,
                format!(
                    "Stale request - reported time is {} which is more than {} ahead",
                    clock::plain(*seconds),
                    span(SIGNATURE_AHEAD_SECONDS_MAX)
                ),
            ),
        }
    }
}

/// A time as people say it.
fn span(seconds: u64) -> String {
    match seconds {
        3_600 => "1 hour".to_owned(),
        seconds => format!("{} minutes", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distrust_is_told_in_the_words_of_the_wire() {
        let stale = AccessError::Stale(1_434_805_181).row();
        assert_eq!(
            stale.2,
            "Stale request - reported time is 2015-06-20 12:59:41 +0000 which is more than 1 hour \
             ago"
        );
        let invalid = AccessError::invalid("abc", [("b", "x&y"), ("a", "1"), ("c", "")]);
        assert_eq!(
            invalid.row().2,
            "Invalid Signature abc. String to sign - 'a=1&b=x%26y'."
        );
    }
}
