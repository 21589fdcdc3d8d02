//! What is refused, in which words, and that nothing is left behind.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{Form, TestServer, read_answer, until};
use crate::data;

const UPLOAD: &str = "/v1_1/demo/image/upload";

#[tokio::test]
async fn files_are_refused_in_the_words_of_the_wire() {
    let server = TestServer::start().await;
    let png = data::png(4, 4);
    let file = |bytes: &[u8]| Form::new().file("a.png", bytes);
    let remote = Form::new().field("file", "https://example.org/a.png");
    let table = [
        (Form::new(), "Missing required parameter - file"),
        (file(b""), "Empty file"),
        (file(b"no image"), "Invalid image file"),
        (file(&png[..20]), "Invalid image file"),
        (
            file(&png).file("b.png", &png),
            "Only one file per upload is allowed",
        ),
        (
            remote,
            "Remote files are not fetched by this server. Name their",
        ),
    ];
    for (form, message) in table {
        let answer = server.upload_to(UPLOAD, &[], &form).await;
        assert!(answer.error().starts_with(message), "{}", answer.error());
        assert_eq!(answer.status, 400, "{message}");
    }
    let video = server
        .upload_to("/v1_1/demo/video/upload", &[], &file(&png))
        .await;
    assert_eq!(video.error(), "Unsupported video format or file");
    assert_eq!(server.count_assets(), 0);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn parameters_are_refused_in_the_words_of_the_wire() {
    let server = TestServer::with("[clouds.demo.presets.signed]").await;
    let must = "Upload preset must be";
    let table: [(&str, &str, &str); 10] = [
        ("upload_preset", "nope", "Upload preset not found"),
        (
            "upload_preset",
            "signed",
            &format!("{must} whitelisted for unsigned uploads"),
        ),
        (
            "manifest_json",
            "{}",
            "Manifest json parameter is not supported by this server",
        ),
        ("custom_coordinates", "1,2", "Invalid custom_coordinates"),
        ("context", "loose", "Invalid context - a pair has no ="),
        (
            "transformation",
            "w_1",
            "Transformation parameter is not allowed when using",
        ),
        (
            "return_delete_token",
            "1",
            "Return delete token parameter is not allowed",
        ),
        (
            "a\u{7}b",
            "1",
            "Ab parameter is not allowed when using unsigned upload.",
        ),
        ("signature", "abc", "Missing required parameter - api_key"),
        (
            "tags",
            "",
            &format!("{must} specified when using unsigned upload"),
        ),
    ];
    for (name, value, message) in table {
        let form = match name {
            "upload_preset" | "tags" => Form::default(),
            _ => Form::new(),
        };
        let form = form.field(name, value).file("a.png", &data::png(4, 4));
        let answer = server.upload_to(UPLOAD, &[], &form).await;
        assert!(answer.error().starts_with(message), "{}", answer.error());
        assert_eq!(answer.status, 400);
    }
    let twice = Form::new()
        .field("upload_preset", "unsigned")
        .file("a.png", &data::png(4, 4));
    let answer = server.upload_to(UPLOAD, &[], &twice).await;
    assert_eq!(
        answer.error(),
        "Upload preset parameter was sent more than once"
    );
    assert_eq!(server.count_assets(), 0);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn public_ids_that_could_lead_astray_are_refused() {
    let server = TestServer::start().await;
    for bad in [
        "../x",
        "a/../../x",
        "/etc/x",
        "a\\b",
        "a%2e%2e",
        "a?b",
        "v12/x",
        ".",
        "a//b",
        " a",
    ] {
        for parameter in ["public_id", "folder", "asset_folder", "public_id_prefix"] {
            let form = Form::new()
                .field(parameter, bad)
                .file("a.png", &data::png(4, 4));
            let answer = server.upload_to(UPLOAD, &[], &form).await;
            assert_eq!(answer.status, 400, "{parameter} {bad}");
            assert!(
                answer
                    .error()
                    .starts_with(&format!("Invalid {parameter} - "))
            );
        }
    }
    assert_eq!(server.count_assets(), 0);
}

#[tokio::test]
async fn requests_that_are_no_uploads_are_told_so() {
    let server = TestServer::start().await;
    let form = Form::new().file("a.png", &data::png(4, 4));
    let to = async |path: &str, headers: &[(&str, &str)]| {
        let answer = server.upload_to(path, headers, &form).await;
        (answer.status, answer.error())
    };
    assert_eq!(
        to("/v1_1/nobody/image/upload", &[]).await,
        (401, "Invalid cloud_name nobody".into())
    );
    let (status, message) = to("/v1_1/demo/audio/upload", &[]).await;
    assert_eq!(
        (status, message.starts_with("Invalid resource type audio")),
        (400, true)
    );
    assert_eq!(to(UPLOAD, &[("Authorization", "Basic YTpi")]).await.0, 401);
    let long = "x".repeat(257);
    assert_eq!(to(UPLOAD, &[("X-Unique-Upload-Id", &long)]).await.0, 400);

    let body = b"{}";
    let json = server
        .send("POST", UPLOAD, &[("Content-Type", "text/plain")], body)
        .await;
    assert!(json.error().starts_with("The body must be"));
    assert_eq!(server.get(UPLOAD).await.error(), "Method not allowed");
    assert_eq!(server.get("/nothing/here").await.error(), "Not found");
    assert_eq!(
        server.get("/demo/image/upload/%ff").await.error(),
        "Not found"
    );
    let unknown = server.get("/demo/image/upload/v1/nobody.png").await;
    assert_eq!(
        (unknown.status, unknown.error()),
        (404, "Resource not found".to_owned())
    );
}

#[tokio::test]
async fn limits_count_the_bytes_that_arrive() {
    let server = TestServer::with("limits.file_bytes_max = 2000").await;
    let post = async |form: &Form| server.upload_to("/v1_1/demo/raw/upload", &[], form).await;
    assert_eq!(
        post(&Form::new().file("a", &data::noise(2000)))
            .await
            .status,
        200
    );
    for size in [2001, 3_000_000] {
        let answer = post(&Form::new().file("a", &data::noise(size))).await;
        let message = format!("File size too large. Got {size}. Maximum is 2000.");
        assert_eq!((answer.status, answer.error()), (400, message));
    }
    let long = Form::new()
        .field("tags", &"a".repeat(64 * 1024 + 1))
        .file("a", b"x");
    assert_eq!(
        post(&long).await.error(),
        "Tags parameter is too long. Maximum is 65536 bytes."
    );
    let exact = Form::new()
        .field("tags", &"a".repeat(64 * 1024))
        .file("a", b"x");
    assert_eq!(post(&exact).await.status, 200);

    let many = (0..63).fold(Form::new(), |form, _| form.field("tags[]", "a"));
    assert_eq!(
        post(&many.file("a", b"x")).await.error(),
        "Too many parameters. Maximum is 64."
    );
    let name = "n".repeat(1025);
    let long_name = post(&Form::new().file(&name, b"x")).await;
    assert_eq!(long_name.error(), "A parameter or file name is too long");
    let header = format!("form-data; name=\"tags\"; x=\"{}\"", "y".repeat(17_000));
    let long_header = post(&Form::new().part(header.as_bytes(), b"x")).await;
    assert_eq!(
        long_header.error(),
        "Invalid body: the headers of a part are too long"
    );
    assert_eq!(server.count_assets(), 2);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn a_body_of_unknown_length_is_counted_too() {
    let server = TestServer::with("limits.file_bytes_max = 2000").await;
    for (size, status) in [(2000, 200), (2001, 400)] {
        let mut stream = TcpStream::connect(server.address)
            .await
            .expect("a connection");
        let head = "POST /v1_1/demo/raw/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=xYzZY\r\n\
             Transfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.expect("sent");
        for piece in Form::new().file("a", &data::noise(size)).body().chunks(100) {
            let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
            stream.write_all(&chunk).await.expect("sent");
        }
        stream.write_all(b"0\r\n\r\n").await.expect("sent");
        assert_eq!(read_answer(&mut stream).await.status, status);
    }
}

#[tokio::test]
async fn broken_bodies_leave_nothing_behind() {
    let server = TestServer::start().await;
    let whole = Form::new().file("a.png", &data::png(40, 40)).body();
    let kind = [("Content-Type", "multipart/form-data; boundary=xYzZY")];
    for end in (0..whole.len() - 4).step_by(7) {
        let answer = server.send("POST", UPLOAD, &kind, &whole[..end]).await;
        assert_eq!(answer.status, 400, "cut at {end}");
        assert!(answer.error().starts_with("Invalid body"), "cut at {end}");
    }
    assert_eq!(server.count_assets(), 0);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn bodies_with_random_damage_never_break_the_server() {
    let server = TestServer::with("limits.file_bytes_max = 5000").await;
    let whole = Form::new()
        .field("tags", "a,b")
        .field("context", "a=b")
        .file("a.png", &data::png(20, 20))
        .body();
    let kind = [("Content-Type", "multipart/form-data; boundary=xYzZY")];
    let mut noise = data::noise(500 * 12).into_iter();
    let mut stored = 0;
    for round in 0..500 {
        let mut body = whole.clone();
        for _ in 0..3 {
            let [high, low, byte, act] = [(); 4].map(|()| noise.next().unwrap_or_default());
            let at = usize::from(u16::from_be_bytes([high, low])) % body.len();
            match act % 4 {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                2 => drop(body.drain(at..(at + usize::from(byte % 9)).min(body.len()))),
                _ => body
                    .extend_from_within(at..(at + usize::from(byte)).min(whole.len() / 2).max(at)),
            }
        }
        let answer = server
            .send("POST", "/v1_1/demo/auto/upload", &kind, &body)
            .await;
        assert!(
            matches!(answer.status, 200 | 400 | 401),
            "round {round}: {answer:?}"
        );
        stored += usize::from(answer.status == 200);
    }
    assert_eq!(server.count_assets(), stored);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn an_aborted_upload_takes_its_temporary_file_along() {
    let server = TestServer::start().await;
    let body = Form::new().file("a.bin", &data::noise(300_000)).body();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(server.address)
            .await
            .expect("a connection");
        let head = format!(
            "POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\
             Content-Type: multipart/form-data; boundary=xYzZY\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        stream.write_all(&body[..200_000]).await.expect("sent");
        until("the file arrives", || !server.stored("incoming").is_empty()).await;
        drop(stream);
        until("the file is gone", || server.stored("incoming").is_empty()).await;
    }
    assert_eq!(server.count_assets(), 0);
}

#[tokio::test]
async fn leftovers_of_a_killed_server_are_swept_at_start() {
    let folder = TestServer::start().await.stop().await;
    let leftover = folder.path().join("data/incoming/0123");
    std::fs::create_dir_all(&leftover).expect("a folder");
    std::fs::write(leftover.join("blob"), b"half").expect("a file");
    let server = TestServer::in_folder(folder, "").await;
    assert_eq!(server.get("/x").await.status, 404);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn trouble_of_our_own_is_told_without_its_cause() {
    let server = TestServer::start().await;
    // The first answer tells that the folder is open.
    assert_eq!(server.get("/").await.status, 404);
    let incoming = server.folder.path().join("data/incoming");
    std::fs::remove_dir(&incoming).expect("an empty folder");
    let form = Form::new().file("a.png", &data::png(4, 4));
    let answer = server.upload_to(UPLOAD, &[], &form).await;
    assert_eq!(
        (answer.status, answer.error()),
        (500, "General Error".to_owned())
    );
    std::fs::create_dir(&incoming).expect("a folder");
    assert_eq!(server.upload_to(UPLOAD, &[], &form).await.status, 200);
}

#[tokio::test]
async fn browsers_may_ask_before_they_send() {
    let server = TestServer::start().await;
    let asked = "x-requested-with, x-unique-upload-id, x-csrf-token";
    let headers = [
        ("Origin", "https://shop.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", asked),
    ];
    for path in [UPLOAD, "/v1_1/demo/auto/upload", "/nothing"] {
        let answer = server.send("OPTIONS", path, &headers, b"").await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-allow-headers"), Some(asked));
        assert!(
            answer
                .header("access-control-allow-methods")
                .is_some_and(|m| m.contains("POST"))
        );
        assert_eq!(answer.header("access-control-max-age"), Some("86400"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
}
