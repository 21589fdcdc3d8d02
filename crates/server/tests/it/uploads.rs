//! What goes in comes out, and the answer says so.

use image::ImageFormat;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::client::{Answer, Form, TestServer};
use crate::data;

/// A file, and what it must turn out to be.
type Row = (
    &'static str,
    Vec<u8>,
    &'static str,
    &'static str,
    Option<(u32, u32)>,
);

fn kinds() -> Vec<Row> {
    let size = Some((64, 48));
    let encoded = |format| data::encoded(64, 48, format);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec();
    let html = b"<!doctype html><script>x</script>".to_vec();
    let cut = encoded(ImageFormat::Png)[..20].to_vec();
    vec![
        ("a.jpg", encoded(ImageFormat::Jpeg), "image", "jpg", size),
        ("a.png", encoded(ImageFormat::Png), "image", "png", size),
        ("a.gif", encoded(ImageFormat::Gif), "image", "gif", size),
        ("a.webp", encoded(ImageFormat::WebP), "image", "webp", size),
        ("lie.exe", encoded(ImageFormat::Png), "image", "png", size),
        ("a.mp4", data::mp4(), "video", "mp4", None),
        ("b.mp4", data::mp4_with_size(64, 48), "video", "mp4", size),
        ("a.txt", b"hello, world\n".to_vec(), "raw", "", None),
        ("a.zip", b"PK\x03\x04rest".to_vec(), "raw", "", None),
        ("a.pdf", b"%PDF-1.7\n%%EOF".to_vec(), "image", "pdf", None),
        ("a.svg", svg, "image", "svg", None),
        ("lie.jpg", html, "raw", "", None),
        ("cut.png", cut, "raw", "", None),
        ("noise", data::noise(5_000_000), "raw", "", None),
        ("one", b"\n".to_vec(), "raw", "", None),
    ]
}

#[tokio::test]
async fn every_kind_of_file_is_stored_and_delivered_byte_for_byte() {
    let server = TestServer::start().await;
    for (name, bytes, kind, format, size) in kinds() {
        let asset = server.upload(&Form::new().file(name, &bytes)).await.asset();
        let number = |field: &str| asset[field].as_u64().and_then(|n| u32::try_from(n).ok());
        assert_eq!(asset["resource_type"], kind, "{name}");
        assert_eq!(
            asset["format"].as_str().unwrap_or_default(),
            format,
            "{name}"
        );
        assert_eq!(number("width").zip(number("height")), size, "{name}");
        assert_eq!(asset["bytes"], bytes.len());
        assert_eq!(asset["etag"], data::md5(&bytes));
        for url in ["url", "secure_url"] {
            let delivered = server.fetch(&asset[url]).await;
            assert_eq!(delivered.status, 200, "{name}");
            assert_eq!(
                data::sha256(&delivered.body),
                data::sha256(&bytes),
                "{name}"
            );
        }
    }
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn the_answer_has_every_field_of_the_wire() {
    let server = TestServer::with("clouds.demo.secret = 'abcd'").await;
    let form = Form::new().file("My Photo.JPG", &data::encoded(30, 20, ImageFormat::Jpeg));
    let asset = server
        .upload_to("/v1_1/demo/image/upload", &[], &form)
        .await
        .asset();
    let text = |name: &str| {
        asset[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name}"))
            .to_owned()
    };
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(text("asset_id").len() == 32 && is_hex(&text("asset_id")));
    assert!(text("version_id").len() == 32 && is_hex(&text("version_id")));
    let id = text("public_id");
    assert!(
        id.len() == 20
            && id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    );
    let version = asset["version"].as_u64().expect("seconds");
    let signed = format!("public_id={id}&version={version}abcd");
    assert_eq!(text("signature"), data::hex(&Sha1::digest(signed)));
    assert_eq!(text("created_at").len(), "2024-05-11T12:45:25Z".len());
    assert_eq!(asset["tags"], json!([]));
    assert_eq!(asset["type"], "upload");
    assert_eq!(asset["access_mode"], "public");
    assert_eq!(asset["placeholder"], false);
    assert_eq!(asset["folder"], "");
    assert_eq!(asset["original_filename"], "My Photo");
    assert_eq!(asset["existing"], Value::Null);
    let url = format!(
        "http://{}/demo/image/upload/v{version}/{id}.jpg",
        server.address
    );
    assert_eq!(text("url"), url);
}

#[tokio::test]
async fn videos_have_a_size_and_a_duration() {
    let server = TestServer::start().await;
    let form = Form::new().file("a.mp4", &data::mp4_with_size(1920, 1080));
    let asset = server
        .upload_to("/v1_1/demo/video/upload", &[], &form)
        .await
        .asset();
    assert_eq!(
        (&asset["width"], &asset["height"]),
        (&json!(1920), &json!(1080))
    );
    assert_eq!(asset["duration"], json!(2.5));
}

#[tokio::test]
async fn parameters_change_what_is_stored() {
    let server = TestServer::start().await;
    let form = Form::new()
        .field("public_id", "日本 語")
        .field("folder", "trips/2024")
        .field("public_id_prefix", "seo")
        .field("tags", "one, two words,,one")
        .field("context", r"alt=a \| b|caption=x\=y")
        .field("metadata", "id=7")
        .field("custom_coordinates", "1,2,3,4")
        .field("face_coordinates", "5,6,7,8|9,10,11,12")
        .field("source", "uw")
        .field("timestamp", "1700000000")
        .field("callback", "javascript:alert(1)")
        .field("filename_override", "other.name.png")
        .file("sent.png", &data::png(9, 9));
    let asset = server.upload(&form).await.asset();
    assert_eq!(asset["public_id"], "trips/2024/seo/日本 語");
    assert_eq!(asset["folder"], "trips/2024");
    assert_eq!(asset["tags"], json!(["one", "two words"]));
    assert_eq!(
        asset["context"]["custom"],
        json!({"alt": "a | b", "caption": "x=y"})
    );
    assert_eq!(asset["metadata"], json!({"id": "7"}));
    assert_eq!(asset["coordinates"]["custom"], json!([[1, 2, 3, 4]]));
    assert_eq!(asset["coordinates"]["faces"][1], json!([9, 10, 11, 12]));
    assert_eq!(asset["original_filename"], "other.name");
    assert_eq!(server.fetch(&asset["secure_url"]).await.status, 200);

    let form = Form::new()
        .field("asset_folder", "albums")
        .file("b.png", &data::png(9, 9));
    let asset = server.upload(&form).await.asset();
    assert_eq!(
        (&asset["asset_folder"], &asset["display_name"]),
        (&json!("albums"), &json!("b"))
    );
    assert_eq!(asset["folder"], Value::Null);
}

#[tokio::test]
async fn the_preset_wins_and_lists_are_merged() {
    let settings = "
        [clouds.demo.presets.strict]
        unsigned = true
        folder = 'fixed'
        disallow_public_id = true
        allowed_formats = ['jpg', 'png']
        tags = ['site']
        context = { site = 'demo', alt = 'none' }";
    let server = TestServer::with(settings).await;
    let form = Form::default()
        .field("upload_preset", "strict")
        .field("folder", "mine");
    let full = form
        .clone()
        .field("tags", "a")
        .field("context", "alt=b")
        .file("a.png", &data::png(9, 9));
    let asset = server.upload(&full).await.asset();
    assert!(
        asset["public_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("fixed/"))
    );
    assert_eq!(asset["tags"], json!(["site", "a"]));
    assert_eq!(
        asset["context"]["custom"],
        json!({"site": "demo", "alt": "b"})
    );
    let gif = form
        .clone()
        .file("a.gif", &data::encoded(9, 9, ImageFormat::Gif));
    assert_eq!(
        server.upload(&gif).await.error(),
        "Image file format gif not allowed"
    );
    let named = form.field("public_id", "x").file("a.png", &data::png(9, 9));
    assert_eq!(server.upload(&named).await.status, 400);
    assert_eq!(server.count_assets(), 1);
}

#[tokio::test]
async fn file_names_arrive_clean_however_they_were_sent() {
    let server = TestServer::start().await;
    let table: &[(&[u8], &str, Option<&str>)] = &[
        (b"filename=\"../../etc/passwd\"", "passwd", None),
        (b"filename=\"C:\\Users\\me\\cat.png\"", "cat", None),
        (b"filename=\"/home/me/caf\xe9.png\"", "caf\u{e9}", None),
        (
            "filename=\"日本語.jpeg\"".as_bytes(),
            "日本語",
            Some("jpeg"),
        ),
        (
            "filename=\"a\u{202e}gnp.exe\"".as_bytes(),
            "agnp",
            Some("exe"),
        ),
        (
            b"filename=\"<img src=x onerror=alert(1)>.png\"",
            "<img src=x onerror=alert(1)>",
            None,
        ),
        (b"filename=\"say %22hi%22.png\"", "say \"hi\"", None),
        (
            b"filename=\"x.png\"; filename*=UTF-8''%e2%82%ac.png",
            "\u{20ac}",
            None,
        ),
        (b"filename=\"..\"", "file", None),
        (b"filename=\"CON\"", "CON", None),
        (b"filename=plain.png", "plain", None),
    ];
    for (sent, stem, extension) in table {
        let disposition = [b"form-data; name=\"file\"; ", *sent].concat();
        let form = Form::new().part(&disposition, &data::png(4, 4));
        let asset = server.upload(&form).await.asset();
        assert_eq!(asset["original_filename"], *stem);
        assert_eq!(asset["original_extension"].as_str(), *extension, "{stem}");
    }
}

#[tokio::test]
async fn raw_assets_keep_their_extension_in_the_public_id() {
    let server = TestServer::start().await;
    let asset = server
        .upload(&Form::new().file("Notes.TXT", b"hi"))
        .await
        .asset();
    assert!(
        asset["public_id"]
            .as_str()
            .is_some_and(|id| id.ends_with(".txt"))
    );
    let named = Form::new()
        .field("public_id", "notes")
        .file("notes.txt", b"hi");
    let asset = server
        .upload_to("/v1_1/demo/raw/upload", &[], &named)
        .await
        .asset();
    assert_eq!(asset["public_id"], "notes");
    assert_eq!(server.fetch(&asset["url"]).await.body, b"hi");
}

#[tokio::test]
async fn an_address_without_resource_type_takes_images() {
    let server = TestServer::start().await;
    let form = Form::new().file("a.png", &data::png(4, 4));
    let asset = server
        .upload_to("/v1_1/demo/upload", &[], &form)
        .await
        .asset();
    assert_eq!(asset["resource_type"], "image");
    let form = Form::new().file("a.txt", b"text");
    let refused = server.upload_to("/v1_1/demo/upload", &[], &form).await;
    assert_eq!(refused.error(), "Invalid image file");
}

#[tokio::test]
async fn a_taken_public_id_answers_the_asset_that_has_it() {
    let server = TestServer::start().await;
    let form = |side| {
        Form::new()
            .field("public_id", "one")
            .file("a.png", &data::png(side, side))
    };
    let first = server.upload(&form(10)).await.asset();
    let second = server.upload(&form(20)).await.asset();
    assert_eq!(second["existing"], true);
    assert_eq!(second["asset_id"], first["asset_id"]);
    assert_eq!(second["width"], 10);
    assert_eq!(server.count_assets(), 1);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn uploads_at_once_to_one_public_id_make_one_asset() {
    let server = TestServer::start().await;
    let forms: Vec<Form> = (10..18)
        .map(|side| {
            Form::new()
                .field("public_id", "one")
                .file("a.png", &data::png(side, side))
        })
        .collect();
    let answers = at_once(&server, &forms, &[]).await;
    let new = answers
        .iter()
        .filter(|asset| asset["existing"].is_null())
        .count();
    assert_eq!(new, 1);
    assert!(
        answers
            .iter()
            .all(|asset| asset["asset_id"] == answers[0]["asset_id"])
    );
    assert_eq!(server.count_assets(), 1);
    let stored = server.fetch(&answers[0]["url"]).await.body;
    assert_eq!(
        data::md5(&stored),
        answers[0]["etag"].as_str().expect("etag")
    );
}

#[tokio::test]
async fn a_repeated_upload_id_answers_the_first_asset_even_after_a_restart() {
    let other = "[clouds.demo.presets.other]\nunsigned = true";
    let server = TestServer::with(other).await;
    let form = Form::new().file("a.png", &data::png(10, 10));
    let id = [("X-Unique-Upload-Id", "0123456789abcdef")];
    let send = async |server: &TestServer, form: &Form| -> Answer {
        server.upload_to("/v1_1/demo/auto/upload", &id, form).await
    };
    let first = send(&server, &form).await;
    assert_eq!(first.header("x-upload-replayed"), None);
    let again = send(&server, &form).await;
    assert_eq!(again.header("x-upload-replayed"), Some("1"));
    assert_eq!(again.asset(), first.asset());
    assert_eq!(server.count_assets(), 1);

    let folder = server.stop().await;
    let server = TestServer::in_folder(folder, other).await;
    let after = send(&server, &form).await;
    assert_eq!(after.header("x-upload-replayed"), Some("1"));
    assert_eq!(after.asset()["asset_id"], first.asset()["asset_id"]);
    assert_eq!(after.asset()["signature"], first.asset()["signature"]);
    assert_eq!(server.count_assets(), 1);

    let form = Form::default()
        .field("upload_preset", "other")
        .file("a.png", &data::png(10, 10));
    let elsewhere = send(&server, &form).await;
    assert_eq!(elsewhere.header("x-upload-replayed"), None);
    assert_eq!(server.count_assets(), 2);
}

#[tokio::test]
async fn a_repeated_upload_id_with_a_public_id_is_a_replay_and_not_existing() {
    let server = TestServer::start().await;
    let form = Form::new()
        .field("public_id", "one")
        .file("a.png", &data::png(10, 10));
    let id = [("X-Unique-Upload-Id", "abc")];
    let path = "/v1_1/demo/auto/upload";
    let first = server.upload_to(path, &id, &form).await.asset();
    assert_eq!(server.upload_to(path, &id, &form).await.asset(), first);
    let stranger = server
        .upload_to(path, &[("X-Unique-Upload-Id", "x")], &form)
        .await
        .asset();
    assert_eq!(stranger["existing"], true);
}

#[tokio::test]
async fn one_upload_id_sent_many_times_at_once_makes_one_asset() {
    let server = TestServer::start().await;
    let forms = vec![Form::new().file("a.png", &data::png(10, 10)); 8];
    let answers = at_once(&server, &forms, &[("X-Unique-Upload-Id", "abc")]).await;
    assert!(answers.iter().all(|asset| asset == &answers[0]));
    assert_eq!(server.count_assets(), 1);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn urls_follow_the_host_and_proxies_only_when_told() {
    let form = Form::new().file("a.png", &data::png(4, 4));
    let path = "/v1_1/demo/auto/upload";
    let forwarded = [
        ("Host", "upload.example.org"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "cdn.example.org"),
    ];
    let url = async |settings: &str, headers: &[(&str, &str)]| {
        let server = TestServer::with(settings).await;
        let asset = server.upload_to(path, headers, &form).await.asset();
        asset["secure_url"].as_str().expect("an URL").to_owned()
    };
    assert!(
        url("", &forwarded)
            .await
            .starts_with("http://upload.example.org/demo/")
    );
    let trusted = url("trusted_proxies = ['127.0.0.0/8']", &forwarded).await;
    assert!(trusted.starts_with("https://cdn.example.org/demo/"));
    let fixed = url("public_url = 'https://m.example.org/up/'", &forwarded).await;
    assert!(fixed.starts_with("https://m.example.org/up/demo/"));
    assert!(
        url("", &[("Host", "a/b\"><script>")])
            .await
            .starts_with("http://127.0.0.1:")
    );
}

/// Sends all forms in parallel and gives the assets.
async fn at_once(server: &TestServer, forms: &[Form], headers: &[(&str, &str)]) -> Vec<Value> {
    let sends = forms
        .iter()
        .map(|form| server.upload_to("/v1_1/demo/auto/upload", headers, form));
    join_all(sends.collect())
        .await
        .iter()
        .map(Answer::asset)
        .collect()
}

/// Drives all futures together, so that their requests overlap.
async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in pending.iter_mut().zip(done.iter_mut()) {
            if slot.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *slot = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
