//! The plain files beside the API.

use crate::client::{TempDir, TestServer};

async fn site() -> TestServer {
    let folder = TempDir::new();
    let www = folder.path().join("www");
    std::fs::create_dir_all(www.join("sub")).expect("a folder");
    for (name, text) in [
        ("www/index.html", "<title>Plimsoll</title>"),
        ("www/app.wasm", "wasm"),
        ("www/app.wasm.br", "wasm in brotli"),
        ("www/app.js", "js"),
        ("www/app.js.gz", "js in gzip"),
        ("secret.txt", "outside"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    TestServer::in_folder(folder, "www = 'www'").await
}

#[tokio::test]
async fn files_are_served_with_the_type_that_browsers_insist_on() {
    let server = site().await;
    let table = [
        ("/", "text/html", "<title>Plimsoll</title>"),
        ("/index.html", "text/html", "<title>Plimsoll</title>"),
        ("/app.wasm", "application/wasm", "wasm"),
        ("/app.js", "text/javascript", "js"),
    ];
    for (path, kind, text) in table {
        let answer = server.get(path).await;
        assert_eq!(
            (answer.status, &answer.body[..]),
            (200, text.as_bytes()),
            "{path}"
        );
        assert_eq!(answer.header("content-type"), Some(kind));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
}

#[tokio::test]
async fn compressed_siblings_are_preferred_where_they_are_understood() {
    let server = site().await;
    let accepts = async |path: &str, encodings: &str| {
        let answer = server
            .send("GET", path, &[("Accept-Encoding", encodings)], b"")
            .await;
        let encoding = answer.header("content-encoding").map(str::to_owned);
        (encoding, String::from_utf8(answer.body).expect("text"))
    };
    let brotli = accepts("/app.wasm", "gzip, br").await;
    assert_eq!(brotli, (Some("br".to_owned()), "wasm in brotli".to_owned()));
    assert_eq!(
        accepts("/app.wasm", "gzip").await,
        (None, "wasm".to_owned())
    );
    let gzip = accepts("/app.js", "gzip, br").await;
    assert_eq!(gzip, (Some("gzip".to_owned()), "js in gzip".to_owned()));
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served() {
    let server = site().await;
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/sub/../../secret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/data/secrets/demo",
        "/%00",
        "/missing.js",
        "/index.html/below",
        &format!("/{}", "a".repeat(300)),
    ] {
        let answer = server.get(path).await;
        assert_eq!(
            (answer.status, answer.error()),
            (404, "Not found".to_owned()),
            "{path}"
        );
    }
    assert_eq!(
        server.send("POST", "/index.html", &[], b"").await.status,
        405
    );
}
