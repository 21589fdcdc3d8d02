//! The flight recorder: what a batch was told, written down so that it can be told again elsewhere.
//! Everything that says who, what or where is replaced by stand-ins before it is written: see
//! [`Recorder`]. Stores and sends nothing.

mod names;
mod orders;
#[cfg(not(target_arch = "wasm32"))]
mod read;
#[cfg(not(target_arch = "wasm32"))]
mod replay;
mod write;

use std::mem;

use crate::batch::Batch;
use crate::event::Event;
use crate::fields::{self, Field};
use crate::options::{Options, veiled};
use crate::protocol::parameters::json;
use crate::protocol::value::Value;
use crate::units::{Millis, Moment, RequestId};

pub(crate) use names::Names;
#[cfg(not(target_arch = "wasm32"))]
pub use replay::{Difference, Replay, Step};

/// What the first line calls the form of the text: another form gets another number.
const FORM: u64 = 1;

/// More facts are only counted: a trace is read by people, and sent by mail.
pub const FACTS_MAX: u64 = 10_000;

/// The same for its bytes; one choice of ten thousand files has 500 KB.
pub const BYTES_MAX: usize = 2 * 1024 * 1024;

/// Of what a request tells of its way, no more than one fact in so many milliseconds is kept.
const SENT_MS: u64 = 500;

/// Writes down what a batch is told, as one JSON object a line: first the options, then each fact
/// with its time and a digest of all that the batch made of it. [`Replay`] reads it.
///
/// Kept are times, sizes, media types, known extensions, statuses, states and numbers of things.
/// Everything else is a stand-in, the same for the same text: names of files and of accounts,
/// public IDs, addresses, keys, signatures, tags, descriptions, a server's and a page's words. No
/// byte of a file comes here, and upload IDs can't be told from the seed.
#[derive(Debug, Default)]
pub struct Recorder {
    text: String,
    names: Names,
    /// The page's fields, to know which answers fit.
    fields: Vec<Field>,
    begun: Moment,
    facts: u64,
    left_out: u64,
    /// Of the last lines those that tell of bytes on their way.
    tail: Vec<Told>,
}

/// A line about bytes on their way, which a later one may replace.
#[derive(Debug)]
struct Told {
    request: RequestId,
    start: usize,
    end: usize,
    at: Millis,
}

impl Recorder {
    /// Begins with a batch that has been told nothing so far.
    pub fn begin(batch: &mut Batch, now: Moment) -> Self {
        let mut recorder = Self {
            begun: now,
            ..Self::default()
        };
        // Rests come from it. It may be told, because it hides nothing.
        let seed = now.unix_ms;
        batch.reveal([seed, 1]);
        let version = Value::from_text(env!("CARGO_PKG_VERSION"));
        let options = recorder.options(batch.options());
        let head = vec![
            ("plimsoll", Value::from_text("trace")),
            ("form", Value::from_whole(FORM)),
            ("version", version),
            ("at_ms", Value::from_whole(now.at.0)),
            ("unix_ms", Value::from_whole(now.unix_ms)),
            ("options", options),
        ];
        recorder.line(head);
        recorder
    }

    /// Tells the batch a fact, and writes it down.
    pub fn handle(&mut self, batch: &mut Batch, now: Moment, event: Event) {
        if self.facts >= FACTS_MAX || self.text.len() >= BYTES_MAX {
            self.left_out += 1;
            return batch.handle(now, event);
        }
        let sent = match event {
            Event::Sent { request, .. } => Some(request),
            _ => None,
        };
        let fact = self.fact(&event);
        let before = batch.orders().len();
        // What comes late tells that the computer slept, and must stay.
        let in_time = batch.deadline().is_none_or(|due| now.at <= due);
        batch.handle(now, event);
        let quiet = batch.orders().len() == before;
        let start = match sent {
            Some(request) if quiet => self.replace(request, now.at),
            _ => {
                self.tail.clear();
                (self.text.len(), now.at)
            }
        };
        let t = now.at.since(self.begun.at);
        let mut line = vec![("t", Value::from_whole(t)), ("fact", fact)];
        // How far the two clocks have gone apart since the beginning.
        let drift = now.unix_ms as f64 - (self.begun.unix_ms + t) as f64;
        if drift != 0.0 {
            line.push(("drift", Value::Number(drift)));
        }
        if sent.is_none() || !quiet {
            let digest = orders::digest(batch, before);
            line.push(("digest", Value::from_whole(u64::from(digest))));
        }
        self.line(line);
        self.facts += 1;
        if let Some(request) = sent.filter(|_| quiet && in_time) {
            let (start, at) = start;
            let end = self.text.len();
            self.tail.push(Told {
                request,
                start,
                end,
                at,
            });
        }
    }

    /// Whether anything was written.
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// All that was written, and how much was left out. Empty when nothing was begun.
    pub fn text(&self) -> String {
        let mut text = self.text.clone();
        if self.left_out > 0 {
            text.push_str("{\"left_out\":");
            text.push_str(&self.left_out.to_string());
            text.push_str("}\n");
        }
        text
    }

    /// Takes out what is replaced by a newer fact about the same request, where nothing else came
    /// between. Gives where the newer one begins, and since when such facts are replaced.
    fn replace(&mut self, request: RequestId, at: Millis) -> (usize, Millis) {
        let recent = |told: &Told| told.request == request && at.since(told.at) < SENT_MS;
        let Some(place) = self.tail.iter().position(recent) else {
            return (self.text.len(), at);
        };
        let told = self.tail.remove(place);
        let length = told.end - told.start;
        // A line ends with an ASCII letter, so both ends are those of letters.
        self.text.replace_range(told.start..told.end, "");
        for later in self.tail.iter_mut().skip(place) {
            later.start -= length;
            later.end -= length;
        }
        self.facts -= 1;
        (self.text.len(), told.at)
    }

    fn options(&mut self, options: &Options) -> Value {
        self.fields = fields::read(options.flow.metadata_fields.as_ref()).0;
        let fields = mem::take(&mut self.fields);
        let value = veiled(options, &fields, &mut self.names);
        self.fields = fields;
        value
    }

    fn line(&mut self, entries: Vec<(&str, Value)>) {
        self.text.push_str(&json(&object(entries)));
        self.text.push('\n');
    }
}

/// Names with values.
fn object(entries: Vec<(&str, Value)>) -> Value {
    let entries = entries.into_iter();
    Value::Object(
        entries
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
