//! Uploads of files that are elsewhere: named instead of sent. Which addresses are fetched is
//! tested beside the code that decides it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::{Form, TestServer};
use crate::data;

/// A site that gives this file to everybody, and its address.
async fn site(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
            let _ = stream.write_all(&[head.as_bytes(), &bytes].concat()).await;
        }
    });
    address.to_string()
}

fn settings(site: &str) -> String {
    format!("[remote]\nallow = ['127.0.0.1']\nschemes = ['http']\nallow_private = ['{site}']")
}

#[tokio::test]
async fn a_file_that_was_named_is_stored_like_one_that_was_sent() {
    let bytes = data::png(40, 30);
    let site = site(bytes.clone()).await;
    let server = TestServer::with(&settings(&site)).await;
    let form = Form::new().field("file", &format!("http://{site}/a/my%20photo.jpg?size=1"));
    let asset = server.upload(&form).await.asset();
    assert_eq!(asset["bytes"], bytes.len());
    assert_eq!(asset["format"], "png");
    assert_eq!(asset["etag"], data::md5(&bytes));
    assert_eq!(asset["original_filename"], "my photo");
    assert_eq!(server.fetch(&asset["url"]).await.body, bytes);
}

#[tokio::test]
async fn what_cannot_be_fetched_leaves_nothing_behind() {
    let site = site(data::noise(2_000)).await;
    let limited = format!("limits.file_bytes_max = 1000\n{}", settings(&site));
    let server = TestServer::with(&limited).await;
    for (address, status, message) in [
        (
            format!("http://{site}/a"),
            400,
            "File size too large. Got 2000. Maximum is 1000.",
        ),
        (
            "http://127.0.0.1:1/a".to_owned(),
            400,
            "Invalid remote file - port 1 is not",
        ),
        (
            "http://example.org/a".to_owned(),
            400,
            "Invalid remote file - host example.org is not",
        ),
        (
            format!("https://{site}/a"),
            400,
            "Invalid remote file - https is not",
        ),
        (
            "s3://bucket/a".to_owned(),
            400,
            "Invalid remote file - s3 addresses are not fetched",
        ),
        (
            "somewhere".to_owned(),
            400,
            "Invalid remote file - the address is invalid",
        ),
        (
            "http://127.0.0.1/a".to_owned(),
            404,
            "Resource not found - http://127.0.0.1/a",
        ),
    ] {
        let answer = server.upload(&Form::new().field("file", &address)).await;
        assert_eq!(answer.status, status, "{address}");
        let error = answer.error();
        assert!(error.starts_with(message), "{address}: {error}");
    }
    assert_eq!(server.count_assets(), 0);
    assert!(server.stored("incoming").is_empty());
    let off = TestServer::start().await;
    let form = Form::new().field("file", &format!("http://{site}/a"));
    assert!(
        off.upload(&form)
            .await
            .error()
            .starts_with("Remote files are not fetched")
    );
}

#[tokio::test]
async fn strangers_have_nothing_fetched() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let site = listener.local_addr().expect("an address").to_string();
    let server = TestServer::with(&settings(&site)).await;
    let form = Form::default()
        .field("upload_preset", "unknown")
        .field("file", &format!("http://{site}/a"));
    assert_eq!(
        server.upload(&form).await.error(),
        "Upload preset not found"
    );
    let listener = listener.into_std().expect("a listener");
    let error = listener.accept().expect_err("nobody");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}
