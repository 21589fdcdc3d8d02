//! The bodies that clients of this wire send: each form, and each client's ways with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_server::signing::{self, Algorithm};
use serde_json::json;

use crate::client::{Answer, Form, TestServer, now};
use crate::data;
use crate::signed::SIGNED;

const UPLOAD: &str = "/v1_1/demo/auto/upload";
const URLENCODED: &str = "application/x-www-form-urlencoded";

async fn post(server: &TestServer, content_type: &str, body: &[u8]) -> Answer {
    let headers = [("Content-Type", content_type)];
    server.send("POST", UPLOAD, &headers, body).await
}

/// As `encodeURIComponent` would.
fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn a_file_may_come_as_a_data_uri_in_every_form() {
    let server = TestServer::start().await;
    let png = data::png(30, 20);
    let uri = format!("data:image/png;base64,{}", STANDARD.encode(&png));
    let form = Form::new().field("file", &uri).body();
    let pairs = format!("upload_preset=unsigned&file={}&tags=a+b,c", encoded(&uri));
    let json = json!({ "file": uri, "upload_preset": "unsigned", "tags": ["a b", "c"] });
    for (content_type, body) in [
        ("multipart/form-data; boundary=xYzZY", form),
        (URLENCODED, pairs.into_bytes()),
        ("application/json", json.to_string().into_bytes()),
    ] {
        let asset = post(&server, content_type, &body).await.asset();
        assert_eq!(asset["etag"], data::md5(&png), "{content_type}");
        assert_eq!(
            (&asset["width"], &asset["format"]),
            (&30.into(), &"png".into())
        );
        if !content_type.starts_with("multipart") {
            assert_eq!(asset["tags"], json!(["a b", "c"]));
        }
    }
    let long = data::noise(3_000_000);
    let uri = format!("data:;base64,{}", STANDARD.encode(&long));
    let asset = server
        .upload(&Form::new().field("file", &uri))
        .await
        .asset();
    assert_eq!(asset["etag"], data::md5(&long));
    for bad in ["data:image/png;base64,iVBO!", "data:image/png,x", "data:"] {
        let answer = server.upload(&Form::new().field("file", bad)).await;
        assert_eq!(answer.status, 400);
        assert!(answer.error().starts_with("Invalid file - "), "{bad}");
    }
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn the_bytes_of_a_data_uri_count_and_not_its_letters() {
    let server = TestServer::with("limits.file_bytes_max = 2000").await;
    for (size, status) in [(2000, 200), (2001, 400)] {
        let uri = format!("data:;base64,{}", STANDARD.encode(data::noise(size)));
        let answer = server.upload(&Form::new().field("file", &uri)).await;
        assert_eq!(answer.status, status, "{size}");
    }
}

#[tokio::test]
async fn every_form_can_be_signed() {
    let server = TestServer::with(SIGNED).await;
    let seconds = now();
    let time = seconds.to_string();
    let fields = [
        ("context", "alt=x & y"),
        ("tags", "a,b"),
        ("timestamp", &time),
    ];
    let signature = signing::sign(fields, "abcd", Algorithm::Sha256);
    let uri = "data:;base64,aGk=";
    let pairs = format!(
        "api_key=key&signature={signature}&timestamp={time}&tags%5B%5D=a&tags%5B%5D=b&context={}\
         &file={}",
        encoded("alt=x & y"),
        encoded(uri)
    );
    let json = json!({ "api_key": "key", "signature": signature, "timestamp": seconds, "file": uri,
        "tags": ["a", "b"], "context": "alt=x & y" });
    for (content_type, body) in [(URLENCODED, pairs), ("application/json", json.to_string())] {
        let asset = post(&server, content_type, body.as_bytes()).await.asset();
        assert_eq!(asset["tags"], json!(["a", "b"]), "{content_type}");
        assert_eq!(asset["context"]["custom"]["alt"], "x & y");
    }
}

#[tokio::test]
async fn each_client_writes_multipart_in_its_own_way() {
    let server = TestServer::start().await;
    let preset =
        "--b\r\nContent-Disposition: form-data; name=\"upload_preset\"\r\n\r\nunsigned\r\n";
    let file = |disposition: &[u8]| {
        let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"; ";
        let kind = b"\r\nContent-Type: application/octet-stream\r\n\r\nhi\r\n";
        [head, disposition, kind].concat()
    };
    let with = |disposition: &[u8]| [preset.as_bytes(), &file(disposition), b"--b--"].concat();
    let first = [
        &file(b"filename=\"first.txt\""),
        preset.as_bytes(),
        b"--b--\r\n",
    ]
    .concat();
    let table = [
        // Node: latin-1 bytes, and no line break at the end.
        (with(b"filename=\"caf\xe9.txt\""), "caf\u{e9}"),
        // Python: the whole path.
        (with("filename=\"/home/me/日本.txt\"".as_bytes()), "日本"),
        (with(br#"filename="C:\Users\me\a b.txt""#), "a b"),
        // .NET: both forms, of which the extended one is right.
        (
            with(b"filename=\"x.txt\"; filename*=UTF-8''%E2%82%AC.txt"),
            "€",
        ),
        // Browsers.
        (with(b"filename=\"say %22hi%22.txt\""), "say \"hi\""),
        (first, "first"),
    ];
    for (body, name) in table {
        let answer = post(&server, "multipart/form-data; boundary=b", &body).await;
        assert_eq!(answer.asset()["original_filename"], name);
    }
}
