//! Scripts of files that a person looks at before they are sent: nothing goes before that, all goes
//! in the order and with the words that were given to it, and what is wrong holds all of it back.

mod script;

use plimsoll_core::batch::{Change, Flaw};
use plimsoll_core::command::Send;
use plimsoll_core::crop::{Edit, Rect};
use plimsoll_core::describe::{Answer, Description};
use plimsoll_core::fields::{self, Breach};
use plimsoll_core::item::Status;
use plimsoll_core::options::{Asks, Options, Signer};
use plimsoll_core::picture::{Head, Size};
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::ItemId;
use plimsoll_core::{Command, Event};
use script::{Script, names, options};

fn reviewing() -> Options {
    let mut options = options();
    options.flow.review = true;
    options
}

fn describe(script: &mut Script, item: u32, description: Description) -> Vec<Command> {
    let (item, description) = (ItemId(item), Box::new(description));
    script.tell(Event::Described { item, description })
}

fn name(script: &mut Script, item: u32, public_id: &str) {
    let public_id = Some(public_id.to_owned());
    let description = Description {
        public_id,
        ..Description::default()
    };
    describe(script, item, description);
}

fn sends(commands: &[Command]) -> Vec<&Send> {
    let mut sends = Vec::new();
    for command in commands {
        if let Command::Send(send) = command {
            sends.push(send);
        }
    }
    sends
}

fn field<'a>(send: &'a Send, name: &str) -> Option<&'a str> {
    let mut fields = send.fields.iter();
    let found = fields.find(|(known, _)| *known == name);
    found.map(|(_, text)| text.as_str())
}

fn fields_of(json: &[(&str, Value)]) -> Value {
    let entry = |(name, value): &(&str, Value)| ((*name).to_owned(), value.clone());
    Value::List(vec![Value::Object(json.iter().map(entry).collect())])
}

#[test]
fn nothing_is_sent_or_told_before_a_person_sends_it() {
    let mut script = Script::new(reviewing());
    assert_eq!(names(&script.pick(&[10, 20])), Vec::<String>::new());
    assert_eq!(script.status(0), Status::Reviewing);
    let summary = script.summary();
    assert_eq!((summary.active, summary.reviewing), (0, 2));
    assert!(!script.batch.is_idle(), "closing would throw them away");
    assert_eq!(script.batch.deadline(), None);
    script.pick(&[30]);
    assert_eq!(script.summary().reviewing, 3, "more are appended");
    let commands = script.tell(Event::Reviewed);
    let all = [
        "added 0", "added 1", "added 2", "start", "send 0", "send 1", "send 2",
    ];
    assert_eq!(names(&commands), all);
    assert_eq!(script.tell(Event::Reviewed), [], "twice is once");
}

#[test]
fn they_go_and_are_listed_in_the_order_that_a_person_gave_them() {
    let mut script = Script::new(Options {
        public_id: Some("dog".to_owned()),
        max_parallel_uploads: 1,
        ..reviewing()
    });
    script.pick(&[10, 20, 30]);
    script.changes();
    let moved = |item, to| Event::Moved {
        item: ItemId(item),
        to,
    };
    script.tell(moved(2, 0));
    script.tell(moved(0, 99));
    assert_eq!(
        script.changes(),
        [Change::Moved(ItemId(2)), Change::Moved(ItemId(0))]
    );
    let ids = |script: &Script| script.batch.ids().map(|id| id.0).collect::<Vec<_>>();
    assert_eq!(ids(&script), [2, 1, 0]);
    script.pick(&[40]);
    assert_eq!(ids(&script), [2, 1, 0, 3]);
    let mut commands = script.tell(Event::Reviewed);
    let mut sent = Vec::new();
    while let Some(send) = sends(&commands).first().copied() {
        sent.push((
            send.item.0,
            field(send, "public_id").unwrap_or_default().to_owned(),
        ));
        commands = script.succeed(send.request);
    }
    let wanted = [(2, "dog"), (1, "dog_2"), (0, "dog_3"), (3, "dog_4")];
    assert_eq!(sent, wanted.map(|(id, name)| (id, name.to_owned())));
    script.tell(moved(3, 0));
    assert_eq!(ids(&script), [2, 1, 0, 3], "what is sent stays where it is");
    assert_eq!(script.batch.results().len(), 4);
}

#[test]
fn what_is_written_goes_with_its_file_alone() {
    let mut script = Script::new(Options {
        tags: vec!["all".to_owned()],
        context: vec![
            ("alt".to_owned(), "Anything".to_owned()),
            ("owner".to_owned(), "me".to_owned()),
        ],
        params: vec![("metadata", "keep=1\\|2|color=old".to_owned())],
        ..reviewing()
    });
    script.pick(&[10, 20]);
    let mut description = Description {
        name: Some("Sunset.jpg".to_owned()),
        public_id: Some("sun".to_owned()),
        tags: Some(vec!["sea".to_owned(), "evening sky".to_owned()]),
        alt: Some("A red | orange sky".to_owned()),
        caption: Some("Day = done".to_owned()),
        ..Description::default()
    };
    description.put(
        "color",
        Answer::Several(vec!["r".to_owned(), "b".to_owned()]),
    );
    description.put("note", Answer::One("a|b".to_owned()));
    describe(&mut script, 0, description);
    let commands = script.tell(Event::Reviewed);
    let sends = sends(&commands);
    let told = |send, names: [&str; 5]| names.map(|name| field(send, name).map(str::to_owned));
    let names = [
        "filename_override",
        "public_id",
        "tags",
        "context",
        "metadata",
    ];
    assert_eq!(
        told(sends[0], names),
        [
            "Sunset.jpg",
            "sun",
            "sea,evening sky",
            "owner=me|alt=A red \\| orange sky|caption=Day \\= done",
            "keep=1\\|2|color=[\"r\",\"b\"]|note=a\\|b",
        ]
        .map(|text| Some(text.to_owned()))
    );
    assert_eq!(
        told(sends[1], names),
        [
            None,
            None,
            Some("all"),
            Some("alt=Anything|owner=me"),
            Some("keep=1\\|2|color=old"),
        ]
        .map(|text| text.map(str::to_owned))
    );
}

#[test]
fn what_is_written_is_signed() {
    let mut script = Script::new(Options {
        signer: Signer::Page,
        api_key: Some("key".to_owned()),
        ..reviewing()
    });
    script.pick(&[10]);
    let tags = Some(vec!["sea".to_owned()]);
    let description = Description {
        tags,
        ..Description::default()
    };
    describe(&mut script, 0, description);
    let commands = script.tell(Event::Reviewed);
    let asked = commands.iter().find_map(|command| match command {
        Command::Ask(ask) => Some(ask),
        _ => None,
    });
    assert!(asked.is_some_and(|ask| ask.params.contains(&("tags", "sea".to_owned()))));
}

#[test]
fn a_public_id_that_is_none_or_taken_holds_all_back() {
    let mut script = Script::new(reviewing());
    script.pick(&[10, 20]);
    name(&mut script, 0, "a//b");
    assert_eq!(script.batch.flaws(ItemId(0), &[]), [Flaw::PublicId]);
    assert_eq!(script.tell(Event::Reviewed), []);
    name(&mut script, 0, "same");
    name(&mut script, 1, "same");
    assert_eq!(script.batch.flaws(ItemId(1), &[]), [Flaw::PublicIdTaken]);
    assert_eq!(script.batch.first_flawed(&[]), Some(ItemId(0)));
    assert_eq!(script.tell(Event::Reviewed), []);
    name(&mut script, 1, "other");
    assert_eq!(script.batch.first_flawed(&[]), None);
    let commands = script.tell(Event::Reviewed);
    assert_eq!(sends(&commands).len(), 2);
    let item = ItemId(0);
    let description = Box::default();
    script.tell(Event::Described { item, description });
    assert_eq!(
        script.batch.description(item).public_id.as_deref(),
        Some("same"),
        "what is on its way can't be described any more"
    );
}

#[test]
fn a_field_that_must_be_answered_makes_people_look_and_holds_all_back() {
    let mut given = options();
    given.flow.metadata_fields = Some(fields_of(&[
        ("external_id", Value::from_text("colour")),
        ("mandatory", Value::Bool(true)),
    ]));
    let (known, _) = fields::read(given.flow.metadata_fields.as_ref());
    let mut script = Script::new(given);
    assert_eq!(names(&script.pick(&[10])), Vec::<String>::new());
    let flaws = script.batch.flaws(ItemId(0), &known);
    assert_eq!(flaws, [Flaw::Field(0, Breach::Required)]);
    assert_eq!(script.tell(Event::Reviewed), []);
    let mut description = Description::default();
    description.put("colour", Answer::One("red".to_owned()));
    describe(&mut script, 0, description);
    let commands = script.tell(Event::Reviewed);
    assert_eq!(field(sends(&commands)[0], "metadata"), Some("colour=red"));
}

#[test]
fn what_a_field_proposes_is_sent_unless_a_person_takes_it_away() {
    let mut given = options();
    given.flow.metadata_fields = Some(fields_of(&[
        ("id", Value::from_text("licence")),
        ("default", Value::from_text("CC BY")),
    ]));
    let mut script = Script::new(given);
    script.pick(&[10, 20]);
    let mut description = Description::default();
    description.put("licence", Answer::One(String::new()));
    describe(&mut script, 1, description);
    let commands = script.tell(Event::Reviewed);
    let sent = sends(&commands);
    assert_eq!(field(sent[0], "metadata"), Some("licence=CC BY"));
    assert_eq!(field(sent[1], "metadata"), None);
}

#[test]
fn cancelling_what_runs_leaves_what_is_under_review() {
    let mut script = Script::new(reviewing());
    script.pick(&[10]);
    script.tell(Event::Reviewed);
    script.pick(&[20]);
    let commands = script.tell(Event::AllCancelled);
    assert_eq!(names(&commands), ["abort", "told abort"]);
    assert_eq!(script.status(1), Status::Reviewing);
    let ended = script.wait_for_deadline();
    assert_eq!(
        names(&ended),
        ["end"],
        "the page does not wait for a person"
    );
    let removed = script.tell(Event::Removed { item: ItemId(1) });
    assert_eq!(names(&removed), ["release 1"]);
    assert_eq!(script.summary().reviewing, 0);
}

#[test]
fn one_file_is_replaced_while_it_is_under_review() {
    let mut script = Script::new(Options {
        multiple: false,
        ..reviewing()
    });
    script.pick(&[10]);
    assert_eq!(names(&script.pick(&[20])), ["release 0"]);
    assert_eq!(script.summary().total, 1);
    let sent = script.tell(Event::Reviewed);
    assert_eq!(names(&sent), ["added 1", "start", "send 1"]);
}

#[test]
fn a_picture_is_cropped_before_and_again_and_remade_afterwards() {
    let mut options = reviewing();
    options.crop.cropping = true;
    let size = Size {
        width: 400,
        height: 300,
    };
    let mut script = Script::new(options);
    let item = ItemId(0);
    script.pick(&[10]);
    let head = Some(Head {
        format: "jpg",
        size: Some(size),
    });
    script.tell(Event::Probed { item, head });
    assert_eq!(script.status(0), Status::Editing);
    let edit = |x| Edit {
        rect: Some(Rect {
            x,
            y: 0,
            width: 100,
            height: 100,
        }),
        ..Edit::default()
    };
    script.tell(Event::Edited {
        item,
        edit: edit(10),
    });
    assert_eq!(script.status(0), Status::Reviewing);
    assert!(script.batch.can_edit(item));
    script.tell(Event::EditWanted { item });
    assert_eq!(script.status(0), Status::Editing);
    script.tell(Event::EditLeft { item });
    assert_eq!(script.status(0), Status::Reviewing, "back is not away");
    script.tell(Event::EditWanted { item });
    script.tell(Event::Edited {
        item,
        edit: edit(20),
    });
    let commands = script.tell(Event::Reviewed);
    let sent = sends(&commands)[0];
    assert_eq!(field(sent, "custom_coordinates"), Some("20,0,100,100"));
    script.pick(&[20]);
    let item = ItemId(1);
    script.tell(Event::Probed { item, head });
    script.tell(Event::EditLeft { item });
    assert_eq!(script.batch.item(item).map(|item| item.status), None);
}

#[test]
fn the_page_is_asked_about_files_when_they_are_chosen() {
    let mut options = reviewing();
    options.asks = Asks {
        pre_batch: true,
        ..Asks::default()
    };
    let mut script = Script::new(options);
    let commands = script.pick(&[10]);
    assert!(matches!(commands[..], [Command::Vet { .. }]));
    assert_eq!(script.status(0), Status::Preparing);
}
