//! Scripts of files in chunks that go on after the page was left: what is kept, what of it is
//! believed, other tabs, servers that can be asked and servers that have forgotten.

mod script;

use plimsoll_core::Command;
use plimsoll_core::command::Send;
use plimsoll_core::event::{Answer, Event, Recall};
use plimsoll_core::item::Status;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{ItemId, RequestId};
use script::{Script, UNIX_MS, error, json, names, only_fault, only_send, options, sends, taken};

const CHUNK: u64 = 1_000;
const ID: &str = "0000000000000abc0000000000000def";

fn script() -> Script {
    Script::new(Options {
        max_chunk_size: CHUNK,
        resume: true,
        ..options()
    })
}

fn recalled(script: &mut Script, recall: Recall) -> Vec<Command> {
    let item = ItemId(0);
    script.tell(Event::Recalled { item, recall })
}

fn found(script: &mut Script, text: &str) -> Vec<Command> {
    script.pick(&[5 * CHUNK]);
    recalled(script, Recall::Found(text.to_owned()))
}

fn upload_id(send: &Send) -> &str {
    let mut headers = send.headers.iter();
    headers
        .find(|(name, _)| *name == "X-Unique-Upload-Id")
        .map_or("", |(_, text)| text)
}

fn start(send: &Send) -> u64 {
    send.range.map_or(0, |range| range.start)
}

fn starts(commands: &[Command]) -> Vec<u64> {
    sends(commands).iter().map(start).collect()
}

fn kept(commands: &[Command]) -> Option<&str> {
    commands.iter().find_map(|command| match command {
        Command::Remember { text, .. } => Some(text.as_str()),
        _ => None,
    })
}

fn query(commands: &[Command]) -> (RequestId, String) {
    let query = commands.iter().find_map(|command| match command {
        Command::Query { request, url } => Some((*request, url.clone())),
        _ => None,
    });
    query.unwrap_or_else(|| panic!("a query was expected"))
}

fn status(ranges: &[(u64, u64)]) -> Answer {
    let range = |(start, end): &(u64, u64)| {
        Value::List(vec![Value::from_whole(*start), Value::from_whole(*end)])
    };
    json(
        200,
        vec![("ranges", Value::List(ranges.iter().map(range).collect()))],
    )
}

#[test]
fn only_files_in_chunks_have_a_past_and_only_where_it_is_wanted() {
    let mut script = script();
    assert_eq!(names(&script.pick(&[CHUNK]))[2], "send 0");
    let mut off = Script::new(Options {
        max_chunk_size: CHUNK,
        ..options()
    });
    assert_eq!(names(&off.pick(&[CHUNK + 1]))[2], "send 0");
    let commands = script.pick(&[CHUNK + 1]);
    let Some(Command::Recall { item, scope }) = commands.last() else {
        panic!("{commands:?}")
    };
    assert_eq!(*item, ItemId(1));
    assert!(scope.contains("/demo/auto/upload") && scope.contains("unsigned"));
}

#[test]
fn what_the_server_has_is_kept_chunk_by_chunk_and_dropped_at_the_end() {
    let mut script = script();
    script.pick(&[3 * CHUNK]);
    let first = only_send(&recalled(&mut script, Recall::Nothing));
    let commands = script.take(first.request);
    let id = upload_id(&first);
    assert_eq!(
        kept(&commands),
        Some(format!("1 {id} 1000 0 0-1000").as_str())
    );
    let expires = commands.iter().find_map(|command| match command {
        Command::Remember { expires_s, .. } => Some(*expires_s),
        _ => None,
    });
    assert_eq!(expires, Some((UNIX_MS + 1_000) / 1_000 + 86_400));
    let second = only_send(&commands);
    let last = only_send(&script.take(second.request));
    assert_eq!(
        names(&script.succeed(last.request)),
        ["forget 0", "yield 0", "success 0", "release 0"]
    );
}

#[test]
fn a_file_goes_on_where_it_was_and_nothing_goes_twice() {
    let mut script = script();
    let commands = found(&mut script, &format!("1 {ID} 1000 0 0-2000 3000-4000"));
    let send = only_send(&commands);
    assert_eq!((start(&send), upload_id(&send)), (2_000, ID));
    assert_eq!(script.permille(0), Some(600));
    let last = only_send(&script.take(send.request));
    assert_eq!(start(&last), 4_000);
    script.succeed(last.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn chunks_keep_the_size_that_they_began_with() {
    let mut script = Script::new(Options {
        max_chunk_size: 3_000,
        resume: true,
        ..options()
    });
    let commands = found(&mut script, &format!("1 {ID} 1000 0 0-2000"));
    assert_eq!(starts(&commands), [2_000, 3_000]);
}

#[test]
fn what_is_no_memory_is_no_loss() {
    for text in ["", "null", "1 zz 1000 0 0-1000", "1 0 1000 0 0-99999999"] {
        let mut script = script();
        let send = only_send(&found(&mut script, text));
        assert_eq!(start(&send), 0, "{text}");
        assert_ne!(upload_id(&send), ID);
    }
}

#[test]
fn a_store_that_never_answers_is_not_waited_for() {
    let mut script = script();
    assert_eq!(sends(&script.pick(&[3 * CHUNK])), []);
    assert_eq!(script.status(0), Status::Preparing);
    let send = only_send(&script.wait_for_deadline());
    let late = Recall::Found(format!("1 {ID} 1000 0 0-2000"));
    assert_eq!(recalled(&mut script, late), [], "too late");
    script.take(send.request);
    assert_eq!(
        script.permille(0).map(|permille| permille >= 333),
        Some(true)
    );
}

#[test]
fn a_server_that_can_be_asked_is_believed() {
    let mut script = script();
    let commands = found(&mut script, &format!("1 {ID} 1000 1 0-2000"));
    let (request, url) = query(&commands);
    assert!(url.ends_with(&format!("/demo/upload_status/{ID}?upload_preset=unsigned")));
    let answer = status(&[(0, 1_000), (2_000, 4_000)]);
    let commands = script.answer(request, answer);
    assert_eq!(starts(&commands), [1_000], "the last one waits");
    assert_eq!(upload_id(&only_send(&commands)), ID);
}

#[test]
fn a_server_that_has_all_gets_the_last_chunk_again_for_its_answer() {
    let mut script = script();
    let commands = found(&mut script, &format!("1 {ID} 1000 1 0-2000"));
    let (request, _) = query(&commands);
    let send = only_send(&script.answer(request, status(&[(0, 5_000)])));
    assert_eq!(start(&send), 4_000);
}

#[test]
fn without_an_answer_to_the_question_nothing_begins_from_zero() {
    for answer in [
        None,
        Some(error(503, "Down")),
        Some(script::text(200, "<html>")),
    ] {
        let mut script = script();
        let commands = found(&mut script, &format!("1 {ID} 1000 1 0-2000"));
        let (request, _) = query(&commands);
        let commands = match answer {
            Some(answer) => script.answer(request, answer),
            None => script.lose(request),
        };
        assert_eq!(starts(&commands), [2_000, 3_000]);
    }
    let mut script = script();
    found(&mut script, &format!("1 {ID} 1000 1 0-2000"));
    let commands = script.wait_for_deadline();
    assert_eq!(names(&commands), ["abort", "send 0", "send 0"]);
}

#[test]
fn an_upload_that_the_server_has_forgotten_begins_anew() {
    let mut script = script();
    let commands = found(&mut script, &format!("1 {ID} 1000 1 0-2000"));
    let (request, _) = query(&commands);
    let send = only_send(&script.answer(request, error(404, "No such upload")));
    assert_eq!(start(&send), 0);
    assert_ne!(upload_id(&send), ID);
    // A server that can't be asked says it by refusing.
    let mut script = self::script();
    let send = sends(&found(&mut script, &format!("1 {ID} 1000 0 0-2000")));
    let refused = error(400, "Missing required parameter - public_id");
    let commands = script.answer(send[0].request, refused.clone());
    assert_eq!(names(&commands), ["remember 0", "abort", "send 0"]);
    let again = only_send(&commands);
    assert_eq!(start(&again), 0);
    assert_ne!(upload_id(&again), ID);
    let fault = only_fault(&script.answer(again.request, refused));
    assert_eq!(fault.status, 400, "but not twice");
}

#[test]
fn a_server_that_has_less_than_it_said_gets_what_it_lacks() {
    let mut script = script();
    script.pick(&[5 * CHUNK]);
    let first = only_send(&recalled(&mut script, Recall::Nothing));
    let middle = sends(&script.take(first.request));
    script.take(middle[0].request);
    script.take(middle[1].request);
    let gap = Answer {
        headers: vec![("x-upload-offset", "1000".to_owned())],
        ..error(400, "Missing chunks")
    };
    let last = only_send(&script.take(middle[2].request));
    let commands = script.answer(last.request, gap.clone());
    let text = kept(&commands).unwrap_or_default().to_owned();
    assert!(text.ends_with(" 1000 0 0-1000"), "{text}");
    let again = sends(&commands);
    assert_eq!(starts(&commands), [1_000, 2_000, 3_000]);
    assert_eq!(upload_id(&again[0]), upload_id(&first));
    // A server that does it again and again is not one to go on with.
    let mut send = again[0].clone();
    let mut tries = 0;
    while script.status(0) != Status::Failed {
        let more = sends(&script.answer(send.request, gap.clone()));
        tries += 1;
        assert!(tries < 4);
        send = more.first().cloned().unwrap_or(send);
    }
}

#[test]
fn two_tabs_do_not_send_the_same_file() {
    let mut script = script();
    script.pick(&[3 * CHUNK]);
    assert_eq!(recalled(&mut script, Recall::Elsewhere), []);
    assert_eq!(script.status(0), Status::Elsewhere);
    assert_eq!(script.wait(3_600_000), [], "as long as it takes");
    assert_eq!(script.batch.deadline(), None);
    let memory = Recall::Found(format!("1 {ID} 1000 0 0-2000"));
    let send = only_send(&recalled(&mut script, memory));
    assert_eq!((start(&send), upload_id(&send)), (2_000, ID));
}

#[test]
fn whoever_stops_lets_other_tabs_go_on() {
    let mut script = script();
    script.pick(&[3 * CHUNK]);
    let first = only_send(&recalled(&mut script, Recall::Nothing));
    script.take(first.request);
    let item = ItemId(0);
    let commands = script.tell(Event::Cancelled { item });
    assert_eq!(
        names(&commands),
        ["abort", "yield 0", "told abort"],
        "and it is kept"
    );
    let commands = script.tell(Event::Retried { item });
    assert_eq!(names(&commands), ["told retry", "recall 0"]);
    // Meanwhile another tab has sent one more.
    let id = upload_id(&first).to_owned();
    let memory = Recall::Found(format!("1 {id} 1000 0 0-2000"));
    let last = only_send(&recalled(&mut script, memory));
    assert_eq!(start(&last), 2_000);
    let commands = script.answer(last.request, error(400, "No"));
    // It may be the memory that is wrong.
    assert_eq!(names(&commands), ["remember 0", "send 0"]);
    let first = only_send(&commands);
    assert_eq!(start(&first), 0);
    let commands = script.answer(first.request, error(400, "No"));
    assert_eq!(names(&commands), ["forget 0", "yield 0", "failed 0"]);
}

#[test]
fn the_lowest_chunk_that_a_server_tells_is_followed() {
    let floor = |bytes: &str| vec![("x-upload-chunk-min", bytes.to_owned())];
    let mut script = Script::new(Options {
        max_chunk_size: 1_000,
        chunk_min: 5_000,
        ..options()
    });
    let small = script.send_one(10);
    let mut answer = script::good(small.request);
    answer.headers = floor("2000");
    script.answer(small.request, answer);
    let send = script.send_one(9_000);
    assert_eq!(send.range.map(|range| range.bytes()), Some(2_000));
    // Nobody had told before the first chunk was too small.
    let mut script = Script::new(Options {
        max_chunk_size: 1_000,
        ..options()
    });
    let send = script.send_one(9_000);
    let refused = Answer {
        headers: floor("4000"),
        ..error(400, "All parts except EOF-chunk must be larger than 4kb")
    };
    let again = only_send(&script.answer(send.request, refused));
    assert_eq!(again.range.map(|range| range.bytes()), Some(4_000));
    assert_ne!(upload_id(&again), upload_id(&send));
}

#[test]
fn chunks_that_tell_of_a_status_make_it_a_part_of_what_is_kept() {
    let mut script = script();
    script.pick(&[3 * CHUNK]);
    let first = only_send(&recalled(&mut script, Recall::Nothing));
    let answer = Answer {
        headers: vec![("x-upload-status", "1".to_owned())],
        ..taken()
    };
    let commands = script.answer(first.request, answer);
    assert!(
        kept(&commands)
            .unwrap_or_default()
            .ends_with(" 1000 1 0-1000")
    );
}
