//! The engine against the embedded server over real sockets, without a browser: that the two
//! speak the same wire. Journeys through the browser are in `tests/e2e`.
#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]
#![cfg(not(target_arch = "wasm32"))]

#[path = "loopback/server.rs"]
mod server;
#[path = "loopback/shell.rs"]
mod shell;

use plimsoll_core::Notice;
use plimsoll_core::item::Status;
use plimsoll_core::options::{CHUNK_SIZE_MIN, Options, Signer};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{ItemId, Millis};

use server::Server;
use shell::{Fate, moment, options, upload};

fn text<'a>(info: &'a Value, key: &str) -> &'a str {
    info.get(key).and_then(Value::text).unwrap()
}

#[test]
fn what_the_engine_sends_is_stored_and_delivered_as_it_was() {
    let server = Server::start();
    let files: [(&str, &[u8]); 2] = [("a.txt", b"first"), ("b.txt", &[b'x'; 300_000])];
    let run = upload(&server, options(&server), &files, Fate::default());
    assert!(
        run.batch
            .ids()
            .all(|id| run.batch.item(id).unwrap().status == Status::Done)
    );
    let mut stored = 0;
    for notice in &run.notices {
        if let Notice::Success { item, info } = notice {
            let url = text(info, "secure_url");
            let path = url.split_once(&server.address.to_string()).unwrap().1;
            let (status, _, body) = server.exchange(&format!("GET {path} HTTP/1.1\r\n"), &[]);
            assert_eq!((status, &body[..]), (200, files[item.0 as usize].1));
            stored += 1;
        }
    }
    assert_eq!(stored, 2);
    assert!(matches!(run.notices.last(), Some(Notice::QueuesEnd { files }) if files.len() == 2));
}

#[test]
fn a_lost_answer_is_repaired_without_a_second_asset() {
    let server = Server::start();
    let fate = Fate {
        lost: &[0],
        ..Fate::default()
    };
    let run = upload(&server, options(&server), &[("a.txt", b"once")], fate);
    assert_eq!(run.heads.len(), 2, "the request was repeated");
    let replayed: Vec<bool> = run
        .heads
        .iter()
        .map(|head| head.contains("\nx-upload-replayed: 1"))
        .collect();
    assert_eq!(replayed, [false, true]);
    assert!(
        run.notices
            .iter()
            .any(|notice| matches!(notice, Notice::Success { .. }))
    );
}

#[test]
fn a_file_in_chunks_is_stored_whole_and_once_whichever_answer_is_lost() {
    let size = usize::try_from(3 * CHUNK_SIZE_MIN).unwrap() + 1;
    for (at, lost) in [&[][..], &[0], &[1], &[3]].into_iter().enumerate() {
        // A fresh one, for the same seed gives the same upload ID.
        let server = Server::start();
        // Bytes that tell their places, so that none can stand for another.
        let tell = |byte: usize| u8::try_from((byte + at) % 251).unwrap();
        let file: Vec<u8> = (0..size).map(tell).collect();
        let fate = Fate {
            lost,
            ..Fate::default()
        };
        let run = upload(&server, options(&server), &[("a.bin", &file)], fate);
        assert_eq!(run.heads.len(), 4 + lost.len());
        let assets: Vec<&Value> = run
            .notices
            .iter()
            .filter_map(|notice| match notice {
                Notice::Success { info, .. } => Some(info),
                _ => None,
            })
            .collect();
        assert_eq!(assets.len(), 1, "{lost:?}");
        let url = text(assets[0], "secure_url");
        let path = url.split_once(&server.address.to_string()).unwrap().1;
        let (status, _, body) = server.exchange(&format!("GET {path} HTTP/1.1\r\n"), &[]);
        assert!((status, &body) == (200, &file), "{lost:?}: other bytes");
    }
}

#[test]
fn the_server_s_refusal_reaches_the_page_in_its_own_words() {
    let server = Server::start();
    let options = Options {
        upload_preset: Some("nobody".to_owned()),
        ..options(&server)
    };
    let run = upload(&server, options, &[("a.txt", b"a")], Fate::default());
    let item = run.batch.item(ItemId(0)).unwrap();
    assert_eq!(
        item.fault.unwrap().server_message,
        "Upload preset not found"
    );
    assert_eq!(item.status, Status::Failed);
    assert_eq!(run.heads.len(), 1, "and is not tried again");
}

/// Bytes that tell their places, so that none can stand for another.
fn telling(size: u64) -> Vec<u8> {
    let tell = |byte: u64| u8::try_from(byte % 251).unwrap();
    (0..size).map(tell).collect()
}

#[test]
fn chunks_are_signed_by_the_pages_server_and_taken() {
    let server = Server::with(|config| {
        let cloud = config.clouds.get_mut("demo").unwrap();
        cloud.signing.as_mut().unwrap().origins.clear();
    });
    let options = Options {
        upload_preset: Some("signed".to_owned()),
        signer: Signer::Server(format!("http://{}/v1_1/demo/sign", server.address)),
        tags: vec!["a & b".to_owned()],
        ..options(&server)
    };
    let file = telling(2 * CHUNK_SIZE_MIN + 1);
    let run = upload(&server, options, &[("a.bin", &file)], Fate::default());
    let item = run.batch.item(ItemId(0)).unwrap();
    assert_eq!(item.status, Status::Done, "{:?}", item.fault);
    assert_eq!(
        (run.heads.len(), run.asked),
        (3, 1),
        "one signature for all"
    );
}

#[test]
fn a_signature_that_is_wrong_is_explained_by_the_servers_own_words() {
    let server = Server::start();
    let options = Options {
        signer: Signer::Ready("0".repeat(40)),
        signature_timestamp: Some(moment(Millis(0)).unix_ms / 1000),
        api_key: Some("demo".to_owned()),
        tags: vec!["a & b".to_owned()],
        ..options(&server)
    };
    let run = upload(&server, options, &[("a.txt", b"a")], Fate::default());
    let fault = run.batch.item(ItemId(0)).unwrap().fault.unwrap();
    assert_eq!(fault.status, 401);
    let diagnosis = fault.diagnosis.as_deref().unwrap();
    let names = "exactly: source, tags, timestamp, upload_preset";
    assert!(diagnosis.contains(names), "{diagnosis}");
}

#[test]
fn a_file_goes_on_in_the_next_life_of_the_page_and_the_server_is_asked_how_far_it_is() {
    let server = Server::start();
    let size = 4 * CHUNK_SIZE_MIN + 1;
    let file = telling(size);
    let files = [("a.bin", &file[..])];
    let first = Fate {
        left_after: Some(3),
        ..Fate::default()
    };
    let first = upload(&server, options(&server), &files, first);
    let second = Fate {
        past: first.kept.get(&ItemId(0)).cloned(),
        ..Fate::default()
    };
    assert!(second.past.is_some());
    let second = upload(&server, options(&server), &files, second);
    let item = second.batch.item(ItemId(0)).unwrap();
    assert_eq!(item.status, Status::Done, "{:?}", item.fault);
    assert_eq!(second.queries, 1);
    assert_eq!(first.sent + second.sent, size, "nothing goes twice");
    assert!(second.kept.is_empty(), "and nothing is kept any longer");
}

#[test]
fn a_server_that_takes_smaller_chunks_says_so_and_gets_them() {
    let server = Server::with(|config| config.limits.chunk_bytes_min = 1_000);
    let options = Options {
        max_chunk_size: 100_000,
        ..options(&server)
    };
    let files: [(&str, &[u8]); 2] = [("a.txt", b"first"), ("b.bin", &telling(250_000))];
    let options = Options {
        max_parallel_uploads: 1,
        ..options
    };
    let run = upload(&server, options, &files, Fate::default());
    assert_eq!(run.heads.len(), 1 + 3);
    assert_eq!(run.batch.summary().done, 2);
}
