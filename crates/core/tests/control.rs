//! Scripts of what people do: pause and go on, prefer one to the others, hand over addresses. What
//! they cancel and retry is in `engine.rs` and `chunks.rs`.

mod script;

use plimsoll_core::Command;
use plimsoll_core::event::{Event, PickedFile};
use plimsoll_core::item::Status;
use plimsoll_core::options::Options;
use plimsoll_core::units::ItemId;
use script::{Script, names, only_send, options, sends};

const CHUNK: u64 = 1_000;

fn in_chunks() -> Script {
    Script::new(Options {
        max_chunk_size: CHUNK,
        ..options()
    })
}

#[test]
fn a_paused_file_stops_keeps_its_chunks_and_goes_on() {
    let mut script = in_chunks();
    let first = script.send_one(5 * CHUNK);
    script.take(first.request);
    let item = ItemId(0);
    let commands = script.tell(Event::Paused { item });
    assert_eq!(names(&commands), ["abort", "abort", "abort"]);
    assert_eq!(
        (script.status(0), script.summary().paused),
        (Status::Paused, 1)
    );
    assert_eq!(script.wait(3_600_000), [], "it is not the end of the batch");
    assert!(!script.batch.is_idle());
    assert_eq!(script.tell(Event::Paused { item }), []);
    let again = sends(&script.tell(Event::Resumed { item }));
    let starts: Vec<_> = again.iter().filter_map(|send| send.range).collect();
    assert_eq!(
        starts.iter().map(|range| range.start).collect::<Vec<_>>(),
        [1_000, 2_000, 3_000]
    );
    assert_eq!(script.summary().paused, 0);
    assert_eq!(script.tell(Event::Resumed { item }), []);
}

#[test]
fn all_pause_and_all_go_on() {
    let mut script = Script::new(options());
    let open = sends(&script.pick(&[10; 6]));
    script.succeed(open[0].request);
    let commands = script.tell(Event::AllPaused);
    assert!(
        commands
            .iter()
            .all(|command| matches!(command, Command::Abort(_)))
    );
    assert_eq!(script.summary().paused, 5);
    assert_eq!(script.status(0), Status::Done);
    // What is added meanwhile was not meant.
    let send = script.send_one(10);
    script.succeed(send.request);
    assert_eq!(sends(&script.tell(Event::AllResumed)).len(), 3);
    assert_eq!(script.summary().paused, 0);
}

#[test]
fn a_paused_file_can_be_cancelled_and_removed() {
    let mut script = Script::new(options());
    script.pick(&[10; 2]);
    script.tell(Event::AllPaused);
    let cancelled = script.tell(Event::Cancelled { item: ItemId(0) });
    assert_eq!(names(&cancelled), ["told abort"]);
    let removed = script.tell(Event::Removed { item: ItemId(1) });
    assert_eq!(names(&removed), ["told abort", "release 1"]);
    assert_eq!(names(&script.wait_for_deadline()), ["end"]);
}

#[test]
fn what_a_person_wants_first_goes_before_all_that_wait() {
    let mut script = Script::new(options());
    let open = sends(&script.pick(&[10; 9]));
    script.tell(Event::Preferred { item: ItemId(8) });
    script.tell(Event::Preferred { item: ItemId(7) });
    // What has begun, ended or never was is no help.
    script.tell(Event::Preferred { item: ItemId(0) });
    script.tell(Event::Preferred { item: ItemId(99) });
    let mut order = Vec::new();
    for send in &open {
        order.extend(sends(&script.succeed(send.request)));
    }
    let order: Vec<_> = order.iter().map(|send| send.item.0).collect();
    assert_eq!(order, [7, 8, 3]);
}

#[test]
fn an_address_goes_as_a_text_and_is_not_measured() {
    let mut script = Script::new(Options {
        max_file_size: Some(5),
        ..options()
    });
    let address = "https://x.test/dog.jpg";
    let file = PickedFile {
        address: Some(address.to_owned()),
        ..script.file("dog.jpg", 0)
    };
    let commands = script.tell(Event::Picked { files: vec![file] });
    let send = only_send(&commands);
    assert_eq!(send.address.as_deref(), Some(address));
    assert_eq!(send.range, None);
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn empty_files_go_in_one_request_where_the_page_wants_them() {
    let mut script = Script::new(Options {
        allow_empty_files: true,
        ..options()
    });
    let send = script.send_one(0);
    assert_eq!((send.size, send.range), (0, None));
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
    let mut script = Script::new(options());
    assert_eq!(sends(&script.pick(&[0])), []);
    assert_eq!(script.status(0), Status::Refused);
}

#[test]
fn speed_and_time_left_come_from_what_was_acknowledged() {
    let mut script = Script::new(Options {
        max_parallel_chunks: 1,
        ..in_chunks().batch.options().clone()
    });
    let first = script.send_one(10 * CHUNK);
    assert_eq!(
        (script.summary().rate, script.summary().left_s),
        (None, None)
    );
    script.wait(500);
    let second = only_send(&script.take(first.request));
    let summary = script.summary();
    assert_eq!((summary.rate, summary.left_s), (Some(2_000), Some(5)));
    let item = script
        .batch
        .item(ItemId(0))
        .map(|item| (item.rate, item.left_s));
    assert_eq!(item, Some((Some(2_000), Some(5))));
    script.wait(500);
    script.take(second.request);
    assert_eq!(script.summary().left_s, Some(4));
}

#[test]
fn every_item_has_its_place() {
    let mut script = Script::new(options());
    script.pick(&[10; 4]);
    script.tell(Event::Removed { item: ItemId(1) });
    let places: Vec<_> = (0..5).map(|id| script.batch.place(ItemId(id))).collect();
    assert_eq!(places, [Some(0), None, Some(1), Some(2), None]);
}

#[test]
fn what_is_taken_out_comes_back_to_its_place_and_goes_on() {
    let mut script = Script::new(options());
    script.pick(&[10; 3]);
    let aside = script.tell(Event::SetAside { item: ItemId(1) });
    assert!(
        !names(&aside).contains(&"release 1".to_owned()),
        "{aside:?}"
    );
    assert_eq!(script.summary().aside, Some(ItemId(1)));
    assert_eq!(script.summary().total, 2);
    assert_eq!(script.batch.aside().map(|item| item.id), Some(ItemId(1)));
    script.tell(Event::Restored);
    assert_eq!(script.summary().aside, None);
    let ids: Vec<u32> = script.batch.ids().map(|id| id.0).collect();
    assert_eq!(ids, [0, 1, 2]);
    let sent = sends(&script.tell(Event::Retried { item: ItemId(1) }));
    assert!(sent.iter().any(|send| send.item == ItemId(1)), "{sent:?}");
}

#[test]
fn what_was_taken_out_is_let_go_when_it_is_not_wanted_back_or_another_is_taken_out() {
    let mut script = Script::new(options());
    script.pick(&[10; 2]);
    script.tell(Event::AllCancelled);
    assert_eq!(
        names(&script.tell(Event::SetAside { item: ItemId(0) })),
        [""; 0]
    );
    let next = script.tell(Event::SetAside { item: ItemId(1) });
    assert_eq!(names(&next), ["release 0"]);
    assert_eq!(names(&script.tell(Event::Dropped)), ["release 1"]);
    assert_eq!(names(&script.tell(Event::Dropped)), [""; 0]);
    script.tell(Event::Restored);
    assert_eq!(script.summary().total, 0);
}

#[test]
fn what_was_taken_out_stays_out_while_others_have_its_room() {
    let mut script = Script::new(Options {
        max_files: Some(1),
        ..options()
    });
    script.pick(&[10]);
    script.tell(Event::SetAside { item: ItemId(0) });
    script.pick(&[10]);
    assert_eq!(script.summary().aside, None);
    script.tell(Event::Restored);
    assert_eq!(script.summary().total, 1);
    script.tell(Event::Removed { item: ItemId(1) });
    assert_eq!(script.summary().aside, Some(ItemId(0)));
}
