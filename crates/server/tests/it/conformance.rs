//! What every store must do, seen through the server: the same cases over each kind. A new store
//! needs one line at the end of this file.

use serde_json::Value;

use crate::chunks::{Sender, UPLOAD};
use crate::client::{Answer, Form, TestServer, until};
use crate::data;
use crate::parts::{
    parts_at_once_wait_for_the_first, parts_of_any_length_come_in_any_order,
    parts_that_do_not_fit_are_refused_and_harm_nothing,
};
use crate::place::{Kind, Place};
use crate::quotas::quotas_refuse_what_is_new_and_let_finish_what_began;

fn as_sender<'a>(id: &'a str, file: &'a [u8]) -> Sender<'a> {
    Sender { id, file }
}

async fn assert_delivered(server: &TestServer, answer: &Answer, file: &[u8]) -> Value {
    let asset = answer.asset();
    assert_eq!(asset["bytes"], file.len());
    assert_eq!(asset["etag"], data::md5(file));
    let delivered = server.fetch(&asset["secure_url"]).await;
    assert_eq!(data::sha256(&delivered.body), data::sha256(file));
    asset
}

/// The path of an asset's address.
fn path(asset: &Value) -> String {
    let url = asset["url"].as_str().expect("an address");
    let rest = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'));
    format!("/{}", rest.expect("a path").1)
}

async fn files_of_any_size_come_back_whole_and_in_parts(place: Place) {
    let server = place.server().await;
    // Less and more than the objects that a bucket keeps files in.
    for size in [1, 5_000, 4 << 20, (9 << 20) + 7] {
        let file = data::noise(size);
        let form = Form::new().file("a.bin", &file);
        let asset = assert_delivered(&server, &server.upload(&form).await, &file).await;
        let (from, to) = (size / 2 - size / 9, size - size / 7);
        let range = format!("bytes={from}-{}", to - 1);
        let headers = [("Range", range.as_str())];
        let part = server.send("GET", &path(&asset), &headers, b"").await;
        assert_eq!(part.status, 206, "{size}");
        assert_eq!(data::sha256(&part.body), data::sha256(&file[from..to]));
    }
    let server = place.restarted(server).await;
    place.assert_tidy(&server, "after whole files").await;
    if let Some((assets, bytes)) = place.totals(&server) {
        assert_eq!((assets, bytes), (4, 1 + 5_000 + (4 << 20) + (9 << 20) + 7));
    }
}

async fn an_upload_id_answers_its_asset_again(place: Place) {
    let server = place.server().await;
    let png = data::png(40, 30);
    let form = Form::new().field("public_id", "one").file("a.png", &png);
    let headers = [("X-Unique-Upload-Id", "same")];
    let first = server.upload_to(UPLOAD, &headers, &form).await;
    assert_eq!(first.header("x-upload-replayed"), None);
    let first = first.asset();
    assert_eq!(first["width"], 40);
    let server = place.restarted(server).await;
    let again = server.upload_to(UPLOAD, &headers, &form).await;
    assert_eq!(again.header("x-upload-replayed"), Some("1"));
    assert_eq!(again.asset()["asset_id"], first["asset_id"]);
    // Another upload to the public ID finds it taken; its own ID tells that from now on.
    let other = Form::new()
        .field("public_id", "one")
        .file("b.png", &data::png(9, 9));
    for replayed in [None, Some("1")] {
        let headers = [("X-Unique-Upload-Id", "other")];
        let answer = server.upload_to(UPLOAD, &headers, &other).await;
        assert_eq!(answer.header("x-upload-replayed"), replayed);
        assert_eq!(answer.asset()["existing"], true);
        assert_eq!(answer.asset()["asset_id"], first["asset_id"]);
    }
    let signature = server.upload_to(UPLOAD, &headers, &form).await.asset()["signature"].clone();
    assert_eq!(signature, first["signature"], "the secret is the same");
    place.assert_tidy(&server, "after repeats").await;
    assert!(
        place
            .totals(&server)
            .is_none_or(|totals| totals == (1, png.len() as u64))
    );
}

async fn chunks_at_once_and_in_any_order_make_one_file(place: Place) {
    let mut server = place.server().await;
    let file = data::noise(16 * 60_000 + 17);
    let sender = as_sender("abc", &file);
    let send = async |server: &TestServer, index: usize| {
        let start = index * 60_000;
        let end = (start + 60_000).min(file.len());
        sender.known(server, start, end).await
    };
    let first = send(&server, 0).await.asset();
    assert_eq!(
        (&first["done"], &first["bytes"]),
        (&false.into(), &60_000.into())
    );
    for round in 0..4 {
        // Seven shuffles sixteen, so that neighbours never follow each other.
        let [a, b, c, d] = [1, 2, 3, 4].map(|lane| (round * 4 + lane) * 7 % 16);
        let chosen = [a, b, c, d].map(|index| if index == 0 { 1 } else { index });
        let [a, b, c, d] = chosen.map(|index| send(&server, index));
        let (a, b, c, d) = tokio::join!(a, b, c, d);
        for answer in [a, b, c, d] {
            assert_eq!(answer.asset()["done"], false);
        }
        server = place.restarted(server).await;
    }
    let status = sender.status(&server).await.json();
    assert_eq!(status["ranges"], serde_json::json!([[0, 960_000]]));
    assert_delivered(&server, &send(&server, 16).await, &file).await;
    let server = place.restarted(server).await;
    let again = send(&server, 16).await;
    assert_eq!(again.header("x-upload-replayed"), Some("1"));
    place.assert_tidy(&server, "after chunks").await;
    assert!(
        place
            .totals(&server)
            .is_none_or(|totals| totals == (1, file.len() as u64))
    );
}

async fn what_does_not_fit_is_refused_and_harms_nothing(place: Place) {
    let server = place.server().await;
    let file = data::noise(9_000);
    let other = data::noise(9_900).split_off(900);
    let (sender, stranger) = (as_sender("abc", &file), as_sender("abc", &other));
    assert_eq!(
        sender.known(&server, 3_000, 6_000).await.status,
        400,
        "no first chunk"
    );
    sender.known(&server, 0, 3_000).await.asset();
    for (start, end, total) in [
        (1_000, 4_000, "9000"),
        (0, 4_000, "9000"),
        (3_000, 6_000, "9001"),
        (6_000, 9_000, "9000"),
    ] {
        let refused = stranger.send(&server, start, end, total).await;
        assert_eq!(refused.status, 400, "{start}-{end}/{total}");
        assert!(!refused.error().is_empty());
    }
    // A repeat is answered as before, whatever its bytes are.
    stranger.known(&server, 0, 3_000).await.asset();
    sender.known(&server, 3_000, 6_000).await.asset();
    assert_delivered(&server, &sender.known(&server, 6_000, 9_000).await, &file).await;
    // What can't be an image is refused at the last chunk, and nothing of it stays.
    let broken = [&b"\xff\xd8\xff\xd9"[..], &[0; 6_000]].concat();
    let sender = as_sender("broken", &broken);
    let send = async |start: usize, end: usize| {
        let range = crate::chunks::range(start, end, &broken.len().to_string());
        let headers = [
            ("Content-Range", range.as_str()),
            ("X-Unique-Upload-Id", "broken"),
        ];
        let form = Form::new().file("a.jpg", &broken[start..end]);
        server
            .upload_to("/v1_1/demo/image/upload", &headers, &form)
            .await
    };
    assert_eq!(send(0, 3_000).await.status, 200);
    assert_eq!(send(3_000, broken.len()).await.status, 400);
    assert_eq!(sender.status(&server).await.status, 404);
    place.assert_tidy(&server, "after refusals").await;
    assert!(
        place
            .totals(&server)
            .is_none_or(|totals| totals == (1, 9_000))
    );
}

async fn two_last_chunks_at_once_finish_once(place: Place) {
    let server = place.server().await;
    let file = data::noise(4_000);
    for round in 0..10 {
        let id = format!("race-{round}");
        let sender = as_sender(&id, &file);
        sender.known(&server, 0, 2_000).await.asset();
        let (one, two) = tokio::join!(
            sender.known(&server, 2_000, 4_000),
            sender.known(&server, 2_000, 4_000),
        );
        let told: Vec<Value> = [one, two]
            .iter()
            // The newer request may send the older one away.
            .filter(|answer| answer.status != 503)
            .map(|answer| answer.asset()["asset_id"].clone())
            .collect();
        assert!(!told.is_empty());
        assert!(told.iter().all(|id| *id == told[0]), "{told:?}");
    }
    place.assert_tidy(&server, "after races").await;
    assert!(
        place
            .totals(&server)
            .is_none_or(|totals| totals == (10, 40_000))
    );
}

async fn abandoned_uploads_are_swept(place: Place) {
    let server = place.server().await;
    let file = data::noise(9_000);
    let sender = as_sender("abc", &file);
    sender.known(&server, 0, 3_000).await.asset();
    sender.known(&server, 3_000, 6_000).await.asset();
    if matches!(place.kind, Kind::Memory) {
        return;
    }
    let impatient = format!("limits.upload_idle_seconds_max = 1\n{}", place.settings);
    // Ages are told in whole seconds.
    until("a second has passed", {
        let start = std::time::Instant::now();
        move || start.elapsed().as_millis() > 2_100
    })
    .await;
    let server = TestServer::in_folder(server.stop().await, &impatient).await;
    until("the upload is swept", || {
        let left = match &place.kind {
            Kind::Bucket(bucket) => bucket.objects("partial").len() + bucket.objects("blobs").len(),
            _ => server.stored("partial").len(),
        };
        left == 0
    })
    .await;
    assert_eq!(sender.status(&server).await.status, 404);
    assert_eq!(sender.known(&server, 6_000, 9_000).await.status, 400);
    place.assert_tidy(&server, "after a sweep").await;
}

async fn images_are_measured_made_and_kept(place: Place) {
    let server = place.server().await;
    let png = data::png(300, 200);
    let asset = server
        .upload(&Form::new().file("a.png", &png))
        .await
        .asset();
    assert_eq!(
        (&asset["width"], &asset["height"]),
        (&300.into(), &200.into())
    );
    let small = path(&asset).replace("/upload/", "/upload/c_limit,w_30/");
    let made = server.get(&small).await;
    assert_eq!(made.status, 200);
    let server = place.restarted(server).await;
    let kept = server.get(&small).await;
    assert_eq!((kept.status, &kept.body), (200, &made.body));
    if let Kind::Bucket(bucket) = &place.kind {
        assert_eq!(bucket.objects("assets").len(), 2);
    }
}

async fn at_the_mark_new_uploads_are_refused_and_those_that_began_finish(mut place: Place) {
    place.settings = format!("limits.store_bytes_max = 20000\n{}", place.settings);
    let server = place.server().await;
    let file = data::noise(12_000);
    let whole = Form::new().file("a.bin", &file);
    assert_eq!(server.upload(&whole).await.status, 200);
    let (large, fitting) = (
        as_sender("large", &file),
        as_sender("fitting", &file[..6_000]),
    );
    let assert_full = |answer: Answer| {
        assert_eq!(answer.status, 500);
        assert_eq!(answer.error(), "The storage is full. Try again later.");
        assert_eq!(answer.header("retry-after"), Some("30"));
    };
    assert_full(large.known(&server, 0, 3_000).await);
    fitting.known(&server, 0, 3_000).await.asset();
    // Nobody knows how large a whole file is before it has come.
    assert_eq!(server.upload(&whole).await.status, 200);
    assert_full(server.upload(&whole).await);
    let server = place.restarted(server).await;
    assert_full(server.upload(&whole).await);
    assert_full(large.known(&server, 0, 3_000).await);
    assert_eq!(large.status(&server).await.status, 404);
    assert_delivered(
        &server,
        &fitting.known(&server, 3_000, 6_000).await,
        &file[..6_000],
    )
    .await;
    place.assert_tidy(&server, "after refusals").await;
    assert!(
        place
            .totals(&server)
            .is_none_or(|totals| totals == (3, 30_000))
    );
}

/// Two servers share the store: chunks go to one and the other, the last one to both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_finish_one_upload_once() {
    let place = Place::bucket().await;
    let servers = [place.server().await, place.server().await];
    for round in 0..10 {
        let id = format!("shared-{round}");
        let file = data::noise(8 * 20_000 + round);
        let sender = as_sender(&id, &file);
        let send = async |server: usize, index: usize| {
            let start = index * 20_000;
            let end = if index == 7 {
                file.len()
            } else {
                start + 20_000
            };
            sender.known(&servers[server], start, end).await
        };
        // The first one to both at once: one of them decides the public ID.
        let (one, two) = tokio::join!(send(0, 0), send(1, 0));
        assert_eq!(one.asset()["public_id"], two.asset()["public_id"]);
        // Those between all at once, some of them twice.
        let (a, b, c, d, e, f, g, h) = tokio::join!(
            send(0, 1),
            send(1, 2),
            send(0, 3),
            send(1, 4),
            send(0, 5),
            send(1, 6),
            send(0, 4),
            send(1, 5),
        );
        for answer in [a, b, c, d, e, f, g, h] {
            assert_eq!(answer.asset()["done"], false, "round {round}");
        }
        let (one, two) = tokio::join!(send(0, 7), send(1, 7));
        let (one, two) = (one.asset(), two.asset());
        assert_eq!(one["asset_id"], two["asset_id"], "round {round}");
        assert_eq!(one["etag"], data::md5(&file));
        for server in &servers {
            let delivered = server.get(&path(&one)).await;
            assert_eq!(data::sha256(&delivered.body), data::sha256(&file));
        }
        assert_eq!(one["signature"], two["signature"], "one secret for both");
    }
    // The same whole file to both at once under one upload ID.
    let form = Form::new().file("a.bin", b"whole");
    let headers = [("X-Unique-Upload-Id", "whole")];
    let (one, two) = tokio::join!(
        servers[0].upload_to(UPLOAD, &headers, &form),
        servers[1].upload_to(UPLOAD, &headers, &form),
    );
    assert_eq!(one.asset()["asset_id"], two.asset()["asset_id"]);
    // Two files to one public ID: one of them has it.
    let form = |bytes: &[u8]| Form::new().field("public_id", "x").file("a.bin", bytes);
    let (one, two) = (form(b"one"), form(b"two"));
    let (one, two) = tokio::join!(servers[0].upload(&one), servers[1].upload(&two));
    assert_eq!(one.asset()["asset_id"], two.asset()["asset_id"]);
    let Kind::Bucket(bucket) = &place.kind else {
        unreachable!("it was made one");
    };
    // What lost its race goes away behind the answer.
    let expected = (0..10).map(|round| 160_000 + round).sum::<u64>() + 5 + 3;
    until("everything that lost is gone", || {
        place.totals(&servers[0]) == Some((12, expected)) && bucket.objects("incoming").is_empty()
    })
    .await;
    place
        .assert_tidy(&servers[0], "after races of two servers")
        .await;
}

/// A bucket that fails now and then is asked again; one that refuses is no reason to wait.
#[tokio::test]
async fn a_bucket_in_trouble_loses_nothing() {
    let place = Place::bucket().await;
    let server = place.server().await;
    let Kind::Bucket(bucket) = &place.kind else {
        unreachable!("it was made one");
    };
    let file = data::noise(9_000);
    let sender = as_sender("abc", &file);
    bucket.fail(4, 503);
    sender.known(&server, 0, 3_000).await.asset();
    sender.known(&server, 3_000, 6_000).await.asset();
    assert!(bucket.hits() > 2);
    bucket.fail(1, 403);
    let refused = sender.known(&server, 6_000, 9_000).await;
    let message = "The storage can't be used at the moment. Try again later.";
    assert_eq!((refused.status, refused.error().as_str()), (500, message));
    bucket.fail(0, 200);
    assert_delivered(&server, &sender.known(&server, 6_000, 9_000).await, &file).await;
    place.assert_tidy(&server, "after faults").await;
    assert_eq!(place.totals(&server), Some((1, 9_000)));
}

macro_rules! every_store {
    ($($case:ident),* $(,)?) => {
        every_store!(@ folder, $($case),*);
        every_store!(@ memory, $($case),*);
        every_store!(@ bucket, $($case),*);
    };
    (@ $store:ident, $($case:ident),*) => {
        mod $store {
            use crate::place::Place;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    super::$case(Place::$store().await).await;
                }
            )*
        }
    };
}

every_store! {
    files_of_any_size_come_back_whole_and_in_parts,
    an_upload_id_answers_its_asset_again,
    chunks_at_once_and_in_any_order_make_one_file,
    what_does_not_fit_is_refused_and_harms_nothing,
    two_last_chunks_at_once_finish_once,
    abandoned_uploads_are_swept,
    images_are_measured_made_and_kept,
    at_the_mark_new_uploads_are_refused_and_those_that_began_finish,
    parts_of_any_length_come_in_any_order,
    parts_at_once_wait_for_the_first,
    parts_that_do_not_fit_are_refused_and_harm_nothing,
    quotas_refuse_what_is_new_and_let_finish_what_began,
}
