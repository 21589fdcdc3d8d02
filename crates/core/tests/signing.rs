//! Scripts of signed uploads: what a page is asked, how often and how many at once, what becomes of
//! replies of every kind, and of signatures that a server does not take.

mod script;

use plimsoll_core::command::{Ask, Question, Send};
use plimsoll_core::error::FaultKind;
use plimsoll_core::event::{Answer, Event, Reply};
use plimsoll_core::item::Status;
use plimsoll_core::options::{Options, Signer};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{AskId, ItemId};
use plimsoll_core::{Command, Notice};
use script::{Script, UNIX_MS, error, json, names, notices, only_fault, only_send, options, sends};

const HEX: &str = "bfd09f95f331f558cbd1320e67aa8d488770583e";
const OTHER: &str = "cc927e1290f9e3ae4c1a741eda21a4630b4ce80f9ce0bc0296337d25cf40f91e";
const MINUTE_MS: u64 = 60_000;

fn signed(signer: Signer) -> Options {
    Options {
        signer,
        api_key: Some("key".to_owned()),
        max_chunk_size: 1_000,
        ..options()
    }
}

fn page() -> Script {
    Script::new(signed(Signer::Page))
}

fn asks(commands: &[Command]) -> Vec<Ask> {
    let ask = |command: &Command| match command {
        Command::Ask(ask) => Some(ask.clone()),
        _ => None,
    };
    commands.iter().filter_map(ask).collect()
}

fn only_ask(commands: &[Command]) -> Ask {
    match asks(commands).as_slice() {
        [ask] => ask.clone(),
        other => panic!("one question was expected, not {}", other.len()),
    }
}

fn reply(script: &mut Script, ask: AskId, reply: Reply) -> Vec<Command> {
    script.tell(Event::Replied { ask, reply })
}

fn sign(script: &mut Script, ask: &Ask) -> Vec<Command> {
    reply(script, ask.ask, Reply::Given(Value::from_text(HEX)))
}

fn field<'a>(fields: &'a [(&'static str, String)], name: &str) -> Option<&'a str> {
    let mut fields = fields.iter();
    fields
        .find(|(known, _)| *known == name)
        .map(|(_, text)| text.as_str())
}

/// Picks a file and has it signed; gives its first request.
fn send_one(script: &mut Script, size: u64) -> Send {
    let ask = only_ask(&script.pick(&[size]));
    only_send(&sign(script, &ask))
}

fn refusal(send: &Send) -> Answer {
    let mut pairs: Vec<_> = send
        .fields
        .iter()
        .filter(|(name, _)| !["api_key", "signature"].contains(name))
        .map(|(name, text)| format!("{name}={text}"))
        .collect();
    pairs.sort_unstable();
    let message = format!(
        "Invalid Signature {HEX}. String to sign - '{}'.",
        pairs.join("&")
    );
    error(401, &message)
}

#[test]
fn a_page_is_shown_all_that_is_sent_but_the_key_and_its_signature_goes_along() {
    let mut script = Script::new(Options {
        tags: vec!["a".to_owned(), "b".to_owned()],
        params: vec![("eager", "w_1".to_owned())],
        ..signed(Signer::Page)
    });
    let commands = script.pick(&[10]);
    assert_eq!(names(&commands), ["added 0", "start", "ask 0"]);
    assert_eq!(script.status(0), Status::Preparing);
    let ask = only_ask(&commands);
    assert_eq!(ask.question, Question::Sign);
    let expected = [
        ("upload_preset", "unsigned".to_owned()),
        ("source", "uw".to_owned()),
        ("tags", "a,b".to_owned()),
        ("eager", "w_1".to_owned()),
        ("timestamp", ((UNIX_MS + 1_000) / 1_000).to_string()),
    ];
    assert_eq!(ask.params, expected);
    let send = only_send(&sign(&mut script, &ask));
    let mut fields = ask.params.clone();
    fields.push(("api_key", "key".to_owned()));
    fields.push(("signature", HEX.to_owned()));
    assert_eq!(send.fields, fields);
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn at_most_ten_questions_are_asked_at_once_and_all_files_get_theirs() {
    let mut script = page();
    let mut open = asks(&script.pick(&[10; 500]));
    assert_eq!(open.len(), 10);
    let mut asked = 10;
    while let Some(ask) = open.pop() {
        let mut commands = sign(&mut script, &ask);
        for send in sends(&commands.clone()) {
            commands.extend(script.succeed(send.request));
        }
        let more = asks(&commands);
        asked += more.len();
        open.extend(more);
        assert!(open.len() <= 10, "{}", open.len());
        let late = script.wait(10);
        asked += asks(&late).len();
        open.extend(asks(&late));
        for send in sends(&late) {
            let more = asks(&script.succeed(send.request));
            asked += more.len();
            open.extend(more);
        }
    }
    while script.summary().done < 500 {
        let commands = script.wait_for_deadline();
        for send in sends(&commands) {
            script.succeed(send.request);
        }
    }
    assert_eq!(asked, 500, "each file once");
}

#[test]
fn a_page_that_never_replies_to_one_file_holds_up_no_other() {
    let mut script = page();
    let open = asks(&script.pick(&[10; 6]));
    for ask in &open[1..] {
        for send in sends(&sign(&mut script, ask)) {
            for send in sends(&script.succeed(send.request)) {
                script.succeed(send.request);
            }
        }
    }
    assert_eq!(script.summary().done, 5);
    let mut questions = 1;
    let fault = loop {
        let commands = script.wait_for_deadline();
        questions += asks(&commands).len();
        if script.status(0) == Status::Failed {
            break only_fault(&commands);
        }
    };
    assert_eq!(questions, 3);
    assert_eq!(fault.code(), "page.signature_failed");
    assert!(
        fault.message().contains("within 15 seconds"),
        "{}",
        fault.message()
    );
}

#[test]
fn replies_that_come_twice_or_too_late_change_nothing() {
    let mut script = page();
    let ask = only_ask(&script.pick(&[10]));
    let send = only_send(&sign(&mut script, &ask));
    assert_eq!(sign(&mut script, &ask), []);
    assert_eq!(
        reply(&mut script, ask.ask, Reply::Threw("x".to_owned())),
        []
    );
    script.succeed(send.request);
    assert_eq!(sign(&mut script, &ask), []);
    let mut script = page();
    let ask = only_ask(&script.pick(&[10]));
    let commands = script.tell(Event::Cancelled { item: ItemId(0) });
    assert_eq!(names(&commands), ["dismiss", "told abort"]);
    assert_eq!(sign(&mut script, &ask), []);
    assert_eq!(reply(&mut script, AskId(99), Reply::Lost), []);
    assert_eq!(script.status(0), Status::Cancelled);
}

#[test]
fn junk_is_asked_for_three_times_and_then_named() {
    for junk in [
        Reply::Given(Value::Null),
        Reply::Given(Value::from_text("")),
        Reply::Given(Value::from_text("<html>Sign in</html>")),
        Reply::Threw("Signing is down".to_owned()),
    ] {
        let mut script = page();
        let mut commands = script.pick(&[10]);
        let mut questions = 0;
        while script.status(0) != Status::Failed {
            for ask in asks(&commands) {
                questions += 1;
                commands = reply(&mut script, ask.ask, junk.clone());
                assert_eq!(sends(&commands), [], "nothing goes unsigned");
            }
            if script.status(0) != Status::Failed {
                commands = script.wait_for_deadline();
            }
        }
        assert_eq!(questions, 3, "{junk:?}");
        assert_eq!(only_fault(&commands).kind, FaultKind::PageFailed);
    }
}

#[test]
fn a_signing_server_that_fails_is_asked_again_and_costs_no_attempt() {
    let mut script = Script::new(signed(Signer::Server("/sign".to_owned())));
    let mut ask = only_ask(&script.pick(&[10]));
    assert_eq!(ask.question, Question::SignAt("/sign".to_owned()));
    for status in [500, 503, 429, 502] {
        reply(&mut script, ask.ask, Reply::Answered(error(status, "Down")));
        ask = only_ask(&script.wait_for_deadline());
    }
    reply(&mut script, ask.ask, Reply::Lost);
    ask = only_ask(&script.wait_for_deadline());
    let answer = json(
        200,
        vec![
            ("signature", Value::from_text(HEX)),
            ("timestamp", Value::Number(17.0)),
            ("api_key", Value::from_text("theirs")),
        ],
    );
    let send = only_send(&reply(&mut script, ask.ask, Reply::Answered(answer)));
    assert_eq!(field(&send.fields, "timestamp"), Some("17"));
    assert_eq!(field(&send.fields, "api_key"), Some("theirs"));
    let fault = only_fault(&script.answer(send.request, error(400, "No")));
    assert_eq!(fault.attempts, 1);
    assert_eq!(fault.history.len(), 5, "but it is told");
}

#[test]
fn a_signing_server_that_refuses_ends_the_file_with_its_words() {
    let mut script = Script::new(signed(Signer::Server("/sign".to_owned())));
    let ask = only_ask(&script.pick(&[10]));
    let refused = Reply::Answered(error(403, "Sign in first"));
    let fault = only_fault(&reply(&mut script, ask.ask, refused));
    assert_eq!((fault.kind, fault.status), (FaultKind::PageFailed, 403));
    assert!(
        fault.message().contains("Sign in first"),
        "{}",
        fault.message()
    );
}

#[test]
fn chunks_share_a_signature_until_it_is_fifty_minutes_old() {
    let mut script = Script::new(Options {
        max_parallel_chunks: 1,
        ..signed(Signer::Page)
    });
    let mut send = send_one(&mut script, 6_000);
    let mut questions = 1;
    let mut timestamps = vec![field(&send.fields, "timestamp").map(str::to_owned)];
    for _ in 0..5 {
        // The server takes its time, but less than is given.
        for _ in 0..15 {
            script.now = script.now.after(MINUTE_MS);
        }
        let mut commands = script.take(send.request);
        if let [ask] = asks(&commands).as_slice() {
            questions += 1;
            commands = sign(&mut script, ask);
        }
        send = only_send(&commands);
        timestamps.push(field(&send.fields, "timestamp").map(str::to_owned));
    }
    timestamps.dedup();
    assert!(
        questions >= 2 && timestamps.len() == questions,
        "{timestamps:?}"
    );
    script.succeed(send.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn a_stale_signature_is_renewed_once_and_what_the_server_has_stays() {
    let mut script = page();
    let first = send_one(&mut script, 5_000);
    let middle = sends(&script.take(first.request));
    assert_eq!(middle.len(), 3);
    let stale = "Stale request - reported time is 2026-11-24 05:00:00 +0000 which is more than 1 \
                 hour ago";
    script.answer(middle[0].request, error(400, stale));
    // The others carried the same signature.
    script.answer(middle[1].request, error(400, stale));
    let ask = asks(&script.answer(middle[2].request, error(400, stale)));
    let ask = match ask.as_slice() {
        [ask] => ask.clone(),
        _ => only_ask(&script.wait_for_deadline()),
    };
    let again = reply(&mut script, ask.ask, Reply::Given(Value::from_text(OTHER)));
    let again = sends(&again);
    let starts: Vec<_> = again.iter().filter_map(|send| send.range).collect();
    assert_eq!(
        starts.iter().map(|range| range.start).collect::<Vec<_>>(),
        [1_000, 2_000, 3_000]
    );
    assert!(
        again
            .iter()
            .all(|send| field(&send.fields, "signature") == Some(OTHER))
    );
    // It has not gone well since: no third one.
    let fault = only_fault(&script.answer(again[0].request, error(400, stale)));
    assert!(fault.message().contains("clock"), "{}", fault.message());
}

#[test]
fn after_a_good_request_a_signature_may_be_renewed_again() {
    let mut script = Script::new(Options {
        max_parallel_chunks: 1,
        ..signed(Signer::Page)
    });
    let mut send = send_one(&mut script, 9_000);
    for _ in 0..8 {
        let mut commands = script.answer(send.request, refusal(&send));
        if asks(&commands).is_empty() {
            commands = script.wait_for_deadline();
        }
        let ask = only_ask(&commands);
        let again = only_send(&sign(&mut script, &ask));
        send = only_send(&script.take(again.request));
    }
    assert_eq!(script.status(0), Status::Uploading);
}

#[test]
fn a_wrong_signature_is_told_with_what_is_wrong() {
    let mut script = page();
    let send = send_one(&mut script, 10);
    let mut commands = script.answer(send.request, refusal(&send));
    if asks(&commands).is_empty() {
        commands = script.wait_for_deadline();
    }
    let ask = only_ask(&commands);
    let again = only_send(&sign(&mut script, &ask));
    let fault = only_fault(&script.answer(again.request, refusal(&again)));
    assert_eq!(fault.status, 401);
    let diagnosis = fault.diagnosis.as_deref().unwrap_or_default();
    assert!(
        diagnosis.contains("source, timestamp, upload_preset"),
        "{diagnosis}"
    );
    assert_eq!(fault.history.len(), 1);
}

#[test]
fn a_clock_that_is_wrong_by_a_day_is_corrected_by_the_servers() {
    let mut script = page();
    let send = send_one(&mut script, 10);
    let stale = "Stale request - reported time is 2026-11-24 06:00:00 +0000 which is more than 1 \
                 hour ago";
    let date = vec![("date", "Wed, 25 Nov 2026 06:00:01 GMT".to_owned())];
    let mut commands = script.answer(
        send.request,
        Answer {
            headers: date,
            ..error(400, stale)
        },
    );
    if asks(&commands).is_empty() {
        commands = script.wait_for_deadline();
    }
    let ask = only_ask(&commands);
    let tomorrow = UNIX_MS / 1_000 + 86_400;
    let asked: u64 = field(&ask.params, "timestamp").unwrap().parse().unwrap();
    assert!((tomorrow..tomorrow + 5).contains(&asked), "{asked}");
    let again = only_send(&sign(&mut script, &ask));
    script.succeed(again.request);
    assert_eq!(script.status(0), Status::Done);
}

#[test]
fn a_ready_signature_goes_as_it_is_and_nothing_is_asked() {
    let mut script = Script::new(Options {
        signature_timestamp: Some(1_700_000_000),
        upload_preset: None,
        ..signed(Signer::Ready(HEX.to_owned()))
    });
    let send = script.send_one(10);
    let expected = [
        ("source", "uw"),
        ("timestamp", "1700000000"),
        ("api_key", "key"),
        ("signature", HEX),
    ];
    assert_eq!(
        send.fields,
        expected.map(|(name, text)| (name, text.to_owned()))
    );
    let fault = only_fault(&script.answer(send.request, refusal(&send)));
    assert!(
        fault.message().contains("ready signature"),
        "{}",
        fault.message()
    );
}

#[test]
fn a_page_may_change_the_parameters_of_each_file_and_sign_them() {
    let mut script = Script::new(Options {
        prepare: true,
        ..signed(Signer::Nobody)
    });
    let ask = only_ask(&script.pick(&[10]));
    assert_eq!(ask.question, Question::Prepare);
    let answer = Value::Object(vec![
        ("publicId".to_owned(), Value::from_text("dog")),
        ("upload_preset".to_owned(), Value::from_text("")),
        ("resource_type".to_owned(), Value::from_text("image")),
        ("signature".to_owned(), Value::from_text(HEX)),
        ("uploadSignatureTimestamp".to_owned(), Value::Number(17.0)),
    ]);
    let send = only_send(&reply(&mut script, ask.ask, Reply::Given(answer)));
    let expected = [
        ("source", "uw"),
        ("public_id", "dog"),
        ("timestamp", "17"),
        ("api_key", "key"),
        ("signature", HEX),
    ];
    assert_eq!(
        send.fields,
        expected.map(|(name, text)| (name, text.to_owned()))
    );
    assert!(send.url.ends_with("/image/upload"));
}

#[test]
fn a_page_may_keep_a_file_back_and_the_others_go() {
    let mut script = Script::new(Options {
        prepare: true,
        ..options()
    });
    let open = asks(&script.pick(&[10, 20]));
    let cancel = Value::Object(vec![("cancel".to_owned(), Value::Bool(true))]);
    let commands = reply(&mut script, open[0].ask, Reply::Given(cancel));
    assert!(matches!(
        notices(&commands).as_slice(),
        [Notice::Abort { all: false, .. }]
    ));
    let nothing = Reply::Given(Value::Object(Vec::new()));
    let send = only_send(&reply(&mut script, open[1].ask, nothing));
    assert_eq!(
        field(&send.fields, "signature"),
        None,
        "its preset needs none"
    );
    script.succeed(send.request);
    assert_eq!(
        (script.status(0), script.status(1)),
        (Status::Cancelled, Status::Done)
    );
    assert_eq!(names(&script.wait_for_deadline()), ["end"]);
}

#[test]
fn nothing_is_asked_without_a_network() {
    let mut script = page();
    script.tell(Event::WentOffline);
    assert_eq!(asks(&script.pick(&[10; 3])), []);
    assert_eq!(asks(&script.tell(Event::WentOnline)).len(), 3);
}
