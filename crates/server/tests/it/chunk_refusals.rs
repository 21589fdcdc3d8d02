//! Chunks that can't be taken: in which words they are refused, and that nothing is lost by it.

use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::chunks::{SMALL, Sender, UPLOAD, range};
use crate::client::{Answer, Form, TestServer, read_answer, until};
use crate::data;

fn refused(answer: &Answer, words: &str) {
    assert!(answer.error().starts_with(words), "{}", answer.error());
    assert_eq!(answer.status, 400, "{words}");
}

async fn finishes(server: &TestServer, sender: &Sender<'_>, start: usize) {
    let asset = sender.known(server, start, sender.file.len()).await.asset();
    assert_eq!(asset["etag"], data::md5(sender.file));
    let stored = server.fetch(&asset["url"]).await.body;
    assert_eq!(data::sha256(&stored), data::sha256(sender.file));
    assert_eq!(server.count_assets(), 1);
    assert!(server.stored("partial").is_empty());
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn headers_that_make_no_sense_are_told_so() {
    let server = TestServer::start().await;
    let form = Form::new().file("a", b"x");
    let id = ("X-Unique-Upload-Id", "abc");
    let table: [(&[(&str, &str)], &str); 8] = [
        (
            &[("Content-Range", "bytes 0-0/1")],
            "Missing required parameter - public_id",
        ),
        (
            &[("Content-Range", "bytes 0-1"), id],
            "Invalid Content-Range",
        ),
        (
            &[("Content-Range", "bytes 5-4/9"), id],
            "Invalid Content-Range",
        ),
        (
            &[("Content-Range", "bytes 0-9/9"), id],
            "Invalid Content-Range",
        ),
        (&[("Content-Range", "bytes 0--1/0"), id], "Empty file"),
        (
            &[("Content-Range", "bytes 0-9/10737418241"), id],
            "File size too large. Got 10737418241. Maximum is 10737418240.",
        ),
        (
            &[("Content-Range", "bytes 0-104857600/*"), id],
            "File size too large. Got 104857601. Maximum is 104857600.",
        ),
        (
            &[("X-Upload-Part-Number", "1"), id],
            "Invalid X-Upload-Part-Number",
        ),
    ];
    for (headers, words) in table {
        refused(&server.upload_to(UPLOAD, headers, &form).await, words);
    }
    assert!(server.stored("partial").is_empty());
}

#[tokio::test]
async fn bytes_out_of_turn_are_told_where_to_continue() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(9_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let gap = async |start: usize, end: usize, offset: &str| {
        let answer = sender.known(&server, start, end).await;
        refused(&answer, "Earlier bytes of this upload are missing.");
        assert_eq!(answer.header("x-upload-offset"), Some(offset));
        let exposed = answer.header("access-control-expose-headers");
        assert!(exposed.is_some_and(|names| names.contains("X-Upload-Offset")));
    };
    gap(8000, 9000, "0").await;
    gap(2000, 4000, "0").await;
    assert!(server.stored("partial").is_empty());
    sender.known(&server, 0, 2000).await.asset();
    gap(8000, 9000, "2000").await;
    sender.known(&server, 4000, 6000).await.asset();
    gap(8000, 9000, "2000").await;
    sender.known(&server, 2000, 4000).await.asset();
    gap(8000, 9000, "6000").await;
    sender.known(&server, 6000, 8000).await.asset();
    finishes(&server, &sender, 8000).await;
}

#[tokio::test]
async fn overlaps_and_other_totals_leave_what_is_stored_untouched() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(8_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    // Other bytes than the file has at these places.
    let other = Sender {
        id: "abc",
        file: &data::noise(9_000)[1_000..],
    };
    sender.send(&server, 0, 2000, "*").await.asset();
    sender.send(&server, 4000, 6000, "*").await.asset();
    for (start, end, total) in [
        (0, 1500, "*"),
        (0, 2500, "*"),
        (1000, 2000, "8000"),
        (1000, 5000, "*"),
        (2000, 4001, "-1"),
        (3999, 6000, "8000"),
        (5000, 7000, "8000"),
        (4000, 5000, "5000"),
        (0, 8000, "8000"),
    ] {
        let answer = other.send(&server, start, end, total).await;
        refused(&answer, "Content-Range contradicts an earlier chunk");
    }
    sender.known(&server, 2000, 4000).await.asset();
    for (start, end, total) in [
        (6000, 7000, "9000"),
        (6000, 7000, "7000"),
        (0, 2000, "9000"),
        (7000, 8000, "8001"),
    ] {
        let answer = other.send(&server, start, end, total).await;
        refused(&answer, "Content-Range contradicts an earlier chunk");
    }
    finishes(&server, &sender, 6000).await;
}

#[tokio::test]
async fn a_chunk_has_as_many_bytes_as_it_says() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(6_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let wrong = async |start: usize, end: usize, bytes: &[u8]| {
        let form = Form::new().file("a", bytes);
        let range = range(start, end, "6000");
        let answer = sender.send_form(&server, &range, &form).await;
        let (got, promised) = (bytes.len(), end - start);
        let words = format!("Content-Range promises {promised} bytes, but the file part has {got}");
        refused(&answer, &words);
    };
    for bytes in [&file[..1999], &file[..2001], &file[..0], &file] {
        wrong(0, 2000, bytes).await;
        assert!(server.stored("partial").is_empty());
    }
    sender.known(&server, 0, 2000).await.asset();
    sender.known(&server, 4000, 5000).await.asset();
    for bytes in [&file[..1999], &file[..2001], &file[..0], &file] {
        wrong(2000, 4000, bytes).await;
        wrong(0, 2000, bytes).await;
    }
    let status = sender.status(&server).await.asset();
    assert_eq!(status["ranges"], json!([[0, 2000], [4000, 5000]]));
    sender.known(&server, 2000, 4000).await.asset();
    wrong(5000, 6000, &file[..999]).await;
    let empty = Form::new();
    let without = sender.send_form(&server, "bytes 5000-5999/6000", &empty);
    refused(&without.await, "Missing required parameter - file");
    finishes(&server, &sender, 5000).await;
}

#[tokio::test]
async fn small_chunks_are_refused_in_the_words_of_the_wire() {
    let server = TestServer::start().await;
    let file = data::noise(5_242_881);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    for total in ["5242881", "-1", "*"] {
        let answer = sender.send(&server, 0, 5_242_879, total).await;
        refused(
            &answer,
            "All parts except EOF-chunk must be larger than 5mb",
        );
    }
    assert!(server.stored("partial").is_empty());
    sender.send(&server, 0, 5_242_880, "-1").await.asset();
    finishes(&server, &sender, 5_242_880).await;

    let server = TestServer::with(SMALL).await;
    let answer = sender.send(&server, 0, 999, "-1").await;
    refused(
        &answer,
        "All parts except EOF-chunk must be larger than 1000 bytes",
    );
}

#[tokio::test]
async fn uploads_and_requests_have_limits_of_their_own() {
    let limits =
        "limits = { chunk_bytes_min = 1000, file_bytes_max = 2000, upload_bytes_max = 5000 }";
    let server = TestServer::with(limits).await;
    let file = data::noise(5_001);
    let sender = Sender {
        id: "abc",
        file: &file[..5000],
    };
    let answer = sender.known(&server, 0, 2001).await;
    refused(&answer, "File size too large. Got 2001. Maximum is 2000.");
    sender.send(&server, 0, 2000, "*").await.asset();
    sender.send(&server, 2000, 4000, "*").await.asset();
    let large = Sender {
        id: "abc",
        file: &file,
    };
    let answer = large.send(&server, 4000, 5001, "*").await;
    refused(&answer, "File size too large. Got 5001. Maximum is 5000.");
    finishes(&server, &sender, 4000).await;
}

#[tokio::test]
async fn what_can_become_no_asset_is_refused_early_and_forgotten() {
    let settings = format!(
        "{SMALL}\n[clouds.demo.presets.photos]\nunsigned = true\nallowed_formats = ['jpg']"
    );
    let server = TestServer::with(&settings).await;
    let cut = [data::png(4, 4)[..20].to_vec(), vec![0; 3_000]].concat();
    let id = ("X-Unique-Upload-Id", "abc");
    let send = async |path: &str, preset: &str, range: &str, bytes: &[u8]| {
        let form = Form::default().field("upload_preset", preset);
        let headers = [("Content-Range", range), id];
        server
            .upload_to(path, &headers, &form.file("a.png", bytes))
            .await
    };
    let image = "/v1_1/demo/image/upload";
    let text = send(image, "unsigned", "bytes 0-1999/3020", &[b'a'; 2000]).await;
    refused(&text, "Invalid image file");
    let png = send(UPLOAD, "photos", "bytes 0-1999/3020", &cut[..2000]).await;
    refused(&png, "Image file format png not allowed");
    assert!(server.stored("partial").is_empty());

    let first = send(image, "unsigned", "bytes 0-1999/3020", &cut[..2000]).await;
    assert_eq!(first.asset()["resource_type"], "image");
    let last = send(image, "unsigned", "bytes 2000-3019/3020", &cut[2000..]).await;
    refused(&last, "Invalid image file");
    assert!(server.stored("partial").is_empty());
    assert_eq!(server.count_assets(), 0);
}

/// Begins a chunk and sends this much of its body.
async fn begin(server: &TestServer, range: &str, form: &Form, bytes: usize) -> TcpStream {
    let body = form.body();
    let head = format!(
        "POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Range: {range}\r\n\
         X-Unique-Upload-Id: abc\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary=xYzZY\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(&body[..bytes]).await.expect("sent");
    stream
}

/// Whether some bytes of an upload that isn't finished have reached the disk.
fn has_written(server: &TestServer, end: u64) -> bool {
    let blobs = server.stored("partial");
    let mut sizes = blobs.iter().filter(|path| path.ends_with("blob"));
    sizes.any(|path| path.metadata().is_ok_and(|found| found.len() >= end))
}

#[tokio::test]
async fn a_newer_request_takes_over_from_one_that_is_stuck() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(3_000_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let other = Form::new().file("a", &vec![b'x'; 1_000_000]);
    for start in [0, 1_000_000, 2_000_000] {
        let end = start + 1_000_000;
        let range = range(start, end, "3000000");
        let mut stuck = begin(&server, &range, &other, 700_000).await;
        until("the stuck chunk arrives", || {
            has_written(&server, start as u64 + 500_000)
        })
        .await;
        let answer = sender.known(&server, start, end).await;
        assert_eq!(answer.asset()["done"], end == file.len());
        let told = read_answer(&mut stuck).await;
        assert_eq!(told.status, 503);
        assert!(told.error().starts_with("A newer request sends the same"));
    }
    let again = sender.known(&server, 2_000_000, 3_000_000).await.asset();
    let stored = server.fetch(&again["url"]).await.body;
    assert_eq!(data::sha256(&stored), data::sha256(&file));
    assert_eq!(server.count_assets(), 1);
}

#[tokio::test]
async fn an_aborted_chunk_costs_only_itself() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(3_000_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let other = Form::new().file("a", &vec![b'x'; 1_000_000]);
    for start in [0, 1_000_000, 2_000_000] {
        let range = range(start, start + 1_000_000, "3000000");
        for _ in 0..3 {
            let stuck = begin(&server, &range, &other, 700_000).await;
            until("the chunk arrives", || {
                has_written(&server, start as u64 + 500_000)
            })
            .await;
            drop(stuck);
            if start == 0 {
                until("nothing is left", || server.stored("partial").is_empty()).await;
            }
        }
        if start < 2_000_000 {
            let answer = sender.known(&server, start, start + 1_000_000).await;
            assert_eq!(answer.asset()["bytes"], start + 1_000_000);
        }
    }
    finishes(&server, &sender, 2_000_000).await;
}

#[tokio::test]
async fn what_an_interrupted_chunk_left_behind_the_end_is_cut_off() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(1_100_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    sender.send(&server, 0, 1_000_000, "*").await.asset();
    let other = Form::new().file("a", &vec![b'x'; 2_000_000]);
    let mut stuck = begin(&server, "bytes 2000000-3999999/*", &other, 700_000).await;
    until("the chunk arrives", || has_written(&server, 2_500_000)).await;
    finishes(&server, &sender, 1_000_000).await;
    assert_eq!(read_answer(&mut stuck).await.status, 503);
}

#[tokio::test]
async fn the_same_chunks_sent_at_once_make_one_asset() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(900_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    for start in [0, 300_000, 600_000] {
        let send = || sender.known(&server, start, start + 300_000);
        let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
        let answers = [a, b, c, d];
        let good = answers.iter().filter(|answer| answer.status == 200);
        assert!(good.count() >= 1);
        for answer in &answers {
            assert!(matches!(answer.status, 200 | 503), "{answer:?}");
        }
    }
    finishes(&server, &sender, 600_000).await;
}

#[tokio::test]
async fn what_a_killed_server_left_half_written_is_written_anew() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(6_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let first = sender.known(&server, 0, 2000).await.asset();
    let journal = async |server: TestServer, change: fn(Vec<u8>) -> Vec<u8>| {
        let folder = server.stop().await;
        let server = TestServer::in_folder(folder, SMALL).await;
        let paths = server.stored("partial");
        let ranges = paths.iter().find(|path| path.ends_with("ranges"));
        let ranges = ranges.expect("a journal");
        let text = std::fs::read(ranges).expect("read");
        std::fs::write(ranges, change(text)).expect("written");
        server
    };
    // The line of the first chunk is missing: what was decided with it stays.
    let server = journal(server, |_| Vec::new()).await;
    let again = sender.known(&server, 0, 2000).await.asset();
    assert_eq!(again, first);
    let server = journal(server, |text| [&text[..], b"2000 40"].concat()).await;
    assert_eq!(sender.status(&server).await.asset()["offset"], 2000);
    sender.known(&server, 2000, 4000).await.asset();
    assert_eq!(sender.status(&server).await.asset()["offset"], 4000);
    finishes(&server, &sender, 4000).await;
}

#[tokio::test]
async fn abandoned_uploads_are_swept() {
    let settings = format!("{SMALL}\nlimits.upload_idle_seconds_max = 3600");
    let server = TestServer::with(&settings).await;
    let file = data::noise(4_000);
    for id in ["old", "young"] {
        let sender = Sender { id, file: &file };
        sender.known(&server, 0, 2000).await.asset();
        if id == "old" {
            let paths = server.stored("partial");
            let ranges = paths.iter().find(|path| path.ends_with("ranges"));
            let ranges = std::fs::File::options()
                .append(true)
                .open(ranges.expect("a journal"))
                .expect("opened");
            let age = Duration::from_secs(3601);
            ranges
                .set_modified(SystemTime::now() - age)
                .expect("an older file");
        }
    }
    let server = TestServer::in_folder(server.stop().await, &settings).await;
    let count = || {
        let paths = server.stored("partial");
        paths.iter().filter(|path| path.ends_with("ranges")).count()
    };
    until("the old upload is swept", || count() == 1).await;
    let old = Sender {
        id: "old",
        file: &file,
    };
    let young = Sender {
        id: "young",
        file: &file,
    };
    assert_eq!(old.status(&server).await.status, 404);
    let answer = old.known(&server, 2000, 4000).await;
    assert_eq!(answer.header("x-upload-offset"), Some("0"));
    assert_eq!(young.status(&server).await.asset()["offset"], 2000);
    finishes(&server, &young, 2000).await;
}

#[tokio::test]
async fn trouble_of_our_own_loses_no_chunk() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(6_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    sender.known(&server, 0, 2000).await.asset();
    // The record can't be written while this folder is away.
    let incoming = server.folder.path().join("data/incoming");
    std::fs::remove_dir(&incoming).expect("an empty folder");
    sender.known(&server, 2000, 4000).await.asset();
    let last = sender.known(&server, 4000, 6000).await;
    assert_eq!((last.status, last.error().as_str()), (500, "General Error"));
    std::fs::create_dir(&incoming).expect("a folder");
    assert_eq!(sender.status(&server).await.asset()["offset"], 6000);
    finishes(&server, &sender, 4000).await;
}
