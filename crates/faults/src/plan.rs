//! What is to go wrong, as data: a line's properties, and rules that pick requests and say what
//! happens to each. Does nothing itself.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// All that is planned. The empty plan passes everything on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// What holds for every connection.
    pub link: Link,
    /// The first rule that fits a request and isn't used up is applied to it.
    pub rules: Vec<Rule>,
}

/// The properties of the line, shared by all connections as the ones of a real line are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Link {
    /// Bytes per second to the server; unlimited if absent.
    pub up: Option<u64>,
    /// Bytes per second from the server.
    pub down: Option<u64>,
    /// How long each request and each answer takes on its way.
    pub latency_ms: u64,
    /// By how much that varies, up or down.
    pub jitter_ms: u64,
    /// Bytes go on in slices of 1 to so many.
    pub slice: Option<usize>,
}

/// One planned fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How the account names it.
    pub name: String,
    /// Which requests it is for.
    #[serde(default)]
    pub when: When,
    /// So many requests that fit pass unharmed first.
    #[serde(default)]
    pub skip: u32,
    /// How often it happens; `null` is always.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// What happens.
    pub fault: Fault,
}

#[expect(clippy::unnecessary_wraps, reason = "serde wants the field's own type")]
fn once() -> Option<u32> {
    Some(1)
}

/// Which requests a rule is for; all that is given must fit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Uploads are POSTs; preflights, which are not, pass by default.
    pub method: String,
    /// What the path must hold.
    pub path: String,
    /// Where in its file the request's chunk lies.
    pub position: Option<Position>,
    /// The first byte of the chunk.
    pub start: Option<u64>,
    /// The `X-Unique-Upload-Id`.
    pub upload: Option<String>,
}

impl Default for When {
    fn default() -> Self {
        Self {
            method: "POST".to_owned(),
            path: String::new(),
            position: None,
            start: None,
            upload: None,
        }
    }
}

/// Where a chunk lies in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The whole file, with or without a `Content-Range`.
    Single,
    /// It begins the file and does not end it.
    First,
    /// Between.
    Middle,
    /// It ends the file.
    Last,
}

/// What happens to a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The request's body goes no further than this.
    Cut {
        /// How it ends.
        end: End,
        /// Where it ends.
        at: At,
    },
    /// All connections are reset and new ones are refused.
    Down {
        /// How far this request comes first.
        at: At,
        /// How long it lasts; until `POST /up` if absent.
        #[serde(default)]
        ms: Option<u64>,
    },
    /// The server has answered, and nobody hears it.
    LoseAnswer {
        /// How the connection ends instead.
        end: End,
    },
    /// The answer breaks off in its body.
    CutAnswer {
        /// How the connection ends.
        end: End,
        /// So many bytes of the body arrive.
        bytes: u64,
    },
    /// Another answer instead of the server's.
    Answer(Own),
    /// The server's answer with these fields of its JSON replaced.
    Alter {
        /// Put over the answer's own fields.
        fields: Map<String, Value>,
    },
    /// The server's answer without these headers.
    Strip {
        /// Their names, in lower case.
        headers: Vec<String>,
    },
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// RST: what was on its way is lost.
    Reset,
    /// FIN: an orderly end at the wrong place.
    Fin,
    /// It doesn't end, but nothing moves any more.
    Stall,
}

/// A place in a request's body.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// After so many bytes.
    Bytes(u64),
    /// After so much of it.
    Percent(u8),
}

impl At {
    /// The place in a body of this length.
    pub fn of(self, length: u64) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.min(length),
            // The division comes first so that no length overflows; 99 bytes don't matter.
            Self::Percent(percent) => (length / 100 * u64::from(percent.min(100))).min(length),
        }
    }
}

/// An answer that the server did not give.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// The status.
    pub status: u16,
    /// Whether the server sees the request first.
    #[serde(default)]
    pub server: Sees,
    /// Headers beside `Content-Length`, `Connection` and those of CORS.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(default)]
    pub body: String,
    /// How often the body is repeated, for large ones.
    #[serde(default = "one")]
    pub repeat: usize,
    /// Whether pages of other origins may read it.
    #[serde(default)]
    pub cors: Cors,
}

fn one() -> usize {
    1
}

/// Whether the server sees a request that gets another answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sees {
    /// The body is read and thrown away.
    #[default]
    Nothing,
    /// It has answered when the other answer is given: what it stores is stored.
    Everything,
}

/// Whether an answer may be read by pages of other origins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cors {
    /// With all headers exposed.
    #[default]
    Allowed,
    /// The headers of CORS are missing.
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_lies_in_the_body_whatever_is_asked() {
        assert_eq!(At::Percent(50).of(1000), 500);
        assert_eq!(At::Percent(255).of(1000), 1000);
        assert_eq!(At::Bytes(9).of(4), 4);
        assert!(At::Percent(99).of(u64::MAX) < u64::MAX);
    }

    #[test]
    fn a_rule_happens_once_unless_told_otherwise() {
        let read = |text: &str| serde_json::from_str::<Rule>(text).unwrap().times;
        let fault = r#""fault": {"kind": "lose_answer", "end": "fin"}"#;
        assert_eq!(read(&format!(r#"{{"name": "a", {fault}}}"#)), Some(1));
        let always = format!(r#"{{"name": "a", "times": null, {fault}}}"#);
        assert_eq!(read(&always), None);
    }

    #[test]
    fn a_slip_in_a_plan_is_an_error_and_no_silent_pass() {
        for text in [
            r#"{"rule": []}"#,
            r#"{"rules": [{"name": "a", "fault": {"kind": "explode"}}]}"#,
            r#"{"rules": [{"name": "a", "fault": {"kind": "cut", "end": "fin", "att": 1}}]}"#,
            r#"{"rules": [{"name": "a", "when": {"chunk": 1},
                "fault": {"kind": "lose_answer", "end": "fin"}}]}"#,
        ] {
            assert!(serde_json::from_str::<Plan>(text).is_err(), "{text}");
        }
    }
}
