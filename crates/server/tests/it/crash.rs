//! kill -9 of the real binary at many points of chunked uploads, then on with the upload: the
//! asset is the file, there is one, and no chunk that was answered is asked for again.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chunk_storm::Chance;
use crate::chunks::range;
use crate::client::{Form, TempDir};
use crate::data;
use crate::process::Running;

const CHUNK: usize = 600_000;
const CHUNKS: usize = 4;
const FILE_BYTES: usize = CHUNK * (CHUNKS - 1) + 123_457;

/// When the server is killed while a chunk is under way.
#[derive(Clone, Copy, Debug)]
enum Point {
    /// When this much of the request is sent.
    Sent { permille: usize },
    /// When all of it is sent and this file or folder has come into being, or the answer.
    Seen(&'static str),
    /// When the answer is there.
    Answered,
}

impl Point {
    fn any(chance: &mut Chance) -> Self {
        let marks = [
            "decision.json",
            "ranges",
            "record.json",
            "uploads/",
            "assets/",
        ];
        match chance.below(4) {
            0 => Self::Answered,
            1 => Self::Sent {
                permille: chance.below(1001),
            },
            _ => Self::Seen(marks[chance.below(marks.len())]),
        }
    }
}

fn settings(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("settings.toml");
    let text = "limits.chunk_bytes_min = 1000\n[clouds.demo.presets.unsigned]\nunsigned = true\n";
    std::fs::write(&path, text).expect("written");
    path
}

fn request(file: &[u8], index: usize) -> Vec<u8> {
    let start = index * CHUNK;
    let end = (start + CHUNK).min(file.len());
    let body = Form::new().file("film.bin", &file[start..end]).body();
    let head = format!(
        "POST /v1_1/demo/auto/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Range: {}\r\nX-Unique-Upload-Id: abc\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary=xYzZY\r\n\r\n",
        range(start, end, &file.len().to_string()),
        body.len()
    );
    [head.as_bytes(), &body].concat()
}

fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address()).expect("a connection")
}

/// The body of the answer, if it came.
fn answer(stream: &mut TcpStream) -> Option<Value> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    assert!(
        bytes.starts_with(b"HTTP/1.1 200"),
        "{:?}",
        bytes.utf8_chunks().next().map(|c| c.valid().to_owned())
    );
    serde_json::from_slice(&bytes[end + 4..]).ok()
}

fn get(running: &Running, path: &str) -> Vec<u8> {
    let mut stream = connect(running);
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    bytes.split_off(end.expect("a head") + 4)
}

/// Paths below a folder, with a slash behind folders.
fn below(path: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let path = entry.path();
        let slash = if path.is_dir() { "/" } else { "" };
        found.push(format!("{}{slash}", path.display()));
        below(&path, found);
    }
}

fn is_there(data: &Path, mark: &str) -> bool {
    let mut found = Vec::new();
    below(data, &mut found);
    found.iter().any(|path| match mark.strip_suffix('/') {
        // Something in this folder.
        Some(_) => path.contains(&format!("/{mark}")) && !path.ends_with(&format!("/{mark}")),
        None => path.ends_with(mark),
    })
}

/// Sends a chunk and kills the server at this point; tells whether the chunk was answered.
fn killed_at(mut running: Running, data: &Path, request: &[u8], point: Point) -> bool {
    let mut stream = connect(&running);
    let sent = match point {
        Point::Sent { permille } => request.len() * permille / 1000,
        _ => request.len(),
    };
    stream.write_all(&request[..sent]).expect("sent");
    if let Point::Seen(mark) = point {
        stream.set_nonblocking(true).expect("set");
        // The answer ends the wait, too: not every chunk brings every mark into being.
        while !is_there(data, mark) && stream.peek(&mut [0]).is_err() {
            std::thread::yield_now();
        }
        stream.set_nonblocking(false).expect("set");
    }
    let answered = matches!(point, Point::Answered) && answer(&mut stream).is_some();
    running.kill();
    answered || answer(&mut stream).is_some()
}

/// The chunks that the server still wants, and whether the upload is finished.
fn wanted(running: &Running) -> (Vec<usize>, bool) {
    let path = "/v1_1/demo/upload_status/abc?upload_preset=unsigned";
    let status: Value = serde_json::from_slice(&get(running, path)).expect("JSON");
    let kept = |index: &usize| {
        let ranges = status["ranges"].as_array().into_iter().flatten();
        let start = index * CHUNK;
        let mut spans = ranges.map(|span| (span[0].as_u64(), span[1].as_u64()));
        spans.any(|(from, to)| from <= Some(start as u64) && Some(start as u64) < to)
    };
    let missing = (0..CHUNKS).filter(|index| !kept(index)).collect();
    (missing, status["done"] == true)
}

fn survives(seed: u64) {
    let mut chance = Chance(seed);
    let folder = TempDir::new();
    let data = folder.path().join("data");
    let config = settings(&folder);
    let config = config.to_str().expect("UTF-8");
    let file = data::noise(FILE_BYTES);
    let mut answered = Vec::new();
    let mut kills = Vec::new();
    let asset = loop {
        let running = Running::with(&folder, &["--config", config]);
        let (missing, done) = wanted(&running);
        let lost: Vec<_> = answered.iter().filter(|i| missing.contains(i)).collect();
        assert!(
            lost.is_empty(),
            "seed {seed}: lost {lost:?} after {kills:?}"
        );
        let next = missing.first().copied().unwrap_or(CHUNKS - 1);
        let request = request(&file, next);
        if kills.len() < 6 && !done {
            let point = Point::any(&mut chance);
            kills.push((next, point));
            if killed_at(running, &data, &request, point) {
                answered.push(next);
            }
            continue;
        }
        let mut stream = connect(&running);
        stream.write_all(&request).expect("sent");
        let told = answer(&mut stream).expect("an answer");
        if told["asset_id"].is_string() {
            let url = told["url"].as_str().and_then(|url| url.split_once("//x"));
            let stored = get(&running, url.expect("our own URL").1);
            assert_eq!(
                data::sha256(&stored),
                data::sha256(&file),
                "seed {seed} {kills:?}"
            );
            break told;
        }
    };
    assert_eq!(asset["etag"], data::md5(&file), "seed {seed} {kills:?}");
    // What a kill left lying about goes at the next start.
    let running = Running::with(&folder, &["--config", config]);
    assert_eq!(wanted(&running), (Vec::new(), true));
    let deadline = Instant::now() + Duration::from_secs(10);
    while is_there(&data, "partial/") && Instant::now() < deadline {
        std::thread::yield_now();
    }
    let mut found = Vec::new();
    below(&data, &mut found);
    let count = |name: &str| found.iter().filter(|path| path.contains(name)).count();
    // The folders themselves are among the paths.
    let left = (
        count("/record.json"),
        count("/partial/"),
        count("/incoming/"),
    );
    assert_eq!(left, (1, 1, 1), "seed {seed} {kills:?}: {found:?}");
}

#[test]
fn a_killed_server_loses_no_answered_chunk_and_makes_no_second_asset() {
    for seed in 1..=24 {
        survives(seed);
    }
}
