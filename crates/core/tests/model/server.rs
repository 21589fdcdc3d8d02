//! A server that keeps what it is sent by upload ID and range, checks signatures by its own clock,
//! and does not forgive a request that breaks the wire's order, unless it has itself lost what
//! came before.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::command::Send;
use plimsoll_core::event::Answer;
use plimsoll_core::protocol::range::Range;
use plimsoll_core::protocol::value::Value;

use super::dice::mix;
use super::page::{field, sign, text_to_sign};
use super::tally::{Hit, Tally};
use super::weather::Weather;
use crate::script;

/// Servers take a signature for an hour.
const FRESH_S: u64 = 3_600;

#[derive(Default)]
pub struct Server {
    uploads: BTreeMap<String, Upload>,
    /// Uploads of which something was forgotten.
    lost: BTreeSet<String>,
    /// What goes wrong with the next bytes that are stored.
    pub slip: Option<Slip>,
}

/// A disk or proxy that is not to be trusted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    Other,
    Short,
}

#[derive(Default)]
struct Upload {
    total: u64,
    /// Ends and contents by starts.
    stored: BTreeMap<u64, (u64, u64)>,
    /// Fewer bytes are stored than were sent.
    short: bool,
    /// All is there and was put together.
    finished: bool,
}

impl Server {
    /// A request arrives, perhaps for the second time, perhaps after it was given up.
    pub fn receive(
        &mut self,
        send: &Send,
        content: u64,
        weather: &Weather,
        unix_s: u64,
        tally: &mut Tally,
    ) -> Answer {
        let mut answer = refuse_signature(send, weather, unix_s, tally)
            .unwrap_or_else(|| self.take(send, content, weather, tally));
        if weather.status {
            answer.headers.push(("x-upload-status", "1".to_owned()));
        }
        answer
    }

    fn take(&mut self, send: &Send, content: u64, weather: &Weather, tally: &mut Tally) -> Answer {
        let Range { start, end, total } = send.range.unwrap_or(Range::whole(send.size));
        assert!(start < end || total == 0, "an empty range");
        assert!(end <= total && total == send.size, "a foreign range");
        if let Some(floor) = weather
            .floor
            .filter(|floor| end < total && end - start < *floor)
        {
            tally.hit(Hit::FloorTold);
            let mut answer = script::error(400, "Chunk too small");
            let header = ("x-upload-chunk-min", floor.to_string());
            answer.headers.push(header);
            return answer;
        }
        let name = upload_id(send);
        let lost = self.lost.contains(name);
        let known = self.uploads.get(name);
        let begun = start == 0 || known.is_some_and(|upload| upload.stored.contains_key(&0));
        assert!(begun || lost, "not the first chunk first");
        let complete = end < total || known.map_or(0, |upload| upload.bytes_to(start)) == start;
        assert!(complete || lost, "the last before all others");
        if !begun || !complete {
            return self.refuse(name, weather, tally);
        }
        let upload = self.uploads.entry(name.to_owned()).or_default();
        if start == 0 {
            upload.total = total;
        }
        assert_eq!(upload.total, total, "another total");
        match upload.stored.get(&start) {
            Some((known, _)) => assert_eq!(*known, end, "other bounds than before"),
            None => {
                assert!(!upload.finished, "more than the whole");
                upload.check_chunk(start, end);
                let slip = self.slip.take();
                upload.short |= slip == Some(Slip::Short) && total > 0;
                let other = slip == Some(Slip::Other);
                let content = if other { !content } else { content };
                upload.stored.insert(start, (end, content));
            }
        }
        let mut answer = if end < total {
            script::taken()
        } else {
            upload.finished = true;
            upload.asset(weather)
        };
        if let Some(floor) = weather.floor {
            let header = ("x-upload-chunk-min", floor.to_string());
            answer.headers.push(header);
        }
        answer
    }

    fn refuse(&self, name: &str, weather: &Weather, tally: &mut Tally) -> Answer {
        let mut answer = script::error(400, "Chunks are missing");
        if weather.offsets {
            tally.hit(Hit::OffsetTold);
            let offset = self.uploads.get(name).map_or(0, Upload::offset);
            answer.headers.push(("x-upload-offset", offset.to_string()));
        }
        answer
    }

    /// Says how far an upload is.
    pub fn query(&self, url: &str, tally: &mut Tally) -> Answer {
        let upload = self.uploads.iter().find(|(name, _)| url.contains(*name));
        let Some((_, upload)) = upload else {
            tally.hit(Hit::QueryUnknown);
            return script::error(404, "No such upload");
        };
        tally.hit(Hit::Queried);
        let range = |(start, (end, _)): (&u64, &(u64, u64))| {
            Value::List(vec![Value::from_whole(*start), Value::from_whole(*end)])
        };
        let ranges = Value::List(upload.stored.iter().map(range).collect());
        script::json(200, vec![("ranges", ranges)])
    }

    /// Some upload that is not complete loses all, or its later part.
    pub fn forget(&mut self, at: usize, all: bool) -> bool {
        let mut open = self
            .uploads
            .iter_mut()
            .filter(|(_, upload)| !upload.finished);
        let count = open.by_ref().count();
        let mut open = self
            .uploads
            .iter_mut()
            .filter(|(_, upload)| !upload.finished);
        let Some((name, upload)) = open.nth(at % count.max(1)) else {
            return false;
        };
        let name = name.clone();
        self.lost.insert(name.clone());
        if all {
            self.uploads.remove(&name);
        } else {
            let keep = 1 + at % upload.stored.len().max(1);
            let starts: Vec<u64> = upload.stored.keys().copied().skip(keep).collect();
            upload.stored.retain(|start, _| !starts.contains(start));
        }
        true
    }

    /// Whether all bytes of a file are there, each once, and nothing else.
    pub fn has(&self, upload_id: &str, size: u64, content: u64) -> bool {
        self.uploads.get(upload_id).is_some_and(|upload| {
            let mut at = 0;
            for (&start, &(end, stored)) in &upload.stored {
                if start != at || stored != content {
                    return false;
                }
                at = end;
            }
            upload.finished && !upload.short && at == size
        })
    }

    /// Whether an upload has as many bytes as were sent.
    pub fn has_size(&self, upload_id: &str, size: u64) -> bool {
        let upload = self.uploads.get(upload_id);
        upload.is_some_and(|upload| !upload.short && upload.total == size)
    }

    /// Whether an upload was put together at all, rightly or not.
    pub fn is_finished(&self, upload_id: &str) -> bool {
        self.uploads
            .get(upload_id)
            .is_some_and(|upload| upload.finished)
    }
}

/// What is wrong with a request's signature.
fn refuse_signature(
    send: &Send,
    weather: &Weather,
    unix_s: u64,
    tally: &mut Tally,
) -> Option<Answer> {
    let fields = &send.fields;
    let Some(signature) = field(fields, "signature") else {
        let free = weather.options.upload_preset.is_some();
        return (!free).then(|| script::error(401, "Missing required parameter - api_key"));
    };
    let text = text_to_sign(fields);
    if signature != sign(&text) {
        tally.hit(Hit::InvalidRefused);
        let words = format!("Invalid Signature {signature}. String to sign - '{text}'.");
        return Some(script::error(401, &words));
    }
    let timestamp = field(fields, "timestamp").and_then(|text| text.parse::<u64>().ok());
    let fresh = timestamp.is_some_and(|at| at.abs_diff(unix_s) <= FRESH_S);
    if !fresh {
        tally.hit(Hit::StaleRefused);
        return Some(script::error(400, "Stale request - reported time is old"));
    }
    None
}

impl Upload {
    /// How many bytes before `end` are there.
    fn bytes_to(&self, end: u64) -> u64 {
        let before = self.stored.range(..end);
        before.map(|(start, (end, _))| end - start).sum()
    }

    /// The first byte that is missing.
    fn offset(&self) -> u64 {
        let mut at = 0;
        while let Some((end, _)) = self.stored.get(&at) {
            at = *end;
            if at == self.total {
                break;
            }
        }
        at
    }

    /// All chunks but the last are of one size, and none overlaps another.
    fn check_chunk(&self, start: u64, end: u64) {
        if let Some((_, (first, _))) = self.stored.first_key_value() {
            let chunk = *first;
            assert!(start.is_multiple_of(chunk), "between two chunks");
            let rightly = end - start == chunk || (end == self.total && end - start < chunk);
            assert!(rightly, "only the last is smaller");
        }
    }

    fn asset(&self, weather: &Weather) -> Answer {
        let bytes = self.total - u64::from(self.short);
        let mut entries = vec![
            ("public_id", Value::from_text("a")),
            (
                "secure_url",
                Value::from_text("https://x.test/raw/upload/v1/a"),
            ),
            ("resource_type", Value::from_text("raw")),
            ("bytes", Value::from_whole(bytes)),
            ("done", Value::Bool(true)),
        ];
        if weather.etags {
            let mut contents = self.stored.values().map(|(_, content)| *content);
            let first = contents.next().unwrap_or_default();
            let content = contents.find(|content| *content != first).unwrap_or(first);
            let content = if content == first {
                first
            } else {
                mix(content)
            };
            entries.push(("etag", Value::Text(md5(content, bytes))));
        }
        script::json(200, entries)
    }
}

/// Digits that stand for a content's MD5.
pub fn md5(content: u64, size: u64) -> String {
    format!(
        "{:016x}{:016x}",
        mix(content),
        mix(size ^ content.rotate_left(7))
    )
}

pub fn upload_id(send: &Send) -> &str {
    let mut headers = send.headers.iter();
    let found = headers.find(|(name, _)| *name == "X-Unique-Upload-Id");
    found.map_or("", |(_, text)| text)
}
