//! A shell that carries out the engine's orders over sockets: requests, questions to the page's
//! server, digests, and what one life of a page leaves to the next.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use plimsoll_core::batch::Batch;
use plimsoll_core::command::{Ask, Question, Send};
use plimsoll_core::event::{PickedFile, Recall, Reply, Vetted};
use plimsoll_core::options::{CHUNK_SIZE_MIN, Options};
use plimsoll_core::units::{ItemId, Millis, Moment, RequestId};
use plimsoll_core::{Command, Event, Notice};

use crate::server::Server;

/// What came of a batch.
pub struct Run {
    pub batch: Batch,
    pub notices: Vec<Notice>,
    /// The heads of all answers to uploads.
    pub heads: Vec<String>,
    /// What was to be kept of each file.
    pub kept: BTreeMap<ItemId, String>,
    /// Bytes of files that were sent.
    pub sent: u64,
    /// Questions to the server how far an upload is.
    pub queries: u32,
    /// Questions to the page's server.
    pub asked: u32,
}

/// What goes otherwise than well.
#[derive(Default)]
pub struct Fate<'a> {
    /// The answers to these uploads, from 0, are lost.
    pub lost: &'a [usize],
    /// The page is left after so many uploads.
    pub left_after: Option<usize>,
    /// What an earlier life of the page knew of every file.
    pub past: Option<String>,
}

/// Options for the embedded server's own cloud and preset.
pub fn options(server: &Server) -> Options {
    Options {
        cloud_name: Some("demo".to_owned()),
        upload_preset: Some("unsigned".to_owned()),
        upload_prefix: format!("http://{}", server.address),
        // The smallest that the server takes, so that few bytes make several chunks.
        max_chunk_size: CHUNK_SIZE_MIN,
        ..Options::default()
    }
}

/// Uploads `files` to the end, or until the page is left.
pub fn upload(server: &Server, options: Options, files: &[(&str, &[u8])], fate: Fate<'_>) -> Run {
    let mut run = Run {
        batch: Batch::new(options, [1, 2]),
        notices: vec![],
        heads: vec![],
        kept: BTreeMap::new(),
        sent: 0,
        queries: 0,
        asked: 0,
    };
    let picked = files
        .iter()
        .enumerate()
        .map(|(at, (name, bytes))| PickedFile {
            id: ItemId(u32::try_from(at).unwrap()),
            name: (*name).to_owned(),
            size: bytes.len() as u64,
            media_type: String::new(),
            address: None,
        });
    let mut now = Millis(0);
    let picked = picked.collect();
    run.batch
        .handle(moment(now), Event::Picked { files: picked });
    loop {
        while let Some(command) = run.batch.poll_command() {
            if fate
                .left_after
                .is_some_and(|uploads| run.heads.len() >= uploads)
                && matches!(command, Command::Send(_))
            {
                return run;
            }
            if let Some(event) = run.carry_out(server, command, files, &fate) {
                run.batch.handle(moment(now), event);
            }
        }
        let Some(deadline) = run.batch.deadline() else {
            return run;
        };
        now = deadline;
        run.batch.handle(moment(now), Event::Ticked);
    }
}

impl Run {
    fn carry_out(
        &mut self,
        server: &Server,
        command: Command,
        files: &[(&str, &[u8])],
        fate: &Fate<'_>,
    ) -> Option<Event> {
        let file = |item: ItemId| files[item.0 as usize];
        match command {
            Command::Send(send) => {
                let (name, bytes) = file(send.item);
                let bytes = part(&send, bytes);
                self.sent += bytes.len() as u64;
                let (answer, head) = server.perform(&send, name, bytes);
                let request = send.request;
                let lost = fate.lost.contains(&self.heads.len());
                self.heads.push(head);
                Some(if lost {
                    Event::Lost { request }
                } else {
                    Event::Answered { request, answer }
                })
            }
            Command::Query { request, url } => Some(self.query(server, request, &url)),
            Command::Ask(ask) => Some(self.ask(server, ask)),
            Command::Vet { ask, .. } => Some(Event::Vetted {
                ask,
                verdict: Vetted::AllBut(Vec::new()),
            }),
            Command::Recall { item, .. } => {
                let past = fate.past.clone();
                let recall = past.map_or(Recall::Nothing, Recall::Found);
                Some(Event::Recalled { item, recall })
            }
            Command::Remember { item, text, .. } => {
                self.kept.insert(item, text);
                None
            }
            Command::Forget(item) => {
                self.kept.remove(&item);
                None
            }
            Command::Digest(item) => {
                let digest = Md5::digest(file(item).1);
                let md5 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                let md5 = Some(md5);
                Some(Event::Digested { item, md5 })
            }
            Command::Probe(item) => {
                let head = plimsoll_core::picture::read(file(item).1);
                Some(Event::Probed { item, head })
            }
            // What is made of pictures is a browser's.
            Command::Remake(recipe) => Some(Event::Remade {
                item: recipe.item,
                made: None,
            }),
            Command::Notify(notice) => {
                self.notices.push(notice);
                None
            }
            Command::Abort(_) | Command::Dismiss(_) | Command::Yield(_) | Command::Release(_) => {
                None
            }
        }
    }

    fn query(&mut self, server: &Server, request: RequestId, url: &str) -> Event {
        self.queries += 1;
        let (answer, _) = server.ask(&format!("GET {} HTTP/1.1\r\n", path(url)), &[]);
        Event::Answered { request, answer }
    }

    /// Signs by the address that the options name, as a page's server would.
    fn ask(&mut self, server: &Server, ask: Ask) -> Event {
        self.asked += 1;
        let Question::SignAt(url) = ask.question else {
            panic!("there is no page here")
        };
        let params: serde_json::Map<_, _> = ask
            .params
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect();
        let body = serde_json::json!({ "paramsToSign": params }).to_string();
        let head = format!(
            "POST {} HTTP/1.1\r\ncontent-type: application/json\r\n",
            path(&url)
        );
        let (answer, _) = server.ask(&head, body.as_bytes());
        let (ask, reply) = (ask.ask, Reply::Answered(answer));
        Event::Replied { ask, reply }
    }
}

/// The wall clock is the server's own, for it judges timestamps by it.
pub fn moment(at: Millis) -> Moment {
    let now = std::time::SystemTime::now();
    let unix = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    let unix_ms = u64::try_from(unix.as_millis()).unwrap();
    Moment { at, unix_ms }
}

/// What stands behind the server's name.
fn path(url: &str) -> &str {
    let at = url.find("/v1_1").unwrap();
    &url[at..]
}

/// What a request carries of its file.
fn part<'a>(send: &Send, file: &'a [u8]) -> &'a [u8] {
    let place = |byte| usize::try_from(byte).unwrap();
    send.range
        .map_or(file, |range| &file[place(range.start)..place(range.end)])
}
