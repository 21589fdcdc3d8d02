//! Images that an upload asks for: made before they are stored, or before anybody fetches them.

use plimsoll_server::signing::Algorithm;
use serde_json::{Value, json};

use crate::client::{Answer, Form, TestServer, now};
use crate::data;
use crate::signed::SIGNED;

const UPLOAD: &str = "/v1_1/demo/image/upload";

async fn send(server: &TestServer, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let time = now().to_string();
    let fields = [&[("timestamp", time.as_str())], fields].concat();
    let form = Form::signed(&fields, Algorithm::Sha1).file("a.png", &data::png(40, 20));
    server.upload_to(UPLOAD, headers, &form).await
}

#[tokio::test]
async fn eager_images_are_there_when_the_upload_is_answered() {
    let server = TestServer::with(SIGNED).await;
    let eager = "c_fill,w_10,h_10|c_limit,w_20/webp";
    let asset = send(&server, &[("eager", eager)], &[]).await.asset();
    let made = asset["eager"].as_array().expect("a list");
    let told: Vec<Value> = made
        .iter()
        .map(|image| json!([image["transformation"], image["width"], image["height"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["c_fill,w_10,h_10", 10, 10]),
            json!(["c_limit,w_20/webp", 20, 10])
        ]
    );
    assert_eq!(made[1]["format"], "webp");
    let names = |path: &std::path::PathBuf| path.to_string_lossy().contains("derived-");
    assert_eq!(
        server
            .stored("assets")
            .iter()
            .filter(|path| names(path))
            .count(),
        2
    );
    for image in made {
        let answer = server.fetch(&image["secure_url"]).await;
        assert_eq!(answer.status, 200, "{}", image["secure_url"]);
        assert_eq!(image["bytes"], answer.body.len());
    }
}

#[tokio::test]
async fn an_incoming_transformation_is_what_is_stored() {
    let server = TestServer::with(SIGNED).await;
    let fields = [("transformation", "c_limit,w_10"), ("format", "jpg")];
    let asset = send(&server, &fields, &[]).await.asset();
    assert_eq!(
        (&asset["width"], &asset["height"], &asset["format"]),
        (&10.into(), &5.into(), &"jpg".into())
    );
    let stored = server.fetch(&asset["url"]).await;
    assert_eq!(stored.header("content-type"), Some("image/jpeg"));
    assert_eq!(asset["bytes"], stored.body.len());
    assert_eq!(asset["etag"], data::md5(&stored.body));
    // Nothing of what was sent is left.
    assert_eq!(server.stored("incoming").len(), 0);
}

#[tokio::test]
async fn a_file_in_chunks_is_transformed_when_it_is_whole_and_answered_again() {
    let server = TestServer::with(&format!("limits.chunk_bytes_min = 10\n{SIGNED}")).await;
    let png = data::png(40, 20);
    let chunk = async |start: usize, end: usize| {
        let time = now().to_string();
        let fields = [
            ("timestamp", time.as_str()),
            ("transformation", "c_limit,w_10"),
        ];
        let form = Form::signed(&fields, Algorithm::Sha1).file("a.png", &png[start..end]);
        let range = format!("bytes {start}-{}/{}", end - 1, png.len());
        let headers = [
            ("Content-Range", range.as_str()),
            ("X-Unique-Upload-Id", "one"),
        ];
        server.upload_to(UPLOAD, &headers, &form).await.asset()
    };
    assert_eq!(chunk(0, 50).await["done"], false);
    let asset = chunk(50, png.len()).await;
    assert_eq!(
        (&asset["width"], &asset["done"]),
        (&10.into(), &true.into())
    );
    let again = chunk(50, png.len()).await;
    assert_eq!(again["asset_id"], asset["asset_id"]);
    assert_eq!(server.stored("partial").len(), 0);
    assert_eq!(server.count_assets(), 1);
}

#[tokio::test]
async fn what_can_not_be_made_is_refused_before_anything_is_stored() {
    let server = TestServer::with(SIGNED).await;
    let many = ["w_1,c_scale"; 11].join("|");
    for (name, value, words) in [
        ("eager", "e_sepia", "Invalid transformation"),
        (
            "eager",
            many.as_str(),
            "Invalid transformation - more than 10 eager ones",
        ),
        ("transformation", "l_text:x", "Invalid transformation"),
        (
            "format",
            "tiff",
            "Invalid transformation - format tiff can't be made",
        ),
    ] {
        let answer = send(&server, &[(name, value)], &[]).await;
        assert_eq!(answer.status, 400, "{value}");
        assert!(answer.error().starts_with(words), "{}", answer.error());
    }
    let time = now().to_string();
    let fields = [("timestamp", time.as_str()), ("eager", "c_fill,w_9,h_9")];
    let raw = Form::signed(&fields, Algorithm::Sha1).file("a.bin", b"raw");
    let raw = server.upload_to("/v1_1/demo/raw/upload", &[], &raw).await;
    assert!(
        raw.error().contains("raw assets are delivered as they are"),
        "{}",
        raw.error()
    );
    assert_eq!(server.count_assets(), 0);
    assert!(server.stored("incoming").is_empty());
}

#[tokio::test]
async fn addresses_of_what_is_not_public_are_answered_signed() {
    let server = TestServer::with(SIGNED).await;
    let fields = [
        ("type", "authenticated"),
        ("public_id", "é b"),
        ("eager", "c_fill,w_10,h_10"),
        ("moderation", "manual"),
    ];
    let asset = send(&server, &fields, &[]).await.asset();
    assert_eq!(
        asset["moderation"],
        json!([{ "status": "pending", "kind": "manual" }])
    );
    for url in [&asset["url"], &asset["eager"][0]["url"]] {
        assert_eq!(server.fetch(url).await.status, 200, "{url}");
        let text = url.as_str().expect("an URL");
        let (start, rest) = text.split_once("/s--").expect("a signature");
        let (_, rest) = rest.split_once("--/").expect("its end");
        assert_eq!(
            server.fetch(&format!("{start}/{rest}").into()).await.status,
            401
        );
    }
}

#[tokio::test]
async fn presets_can_ask_for_them() {
    let preset = "[clouds.demo.presets.thumbs]\nunsigned = true\nformat = 'webp'\n\
        transformation = ['c_limit,w_20', 'c_fill,w_8,h_8']\n\
        eager = ['c_scale,w_4', 'c_scale,w_2']\n";
    let server = TestServer::with(preset).await;
    let form = Form::default().field("upload_preset", "thumbs");
    let form = form.file("a.png", &data::png(40, 20));
    let asset = server.upload_to(UPLOAD, &[], &form).await.asset();
    assert_eq!(
        (&asset["width"], &asset["format"]),
        (&8.into(), &"webp".into())
    );
    assert_eq!(asset["eager"].as_array().map(Vec::len), Some(2));
}
