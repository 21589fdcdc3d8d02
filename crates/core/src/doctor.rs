//! The signature doctor: when a server refuses a signature, says what is wrong with it. Servers
//! quote the text that they made their own signature of; what differs from what was sent, or that
//! nothing does, tells where the mistake is. Knows no secret, and signs nothing.

use crate::command::Fields;
use crate::options::Signer;
use crate::text::find;

/// What stands before the quoted text.
const QUOTE: &str = "String to sign - '";

/// Sent, but never signed.
const UNSIGNED: [&str; 4] = ["api_key", "signature", "cloud_name", "resource_type"];

/// More of a value says nothing more.
const SHOWN_MAX: usize = 80;

/// Whether a refusal is about the signature or its age.
pub(crate) fn is_about_signature(status: u16, message: &str) -> bool {
    let begins = |start: &str| message.starts_with(start);
    matches!(status, 400 | 401) && (begins("Invalid Signature") || begins("Stale request"))
}

/// What to do about a refusal of what was sent; `None` when it is about something else.
pub(crate) fn diagnose(
    status: u16,
    message: &str,
    sent: &Fields,
    signer: &Signer,
) -> Option<String> {
    if !is_about_signature(status, message) {
        let key = status == 401 && find(message, "api_key").is_some();
        let text = "Check apiKey: the server does not know it, or it belongs to another cloud.";
        return key.then(|| text.to_owned());
    }
    if message.starts_with("Stale request") {
        let text = match signer {
            Signer::Ready(_) => {
                "The ready signature in uploadSignature is more than an hour old. Make one for \
                 each page view, or give a function that signs."
            }
            _ => {
                "The timestamp is more than an hour old by the server's clock. Sign with the \
                 timestamp that you are given, or set the clock of the server that signs."
            }
        };
        return Some(text.to_owned());
    }
    let at = find(message, QUOTE)? + QUOTE.len();
    let (_, quoted) = message.split_at_checked(at)?;
    let (quoted, _) = quoted.rsplit_once('\'')?;
    Some(compare(&pairs(quoted), sent, signer))
}

/// Cuts `a=1&b=2` up. A `&` within a value, which the older way of signing leaves as it is, begins
/// no new name.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for segment in text.split('&') {
        let named = segment.split_once('=').filter(|(name, _)| {
            let letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            !name.is_empty() && name.bytes().all(letter)
        });
        match (named, pairs.last_mut()) {
            (Some((name, value)), _) => {
                pairs.push((name.to_owned(), value.to_owned()));
            }
            (None, Some((_, value))) => {
                value.push('&');
                value.push_str(segment);
            }
            (None, None) => {}
        }
    }
    for (_, value) in &mut pairs {
        *value = plain(value);
    }
    pairs
}

/// A value as it was before signing: the newer way writes `&` as `%26`.
fn plain(value: &str) -> String {
    let mut parts = value.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.strip_prefix("26") {
            Some(rest) => {
                text.push('&');
                text.push_str(rest);
            }
            None => {
                text.push('%');
                text.push_str(part);
            }
        }
    }
    text
}

fn compare(server: &[(String, String)], sent: &Fields, signer: &Signer) -> String {
    let covered = || sent.iter().filter(|(name, _)| !UNSIGNED.contains(name));
    for (name, value) in covered() {
        let theirs = server.iter().find(|(other, _)| other == name);
        match theirs {
            None => {
                return [
                    "The server did not get \"",
                    name,
                    "\", which was sent. Something between takes it out of the request.",
                ]
                .concat();
            }
            Some((_, theirs)) if *theirs != plain(value) => {
                return [
                    "The server got \"",
                    name,
                    "\" as \"",
                    shown(theirs),
                    "\", but \"",
                    shown(value),
                    "\" was sent. Something between changes the request.",
                ]
                .concat();
            }
            Some(_) => {}
        }
    }
    let extra = server
        .iter()
        .find(|(name, _)| covered().all(|(known, _)| known != name));
    if let Some((name, _)) = extra {
        return [
            "The server signs \"",
            name,
            "\", which was not sent. Something between adds it to the request.",
        ]
        .concat();
    }
    let mut names: Vec<&str> = covered().map(|(name, _)| *name).collect();
    crate::text::sort(&mut names);
    let names = names.join(", ");
    let (who, remedy) = match signer {
        Signer::Ready(_) => (
            "The ready signature in uploadSignature",
            ". With other parameters, such as those of cropping, give a function that signs.",
        ),
        _ => (
            "What uploadSignature or prepareUploadParams gave",
            ". Sign all that you are given, unchanged: no parameter left out, the timestamp kept, \
             texts as they are.",
        ),
    };
    [
        who,
        " was made of other parameters, or with the secret of another API key. It must cover \
         exactly: ",
        &names,
        remedy,
    ]
    .concat()
}

fn shown(text: &str) -> &str {
    text.get(..text.floor_char_boundary(SHOWN_MAX))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&'static str, &str)]) -> Fields {
        let pairs = pairs.iter();
        pairs
            .map(|(name, text)| (*name, (*text).to_owned()))
            .collect()
    }

    fn refusal(text: &str) -> String {
        format!("Invalid Signature 0123. String to sign - '{text}'.")
    }

    fn usual() -> Fields {
        sent(&[
            ("source", "uw"),
            ("tags", "a & b"),
            ("timestamp", "17"),
            ("api_key", "k"),
            ("signature", "0123"),
        ])
    }

    fn ask(quoted: &str, signer: &Signer) -> String {
        diagnose(401, &refusal(quoted), &usual(), signer).unwrap()
    }

    #[test]
    fn the_same_parameters_mean_another_secret_or_a_parameter_left_out() {
        for quoted in [
            "source=uw&tags=a & b&timestamp=17",
            "source=uw&tags=a %26 b&timestamp=17",
        ] {
            let text = ask(quoted, &Signer::Page);
            assert!(text.contains("exactly: source, tags, timestamp"), "{text}");
            assert!(text.contains("secret"), "{text}");
        }
        let ready = ask(
            "source=uw&tags=a & b&timestamp=17",
            &Signer::Ready("0".to_owned()),
        );
        assert!(ready.contains("ready signature"), "{ready}");
    }

    #[test]
    fn what_differs_is_named() {
        let changed = ask("source=uw&tags=a&timestamp=17", &Signer::Page);
        assert!(
            changed.contains("\"tags\" as \"a\", but \"a & b\""),
            "{changed}"
        );
        let lost = ask("source=uw&timestamp=17", &Signer::Page);
        assert!(lost.contains("did not get \"tags\""), "{lost}");
        let added = ask("folder=x&source=uw&tags=a & b&timestamp=17", &Signer::Page);
        assert!(added.contains("\"folder\", which was not sent"), "{added}");
    }

    #[test]
    fn age_and_keys_have_remedies_of_their_own() {
        let stale = "Stale request - reported time is 2015-06-20 12:59:41 +0000 which is more than \
                     1 hour ago";
        let page = diagnose(400, stale, &usual(), &Signer::Page).unwrap();
        assert!(page.contains("clock"), "{page}");
        let ready = diagnose(400, stale, &usual(), &Signer::Ready(String::new())).unwrap();
        assert!(ready.contains("function"), "{ready}");
        let key = diagnose(401, "Invalid api_key k", &usual(), &Signer::Page).unwrap();
        assert!(key.contains("apiKey"), "{key}");
    }

    #[test]
    fn other_refusals_and_other_texts_are_left_alone() {
        let of = |status, text: &str| diagnose(status, text, &usual(), &Signer::Page);
        assert_eq!(of(400, "Upload preset not found"), None);
        assert_eq!(of(500, "Invalid Signature"), None);
        assert_eq!(of(401, "Invalid Signature 0123."), None);
        assert_eq!(of(401, "Invalid Signature. String to sign - 'a=1"), None);
        let long = format!("source=uw&tags={}&timestamp=17", "é".repeat(90));
        assert!(of(401, &refusal(&long)).unwrap().len() < 400);
    }
}
