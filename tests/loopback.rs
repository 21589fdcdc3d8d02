//! The engine against the embedded server over real sockets, without a browser: that the two
//! speak the same wire. Journeys through the browser are in `tests/e2e`.
#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;

use plimsoll_core::command::Send;
use plimsoll_core::event::{Answer, Body, PickedFile};
use plimsoll_core::item::Status;
use plimsoll_core::options::{CHUNK_SIZE_MIN, Options};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{ItemId, Millis};
use plimsoll_core::{Batch, Command, Event, Notice};
use plimsoll_server::Config;
use tokio::sync::oneshot;

/// A running server with a data folder of its own.
struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _data: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::embedded().unwrap();
        config.data = data.path().to_path_buf();
        let (stop, stopped) = oneshot::channel();
        let (told, ready) = std::sync::mpsc::channel();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                let shutdown = async { drop(stopped.await) };
                plimsoll_server::serve(listener, config, shutdown)
                    .await
                    .unwrap();
            });
        });
        let address = ready.recv().unwrap();
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
            _data: data,
        }
    }

    /// Sends a request and gives status, head and body.
    fn exchange(&self, head: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        let mut socket = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        let head = format!(
            "{head}host: {}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n",
            self.address
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(body).unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).unwrap();
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8(bytes[..end].to_vec())
            .unwrap()
            .to_ascii_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, bytes[end + 4..].to_vec())
    }

    /// Carries out one of the engine's requests as a browser would.
    fn perform(&self, send: &Send, name: &str, file: &[u8]) -> (Answer, String) {
        const EDGE: &str = "loopback";
        let mut body = Vec::new();
        for (field, value) in &send.fields {
            let disposition = format!("content-disposition: form-data; name=\"{field}\"");
            body.extend(format!("--{EDGE}\r\n{disposition}\r\n\r\n{value}\r\n").bytes());
        }
        let disposition =
            format!("content-disposition: form-data; name=\"file\"; filename=\"{name}\"");
        body.extend(format!("--{EDGE}\r\n{disposition}\r\n\r\n").bytes());
        body.extend(file);
        body.extend(format!("\r\n--{EDGE}--\r\n").bytes());
        let path = send.url.split_once("/v1_1").unwrap().1;
        let kind = format!("content-type: multipart/form-data; boundary={EDGE}\r\n");
        let mut head = format!("POST /v1_1{path} HTTP/1.1\r\n{kind}");
        for (field, value) in &send.headers {
            head.push_str(&format!("{field}: {value}\r\n"));
        }
        let (status, head, body) = self.exchange(&head, &body);
        let body = Body::Json(value(&serde_json::from_slice(&body).unwrap()));
        (
            Answer {
                status,
                body,
                retry_after: None,
                request_id: None,
            },
            head,
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap()),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(list) => Value::List(list.iter().map(value).collect()),
        serde_json::Value::Object(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, each)| (key.clone(), value(each)))
                .collect(),
        ),
    }
}

/// What came of a batch: its notices, and the heads of all answers.
struct Run {
    batch: Batch,
    notices: Vec<Notice>,
    heads: Vec<String>,
}

/// Uploads `files` to the end. `lose` says whether the answer to the nth request is lost.
fn upload(server: &Server, files: &[(&str, &[u8])], lose: impl Fn(usize) -> bool) -> Run {
    let options = Options {
        cloud_name: Some("demo".to_owned()),
        upload_preset: Some("unsigned".to_owned()),
        upload_prefix: format!("http://{}", server.address),
        // The smallest that the server takes, so that few bytes make several chunks.
        max_chunk_size: CHUNK_SIZE_MIN,
        ..Options::default()
    };
    let mut run = Run {
        batch: Batch::new(options, [1, 2]),
        notices: vec![],
        heads: vec![],
    };
    let mut kept = BTreeMap::new();
    let mut picked = Vec::new();
    for (at, (name, bytes)) in files.iter().enumerate() {
        let id = ItemId(u32::try_from(at).unwrap());
        kept.insert(id, (*name, *bytes));
        let (name, size) = ((*name).to_owned(), bytes.len() as u64);
        picked.push(PickedFile {
            id,
            name,
            size,
            media_type: String::new(),
        });
    }
    let mut now = Millis(0);
    run.batch.handle(now, Event::Picked { files: picked });
    loop {
        while let Some(command) = run.batch.poll_command() {
            match command {
                Command::Send(send) => {
                    let (name, bytes) = kept[&send.item];
                    let bytes = part(&send, bytes);
                    let (answer, head) = server.perform(&send, name, bytes);
                    let request = send.request;
                    let event = if lose(run.heads.len()) {
                        Event::Lost { request }
                    } else {
                        Event::Answered { request, answer }
                    };
                    run.heads.push(head);
                    run.batch.handle(now, event);
                }
                Command::Notify(notice) => run.notices.push(notice),
                Command::Abort(_) | Command::Release(_) => {}
            }
        }
        let Some(deadline) = run.batch.deadline() else {
            return run;
        };
        now = deadline;
        run.batch.handle(now, Event::Ticked);
    }
}

/// What a request carries of its file.
fn part<'a>(send: &Send, file: &'a [u8]) -> &'a [u8] {
    let place = |byte| usize::try_from(byte).unwrap();
    send.range
        .map_or(file, |range| &file[place(range.start)..place(range.end)])
}

fn text<'a>(info: &'a Value, key: &str) -> &'a str {
    info.get(key).and_then(Value::text).unwrap()
}

#[test]
fn what_the_engine_sends_is_stored_and_delivered_as_it_was() {
    let server = Server::start();
    let files: [(&str, &[u8]); 2] = [("a.txt", b"first"), ("b.txt", &[b'x'; 300_000])];
    let run = upload(&server, &files, |_| false);
    assert!(
        run.batch
            .ids()
            .all(|id| run.batch.item(id).unwrap().status == Status::Done)
    );
    let mut stored = 0;
    for notice in &run.notices {
        if let Notice::Success { item, info } = notice {
            let url = text(info, "secure_url");
            let path = url.split_once(&server.address.to_string()).unwrap().1;
            let (status, _, body) = server.exchange(&format!("GET {path} HTTP/1.1\r\n"), &[]);
            assert_eq!((status, &body[..]), (200, files[item.0 as usize].1));
            stored += 1;
        }
    }
    assert_eq!(stored, 2);
    assert!(matches!(run.notices.last(), Some(Notice::QueuesEnd { files }) if files.len() == 2));
}

#[test]
fn a_lost_answer_is_repaired_without_a_second_asset() {
    let server = Server::start();
    let run = upload(&server, &[("a.txt", b"once")], |request| request == 0);
    assert_eq!(run.heads.len(), 2, "the request was repeated");
    let replayed: Vec<bool> = run
        .heads
        .iter()
        .map(|head| head.contains("\nx-upload-replayed: 1"))
        .collect();
    assert_eq!(replayed, [false, true]);
    assert!(
        run.notices
            .iter()
            .any(|notice| matches!(notice, Notice::Success { .. }))
    );
}

#[test]
fn a_file_in_chunks_is_stored_whole_and_once_whichever_answer_is_lost() {
    let size = usize::try_from(3 * CHUNK_SIZE_MIN).unwrap() + 1;
    for (at, lost) in [None, Some(0), Some(1), Some(3)].into_iter().enumerate() {
        // A fresh one, for the same seed gives the same upload ID.
        let server = Server::start();
        // Bytes that tell their places, so that none can stand for another.
        let tell = |byte: usize| u8::try_from((byte + at) % 251).unwrap();
        let file: Vec<u8> = (0..size).map(tell).collect();
        let run = upload(&server, &[("a.bin", &file)], |request| {
            Some(request) == lost
        });
        assert_eq!(run.heads.len(), 4 + usize::from(lost.is_some()));
        let assets: Vec<&Value> = run
            .notices
            .iter()
            .filter_map(|notice| match notice {
                Notice::Success { info, .. } => Some(info),
                _ => None,
            })
            .collect();
        assert_eq!(assets.len(), 1, "{lost:?}");
        let url = text(assets[0], "secure_url");
        let path = url.split_once(&server.address.to_string()).unwrap().1;
        let (status, _, body) = server.exchange(&format!("GET {path} HTTP/1.1\r\n"), &[]);
        assert!((status, &body) == (200, &file), "{lost:?}: other bytes");
    }
}

#[test]
fn the_server_s_refusal_reaches_the_page_in_its_own_words() {
    let server = Server::start();
    let mut options = Options {
        cloud_name: Some("demo".to_owned()),
        upload_preset: Some("nobody".to_owned()),
        ..Options::default()
    };
    options.upload_prefix = format!("http://{}", server.address);
    let mut batch = Batch::new(options, [3, 4]);
    let (name, media_type) = ("a.txt".to_owned(), String::new());
    let file = PickedFile {
        id: ItemId(0),
        name,
        size: 1,
        media_type,
    };
    batch.handle(Millis(0), Event::Picked { files: vec![file] });
    while let Some(command) = batch.poll_command() {
        if let Command::Send(send) = command {
            let (answer, _) = server.perform(&send, "a.txt", b"a");
            batch.handle(
                Millis(1),
                Event::Answered {
                    request: send.request,
                    answer,
                },
            );
        }
    }
    let item = batch.item(ItemId(0)).unwrap();
    assert_eq!(
        item.fault.unwrap().server_message,
        "Upload preset not found"
    );
    assert_eq!(item.status, Status::Failed, "and is not tried again");
}
