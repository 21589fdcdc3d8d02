//! What a page, or its server, gives for an upload: a signature, or a say in the parameters. Reads
//! replies and tells what is wrong with them; asks nobody, and signs nothing.

use crate::command::Fields;
use crate::error::{Fault, FaultKind};
use crate::event::{Answer, Body, Reply};
use crate::options::{Options, ResourceType};
use crate::protocol::parameters::Parameter;
use crate::protocol::response;
use crate::protocol::value::Value;
use crate::text::is_hex;
use crate::units::Moment;

/// A signature is renewed before the hour is over that servers take it for.
const FRESH_MS: u64 = 50 * 60 * 1_000;

/// Other trouble than that of the line or a busy server rarely mends itself.
pub(crate) const FEW: u32 = 3;

/// How long a page may take to answer.
pub(crate) const REPLY_MS: u64 = 15_000;

/// Questions at once: more would be a stampede at the page's own server.
pub(crate) const ASKS_MAX: usize = 10;

/// A signature, and what it was made for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticket {
    /// Timestamp, API key and signature, as they go along.
    pub fields: Fields,
    /// The other parameters, which it covers.
    pub params: Fields,
    /// When it was given. Its own timestamp is by a clock of which nothing is known.
    given: Moment,
}

impl Ticket {
    /// A ticket for these parameters.
    pub fn new(
        signed: Signed,
        params: Fields,
        options: &Options,
        now: Moment,
    ) -> Result<Self, Trouble> {
        let api_key = signed.api_key.or_else(|| options.api_key.clone());
        let Some(api_key) = api_key else {
            return Err(Trouble::of(
                "apiKey is missing: a signed upload needs it. Add apiKey: \"…\", or have it \
                 answered together with the signature.",
                Tries::None,
            ));
        };
        Ok(Self {
            fields: vec![
                ("timestamp", signed.timestamp_s.to_string()),
                ("api_key", api_key),
                ("signature", signed.signature),
            ],
            params,
            given: now,
        })
    }

    /// Whether it will do for these parameters now.
    pub fn is_good(&self, params: &Fields, now: Moment) -> bool {
        // A clock may stand still while the computer sleeps, and another may be set.
        let age_ms = now
            .at
            .since(self.given.at)
            .max(now.unix_ms.saturating_sub(self.given.unix_ms));
        self.params == *params && age_ms < FRESH_MS
    }
}

/// What was signed with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub signature: String,
    pub timestamp_s: u64,
    pub api_key: Option<String>,
}

/// What a page said about a file's parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Prepared {
    /// In place of ours, or beside them; empty ones take ours away.
    pub fields: Fields,
    pub resource_type: Option<ResourceType>,
}

/// What a page decided.
#[derive(Debug, PartialEq)]
pub(crate) enum Decision {
    /// The file is not to be uploaded.
    Cancel,
    /// It goes like this.
    Go(Prepared, Option<Signed>),
}

/// How often a question is worth asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tries {
    /// As often as an upload that fails.
    Many,
    /// A few times.
    Few,
    /// Never.
    None,
}

/// Why a reply is of no use.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trouble {
    pub fault: Fault,
    pub tries: Tries,
}

impl Trouble {
    pub fn of(diagnosis: &str, tries: Tries) -> Self {
        let mut fault = Fault::silent(FaultKind::PageFailed, 0);
        fault.diagnosis = Some(diagnosis.to_owned());
        Self { fault, tries }
    }

    /// Nobody replied in time.
    pub fn silence() -> Self {
        Self::of(
            "uploadSignature or prepareUploadParams did not call back within 15 seconds. Call the \
             callback in every case, also when signing fails.",
            Tries::Few,
        )
    }
}

/// Reads a signature that was asked for with this timestamp.
pub(crate) fn signature(reply: &Reply, timestamp_s: u64) -> Result<Signed, Trouble> {
    let value = match reply {
        Reply::Given(value) => value.clone(),
        Reply::Threw(words) => return Err(threw("uploadSignature", words)),
        Reply::Lost => return Err(lost()),
        Reply::Answered(answer) => answered(answer)?,
    };
    let text = value.text().or_else(|| value.get("signature")?.text());
    let signature = text.map(str::trim).unwrap_or_default();
    if !is_signature(signature) {
        return Err(Trouble::of(no_signature(reply), Tries::Few));
    }
    Ok(Signed {
        signature: signature.to_owned(),
        timestamp_s: seconds(&value).unwrap_or(timestamp_s),
        api_key: api_key(&value),
    })
}

/// Reads what `prepareUploadParams` called back with.
pub(crate) fn decision(reply: &Reply, timestamp_s: u64) -> Result<Decision, Trouble> {
    let value = match reply {
        // Asked about one, some pages answer with a list of one.
        Reply::Given(Value::List(items)) => items.first().unwrap_or(&Value::Null),
        Reply::Given(value) => value,
        Reply::Threw(words) => return Err(threw("prepareUploadParams", words)),
        Reply::Lost | Reply::Answered(_) => return Err(lost()),
    };
    let Value::Object(entries) = value else {
        return Err(Trouble::of(
            "prepareUploadParams did not call back with an object. Call back with the parameters \
             to change, {} for none, or { cancel: true }.",
            Tries::Few,
        ));
    };
    if matches!(value.get("cancel"), Some(Value::Bool(true))) {
        return Ok(Decision::Cancel);
    }
    let mut prepared = Prepared::default();
    for (name, given) in entries {
        // What can't be sent is left as it was; pages give back all that they were given.
        if let Some(known) = Parameter::find(name)
            && let Some(text) = known.encode(given)
        {
            prepared.fields.retain(|(other, _)| *other != known.name);
            prepared.fields.push((known.name, text));
        }
    }
    let kind = value
        .get("resourceType")
        .or_else(|| value.get("resource_type"));
    let kind = kind.and_then(Value::text);
    prepared.resource_type = ResourceType::ALL
        .iter()
        .copied()
        .find(|known| kind == Some(known.name()));
    let signature = value.get("signature").and_then(Value::text);
    let signed = signature
        .filter(|text| is_signature(text))
        .map(|text| Signed {
            signature: text.to_owned(),
            timestamp_s: seconds(value).unwrap_or(timestamp_s),
            api_key: api_key(value),
        });
    Ok(Decision::Go(prepared, signed))
}

fn answered(answer: &Answer) -> Result<Value, Trouble> {
    let status = answer.status;
    let tries = match status {
        200..=299 => {
            return Ok(match &answer.body {
                Body::Json(value) => value.clone(),
                Body::Text(text) => Value::from_text(text),
            });
        }
        408 | 420 | 429 | 500 | 502..=504 => Tries::Many,
        // By the time that the answer came with, the next timestamp is a better one.
        _ if response::words(answer).starts_with("Stale request") => Tries::Few,
        _ => Tries::None,
    };
    let mut trouble = Trouble::of(
        "The address in uploadSignature refused to sign. Look into that server's log.",
        tries,
    );
    trouble.fault.status = status;
    trouble.fault.server_message = response::server_message(answer);
    Err(trouble)
}

fn threw(name: &str, words: &str) -> Trouble {
    Trouble::of(
        &[
            name,
            " failed: ",
            words,
            ". Look into the browser's network log.",
        ]
        .concat(),
        Tries::Few,
    )
}

fn lost() -> Trouble {
    Trouble::of(
        "The address in uploadSignature could not be reached. Check the address, the connection, \
         and that its server allows this page's origin (CORS).",
        Tries::Many,
    )
}

/// What stands where a signature should.
fn no_signature(reply: &Reply) -> &'static str {
    let page = match reply {
        Reply::Given(Value::Text(text)) => is_page(text),
        Reply::Answered(Answer {
            body: Body::Text(text),
            ..
        }) => is_page(text),
        _ => false,
    };
    if page {
        "A web page came back in place of a signature. Check that the signing address exists and \
         needs no sign-in that this visitor lacks."
    } else {
        "What came back is no signature, which has 40 or 64 hexadecimal digits. Call back with the \
         signature as a text, or answer {\"signature\": \"…\"}."
    }
}

fn is_page(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// SHA-1 or SHA-256.
fn is_signature(text: &str) -> bool {
    is_hex(text, 40) || is_hex(text, 64)
}

fn seconds(value: &Value) -> Option<u64> {
    let names = [
        "timestamp",
        "uploadSignatureTimestamp",
        "upload_signature_timestamp",
    ];
    let given = names.iter().find_map(|name| value.get(name))?;
    match given {
        Value::Text(text) => text.parse().ok(),
        other => u64::try_from(other.whole()?).ok(),
    }
}

fn api_key(value: &Value) -> Option<String> {
    let given = value.get("apiKey").or_else(|| value.get("api_key"))?;
    let whole = given.whole().map(|number| number.to_string());
    given.text().map(str::to_owned).or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Millis;

    const HEX: &str = "bfd09f95f331f558cbd1320e67aa8d488770583e";

    fn object(entries: &[(&str, Value)]) -> Value {
        let entries = entries.iter();
        Value::Object(
            entries
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        )
    }

    fn answer(status: u16, body: Body) -> Reply {
        Reply::Answered(Answer {
            status,
            body,
            headers: Vec::new(),
        })
    }

    fn given(text: &str) -> Reply {
        Reply::Given(Value::from_text(text))
    }

    fn tries(reply: &Reply) -> Tries {
        signature(reply, 1).unwrap_err().tries
    }

    #[test]
    fn a_signature_comes_as_text_or_object_from_page_or_server() {
        let plain = |reply: Reply| {
            let signed = signature(&reply, 17).unwrap();
            assert_eq!((signed.signature.as_str(), signed.timestamp_s), (HEX, 17));
            assert_eq!(signed.api_key, None);
        };
        plain(given(HEX));
        plain(given(&format!(" {HEX}\n")));
        plain(Reply::Given(object(&[(
            "signature",
            Value::from_text(HEX),
        )])));
        plain(answer(200, Body::Text(HEX.to_owned())));
        plain(answer(200, Body::Json(Value::from_text(HEX))));
        let full = object(&[
            ("signature", Value::from_text(HEX)),
            ("timestamp", Value::Number(99.0)),
            ("api_key", Value::Number(123.0)),
        ]);
        let signed = signature(&answer(201, Body::Json(full)), 17).unwrap();
        assert_eq!(signed.timestamp_s, 99);
        assert_eq!(signed.api_key.as_deref(), Some("123"));
    }

    #[test]
    fn junk_is_named_as_such() {
        let junk = [
            given(""),
            given("<!doctype html>"),
            given("undefined"),
            given(&HEX[1..]),
            given(&"a".repeat(1 << 20)),
            Reply::Given(Value::Null),
            Reply::Given(Value::Number(5.0)),
            Reply::Given(Value::Other("function")),
            Reply::Given(object(&[("signature", Value::Null)])),
            answer(200, Body::Text("<html>Sign in</html>".to_owned())),
            answer(200, Body::Json(Value::List(Vec::new()))),
            Reply::Threw("TypeError".to_owned()),
        ];
        for reply in junk {
            let trouble = signature(&reply, 1).unwrap_err();
            assert_eq!(trouble.fault.kind, FaultKind::PageFailed);
            assert_eq!(trouble.tries, Tries::Few);
            assert!(trouble.fault.diagnosis.is_some());
        }
        let page = signature(&given("  <!doctype html>"), 1).unwrap_err();
        assert!(page.fault.message().contains("web page"));
    }

    #[test]
    fn a_signing_server_in_trouble_is_asked_again_and_one_that_refuses_is_not() {
        let of = |status| tries(&answer(status, Body::Text(String::new())));
        for status in [408, 420, 429, 500, 502, 503, 504] {
            assert_eq!(of(status), Tries::Many, "{status}");
        }
        for status in [301, 400, 401, 403, 404, 501] {
            assert_eq!(of(status), Tries::None, "{status}");
        }
        assert_eq!(tries(&Reply::Lost), Tries::Many);
        let refused = answer(403, Body::Text("Sign in first".to_owned()));
        let fault = signature(&refused, 1).unwrap_err().fault;
        assert_eq!(fault.status, 403);
        assert!(fault.message().contains("Sign in first"));
    }

    #[test]
    fn a_page_may_change_sign_or_cancel() {
        let reply = Reply::Given(Value::List(vec![object(&[
            ("publicId", Value::from_text("dog")),
            ("folder", Value::from_text("")),
            ("useFilename", Value::Bool(true)),
            ("resource_type", Value::from_text("video")),
            ("signature", Value::from_text(HEX)),
            ("uploadSignatureTimestamp", Value::Number(5.0)),
            ("apiKey", Value::from_text("k")),
            ("nonsense", Value::from_text("x")),
        ])]));
        let Decision::Go(prepared, signed) = decision(&reply, 1).unwrap() else {
            panic!("it goes")
        };
        let fields = [
            ("public_id", "dog"),
            ("folder", ""),
            ("use_filename", "true"),
        ];
        let fields = fields.map(|(name, text)| (name, text.to_owned()));
        assert_eq!(prepared.fields, fields);
        assert_eq!(prepared.resource_type, Some(ResourceType::Video));
        let signed = signed.unwrap();
        assert_eq!(
            (signed.timestamp_s, signed.api_key.as_deref()),
            (5, Some("k"))
        );
        let cancel = Reply::Given(object(&[("cancel", Value::Bool(true))]));
        assert_eq!(decision(&cancel, 1).unwrap(), Decision::Cancel);
        let nothing = decision(&Reply::Given(object(&[])), 1).unwrap();
        assert_eq!(nothing, Decision::Go(Prepared::default(), None));
        for junk in [Value::Null, Value::from_text("x"), Value::List(Vec::new())] {
            assert!(decision(&Reply::Given(junk), 1).is_err());
        }
    }

    #[test]
    fn a_ticket_is_good_for_its_parameters_and_for_fifty_minutes() {
        let signed = || Signed {
            signature: HEX.to_owned(),
            timestamp_s: 1_000,
            api_key: None,
        };
        let options = Options {
            api_key: Some("key".to_owned()),
            ..Options::default()
        };
        let params = vec![("source", "uw".to_owned())];
        let moment = |minutes: u64, unix_ms| Moment {
            at: Millis(minutes * 60_000),
            unix_ms,
        };
        let given = moment(10, 1_000_000_000);
        let ticket = Ticket::new(signed(), params.clone(), &options, given).unwrap();
        let is_good = |minutes, unix_ms| ticket.is_good(&params, moment(minutes, unix_ms));
        assert!(is_good(10, 1_000_000_000) && is_good(59, 1_000_000_000));
        assert!(!is_good(60, 1_000_000_000), "fifty minutes");
        assert!(!is_good(11, 1_003_000_000), "asleep");
        assert!(is_good(11, 0), "the clock was set back");
        assert!(!ticket.is_good(&Vec::new(), given));
        let names: Vec<_> = ticket.fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["timestamp", "api_key", "signature"]);
        let keyless = Ticket::new(signed(), params, &Options::default(), given).unwrap_err();
        assert!(keyless.fault.message().contains("apiKey"));
    }
}
