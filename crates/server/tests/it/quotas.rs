//! What a cloud and an upload preset may keep: refused in words when there is no more room, while
//! what began finishes and what was answered is answered again. Holds on every store.

use plimsoll_server::signing::Algorithm;

use crate::chunks::{Sender, UPLOAD};
use crate::client::{Answer, Form, TestServer, now};
use crate::data;
use crate::place::Place;
use crate::signed::SIGNED;

fn refused(answer: &Answer, words: &str) {
    assert_eq!((answer.status, answer.error().as_str()), (400, words));
    assert_eq!(answer.header("retry-after"), None);
}

async fn to_preset(server: &TestServer, id: &str) -> Answer {
    let form = Form::default().field("upload_preset", "tight");
    let form = form.file("a.bin", id.as_bytes());
    let headers = [("X-Unique-Upload-Id", id)];
    server.upload_to(UPLOAD, &headers, &form).await
}

async fn delete(server: &TestServer, asset: &serde_json::Value) {
    let token = asset["delete_token"].as_str().expect("a token");
    let form = Form::default().field("token", token);
    let path = "/v1_1/demo/delete_by_token";
    assert_eq!(server.upload_to(path, &[], &form).await.status, 200);
}

pub async fn quotas_refuse_what_is_new_and_let_finish_what_began(mut place: Place) {
    place.settings = format!(
        "{}\n[clouds.demo.quota]\nbytes_max = 20000\n[clouds.demo.presets.tight]\n\
         unsigned = true\nreturn_delete_token = true\nquota = {{ files_max = 2 }}\n",
        place.settings
    );
    let server = place.server().await;
    let file = data::noise(12_000);
    let (files, bytes) = (
        "Quota exceeded. Maximum is 2 files.",
        "Quota exceeded. Maximum is 20000 bytes in all.",
    );
    let first = to_preset(&server, "one").await.asset();
    to_preset(&server, "two").await.asset();
    refused(&to_preset(&server, "three").await, files);
    let again = to_preset(&server, "two").await;
    assert_eq!(again.header("x-upload-replayed"), Some("1"));
    // An upload in chunks has its room from the first one on.
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    sender.known(&server, 0, 3_000).await.asset();
    let whole = Form::new().file("a.bin", &file[..9_000]);
    refused(&server.upload(&whole).await, bytes);
    let late = Sender {
        id: "late",
        file: &file,
    };
    refused(&late.known(&server, 0, 3_000).await, bytes);
    assert_eq!(late.status(&server).await.status, 404);
    let last = sender.known(&server, 3_000, 12_000).await.asset();
    assert_eq!(last["etag"], data::md5(&file));
    // What nobody told before is seen at the end, and then nothing of it stays.
    late.send(&server, 0, 3_000, "*").await.asset();
    refused(&late.known(&server, 3_000, 12_000).await, bytes);
    assert_eq!(late.status(&server).await.status, 404);
    let server = place.restarted(server).await;
    refused(&to_preset(&server, "three").await, files);
    refused(&server.upload(&whole).await, bytes);
    delete(&server, &first).await;
    to_preset(&server, "three").await.asset();
    refused(&to_preset(&server, "four").await, files);
    place.assert_tidy(&server, "after quotas").await;
}

#[tokio::test]
async fn what_is_replaced_makes_room_for_what_replaces_it() {
    let quota = "[clouds.demo.quota]\nfiles_max = 1\nbytes_max = 100\n";
    let server = TestServer::with(&format!("{quota}{SIGNED}")).await;
    let send = async |bytes: usize| {
        let time = now().to_string();
        let fields = [("timestamp", time.as_str()), ("public_id", "dog")];
        let form = Form::signed(&fields, Algorithm::Sha1).file("a", &data::noise(bytes));
        server.upload_to("/v1_1/demo/raw/upload", &[], &form).await
    };
    send(60).await.asset();
    for bytes in [90, 100, 1, 100] {
        assert_eq!(send(bytes).await.asset()["overwritten"], true, "{bytes}");
    }
    refused(
        &send(101).await,
        "Quota exceeded. Maximum is 100 bytes in all.",
    );
    let other = Form::new().file("b", b"x");
    refused(
        &server.upload(&other).await,
        "Quota exceeded. Maximum is 100 bytes in all.",
    );
    send(1).await.asset();
    refused(
        &server.upload(&other).await,
        "Quota exceeded. Maximum is 1 files.",
    );
}
