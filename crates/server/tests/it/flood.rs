//! Malformed requests by the thousand against the whole server: none makes it panic, answer with an
//! error of its own, fall silent, or leave a file behind. A seed tells all of them.
//!
//! `cargo xtask flood` sets `PLIMSOLL_FLOOD_REQUESTS` and `PLIMSOLL_FLOOD_SEED`; without them a
//! slice is sent that takes seconds.

mod requests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::client::{TestServer, until};
use requests::{Chance, Request, Way};

/// What is sent in every run of the tests.
const SLICE: u64 = 2_500;
/// Clients at once: enough that requests meet each other.
const CLIENTS: u64 = 8;
/// After so many requests a server with an empty folder takes over: a long run fills no disk.
const SERVER_REQUESTS: u64 = 25_000;
/// A server that takes longer for one small request hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Small limits, so that requests reach them; a server that hurries, so that halves end soon and
/// parts don't wait for the first one.
const SETTINGS: &str = "log_level = 'error'\n\
    [limits]\nclient_requests_per_minute_max = 0\nfile_bytes_max = 20000\n\
    chunk_bytes_min = 100\nupload_bytes_max = 100000\nimage_megapixels_max = 1\n\
    head_seconds_max = 5\nsilence_seconds_max = 5\npart_wait_seconds_max = 0\n\
    [clouds.demo.keys.key]\nsecret = 'abcd'\n[clouds.demo.presets.signed]\n\
    [clouds.demo.presets.images]\nunsigned = true\nallowed_formats = ['png', 'jpg']\n\
    [clouds.demo.presets.tight]\nunsigned = true\nquota = { bytes_max = 9000, files_max = 40 }\n\
    [clouds.demo.presets.later]\nunsigned = true\nasync = true\neager = 'w_5|w_4,c_fill,h_2'\n\
    eager_async = true\n\
    [clouds.demo.presets.closed]\nunsigned = true\naccess_mode = 'authenticated'\n";

/// Errors of the server's side that are no bug, by how they begin.
const HONEST: [&str; 3] = [
    "A newer request sends the same bytes",
    "Too many pictures",
    "The storage is",
];

/// What came of all requests.
#[derive(Default)]
struct Tally {
    answers: BTreeMap<u16, u64>,
    /// Connections that ended without an answer, where nobody could expect one.
    silent: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_requests_break_nothing() {
    let number = |name, default| {
        let text = std::env::var(name).ok();
        text.map_or(default, |text| text.parse::<u64>().expect("a number"))
    };
    let requests = number("PLIMSOLL_FLOOD_REQUESTS", SLICE);
    let seed = number("PLIMSOLL_FLOOD_SEED", 1);
    let panics = count_panics();
    let began = Instant::now();
    let mut tally = Tally::default();
    let mut sent = 0;
    while sent < requests {
        let now = SERVER_REQUESTS.min(requests - sent);
        let server = TestServer::with(SETTINGS).await;
        let clients = (0..CLIENTS).map(|client| {
            let span = (sent + now * client / CLIENTS)..(sent + now * (client + 1) / CLIENTS);
            tokio::spawn(send_all(server.address, seed, span))
        });
        for client in clients.collect::<Vec<_>>() {
            let theirs = client.await.expect("no client fails");
            tally.silent += theirs.silent;
            for (status, count) in theirs.answers {
                *tally.answers.entry(status).or_default() += count;
            }
        }
        check(&server).await;
        server.stop().await;
        sent += now;
        if requests > SERVER_REQUESTS {
            println!("{sent} of {requests}, {} s", began.elapsed().as_secs());
        }
    }
    assert_eq!(panics.load(Ordering::Relaxed), 0, "panics");
    let Tally { answers, silent } = tally;
    println!("{requests} requests from seed {seed}: answers {answers:?}, {silent} without one");
    assert_eq!(answers.values().sum::<u64>() + silent, requests);
    // A flood that is refused at the door would show nothing.
    for status in [200, 400, 401, 404] {
        assert!(answers.contains_key(&status), "no {status}");
    }
}

/// Counts panics from here on, and still shows them.
fn count_panics() -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    let shown = std::panic::take_hook();
    let counted = count.clone();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic
            .location()
            .map(|place| place.file().replace('\\', "/"));
        // Other tests of this program may fail meanwhile; that is their own business.
        if place.is_some_and(|file| !file.contains("tests/")) {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        shown(panic);
    }));
    count
}

/// What must hold when all have gone.
async fn check(server: &TestServer) {
    until("nothing is left of what arrived", || {
        server.stored("incoming").is_empty()
    })
    .await;
    for record in server.stored("assets") {
        if !record.ends_with("record.json") {
            continue;
        }
        let text = std::fs::read_to_string(&record).expect("a record");
        let record_of: serde_json::Value = serde_json::from_str(&text).expect("a whole record");
        // A replaced file has a name of its own.
        let name = record_of["extras"]["file"].as_str().unwrap_or("blob");
        let blob = std::fs::metadata(record.with_file_name(name)).expect("a blob");
        assert_eq!(record_of["bytes"], blob.len(), "{}", record.display());
    }
    assert_eq!(server.get("/healthz").await.status, 200);
}

async fn send_all(address: SocketAddr, seed: u64, span: std::ops::Range<u64>) -> Tally {
    let mut tally = Tally::default();
    let mut kept = None;
    for index in span {
        let request = Request::new(&mut Chance::new(seed, index));
        let sent = exchange(address, &request, &mut kept, index);
        let sent = tokio::time::timeout(PATIENCE, sent).await;
        let shown = || request.bytes.escape_ascii().to_string();
        let answer = sent.unwrap_or_else(|_| panic!("{index} hangs: {}", shown()));
        match answer {
            Some((status, body)) => {
                let text = String::from_utf8_lossy(&body);
                let is_honest = HONEST.iter().any(|words| text.contains(words));
                assert!(
                    status < 500 || is_honest,
                    "{index}: {status} {text}: {}",
                    shown()
                );
                *tally.answers.entry(status).or_default() += 1;
            }
            None => {
                assert_ne!(
                    request.way,
                    Way::Whole,
                    "{index} got no answer: {}",
                    shown()
                );
                tally.silent += 1;
            }
        }
    }
    tally
}

/// Sends a request, and gives the status and body of its answer, if there is one.
async fn exchange(
    address: SocketAddr,
    request: &Request,
    kept: &mut Option<TcpStream>,
    index: u64,
) -> Option<(u16, Vec<u8>)> {
    // A server may end a connection after an answer, as it does when it left a body unread.
    if request.way == Way::Whole
        && let Some(stream) = kept.take()
        && let Some(answer) = send(stream, request, kept).await
    {
        return Some(answer);
    }
    send(connect(address, index).await, request, kept).await
}

async fn send(
    mut stream: TcpStream,
    request: &Request,
    kept: &mut Option<TcpStream>,
) -> Option<(u16, Vec<u8>)> {
    let _ = stream.write_all(&request.bytes).await;
    match request.way {
        Way::Cut => return None,
        Way::Doubtful => {
            let _ = stream.shutdown().await;
        }
        Way::Whole => {}
    }
    let (status, body, ends) = read(&mut stream).await?;
    if request.way == Way::Whole && !ends {
        *kept = Some(stream);
    }
    Some((status, body))
}

/// From one of many addresses: the system keeps each pair of ports for a minute after its end.
async fn connect(address: SocketAddr, index: u64) -> TcpStream {
    let last = u8::try_from(2 + index % 250).expect("small");
    let socket = TcpSocket::new_v4().expect("a socket");
    if cfg!(target_os = "linux") {
        socket
            .bind(([127, 0, 0, last], 0).into())
            .expect("an address");
    }
    socket.connect(address).await.expect("a connection")
}

/// Reads an answer: its status and body, and whether the connection ends with it. That the server
/// is willing to read on is no answer.
async fn read(stream: &mut TcpStream) -> Option<(u16, Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let end = loop {
        match bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            Some(end) if bytes.starts_with(b"HTTP/1.1 100") => drop(bytes.drain(..end + 4)),
            Some(end) => break end,
            None if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 => return None,
            None => {}
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let value = |name: &str| {
        let mut lines = head.split("\r\n");
        lines.find_map(|line| line.strip_prefix(name).map(str::trim))
    };
    let length = value("content-length:").and_then(|length| length.parse::<usize>().ok());
    let ends = value("connection:") == Some("close") || length.is_none() && status != 204;
    let mut body = bytes.split_off(end + 4);
    while body.len() < length.unwrap_or(0) {
        if stream.read_buf(&mut body).await.unwrap_or(0) == 0 {
            // The answer to HEAD has a length and no body.
            return Some((status, body, true));
        }
    }
    Some((status, body, ends))
}
