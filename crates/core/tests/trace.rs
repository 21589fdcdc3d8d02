//! The flight recorder: what it writes gives nothing away, stays small, and can be told again.

#![allow(clippy::unwrap_used, reason = "in tests a panic is the right answer")]

mod given;
mod script;

use std::collections::BTreeMap;

use plimsoll_core::describe::{self, Description};
use plimsoll_core::event::{Answer, Body, Made, PickedFile, Recall, Reply, Vetted};
use plimsoll_core::options::{self, Options, read_with};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::trace::{BYTES_MAX, FACTS_MAX, Recorder, Replay};
use plimsoll_core::units::{AskId, ItemId, Millis, RequestId};
use plimsoll_core::{Batch, Command, Event};
use script::{UNIX_MS, moment};

/// In every text below, and in nothing that a trace may hold.
const CANARY: &str = "Qanary";

/// A batch with a recorder before it.
struct Flight {
    batch: Batch,
    recorder: Recorder,
    now: Millis,
}

impl Flight {
    fn new(options: Options) -> Self {
        let now = Millis(70_000);
        let mut batch = Batch::new(options, [5, 6]);
        let recorder = Recorder::begin(&mut batch, moment(now));
        Self {
            batch,
            recorder,
            now,
        }
    }

    fn tell(&mut self, event: Event) -> Vec<Command> {
        self.recorder
            .handle(&mut self.batch, moment(self.now), event);
        std::iter::from_fn(|| self.batch.poll_command()).collect()
    }

    fn lines(&self) -> Vec<Value> {
        lines(&self.recorder.text())
    }

    /// Told again, all of it goes the same way.
    fn replayed(&self) -> Replay {
        let mut replay = Replay::read(&self.lines()).unwrap();
        while let Some(step) = replay.step() {
            step.unwrap();
        }
        replay
    }
}

fn lines(text: &str) -> Vec<Value> {
    let line = |line: &str| given::value(&serde_json::from_str(line).unwrap());
    text.lines().map(line).collect()
}

fn canary(before: &str, after: &str) -> String {
    [before, CANARY, after].concat()
}

/// Every option that there is, each text with the canary in it: examples of the table's, as deep as
/// they go.
fn told_options() -> Options {
    let mut all = serde_json::Map::new();
    for (name, _, example) in options::samples() {
        let example: serde_json::Value = serde_json::from_str(example).unwrap_or_default();
        let value = match name {
            // Words that are the table's own, or that only some texts will do for.
            "cloudName" => serde_json::json!(CANARY),
            "uploadPrefix" => {
                serde_json::json!(canary("https://", ".test/v1?no").replace('?', "/"))
            }
            "publicId" => serde_json::json!(canary("trip/", "")),
            "apiKey" => serde_json::json!(canary("1234", "")),
            "uploadSignature" => serde_json::json!(canary("https://", ".test/sign?token=1")),
            "sources" => serde_json::json!(["local", CANARY]),
            "defaultSource" => serde_json::json!(CANARY),
            "clientAllowedFormats" => serde_json::json!(["jpg", "image", CANARY]),
            "metadataFields" => serde_json::json!([
                { "external_id": CANARY, "label": CANARY, "mandatory": true, "type": "string",
                  "validation": { "regex": CANARY } },
                { "id": canary("set", ""), "type": "set", "values": [CANARY] },
            ]),
            _ => spiked(&example),
        };
        all.insert(name.to_owned(), value);
    }
    all.insert(
        "eager".to_owned(),
        serde_json::json!([canary("w_1,l_", "")]),
    );
    all.insert(
        "notificationUrl".to_owned(),
        serde_json::json!(canary("https://", "")),
    );
    let value = given::value(&serde_json::Value::Object(all));
    let (mut read, _) = read_with(&value, vec![CANARY.to_owned()]);
    read.signer = options::Signer::Server(canary("https://", ".test/sign"));
    read
}

fn spiked(example: &serde_json::Value) -> serde_json::Value {
    match example {
        serde_json::Value::String(text) if text.chars().any(|letter| !letter.is_ascii_digit()) => {
            serde_json::json!(canary(text, ""))
        }
        serde_json::Value::Array(items) => items.iter().map(spiked).collect(),
        serde_json::Value::Object(entries) => {
            let entry =
                |(name, value): (&String, &serde_json::Value)| (canary(name, ""), spiked(value));
            serde_json::Value::Object(entries.iter().map(entry).collect())
        }
        other => other.clone(),
    }
}

fn told_answer() -> Answer {
    let body = serde_json::json!({
        "public_id": CANARY, "secure_url": canary("https://x.test/", "/a.jpg?sig=1"),
        "etag": CANARY, "resource_type": CANARY, "format": CANARY, "status": CANARY,
        "version": 1_795_500_017, "bytes": 10, "original_filename": CANARY, CANARY: 1,
        "context": { "custom": { CANARY: CANARY } }, "tags": [CANARY], "delete_token": CANARY,
        "error": { "message": canary("Invalid Signature ", ". String to sign - 'a=b'"), CANARY: 1 },
        "metadata": [{ CANARY: 5 }], "signature": CANARY, "api_key": CANARY, "info": CANARY,
    });
    let header = |name: &'static str| (name, CANARY.to_owned());
    let headers = plimsoll_core::event::HEADERS.map(header).to_vec();
    Answer {
        status: 401,
        body: Body::Json(given::value(&body)),
        headers,
    }
}

fn told_file(number: u32) -> PickedFile {
    PickedFile {
        id: ItemId(number),
        name: canary("Meine ", " Fotos.jpg"),
        size: 100_000 + u64::from(number),
        media_type: canary("image/jpeg; name=", ""),
        address: None,
    }
}

/// Facts of every kind, with the canary wherever a text goes.
fn told_facts() -> Vec<Event> {
    let mut facts = told_news();
    facts.append(&mut told_acts());
    facts
}

/// Those of the network, the page's answers and the files.
fn told_news() -> Vec<Event> {
    let item = ItemId(0);
    let text = || CANARY.to_owned();
    let by_address = PickedFile {
        address: Some(canary("https://x.test/", ".jpg?token=1")),
        ..told_file(1)
    };
    let reply = serde_json::json!({
        "signature": CANARY, "api_key": CANARY, "folder": CANARY, "context": { CANARY: CANARY },
        "tags": [CANARY], CANARY: CANARY, "timestamp": CANARY,
    });
    let replied = |ask: u32, reply: Reply| Event::Replied {
        ask: AskId(ask),
        reply,
    };
    vec![
        Event::Picked {
            files: vec![told_file(0), by_address],
        },
        Event::Answered {
            request: RequestId(0),
            answer: told_answer(),
        },
        Event::Answered {
            request: RequestId(0),
            answer: Answer {
                body: Body::Text(canary("<h1>", "</h1>")),
                ..told_answer()
            },
        },
        Event::Vetted {
            ask: AskId(0),
            verdict: Vetted::AllBut(vec![(ItemId(9), text())]),
        },
        replied(1, Reply::Given(given::value(&reply))),
        replied(1, Reply::Given(Value::Text(text()))),
        replied(1, Reply::Threw(text())),
        replied(1, Reply::Answered(told_answer())),
        Event::Recalled {
            item,
            recall: Recall::Found(canary("1 ", " 10 0 0-20")),
        },
        Event::Recalled {
            item,
            recall: Recall::Found("1 deadbeefdeadbeefdeadbeefdeadbeef 10 0".to_owned()),
        },
        Event::Digested {
            item,
            md5: Some("deadbeefdeadbeefdeadbeefdeadbeef".to_owned()),
        },
    ]
}

/// The same of what people and the page do with files that have not left.
fn told_acts() -> Vec<Event> {
    let item = ItemId(0);
    let text = || CANARY.to_owned();
    let mut description = Description {
        name: Some(text()),
        public_id: Some(text()),
        tags: Some(vec![text()]),
        alt: Some(text()),
        caption: Some(text()),
        metadata: Vec::new(),
        unfit: vec![text()],
    };
    description.put(CANARY, describe::Answer::One(text()));
    description.put(&canary("set", ""), describe::Answer::Several(vec![text()]));
    vec![
        Event::Described {
            item,
            description: Box::new(description),
        },
        Event::Remade {
            item,
            made: Some(Made {
                name: canary("", ".jpg"),
                size: 5,
                media_type: "image/jpeg".to_owned(),
                sides: None,
                located: true,
            }),
        },
        Event::Updated {
            options: Box::new(told_options()),
        },
        Event::PublicIdEdited {
            public_id: Some(canary("?", "")),
        },
        Event::TagsEdited { tags: vec![text()] },
        Event::PresetChosen { preset: text() },
    ]
}

#[test]
fn no_secret_of_a_page_or_a_person_comes_into_a_trace() {
    let mut flight = Flight::new(told_options());
    for event in told_facts() {
        flight.tell(event);
        flight.now = flight.now.after(20_000);
        flight.tell(Event::Ticked);
    }
    let text = flight.recorder.text();
    let lower = text.to_ascii_lowercase();
    for secret in [
        &CANARY.to_ascii_lowercase(),
        "deadbeef",
        "meine",
        "fotos",
        "a=b",
        "token",
    ] {
        let at = lower.find(secret);
        let around = at.map(|at| &text[at.saturating_sub(80)..(at + 40).min(text.len())]);
        assert_eq!(around, None, "{secret} is in it");
    }
    // The test would find nothing in an empty trace, either.
    assert!(lower.contains("invalid signature"), "{text}");
    assert_eq!(flight.lines().len(), 1 + 2 * told_facts().len());
    flight.replayed();
}

#[test]
fn the_canary_is_where_the_test_says() {
    let known = format!("{:?}{:?}", told_options(), told_facts());
    assert!(known.matches(CANARY).count() > 100, "{known}");
}

#[test]
fn no_upload_id_follows_from_what_a_trace_tells() {
    let mut flight = Flight::new(script::options());
    let commands = flight.tell(Event::Picked {
        files: vec![told_file(0)],
    });
    let id = |commands: &[Command]| {
        let send = script::only_send(commands);
        let found = send
            .headers
            .iter()
            .find(|(name, _)| *name == "X-Unique-Upload-Id");
        found.unwrap().1.clone()
    };
    let mut guess = Flight::new(script::options());
    guess.batch = Batch::new(script::options(), [UNIX_MS + flight.now.0, 1]);
    let guessed: Vec<Command> = {
        guess.batch.handle(
            moment(flight.now),
            Event::Picked {
                files: vec![told_file(0)],
            },
        );
        std::iter::from_fn(|| guess.batch.poll_command()).collect()
    };
    assert_ne!(id(&commands), id(&guessed));
    assert!(!flight.recorder.text().contains(&id(&commands)));
}

#[test]
fn names_keep_their_extension_their_kind_of_length_and_their_likeness() {
    let mut flight = Flight::new(script::options());
    let named = |id: u32, name: &str| PickedFile {
        id: ItemId(id),
        name: name.to_owned(),
        ..told_file(id)
    };
    let long = ["a".repeat(90), ".Jpeg".to_owned()].concat();
    let names = [
        "cat.png",
        "dog.png",
        "cat.png",
        "Füße.HEIC",
        "mr.smith",
        &long,
        "none",
    ];
    let files = names.iter().zip(0..).map(|(name, id)| named(id, name));
    flight.tell(Event::Picked {
        files: files.collect(),
    });
    let picked = flight.lines()[1].get("fact").cloned().unwrap();
    let Value::List(parts) = &picked else {
        panic!()
    };
    let Value::List(files) = &parts[1] else {
        panic!()
    };
    let written: Vec<String> = files
        .iter()
        .map(|file| {
            let Value::List(parts) = file else { panic!() };
            parts[1].text().unwrap().to_owned()
        })
        .collect();
    assert_eq!(written[0], written[2], "the same name");
    assert_ne!(written[0], written[1]);
    assert!(written[0].ends_with(".png") && written[3].ends_with("é.heic"));
    assert!(!written[4].contains("smith") && written[4].contains('.'));
    assert!(written[5].len() > 40 && written[5].len() < 60 && written[5].ends_with(".jpeg"));
    assert!(!written[6].contains('.'));
}

#[test]
fn progress_is_written_twice_a_second_and_replays_all_the_same() {
    let mut given = script::options();
    given.transport = options::Transport::Xhr;
    let mut flight = Flight::new(given);
    let files = (0..2).map(told_file).collect();
    let commands = flight.tell(Event::Picked { files });
    let requests: Vec<RequestId> = script::sends(&commands)
        .iter()
        .map(|send| send.request)
        .collect();
    assert_eq!(requests.len(), 2);
    for step in 1..=1_000 {
        flight.now = flight.now.after(10);
        for request in &requests {
            flight.tell(Event::Sent {
                request: *request,
                bytes: step * 100,
            });
        }
    }
    flight.tell(Event::AllCancelled);
    let count = flight.lines().len();
    assert!((40..=50).contains(&count), "{count} lines of 10 s");
    assert_eq!(flight.replayed().batch().summary().cancelled, 2);
}

#[test]
fn a_trace_ends_where_it_grows_too_long_and_says_so() {
    let mut flight = Flight::new(script::options());
    for _ in 0..FACTS_MAX + 5 {
        flight.tell(Event::Ticked);
    }
    assert_eq!(flight.lines().len() as u64, 1 + FACTS_MAX + 1);
    assert_eq!(flight.replayed().left_out, 5);
    assert!(flight.recorder.text().len() < BYTES_MAX);
    let mut wide = Flight::new(script::options());
    let many = |from: u32| Event::Picked {
        files: (from..from + 10_000).map(told_file).collect(),
    };
    for act in 0..8 {
        wide.tell(many(act * 10_000));
    }
    let length = wide.recorder.text().len();
    assert!(length < BYTES_MAX * 3 / 2, "{length} bytes");
    assert!(wide.replayed().left_out > 0);
}

/// Written by a real browser: tests/e2e/flight makes it anew with `PLIMSOLL_GOLDEN=write`, which is
/// in order where the engine was meant to do something else.
#[test]
fn what_a_browser_has_recorded_happens_again() {
    let text = include_str!("traces/browser.jsonl");
    let mut replay = Replay::read(&lines(text)).unwrap();
    while let Some(step) = replay.step() {
        step.unwrap();
    }
    let summary = replay.batch().summary();
    assert_eq!((summary.total, summary.done, summary.refused), (2, 1, 1));
}

#[test]
fn what_is_no_trace_is_told_by_line() {
    let read = |text: &str| Replay::read(&lines(text)).unwrap_err();
    assert!(read("{}").contains("no trace"));
    let mut flight = Flight::new(script::options());
    flight.tell(Event::Ticked);
    let good = flight.recorder.text();
    assert!(read(&good.replace("\"form\":1", "\"form\":99")).contains("no trace"));
    let bad = read(&good.replace("ticked", "tocked"));
    assert!(bad.contains("line 2") && bad.contains("tocked"), "{bad}");
    let other = good.replace("\"digest\":", "\"digest\":1");
    let Ok(mut replay) = Replay::read(&lines(&other)) else {
        return;
    };
    assert_eq!(replay.step().unwrap().unwrap_err().line, 2);
}

#[test]
fn options_that_are_written_are_read_as_options_that_do_the_same() {
    let flight = Flight::new(told_options());
    let replay = flight.replayed();
    let (given, read) = (told_options(), replay.batch().options().clone());
    // Of each option: whether it is as usual.
    let usual = Options::default();
    let facts = |options: &Options| {
        BTreeMap::from([
            ("sizes", options.max_file_size != usual.max_file_size),
            ("crop", options.crop.cropping),
            ("signed", options.is_signed()),
            ("key", options.api_key.is_some()),
            ("id", options.public_id.is_some()),
            ("prefix", options.upload_prefix != usual.upload_prefix),
            ("context", options.context.len() == given.context.len()),
            ("params", options.params.len() == given.params.len()),
            ("encrypted", options.encryption.is_some()),
            ("batch", options.asks.pre_batch == given.asks.pre_batch),
        ])
    };
    assert_eq!(facts(&given), facts(&read));
    assert_eq!(read.client_allowed_formats.len(), 3);
    assert_eq!(read.plugins, ["plugin0"]);
    assert_eq!(
        (read.max_file_size, read.resource_type),
        (given.max_file_size, given.resource_type)
    );
}
