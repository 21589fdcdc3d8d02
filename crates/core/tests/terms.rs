//! Scripts of what changes while a batch is there: options of the page, and a person's wishes for
//! the next files.

mod script;

use plimsoll_core::command::Send;
use plimsoll_core::event::Event;
use plimsoll_core::options::Options;
use plimsoll_core::{Command, Notice};
use script::{Script, error, names, notices, only_send, options};

fn field<'a>(send: &'a Send, name: &str) -> Option<&'a str> {
    let mut fields = send.fields.iter();
    let found = fields.find(|(known, _)| *known == name);
    found.map(|(_, text)| text.as_str())
}

fn update(script: &mut Script, change: impl FnOnce(&mut Options)) -> Vec<Command> {
    let mut options = script.batch.options().clone();
    change(&mut options);
    let options = Box::new(options);
    script.tell(Event::Updated { options })
}

#[test]
fn new_options_hold_for_the_next_file_and_old_ones_for_those_before() {
    let mut script = Script::new(Options {
        max_parallel_uploads: 1,
        ..options()
    });
    let commands = script.pick(&[10, 10]);
    let first = only_send(&commands);
    update(&mut script, |options| {
        options.folder = Some("new".to_owned());
        options.cloud_name = Some("other".to_owned());
    });
    script.pick(&[10]);
    let second = only_send(&script.succeed(first.request));
    assert_eq!((second.item.0, field(&second, "folder")), (1, None));
    assert_eq!(second.url, first.url);
    let third = only_send(&script.succeed(second.request));
    assert_eq!((third.item.0, field(&third, "folder")), (2, Some("new")));
    assert!(third.url.contains("/other/"), "{}", third.url);
}

#[test]
fn limits_that_change_judge_the_next_choice() {
    let mut script = Script::new(options());
    script.pick(&[10]);
    update(&mut script, |options| options.max_files = Some(1));
    assert_eq!(names(&script.pick(&[10])), ["release 1", "told max"]);
    update(&mut script, |options| options.max_files = None);
    assert_eq!(names(&script.pick(&[10])), ["added 2", "send 2"]);
}

#[test]
fn options_that_could_upload_nothing_are_not_taken() {
    let mut script = Script::new(options());
    update(&mut script, |options| options.cloud_name = None);
    assert_eq!(names(&script.pick(&[10])), ["added 0", "start", "send 0"]);
}

#[test]
fn a_retry_after_a_refusal_goes_by_the_options_of_now() {
    let mut script = Script::new(options());
    let send = script.send_one(10);
    script.answer(send.request, error(400, "Upload preset not found"));
    update(&mut script, |options| {
        options.upload_preset = Some("mended".to_owned())
    });
    let again = only_send(&script.tell(Event::AllRetried));
    assert_eq!(field(&again, "upload_preset"), Some("mended"));
}

#[test]
fn a_retry_after_a_cancel_goes_on_as_it_was() {
    let mut script = Script::new(options());
    script.send_one(10);
    script.tell(Event::AllCancelled);
    update(&mut script, |options| {
        options.upload_preset = Some("other".to_owned())
    });
    let item = plimsoll_core::units::ItemId(0);
    let again = only_send(&script.tell(Event::Retried { item }));
    assert_eq!(field(&again, "upload_preset"), Some("unsigned"));
}

#[test]
fn what_a_person_writes_goes_with_the_next_files_and_is_told() {
    let mut script = Script::new(options());
    let (public_id, tags) = (Some("dog".to_owned()), vec!["a".to_owned(), "b".to_owned()]);
    let told = script.tell(Event::PublicIdEdited {
        public_id: public_id.clone(),
    });
    assert_eq!(notices(&told), [Notice::PublicIdEdited { public_id }]);
    let told = script.tell(Event::TagsEdited { tags: tags.clone() });
    assert_eq!(notices(&told), [Notice::TagsEdited { tags }]);
    let preset = "chosen".to_owned();
    assert_eq!(script.tell(Event::PresetChosen { preset }), []);
    let send = only_send(&script.pick(&[10]));
    assert_eq!(field(&send, "public_id"), Some("dog"));
    assert_eq!(field(&send, "tags"), Some("a,b"));
    assert_eq!(field(&send, "upload_preset"), Some("chosen"));
    // Nothing written is no name.
    script.tell(Event::PublicIdEdited {
        public_id: Some(String::new()),
    });
    let send = only_send(&script.pick(&[10]));
    assert_eq!(field(&send, "public_id"), None);
}

#[test]
fn a_public_id_that_is_none_turns_the_whole_choice_away() {
    let mut script = Script::new(options());
    script.tell(Event::PublicIdEdited {
        public_id: Some("a?b".to_owned()),
    });
    let commands = script.pick(&[10, 10]);
    assert_eq!(names(&commands), ["release 0", "release 1", "told invalid"]);
    assert!(script.batch.is_idle());
    script.tell(Event::PublicIdEdited { public_id: None });
    assert_eq!(names(&script.pick(&[10])), ["added 2", "start", "send 2"]);
}

#[test]
fn what_a_batch_stored_is_in_shown_order() {
    let mut script = Script::new(options());
    let commands = script.pick(&[10, 10]);
    let sends = script::sends(&commands);
    script.succeed(sends[1].request);
    script.succeed(sends[0].request);
    let ids: Vec<_> = script.batch.results();
    let ids: Vec<_> = ids
        .iter()
        .filter_map(|info| info.get("id")?.text())
        .collect();
    assert_eq!(ids, ["file-0", "file-1"]);
}
