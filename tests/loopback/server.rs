//! A real server with a data folder of its own, and how the tests talk to it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;

use plimsoll_core::command::Send;
use plimsoll_core::event::{Answer, Body, HEADERS};
use plimsoll_core::protocol::value::Value;
use plimsoll_server::Config;
use tokio::sync::oneshot;

/// A running server with a data folder of its own.
pub struct Server {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _data: tempfile::TempDir,
}

impl Server {
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// With other settings than the embedded ones.
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::embedded().unwrap();
        config.data = data.path().to_path_buf();
        change(&mut config);
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
    pub fn exchange(&self, head: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
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
    pub fn perform(&self, send: &Send, name: &str, file: &[u8]) -> (Answer, String) {
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
        self.ask(&head, &body)
    }

    /// Sends a request to the API; gives the answer as the engine hears it, and its head.
    pub fn ask(&self, head: &str, body: &[u8]) -> (Answer, String) {
        let (status, head, body) = self.exchange(head, body);
        let body = Body::Json(value(&serde_json::from_slice(&body).unwrap()));
        let header = |name: &&'static str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            let found = lines.find(|(known, _)| known == name);
            found.map(|(_, text)| (*name, text.to_owned()))
        };
        let headers = HEADERS.iter().filter_map(header).collect();
        let answer = Answer {
            status,
            body,
            headers,
        };
        (answer, head)
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
