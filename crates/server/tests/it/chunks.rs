//! Files that come in chunks: what is answered on the way, and that the asset is the file.

use serde_json::{Value, json};

use crate::client::{Answer, Client, Form, TestServer};
use crate::data;

pub const UPLOAD: &str = "/v1_1/demo/auto/upload";
/// Chunks of some kilobytes make quick tests.
pub const SMALL: &str = "limits.chunk_bytes_min = 1000";

/// A file on its way: its bytes, and the upload ID under which they are sent.
pub struct Sender<'a> {
    pub id: &'a str,
    pub file: &'a [u8],
}

impl Sender<'_> {
    /// Sends some of the bytes; `total` is what the header says.
    pub async fn send(&self, server: &Client, start: usize, end: usize, total: &str) -> Answer {
        let form = Form::new().file("film.bin", &self.file[start..end]);
        self.send_form(server, &range(start, end, total), &form)
            .await
    }

    pub async fn send_form(&self, server: &Client, range: &str, form: &Form) -> Answer {
        let headers = [("Content-Range", range), ("X-Unique-Upload-Id", self.id)];
        server.upload_to(UPLOAD, &headers, form).await
    }

    /// The same with the size of the file as total.
    pub async fn known(&self, server: &Client, start: usize, end: usize) -> Answer {
        self.send(server, start, end, &self.file.len().to_string())
            .await
    }

    pub async fn status(&self, server: &Client) -> Answer {
        let id = self.id;
        let path = format!("/v1_1/demo/upload_status/{id}?upload_preset=unsigned");
        server.get(&path).await
    }
}

pub fn range(start: usize, end: usize, total: &str) -> String {
    format!("bytes {start}-{}/{total}", end - 1)
}

/// The asset of a finished upload, after a look at its bytes.
async fn finished(server: &TestServer, answer: &Answer, file: &[u8]) -> Value {
    let asset = answer.asset();
    assert_eq!(asset["done"], true);
    assert_eq!(asset["bytes"], file.len());
    assert_eq!(asset["etag"], data::md5(file));
    let delivered = server.fetch(&asset["secure_url"]).await;
    assert_eq!(data::sha256(&delivered.body), data::sha256(file));
    asset
}

#[tokio::test]
async fn three_chunks_in_order_make_one_asset() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(1_500_001);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let mut public_id = Value::Null;
    for (start, end) in [(0, 700_000), (700_000, 1_400_000)] {
        let answer = sender.known(&server, start, end).await;
        assert_eq!(answer.header("x-upload-status"), Some("1"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let told = answer.asset();
        if start == 0 {
            public_id = told["public_id"].clone();
        }
        let expected = json!({
            "done": false, "public_id": public_id, "bytes": end, "resource_type": "raw",
            "type": "upload", "upload_id": "abc",
        });
        assert_eq!(told, expected);
        assert_eq!(server.count_assets(), 0);
    }
    let last = sender.known(&server, 1_400_000, file.len()).await;
    let asset = finished(&server, &last, &file).await;
    assert_eq!(asset["public_id"], public_id);
    assert_eq!(asset["original_filename"], "film");
    assert_eq!(last.header("x-upload-replayed"), None);
    assert_eq!(server.count_assets(), 1);
    assert!(server.stored("partial").is_empty());
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn chunks_between_come_in_any_order_and_at_once() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(20 * 60_000 + 17);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let send = async |index: usize| {
        let start = index * 60_000;
        let end = (start + 60_000).min(file.len());
        sender.known(&server, start, end).await
    };
    assert_eq!(send(0).await.asset()["done"], false);
    // Seven shuffles twenty, so that neighbours never follow each other.
    let indices: Vec<usize> = (1..20).map(|step| step * 7 % 20).collect();
    let [one, two, three, four] = std::array::from_fn(|lane| {
        let lane: Vec<usize> = indices.iter().copied().skip(lane).step_by(4).collect();
        async {
            for index in lane {
                assert_eq!(send(index).await.asset()["done"], false, "chunk {index}");
            }
        }
    });
    tokio::join!(one, two, three, four);
    finished(&server, &send(20).await, &file).await;
    assert_eq!(server.count_assets(), 1);
}

#[tokio::test]
async fn the_total_may_stay_unknown_until_the_last_chunk() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(5_500);
    for (id, first, second) in [("a", "-1", "-1"), ("b", "*", "*"), ("c", "-1", "5500")] {
        let sender = Sender { id, file: &file };
        let one = sender.send(&server, 0, 2000, first).await;
        let two = sender.send(&server, 2000, 4000, second).await;
        assert_eq!(
            (&one.asset()["bytes"], &two.asset()["bytes"]),
            (&json!(2000), &json!(4000))
        );
        let last = sender.known(&server, 4000, 5500).await;
        finished(&server, &last, &file).await;
    }
    // Who learns only afterwards that a chunk was the last one says so by sending it again.
    let sender = Sender {
        id: "d",
        file: &file[..4000],
    };
    sender.send(&server, 0, 2000, "-1").await.asset();
    sender.send(&server, 2000, 4000, "-1").await.asset();
    let again = sender.known(&server, 2000, 4000).await;
    finished(&server, &again, &file[..4000]).await;
    assert_eq!(server.count_assets(), 4);
}

#[tokio::test]
async fn one_chunk_may_be_the_whole_file() {
    let server = TestServer::start().await;
    let png = data::png(30, 20);
    let sender = Sender {
        id: "abc",
        file: &png,
    };
    let answer = sender.known(&server, 0, png.len()).await;
    let asset = finished(&server, &answer, &png).await;
    assert_eq!(
        (&asset["width"], &asset["format"]),
        (&json!(30), &json!("png"))
    );
    let again = sender.known(&server, 0, png.len()).await;
    assert_eq!(again.header("x-upload-replayed"), Some("1"));
    assert_eq!(again.asset(), asset);
    assert!(server.stored("partial").is_empty());
}

#[tokio::test]
async fn repeats_are_answered_as_before_and_stored_once() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(6_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let first = sender.known(&server, 0, 2000).await.asset();
    assert_eq!(sender.known(&server, 0, 2000).await.asset(), first);
    let middle = sender.known(&server, 2000, 4000).await.asset();
    // What a repeat brings is not looked at: the first bytes stay.
    let other = Sender {
        id: "abc",
        file: &data::noise(7_000)[1_000..],
    };
    assert_eq!(other.known(&server, 2000, 4000).await.asset(), middle);
    let last = sender.known(&server, 4000, 6000).await;
    let asset = finished(&server, &last, &file).await;
    let server = TestServer::in_folder(server.stop().await, SMALL).await;
    let mut later = asset.clone();
    for (start, end) in [(4000, 6000), (0, 2000), (2000, 4000)] {
        let again = sender.known(&server, start, end).await;
        assert_eq!(again.header("x-upload-replayed"), Some("1"));
        let told = again.asset();
        // The second server has another port.
        for field in ["url", "secure_url"] {
            later[field] = told[field].clone();
        }
        assert_eq!(told, later);
    }
    let other_total = sender.send(&server, 0, 2000, "8000").await;
    assert!(
        other_total
            .error()
            .starts_with("Content-Range contradicts an")
    );
    assert_eq!(server.count_assets(), 1);
    assert!(server.stored("partial").is_empty());
}

#[tokio::test]
async fn a_restart_between_chunks_changes_nothing() {
    let mut server = TestServer::with(SMALL).await;
    let file = data::noise(9_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let mut public_id = Value::Null;
    for start in [0, 4000, 2000, 6000] {
        let told = sender.known(&server, start, start + 2000).await.asset();
        assert!(public_id.is_null() || public_id == told["public_id"]);
        public_id = told["public_id"].clone();
        server = TestServer::in_folder(server.stop().await, SMALL).await;
    }
    let last = sender.known(&server, 8000, 9000).await;
    let asset = finished(&server, &last, &file).await;
    assert_eq!(asset["public_id"], public_id);
    assert_eq!(server.count_assets(), 1);
}

#[tokio::test]
async fn one_upload_id_under_two_presets_is_two_uploads() {
    let settings = format!("{SMALL}\n[clouds.demo.presets.other]\nunsigned = true");
    let server = TestServer::with(&settings).await;
    let noise = data::noise(8_000);
    let files = [&noise[..4000], &noise[4000..]];
    let mut ids = Vec::new();
    for (start, end) in [(0, 1500), (1500, 4000)] {
        for (preset, file) in [("unsigned", files[0]), ("other", files[1])] {
            let form = Form::default()
                .field("upload_preset", preset)
                .file("a.bin", &file[start..end]);
            let sender = Sender { id: "same", file };
            let range = range(start, end, "4000");
            let answer = sender.send_form(&server, &range, &form).await;
            ids.push(answer.asset()["public_id"].clone());
            if end == 4000 {
                finished(&server, &answer, file).await;
            }
        }
    }
    assert_eq!((&ids[0], &ids[1]), (&ids[2], &ids[3]));
    assert_ne!(ids[0], ids[1]);
    assert_eq!(server.count_assets(), 2);
}

#[tokio::test]
async fn the_first_chunk_decides() {
    let settings = format!(
        "{SMALL}\n[clouds.demo.presets.strict]\nunsigned = true\ndisallow_public_id = true"
    );
    let server = TestServer::with(&settings).await;
    let file = data::noise(4_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let strict = || Form::default().field("upload_preset", "strict");
    let chosen = strict()
        .field("public_id", "mine")
        .file("a.txt", &file[..2000]);
    let refused = sender.send_form(&server, "bytes 0-1999/4000", &chosen);
    assert!(refused.await.error().starts_with("Public id is not"));
    assert!(server.stored("partial").is_empty());
    let first = strict().field("folder", "one").field("tags", "a");
    let first = first.file("notes.txt", &file[..2000]);
    let told = sender.send_form(&server, "bytes 0-1999/-1", &first).await;
    let public_id = told.asset()["public_id"].clone();
    // Some clients copy the answered public ID into the chunks that follow.
    let last = strict().field("public_id", public_id.as_str().expect("text"));
    let last = last.field("folder", "one").field("tags", "b");
    let last = last.file("blob", &file[2000..]);
    let done = sender
        .send_form(&server, "bytes 2000-3999/4000", &last)
        .await;
    let asset = finished(&server, &done, &file).await;
    assert_eq!(asset["public_id"], public_id);
    assert!(public_id.as_str().is_some_and(|id| id.starts_with("one/")));
    assert!(public_id.as_str().is_some_and(|id| id.ends_with(".txt")));
    assert_eq!(asset["tags"], json!(["a"]));
    assert_eq!(asset["original_filename"], "notes");
}

#[tokio::test]
async fn a_taken_public_id_answers_the_asset_that_has_it_at_the_end_and_again() {
    let server = TestServer::with(SMALL).await;
    let taken = Form::new().field("public_id", "one").file("a", b"first");
    let earlier = server.upload(&taken).await.asset();
    let file = data::noise(4_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let send = async |start: usize, end: usize| {
        let form = Form::new().field("public_id", "one");
        let form = form.file("b", &file[start..end]);
        sender
            .send_form(&server, &range(start, end, "4000"), &form)
            .await
    };
    send(0, 2000).await.asset();
    for replayed in [None, Some("1")] {
        let last = send(2000, 4000).await;
        assert_eq!(last.header("x-upload-replayed"), replayed);
        let asset = last.asset();
        assert_eq!(asset["existing"], true);
        assert_eq!(asset["asset_id"], earlier["asset_id"]);
        assert_eq!(asset["bytes"], 5);
    }
    assert_eq!(server.count_assets(), 1);
    assert!(server.stored("partial").is_empty());
}

#[tokio::test]
async fn the_file_may_stand_before_the_parameters() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(600_000);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let send = async |start: usize, end: usize| {
        let form = Form::default().file("a.bin", &file[start..end]);
        let form = form.field("upload_preset", "unsigned");
        sender
            .send_form(&server, &range(start, end, "600000"), &form)
            .await
    };
    for _ in 0..2 {
        assert_eq!(send(0, 300_000).await.asset()["bytes"], 300_000);
    }
    assert!(server.stored("incoming").is_empty());
    finished(&server, &send(300_000, 600_000).await, &file).await;
    let again = send(300_000, 600_000).await;
    assert_eq!(again.header("x-upload-replayed"), Some("1"));
}

#[tokio::test]
async fn who_asks_hears_how_far_an_upload_is() {
    let server = TestServer::with(SMALL).await;
    let file = data::noise(9_000);
    let sender = Sender {
        id: "a b/\u{e9}",
        file: &file,
    };
    let path = "/v1_1/demo/upload_status/a%20b%2F%C3%A9?upload_preset=unsigned&x=1";
    let unknown = server.get(path).await;
    assert_eq!(
        (unknown.status, unknown.error().as_str()),
        (404, "Upload not found")
    );
    // A header carries visible ASCII only.
    let sender = Sender {
        id: "a b/c",
        ..sender
    };
    let path = "/v1_1/demo/upload_status/a%20b%2Fc?x=1&upload_preset=unsigned";
    for start in [0, 4000, 6000] {
        sender.known(&server, start, start + 2000).await.asset();
    }
    let status = server.get(path).await;
    let expected = json!({ "ranges": [[0, 2000], [4000, 8000]], "done": false, "offset": 2000 });
    assert_eq!(status.asset(), expected);
    assert_eq!(status.header("cache-control"), Some("no-store"));
    sender.known(&server, 2000, 4000).await.asset();
    sender.known(&server, 8000, 9000).await.asset();
    let expected = json!({ "ranges": [[0, 9000]], "done": true, "offset": 9000 });
    assert_eq!(server.get(path).await.asset(), expected);
    let table = [
        ("/v1_1/demo/upload_status/abc", 400),
        ("/v1_1/demo/upload_status/abc?upload_preset=", 400),
        ("/v1_1/demo/upload_status/abc?upload_preset=other", 404),
        ("/v1_1/nobody/upload_status/abc?upload_preset=unsigned", 401),
    ];
    for (path, status) in table {
        let answer = server.get(path).await;
        assert!(!answer.error().is_empty());
        assert_eq!(answer.status, status, "{path}");
    }
}
