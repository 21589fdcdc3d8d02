//! Scripts of the page's say in which files go at all.

mod script;

use plimsoll_core::Command;
use plimsoll_core::batch::VET_MS;
use plimsoll_core::error::Refusal;
use plimsoll_core::event::{Event, Vetted};
use plimsoll_core::item::Status;
use plimsoll_core::options::{Asks, Options};
use plimsoll_core::units::{AskId, ItemId};
use script::{Script, names, options, sends};

fn asking() -> Script {
    Script::new(Options {
        asks: Asks {
            validate: true,
            ..Asks::default()
        },
        ..options()
    })
}

fn ask_of(commands: &[Command]) -> AskId {
    let asks = commands.iter().filter_map(|command| match command {
        Command::Vet { ask, .. } => Some(*ask),
        _ => None,
    });
    let asks: Vec<AskId> = asks.collect();
    let [ask] = asks.as_slice() else {
        panic!("one question was expected");
    };
    *ask
}

fn judge(script: &mut Script, ask: AskId, verdict: Vetted) -> Vec<Command> {
    script.tell(Event::Vetted { ask, verdict })
}

#[test]
fn nothing_is_told_or_sent_before_the_page_has_spoken() {
    let mut script = asking();
    let commands = script.pick(&[10, 10]);
    assert_eq!(names(&commands), ["vet 2"]);
    assert_eq!(script.status(0), Status::Preparing);
    assert!(!script.batch.is_idle());
    let ask = ask_of(&commands);
    let commands = judge(&mut script, ask, Vetted::AllBut(Vec::new()));
    let wanted = ["added 0", "added 1", "start", "send 0", "send 1"];
    assert_eq!(names(&commands), wanted);
    assert_eq!(
        judge(&mut script, ask, Vetted::None),
        [],
        "the first word counts"
    );
}

#[test]
fn a_file_that_the_page_refuses_is_listed_with_its_words() {
    let mut script = asking();
    let ask = ask_of(&script.pick(&[10, 20]));
    let refused = vec![(ItemId(0), "Too dark".to_owned())];
    let commands = judge(&mut script, ask, Vetted::AllBut(refused));
    assert_eq!(
        names(&commands),
        ["refused 0", "release 0", "added 1", "start", "send 1"]
    );
    let item = script.batch.item(ItemId(0));
    let words = "Too dark".to_owned();
    let refusal = item.and_then(|item| item.refusal.cloned());
    assert_eq!(refusal, Some(Refusal::ByPage { words }));
}

#[test]
fn a_choice_that_the_page_does_not_want_is_gone() {
    let mut script = asking();
    let ask = ask_of(&script.pick(&[10, 20]));
    let commands = judge(&mut script, ask, Vetted::None);
    assert_eq!(
        names(&commands),
        ["release 0", "release 1", "told cancelled"]
    );
    assert_eq!(script.batch.summary().total, 0);
    assert_eq!(script.batch.deadline(), None);
}

#[test]
fn only_good_files_are_asked_about() {
    let mut script = asking();
    let commands = script.pick(&[0]);
    assert_eq!(names(&commands), ["refused 0", "release 0"]);
}

#[test]
fn a_page_that_says_nothing_for_long_means_no() {
    let mut script = asking();
    script.pick(&[10]);
    assert_eq!(script.wait(VET_MS - 1), []);
    let wanted = ["dismiss", "release 0", "told cancelled"];
    assert_eq!(names(&script.wait_for_deadline()), wanted);
    assert!(script.batch.is_idle());
}

#[test]
fn what_a_person_removes_meanwhile_stays_away() {
    let mut script = asking();
    let ask = ask_of(&script.pick(&[10, 20]));
    let item = ItemId(0);
    assert_eq!(names(&script.tell(Event::Removed { item })), ["release 0"]);
    let commands = judge(&mut script, ask, Vetted::AllBut(Vec::new()));
    assert_eq!(sends(&commands).len(), 1);
}

#[test]
fn closing_while_the_page_thinks_tells_of_nothing() {
    let mut script = asking();
    let ask = ask_of(&script.pick(&[10]));
    assert_eq!(names(&script.tell(Event::AllCancelled)), ["release 0"]);
    assert_eq!(judge(&mut script, ask, Vetted::AllBut(Vec::new())), []);
    assert!(script.batch.is_idle());
}
