//! Assets that are replaced, changed, deleted and listed, in a folder and in a store of objects.

use std::sync::Arc;

use plimsoll_server::signing::Algorithm;
use serde_json::{Value, json};

use crate::client::{Answer, Form, TestServer, now};
use crate::data;
use crate::signed::SIGNED;

const BASIC: (&str, &str) = ("Authorization", "Basic a2V5OmFiY2Q=");
const UPLOAD: &str = "/v1_1/demo/image/upload";

/// A server on each kind of store.
async fn servers() -> [TestServer; 2] {
    let presets = "[clouds.demo.presets.token]\nunsigned = true\nreturn_delete_token = true\n\
        [clouds.other.presets.a]\n";
    let folder = TestServer::with(&format!("{SIGNED}{presets}")).await;
    let objects = format!("store.url = 'memory://'\n{SIGNED}{presets}");
    [folder, TestServer::with(&objects).await]
}

/// A signed upload of these bytes.
async fn upload(server: &TestServer, fields: &[(&str, &str)], bytes: &[u8]) -> Answer {
    let time = now().to_string();
    let fields = [&[("timestamp", time.as_str())], fields].concat();
    let form = Form::signed(&fields, Algorithm::Sha256).file("a.png", bytes);
    server.upload_to(UPLOAD, &[], &form).await
}

/// A signed request without a file.
async fn ask(server: &TestServer, path: &str, fields: &[(&str, &str)]) -> Answer {
    let time = now().to_string();
    let fields = [&[("timestamp", time.as_str())], fields].concat();
    let form = Form::signed(&fields, Algorithm::Sha1);
    server.upload_to(path, &[], &form).await
}

async fn by_token(server: &TestServer, cloud: &str, token: &str) -> Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let path = format!("/v1_1/{cloud}/delete_by_token");
    let body = format!("token={token}");
    server.send("POST", &path, &headers, body.as_bytes()).await
}

async fn with_token(server: &TestServer) -> (Value, String) {
    let form = Form::default().field("upload_preset", "token");
    let form = form.file("a.png", &data::png(4, 4));
    let asset = server.upload_to(UPLOAD, &[], &form).await.asset();
    let token = asset["delete_token"].as_str().expect("a token").to_owned();
    (asset, token)
}

#[tokio::test]
async fn signed_uploads_replace_what_has_their_public_id() {
    for server in servers().await {
        let (old, new) = (data::png(4, 4), data::png(6, 6));
        let first = upload(&server, &[("public_id", "dog")], &old).await.asset();
        assert_eq!(first["overwritten"], Value::Null);
        let small = "/demo/image/upload/c_limit,w_2/dog.png";
        let before = server.get(small).await.body;
        let second = upload(&server, &[("public_id", "dog")], &new).await.asset();
        assert_eq!(
            (&second["overwritten"], &second["width"]),
            (&true.into(), &6.into())
        );
        assert_ne!(second["version_id"], first["version_id"]);
        assert_eq!(server.fetch(&second["url"]).await.body, new);
        // Nothing of the old one is shown any more, made results neither.
        assert_eq!(server.get("/demo/image/upload/dog.png").await.body, new);
        assert_ne!(server.get(small).await.body, before);
        let kept = [("public_id", "dog"), ("overwrite", "0")];
        let third = upload(&server, &kept, &old).await.asset();
        assert_eq!(
            (&third["existing"], &third["etag"]),
            (&true.into(), &second["etag"])
        );
        let anybody = Form::new().field("public_id", "dog").file("a.png", &old);
        let anybody = server.upload_to(UPLOAD, &[], &anybody).await.asset();
        assert_eq!(anybody["etag"], second["etag"]);
    }
}

#[tokio::test]
async fn a_repeated_upload_id_replaces_nothing_twice() {
    for server in servers().await {
        let send = async |id: &str, bytes: &[u8]| {
            let time = now().to_string();
            let fields = [("timestamp", time.as_str()), ("public_id", "dog")];
            let form = Form::signed(&fields, Algorithm::Sha1).file("a.png", bytes);
            let headers = [("X-Unique-Upload-Id", id)];
            server.upload_to(UPLOAD, &headers, &form).await.asset()
        };
        let first = send("one", &data::png(4, 4)).await;
        let second = send("two", &data::png(6, 6)).await;
        let again = send("two", &data::png(6, 6)).await;
        assert_eq!(again["asset_id"], second["asset_id"]);
        assert_eq!(again["overwritten"], true);
        // Its asset is gone, so this is an upload like any other.
        let late = send("one", &data::png(4, 4)).await;
        assert_ne!(late["asset_id"], first["asset_id"]);
        assert_eq!(server.fetch(&late["url"]).await.body, data::png(4, 4));
    }
}

#[tokio::test]
async fn whoever_uploads_may_delete_once_and_soon() {
    for server in servers().await {
        let (asset, token) = with_token(&server).await;
        assert!(token.len() >= 96, "{token}");
        let invalid = (400, "Invalid token".to_owned());
        let refused = async |cloud: &str, token: &str| {
            let answer = by_token(&server, cloud, token).await;
            (answer.status, answer.error())
        };
        let other = format!("{}{}", &token[..64], "0".repeat(32));
        let upper = token.to_uppercase();
        for wrong in [
            "x",
            &token[..95],
            &token[..64],
            &other,
            &upper,
            &"0".repeat(96),
        ] {
            assert_eq!(refused("demo", wrong).await, invalid, "{wrong}");
        }
        assert_eq!(refused("other", &token).await, invalid);
        assert_eq!(server.fetch(&asset["url"]).await.status, 200);
        let done = by_token(&server, "demo", &token).await;
        assert_eq!((done.status, done.json()), (200, json!({ "result": "ok" })));
        assert_eq!(server.fetch(&asset["url"]).await.status, 404);
        assert_eq!(refused("demo", &token).await, invalid);
        // Not asked for, not given.
        let plain = Form::new().file("a.png", &data::png(4, 4));
        let plain = server.upload_to(UPLOAD, &[], &plain).await.asset();
        assert_eq!(plain["delete_token"], Value::Null);
    }
}

#[tokio::test]
async fn a_token_is_for_one_version_of_an_asset() {
    for server in servers().await {
        let fields = [("public_id", "dog"), ("return_delete_token", "1")];
        let first = upload(&server, &fields, &data::png(4, 4)).await.asset();
        let token = |asset: &Value| asset["delete_token"].as_str().expect("it").to_owned();
        let second = upload(&server, &fields, &data::png(6, 6)).await.asset();
        assert_eq!(by_token(&server, "demo", &token(&first)).await.status, 400);
        assert_eq!(server.fetch(&second["url"]).await.status, 200);
        assert_eq!(by_token(&server, "demo", &token(&second)).await.status, 200);
        // Whoever meets an asset that was there gets no right to it.
        upload(&server, &[("public_id", "cat")], &data::png(4, 4))
            .await
            .asset();
        let kept = [fields[1], ("public_id", "cat"), ("overwrite", "0")];
        let existing = upload(&server, &kept, &data::png(4, 4)).await.asset();
        assert_eq!(existing["delete_token"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_that_use_a_token_at_once_one_deletes() {
    for server in servers().await {
        let (_, token) = with_token(&server).await;
        let server = Arc::new(server);
        let uses = (0..100).map(|_| {
            let (server, token) = (server.clone(), token.clone());
            tokio::spawn(async move { by_token(&server, "demo", &token).await.status })
        });
        let uses: Vec<_> = uses.collect();
        let mut deleted = 0;
        for status in uses {
            let status = status.await.expect("no panic");
            // A busy machine asks some of a hundred to come again.
            assert!(matches!(status, 200 | 400 | 420), "{status}");
            deleted += usize::from(status == 200);
        }
        assert_eq!(deleted, 1);
    }
}

#[tokio::test]
async fn signed_requests_delete_and_a_deleted_public_id_is_free() {
    for server in servers().await {
        let png = data::png(4, 4);
        let asset = upload(&server, &[("public_id", "f/dog")], &png)
            .await
            .asset();
        let destroy = "/v1_1/demo/image/destroy";
        let anybody = Form::default().field("public_id", "f/dog");
        let answer = server.upload_to(destroy, &[], &anybody).await;
        assert_eq!(answer.status, 401);
        assert!(answer.error().starts_with("Credentials are missing."));
        for (kind, result) in [
            ("video", "not found"),
            ("image", "ok"),
            ("image", "not found"),
        ] {
            let path = format!("/v1_1/demo/{kind}/destroy");
            let answer = ask(&server, &path, &[("public_id", "f/dog")]).await;
            assert_eq!(answer.json(), json!({ "result": result }), "{kind}");
        }
        assert_eq!(server.fetch(&asset["url"]).await.status, 404);
        let again = Form::new().field("public_id", "f/dog").file("a.png", &png);
        let again = server.upload_to(UPLOAD, &[], &again).await.asset();
        assert_eq!(again["existing"], Value::Null);
        assert_eq!(server.fetch(&again["url"]).await.body, png);
    }
}

#[tokio::test]
async fn what_is_known_of_an_asset_can_be_changed() {
    for server in servers().await {
        let fields = [("public_id", "dog"), ("tags", "a"), ("context", "k=v")];
        upload(&server, &fields, &data::png(4, 4)).await.asset();
        let explicit = "/v1_1/demo/image/explicit";
        let fields = [
            ("public_id", "dog"),
            ("tags", "b,c"),
            ("custom_coordinates", "1,1,2,2"),
        ];
        let asset = ask(&server, explicit, &fields).await.asset();
        assert_eq!(asset["tags"], json!(["b", "c"]));
        assert_eq!(asset["context"]["custom"]["k"], "v");
        assert_eq!(asset["coordinates"]["custom"], json!([[1, 1, 2, 2]]));
        assert_eq!(server.fetch(&asset["url"]).await.body, data::png(4, 4));
        let nobody = ask(&server, explicit, &[("public_id", "cat")]).await;
        assert_eq!(
            (nobody.status, nobody.error()),
            (404, "Resource not found".into())
        );
        let other = ask(
            &server,
            explicit,
            &[("public_id", "dog"), ("moderation", "manual")],
        )
        .await;
        assert!(
            other
                .error()
                .starts_with("Moderation parameter is not supported")
        );
    }
}

#[tokio::test]
async fn all_assets_of_a_kind_are_listed_a_page_at_a_time() {
    for server in servers().await {
        for number in 0..7 {
            let id = format!("list/{number}");
            upload(&server, &[("public_id", &id)], &data::png(4, 4))
                .await
                .asset();
        }
        let private = [("public_id", "hidden"), ("type", "private")];
        upload(&server, &private, &data::png(4, 4)).await.asset();
        let list = async |query: &str| {
            let path = format!("/v1_1/demo/resources/{query}");
            server.send("GET", &path, &[BASIC], b"").await
        };
        assert_eq!(server.get("/v1_1/demo/resources/image").await.status, 401);
        let mut found = Vec::new();
        let mut query = "image?max_results=3".to_owned();
        loop {
            let page = list(&query).await.asset();
            let assets = page["resources"].as_array().expect("a list");
            assert!(assets.len() <= 3);
            found.extend(assets.iter().map(|asset| asset["public_id"].to_string()));
            match page["next_cursor"].as_str() {
                Some(next) => query = format!("image?max_results=3&next_cursor={next}"),
                None => break,
            }
        }
        found.sort();
        let expected: Vec<String> = (0..7).map(|number| format!("\"list/{number}\"")).collect();
        assert_eq!(found, expected);
        let count = async |query: &str| {
            let page = list(query).await.asset();
            page["resources"].as_array().expect("a list").len()
        };
        assert_eq!(count("image/private").await, 1);
        assert_eq!(count("image/upload?prefix=list/3").await, 1);
        assert_eq!(count("raw").await, 0);
        for bad in [
            "image?max_results=0",
            "image?max_results=501",
            "image?next_cursor=../x",
        ] {
            assert_eq!(list(bad).await.status, 400, "{bad}");
        }
    }
}

#[tokio::test]
async fn an_asset_of_authenticated_access_mode_is_delivered_to_signed_addresses_only() {
    for server in servers().await {
        let bytes = data::png(8, 8);
        let fields = [("public_id", "door"), ("access_mode", "authenticated")];
        let closed = upload(&server, &fields, &bytes).await.asset();
        assert_eq!(closed["access_mode"], "authenticated");
        assert_eq!(closed["type"], "upload");
        let url = closed["url"].as_str().expect("an address");
        assert!(url.contains("/image/upload/s--"), "{url}");
        let fetched = server.fetch(&closed["url"]).await;
        assert_eq!((fetched.status, &fetched.body), (200, &bytes));
        assert_eq!(
            fetched.header("cache-control"),
            Some("private, max-age=3600")
        );
        let unsigned = format!("/demo/image/upload/v{}/door.png", closed["version"]);
        for path in [
            unsigned.as_str(),
            "/demo/image/upload/door.png",
            "/demo/image/upload/c_limit,w_2/door.png",
            "/demo/image/upload/s--AAAAAAAA--/door.png",
        ] {
            assert_eq!(server.get(path).await.status, 401, "{path}");
        }

        let path = "/v1_1/demo/image/explicit";
        let id = ("public_id", "door");
        let open = [id, ("type", "upload"), ("access_mode", "public")];
        let opened = ask(&server, path, &open).await.asset();
        assert_eq!(opened["access_mode"], "public");
        assert!(!opened["url"].as_str().expect("it").contains("s--"));
        assert_eq!(server.get(&unsigned).await.body, bytes);
        let close = [id, ("type", "upload"), ("access_mode", "authenticated")];
        assert_eq!(ask(&server, path, &close).await.status, 200);
        assert_eq!(server.get(&unsigned).await.status, 401);
        let list = "/v1_1/demo/resources/image";
        let listed = server.send("GET", list, &[BASIC], b"").await.json();
        let first = &listed["resources"][0];
        assert_eq!(first["access_mode"], "authenticated");
        assert_eq!(server.fetch(&first["url"]).await.body, bytes);

        let other = [id, ("access_mode", "private")];
        let refused = upload(&server, &other, &bytes).await;
        let words = "Invalid access_mode - must be public or authenticated";
        assert_eq!((refused.status, refused.error().as_str()), (400, words));
    }
}
