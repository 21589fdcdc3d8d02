//! A shell for tests: tells the batch facts, keeps what it orders, and holds the clock. Each test
//! file uses the part that it needs.
#![allow(
    dead_code,
    reason = "every test file is a crate of its own and uses only a part"
)]

use plimsoll_core::batch::{Change, Summary};
use plimsoll_core::command::Send;
use plimsoll_core::error::Fault;
use plimsoll_core::event::{Answer, Body, PickedFile};
use plimsoll_core::item::Status;
use plimsoll_core::options::{Options, PARALLEL};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{ItemId, Millis, Moment, RequestId};
use plimsoll_core::{Batch, Command, Event, Notice};

pub struct Script {
    pub batch: Batch,
    pub now: Millis,
    picked: u32,
}

/// Options that can upload.
pub fn options() -> Options {
    Options {
        cloud_name: Some("demo".to_owned()),
        upload_preset: Some("unsigned".to_owned()),
        // So that chunks in tests can be small.
        chunk_min: 1,
        // What is kept for another life has tests of its own.
        resume: false,
        // Files of tests are small, and are to share places as large ones do.
        max_parallel_uploads: PARALLEL,
        ..Options::default()
    }
}

/// The wall clock when the other one says 0: 24 November 2026, 06:00.
pub const UNIX_MS: u64 = 1_795_500_000_000;

/// A moment by both clocks.
pub fn moment(at: Millis) -> Moment {
    let unix_ms = UNIX_MS + at.0;
    Moment { at, unix_ms }
}

impl Script {
    pub fn new(options: Options) -> Self {
        Self {
            batch: Batch::new(options, [1, 2]),
            now: Millis(1_000),
            picked: 0,
        }
    }

    /// With chance of its own.
    pub fn seeded(options: Options, seed: u64) -> Self {
        Self {
            batch: Batch::new(options.clone(), [seed, 7]),
            ..Self::new(options)
        }
    }

    /// Tells a fact and takes all orders.
    pub fn tell(&mut self, event: Event) -> Vec<Command> {
        self.batch.handle(moment(self.now), event);
        std::iter::from_fn(|| self.batch.poll_command()).collect()
    }

    /// Picks files of these sizes by one act.
    pub fn pick(&mut self, sizes: &[u64]) -> Vec<Command> {
        let files = sizes
            .iter()
            .map(|&size| self.file("dog.jpg", size))
            .collect();
        self.tell(Event::Picked { files })
    }

    /// The next file that the browser would hand over.
    pub fn file(&mut self, name: &str, size: u64) -> PickedFile {
        let id = ItemId(self.picked);
        self.picked += 1;
        let (name, media_type) = (name.to_owned(), "image/jpeg".to_owned());
        PickedFile {
            id,
            name,
            size,
            media_type,
            address: None,
        }
    }

    /// Picks one file and takes its request.
    pub fn send_one(&mut self, size: u64) -> Send {
        let commands = self.pick(&[size]);
        only_send(&commands)
    }

    /// Lets time go by.
    pub fn wait(&mut self, ms: u64) -> Vec<Command> {
        self.now = self.now.after(ms);
        self.tell(Event::Ticked)
    }

    /// Lets time go by until the batch wants to be woken.
    pub fn wait_for_deadline(&mut self) -> Vec<Command> {
        let Some(deadline) = self.batch.deadline() else {
            panic!("there is nothing to wait for")
        };
        self.now = self.now.max(deadline);
        self.tell(Event::Ticked)
    }

    pub fn answer(&mut self, request: RequestId, answer: Answer) -> Vec<Command> {
        self.tell(Event::Answered { request, answer })
    }

    pub fn succeed(&mut self, request: RequestId) -> Vec<Command> {
        self.answer(request, good(request))
    }

    /// A chunk arrived that is not the last one.
    pub fn take(&mut self, request: RequestId) -> Vec<Command> {
        self.answer(request, taken())
    }

    pub fn lose(&mut self, request: RequestId) -> Vec<Command> {
        self.tell(Event::Lost { request })
    }

    pub fn status(&self, id: u32) -> Status {
        match self.batch.item(ItemId(id)) {
            Some(item) => item.status,
            None => panic!("item {id} is not in the list"),
        }
    }

    pub fn permille(&self, id: u32) -> Option<u16> {
        self.batch.item(ItemId(id)).and_then(|item| item.permille)
    }

    pub fn summary(&self) -> Summary {
        self.batch.summary()
    }

    pub fn changes(&mut self) -> Vec<Change> {
        std::iter::from_fn(|| self.batch.poll_change()).collect()
    }
}

/// What the server says about a stored file.
pub fn good(request: RequestId) -> Answer {
    let name = format!("asset{}", request.0);
    let url = format!("https://x.test/demo/image/upload/v1/{name}.jpg");
    json(
        200,
        vec![
            ("public_id", Value::Text(name)),
            ("version", Value::Number(1.0)),
            ("format", Value::from_text("jpg")),
            ("resource_type", Value::from_text("image")),
            ("secure_url", Value::Text(url)),
        ],
    )
}

/// What the server says about a chunk that is not the last one.
pub fn taken() -> Answer {
    json(
        200,
        vec![
            ("done", Value::Bool(false)),
            ("public_id", Value::from_text("one-of-the-server-s")),
        ],
    )
}

/// An error as the Upload API has them.
pub fn error(status: u16, message: &str) -> Answer {
    let message = vec![("message".to_owned(), Value::from_text(message))];
    json(status, vec![("error", Value::Object(message))])
}

pub fn json(status: u16, entries: Vec<(&str, Value)>) -> Answer {
    let entries = entries
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Answer {
        status,
        body: Body::Json(Value::Object(entries)),
        headers: Vec::new(),
    }
}

pub fn text(status: u16, text: &str) -> Answer {
    let body = Body::Text(text.to_owned());
    Answer {
        status,
        body,
        headers: Vec::new(),
    }
}

pub fn sends(commands: &[Command]) -> Vec<Send> {
    let send = |command: &Command| match command {
        Command::Send(send) => Some(send.clone()),
        _ => None,
    };
    commands.iter().filter_map(send).collect()
}

pub fn only_send(commands: &[Command]) -> Send {
    match sends(commands).as_slice() {
        [send] => send.clone(),
        other => panic!("one request was expected, not {}", other.len()),
    }
}

pub fn notices(commands: &[Command]) -> Vec<Notice> {
    let notice = |command: &Command| match command {
        Command::Notify(notice) => Some(notice.clone()),
        _ => None,
    };
    commands.iter().filter_map(notice).collect()
}

/// The names of the orders, in order: for tests of order.
pub fn names(commands: &[Command]) -> Vec<String> {
    commands.iter().map(name).collect()
}

fn name(command: &Command) -> String {
    match command {
        Command::Send(send) => format!("send {}", send.item.0),
        Command::Abort(_) => "abort".to_owned(),
        Command::Query { .. } => "query".to_owned(),
        Command::Ask(ask) => format!("ask {}", ask.item.0),
        Command::Dismiss(_) => "dismiss".to_owned(),
        Command::Recall { item, .. } => format!("recall {}", item.0),
        Command::Remember { item, .. } => format!("remember {}", item.0),
        Command::Forget(id) => format!("forget {}", id.0),
        Command::Yield(id) => format!("yield {}", id.0),
        Command::Vet { items, .. } => format!("vet {}", items.len()),
        Command::Digest(id) => format!("digest {}", id.0),
        Command::Probe(id) => format!("probe {}", id.0),
        Command::Remake(recipe) => format!("remake {}", recipe.item.0),
        Command::Release(id) => format!("release {}", id.0),
        Command::Notify(Notice::UploadAdded { item, .. }) => format!("added {}", item.0),
        Command::Notify(Notice::QueuesStart) => "start".to_owned(),
        Command::Notify(Notice::Success { item, .. }) => format!("success {}", item.0),
        Command::Notify(Notice::Failed { item, .. }) => format!("failed {}", item.0),
        Command::Notify(Notice::Refused { item, .. }) => format!("refused {}", item.0),
        Command::Notify(Notice::QueuesEnd { .. }) => "end".to_owned(),
        Command::Notify(Notice::Abort { .. }) => "told abort".to_owned(),
        Command::Notify(Notice::Retry { .. }) => "told retry".to_owned(),
        Command::Notify(Notice::MaxExceeded) => "told max".to_owned(),
        Command::Notify(Notice::InvalidPublicId) => "told invalid".to_owned(),
        Command::Notify(Notice::CancelledByPage) => "told cancelled".to_owned(),
        Command::Notify(Notice::PublicIdEdited { .. }) => "told public id".to_owned(),
        Command::Notify(Notice::TagsEdited { .. }) => "told tags".to_owned(),
    }
}

pub fn only_fault(commands: &[Command]) -> Fault {
    let mut faults = notices(commands)
        .into_iter()
        .filter_map(|notice| match notice {
            Notice::Failed { fault, .. } => Some(fault),
            _ => None,
        });
    match (faults.next(), faults.next()) {
        (Some(fault), None) => fault,
        _ => panic!("one failure was expected"),
    }
}
