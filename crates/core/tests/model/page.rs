//! The page of a run and its signing server: what is asked of them, what they answer, and which
//! signatures they gave for what.

use std::collections::BTreeMap;

use plimsoll_core::command::{Ask, Fields, Question};
use plimsoll_core::event::Reply;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{AskId, ItemId};

use super::dice::{Dice, mix};
use super::tally::{Hit, Tally};
use crate::script;

/// As many questions at once as the engine promises at most.
pub const ASKS_MAX: usize = 10;

#[derive(Default)]
pub struct Page {
    /// Questions that nobody has answered or dismissed.
    pub open: BTreeMap<AskId, Ask>,
    /// Questions that have ended, for late answers.
    pub ended: Vec<Ask>,
    /// Signatures that were given, and for which item.
    pub issued: BTreeMap<(String, ItemId), Issued>,
}

/// What a signature was given for, and when.
pub struct Issued {
    pub text: String,
    /// By the right time.
    pub unix_ms: u64,
    /// How often the wall clock had been set until then.
    pub jumps: u32,
}

/// By whom and when a reply is made.
pub struct Hour {
    pub unix_ms: u64,
    pub jumps: u32,
    pub api_key: bool,
}

/// What is signed, as the wire has it.
pub fn text_to_sign(fields: &Fields) -> String {
    let signed = |name: &str| !matches!(name, "api_key" | "signature");
    let mut pairs: Vec<_> = fields
        .iter()
        .filter(|(name, _)| signed(name))
        .map(|(name, text)| format!("{name}={text}"))
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// The right signature of a text: forty digits that stand for SHA-1.
pub fn sign(text: &str) -> String {
    let fold = |hash: u64, byte: u8| mix(hash ^ u64::from(byte)).wrapping_add(1);
    let hash = text.bytes().fold(0x5ec2e7, fold);
    let digits = format!("{hash:016x}{:016x}{:016x}", mix(hash), mix(!hash));
    digits[..40].to_owned()
}

pub fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    let mut fields = fields.iter();
    let found = fields.find(|(known, _)| *known == name);
    found.map(|(_, text)| text.as_str())
}

impl Page {
    /// A question ends.
    pub fn end(&mut self, ask: AskId) -> Option<Ask> {
        let ask = self.open.remove(&ask)?;
        self.ended.push(ask.clone());
        Some(ask)
    }

    /// An answer as it should be.
    pub fn honest(&mut self, ask: &Ask, hour: &Hour, dice: &mut Dice, tally: &mut Tally) -> Reply {
        if ask.question == Question::Prepare {
            return self.decision(ask, hour, dice, tally);
        }
        tally.hit(Hit::Signed);
        let own_s = dice.one_in(5).then(|| {
            tally.hit(Hit::SignedOwnTime);
            hour.unix_ms / 1000
        });
        self.signed(ask, hour, own_s, dice.one_in(2))
    }

    /// A signature, with the page's own time if it has one.
    fn signed(&mut self, ask: &Ask, hour: &Hour, own_s: Option<u64>, full: bool) -> Reply {
        let mut fields = ask.params.clone();
        if let Some(own_s) = own_s {
            fields.retain(|(name, _)| *name != "timestamp");
            fields.push(("timestamp", own_s.to_string()));
        }
        let signature = self.issue(ask.item, &fields, hour, true);
        if own_s.is_none() && hour.api_key && !full {
            return given(ask, Value::Text(signature));
        }
        let mut entries = vec![("signature", Value::Text(signature))];
        entries.extend(own_s.map(|own_s| ("timestamp", Value::from_whole(own_s))));
        entries.push(("api_key", Value::from_text("key")));
        given(ask, object(entries))
    }

    fn issue(&mut self, item: ItemId, fields: &Fields, hour: &Hour, honest: bool) -> String {
        let text = text_to_sign(fields);
        let signature = if honest {
            sign(&text)
        } else {
            sign(&format!("{text}!"))
        };
        let issued = Issued {
            text,
            unix_ms: hour.unix_ms,
            jumps: hour.jumps,
        };
        self.issued.insert((signature.clone(), item), issued);
        signature
    }

    /// What `prepareUploadParams` calls back with.
    fn decision(&mut self, ask: &Ask, hour: &Hour, dice: &mut Dice, tally: &mut Tally) -> Reply {
        let mut fields = ask.params.clone();
        let mut entries = Vec::new();
        if dice.one_in(3) {
            tally.hit(Hit::Prepared);
            let (name, text) = dice.pick(&[("folder", "f"), ("tags", "a,b"), ("folder", "")]);
            fields.retain(|(known, _)| *known != name);
            if !text.is_empty() {
                fields.push((name, text.to_owned()));
            }
            entries.push((name, Value::from_text(text)));
        }
        // Without a signature, its preset must allow it.
        if field(&fields, "upload_preset").is_none() || !dice.one_in(4) {
            tally.hit(Hit::Signed);
            entries.push((
                "signature",
                Value::Text(self.issue(ask.item, &fields, hour, true)),
            ));
            entries.push(("apiKey", Value::from_text("key")));
        }
        let value = object(entries);
        Reply::Given(if dice.one_in(3) {
            Value::List(vec![value])
        } else {
            value
        })
    }

    /// An answer as it should not be.
    pub fn strange(&mut self, ask: &Ask, hour: &Hour, dice: &mut Dice, tally: &mut Tally) -> Reply {
        let prepare = ask.question == Question::Prepare;
        match dice.below(7) {
            0 => {
                tally.hit(Hit::Threw);
                Reply::Threw("TypeError".to_owned())
            }
            1 => {
                tally.hit(Hit::SignerLost);
                Reply::Lost
            }
            2 => {
                tally.hit(Hit::SignerTrouble);
                let status = dice.pick(&[403, 408, 429, 500, 503]);
                Reply::Answered(script::error(status, "No"))
            }
            3 if prepare => {
                tally.hit(Hit::Vetoed);
                Reply::Given(object(vec![("cancel", Value::Bool(true))]))
            }
            4 => {
                tally.hit(Hit::Forged);
                let signature = self.issue(ask.item, &ask.params, hour, false);
                let entries = vec![
                    ("signature", Value::Text(signature)),
                    ("api_key", Value::from_text("key")),
                ];
                given(ask, object(entries))
            }
            5 if !prepare => {
                tally.hit(Hit::SignedStale);
                self.signed(ask, hour, Some(hour.unix_ms / 1000 - 5_000), true)
            }
            _ => {
                tally.hit(Hit::JunkSigned);
                given(ask, dice.pick(&[JUNK_PAGE, JUNK_NULL, JUNK_NUMBER])())
            }
        }
    }
}

const JUNK_PAGE: fn() -> Value = || Value::from_text("<html>Sign in</html>");
const JUNK_NULL: fn() -> Value = || Value::Null;
const JUNK_NUMBER: fn() -> Value = || Value::Number(7.0);

/// A value on the way that belongs to its question.
fn given(ask: &Ask, value: Value) -> Reply {
    match (&ask.question, value) {
        (Question::SignAt(_), Value::Object(entries)) => {
            let entries = entries
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone()));
            Reply::Answered(script::json(200, entries.collect()))
        }
        (Question::SignAt(_), Value::Text(text)) => Reply::Answered(script::text(200, &text)),
        (Question::SignAt(_), _) => Reply::Answered(script::text(200, "null")),
        (_, value) => Reply::Given(value),
    }
}

fn object(entries: Vec<(&str, Value)>) -> Value {
    let entries = entries.into_iter();
    Value::Object(
        entries
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
