//! Scripts of what files hold: the same file twice in a batch, and a server that has stored
//! something else than was sent.

mod script;

use plimsoll_core::Command;
use plimsoll_core::error::{FaultKind, Refusal};
use plimsoll_core::event::{Answer, Event};
use plimsoll_core::item::Status;
use plimsoll_core::options::{Duplicates, Options, Verify};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{ItemId, RequestId};
use script::{Script, json, names, notices, only_fault, only_send, options, sends};

const MD5: &str = "7dc60722d4653261648038b579fdb89e";
const OTHER: &str = "00000000000000000000000000000000";

fn script(duplicates: Duplicates) -> Script {
    Script::new(Options {
        duplicates,
        ..options()
    })
}

fn verifying(verify: Verify) -> Script {
    Script::new(Options {
        verify,
        ..options()
    })
}

fn stored(bytes: u64, etag: &str) -> Answer {
    json(
        200,
        vec![
            ("public_id", Value::from_text("a")),
            (
                "secure_url",
                Value::from_text("https://x.test/image/upload/v1/a"),
            ),
            ("bytes", Value::from_whole(bytes)),
            ("etag", Value::from_text(etag)),
        ],
    )
}

/// Answers after a time beside which a digest costs nothing.
fn answer_late(script: &mut Script, request: RequestId, answer: Answer) -> Vec<Command> {
    script.wait(20_000);
    script.answer(request, answer)
}

fn digested(script: &mut Script, id: u32, md5: &str) -> Vec<Command> {
    let (item, md5) = (ItemId(id), Some(md5.to_owned()));
    script.tell(Event::Digested { item, md5 })
}

fn unreadable(script: &mut Script, id: u32) -> Vec<Command> {
    let item = ItemId(id);
    script.tell(Event::Digested { item, md5: None })
}

#[test]
fn only_files_of_one_size_are_compared() {
    let mut script = script(Duplicates::Skip);
    let commands = script.pick(&[10, 20, 10]);
    assert_eq!(
        names(&commands),
        [
            "added 0", "added 1", "digest 0", "digest 2", "start", "send 0", "send 1"
        ]
    );
    assert_eq!(script.status(2), Status::Preparing);
    assert_eq!(digested(&mut script, 0, MD5), []);
    assert_eq!(
        names(&digested(&mut script, 2, OTHER)),
        ["added 2", "send 2"]
    );
}

#[test]
fn the_same_file_again_is_left_out_with_the_reason() {
    let mut script = script(Duplicates::Skip);
    script.pick(&[10, 10]);
    digested(&mut script, 1, MD5);
    assert_eq!(
        names(&digested(&mut script, 0, MD5)),
        ["refused 1", "release 1"]
    );
    assert_eq!(script.status(1), Status::Refused);
    let refusal = script
        .batch
        .item(ItemId(1))
        .and_then(|item| item.refusal.cloned());
    let of = "dog.jpg".to_owned();
    assert_eq!(refusal, Some(Refusal::Duplicate { of }));
    assert_eq!(script.summary().refused, 1);
}

#[test]
fn a_person_may_want_the_same_file_all_the_same() {
    let mut script = script(Duplicates::Ask);
    let open = sends(&script.pick(&[10, 10]));
    digested(&mut script, 0, MD5);
    assert_eq!(digested(&mut script, 1, MD5), []);
    assert_eq!(script.status(1), Status::Asking);
    script.succeed(open[0].request);
    assert_eq!(script.wait(60_000), [], "the batch waits for the answer");
    let item = ItemId(1);
    assert_eq!(
        names(&script.tell(Event::Allowed { item })),
        ["added 1", "send 1"]
    );
    assert_eq!(script.tell(Event::Allowed { item }), []);
}

#[test]
fn a_person_may_leave_the_same_file_out_and_the_page_never_hears_of_it() {
    for event in [
        Event::Removed { item: ItemId(1) },
        Event::Cancelled { item: ItemId(1) },
        Event::AllCancelled,
    ] {
        let mut script = script(Duplicates::Ask);
        let open = sends(&script.pick(&[10, 10]));
        digested(&mut script, 0, MD5);
        digested(&mut script, 1, MD5);
        if event != Event::AllCancelled {
            script.succeed(open[0].request);
        }
        let commands = script.tell(event.clone());
        let told = notices(&commands).len();
        assert_eq!(
            told,
            usize::from(event == Event::AllCancelled),
            "the other one's"
        );
        assert!(script.batch.item(ItemId(1)).is_none());
        assert_eq!(
            names(&script.wait_for_deadline())
                .last()
                .map(String::as_str),
            Some("end")
        );
    }
}

#[test]
fn when_the_other_one_is_cancelled_the_same_file_is_not_the_same_any_more() {
    let mut script = script(Duplicates::Skip);
    script.pick(&[10, 10]);
    digested(&mut script, 1, MD5);
    let commands = script.tell(Event::Cancelled { item: ItemId(0) });
    assert_eq!(
        names(&commands),
        ["abort", "told abort", "added 1", "send 1"]
    );
}

#[test]
fn files_that_cannot_be_read_or_are_not_read_in_time_go_like_any_other() {
    let mut script = script(Duplicates::Skip);
    script.pick(&[10, 10, 10]);
    assert_eq!(names(&unreadable(&mut script, 1)), ["added 1", "send 1"]);
    assert_eq!(script.status(2), Status::Preparing);
    let commands = script.wait_for_deadline();
    assert!(
        names(&commands).contains(&"added 2".to_owned()),
        "{commands:?}"
    );
}

#[test]
fn a_stored_file_is_compared_by_what_the_server_says_of_it() {
    let mut script = script(Duplicates::Skip);
    let send = script.send_one(10);
    answer_late(&mut script, send.request, stored(10, MD5));
    digested(&mut script, 0, MD5);
    assert_eq!(script.status(0), Status::Done);
    assert_eq!(names(&script.pick(&[10])), ["digest 1"]);
    assert_eq!(
        names(&digested(&mut script, 1, MD5)),
        ["refused 1", "release 1"]
    );
}

/// Proves: option:verify
#[test]
fn other_bytes_than_were_sent_are_no_success() {
    let mut script = verifying(Verify::Size);
    let send = script.send_one(10);
    let fault = only_fault(&script.answer(send.request, stored(9, MD5)));
    assert_eq!(fault.code(), "answer.mismatch");
    assert!(
        fault.message().contains("verify: \"none\""),
        "{}",
        fault.message()
    );
    let mut script = verifying(Verify::Nothing);
    let send = script.send_one(10);
    script.answer(send.request, stored(9, MD5));
    assert_eq!(script.status(0), Status::Done, "a preset may shrink it");
}

#[test]
fn another_content_than_was_sent_is_no_success() {
    let mut script = verifying(Verify::Size);
    let send = script.send_one(10);
    let commands = answer_late(&mut script, send.request, stored(10, MD5));
    assert_eq!(names(&commands), ["digest 0"]);
    assert_eq!(script.status(0), Status::Processing);
    let commands = digested(&mut script, 0, OTHER);
    assert_eq!(only_fault(&commands).kind, FaultKind::AnswerMismatch);
    // A retry is a new upload: the server must not answer for the old one.
    let again = only_send(&script.tell(Event::Retried { item: ItemId(0) }));
    assert_ne!(again.headers, send.headers);
    let commands = script.answer(again.request, stored(10, &OTHER.to_ascii_uppercase()));
    assert_eq!(
        names(&commands),
        ["success 0", "release 0"],
        "it is known by now"
    );
}

#[test]
fn large_files_are_read_again_only_where_the_page_wants_it() {
    let large = 5 * 1024 * 1024;
    let mut script = verifying(Verify::Size);
    let send = script.send_one(large);
    assert_eq!(
        names(&answer_late(&mut script, send.request, stored(large, MD5))).len(),
        2
    );
    let mut script = verifying(Verify::Hash);
    let send = script.send_one(large);
    let commands = answer_late(&mut script, send.request, stored(large, MD5));
    assert_eq!(names(&commands), ["digest 0"]);
    assert_eq!(
        names(&digested(&mut script, 0, MD5)),
        ["success 0", "release 0"]
    );
}

#[test]
fn a_digest_that_cannot_be_had_is_missed_only_where_the_page_wants_it() {
    let mut script = verifying(Verify::Size);
    let send = script.send_one(10);
    answer_late(&mut script, send.request, stored(10, MD5));
    assert_eq!(
        names(&unreadable(&mut script, 0)),
        ["success 0", "release 0"]
    );
    let mut script = verifying(Verify::Hash);
    let send = script.send_one(10);
    answer_late(&mut script, send.request, stored(10, MD5));
    let fault = only_fault(&unreadable(&mut script, 0));
    assert_eq!(fault.kind, FaultKind::FileUnreadable);
    let mut script = verifying(Verify::Size);
    let send = script.send_one(10);
    answer_late(&mut script, send.request, stored(10, MD5));
    assert_eq!(
        names(&script.wait_for_deadline()),
        ["success 0", "release 0"]
    );
}

#[test]
fn an_asset_that_was_there_before_is_not_compared() {
    let mut script = verifying(Verify::Hash);
    let send = script.send_one(10);
    let mut answer = stored(77, OTHER);
    if let plimsoll_core::event::Body::Json(Value::Object(entries)) = &mut answer.body {
        entries.push(("existing".to_owned(), Value::Bool(true)));
    }
    assert_eq!(
        names(&script.answer(send.request, answer)),
        ["success 0", "release 0"]
    );
}

#[test]
fn a_file_that_is_being_checked_leaves_its_place_to_others() {
    let mut script = verifying(Verify::Size);
    let open = sends(&script.pick(&[10; 4]));
    let commands = answer_late(&mut script, open[0].request, stored(10, MD5));
    assert_eq!(names(&commands), ["digest 0", "send 3"]);
    let commands = script.tell(Event::Cancelled { item: ItemId(0) });
    assert_eq!(names(&commands), ["told abort"]);
    assert_eq!(digested(&mut script, 0, MD5), []);
}

#[test]
fn nobody_waits_for_a_digest_that_costs_more_than_a_twentieth_of_the_upload() {
    for (ms, digests) in [(19, false), (20, true)] {
        let mut script = verifying(Verify::Size);
        let send = script.send_one(10);
        script.wait(ms);
        let commands = script.answer(send.request, stored(10, MD5));
        assert_eq!(
            names(&commands).contains(&"digest 0".to_owned()),
            digests,
            "{ms}"
        );
    }
    let mut script = verifying(Verify::Hash);
    let send = script.send_one(10);
    let commands = script.answer(send.request, stored(10, MD5));
    assert_eq!(
        names(&commands),
        ["digest 0"],
        "but where the page wants it"
    );
}
