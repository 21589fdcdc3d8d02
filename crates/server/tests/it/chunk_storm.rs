//! Chunks under random trouble: out of turn, twice, at once, cut off, with other bytes, between
//! restarts. Whatever happens, an upload that is finished is its file, once. Seeds repeat runs.

use std::collections::BTreeSet;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::chunks::{SMALL, Sender, UPLOAD, range};
use crate::client::{Form, TestServer};
use crate::data;

/// A small generator, so that a failure can be repeated from its seed.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

/// One upload and what its client knows of it.
struct Run {
    id: String,
    file: Vec<u8>,
    /// Where chunks begin, and the end.
    edges: Vec<usize>,
    kept: BTreeSet<usize>,
    total: &'static str,
}

impl Run {
    fn new(seed: u64, chance: &mut Chance) -> Self {
        let size = 300_000 + chance.below(900_000);
        let start = chance.below(10_000);
        let file = data::noise(start + size).split_off(start);
        let mut edges = vec![0];
        let mut at = 0;
        while at < size {
            at = (at + 1_000 + chance.below(300_000)).min(size);
            edges.push(at);
        }
        let total = ["known", "-1", "*"][chance.below(3)];
        Self {
            id: format!("storm-{seed}"),
            file,
            edges,
            kept: BTreeSet::new(),
            total,
        }
    }

    fn chunks(&self) -> usize {
        self.edges.len() - 1
    }

    fn total(&self, index: usize) -> String {
        let is_last = index + 1 == self.chunks();
        match self.total {
            "known" => self.file.len().to_string(),
            _ if is_last => self.file.len().to_string(),
            unknown => unknown.to_owned(),
        }
    }

    fn span(&self, index: usize) -> (usize, usize) {
        (self.edges[index], self.edges[index + 1])
    }

    /// Sends a chunk; notes what was promised, and gives the asset's tag when it is finished.
    async fn send(&mut self, server: &TestServer, index: usize) -> Option<String> {
        let (start, end) = self.span(index);
        let total = self.total(index);
        let sender = Sender {
            id: &self.id,
            file: &self.file,
        };
        let mut answer = sender.send(server, start, end, &total).await;
        // One that broke off may be seen after this one; then this one asks again.
        while answer.status == 503 {
            answer = sender.send(server, start, end, &total).await;
        }
        assert!(matches!(answer.status, 200 | 400), "{answer:?}");
        if answer.status == 400 {
            assert!(answer.header("x-upload-offset").is_some(), "{answer:?}");
            return None;
        }
        self.kept.insert(index);
        answer.json()["etag"].as_str().map(str::to_owned)
    }

    /// Sends wrong bytes for a chunk and breaks off, soon or late.
    async fn break_off(&self, server: &TestServer, index: usize, chance: &mut Chance) -> TcpStream {
        let (start, end) = self.span(index);
        let body = Form::new().file("a", &vec![b'x'; end - start]).body();
        let head = format!(
            "POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nContent-Range: {}\r\n\
             X-Unique-Upload-Id: {}\r\nContent-Length: {}\r\n\
             Content-Type: multipart/form-data; boundary=xYzZY\r\n\r\n",
            range(start, end, &self.total(index)),
            self.id,
            body.len()
        );
        let mut stream = TcpStream::connect(server.address)
            .await
            .expect("a connection");
        stream.write_all(head.as_bytes()).await.expect("sent");
        // Never whole: then they would be the file's bytes by right.
        let sent = chance.below(body.len() - 40);
        // The server may have refused it by now.
        let _ = stream.write_all(&body[..sent]).await;
        stream
    }
}

async fn storm(seed: u64) {
    let mut chance = Chance(seed);
    let mut run = Run::new(seed, &mut chance);
    let mut server = TestServer::with(SMALL).await;
    let mut open = Vec::new();
    let mut etag = None;
    for _ in 0..8 + 2 * run.chunks() {
        let index = chance.below(run.chunks());
        match chance.below(8) {
            0 => {
                // The bytes of a connection that is open may still arrive after this.
                let broken = run.break_off(&server, index, &mut chance).await;
                open.push(broken);
            }
            1 => open.clear(),
            2 => {
                open.clear();
                server = TestServer::in_folder(server.stop().await, SMALL).await;
            }
            _ => etag = run.send(&server, index).await.or(etag),
        }
    }
    let sender = Sender {
        id: &run.id,
        file: &run.file,
    };
    let status = sender.status(&server).await;
    let offset = status.json()["offset"].as_u64().unwrap_or_default();
    let unbroken = (0..run.chunks()).take_while(|index| run.kept.contains(index));
    let promised = unbroken.last().map_or(0, |index| run.edges[index + 1]);
    assert_eq!(offset, promised as u64, "seed {seed}");
    for index in 0..run.chunks() {
        etag = run.send(&server, index).await.or(etag);
    }
    assert_eq!(etag, Some(data::md5(&run.file)), "seed {seed}");
    let paths = server.stored("assets");
    let blobs: Vec<_> = paths.iter().filter(|path| path.ends_with("blob")).collect();
    let [blob] = blobs[..] else {
        panic!("seed {seed}: {blobs:?}");
    };
    let stored = std::fs::read(blob).expect("the bytes");
    assert_eq!(
        data::sha256(&stored),
        data::sha256(&run.file),
        "seed {seed}"
    );
    assert!(server.stored("partial").is_empty(), "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_a_finished_upload_is_its_file_once() {
    for seed in 1..=20 {
        storm(seed).await;
    }
}
