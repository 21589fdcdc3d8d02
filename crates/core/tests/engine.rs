//! Scripts of requests: what is sent when, what is tried again, and what a person can stop. Each
//! tells a fact, looks at the orders, answers, and looks at what screens would show.

mod script;

use plimsoll_core::command::Command;
use plimsoll_core::error::FaultKind;
use plimsoll_core::event::{Answer, Event};
use plimsoll_core::item::Status;
use plimsoll_core::options::{self, Options, PARALLEL_AUTOMATIC, SMALL_BYTES};
use plimsoll_core::transfer;
use plimsoll_core::units::{ItemId, RequestId};
use script::{Script, error, good, names, only_fault, only_send, options, sends, text};

/// As the options of these scripts have it.
const FILES_AT_ONCE: usize = options::PARALLEL as usize;

#[test]
fn an_upload_starts_when_a_file_is_chosen() {
    let mut script = Script::new(options());
    let send = script.send_one(1_000);
    assert_eq!(send.url, "https://api.cloudinary.com/v1_1/demo/auto/upload");
    let fields = [
        ("upload_preset", "unsigned".to_owned()),
        ("source", "uw".to_owned()),
    ];
    assert_eq!(send.fields, fields);
    assert_eq!(send.headers.len(), 1);
    assert_eq!(send.headers[0].0, "X-Unique-Upload-Id");
    assert_eq!(send.headers[0].1.len(), 32);
    assert_eq!(script.status(0), Status::Uploading);
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
    let item = script.batch.item(ItemId(0)).unwrap();
    assert_eq!(item.asset.unwrap().public_id(), Some("asset0"));
}

#[test]
fn three_go_at_once_and_the_rest_follow_in_order() {
    let mut script = Script::new(options());
    let first = sends(&script.pick(&[10; 6]));
    assert_eq!(
        first.iter().map(|send| send.item.0).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert_eq!(script.status(3), Status::Waiting);
    assert_eq!(only_send(&script.succeed(first[1].request)).item, ItemId(3));
    assert_eq!(only_send(&script.succeed(first[0].request)).item, ItemId(4));
}

/// Of a page that names no number of files at once.
fn automatic() -> Options {
    Options {
        max_parallel_uploads: PARALLEL_AUTOMATIC,
        ..options()
    }
}

#[test]
fn small_files_go_up_six_at_once_and_a_large_one_ends_that() {
    let mut script = Script::new(automatic());
    let small = sends(&script.pick(&[SMALL_BYTES; 7]));
    assert_eq!(small.len(), 6);
    assert_eq!(script.status(6), Status::Waiting);
    let mut script = Script::new(automatic());
    let sizes = [10, 10, 10, SMALL_BYTES + 1, 10, 10, 10];
    let first = sends(&script.pick(&sizes));
    assert_eq!(first.len(), 4, "the large one is the last that comes");
    assert!(sends(&script.succeed(first[0].request)).is_empty());
    assert_eq!(only_send(&script.succeed(first[1].request)).item, ItemId(4));
}

#[test]
fn as_many_files_go_up_at_once_as_the_page_names() {
    for named in [1, 3, 5] {
        let mut script = Script::new(Options {
            max_parallel_uploads: named,
            ..options()
        });
        assert_eq!(sends(&script.pick(&[10; 7])).len() as u64, named);
    }
}

#[test]
fn every_item_has_an_upload_id_of_its_own() {
    let mut script = Script::new(options());
    let sends = sends(&script.pick(&[10, 10]));
    assert_ne!(sends[0].headers, sends[1].headers);
}

#[test]
fn a_lost_request_is_sent_again_under_the_same_upload_id() {
    let mut script = Script::new(options());
    let first = script.send_one(10);
    assert_eq!(script.lose(first.request), []);
    let Status::Resting { until, fault } = script.status(0) else {
        panic!("it should rest")
    };
    assert_eq!(fault, FaultKind::NetworkLost);
    assert_eq!(script.batch.deadline(), Some(until));
    let second = only_send(&script.wait_for_deadline());
    assert_eq!(second.headers, first.headers);
    assert_ne!(second.request, first.request);
    script.succeed(second.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn a_resting_item_leaves_its_place_to_others() {
    let mut script = Script::new(options());
    let first = sends(&script.pick(&[10; 4]));
    assert_eq!(only_send(&script.lose(first[0].request)).item, ItemId(3));
}

#[test]
fn a_file_is_given_up_after_its_attempts_and_the_fault_counts_them() {
    let mut script = Script::new(options());
    let mut send = script.send_one(10);
    let (begun, mut attempts) = (script.now, 1);
    let mut commands = script.lose(send.request);
    while script.status(0) != Status::Failed {
        send = only_send(&script.wait_for_deadline());
        attempts += 1;
        commands = script.lose(send.request);
    }
    let fault = only_fault(&commands);
    assert!(script.now.since(begun) >= transfer::OUTAGE_MS);
    assert!(
        (transfer::FAILURES_MAX..=40).contains(&attempts),
        "{attempts}"
    );
    assert_eq!(
        (fault.kind, fault.attempts),
        (FaultKind::NetworkLost, attempts)
    );
    let remembered = transfer::HISTORY_MAX.min(attempts as usize - 1);
    assert_eq!(fault.history.len(), remembered, "what failed before");
    assert_eq!(script.status(0), Status::Failed);
    assert_eq!(fault.code(), "network.lost");
}

#[test]
fn many_troubled_files_hold_back_the_others() {
    let mut script = Script::new(options());
    let mut open = sends(&script.pick(&[10; 40]));
    // Without letting any time go by, so that what rests stays resting.
    let mut sent = open.len();
    while let Some(send) = open.pop() {
        let more = sends(&script.lose(send.request));
        sent += more.len();
        open.extend(more);
    }
    assert!(sent <= transfer::RESTING_MAX + FILES_AT_ONCE, "{sent}");
    assert_eq!(script.status(39), Status::Waiting);
    assert_ne!(sends(&script.wait(40_000)), []);
}

#[test]
fn a_busy_server_gets_the_time_that_it_asks_for() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    let busy = Answer {
        headers: vec![("retry-after", "20".to_owned())],
        ..error(429, "Slow down")
    };
    script.answer(send.request, busy);
    assert_eq!(script.batch.deadline(), Some(script.now.after(20_000)));
    assert_eq!(script.wait(19_999), []);
    only_send(&script.wait(1));
}

#[test]
fn a_refused_request_is_not_sent_again_and_shows_the_servers_words() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    let fault = only_fault(&script.answer(send.request, error(400, "Upload preset not found")));
    assert_eq!(fault.kind, FaultKind::ServerRefused);
    assert_eq!(fault.server_message, "Upload preset not found");
    let message = "The server refused the upload (HTTP 400): Upload preset not found. \
                   Check cloudName, uploadPreset and the preset.";
    assert_eq!(fault.message(), message);
    assert_eq!(script.status(0), Status::Failed);
}

#[test]
fn an_unreadable_success_is_asked_for_again() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    script.answer(send.request, text(200, "<html>Sign in to the Wi-Fi</html>"));
    let again = only_send(&script.wait_for_deadline());
    script.succeed(again.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn a_page_of_markup_with_500_is_retried_and_then_shown_without_markup() {
    let mut script = Script::new(options());
    let mut send = script.send_one(10);
    loop {
        let commands = script.answer(send.request, text(500, "<h1>Oops</h1>"));
        if script.status(0) == Status::Failed {
            assert!(!only_fault(&commands).message().contains('<'));
            break;
        }
        send = only_send(&script.wait_for_deadline());
    }
}

#[test]
fn a_changed_file_fails_at_once() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    let fault = only_fault(&script.tell(Event::Unreadable {
        request: send.request,
    }));
    assert_eq!(fault.kind, FaultKind::FileUnreadable);
}

#[test]
fn an_answer_that_never_comes_counts_as_lost() {
    let mut script = Script::new(options());
    let send = script.send_one(16_000);
    // On the slowest line of use, with time for the server.
    let limit = 120_000 + 16_000 / 3;
    assert_eq!(script.batch.deadline(), Some(script.now.after(limit)));
    assert_eq!(script.wait(limit - 1), []);
    assert_eq!(script.wait(1), [Command::Abort(send.request)]);
    let rests = matches!(
        script.status(0),
        Status::Resting {
            fault: FaultKind::NetworkTimeout,
            ..
        }
    );
    assert!(rests);
    assert_eq!(script.succeed(send.request), [], "too late");
}

#[test]
fn late_answer_after_cancel_changes_nothing() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    let commands = script.tell(Event::Cancelled { item: ItemId(0) });
    assert_eq!(names(&commands), ["abort", "told abort"]);
    assert_eq!(script.succeed(send.request), []);
    assert_eq!(script.status(0), Status::Cancelled);
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    assert_eq!(
        names(&script.succeed(send.request)),
        ["success 0", "release 0"]
    );
    assert_eq!(script.succeed(send.request), []);
    assert_eq!(script.lose(send.request), []);
    assert_eq!(script.answer(RequestId(99), good(RequestId(99))), []);
}

#[test]
fn a_cancelled_file_is_kept_and_can_be_sent_again() {
    let mut script = Script::new(options());
    let first = script.send_one(10);
    script.tell(Event::Cancelled { item: ItemId(0) });
    let commands = script.tell(Event::Retried { item: ItemId(0) });
    assert_eq!(names(&commands), ["told retry", "send 0"]);
    let second = only_send(&commands);
    assert_eq!(
        second.headers, first.headers,
        "the server may have it already"
    );
    assert_eq!(
        names(&script.succeed(second.request)),
        ["success 0", "release 0"]
    );
}

#[test]
fn what_the_server_refused_goes_as_a_new_upload_when_a_person_asks() {
    let mut script = Script::new(options());
    let first = script.send_one(10);
    script.answer(first.request, error(400, "No"));
    let second = only_send(&script.tell(Event::Retried { item: ItemId(0) }));
    assert_ne!(second.headers, first.headers);
    let fault = only_fault(&script.answer(second.request, error(400, "No")));
    assert_eq!(fault.attempts, 1, "counted anew");
}

#[test]
fn cancelling_all_stops_what_is_sent_waits_and_rests_with_one_notice() {
    let mut script = Script::new(options());
    let first = sends(&script.pick(&[10; 5]));
    script.lose(first[0].request);
    let commands = script.tell(Event::AllCancelled);
    assert_eq!(names(&commands), ["abort", "abort", "abort", "told abort"]);
    assert_eq!(script.summary().cancelled, 5);
    assert!(script.batch.is_idle());
    assert_eq!(script.tell(Event::AllCancelled), []);
    assert_eq!(
        sends(&script.wait(60_000)),
        [],
        "nothing is sent after cancel"
    );
}

#[test]
fn a_removed_upload_is_aborted_and_forgotten() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    let commands = script.tell(Event::Removed { item: ItemId(0) });
    assert_eq!(names(&commands), ["abort", "told abort", "release 0"]);
    assert!(script.batch.item(ItemId(0)).is_none());
    assert_eq!(script.succeed(send.request), []);
    assert_eq!(script.tell(Event::Removed { item: ItemId(0) }), []);
}

#[test]
fn a_file_is_released_once_whether_stored_or_removed() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    script.succeed(send.request);
    assert_eq!(script.tell(Event::Removed { item: ItemId(0) }), []);
}

#[test]
fn without_cloud_name_every_file_fails_at_once_and_nothing_is_sent() {
    let mut script = Script::new(Options::default());
    let commands = script.pick(&[10, 10]);
    assert_eq!(
        names(&commands),
        ["added 0", "added 1", "start", "failed 0", "failed 1"]
    );
    assert_eq!(script.summary().failed, 2);
    assert_eq!(names(&script.wait_for_deadline()), ["end"]);
    let again = script.tell(Event::AllRetried);
    assert_eq!(
        names(&again),
        ["told retry", "start", "failed 0", "failed 1"]
    );
    let item = script.batch.item(ItemId(0)).unwrap();
    assert_eq!(item.fault.unwrap().code(), "page.not_configured");
}

#[test]
fn retrying_all_takes_failed_files_and_leaves_cancelled_ones() {
    let mut script = Script::new(options());
    let first = sends(&script.pick(&[10, 10]));
    script.answer(first[0].request, error(400, "No"));
    script.tell(Event::Cancelled { item: ItemId(1) });
    let commands = script.tell(Event::AllRetried);
    assert_eq!(only_send(&commands).item, ItemId(0));
    assert_eq!(script.status(1), Status::Cancelled);
}

#[test]
fn a_clock_that_steps_back_harms_nothing() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    script.now = plimsoll_core::units::Millis(0);
    script.lose(send.request);
    only_send(&script.wait_for_deadline());
}

#[test]
fn ten_thousand_files_all_arrive() {
    let mut script = Script::new(options());
    let mut open = sends(&script.pick(&[1_000; 10_001]));
    while let Some(send) = open.pop() {
        assert!(open.len() < FILES_AT_ONCE);
        script.now = script.now.after(5);
        open.extend(sends(&script.succeed(send.request)));
    }
    assert_eq!(
        (script.summary().done, script.summary().permille),
        (10_000, 1000)
    );
    assert_eq!(script.summary().left_out, 1, "a list has an end");
}
