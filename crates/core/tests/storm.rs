//! Seeded chaos: random people, networks and servers act on a batch, and its rules are checked
//! after every step. A failing seed is printed; `PLIMSOLL_SEED=n` replays it alone.

mod model;
mod script;

use model::Model;
use plimsoll_core::Event;
use plimsoll_core::event::{Answer, PickedFile};
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{ItemId, RequestId};

/// Enough to have found every slip planted so far; takes a few seconds unoptimised.
const SEEDS: u64 = 3_000;

const STEPS: u64 = 80;

/// A batch comes to rest in fewer wake-ups than this, or it never will.
const CALM_STEPS_MAX: u32 = 20_000;

#[test]
fn the_rules_hold_in_any_weather() {
    let chosen = std::env::var("PLIMSOLL_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seeds = chosen.map_or(0..SEEDS, |seed| seed..seed + 1);
    for seed in seeds {
        let _named = Named(seed);
        run(seed);
    }
}

/// Prints the seed when its run fails.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {0} failed; replay it with PLIMSOLL_SEED={0}", self.0);
        }
    }
}

fn run(seed: u64) {
    let mut dice = Dice(seed);
    let mut model = Model::new(weather(&mut dice), seed);
    for _ in 0..STEPS {
        let event = event(&mut dice, &mut model);
        if dice.one_in(3) {
            model.pass(dice.below(4_000));
        }
        model.tell(event);
        if dice.one_in(2) {
            model.look();
        }
    }
    calm(&mut model);
}

/// From here on everything goes well.
fn calm(model: &mut Model) {
    for _ in 0..CALM_STEPS_MAX {
        if let Some((request, _)) = model.in_flight.first().copied() {
            model.tell(Event::Answered {
                request,
                answer: script::good(request),
            });
        } else if let Some(deadline) = model.batch.deadline() {
            model.pass(deadline.since(model.now));
            model.tell(Event::Ticked);
        } else {
            model.look();
            return model.finish();
        }
    }
    panic!("the batch never comes to rest");
}

fn weather(dice: &mut Dice) -> Options {
    let configured = !dice.one_in(12);
    Options {
        upload_preset: configured.then(|| "unsigned".to_owned()),
        multiple: !dice.one_in(4),
        max_files: dice
            .one_in(3)
            .then(|| 1 + u32::try_from(dice.below(12)).unwrap_or(0)),
        max_file_size: dice.one_in(3).then_some(2_000_000),
        public_id: dice.one_in(3).then(|| "dog".to_owned()),
        ..script::options()
    }
}

fn event(dice: &mut Dice, model: &mut Model) -> Event {
    let item = ItemId(u32::try_from(dice.below(u64::from(model.picked) + 2)).unwrap_or(0));
    match dice.below(20) {
        0..3 => pick(dice, model),
        3..12 => after_request(dice, model),
        12 => Event::Cancelled { item },
        13 => Event::Removed { item },
        14 => Event::Retried { item },
        15 if dice.one_in(4) => Event::AllCancelled,
        16 => Event::AllRetried,
        17 => stale(dice, model),
        _ => {
            if let Some(deadline) = model.batch.deadline() {
                model.pass(deadline.since(model.now));
            }
            Event::Ticked
        }
    }
}

fn pick(dice: &mut Dice, model: &mut Model) -> Event {
    let first = if dice.one_in(10) {
        model.picked.saturating_sub(2)
    } else {
        model.picked
    };
    let count = if dice.one_in(6) {
        dice.below(30)
    } else {
        dice.below(4)
    };
    let mut files = Vec::new();
    for at in 0..u32::try_from(count).unwrap_or(0) {
        let size = match dice.below(12) {
            0 => 0,
            1 => 1 + dice.below(u64::from(u32::MAX) * 4),
            _ => 1 + dice.below(3_000_000),
        };
        let name = ["a.jpg", "b.mp4", "", "c"][usize::try_from(dice.below(4)).unwrap_or(0)];
        files.push(PickedFile {
            id: ItemId(first + at),
            name: name.to_owned(),
            size,
            media_type: String::new(),
        });
    }
    model.given(&files);
    Event::Picked { files }
}

fn after_request(dice: &mut Dice, model: &Model) -> Event {
    if model.in_flight.is_empty() {
        return Event::Ticked;
    }
    let at = usize::try_from(dice.below(model.in_flight.len() as u64)).unwrap_or(0);
    let request = model.in_flight[at].0;
    match dice.below(10) {
        0 | 1 => Event::Lost { request },
        2 if dice.one_in(4) => Event::Unreadable { request },
        _ => Event::Answered {
            request,
            answer: answer(dice, request),
        },
    }
}

/// Facts about requests that have ended, or never were.
fn stale(dice: &mut Dice, model: &Model) -> Event {
    let request = RequestId(u32::try_from(dice.below(200)).unwrap_or(0));
    if model.in_flight.iter().any(|(known, _)| *known == request) {
        return Event::Ticked;
    }
    match dice.below(3) {
        0 => Event::Lost { request },
        1 => Event::Unreadable { request },
        _ => Event::Answered {
            request,
            answer: answer(dice, request),
        },
    }
}

fn answer(dice: &mut Dice, request: RequestId) -> Answer {
    let retry_after = match dice.below(6) {
        0 => Some("3".to_owned()),
        1 => Some("soon".to_owned()),
        2 => Some("1000000000".to_owned()),
        _ => None,
    };
    let answer = match dice.below(16) {
        0 => script::error(400, "Bad"),
        1 => script::error(401, "Who?"),
        2 => script::error(420, "Slow"),
        3 => script::error(503, "Down"),
        4 => script::text(500, "<h1>Oops</h1>"),
        5 => script::text(200, ""),
        6 => script::text(200, "{\"public_id\":"),
        7 => script::error(200, "Late trouble"),
        8 => script::json(200, vec![("done", Value::Bool(false))]),
        9 => script::text(0, ""),
        _ => script::good(request),
    };
    Answer {
        retry_after,
        ..answer
    }
}

/// splitmix64: its own, so that a change of the engine's chance changes no weather.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end.max(1)
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}
