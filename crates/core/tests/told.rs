//! Scripts of what the page and the screens are told: which notices in which order with which
//! payload, progress, counts and limits.

mod script;

use plimsoll_core::Notice;
use plimsoll_core::batch::{Change, QUEUES_END_MS};
use plimsoll_core::error::Refusal;
use plimsoll_core::event::Event;
use plimsoll_core::item::Status;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::ItemId;
use script::{Script, error, names, notices, only_send, options, sends};

fn as_json(value: &Value) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

#[test]
fn a_good_file_is_told_from_first_to_last() {
    let mut script = Script::new(options());
    let commands = script.pick(&[10]);
    assert_eq!(names(&commands), ["added 0", "start", "send 0"]);
    let request = only_send(&commands).request;
    assert_eq!(names(&script.succeed(request)), ["success 0", "release 0"]);
    assert_eq!(
        script.batch.deadline(),
        Some(script.now.after(QUEUES_END_MS))
    );
    assert_eq!(script.wait(QUEUES_END_MS - 1), []);
    assert_eq!(names(&script.wait(1)), ["end"]);
    assert_eq!(script.batch.deadline(), None);
}

#[test]
fn success_carries_the_servers_response_and_what_the_widget_adds() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    let Some(Notice::Success { info, .. }) = notices(&script.succeed(send.request)).pop() else {
        panic!("success was expected");
    };
    let url = "https://x.test/demo/image/upload";
    let expected = serde_json::json!({
        "public_id": "asset0",
        "version": 1,
        "format": "jpg",
        "resource_type": "image",
        "secure_url": format!("{url}/v1/asset0.jpg"),
        "id": "file-0",
        "batchId": "batch-1",
        "path": "v1/asset0.jpg",
        "thumbnail_url": format!("{url}/c_limit,h_60,w_90/v1/asset0.jpg"),
    });
    assert_eq!(as_json(&info), expected);
}

#[test]
fn the_end_lists_good_and_failed_files_in_shown_order() {
    let options = Options {
        tags: vec!["a".to_owned()],
        ..options()
    };
    let mut script = Script::new(options);
    let mut picked = vec![script.file("dog.jpg", 10), script.file("", 0)];
    picked.push(script.file("cat.jpg", 20));
    let sends = sends(&script.tell(Event::Picked { files: picked }));
    script.answer(sends[1].request, error(400, "No"));
    script.succeed(sends[0].request);
    let Some(Notice::QueuesEnd { files }) = notices(&script.wait_for_deadline()).pop() else {
        panic!("the end was expected");
    };
    let ids: Vec<_> = files.iter().map(|(id, _)| id.0).collect();
    assert_eq!(ids, [0, 2], "a refused file was never part of the batch");
    let (dog, cat) = (as_json(&files[0].1), as_json(&files[1].1));
    let expected = serde_json::json!({
        "id": "file-2", "batchId": "batch-1", "name": "cat.jpg", "size": 20,
        "type": "image/jpeg", "status": "error", "statusText": "Failed", "done": false,
        "progress": 0, "failed": true, "aborted": false, "paused": false, "partOfBatch": true,
        "publicId": null, "publicIdCounter": 0, "tags": ["a"], "camera": false,
        "coordinatesResize": false, "dimensions": null, "imageDimensions": null,
        "preparedParams": {}, "delayedPreCalls": false,
    });
    assert_eq!(cat, expected);
    assert_eq!(
        (&dog["status"], &dog["progress"]),
        (&"success".into(), &100.into())
    );
    assert_eq!(dog["uploadInfo"]["public_id"], "asset0");
    assert_eq!(dog["uploadInfo"]["path"], "v1/asset0.jpg");
}

#[test]
fn new_files_before_the_end_was_told_belong_to_the_same_batch() {
    let mut script = Script::new(options());
    let first = script.send_one(10);
    script.succeed(first.request);
    script.wait(QUEUES_END_MS - 1);
    let commands = script.pick(&[10]);
    assert_eq!(names(&commands), ["added 1", "send 1"]);
    script.wait(1_000);
    let second = only_send(&commands);
    script.succeed(second.request);
    let Some(Notice::QueuesEnd { files }) = notices(&script.wait(QUEUES_END_MS)).pop() else {
        panic!("the end was expected");
    };
    assert_eq!(files.len(), 2);
}

#[test]
fn a_later_choice_is_a_batch_of_its_own() {
    let mut script = Script::new(options());
    let first = script.send_one(10);
    script.succeed(first.request);
    script.wait(QUEUES_END_MS);
    let commands = script.pick(&[10]);
    assert_eq!(names(&commands), ["added 1", "start", "send 1"]);
    let send = only_send(&commands);
    script.succeed(send.request);
    let Some(Notice::QueuesEnd { files }) = notices(&script.wait(QUEUES_END_MS)).pop() else {
        panic!("the end was expected");
    };
    assert_eq!(files.len(), 1);
    assert_eq!(
        files[0].1.get("batchId"),
        Some(&Value::from_text("batch-2"))
    );
}

#[test]
fn a_retried_file_is_a_batch_of_its_own() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    script.answer(send.request, error(400, "No"));
    assert_eq!(names(&script.wait(QUEUES_END_MS)), ["end"]);
    let commands = script.tell(Event::Retried { item: ItemId(0) });
    assert_eq!(names(&commands), ["told retry", "start", "send 0"]);
    let again = only_send(&commands);
    script.succeed(again.request);
    assert_eq!(names(&script.wait(QUEUES_END_MS)), ["end"]);
}

#[test]
fn a_removed_file_is_not_in_the_end() {
    let mut script = Script::new(options());
    script.pick(&[10]);
    script.tell(Event::Removed { item: ItemId(0) });
    let told = notices(&script.wait(QUEUES_END_MS));
    assert_eq!(told, [Notice::QueuesEnd { files: vec![] }]);
}

#[test]
fn refused_files_are_listed_released_and_told_but_are_in_no_batch() {
    let options = Options {
        max_file_size: Some(100),
        ..options()
    };
    let mut script = Script::new(options);
    let commands = script.pick(&[101, 0]);
    assert_eq!(
        names(&commands),
        ["refused 0", "release 0", "refused 1", "release 1"]
    );
    assert_eq!(script.status(0), Status::Refused);
    let item = script.batch.item(ItemId(0)).unwrap();
    assert_eq!(
        item.refusal,
        Some(&Refusal::TooLarge {
            size: 101,
            limit: 100
        })
    );
    assert_eq!(item.refusal.unwrap().code(), "file.too_large");
    assert_eq!(script.summary().refused, 2);
    assert_eq!(script.batch.deadline(), None);
    assert_eq!(script.tell(Event::Removed { item: ItemId(0) }), []);
    assert_eq!(script.tell(Event::Retried { item: ItemId(1) }), []);
}

#[test]
fn files_beyond_the_limit_are_left_out_and_told_once() {
    let options = Options {
        max_files: Some(2),
        ..options()
    };
    let mut script = Script::new(options);
    let commands = script.pick(&[10, 0, 10, 10, 10]);
    let expected = [
        "added 0",
        "refused 1",
        "release 1",
        "added 2",
        "release 3",
        "release 4",
        "told max",
        "start",
        "send 0",
        "send 2",
    ];
    assert_eq!(names(&commands), expected);
    assert_eq!((script.summary().total, script.summary().left_out), (3, 2));
    script.tell(Event::Removed { item: ItemId(0) });
    let commands = script.pick(&[10]);
    assert_eq!(names(&commands), ["added 5", "send 5"]);
    assert_eq!(script.summary().left_out, 0);
}

#[test]
fn with_one_file_at_a_time_a_choice_waits_for_the_end_and_then_replaces() {
    let options = Options {
        multiple: false,
        public_id: Some("me".to_owned()),
        ..options()
    };
    let mut script = Script::new(options);
    let commands = script.pick(&[10, 10]);
    assert_eq!(
        names(&commands),
        ["added 0", "release 1", "told max", "start", "send 0"]
    );
    let send = only_send(&commands);
    assert_eq!(names(&script.pick(&[10])), ["release 2", "told max"]);
    script.succeed(send.request);
    script.wait(QUEUES_END_MS);
    let commands = script.pick(&[10]);
    assert_eq!(names(&commands), ["added 3", "start", "send 3"]);
    assert!(
        only_send(&commands)
            .fields
            .contains(&("public_id", "me".to_owned()))
    );
    assert_eq!(script.batch.ids().collect::<Vec<_>>(), [ItemId(3)]);
}

#[test]
fn while_the_one_file_is_busy_even_a_bad_one_leaves_the_list_alone() {
    let mut script = Script::new(Options {
        multiple: false,
        ..options()
    });
    script.pick(&[10]);
    assert_eq!(names(&script.pick(&[0])), ["release 1", "told max"]);
    assert_eq!(script.summary().total, 1);
}

#[test]
fn a_file_that_a_person_retries_starts_from_nothing() {
    let mut script = Script::new(options());
    let sends = sends(&script.pick(&[100_000, 400_000]));
    script.wait(1_000);
    script.succeed(sends[0].request);
    assert_eq!(script.permille(1), Some(250));
    script.tell(Event::Cancelled { item: ItemId(1) });
    assert_eq!(script.permille(1), Some(250));
    script.tell(Event::Retried { item: ItemId(1) });
    assert_eq!(script.permille(1), Some(0));
}

#[test]
fn several_files_do_not_overwrite_each_other_under_one_public_id() {
    let options = Options {
        public_id: Some("dog".to_owned()),
        ..options()
    };
    let mut script = Script::new(options);
    let commands = script.pick(&[10, 0, 10]);
    let asked: Vec<_> = sends(&commands)
        .iter()
        .map(|send| send.fields[2].1.clone())
        .collect();
    assert_eq!(asked, ["dog", "dog_2"]);
    let Notice::UploadAdded { public_id, .. } = &notices(&commands)[2] else {
        panic!("the second file should have been told");
    };
    assert_eq!(public_id.as_deref(), Some("dog_2"));
}

#[test]
fn an_empty_choice_and_a_choice_told_twice_add_nothing() {
    let mut script = Script::new(options());
    assert_eq!(script.pick(&[]), []);
    assert_eq!(script.summary().total, 0);
    let file = script.file("dog.jpg", 10);
    script.tell(Event::Picked {
        files: vec![file.clone()],
    });
    assert_eq!(script.tell(Event::Picked { files: vec![file] }), []);
    assert_eq!(script.summary().total, 1);
}

#[test]
fn screens_look_once_at_what_changed_often() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    assert_eq!(
        script.changes(),
        [Change::Added(ItemId(0)), Change::Summary]
    );
    assert_eq!(script.changes(), []);
    script.lose(send.request);
    let again = only_send(&script.wait_for_deadline());
    script.succeed(again.request);
    assert_eq!(
        script.changes(),
        [Change::Updated(ItemId(0)), Change::Summary]
    );
    script.tell(Event::Removed { item: ItemId(0) });
    assert_eq!(
        script.changes(),
        [Change::Removed(ItemId(0)), Change::Summary]
    );
}

#[test]
fn progress_is_unknown_before_a_request_has_ended_and_then_estimated() {
    let mut script = Script::new(options());
    let sends = sends(&script.pick(&[100_000, 400_000]));
    assert_eq!(script.permille(0), None);
    script.wait(1_000);
    assert_eq!((script.permille(0), script.summary().permille), (None, 0));
    script.succeed(sends[0].request);
    // 100,000 bytes took a second, so a second is worth a quarter of the other file.
    assert_eq!(
        (script.permille(0), script.permille(1)),
        (Some(1000), Some(250))
    );
    assert_eq!(script.summary().permille, 400);
    let next = script.batch.deadline().unwrap();
    assert_eq!(next, script.now.after(250));
    script.wait_for_deadline();
    assert_eq!(script.permille(1), Some(312));
}

#[test]
fn progress_stops_short_of_done_and_needs_no_more_ticks_then() {
    let mut script = Script::new(options());
    let sends = sends(&script.pick(&[100_000, 400_000]));
    script.wait(1_000);
    script.succeed(sends[0].request);
    script.wait(20_000);
    assert_eq!(script.permille(1), Some(950));
    assert!(script.batch.deadline().unwrap() > script.now.after(5_000));
    script.succeed(sends[1].request);
    assert_eq!(
        (script.permille(1), script.summary().permille),
        (Some(1000), 1000)
    );
}

#[test]
fn progress_does_not_fall_when_an_attempt_is_repeated() {
    let mut script = Script::new(options());
    let sends = sends(&script.pick(&[100_000, 400_000]));
    script.wait(1_000);
    script.succeed(sends[0].request);
    script.wait(1_000);
    let shown = script.permille(1).unwrap();
    script.lose(sends[1].request);
    assert_eq!(script.permille(1), Some(shown));
    while sends_none(&script.wait_for_deadline()) {}
    assert_eq!(script.permille(1), Some(shown));
}

fn sends_none(commands: &[plimsoll_core::Command]) -> bool {
    sends(commands).is_empty()
}

#[test]
fn the_whole_falls_only_when_work_is_added() {
    let mut script = Script::new(options());
    let first = script.send_one(100);
    script.succeed(first.request);
    assert_eq!(script.summary().permille, 1000);
    script.pick(&[300]);
    assert_eq!(script.summary().permille, 250);
    script.tell(Event::Removed { item: ItemId(0) });
    assert_eq!(script.summary().permille, 250);
}

/// A page whose files go up in chunks of 1,000 bytes.
fn in_chunks() -> Script {
    Script::new(Options {
        max_chunk_size: 1_000,
        ..options()
    })
}

#[test]
fn progress_follows_the_chunks_and_the_clock_between_them() {
    let mut script = in_chunks();
    let first = script.send_one(10_000);
    script.wait(1_000);
    assert_eq!(script.permille(0), None);
    let middle = sends(&script.take(first.request));
    assert_eq!(script.permille(0), Some(100));
    script.wait(500);
    // Three chunks are half done at the pace of the first.
    assert_eq!(script.permille(0), Some(250));
    script.lose(middle[0].request);
    assert_eq!(script.permille(0), Some(250), "it never falls");
    script.wait(100_000);
    assert!(script.permille(0) <= Some(385));
    assert!(script.batch.deadline().is_some());
}

#[test]
fn nothing_looks_done_before_the_server_says_so() {
    let mut script = in_chunks();
    let mut open = vec![script.send_one(1_500_001)];
    let mut last = None;
    while let Some(send) = open.pop() {
        if send.range.is_some_and(|range| range.is_last()) {
            last = Some(send.request);
        } else {
            script.now = script.now.after(10);
            open.extend(sends(&script.take(send.request)));
        }
    }
    script.wait(60_000);
    assert_eq!(script.permille(0), Some(999), "one byte is missing");
    let Some(last) = last else {
        panic!("there is a last chunk")
    };
    script.succeed(last);
    assert_eq!(
        (script.permille(0), script.summary().permille),
        (Some(1000), 1000)
    );
}
