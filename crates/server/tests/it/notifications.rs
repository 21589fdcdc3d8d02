//! Whoever an upload names is told of it, signed, once, and only where the configuration allows it.

use plimsoll_server::signing::{self, Algorithm};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::{Answer, Form, TestServer, now};
use crate::data;
use crate::signed::SIGNED;

/// A server of somebody else's on this machine, and ours that may tell it.
async fn listening() -> (TcpListener, String, TestServer) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let allowed = format!(
        "[notifications]\nallow = ['127.0.0.1']\nschemes = ['http']\n\
         allow_private = ['{address}']\n"
    );
    let server = TestServer::with(&format!("{allowed}{SIGNED}")).await;
    (listener, format!("http://{address}/hook?a=1&b=2"), server)
}

async fn upload(server: &TestServer, address: &str) -> Answer {
    let time = now().to_string();
    let fields = [
        ("timestamp", time.as_str()),
        ("public_id", "dog"),
        ("return_delete_token", "1"),
        ("notification_url", address),
    ];
    let form = Form::signed(&fields, Algorithm::Sha1).file("a.png", &data::png(4, 4));
    server
        .upload_to("/v1_1/demo/image/upload", &[], &form)
        .await
}

/// Takes one letter, answers it so, and gives its headers and its body.
async fn letter(listener: &TcpListener, status: &str) -> (String, String) {
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut bytes = Vec::new();
    loop {
        stream.read_buf(&mut bytes).await.expect("bytes");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).expect("a length");
        let length = length.split("\r\n").next().expect("a line");
        if body.len() == length.parse::<usize>().expect("a number") {
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.expect("sent");
            return (head, body.to_owned());
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let line = head.split("\r\n").find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{name}: {head}"))
}

#[tokio::test]
async fn an_upload_is_told_signed_to_the_address_that_it_names() {
    let (listener, address, server) = listening().await;
    let asset = upload(&server, &address).await.asset();
    let (head, body) = letter(&listener, "200 OK").await;
    assert!(head.starts_with("post /hook?a=1&b=2 http/1.1"), "{head}");
    let time = header(&head, "x-cld-timestamp: ").parse().expect("a time");
    let signature = signing::sign_notification(&body, time, "abcd", Algorithm::Sha1);
    assert_eq!(header(&head, "x-cld-signature: "), signature);
    let told: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(told["notification_type"], "upload");
    assert_eq!(told["asset_id"], asset["asset_id"]);
    // Who may delete it is between the server and who uploads.
    assert!(asset["delete_token"].is_string() && told["delete_token"].is_null());
}

#[tokio::test]
async fn a_letter_that_is_refused_is_sent_again() {
    let (listener, address, server) = listening().await;
    upload(&server, &address).await.asset();
    let (_, first) = letter(&listener, "500 Oh").await;
    let (_, second) = letter(&listener, "200 OK").await;
    assert_eq!(first, second);
}

/// Uploads with these parameters.
async fn upload_with(server: &TestServer, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    let time = now().to_string();
    let fields = [&[("timestamp", time.as_str())], fields].concat();
    let form = Form::signed(&fields, Algorithm::Sha1).file("a.png", file);
    server
        .upload_to("/v1_1/demo/image/upload", &[], &form)
        .await
}

async fn next(listener: &TcpListener) -> Value {
    let (_, body) = letter(listener, "200 OK").await;
    serde_json::from_str(&body).expect("JSON")
}

#[tokio::test]
async fn an_upload_that_nobody_waits_for_is_told_by_a_letter() {
    let (listener, address, server) = listening().await;
    let fields = [
        ("async", "true"),
        ("notification_url", address.as_str()),
        ("public_id", "later"),
        ("transformation", "c_scale,w_2"),
    ];
    let answer = upload_with(&server, &fields, &data::png(4, 4)).await.json();
    assert_eq!(answer["status"], "pending");
    assert!(
        answer["batch_id"].is_string() && answer["asset_id"].is_null(),
        "{answer}"
    );
    let told = next(&listener).await;
    assert_eq!(
        (&told["public_id"], &told["width"]),
        (&"later".into(), &2.into())
    );
    assert_eq!(told["batch_id"], answer["batch_id"]);
    assert_eq!(server.fetch(&told["url"]).await.status, 200);
    // What can be refused at once is; what shows only later is told by a letter, too.
    let refused = upload_with(&server, &fields, b"no image").await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (400, "Invalid image file")
    );
    let mut broken = data::png(40, 40);
    let middle = broken.len() / 2;
    broken.truncate(middle);
    let answer = upload_with(&server, &fields, &broken).await.json();
    assert_eq!(answer["status"], "pending");
    let told = next(&listener).await;
    assert_eq!(
        (&told["status"], &told["batch_id"]),
        (&"failed".into(), &answer["batch_id"])
    );
    assert_eq!(told["error"]["message"], "Invalid image file");
    assert_eq!(server.count_assets(), 1);
}

#[tokio::test]
async fn the_last_chunk_need_not_be_waited_for_either() {
    let (listener, address, server) = listening().await;
    let fields = [("async", "1"), ("notification_url", address.as_str())];
    let png = data::png(40, 20);
    let range = format!("bytes 0-{}/{}", png.len() - 1, png.len());
    let time = now().to_string();
    let fields = [&[("timestamp", time.as_str())], &fields[..]].concat();
    let form = Form::signed(&fields, Algorithm::Sha1).file("a.png", &png);
    let headers = [
        ("Content-Range", range.as_str()),
        ("X-Unique-Upload-Id", "abc"),
    ];
    let send = || server.upload_to("/v1_1/demo/image/upload", &headers, &form);
    let answer = send().await.json();
    assert_eq!(answer["status"], "pending");
    let told = next(&listener).await;
    assert_eq!(
        (&told["width"], &told["batch_id"]),
        (&40.into(), &answer["batch_id"])
    );
    let again = send().await;
    assert_eq!(again.asset()["asset_id"], told["asset_id"]);
}

#[tokio::test]
async fn eager_images_may_be_made_behind_the_answer() {
    let (listener, address, server) = listening().await;
    let fields = [
        ("eager", "c_scale,w_2|c_scale,w_3/jpg"),
        ("eager_async", "1"),
        ("eager_notification_url", address.as_str()),
    ];
    let asset = upload_with(&server, &fields, &data::png(4, 4))
        .await
        .asset();
    let promised = asset["eager"].as_array().expect("a list");
    assert!(
        promised.iter().all(|image| image["status"] == "processing"),
        "{asset}"
    );
    let told = next(&listener).await;
    assert_eq!(told["notification_type"], "eager");
    assert_eq!(told["asset_id"], asset["asset_id"]);
    assert_eq!(told["batch_id"], promised[0]["batch_id"]);
    let made = told["eager"].as_array().expect("a list");
    assert_eq!(
        (&made[0]["width"], &made[1]["format"]),
        (&2.into(), &"jpg".into())
    );
    for (image, promised) in made.iter().zip(promised) {
        assert_eq!(image["url"], promised["url"]);
        assert_eq!(server.fetch(&image["url"]).await.status, 200);
    }
}

#[tokio::test]
async fn strangers_are_told_nothing() {
    let (_listener, _, server) = listening().await;
    let plain = TestServer::with(SIGNED).await;
    for address in [
        "http://example.org/",
        "http://127.0.0.1:1/",
        "http://localhost/",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "http://a:b@127.0.0.1/",
        "no address",
    ] {
        for server in [&server, &plain] {
            let answer = upload(server, address).await;
            assert_eq!(answer.status, 400, "{address}");
            assert!(
                answer.error().starts_with("Invalid notification_url - "),
                "{address}"
            );
            let fields = [("eager_notification_url", address)];
            let answer = upload_with(server, &fields, &data::png(4, 4)).await;
            let words = "Invalid eager_notification_url - ";
            assert!(answer.error().starts_with(words), "{address}");
        }
    }
    assert_eq!(server.count_assets() + plain.count_assets(), 0);
}
