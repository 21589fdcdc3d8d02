//! What the storm has found, each as the few steps to which it shrank: none of it comes back
//! unnoticed, whatever seeds are drawn.

mod script;

use plimsoll_core::Command;
use plimsoll_core::command::{Ask, Send};
use plimsoll_core::error::FaultKind;
use plimsoll_core::event::{Answer, Event, Recall, Reply};
use plimsoll_core::item::Status;
use plimsoll_core::options::{Duplicates, Options, Signer, Transport, Verify};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{ItemId, RequestId};
use script::{Script, error, good, json, names, only_fault, only_send, options, sends, taken};

const HEX: &str = "bfd09f95f331f558cbd1320e67aa8d488770583e";
const ID: &str = "0000000000000abc0000000000000def";
const CHUNK: u64 = 1_000;

fn signed() -> Options {
    Options {
        signer: Signer::Page,
        api_key: Some("key".to_owned()),
        ..chunked()
    }
}

fn chunked() -> Options {
    Options {
        max_chunk_size: CHUNK,
        resume: true,
        ..options()
    }
}

fn asks(commands: &[Command]) -> Vec<Ask> {
    let ask = |command: &Command| match command {
        Command::Ask(ask) => Some(ask.clone()),
        _ => None,
    };
    commands.iter().filter_map(ask).collect()
}

fn sign(script: &mut Script, ask: &Ask) -> Vec<Command> {
    let reply = Reply::Given(Value::from_text(HEX));
    script.tell(Event::Replied {
        ask: ask.ask,
        reply,
    })
}

fn recalled(script: &mut Script, item: u32, recall: Recall) -> Vec<Command> {
    let item = ItemId(item);
    script.tell(Event::Recalled { item, recall })
}

fn found(held: &str, has_status: &str) -> Recall {
    Recall::Found(format!("1 {ID} 1000 {has_status} {held}"))
}

fn upload_id(send: &Send) -> String {
    let mut headers = send.headers.iter();
    let found = headers.find(|(name, _)| *name == "X-Unique-Upload-Id");
    found.map(|(_, text)| text.clone()).unwrap_or_default()
}

fn start(send: &Send) -> u64 {
    send.range.map_or(0, |range| range.start)
}

fn with(mut answer: Answer, name: &'static str, text: &str) -> Answer {
    answer.headers.push((name, text.to_owned()));
    answer
}

#[test]
fn a_question_that_nobody_answers_is_dismissed_once_and_an_answered_one_never() {
    let mut script = Script::new(signed());
    script.pick(&[10]);
    for dismissed in 0..3 {
        let mut commands = script.wait_for_deadline();
        assert_eq!(names(&commands)[0], "dismiss", "{dismissed}");
        let count = names(&commands)
            .iter()
            .filter(|name| *name == "dismiss")
            .count();
        assert_eq!(count, 1);
        if script.status(0) != Status::Failed {
            commands = script.wait_for_deadline();
            assert_eq!(asks(&commands).len(), 1);
        }
    }
    assert_eq!(script.status(0), Status::Failed);
    script.tell(Event::Retried { item: ItemId(0) });
    let mut script = Script::new(Options {
        api_key: None,
        ..signed()
    });
    let ask = asks(&script.pick(&[10])).remove(0);
    // A signature without a key can't be used.
    assert_eq!(names(&sign(&mut script, &ask)), ["failed 0"]);
}

#[test]
fn a_stale_signature_while_ten_questions_are_open_waits_for_one_of_them() {
    let mut script = Script::new(Options {
        max_parallel_uploads: 1,
        ..signed()
    });
    let commands = script.pick(&[10; 12]);
    let first = &asks(&commands)[0];
    let send = only_send(&sign(&mut script, first));
    // Would never come back if it tried again and again to ask.
    let refused = error(400, "Stale request - reported time is old");
    assert!(asks(&script.answer(send.request, refused)).is_empty());
    let deadline = script.batch.deadline();
    assert!(deadline.is_some_and(|at| at > script.now));
    let commands = sign(&mut script, &asks(&commands)[1]);
    assert_eq!(only_send(&commands).item, ItemId(1), "others go meanwhile");
}

#[test]
fn old_signatures_between_chunks_make_no_deadline_that_is_past() {
    let mut script = Script::new(Options {
        max_parallel_chunks: 2,
        resume: false,
        ..signed()
    });
    let ask = asks(&script.pick(&[9 * CHUNK])).remove(0);
    let first = only_send(&sign(&mut script, &ask));
    let both = sends(&script.take(first.request));
    script.lose(both[0].request);
    script.now = script.now.after(51 * 60_000);
    // Nothing is overdue for want of a tick.
    let other = both[1].request;
    script.tell(Event::Sent {
        request: other,
        bytes: 1,
    });
    let deadline = script.batch.deadline();
    assert!(deadline.is_none_or(|at| at > script.now));
}

#[test]
fn what_is_stored_wrongly_is_found_out_without_an_abort_when_its_digest_is_known() {
    let mut script = Script::new(Options {
        duplicates: Duplicates::Ask,
        verify: Verify::Hash,
        ..options()
    });
    let first = only_send(&script.pick(&[10]));
    script.pick(&[10]);
    for item in [0, 1] {
        let md5 = Some(HEX[..32].to_owned());
        let item = ItemId(item);
        script.tell(Event::Digested { item, md5 });
    }
    let other = Value::from_text(&"0".repeat(32));
    let mut entries = vec![("etag", other), ("bytes", Value::from_whole(10))];
    entries.push(("public_id", Value::from_text("a")));
    entries.push(("secure_url", Value::from_text("https://x.test/a")));
    let commands = script.answer(first.request, json(200, entries));
    assert_eq!(names(&commands), ["failed 0"]);
    assert_eq!(only_fault(&commands).kind, FaultKind::AnswerMismatch);
}

#[test]
fn a_stale_signature_takes_nothing_from_what_is_remembered() {
    let mut script = Script::new(signed());
    script.pick(&[5 * CHUNK]);
    let ask = asks(&recalled(&mut script, 0, found("0-2000", "0"))).remove(0);
    let sent = sends(&sign(&mut script, &ask));
    assert_eq!(start(&sent[0]), 2 * CHUNK);
    let mut commands = Vec::new();
    for send in &sent {
        let refused = error(400, "Stale request - reported time is old");
        commands.extend(script.answer(send.request, refused));
    }
    let ask = asks(&commands).remove(0);
    let again = sends(&sign(&mut script, &ask));
    assert_eq!(
        (start(&again[0]), upload_id(&again[0])),
        (2 * CHUNK, ID.to_owned())
    );
}

#[test]
fn what_is_paused_before_its_past_is_known_is_looked_up_again() {
    for early in [None, Some(Recall::Elsewhere)] {
        let mut script = Script::new(chunked());
        script.pick(&[5 * CHUNK]);
        if let Some(recall) = early {
            recalled(&mut script, 0, recall);
        }
        let item = ItemId(0);
        assert_eq!(names(&script.tell(Event::Paused { item })), ["yield 0"]);
        assert!(recalled(&mut script, 0, Recall::Nothing).is_empty());
        assert_eq!(names(&script.tell(Event::Resumed { item })), ["recall 0"]);
        let commands = recalled(&mut script, 0, found("0-2000", "0"));
        assert_eq!(start(&sends(&commands)[0]), 2 * CHUNK);
    }
}

#[test]
fn a_network_that_is_back_does_not_hurry_a_server_that_asked_for_time() {
    let mut script = Script::new(Options {
        max_parallel_chunks: 2,
        resume: false,
        ..chunked()
    });
    let first = only_send(&script.pick(&[9 * CHUNK]));
    let both = sends(&script.take(first.request));
    let busy = with(error(503, "Down"), "retry-after", "90");
    script.answer(both[0].request, busy);
    script.lose(both[1].request);
    script.tell(Event::WentOffline);
    script.tell(Event::WentOnline);
    assert!(sends(&script.wait(80_000)).is_empty());
    assert!(!sends(&script.wait(20_000)).is_empty());
}

#[test]
fn a_server_that_has_less_than_is_remembered_takes_nothing_back_from_the_screen() {
    let mut script = Script::new(chunked());
    script.pick(&[4 * CHUNK]);
    recalled(&mut script, 0, found("0-3000", "1"));
    assert_eq!(script.permille(0), Some(750));
    let request = RequestId(0);
    let pair = Value::List(vec![Value::from_whole(0), Value::from_whole(CHUNK)]);
    let answer = json(200, vec![("ranges", Value::List(vec![pair]))]);
    let commands = script.answer(request, answer);
    assert_eq!(start(&sends(&commands)[0]), CHUNK);
    assert!(script.permille(0).is_none_or(|shown| shown >= 750));
}

#[test]
fn nothing_is_queried_without_a_network() {
    let mut script = Script::new(chunked());
    script.pick(&[4 * CHUNK]);
    script.tell(Event::WentOffline);
    assert!(recalled(&mut script, 0, found("0-3000", "1")).is_empty());
    let commands = script.tell(Event::WentOnline);
    assert_eq!(start(&only_send(&commands)), 3 * CHUNK);
}

#[test]
fn a_file_that_only_its_server_wants_in_chunks_has_a_past_and_an_upload_id_of_its_own() {
    let mut script = Script::new(Options {
        chunk_min: 4 * CHUNK,
        max_parallel_uploads: 2,
        ..chunked()
    });
    // As a whole: the server has not said that it takes less.
    let both = sends(&script.pick(&[3 * CHUNK, 10]));
    let item = ItemId(0);
    script.tell(Event::Cancelled { item });
    let answer = with(good(both[1].request), "x-upload-chunk-min", "1");
    script.answer(both[1].request, answer);
    let commands = script.tell(Event::Retried { item });
    assert_eq!(names(&commands)[1], "recall 0");
    let send = only_send(&recalled(&mut script, 0, Recall::Nothing));
    assert_eq!(send.range.map(|range| range.end), Some(CHUNK));
    assert_ne!(
        upload_id(&send),
        upload_id(&both[0]),
        "it may have all as one"
    );
    assert_eq!(sends(&script.answer(send.request, taken())).len(), 1);
}

#[test]
fn a_server_that_calls_a_missing_signature_invalid_is_not_asked_for_ever() {
    let mut script = Script::new(Options {
        prepare: true,
        resume: false,
        ..chunked()
    });
    let mut commands = script.pick(&[10]);
    for _ in 0..2 {
        let ask = asks(&commands).remove(0).ask;
        let reply = Reply::Given(Value::Object(Vec::new()));
        let send = only_send(&script.tell(Event::Replied { ask, reply }));
        commands = script.answer(send.request, error(401, "Invalid Signature "));
    }
    assert_eq!(names(&commands), ["failed 0"]);
}

#[test]
fn a_double_that_is_retried_is_one_again_for_what_is_still_compared() {
    let mut script = Script::new(Options {
        duplicates: Duplicates::Skip,
        ..options()
    });
    script.pick(&[10]);
    let md5 = || Some(HEX[..32].to_owned());
    script.pick(&[10]);
    script.tell(Event::Cancelled { item: ItemId(0) });
    script.pick(&[10]);
    for item in [0, 2] {
        let (item, md5) = (ItemId(item), md5());
        script.tell(Event::Digested { item, md5 });
    }
    assert_eq!(
        script.status(2),
        Status::Preparing,
        "the one between is unknown"
    );
    script.tell(Event::Retried { item: ItemId(0) });
    assert_eq!(script.status(2), Status::Refused);
}

#[test]
fn a_slow_answer_to_a_small_file_does_not_make_a_dead_line_look_alive() {
    let mut script = Script::new(Options {
        transport: Transport::Xhr,
        ..options()
    });
    let small = only_send(&script.pick(&[100]));
    script.wait(20_000);
    script.succeed(small.request);
    // By that pace, the first of its bytes would take days.
    script.send_one(19_000_000);
    script.wait(29_000);
    assert_eq!(script.status(1), Status::Uploading);
    script.wait(1_000);
    assert!(matches!(script.status(1), Status::Resting { .. }));
}
