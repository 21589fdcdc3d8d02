//! How a row is sent: the section's name and its payload make a request. The client keeps its
//! connection, because there are many rows.

use std::net::SocketAddr;
use std::time::Duration;

use plimsoll_server::signing::{self, Algorithm};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::rows::Row;
use crate::client::{Answer, now};

const UPLOAD: &str = "/v1_1/demo/raw/upload";
const FORM: &str = "multipart/form-data; boundary=b";
const SECRET: &str = "abcd";

/// A client of one server.
pub struct Sender {
    address: SocketAddr,
    stream: Option<TcpStream>,
    /// The delete token of an asset that is there.
    token: String,
}

impl Sender {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            token: String::new(),
        }
    }

    /// Uploads something that may be deleted by a token.
    pub async fn get_token(&mut self) {
        let body = whole(
            vec![(b"upload_preset", b"deletable")],
            b"file\"; filename=\"a",
            b"x",
        );
        let asset = self.post(UPLOAD, FORM, b"", &body).await.asset();
        asset["delete_token"]
            .as_str()
            .expect("a token")
            .clone_into(&mut self.token);
    }

    /// A text with the token, or parts of it.
    fn with_token(&self, text: &str) -> String {
        let (key, secret) = self.token.split_at(self.token.len().min(64));
        let mut text = text
            .replace("{token}", &self.token)
            .replace("{TOKEN}", &self.token.to_uppercase())
            .replace("{token:key}", key)
            .replace("{token:secret}", secret);
        while let Some((before, rest)) = text.split_once("{token:") {
            let (length, after) = rest.split_once('}').expect("a brace");
            let length: usize = length.parse().expect("a number");
            text = format!("{before}{}{after}", &self.token[..length]);
        }
        text
    }

    /// Sends a row and gives its answer.
    pub async fn send(&mut self, row: &Row) -> Answer {
        let (how, what) = row.how.split_once(' ').unwrap_or((&row.how, ""));
        let payload = row.payload.as_slice();
        match how {
            "raw" => self.raw(payload).await,
            "get" => {
                let target = [b"GET ", payload, b" HTTP/1.1\r\nHost: x\r\n\r\n"].concat();
                self.exchange(&target).await
            }
            "preflight" => self.preflight(payload).await,
            "header" => {
                let line = [what.as_bytes(), b": ", payload, b"\r\n"].concat();
                self.post(UPLOAD, FORM, &line, &form(&[])).await
            }
            "headers" => {
                let lines = payload.split(|byte| *byte == b'|');
                let lines: Vec<u8> = lines
                    .flat_map(|line| [line.trim_ascii(), b"\r\n"].concat())
                    .collect();
                self.post(UPLOAD, FORM, &lines, &form(&[])).await
            }
            "address" => {
                let target = row.text();
                self.post(&target, FORM, b"", &form(&[])).await
            }
            "urlencoded" => {
                let kind = "application/x-www-form-urlencoded";
                self.post(UPLOAD, kind, b"", payload).await
            }
            "json" => self.post(UPLOAD, "application/json", b"", payload).await,
            "body" => self.post(UPLOAD, FORM, b"", payload).await,
            "type" => self.post_as(payload, &form(&[])).await,
            "token" => {
                let text = self.with_token(&row.text());
                let body = format!("token={text}");
                let kind = "application/x-www-form-urlencoded";
                self.post("/v1_1/demo/delete_by_token", kind, b"", body.as_bytes())
                    .await
            }
            "forwarded" => self.forwarded(&row.text()).await,
            _ => {
                let body = body(how, what, row);
                self.post(UPLOAD, FORM, b"", &body).await
            }
        }
    }

    /// Asks twice in the name of one client: as the row says it, and plainly. The second time is
    /// too often, if the server takes both for the same.
    async fn forwarded(&mut self, text: &str) -> Answer {
        let (headers, client) = text.split_once(" is ").expect("headers is client");
        let lines: String = headers
            .split(" | ")
            .map(|line| format!("{line}\r\n"))
            .collect();
        for lines in [lines, format!("X-Forwarded-For: {client}\r\n")] {
            let request = format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{lines}\r\n");
            let answer = self.exchange(request.as_bytes()).await;
            if answer.status != 200 {
                return answer;
            }
        }
        panic!("{text} was not taken for {client}");
    }

    async fn preflight(&mut self, origin: &[u8]) -> Answer {
        let line = [b"Origin: ", origin, b"\r\n"].concat();
        let head = b"OPTIONS /v1_1/demo/raw/upload HTTP/1.1\r\nHost: x\r\n\
            Access-Control-Request-Method: POST\r\n";
        self.exchange(&[&head[..], &line, b"\r\n"].concat()).await
    }

    async fn post_as(&mut self, kind: &[u8], body: &[u8]) -> Answer {
        let length = format!("\r\nContent-Length: {}\r\n\r\n", body.len());
        let head = [
            b"POST /v1_1/demo/raw/upload HTTP/1.1\r\nHost: x\r\nContent-Type: ",
            kind,
        ];
        let head = [&head.concat(), length.as_bytes()].concat();
        self.exchange(&[&head, body].concat()).await
    }

    async fn post(&mut self, target: &str, kind: &str, lines: &[u8], body: &[u8]) -> Answer {
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n",
            body.len()
        );
        let request = [head.as_bytes(), lines, b"\r\n", body].concat();
        self.exchange(&request).await
    }

    /// One request on the kept connection, and its answer.
    async fn exchange(&mut self, request: &[u8]) -> Answer {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.address)
                .await
                .expect("a connection"),
        };
        // A server that has refused the head needs no body.
        let _ = stream.write_all(request).await;
        let (answer, ends) = answer(&mut stream).await;
        if !ends {
            self.stream = Some(stream);
        }
        answer
    }

    /// These bytes alone on a connection. When they are refused, the connection must end after one
    /// answer: whatever came behind must not be taken for another request.
    async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address)
            .await
            .expect("a connection");
        let _ = stream.write_all(bytes).await;
        let (answer, ends) = answer(&mut stream).await;
        if answer.status == 400 || answer.status == 431 {
            assert!(ends, "the connection goes on: {answer:?}");
        }
        answer
    }
}

/// Reads an answer; whether the connection ends with it.
async fn answer(stream: &mut TcpStream) -> (Answer, bool) {
    let read = tokio::time::timeout(Duration::from_secs(10), read_answer(stream));
    read.await.expect("an answer in time")
}

async fn read_answer(stream: &mut TcpStream) -> (Answer, bool) {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        let more = stream.read_buf(&mut bytes).await.unwrap_or(0);
        if more == 0 {
            let text = bytes.escape_ascii().to_string();
            assert!(bytes.is_empty(), "half an answer: {text}");
            return (silence(), true);
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("an ASCII head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let value = |name| {
        headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    let length = value("content-length").and_then(|length| length.parse::<usize>().ok());
    let ends = value("connection").is_some_and(|value| value == "close");
    let mut body = bytes.split_off(end + 4);
    while body.len() < length.unwrap_or(0) {
        let more = stream.read_buf(&mut body).await.unwrap_or(0);
        assert!(more > 0, "half an answer");
    }
    assert_eq!(body.len(), length.unwrap_or(0), "more than one answer");
    let answer = Answer {
        status: status.expect("a status").parse().expect("a number"),
        headers: headers.clone(),
        body,
    };
    (answer, ends)
}

/// A connection that ended without an answer, which no status says.
fn silence() -> Answer {
    Answer {
        status: 0,
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// A form with the preset, these fields, and a small file.
fn form(fields: &[(&[u8], &[u8])]) -> Vec<u8> {
    let preset = [(&b"upload_preset"[..], &b"unsigned"[..])];
    whole(
        [&preset, fields].concat(),
        b"file\"; filename=\"a.txt",
        b"hostile",
    )
}

fn whole(fields: Vec<(&[u8], &[u8])>, file: &[u8], content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    let file = (file, content);
    for (name, value) in fields.into_iter().chain([file]) {
        let head = b"--b\r\nContent-Disposition: form-data; name=\"";
        body.extend_from_slice(&[head, name, b"\"\r\n\r\n", value, b"\r\n"].concat());
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

/// The bodies of sections that only differ in one.
fn body(how: &str, what: &str, row: &Row) -> Vec<u8> {
    let payload = row.payload.as_slice();
    let time = now();
    match how {
        "field" => form(&[(what.as_bytes(), payload)]),
        "name" => form(&[(payload, b"1")]),
        "preset" => whole(
            vec![(b"upload_preset", payload)],
            b"file\"; filename=\"a",
            b"x",
        ),
        "filename" => {
            let file = [b"file\"; filename=\"", payload].concat();
            whole(vec![(b"upload_preset", b"unsigned")], &file, b"hostile")
        }
        "disposition" => {
            let head = b"--b\r\nContent-Disposition: ";
            let tail = b"\r\n\r\nhostile\r\n";
            let part = [&head[..], payload, tail].concat();
            [&part, &form(&[])[..]].concat()
        }
        "signature" => {
            let time = time.to_string();
            let fields = [("tags", "a"), ("timestamp", time.as_str())];
            let signed = |algorithm| signing::sign(fields, SECRET, algorithm);
            let [one, two] = [Algorithm::Sha1, Algorithm::Sha256].map(signed);
            let text = row.text().replace("{SHA1}", &one.to_uppercase());
            let text = text.replace("{sha1}", &one).replace("{sha256}", &two);
            let text = text
                .replace("{sha1:39}", &one[..39])
                .replace("{sha256:40}", &two[..40]);
            signed_form(&fields, "key", &text)
        }
        "key" => {
            let time = time.to_string();
            let fields = [("timestamp", time.as_str())];
            let signature = signing::sign(fields, SECRET, Algorithm::Sha1);
            signed_form(&fields, &row.text(), &signature)
        }
        "timestamp" => {
            let text = row.text();
            let text = match text.strip_prefix("now") {
                Some(shift) => (i64::try_from(time).expect("small")
                    + shift.parse::<i64>().unwrap_or(0))
                .to_string(),
                None => text,
            };
            let fields = [("timestamp", text.as_str())];
            signed_form(
                &fields,
                "key",
                &signing::sign(fields, SECRET, Algorithm::Sha256),
            )
        }
        "signed" => {
            let text = row.text().replace("{now}", &time.to_string());
            let (signed, sent) = text.split_once(" but sent ").unwrap_or((&text, &text));
            let (signed, sent) = (pairs(signed), pairs(sent));
            let signature = signing::sign(signed, SECRET, Algorithm::Sha1);
            signed_form(&sent, "key", &signature)
        }
        other => panic!("{other} is no way to send a row"),
    }
}

/// `name=value ; name=value`.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let pairs = text.split(" ; ").filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').expect("a pair"))
        .collect()
}

fn signed_form(fields: &[(&str, &str)], key: &str, signature: &str) -> Vec<u8> {
    let mut all: Vec<(&[u8], &[u8])> = fields
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    all.push((b"api_key", key.as_bytes()));
    all.push((b"signature", signature.as_bytes()));
    whole(all, b"file\"; filename=\"a.txt", b"hostile")
}
