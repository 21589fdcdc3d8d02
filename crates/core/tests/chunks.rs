//! Scripts of files in chunks: in which order they go, what a fault costs, what a person's retry
//! keeps, and that large files leave room for small ones.

mod script;

use plimsoll_core::Command;
use plimsoll_core::command::Send;
use plimsoll_core::error::FaultKind;
use plimsoll_core::event::{Answer, Event};
use plimsoll_core::item::Status;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::transfer;
use plimsoll_core::units::ItemId;
use script::{
    Script, error, good, json, names, notices, only_fault, only_send, options, sends, text,
};

const CHUNK: u64 = 1_000;

fn script() -> Script {
    parallel(3)
}

fn parallel(chunks: u64) -> Script {
    Script::new(Options {
        max_chunk_size: CHUNK,
        max_parallel_chunks: chunks,
        ..options()
    })
}

/// The chunk's number, from 0.
fn number(send: &Send) -> u64 {
    let Some(range) = send.range else {
        panic!("it should be a chunk")
    };
    assert_eq!((range.start % CHUNK, range.total), (0, send.size));
    range.start / CHUNK
}

fn numbers(commands: &[Command]) -> Vec<u64> {
    sends(commands).iter().map(number).collect()
}

/// Picks a file of so many chunks and gets the first one taken; gives what goes then.
fn begin(script: &mut Script, chunks: u64) -> Vec<Send> {
    let first = script.send_one(chunks * CHUNK);
    sends(&script.take(first.request))
}

/// Lets time go by until something is sent.
fn wait_for_sends(script: &mut Script) -> Vec<Send> {
    loop {
        let sends = sends(&script.wait_for_deadline());
        if !sends.is_empty() {
            return sends;
        }
    }
}

fn header<'a>(send: &'a Send, name: &str) -> Option<&'a str> {
    let mut headers = send.headers.iter();
    headers
        .find(|(known, _)| *known == name)
        .map(|(_, text)| text.as_str())
}

#[test]
fn a_file_up_to_the_chunk_size_goes_whole() {
    for size in [1, CHUNK - 1, CHUNK] {
        let send = script().send_one(size);
        assert_eq!((send.range, send.size), (None, size));
        assert_eq!(header(&send, "Content-Range"), None);
    }
    let send = script().send_one(CHUNK + 1);
    assert_eq!(header(&send, "Content-Range"), Some("bytes 0-999/1001"));
}

#[test]
fn the_first_chunk_goes_alone_and_the_last_after_all_others() {
    let mut script = script();
    let first = script.send_one(5 * CHUNK + 1);
    assert_eq!(number(&first), 0);
    let middle = sends(&script.take(first.request));
    assert_eq!(middle.iter().map(number).collect::<Vec<_>>(), [1, 2, 3]);
    let four = script.take(middle[2].request);
    assert_eq!(numbers(&four), [4]);
    assert_eq!(script.take(middle[0].request), []);
    assert_eq!(script.take(only_send(&four).request), []);
    let last = only_send(&script.take(middle[1].request));
    assert_eq!(header(&last, "Content-Range"), Some("bytes 5000-5000/5001"));
    for send in middle.iter().chain([&last]) {
        assert_eq!(
            header(send, "X-Unique-Upload-Id"),
            header(&first, "X-Unique-Upload-Id")
        );
        assert_eq!((&send.url, &send.fields), (&first.url, &first.fields));
    }
    let commands = script.succeed(last.request);
    assert_eq!(names(&commands), ["success 0", "release 0"]);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn a_file_of_exactly_so_many_chunks_gets_no_empty_one() {
    let mut script = script();
    let first = script.send_one(2 * CHUNK);
    let last = only_send(&script.take(first.request));
    assert_eq!(header(&last, "Content-Range"), Some("bytes 1000-1999/2000"));
    script.succeed(last.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn one_chunk_at_a_time_means_strict_order() {
    let mut script = parallel(1);
    let mut send = script.send_one(7 * CHUNK);
    for expected in 0..6 {
        assert_eq!(number(&send), expected);
        send = only_send(&script.take(send.request));
    }
    assert_eq!(number(&send), 6);
}

#[test]
fn an_answer_that_is_lost_after_a_middle_chunk_repeats_the_same_range() {
    let mut script = script();
    let middle = begin(&mut script, 6);
    assert_eq!(script.lose(middle[1].request), []);
    assert_eq!(script.status(0), Status::Uploading, "the others go on");
    let again = wait_for_sends(&mut script).remove(0);
    assert_eq!(
        (again.range, &again.headers),
        (middle[1].range, &middle[1].headers)
    );
    assert_ne!(again.request, middle[1].request);
}

#[test]
fn an_answer_that_is_lost_after_the_last_chunk_repeats_it_alone() {
    let mut script = script();
    let first = script.send_one(2 * CHUNK);
    let last = only_send(&script.take(first.request));
    script.lose(last.request);
    assert!(matches!(script.status(0), Status::Resting { .. }));
    let again = only_send(&script.wait_for_deadline());
    assert_eq!(again.headers, last.headers);
    script.succeed(again.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn while_one_chunk_rests_the_others_land_and_nothing_new_begins() {
    let mut script = script();
    let middle = begin(&mut script, 9);
    let busy = Answer {
        headers: vec![("retry-after", "20".to_owned())],
        ..error(429, "Slow down")
    };
    assert_eq!(script.answer(middle[0].request, busy), []);
    assert_eq!(script.take(middle[1].request), []);
    assert_eq!(script.take(middle[2].request), []);
    let Status::Resting { until, fault } = script.status(0) else {
        panic!("nothing is on its way, so it rests")
    };
    assert_eq!(
        (until, fault),
        (script.now.after(20_000), FaultKind::ServerBusy)
    );
    assert_eq!(script.wait(19_999), []);
    assert_eq!(
        numbers(&script.wait(1)),
        [1, 4],
        "what is missing comes first"
    );
}

#[test]
fn a_break_that_takes_three_chunks_is_one_failure() {
    let mut script = script();
    let mut open = begin(&mut script, 9);
    let mut breaks = 0;
    let commands = loop {
        assert_eq!(open.len(), 3);
        breaks += 1;
        let commands = script.lose(open[0].request);
        if script.status(0) == Status::Failed {
            break commands;
        }
        script.lose(open[1].request);
        script.lose(open[2].request);
        open = wait_for_sends(&mut script);
    };
    assert!(breaks >= transfer::FAILURES_MAX, "{breaks}");
    assert_eq!(names(&commands), ["abort", "abort", "failed 0"]);
    assert_eq!(only_fault(&commands).kind, FaultKind::NetworkLost);
}

#[test]
fn whatever_arrives_begins_the_count_anew() {
    let mut script = parallel(1);
    let mut send = script.send_one(30 * CHUNK);
    for _ in 0..29 {
        for _ in 1..transfer::FAILURES_MAX {
            script.lose(send.request);
            send = wait_for_sends(&mut script).remove(0);
        }
        send = only_send(&script.take(send.request));
    }
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn a_refused_chunk_fails_the_file_and_aborts_its_others() {
    let mut script = script();
    let middle = begin(&mut script, 9);
    let commands = script.answer(middle[1].request, error(400, "All parts except …"));
    assert_eq!(names(&commands), ["abort", "abort", "failed 0"]);
    assert_eq!(only_fault(&commands).server_message, "All parts except …");
    assert_eq!(script.take(middle[0].request), [], "too late");
    let again = only_send(&script.tell(Event::Retried { item: ItemId(0) }));
    assert_eq!(number(&again), 0, "for the server it is a new upload");
    assert_ne!(
        header(&again, "X-Unique-Upload-Id"),
        header(&middle[0], "X-Unique-Upload-Id")
    );
}

#[test]
fn a_person_s_retry_keeps_what_the_server_has() {
    let mut script = script();
    let middle = begin(&mut script, 6);
    script.take(middle[1].request);
    script.lose(middle[0].request);
    while script.status(0) != Status::Failed {
        for send in sends(&script.wait_for_deadline()) {
            if number(&send) == 1 {
                script.lose(send.request);
            }
        }
    }
    let commands = script.tell(Event::Retried { item: ItemId(0) });
    let again = &sends(&commands)[0];
    assert_eq!(
        (again.range, &again.headers),
        (middle[0].range, &middle[0].headers)
    );
    assert!(!numbers(&commands).contains(&0) && !numbers(&commands).contains(&2));
    assert!(script.permille(0) >= Some(333), "two of six are there");
}

#[test]
fn cancel_aborts_all_requests_and_a_retry_goes_on() {
    let mut script = script();
    let middle = begin(&mut script, 6);
    script.take(middle[0].request);
    let commands = script.tell(Event::Cancelled { item: ItemId(0) });
    assert_eq!(names(&commands), ["abort", "abort", "abort", "told abort"]);
    assert_eq!(script.take(middle[1].request), []);
    assert_eq!(
        sends(&script.wait(600_000)),
        [],
        "nothing is sent after cancel"
    );
    let commands = script.tell(Event::Retried { item: ItemId(0) });
    assert_eq!(numbers(&commands), [2, 3, 4]);
    assert_eq!(sends(&commands)[0].headers, middle[1].headers);
}

#[test]
fn a_removed_file_aborts_all_its_requests() {
    let mut script = script();
    begin(&mut script, 6);
    let commands = script.tell(Event::Removed { item: ItemId(0) });
    assert_eq!(
        names(&commands),
        ["abort", "abort", "abort", "told abort", "release 0"]
    );
}

#[test]
fn overdue_chunks_are_aborted_and_sent_again() {
    let mut script = script();
    let middle = begin(&mut script, 9);
    // The first chunk told the pace: what is as slow as this is dead.
    assert_eq!(script.wait(29_000), []);
    let commands = script.wait(2_000);
    let aborts: Vec<_> = middle
        .iter()
        .map(|send| Command::Abort(send.request))
        .collect();
    assert_eq!(commands, aborts);
    let again = wait_for_sends(&mut script);
    assert_eq!(again.iter().map(number).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn chunks_that_are_overdue_together_end_the_file_once() {
    let mut script = script();
    begin(&mut script, 9);
    let (mut failures, mut commands) = (0, Vec::new());
    while !matches!(script.status(0), Status::Failed) {
        commands = script.wait_for_deadline();
        let aborts = names(&commands)
            .iter()
            .filter(|name| *name == "abort")
            .count();
        assert!(matches!(aborts, 0 | 3), "all at once");
        failures += aborts / 3;
    }
    assert!(failures >= transfer::FAILURES_MAX as usize);
    assert_eq!(names(&commands), ["abort", "abort", "abort", "failed 0"]);
    assert_eq!(only_fault(&commands).code(), "network.timeout");
}

#[test]
fn a_changed_file_fails_at_once_whatever_arrived() {
    let mut script = script();
    let middle = begin(&mut script, 9);
    let request = middle[0].request;
    let commands = script.tell(Event::Unreadable { request });
    assert_eq!(names(&commands), ["abort", "abort", "failed 0"]);
    assert_eq!(only_fault(&commands).kind, FaultKind::FileUnreadable);
    let again = only_send(&script.tell(Event::Retried { item: ItemId(0) }));
    assert_eq!(number(&again), 0, "old and new bytes are not mixed");
}

#[test]
fn what_is_no_acknowledgement_is_asked_for_again() {
    let half_asset = good(plimsoll_core::units::RequestId(0));
    for odd in [
        text(200, "<html>"),
        text(200, ""),
        json(200, vec![]),
        half_asset,
    ] {
        let fine = odd == json(200, vec![]);
        let mut script = script();
        let first = script.send_one(3 * CHUNK);
        let next = match sends(&script.answer(first.request, odd)).pop() {
            Some(next) => next,
            None => wait_for_sends(&mut script).remove(0),
        };
        assert_eq!(number(&next), u64::from(fine));
    }
}

#[test]
fn the_last_answer_must_be_an_asset() {
    let mut script = script();
    let first = script.send_one(2 * CHUNK);
    let last = only_send(&script.take(first.request));
    script.take(last.request);
    assert_eq!(only_send(&script.wait_for_deadline()).headers, last.headers);
}

#[test]
fn a_raw_asset_must_be_as_large_as_the_file() {
    let raw = |bytes| {
        let mut script = script();
        let first = script.send_one(2 * CHUNK);
        let last = only_send(&script.take(first.request));
        let entries = vec![
            ("public_id", Value::from_text("a")),
            ("secure_url", Value::from_text("https://x.test/a")),
            ("resource_type", Value::from_text("raw")),
            ("bytes", Value::Number(bytes)),
        ];
        script.answer(last.request, json(200, entries));
        script.status(0)
    };
    assert_eq!((raw(2_000.0), raw(1_000.0)), (Status::Done, Status::Failed));
}

#[test]
fn requests_at_once_have_one_limit_for_all_files() {
    let mut script = parallel(6);
    let first = sends(&script.pick(&[20 * CHUNK, 20 * CHUNK, 20 * CHUNK, 20 * CHUNK]));
    assert_eq!(first.len(), 3);
    let more = sends(&script.take(first[0].request));
    // Two requests of the other files and four of this one.
    assert_eq!(more.len(), 4);
    assert!(more.iter().all(|send| send.item == ItemId(0)));
    let one = script.take(first[1].request);
    assert_eq!(
        names(&one),
        ["send 1"],
        "each file keeps one request at least"
    );
}

#[test]
fn a_file_of_a_hundred_chunks_leaves_room_for_small_ones() {
    let mut script = script();
    let mut large = begin(&mut script, 100);
    assert_eq!(large.len(), 3);
    let mut small = sends(&script.pick(&[10; 40]));
    assert_eq!(small.len(), 2, "three files at once");
    // While one small file after the other goes through, not one chunk needs to end.
    for left in (0..40_usize).rev() {
        let send = small.remove(0);
        let more = sends(&script.succeed(send.request));
        assert!(more.iter().all(|send| send.range.is_none()));
        small.extend(more);
        assert_eq!(small.len(), left.min(2));
    }
    assert_eq!(script.summary().done, 40);
    while let Some(send) = large.pop() {
        let last = send.range.is_some_and(|range| range.is_last());
        let request = send.request;
        large.extend(sends(&if last {
            script.succeed(request)
        } else {
            script.take(request)
        }));
    }
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn a_waiting_file_gets_the_place_of_the_next_chunk_that_ends() {
    let mut script = parallel(6);
    let large = begin(&mut script, 100);
    assert_eq!(large.len(), 6, "nobody else needs them");
    assert_eq!(sends(&script.pick(&[10, 10])), []);
    let next = script.take(large[0].request);
    assert_eq!(names(&next), ["send 1"]);
    let next = script.take(large[3].request);
    assert_eq!(names(&next), ["send 2"]);
    assert_eq!(numbers(&script.take(large[1].request)), [7]);
}

#[test]
fn files_at_once_are_as_the_page_says() {
    let mut script = Script::new(Options {
        max_parallel_uploads: 1,
        ..options()
    });
    let first = only_send(&script.pick(&[10, 10]));
    assert_eq!(names(&script.succeed(first.request))[2], "send 1");
}

#[test]
fn ten_gigabytes_arrive_in_five_hundred_chunks() {
    let mut script = Script::new(options());
    let size = 10_000_000_000;
    let mut open = vec![script.send_one(size)];
    let mut sent = Vec::new();
    let mut told = Vec::new();
    while let Some(send) = open.pop() {
        let Some(range) = send.range else {
            panic!("it should be a chunk")
        };
        sent.push((range.start, range.end));
        let request = send.request;
        script.now = script.now.after(20);
        let commands = if range.is_last() {
            script.succeed(request)
        } else {
            script.take(request)
        };
        open.extend(sends(&commands));
        told.extend(notices(&commands));
    }
    sent.sort_unstable();
    assert_eq!(sent.len(), 500);
    assert!(sent.windows(2).all(|two| two[0].1 == two[1].0));
    assert_eq!((sent[0].0, sent[499].1), (0, size));
    assert_eq!(told.len(), 1);
}
