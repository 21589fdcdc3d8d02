//! The real binary dies at many points of chunked uploads, before any step that changes what is
//! stored; then on with the upload: the asset is the file, there is one, and no chunk that was
//! answered is asked for again.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bucket::Bucket;
use crate::chunk_storm::Chance;
use crate::chunks::range;
use crate::client::{Form, TempDir};
use crate::data;
use crate::process::Running;

const CHUNK: usize = 600_000;
const CHUNKS: usize = 4;
const FILE_BYTES: usize = CHUNK * (CHUNKS - 1) + 123_457;
/// A start, a chunk or an end takes fewer steps, so each of them is met from its first to its last.
const STEPS_MAX: usize = 16;
const DEATHS_PER_UPLOAD: usize = 8;

/// One upload through many lives of a server.
struct Run {
    seed: u64,
    folder: TempDir,
    config: PathBuf,
    file: Vec<u8>,
    /// Whether chunks are numbered, instead of saying their bytes.
    numbered: bool,
    answered: BTreeSet<usize>,
    deaths: Vec<usize>,
}

impl Run {
    fn new(seed: u64, store: &str, numbered: bool) -> Self {
        let folder = TempDir::new();
        let config = folder.path().join("settings.toml");
        let text = format!(
            "{store}\n[limits]\nchunk_bytes_min = 1000\n\
             [clouds.demo.presets.unsigned]\nunsigned = true\n"
        );
        std::fs::write(&config, text).expect("written");
        Self {
            seed,
            folder,
            config,
            file: data::noise(FILE_BYTES),
            numbered,
            answered: BTreeSet::new(),
            deaths: Vec::new(),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A server, which dies at this step if one is given. Nothing when it died before it was ready.
    fn serve(&self, step: Option<usize>) -> Option<Running> {
        let arguments = ["--config", self.config.to_str().expect("UTF-8")];
        match step {
            Some(step) => Running::until_step(&self.folder, &arguments, step),
            None => Some(Running::with(&self.folder, &arguments)),
        }
    }

    fn request(&self, index: usize) -> Vec<u8> {
        let start = index * CHUNK;
        let end = (start + CHUNK).min(self.file.len());
        let body = Form::new().file("film.bin", &self.file[start..end]).body();
        let which = if self.numbered {
            let number = index + 1;
            format!("X-Upload-Part-Number: {number}\r\nX-Upload-Total-Parts: {CHUNKS}")
        } else {
            let range = range(start, end, &self.file.len().to_string());
            format!("Content-Range: {range}")
        };
        let head = format!(
            "POST /v1_1/demo/auto/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             {which}\r\nX-Unique-Upload-Id: abc\r\nContent-Length: {}\r\n\
             Content-Type: multipart/form-data; boundary=xYzZY\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), &body].concat()
    }

    /// Sends chunks until the upload is finished, which gives the asset, or the server is dead.
    fn go_on(&mut self, running: &Running) -> Option<Value> {
        loop {
            let status = json(running, &get_request("/v1_1/demo/upload_status/abc"))?;
            let missing = missing(&status);
            let is_new = status["ranges"].is_null();
            let lost: Vec<_> = self
                .answered
                .iter()
                .filter(|i| missing.contains(i))
                .collect();
            let (seed, deaths) = (self.seed, &self.deaths);
            assert!(
                lost.is_empty(),
                "seed {seed}: lost {lost:?} after {deaths:?}"
            );
            let between: Vec<usize> = missing
                .iter()
                .copied()
                .filter(|i| *i < CHUNKS - 1)
                .collect();
            // Two at once where the wire allows it.
            let next = match between[..] {
                // Numbered parts need not wait for the first, nor the last for all others.
                _ if self.numbered && !missing.is_empty() => {
                    missing.iter().rev().copied().collect()
                }
                [0, ..] => vec![0],
                [one, two, ..] if !is_new => vec![one, two],
                [one, ..] => vec![one],
                [] => vec![CHUNKS - 1],
            };
            let answers: Vec<_> = thread::scope(|scope| {
                let send = |index: &usize| {
                    let request = self.request(*index);
                    (*index, scope.spawn(move || json(running, &request)))
                };
                let sent: Vec<_> = next.iter().map(send).collect();
                let end = |(index, thread): (usize, thread::ScopedJoinHandle<'_, _>)| {
                    (index, thread.join().expect("no panic"))
                };
                sent.into_iter().map(end).collect()
            });
            for (index, answer) in answers {
                let answer = answer?;
                if answer["asset_id"].is_string() {
                    return Some(answer);
                }
                self.answered.insert(index);
            }
        }
    }
}

fn connect(running: &Running) -> Option<TcpStream> {
    TcpStream::connect(running.address()).ok()
}

fn get_request(path: &str) -> Vec<u8> {
    let path = format!("{path}?upload_preset=unsigned");
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").into_bytes()
}

/// The body of the answer, if all of it came.
fn answer(running: &Running, request: &[u8]) -> Option<Vec<u8>> {
    let mut stream = connect(running)?;
    stream.write_all(request).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let body = bytes.split_off(end + 4);
    let length = head.split("content-length: ").nth(1)?;
    let length: usize = length.split("\r\n").next()?.parse().expect("a number");
    let is_answer = head.starts_with("http/1.1 200") || head.starts_with("http/1.1 404");
    assert!(is_answer, "{head}\n{}", String::from_utf8_lossy(&body));
    (body.len() == length).then_some(body)
}

fn json(running: &Running, request: &[u8]) -> Option<Value> {
    serde_json::from_slice(&answer(running, request)?).ok()
}

/// The chunks that the server still wants.
fn missing(status: &Value) -> Vec<usize> {
    let kept = |index: &usize| {
        if let Some(parts) = status["parts"].as_array() {
            return parts.contains(&(index + 1).into());
        }
        let ranges = status["ranges"].as_array().into_iter().flatten();
        let start = index * CHUNK;
        let mut spans = ranges.map(|span| (span[0].as_u64(), span[1].as_u64()));
        spans.any(|(from, to)| from <= Some(start as u64) && Some(start as u64) < to)
    };
    (0..CHUNKS).filter(|index| !kept(index)).collect()
}

/// Paths below a folder.
fn below(path: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        found.push(entry.path());
        found.extend(below(&entry.path()));
    }
    found
}

/// Lets a server die again and again in one upload, and looks at what came of it; gives the run
/// and how often it died.
fn survives(seed: u64, store: &str, numbered: bool) -> (Run, usize) {
    let mut chance = Chance(seed);
    let mut run = Run::new(seed, store, numbered);
    let asset = loop {
        let is_last = run.deaths.len() >= DEATHS_PER_UPLOAD;
        let step = (!is_last).then(|| 1 + chance.below(STEPS_MAX));
        let told = match run.serve(step) {
            Some(running) => run.go_on(&running),
            None => None,
        };
        match (told, step) {
            (Some(asset), _) => break asset,
            (None, Some(step)) => run.deaths.push(step),
            (None, None) => panic!("seed {seed}: it died by itself after {:?}", run.deaths),
        }
    };
    let running = run.serve(None).expect("a server");
    let (deaths, count) = (&run.deaths, run.deaths.len());
    assert_eq!(
        asset["etag"],
        data::md5(&run.file),
        "seed {seed} {deaths:?}"
    );
    let url = asset["url"].as_str().and_then(|url| url.split_once("//x"));
    let stored = answer(&running, &get_request(url.expect("our own URL").1));
    let stored = stored.expect("the file");
    assert_eq!(
        data::sha256(&stored),
        data::sha256(&run.file),
        "seed {seed} {deaths:?}"
    );
    let status = json(&running, &get_request("/v1_1/demo/upload_status/abc"));
    assert_eq!(status.expect("a status")["done"], true);
    (run, count)
}

#[test]
fn a_server_that_dies_loses_no_answered_chunk_and_makes_no_second_asset() {
    let mut deaths = 0;
    let mut seed = 0;
    while deaths < 200 {
        seed += 1;
        let (run, count) = survives(seed, "", seed % 2 == 0);
        deaths += count;
        // What a death left lying about goes at the next start.
        let data = run.data();
        let deadline = Instant::now() + Duration::from_secs(10);
        while !below(&data.join("partial")).is_empty() && Instant::now() < deadline {
            thread::yield_now();
        }
        let (partial, incoming) = (below(&data.join("partial")), below(&data.join("incoming")));
        let assets = below(&data.join("assets"));
        let records = assets.iter().filter(|path| path.ends_with("record.json"));
        let left = (records.count(), partial.len(), incoming.len());
        assert_eq!(left, (1, 0, 0), "seed {seed} {:?}: {partial:?}", run.deaths);
    }
}

#[test]
fn a_server_that_dies_leaves_a_bucket_from_which_the_next_one_goes_on() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut deaths = 0;
    let mut seed = 1_000;
    while deaths < 40 {
        seed += 1;
        let bucket = runtime.block_on(Bucket::start());
        let (run, count) = survives(seed, &bucket.settings(), seed % 2 == 0);
        deaths += count;
        let records = bucket.objects("assets");
        assert_eq!(
            records.len(),
            1,
            "seed {seed} {:?}: {records:?}",
            run.deaths
        );
    }
}
