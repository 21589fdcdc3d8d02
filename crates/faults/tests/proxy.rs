//! The proxy over real sockets: every fault does what its name says, and the account tells it.

#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

const BODY: usize = 100_000;
/// What the server of these tests answers.
const ANSWER: &str = r#"{"bytes":100000,"public_id":"a"}"#;

/// A server that reads whole requests and tells how many bytes of each body came.
fn server() -> (SocketAddr, mpsc::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, sizes) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, seen) = (stream.unwrap(), seen.clone());
            thread::spawn(move || {
                let (mut bytes, mut buffer) = (Vec::new(), vec![0; 8192]);
                let body = loop {
                    let got = stream.read(&mut buffer).unwrap_or(0);
                    bytes.extend_from_slice(&buffer[..got]);
                    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
                    let body = head.map_or(0, |at| bytes.len() - at - 4);
                    if got == 0 || body == BODY {
                        break body;
                    }
                };
                let length = ANSWER.len();
                let head = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n".to_owned();
                let rest = format!("Content-Length: {length}\r\n\r\n{ANSWER}");
                let _ = stream.write_all((head + &rest).as_bytes());
                let _ = seen.send(body);
            });
        }
    });
    (address, sizes)
}

struct Proxy {
    address: SocketAddr,
    control: SocketAddr,
    sizes: mpsc::Receiver<usize>,
}

impl Proxy {
    fn start() -> Self {
        let (upstream, sizes) = server();
        let (told, addresses) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let proxy = plimsoll_faults::listen(upstream).await.unwrap();
                told.send((proxy.address, proxy.control)).unwrap();
                proxy.run.await.unwrap();
            });
        });
        let (address, control) = addresses.recv().unwrap();
        Self {
            address,
            control,
            sizes,
        }
    }

    fn with(rules: Value) -> Self {
        let proxy = Self::start();
        let (status, _) = proxy.tell("PUT", "/plan", &json!({ "rules": rules }).to_string());
        assert_eq!(status, 200);
        proxy
    }

    fn tell(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
        let answer = exchange(self.control, (head + body).as_bytes()).unwrap();
        let (status, body) = split(&answer);
        (status, serde_json::from_str(&body).unwrap())
    }

    fn account(&self) -> Value {
        self.tell("GET", "/account", "").1
    }

    fn upload(&self, range: &str) -> io::Result<String> {
        exchange(self.address, &post(range))
    }

    /// The fault's hits, and the bytes and answers of its first request.
    fn outcome(&self) -> (u64, u64, Value, Value) {
        let account = self.account();
        let (rule, request) = (&account["rules"][0], &account["requests"][0]);
        let number = |value: &Value| value.as_u64().unwrap();
        let told = (request["answer"].clone(), request["told"].clone());
        (
            number(&rule["hits"]),
            number(&request["received"]),
            told.0,
            told.1,
        )
    }
}

fn post(range: &str) -> Vec<u8> {
    let head = format!(
        "POST /v1_1/demo/upload HTTP/1.1\r\nContent-Length: {BODY}\r\n\
         X-Unique-Upload-Id: u1\r\nContent-Range: bytes {range}\r\n\r\n"
    );
    let mut request = head.into_bytes();
    request.resize(request.len() + BODY, b'x');
    request
}

/// Sends all of it, and reads to the end.
fn exchange(address: SocketAddr, request: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(request)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn split(answer: &str) -> (u16, String) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    (status.parse().unwrap(), body.to_owned())
}

fn cut(end: &str, at: Value) -> Value {
    json!([{ "name": "cut", "fault": { "kind": "cut", "end": end, "at": at } }])
}

#[test]
fn without_a_plan_everything_passes_and_is_entered() {
    let proxy = Proxy::start();
    let (status, body) = split(&proxy.upload("0-99999/300000").unwrap());
    assert_eq!((status, body.as_str()), (200, ANSWER));
    assert_eq!(proxy.sizes.recv().unwrap(), BODY);
    let account = proxy.account();
    let request = &account["requests"][0];
    assert_eq!(request["position"], "first");
    assert_eq!(
        request["range"],
        json!({ "start": 0, "end": 99_999, "total": 300_000 })
    );
    assert_eq!(
        (&request["upload"], &request["fault"]),
        (&json!("u1"), &Value::Null)
    );
    assert_eq!(
        (&request["length"], &request["received"]),
        (&json!(BODY), &json!(BODY))
    );
    assert_eq!(
        (&request["answer"], &request["told"]),
        (&json!(200), &json!(200))
    );
}

#[test]
fn a_reset_in_the_body_reaches_both_sides() {
    let proxy = Proxy::with(cut("reset", json!({ "percent": 50 })));
    let error = proxy.upload("0-99999/300000").unwrap_err();
    let kinds = [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
    assert!(kinds.contains(&error.kind()), "{error:?}");
    // A reset also takes what had left the proxy and not been read.
    assert!(proxy.sizes.recv().unwrap() <= BODY / 2);
    assert_eq!(proxy.outcome(), (1, 50_000, Value::Null, Value::Null));
    assert_eq!(split(&proxy.upload("0-99999/300000").unwrap()).0, 200);
}

#[test]
fn an_orderly_end_in_the_body_is_no_reset() {
    let proxy = Proxy::with(cut("fin", json!({ "bytes": 10 })));
    assert_eq!(proxy.upload("0-99999/300000").unwrap(), "");
    assert_eq!(proxy.sizes.recv().unwrap(), 10);
    let (hits, ..) = proxy.outcome();
    assert_eq!(hits, 1);
}

#[test]
fn a_stall_keeps_both_sides_open_until_the_line_breaks() {
    let proxy = Proxy::with(cut("stall", json!({ "percent": 10 })));
    let address = proxy.address;
    let upload = thread::spawn(move || exchange(address, &post("0-99999/300000")));
    while proxy.account()["rules"][0]["hits"] == 0 {
        thread::yield_now();
    }
    assert!(!upload.is_finished());
    let (status, _) = split(&proxy.upload("0-99999/300000").unwrap());
    assert_eq!((status, proxy.sizes.recv().unwrap()), (200, BODY));
    let requests = proxy.account()["requests"].clone();
    assert_eq!(
        (&requests[0]["beside"], &requests[1]["beside"]),
        (&json!(0), &json!(1))
    );
    assert!(proxy.sizes.try_recv().is_err(), "the server still waits");
    assert_eq!(proxy.tell("POST", "/down", "").0, 200);
    assert!(upload.join().unwrap().is_err());
    assert!(proxy.sizes.recv().unwrap() <= BODY / 10);
}

#[test]
fn a_line_that_is_down_refuses_until_it_is_up() {
    let proxy = Proxy::start();
    for _ in 0..3 {
        assert_eq!(proxy.tell("POST", "/down", "").0, 200);
        let error = TcpStream::connect(proxy.address).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(proxy.tell("POST", "/up", "").0, 200);
        assert_eq!(split(&proxy.upload("0-99999/300000").unwrap()).0, 200);
    }
}

#[test]
fn an_outage_may_begin_within_a_request_and_end_by_itself() {
    let fault = json!({ "kind": "down", "at": { "percent": 20 }, "ms": 100 });
    let proxy = Proxy::with(json!([{ "name": "down", "fault": fault }]));
    assert!(proxy.upload("0-99999/300000").is_err());
    assert!(proxy.sizes.recv().unwrap() <= BODY / 5);
    while TcpStream::connect(proxy.address).is_err() {
        thread::yield_now();
    }
    assert_eq!(split(&proxy.upload("0-99999/300000").unwrap()).0, 200);
    assert_eq!(proxy.outcome().0, 1);
}

#[test]
fn a_lost_answer_was_given() {
    for (end, heard) in [("reset", false), ("fin", true)] {
        let fault = json!({ "kind": "lose_answer", "end": end });
        let proxy = Proxy::with(json!([{ "name": "lost", "fault": fault }]));
        let answer = proxy.upload("0-99999/300000");
        assert_eq!(answer.ok(), heard.then(String::new), "{end}");
        assert_eq!(proxy.sizes.recv().unwrap(), BODY);
        assert_eq!(proxy.outcome(), (1, BODY as u64, json!(200), Value::Null));
    }
}

#[test]
fn an_answer_can_break_off() {
    let fault = json!({ "kind": "cut_answer", "end": "fin", "bytes": 7 });
    let proxy = Proxy::with(json!([{ "name": "short", "fault": fault }]));
    let (_, body) = split(&proxy.upload("0-99999/300000").unwrap());
    assert_eq!(body, ANSWER[..7]);
    assert_eq!(proxy.outcome().0, 1);
}

#[test]
fn another_answer_comes_before_or_after_the_server_has_seen_the_request() {
    for (sees, seen) in [("nothing", Value::Null), ("everything", json!(200))] {
        let fault = json!({
            "kind": "answer", "status": 503, "server": sees,
            "headers": [["Retry-After", "3"]], "body": "<p>", "repeat": 2,
        });
        let proxy = Proxy::with(json!([{ "name": "busy", "fault": fault }]));
        let answer = proxy.upload("0-99999/300000").unwrap();
        assert!(answer.contains("Retry-After: 3\r\n"), "{answer}");
        assert!(
            answer.contains("Access-Control-Allow-Origin: *\r\n"),
            "{answer}"
        );
        assert_eq!(split(&answer), (503, "<p><p>".to_owned()));
        assert_eq!(proxy.outcome(), (1, BODY as u64, seen, json!(503)));
    }
}

#[test]
fn an_answer_without_cors_is_made_or_taken_from_the_server() {
    let made = json!({ "kind": "answer", "status": 200, "cors": "missing" });
    let strip = json!({ "kind": "strip", "headers": ["access-control-allow-origin"] });
    for fault in [made, strip] {
        let proxy = Proxy::with(json!([{ "name": "no cors", "fault": fault }]));
        let answer = proxy.upload("0-99999/300000").unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            !answer.to_lowercase().contains("access-control"),
            "{answer}"
        );
        assert_eq!(proxy.outcome().0, 1);
    }
}

#[test]
fn fields_of_an_answer_are_replaced_and_its_length_with_them() {
    let fault = json!({ "kind": "alter", "fields": { "bytes": 1 } });
    let proxy = Proxy::with(json!([{ "name": "wrong", "fault": fault }]));
    let answer = proxy.upload("0-99999/300000").unwrap();
    assert!(answer.contains("content-length: 27\r\n"), "{answer}");
    let body: Value = serde_json::from_str(&split(&answer).1).unwrap();
    assert_eq!(body, json!({ "bytes": 1, "public_id": "a" }));
}

#[test]
fn rules_wait_for_their_requests_and_are_used_up_in_order() {
    let rule = |name: &str, when: Value, skip: u32, times: Value| {
        let fault = json!({ "kind": "answer", "status": 500, "body": name });
        json!({ "name": name, "when": when, "skip": skip, "times": times, "fault": fault })
    };
    let proxy = Proxy::with(json!([
        rule(
            "second middle",
            json!({ "position": "middle" }),
            1,
            json!(1)
        ),
        rule("last", json!({ "position": "last" }), 0, Value::Null),
        rule("never", json!({ "path": "/nowhere" }), 0, json!(1)),
    ]));
    let mut heard = Vec::new();
    for range in [
        "0-9/40", "10-19/40", "20-29/40", "20-29/40", "30-39/40", "30-39/40",
    ] {
        heard.push(split(&proxy.upload(range).unwrap()).1);
    }
    assert_eq!(
        heard,
        [ANSWER, ANSWER, "second middle", ANSWER, "last", "last"]
    );
    let rules = proxy.account()["rules"].clone();
    let wanted = [
        json!({ "name": "second middle", "planned": 1, "hits": 1 }),
        json!({ "name": "last", "planned": null, "hits": 2 }),
        json!({ "name": "never", "planned": 1, "hits": 0 }),
    ];
    assert_eq!(rules, json!(wanted));
}

#[test]
fn a_slow_sliced_line_delivers_every_byte() {
    let proxy = Proxy::start();
    let link = json!({ "up": 1_000_000, "slice": 64, "latency_ms": 5, "jitter_ms": 5 });
    let plan = json!({ "link": link }).to_string();
    assert_eq!(proxy.tell("PUT", "/plan", &plan).0, 200);
    let (status, body) = split(&proxy.upload("0-99999/300000").unwrap());
    assert_eq!((status, body.as_str()), (200, ANSWER));
    assert_eq!(proxy.sizes.recv().unwrap(), BODY);
}

#[test]
fn a_slip_is_told_to_who_plans() {
    let proxy = Proxy::start();
    let (status, answer) = proxy.tell("PUT", "/plan", r#"{"rulez": []}"#);
    assert_eq!(status, 400);
    assert!(
        answer["error"].as_str().unwrap().contains("rulez"),
        "{answer}"
    );
    assert_eq!(proxy.tell("GET", "/plan", "").0, 404);
}
