//! Signatures of the Upload API: what is signed, how, and whether a signature holds. For servers,
//! which know the API secret; the widget is built without it.
//! Knows nothing of requests, keys or clocks: names and values in, digits out.

use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::value::Value;

/// How parameters become one text. Nothing in a request tells which one was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// As they are. A value that holds `&` can't be told from several parameters.
    One,
    /// With each `&` of a pair written as `%26`, and nothing else changed.
    Two,
}

/// How the text and the secret become digits; the length of a signature tells which one was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// 40 digits, what every client starts with.
    #[default]
    Sha1,
    /// 64 digits.
    Sha256,
}

/// What to think of a signature that holds by the first version only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ambiguity {
    /// Refuse it where a value holds `&`: it would hold for other parameters, too.
    #[default]
    Refused,
    /// Accept it, for clients that know the first version only and send such values.
    Accepted,
}

/// Sent beside the parameters, but never signed.
const NEVER_SIGNED: [&str; 6] = [
    "api_key",
    "cloud_name",
    "file",
    "resource_type",
    "signature",
    "x_unique_upload_id",
];

/// Whether a signature covers the parameter of this name.
pub fn is_signed(name: &str) -> bool {
    !NEVER_SIGNED.contains(&name)
}

/// A value as it is sent and signed: lists joined by commas; `None` where there is nothing to send.
pub fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => match value.whole() {
            Some(whole) => whole.to_string(),
            None => number.to_string(),
        },
        Value::List(items) => {
            let texts = items
                .iter()
                .map(|item| text_of(item).unwrap_or_default())
                .collect::<Vec<_>>();
            texts.join(",")
        }
        Value::Null | Value::Object(_) | Value::Other(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The text that is signed: pairs in the order of their bytes, without the empty ones. Leaves out
/// nothing else: [`is_signed`] says what must not be handed in.
pub fn string_to_sign<'a>(
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    version: Version,
) -> String {
    let mut sorted: Vec<(&str, &str)> = parameters
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    sorted.sort_unstable();
    let pairs = sorted.into_iter().map(|(name, value)| {
        let pair = format!("{name}={value}");
        match version {
            Version::One => pair,
            Version::Two => pair.replace('&', "%26"),
        }
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Signs parameters, by the second version as all clients of today do.
pub fn sign<'a>(
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    secret: &str,
    algorithm: Algorithm,
) -> String {
    digits(
        algorithm,
        &[&string_to_sign(parameters, Version::Two), secret],
    )
}

/// Whether a signature holds for these parameters. Takes as long for a wrong one as for a right one
/// of the same length.
pub fn verify<'a>(
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    secret: &str,
    signature: &str,
    ambiguity: Ambiguity,
) -> bool {
    let Some(algorithm) = Algorithm::of(signature) else {
        return false;
    };
    let parameters: Vec<(&str, &str)> = parameters.into_iter().collect();
    let holds = |version| {
        let text = string_to_sign(parameters.iter().copied(), version);
        is_same(&digits(algorithm, &[&text, secret]), signature)
    };
    // Where no value holds `&`, both versions are the same.
    holds(Version::Two) || (ambiguity == Ambiguity::Accepted && holds(Version::One))
}

/// Signs what an upload is answered, always by the first version: clients check it so.
pub fn sign_response(public_id: &str, version: u64, secret: &str, algorithm: Algorithm) -> String {
    let version = version.to_string();
    let parameters = [("public_id", public_id), ("version", version.as_str())];
    let text = string_to_sign(parameters, Version::One);
    digits(algorithm, &[&text, secret])
}

/// Signs the body of a notification; the time goes with it in a header.
pub fn sign_notification(body: &str, timestamp: u64, secret: &str, algorithm: Algorithm) -> String {
    digits(algorithm, &[body, &timestamp.to_string(), secret])
}

/// Whether two secrets are the same, in a time that tells only their lengths.
pub fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

impl Algorithm {
    /// The one that makes signatures of this length.
    pub fn of(signature: &str) -> Option<Self> {
        match signature.len() {
            40 => Some(Self::Sha1),
            64 => Some(Self::Sha256),
            _ => None,
        }
    }
}

/// The digest of all texts together, in lower-case hexadecimal digits.
fn digits(algorithm: Algorithm, texts: &[&str]) -> String {
    fn of<D: Digest>(texts: &[&str]) -> Vec<u8> {
        let mut digest = D::new();
        texts.iter().for_each(|text| digest.update(text));
        digest.finalize().to_vec()
    }
    let bytes = match algorithm {
        Algorithm::Sha1 => of::<Sha1>(texts),
        Algorithm::Sha256 => of::<Sha256>(texts),
    };
    let digit = |bits: u8| char::from_digit(u32::from(bits), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
