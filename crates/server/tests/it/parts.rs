//! Files in numbered parts, whose places nobody knows before all earlier ones have come. The cases
//! that take a place hold on every store (`conformance.rs`).

use serde_json::{Value, json};

use crate::chunks::{Sender, UPLOAD};
use crate::client::{Answer, Client, Form, TestServer};
use crate::data;
use crate::place::{Kind, Place};

/// A file in parts of these lengths.
pub struct Parts<'a> {
    pub id: &'a str,
    pub file: &'a [u8],
    pub lengths: &'a [usize],
}

impl Parts<'_> {
    /// Sends one, the first being 1.
    pub async fn send(&self, server: &Client, number: usize) -> Answer {
        let start: usize = self.lengths[..number - 1].iter().sum();
        let bytes = &self.file[start..start + self.lengths[number - 1]];
        self.send_as(server, number, self.lengths.len(), bytes)
            .await
    }

    async fn send_as(&self, server: &Client, number: usize, parts: usize, bytes: &[u8]) -> Answer {
        let (number, parts) = (number.to_string(), parts.to_string());
        let headers = [
            ("X-Upload-Part-Number", number.as_str()),
            ("X-Upload-Total-Parts", parts.as_str()),
            ("X-Unique-Upload-Id", self.id),
        ];
        let form = Form::new().file("film.bin", bytes);
        server.upload_to(UPLOAD, &headers, &form).await
    }

    async fn status(&self, server: &Client) -> Answer {
        let (id, file) = (self.id, self.file);
        Sender { id, file }.status(server).await
    }
}

async fn finished(server: &TestServer, answer: &Answer, file: &[u8]) -> Value {
    let asset = answer.asset();
    assert_eq!(asset["done"], true);
    assert_eq!(asset["bytes"], file.len());
    assert_eq!(asset["etag"], data::md5(file));
    let delivered = server.fetch(&asset["secure_url"]).await;
    assert_eq!(data::sha256(&delivered.body), data::sha256(file));
    asset
}

fn refused(answer: &Answer, words: &str) {
    assert!(answer.error().starts_with(words), "{}", answer.error());
    assert_eq!(answer.status, 400, "{words}");
}

/// The part that completes the file is one in the middle, and its answer is the asset.
pub async fn parts_of_any_length_come_in_any_order(place: Place) {
    let mut server = place.server().await;
    // The longest has more than one of the objects that a bucket keeps files in.
    let mut lengths: Vec<usize> = (0..12).map(|index| 1_000 + index * 7_001).collect();
    lengths[6] = (4 << 20) + 5;
    lengths[11] = 3;
    let file = data::noise(lengths.iter().sum());
    let parts = Parts {
        id: "abc",
        file: &file,
        lengths: &lengths,
    };
    let first = parts.send(&server, 1).await;
    assert_eq!(first.header("x-upload-status"), Some("1"));
    let expected = json!({
        "done": false, "public_id": first.json()["public_id"], "bytes": 1_000,
        "resource_type": "raw", "type": "upload", "upload_id": "abc",
    });
    assert_eq!(first.asset(), expected);
    for [a, b, c] in [[12, 7, 3], [9, 2, 10], [8, 4, 11]] {
        let [one, two, three] = [a, b, c].map(|number| parts.send(&server, number));
        let (one, two, three) = tokio::join!(one, two, three);
        for answer in [one, two, three] {
            assert_eq!(answer.asset()["done"], false);
        }
        server = place.restarted(server).await;
        let again = parts.send(&server, a).await.asset();
        assert_eq!(
            (&again["done"], &again["public_id"]),
            (&json!(false), &expected["public_id"])
        );
    }
    let status = parts.status(&server).await.json();
    assert_eq!(status["parts"], json!([1, 2, 3, 4, 7, 8, 9, 10, 11, 12]));
    let known: usize = lengths[..4].iter().sum();
    assert_eq!(
        (&status["ranges"], &status["offset"]),
        (&json!([[0, known]]), &json!(known))
    );
    assert_eq!(parts.send(&server, 5).await.asset()["done"], false);
    let asset = finished(&server, &parts.send(&server, 6).await, &file).await;
    assert_eq!(asset["public_id"], expected["public_id"]);
    let server = place.restarted(server).await;
    for number in [6, 1, 12] {
        let again = parts.send(&server, number).await;
        assert_eq!(again.header("x-upload-replayed"), Some("1"));
        assert_eq!(again.asset()["asset_id"], asset["asset_id"]);
    }
    place.assert_tidy(&server, "after parts").await;
    let totals = place.totals(&server);
    assert!(
        totals.is_none_or(|totals| totals == (1, file.len() as u64)),
        "{totals:?}"
    );
}

/// Clients that number their parts send all of them at once.
pub async fn parts_at_once_wait_for_the_first(place: Place) {
    let server = place.server().await;
    let lengths = [700_000, 1_000, 2_000, 1_500, 1];
    let file = data::noise(lengths.iter().sum());
    for round in 0..5 {
        let id = format!("at-once-{round}");
        let parts = Parts {
            id: &id,
            file: &file,
            lengths: &lengths,
        };
        let send = |number| parts.send(&server, number);
        let (a, b, c, d, e) = tokio::join!(send(5), send(4), send(3), send(2), send(1));
        let answers = [a, b, c, d, e];
        let ended: Vec<_> = answers
            .iter()
            .filter(|answer| answer.asset()["done"] == true)
            .collect();
        // One completed it; who came at that moment may have been told the same.
        assert!(!ended.is_empty(), "round {round}");
        for answer in ended {
            finished(&server, answer, &file).await;
        }
    }
    place.assert_tidy(&server, "after parts at once").await;
    let totals = place.totals(&server);
    assert!(
        totals.is_none_or(|totals| totals == (5, 5 * file.len() as u64)),
        "{totals:?}"
    );
}

pub async fn parts_that_do_not_fit_are_refused_and_harm_nothing(mut place: Place) {
    place.settings = place.settings.replace(
        "limits.chunk_bytes_min",
        "limits.upload_bytes_max = 9000\nlimits.file_bytes_max = 5000\n\
         limits.part_wait_seconds_max = 0\nlimits.chunk_bytes_min",
    );
    let server = place.server().await;
    let lengths = [3_000, 1_000, 2_000];
    let file = data::noise(6_000);
    let parts = Parts {
        id: "abc",
        file: &file,
        lengths: &lengths,
    };
    refused(
        &parts.send(&server, 2).await,
        "Part 1 of this upload is missing",
    );
    assert_eq!(parts.status(&server).await.status, 404);
    parts.send(&server, 1).await.asset();
    let words = "This part contradicts an earlier one";
    for (number, total, bytes) in [(1, 3, 2_999), (1, 3, 3_001), (2, 4, 1_000), (1, 1, 3_000)] {
        refused(
            &parts.send_as(&server, number, total, &file[..bytes]).await,
            words,
        );
    }
    let send = |bytes| parts.send_as(&server, 2, 3, bytes);
    refused(&send(&[]).await, "Empty file");
    refused(
        &send(&file[..999]).await,
        "All parts except EOF-chunk must be larger than 1000",
    );
    let large = data::noise(5_001);
    refused(
        &send(&large).await,
        "File size too large. Got 5001. Maximum is 5000.",
    );
    let ranged = Sender {
        id: "abc",
        file: &file,
    };
    refused(
        &ranged.known(&server, 3_000, 6_000).await,
        "Content-Range contradicts",
    );
    let last = parts.send_as(&server, 3, 3, &large[..5_000]).await.asset();
    assert_eq!(last["bytes"], 8_000);
    refused(
        &send(&file[..1_001]).await,
        "File size too large. Got 9001. Maximum is 9000.",
    );
    let whole = [&file[..3_000], &file[3_000..4_000], &large[..5_000]].concat();
    finished(&server, &parts.send(&server, 2).await, &whole).await;
    let ranged = Sender {
        id: "ranged",
        file: &file,
    };
    ranged.known(&server, 0, 3_000).await.asset();
    let parts = Parts {
        id: "ranged",
        ..parts
    };
    refused(&parts.send(&server, 2).await, words);
    refused(&parts.send(&server, 1).await, words);
    finished(&server, &ranged.known(&server, 3_000, 6_000).await, &file).await;
    place.assert_tidy(&server, "after refusals").await;
}

/// Two servers share the store, and each gets parts of the same uploads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_put_parts_together_once() {
    let place = Place::bucket().await;
    let servers = [place.server().await, place.server().await];
    for round in 0..10 {
        let id = format!("shared-{round}");
        let lengths = [2_000, 30_000 + round, 4_000, 1_000, 60_000, 7];
        let file = data::noise(lengths.iter().sum());
        let parts = Parts {
            id: &id,
            file: &file,
            lengths: &lengths,
        };
        let send = |server: usize, number| parts.send(&servers[server], number);
        // The first one to both, and others to whichever hasn't heard of it yet.
        let (a, b, c, d) = tokio::join!(send(0, 1), send(1, 1), send(1, 3), send(0, 5));
        assert_eq!(a.asset()["public_id"], b.asset()["public_id"]);
        assert_eq!(
            (&c.asset()["done"], &d.asset()["done"]),
            (&json!(false), &json!(false))
        );
        let (a, b, c, d) = tokio::join!(send(0, 2), send(1, 4), send(0, 6), send(1, 2));
        let answers = [a, b, c, d];
        let ended = answers.iter().map(Answer::asset);
        let ended: Vec<Value> = ended.filter(|asset| asset["done"] == true).collect();
        assert!(!ended.is_empty(), "round {round}");
        for asset in &ended {
            assert_eq!(asset["asset_id"], ended[0]["asset_id"]);
            assert_eq!(asset["etag"], data::md5(&file));
        }
        for server in [0, 1] {
            finished(&servers[server], &send(server, 4).await, &file).await;
        }
    }
    let Kind::Bucket(bucket) = &place.kind else {
        unreachable!("it was made one");
    };
    crate::client::until("what lost is gone", || {
        bucket.objects("incoming").is_empty()
    })
    .await;
    place.assert_tidy(&servers[0], "after two servers").await;
    assert_eq!(
        place.totals(&servers[0]).map(|(assets, _)| assets),
        Some(10)
    );
}
