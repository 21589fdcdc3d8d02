//! A server that keeps what it is sent by upload ID and range, and does not forgive a request that
//! breaks the wire's order.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::command::Send;
use plimsoll_core::event::Answer;
use plimsoll_core::protocol::range::Range;
use plimsoll_core::protocol::value::Value;

use crate::script;

#[derive(Default)]
pub struct Server {
    uploads: BTreeMap<String, Upload>,
}

#[derive(Default)]
struct Upload {
    total: u64,
    /// Ends by starts.
    stored: BTreeMap<u64, u64>,
    /// All is there and was put together.
    finished: bool,
}

impl Server {
    /// A request arrives, perhaps for the second time, perhaps after it was given up.
    pub fn receive(&mut self, send: &Send, chunk: u64) -> Answer {
        let range = send.range.unwrap_or(Range::whole(send.size));
        let Range { start, end, total } = range;
        assert!(start < end && end <= total, "an empty or foreign range");
        assert!(
            end == total || end - start == chunk,
            "only the last is smaller"
        );
        assert!(range.is_whole() || total > chunk, "cut without need");
        let upload = self.uploads.entry(upload_id(send).to_owned()).or_default();
        if start == 0 {
            upload.total = total;
        }
        assert_eq!(upload.total, total, "another total");
        let begun = start == 0 || upload.stored.contains_key(&0);
        assert!(begun, "not the first chunk first");
        match upload.stored.insert(start, end) {
            Some(known) => assert_eq!(known, end, "other bounds than before"),
            None => assert!(!upload.finished, "more than the whole"),
        }
        if end < total {
            return script::taken();
        }
        assert_eq!(upload.bytes_to(total), total, "the last before all others");
        upload.finished = true;
        asset(total)
    }

    /// Whether all bytes of a file are there, each once.
    pub fn has(&self, upload_id: &str, size: u64) -> bool {
        self.uploads.get(upload_id).is_some_and(|upload| {
            let mut at = 0;
            for (&start, &end) in &upload.stored {
                if start != at {
                    return false;
                }
                at = end;
            }
            upload.finished && at == size
        })
    }
}

impl Upload {
    /// How many bytes before `end` are there.
    fn bytes_to(&self, end: u64) -> u64 {
        self.stored
            .range(..end)
            .map(|(start, end)| end - start)
            .sum()
    }
}

pub fn upload_id(send: &Send) -> &str {
    let mut headers = send.headers.iter();
    headers
        .find(|(name, _)| *name == "X-Unique-Upload-Id")
        .map_or("", |(_, text)| text)
}

fn asset(bytes: u64) -> Answer {
    let entries = vec![
        ("public_id", Value::from_text("a")),
        (
            "secure_url",
            Value::from_text("https://x.test/raw/upload/v1/a"),
        ),
        ("resource_type", Value::from_text("raw")),
        ("bytes", Value::from_whole(bytes)),
        ("done", Value::Bool(true)),
    ];
    script::json(200, entries)
}

/// What the engine has been told to be there: it is never sent again.
#[derive(Default)]
pub struct Acknowledged(BTreeSet<(String, u64)>);

impl Acknowledged {
    pub fn add(&mut self, send: &Send) {
        let start = send.range.map_or(0, |range| range.start);
        self.0.insert((upload_id(send).to_owned(), start));
    }

    pub fn has(&self, send: &Send) -> bool {
        let start = send.range.map_or(0, |range| range.start);
        self.0.contains(&(upload_id(send).to_owned(), start))
    }
}
