//! Signed uploads: who is believed, in which words others are not, and that a signature of one
//! request is of no use for another.

use plimsoll_server::signing::{self, Algorithm};

use crate::client::{Answer, Form, TestServer, now};
use crate::data;

/// API key `key` with the secret `abcd`, and a preset for signed uploads only.
pub const SIGNED: &str = "[clouds.demo.keys.key]\nsecret = 'abcd'\n\
    [clouds.demo.keys.other]\nsecret = 'efgh'\n\
    [clouds.demo.presets.signed]\ntags = ['site']\nfolder = 'preset'\n";
const RAW: &str = "/v1_1/demo/raw/upload";

async fn post(server: &TestServer, form: Form) -> Answer {
    server.upload_to(RAW, &[], &form.file("a.bin", b"x")).await
}

#[tokio::test]
async fn a_signature_of_either_digest_is_enough() {
    let server = TestServer::with(SIGNED).await;
    let time = now().to_string();
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256] {
        let form = Form::signed(&[("timestamp", &time), ("tags", "a & b")], algorithm);
        let asset = post(&server, form).await.asset();
        assert_eq!(asset["api_key"], "key");
        assert_eq!(asset["tags"], serde_json::json!(["a & b"]));
        let id = asset["public_id"].as_str().expect("an ID");
        let version = asset["version"].as_u64().expect("a version");
        // The answer is signed as the request was.
        assert_eq!(
            asset["signature"],
            signing::sign_response(id, version, "abcd", algorithm)
        );
    }
}

#[tokio::test]
async fn presets_are_optional_and_yield_to_signed_requests() {
    let server = TestServer::with(SIGNED).await;
    let time = now().to_string();
    let signed = async |fields: &[(&str, &str)]| {
        let fields = [&[("timestamp", time.as_str())], fields].concat();
        post(&server, Form::signed(&fields, Algorithm::Sha1)).await
    };
    let asset = signed(&[("upload_preset", "signed")]).await.asset();
    assert_eq!(asset["folder"], "preset");
    assert_eq!(asset["tags"], serde_json::json!(["site"]));
    let fields = [
        ("upload_preset", "signed"),
        ("folder", "mine"),
        ("tags", "t"),
    ];
    let asset = signed(&fields).await.asset();
    assert_eq!(asset["folder"], "mine");
    assert_eq!(asset["tags"], serde_json::json!(["site", "t"]));
    assert_eq!(signed(&[]).await.asset()["folder"], "");
    let unknown = signed(&[("upload_preset", "nope")]).await;
    assert_eq!(unknown.error(), "Upload preset not found");
    let unsigned = Form::default().field("upload_preset", "signed");
    assert_eq!(
        post(&server, unsigned).await.error(),
        "Upload preset must be whitelisted for unsigned uploads"
    );
}

#[tokio::test]
async fn wrong_signatures_are_told_what_should_have_been_signed() {
    let server = TestServer::with(SIGNED).await;
    let time = now().to_string();
    let fields = [("timestamp", time.as_str()), ("public_id", "a & b")];
    let with = |signature: &str, key: &str| {
        let form = Form::default()
            .field("timestamp", &time)
            .field("tags", "a&b");
        form.field("api_key", key).field("signature", signature)
    };
    let wrong = signing::sign(fields, "abcd", Algorithm::Sha1);
    for signature in [wrong.as_str(), "abc", &"0".repeat(64)] {
        let answer = post(&server, with(signature, "key")).await;
        let expected = format!(
            "Invalid Signature {signature}. String to sign - 'tags=a%26b&timestamp={time}'."
        );
        assert_eq!((answer.status, answer.error()), (401, expected));
    }
    let right = signing::sign(
        [("timestamp", time.as_str()), ("tags", "a&b")],
        "abcd",
        Algorithm::Sha1,
    );
    let answer = post(&server, with(&right, "nobody")).await;
    let expected = "Unknown API key nobody".to_owned();
    assert_eq!((answer.status, answer.error()), (401, expected));
    // Another key's secret made it.
    assert_eq!(post(&server, with(&right, "other")).await.status, 401);
    assert_eq!(post(&server, with(&right, "key")).await.status, 200);
    assert_eq!(server.count_assets(), 1);
}

#[tokio::test]
async fn old_signatures_are_refused_in_the_words_of_the_wire() {
    let server = TestServer::with(SIGNED).await;
    let signed = async |time: u64| {
        let time = time.to_string();
        post(
            &server,
            Form::signed(&[("timestamp", &time)], Algorithm::Sha1),
        )
        .await
    };
    let old = signed(1_434_805_181).await;
    let message = "Stale request - reported time is 2015-06-20 12:59:41 +0000 which is more than \
        1 hour ago";
    assert_eq!((old.status, old.error()), (400, message.to_owned()));
    assert!(
        signed(now() + 400)
            .await
            .error()
            .ends_with("5 minutes ahead")
    );
    assert_eq!(signed(now() - 3_500).await.status, 200);
    let missing = Form::signed(&[("tags", "a")], Algorithm::Sha1);
    assert_eq!(
        post(&server, missing).await.error(),
        "Missing required parameter - timestamp"
    );
}

#[tokio::test]
async fn parameters_hidden_in_another_ones_value_are_refused_until_configured() {
    let time = now().to_string();
    let honest = [("timestamp", time.as_str()), ("display_name", "a&tags=x")];
    let hidden = [
        ("timestamp", time.as_str()),
        ("display_name", "a"),
        ("tags", "x"),
    ];
    // A client of the first version signs the honest request, somebody else sends the other one.
    let first = signing::string_to_sign(honest, signing::Version::One);
    assert_eq!(
        first,
        signing::string_to_sign(hidden, signing::Version::One)
    );
    let signature = signing::sign(hidden, "abcd", Algorithm::Sha1);
    let send = async |server: &TestServer| {
        let mut form = Form::default();
        for (name, value) in honest {
            form = form.field(name, value);
        }
        let form = form.field("api_key", "key").field("signature", &signature);
        post(server, form).await.status
    };
    let strict = TestServer::with(SIGNED).await;
    assert_eq!(send(&strict).await, 401);
    let settings = format!("[clouds.demo]\naccept_ambiguous_signatures = true\n{SIGNED}");
    assert_eq!(send(&TestServer::with(&settings).await).await, 200);
}

#[tokio::test]
async fn sha1_can_be_turned_off() {
    let settings = format!("[clouds.demo]\naccept_sha1 = false\n{SIGNED}");
    let server = TestServer::with(&settings).await;
    let time = now().to_string();
    for (algorithm, status) in [(Algorithm::Sha1, 401), (Algorithm::Sha256, 200)] {
        let form = Form::signed(&[("timestamp", &time)], algorithm);
        assert_eq!(post(&server, form).await.status, status);
    }
}

#[tokio::test]
async fn servers_may_send_key_and_secret_instead_of_a_signature() {
    let server = TestServer::with(SIGNED).await;
    let send = async |authorization: &str| {
        let form = Form::default().field("type", "private").file("a", b"x");
        let headers = [("Authorization", authorization)];
        server.upload_to(RAW, &headers, &form).await
    };
    // key:abcd
    let asset = send("Basic a2V5OmFiY2Q=").await.asset();
    assert_eq!(
        (&asset["api_key"], &asset["type"]),
        (&"key".into(), &"private".into())
    );
    // key:abce, nobody:abcd, no colon, no base64, another scheme.
    for wrong in [
        "Basic a2V5OmFiY2U=",
        "Basic bm9ib2R5OmFiY2Q=",
        "Basic a2V5",
        "Basic !",
        "Bearer abcd",
        "a2V5OmFiY2Q=",
    ] {
        let answer = send(wrong).await;
        assert_eq!(answer.status, 401, "{wrong}");
        assert!(answer.error().starts_with("Invalid credentials"), "{wrong}");
    }
    assert_eq!(server.count_assets(), 1);
}

#[tokio::test]
async fn each_chunk_is_judged_by_its_own_signature() {
    let server = TestServer::with(&format!("limits.chunk_bytes_min = 10\n{SIGNED}")).await;
    let bytes = data::noise(30);
    let send = async |start: usize, time: u64, forge: bool| {
        let time = time.to_string();
        let mut fields = vec![("timestamp", time.as_str()), ("public_id", "whole")];
        let form = Form::signed(&fields, Algorithm::Sha256);
        if forge {
            fields.push(("tags", "forged"));
        }
        let form = if forge {
            form.field("tags", "forged")
        } else {
            form
        };
        let range = format!("bytes {start}-{}/30", start + 9);
        let headers = [
            ("Content-Range", range.as_str()),
            ("X-Unique-Upload-Id", "one"),
        ];
        let form = form.file("a.bin", &bytes[start..start + 10]);
        server.upload_to(RAW, &headers, &form).await
    };
    assert_eq!(send(0, now(), false).await.status, 200);
    assert_eq!(send(10, now(), true).await.status, 401);
    assert!(
        send(10, now() - 4_000, false)
            .await
            .error()
            .starts_with("Stale")
    );
    let middle = send(10, now() - 3_000, false).await;
    assert_eq!(middle.json()["bytes"], 20);
    let status = server.get("/v1_1/demo/upload_status/one?api_key=key").await;
    assert_eq!(status.json()["offset"], 20);
    let other = server
        .get("/v1_1/demo/upload_status/one?api_key=other")
        .await;
    assert_eq!(other.status, 404);
    let asset = send(20, now(), false).await.asset();
    assert_eq!(asset["etag"], data::md5(&bytes));
    assert_eq!(asset["public_id"], "whole");
}

#[tokio::test]
async fn an_upload_id_of_one_key_is_nothing_to_another() {
    let server = TestServer::with(SIGNED).await;
    let send = async |form: Form, bytes: &[u8]| {
        let headers = [("X-Unique-Upload-Id", "same")];
        server
            .upload_to(RAW, &headers, &form.file("a", bytes))
            .await
    };
    let time = now().to_string();
    let signed = Form::signed(&[("timestamp", &time)], Algorithm::Sha1);
    let first = send(signed.clone(), b"one").await.asset();
    assert_eq!(
        send(signed, b"two").await.asset()["asset_id"],
        first["asset_id"]
    );
    let anybody = send(Form::new(), b"three").await.asset();
    assert_ne!(anybody["asset_id"], first["asset_id"]);
    assert_eq!(server.count_assets(), 2);
}

#[tokio::test]
async fn pages_of_this_site_can_have_parameters_signed() {
    let signing = "[clouds.demo.signing]\nkey = 'key'\norigins = ['https://shop.example']\n";
    let server = TestServer::with(&format!("{SIGNED}{signing}")).await;
    let ask = async |origin: &str, body: &str| {
        let own = format!("http://{}", server.address);
        let origin = if origin == "own" { &own } else { origin };
        let headers = [("Content-Type", "application/json"), ("Origin", origin)];
        server
            .send("POST", "/v1_1/demo/sign", &headers, body.as_bytes())
            .await
    };
    let body = r#"{"paramsToSign":{"source":"uw","tags":["a","b"]}}"#;
    let signed = ask("own", body).await.json();
    let time = signed["timestamp"].as_u64().expect("a time").to_string();
    let form = Form::default()
        .field("source", "uw")
        .field("tags", "a,b")
        .field("timestamp", &time)
        .field("api_key", signed["api_key"].as_str().expect("a key"))
        .field(
            "signature",
            signed["signature"].as_str().expect("a signature"),
        );
    post(&server, form).await.asset();

    assert_eq!(ask("https://shop.example", body).await.status, 200);
    let stranger = ask("https://evil.example", body).await;
    assert_eq!(stranger.status, 401);
    assert!(stranger.error().contains("https://evil.example"));
    for (body, words) in [
        (
            r#"{"paramsToSign":{"overwrite":true}}"#,
            "Overwrite parameter is not signed here.",
        ),
        (r#"{"params_to_sign":{"timestamp":1}}"#, "Stale request"),
        (
            r#"{"params_to_sign":{"timestamp":99999999999}}"#,
            "Stale request",
        ),
        ("junk", "Invalid body"),
    ] {
        let answer = ask("own", body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.error().starts_with(words), "{}", answer.error());
    }
}

#[tokio::test]
async fn nobody_signs_where_it_is_not_configured() {
    let server = TestServer::with(SIGNED).await;
    let body = br#"{"paramsToSign":{"source":"uw"}}"#;
    let answer = server.send("POST", "/v1_1/demo/sign", &[], body).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn signed_requests_name_their_asset_as_they_like() {
    let server = TestServer::with(SIGNED).await;
    let time = now().to_string();
    let send = async |fields: &[(&str, &str)]| {
        let fields = [&[("timestamp", time.as_str())], fields].concat();
        let form = Form::signed(&fields, Algorithm::Sha1).file("my logo.png", &data::png(2, 2));
        server
            .upload_to("/v1_1/demo/image/upload", &[], &form)
            .await
    };
    let asset = send(&[("use_filename", "1")]).await.asset();
    let id = asset["public_id"].as_str().expect("an ID");
    let letters = id.strip_prefix("my_logo_").expect("the name");
    assert!(
        letters.len() == 6 && letters.bytes().all(|b| b.is_ascii_alphanumeric()),
        "{id}"
    );
    let plain = [("use_filename", "true"), ("unique_filename", "false")];
    assert_eq!(send(&plain).await.asset()["public_id"], "my_logo");
    let named = [
        ("asset_folder", "shelf"),
        ("use_asset_folder_as_public_id_prefix", "1"),
        ("public_id", "dog"),
        ("display_name", "My dog"),
        ("discard_original_filename", "1"),
        ("type", "authenticated"),
    ];
    let asset = send(&named).await.asset();
    assert_eq!(asset["public_id"], "shelf/dog");
    assert_eq!(asset["display_name"], "My dog");
    assert_eq!(asset["original_filename"], serde_json::Value::Null);
    assert!(
        asset["url"]
            .as_str()
            .is_some_and(|url| url.contains("/image/authenticated/s--"))
    );
    // Nobody gets it at the address of a public one.
    assert_eq!(
        server.get("/demo/image/upload/shelf/dog.png").await.status,
        404
    );
    for (name, value, words) in [
        (
            "type",
            "public",
            "Invalid type - must be upload or private or authenticated",
        ),
        (
            "use_filename",
            "maybe",
            "Invalid use_filename - must be true, false, 1 or 0",
        ),
        (
            "ocr",
            "adv_ocr",
            "Ocr parameter is not supported by this server",
        ),
        (
            "public_di",
            "a",
            "Public di parameter is not supported by this server",
        ),
    ] {
        let answer = send(&[(name, value)]).await;
        assert_eq!((answer.status, answer.error()), (400, words.to_owned()));
    }
}
