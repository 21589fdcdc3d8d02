//! Scripts of trouble: outages of any length, networks that go and come, servers that ask to slow
//! down, connections that die without a word.

mod script;

use plimsoll_core::Command;
use plimsoll_core::command::{Send, Via};
use plimsoll_core::error::FaultKind;
use plimsoll_core::event::{Answer, Event};
use plimsoll_core::item::Status;
use plimsoll_core::options::{Options, Transport};
use plimsoll_core::transfer::{OUTAGE_MS, STALL_MS};
use plimsoll_core::units::RequestId;
use script::{Script, error, only_fault, only_send, options, sends, text};

fn with_headers(answer: Answer, headers: &[(&'static str, &str)]) -> Answer {
    let headers = headers.iter();
    let headers = headers
        .map(|(name, text)| (*name, (*text).to_owned()))
        .collect();
    Answer { headers, ..answer }
}

/// Loses every request at once until `ms` have gone by; gives the number of requests and the first
/// one after that.
fn outage(script: &mut Script, send: Send, ms: u64) -> (u32, Send) {
    let end = script.now.after(ms);
    let (mut send, mut requests) = (send, 1);
    while script.now < end {
        assert_eq!(script.lose(send.request), [], "it does not give up");
        send = only_send(&script.wait_for_deadline());
        requests += 1;
    }
    (requests, send)
}

fn sent(script: &mut Script, request: RequestId, bytes: u64) -> Vec<Command> {
    script.tell(Event::Sent { request, bytes })
}

#[test]
fn outages_of_fifteen_seconds_one_minute_and_five_end_without_a_click() {
    for (ms, most) in [(15_000, 12), (60_000, 20), (OUTAGE_MS - 31_000, 40)] {
        for seed in 0..50 {
            let mut script = Script::seeded(options(), seed);
            let send = script.send_one(10);
            let (requests, last) = outage(&mut script, send, ms);
            assert!(requests <= most, "{requests} in {ms} ms");
            script.succeed(last.request);
            assert_eq!(script.status(0), Status::Done);
        }
    }
}

#[test]
fn nothing_is_tried_without_a_network_and_all_goes_on_with_it() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    assert_eq!(script.tell(Event::WentOffline), []);
    assert!(script.summary().offline);
    assert_eq!(script.lose(send.request), []);
    assert_eq!(script.pick(&[10, 10]).len(), 2, "added, not sent");
    assert_eq!(
        script.batch.deadline(),
        None,
        "nothing but the network helps"
    );
    assert_eq!(script.wait(8 * OUTAGE_MS), [], "nothing is given up");
    let mut back = script.tell(Event::WentOnline);
    assert!(!script.summary().offline);
    back.extend(script.wait(1_000));
    let items: Vec<_> = sends(&back).iter().map(|send| send.item.0).collect();
    assert!(items.contains(&0), "{items:?}");
    assert!(matches!(script.status(0), Status::Uploading));
}

#[test]
fn a_request_that_runs_while_the_network_goes_may_still_be_answered() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    script.tell(Event::WentOffline);
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn time_offline_does_not_count_as_an_outage() {
    let mut script = Script::new(options());
    let mut send = script.send_one(10);
    for _ in 0..40 {
        script.lose(send.request);
        script.tell(Event::WentOffline);
        script.wait(OUTAGE_MS);
        let mut back = script.tell(Event::WentOnline);
        back.extend(script.wait(1_000));
        send = only_send(&back);
    }
    assert_ne!(script.status(0), Status::Failed);
}

#[test]
fn a_computer_that_slept_has_not_waited() {
    let mut script = Script::new(options());
    let mut send = script.send_one(10);
    for _ in 0..20 {
        script.lose(send.request);
        // The lid is closed for an hour in the middle of a rest.
        send = only_send(&script.wait(3_600_000));
    }
    assert_ne!(script.status(0), Status::Failed);
}

#[test]
fn a_busy_server_is_left_alone_by_all_files_and_then_gets_less_at_once() {
    let mut script = Script::new(options());
    let first = sends(&script.pick(&[10; 12]));
    assert_eq!(first.len(), 3);
    let busy = with_headers(error(429, "Slow down"), &[("retry-after", "20")]);
    assert_eq!(script.answer(first[0].request, busy), []);
    assert_eq!(script.succeed(first[1].request).len(), 2, "told, none sent");
    script.succeed(first[2].request);
    assert_eq!(sends(&script.wait(19_999)), []);
    assert_eq!(sends(&script.wait(1)).len(), 2, "half of three, rounded up");
    assert_eq!(sends(&script.wait(9_000)), []);
    assert_eq!(
        sends(&script.wait(1_000)).len(),
        1,
        "one more after ten seconds"
    );
}

#[test]
fn answers_of_one_burst_slow_down_once() {
    let mut script = Script::new(Options {
        max_parallel_uploads: 6,
        ..options()
    });
    let first = sends(&script.pick(&[10; 20]));
    assert_eq!(first.len(), 6);
    let mut again = 0;
    for send in &first {
        let busy = error(420, "Enhance your calm");
        again += sends(&script.answer(send.request, busy)).len();
    }
    for _ in 0..90 {
        again += sends(&script.wait(100)).len();
    }
    assert_eq!(again, 3, "half of six, for ten seconds");
    script.wait(1_000);
    assert_eq!(script.summary().active, 20);
}

#[test]
fn two_hundred_files_that_are_all_put_off_once_cost_two_requests_each() {
    let mut script = Script::new(options());
    let mut open = sends(&script.pick(&[10; 200]));
    let mut refused = std::collections::BTreeSet::new();
    let mut requests = 0;
    while script.summary().done < 200 {
        let Some(send) = open.pop() else {
            open = sends(&script.wait_for_deadline());
            continue;
        };
        requests += 1;
        let commands = if refused.insert(send.item) {
            let busy = with_headers(error(429, "Slow down"), &[("retry-after", "1")]);
            script.answer(send.request, busy)
        } else {
            script.succeed(send.request)
        };
        open.extend(sends(&commands));
    }
    assert_eq!(requests, 400);
}

#[test]
fn a_date_is_as_good_as_seconds_and_is_read_by_the_servers_clock() {
    // The server's clock is a day ahead of this computer's.
    let headers = [
        ("date", "Wed, 25 Nov 2026 06:00:00 GMT"),
        ("retry-after", "Wed, 25 Nov 2026 06:00:45 GMT"),
    ];
    let mut script = Script::new(options());
    let send = script.send_one(10);
    script.answer(
        send.request,
        with_headers(error(503, "Back soon"), &headers),
    );
    let Status::Resting { until, .. } = script.status(0) else {
        panic!("it should rest")
    };
    assert_eq!(until, script.now.after(45_000));
    for junk in ["soon", "-5", "", "Wed, 25 Nov"] {
        let mut script = Script::new(options());
        let send = script.send_one(10);
        let busy = with_headers(error(429, "Slow down"), &[("retry-after", junk)]);
        script.answer(send.request, busy);
        let Status::Resting { until, .. } = script.status(0) else {
            panic!("it should rest")
        };
        assert!(until <= script.now.after(500), "{junk}");
    }
}

#[test]
fn a_connection_that_goes_silent_is_left_after_half_a_minute() {
    let mut script = Script::new(options());
    let send = script.send_one(8_000_000);
    assert_eq!(
        send.via,
        Via::Xhr,
        "nothing is known of the line, and it is much"
    );
    assert_eq!(script.wait(STALL_MS - 1), []);
    assert_eq!(sent(&mut script, send.request, 1_000_000), [], "it moves");
    for _ in 0..10 {
        // What was told before is no move.
        sent(&mut script, send.request, 1_000_000);
        assert_eq!(sends(&script.wait(2_900)), []);
    }
    assert_eq!(script.wait(1_000), [Command::Abort(send.request)]);
    let again = only_send(&script.wait_for_deadline());
    // The line may have become a slow one: twice the patience.
    assert_eq!(script.wait(2 * STALL_MS - 1), []);
    assert_eq!(script.wait(1), [Command::Abort(again.request)]);
}

#[test]
fn a_slow_line_that_moves_is_never_taken_for_dead() {
    let mut script = Script::new(options());
    let send = script.send_one(8_000_000);
    for step in 1..400 {
        assert_eq!(sends(&script.wait(20_000)), []);
        assert_eq!(sent(&mut script, send.request, step * 20_000), []);
    }
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn what_is_all_sent_is_processing_and_the_server_gets_time_for_it() {
    let mut script = Script::new(options());
    let send = script.send_one(1_000_000);
    sent(&mut script, send.request, 999_999);
    assert_eq!(script.status(0), Status::Uploading);
    sent(&mut script, send.request, 2_000_000);
    assert_eq!(script.status(0), Status::Processing);
    assert!(script.permille(0) < Some(1000));
    assert_eq!(script.wait(119_000), []);
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn what_the_browser_tells_moves_progress_and_nothing_takes_it_back() {
    let mut script = Script::new(options());
    let send = script.send_one(1_000_000);
    let mut last = None;
    for bytes in [100_000, 300_000, 200_000, 900_000] {
        sent(&mut script, send.request, bytes);
        assert!(script.permille(0) >= last);
        last = script.permille(0);
    }
    assert_eq!(last, Some(900));
    script.lose(send.request);
    assert!(script.permille(0) >= last);
    // Stale and foreign facts move nothing.
    assert_eq!(sent(&mut script, send.request, 999_999), []);
    assert_eq!(sent(&mut script, RequestId(77), 1), []);
    assert_eq!(script.permille(0), last);
}

#[test]
fn requests_go_out_as_the_page_wants_or_as_it_is_of_use() {
    let via = |transport, size| {
        let mut script = Script::new(Options {
            transport,
            ..options()
        });
        script.send_one(size).via
    };
    assert_eq!(via(Transport::Auto, 100), Via::Fetch);
    assert_eq!(via(Transport::Auto, 10_000_000), Via::Xhr);
    assert_eq!(via(Transport::Fetch, 10_000_000), Via::Fetch);
    assert_eq!(via(Transport::Xhr, 100), Via::Xhr);
    let mut script = Script::new(options());
    let first = script.send_one(10_000_000);
    script.wait(100);
    script.succeed(first.request);
    assert_eq!(script.send_one(10_000_000).via, Via::Fetch, "a fast line");
}

#[test]
fn an_answer_in_a_servers_place_is_asked_for_again_a_few_times_only() {
    for junk in ["", "<html>Sign in to the Wi-Fi</html>", "{\"public_id\":"] {
        let mut script = Script::new(options());
        let mut send = script.send_one(10);
        let mut requests = 1;
        let fault = loop {
            let commands = script.answer(send.request, text(200, junk));
            if script.status(0) == Status::Failed {
                break only_fault(&commands);
            }
            send = only_send(&script.wait_for_deadline());
            requests += 1;
        };
        assert_eq!((requests, fault.kind), (8, FaultKind::AnswerUnreadable));
        assert!(fault.message().contains("sign-in page"));
    }
}

#[test]
fn a_fault_keeps_the_servers_words_its_number_and_what_went_before() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    let down = with_headers(error(503, "Down"), &[("x-request-id", "r1")]);
    script.answer(send.request, down);
    let again = only_send(&script.wait_for_deadline());
    // A proxy has replaced the body; the header still has the words.
    let headers = [
        ("x-request-id", "r2"),
        ("x-cld-error", "Upload preset not found"),
    ];
    let refused = with_headers(text(400, "<h1>Bad Request</h1>"), &headers);
    let fault = only_fault(&script.answer(again.request, refused));
    assert_eq!(fault.server_message, "Upload preset not found");
    assert_eq!((fault.status, fault.attempts), (400, 2));
    assert_eq!(fault.request_id.as_deref(), Some("r2"));
    assert_eq!(fault.history.len(), 1);
    let before = &fault.history[0];
    assert_eq!((before.kind, before.status), (FaultKind::ServerFailed, 503));
    assert_eq!(before.request_id.as_deref(), Some("r1"));
}
