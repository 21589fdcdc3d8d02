//! What people do: choose files, cancel, remove, retry, pause, prefer.

use plimsoll_core::Event;
use plimsoll_core::crop::{Edit, Rect};
use plimsoll_core::describe::{Answer, Description};
use plimsoll_core::fields;
use plimsoll_core::item::Status;
use plimsoll_core::units::ItemId;

use super::dice::Dice;
use super::tally::Hit;
use super::weather::FIELD;
use super::{File, Model};

pub fn pick(model: &mut Model, dice: &mut Dice, again: bool) {
    let mut count = if dice.one_in(8) {
        dice.below(24)
    } else {
        dice.below(4)
    };
    let known = model.files.len() + model.shelf.len();
    if again {
        count = 1 + count / 4;
    }
    let mut files = Vec::new();
    for _ in 0..count {
        let file = if again && known > 0 {
            model.tally.hit(Hit::PickedAgain);
            let at = dice.index(known);
            let mut all = model.shelf.iter().chain(&model.files);
            all.nth(at).cloned().unwrap_or(new_file(model, dice))
        } else {
            new_file(model, dice)
        };
        model.tally.hit(if file.remote {
            Hit::PickedRemote
        } else {
            Hit::Picked
        });
        files.push(model.picked_file(file));
    }
    let event = Event::Picked { files };
    model.tell(event.clone());
    if dice.one_in(10) {
        model.hit_and_tell(Hit::ToldTwice, event);
    }
}

/// The page is left and opened again, and what was not stored is chosen again, or most of it.
pub fn reload(model: &mut Model, dice: &mut Dice) {
    let left = |id: &ItemId| {
        let status = model.status(*id);
        !matches!(status, None | Some(Status::Done | Status::Refused))
    };
    let ids = model.batch.ids().filter(left);
    let files: Vec<File> = ids.map(|id| model.files[id.0 as usize].clone()).collect();
    model.reload();
    let wanted = files.into_iter().filter(|_| !dice.one_in(5));
    let files = wanted.map(|file| model.picked_file(file)).collect();
    model.tell(Event::Picked { files });
}

fn new_file(model: &Model, dice: &mut Dice) -> File {
    let chunk = model.weather.options.max_chunk_size;
    let size = match dice.below(14) {
        0 => 0,
        // Large files, and often such as end where a chunk does.
        1 => 1 + dice.below(chunk * 24),
        2..5 => chunk * (1 + dice.below(6)) + dice.below(3) - 1,
        // Small ones of the same size.
        5 | 6 => 5,
        _ => 1 + dice.below(chunk * 3 / 2),
    };
    let remote = dice.one_in(20);
    File {
        name: dice.pick(&["a.jpg", "b.mp4", "", "c"]),
        size: if remote { 0 } else { size },
        remote,
        content: if size == 5 {
            dice.below(3)
        } else {
            dice.next()
        },
    }
}

/// Some item, and now and then one that never was.
pub fn some_item(model: &Model, dice: &mut Dice) -> ItemId {
    let count = model.files.len() as u64;
    ItemId(u32::try_from(dice.below(count + 1)).unwrap_or(0))
}

/// An item that stands so, if there is one.
fn one_that(model: &Model, dice: &mut Dice, fits: fn(Status) -> bool) -> Option<ItemId> {
    let fit = |id: &ItemId| model.status(*id).is_some_and(fits);
    let all: Vec<ItemId> = model.batch.ids().filter(fit).collect();
    all.get(dice.index(all.len())).copied()
}

pub fn person(model: &mut Model, dice: &mut Dice) {
    let item = some_item(model, dice);
    let (hit, event) = match dice.below(10) {
        0..2 => (Hit::Cancelled, Event::Cancelled { item }),
        2 => (Hit::Removed, Event::Removed { item }),
        3 if dice.one_in(2) => (Hit::SetAside, Event::SetAside { item }),
        3 if dice.one_in(3) => (Hit::Dropped, Event::Dropped),
        3 => {
            let hit = if model.batch.summary().aside.is_some() {
                Hit::Restored
            } else {
                Hit::Removed
            };
            (hit, Event::Restored)
        }
        4..7 => {
            let ended = |status| matches!(status, Status::Failed | Status::Cancelled);
            let item = one_that(model, dice, ended).unwrap_or(item);
            (Hit::Retried, Event::Retried { item })
        }
        7 => (Hit::Preferred, Event::Preferred { item }),
        _ => match one_that(model, dice, |status| status == Status::Asking) {
            Some(item) => (Hit::Allowed, Event::Allowed { item }),
            None => (Hit::Preferred, Event::Preferred { item }),
        },
    };
    model.hit_and_tell(hit, event);
}

/// Crops a picture, or leaves it; now and then one that is not to be cropped.
pub fn edit(model: &mut Model, dice: &mut Dice) {
    let item = one_that(model, dice, |status| status == Status::Editing);
    let item = item.unwrap_or_else(|| some_item(model, dice));
    let side = |dice: &mut Dice| u32::try_from(dice.below(120)).unwrap_or(0);
    let rect = Rect {
        x: side(dice),
        y: side(dice),
        width: side(dice),
        height: side(dice),
    };
    let edit = Edit {
        rect: (!dice.one_in(3)).then_some(rect),
        ..Edit::default()
    };
    model.hit_and_tell(Hit::Edited, Event::Edited { item, edit });
}

/// Arranges and describes what is under review, crops it anew or not, and lets it go.
pub fn review(model: &mut Model, dice: &mut Dice) {
    let item = one_that(model, dice, |status| status == Status::Reviewing);
    let item = item.unwrap_or_else(|| some_item(model, dice));
    let (hit, event) = match dice.below(10) {
        0..3 => {
            let to = dice.index(model.files.len() + 2);
            (Hit::Moved, Event::Moved { item, to })
        }
        3..6 => {
            let description = Box::new(description(dice));
            (Hit::Described, Event::Described { item, description })
        }
        6 => (Hit::EditWanted, Event::EditWanted { item }),
        7 => {
            let item = one_that(model, dice, |status| status == Status::Editing).unwrap_or(item);
            (Hit::EditLeft, Event::EditLeft { item })
        }
        _ => return let_go(model),
    };
    model.hit_and_tell(hit, event);
}

/// What a person may write, now and then nothing that could be sent.
fn description(dice: &mut Dice) -> Description {
    let mut description = Description {
        name: dice.one_in(3).then(|| "kitten.jpg".to_owned()),
        public_id: dice
            .one_in(4)
            .then(|| dice.pick(&["a", "b", "c", "/"]).to_owned()),
        tags: dice.one_in(3).then(|| vec!["x".to_owned(), "y".to_owned()]),
        alt: dice.one_in(3).then(|| "a|b=c".to_owned()),
        ..Description::default()
    };
    if !dice.one_in(3) {
        description.put(FIELD, Answer::One("red".to_owned()));
    }
    description
}

/// Lets go of all under review. Whether that can be, the batch says beforehand.
pub fn let_go(model: &mut Model) {
    let (fields, _) = fields::read(model.batch.options().flow.metadata_fields.as_ref());
    let hit = if model.batch.first_flawed(&fields).is_some() {
        Hit::Flawed
    } else {
        Hit::Reviewed
    };
    let before = model.batch.summary().reviewing;
    model.hit_and_tell(hit, Event::Reviewed);
    let left = model.batch.summary().reviewing;
    let kept = if hit == Hit::Flawed { before } else { 0 };
    assert_eq!(left, kept, "all of them go, or none");
}

pub fn pause(model: &mut Model, dice: &mut Dice, stop: bool) {
    let item = some_item(model, dice);
    if stop {
        return model.hit_and_tell(Hit::Paused, Event::Paused { item });
    }
    let item = one_that(model, dice, |status| status == Status::Paused).unwrap_or(item);
    model.hit_and_tell(Hit::Resumed, Event::Resumed { item });
}

pub fn all(model: &mut Model, dice: &mut Dice) {
    let (hit, event) = match dice.below(8) {
        0 => (Hit::AllCancelled, Event::AllCancelled),
        1..4 => (Hit::Retried, Event::AllRetried),
        4..6 => (Hit::AllResumed, Event::AllResumed),
        _ => (Hit::AllPaused, Event::AllPaused),
    };
    model.hit_and_tell(hit, event);
}
