//! Seeded chaos: random people, networks and servers act on a batch, and its rules are checked
//! after every step. A failing seed is printed; `PLIMSOLL_SEED=n` replays it alone.

mod model;
mod script;

use model::Model;
use plimsoll_core::Event;
use plimsoll_core::event::{Answer, PickedFile};
use plimsoll_core::options::Options;
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
        if dice.one_in(3) {
            model.pass(dice.below(4_000));
        }
        step(&mut dice, &mut model);
        if dice.one_in(2) {
            model.look();
        }
    }
    calm(&mut model);
}

/// From here on everything goes well.
fn calm(model: &mut Model) {
    for _ in 0..CALM_STEPS_MAX {
        if !model.in_flight.is_empty() {
            deliver(model, 0);
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

/// A request arrives, if it has not, and its answer is heard.
fn deliver(model: &mut Model, at: usize) {
    if model.in_flight[at].answer.is_none() {
        model.arrive(at);
    }
    let flight = &model.in_flight[at];
    let request = flight.request;
    if let Some(answer) = flight.answer.clone() {
        model.tell(Event::Answered { request, answer });
    }
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
        // Smaller than a page can say, so that there are many; and beyond 32 bits.
        max_chunk_size: [100_000, 700_000, 5 << 30][dice.index(3)],
        max_parallel_chunks: 1 + dice.below(6),
        max_parallel_uploads: 1 + dice.below(6),
        public_id: dice.one_in(3).then(|| "dog".to_owned()),
        ..script::options()
    }
}

fn step(dice: &mut Dice, model: &mut Model) {
    let item = ItemId(u32::try_from(dice.below(u64::from(model.picked) + 2)).unwrap_or(0));
    let event = match dice.below(24) {
        0..3 => pick(dice, model),
        3..14 => return on_the_way(dice, model),
        14 => Event::Cancelled { item },
        15 => Event::Removed { item },
        16 => Event::Retried { item },
        17 if dice.one_in(4) => Event::AllCancelled,
        18 => Event::AllRetried,
        19 => stale(dice, model),
        20 if model.ghosts() > 0 => {
            let at = dice.index(model.ghosts());
            return model.haunt(at);
        }
        _ => {
            if let Some(deadline) = model.batch.deadline() {
                model.pass(deadline.since(model.now));
            }
            Event::Ticked
        }
    };
    model.tell(event);
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
        let chunk = model.batch.options().max_chunk_size;
        let size = match dice.below(12) {
            0 => 0,
            // Large files, and often such as end where a chunk does.
            1 => 1 + dice.below(chunk * 24),
            2 => chunk * (1 + dice.below(6)) + dice.below(3) - 1,
            _ => 1 + dice.below(chunk * 3 / 2),
        };
        let name = ["a.jpg", "b.mp4", "", "c"][dice.index(4)];
        files.push(PickedFile {
            id: ItemId(first + at),
            name: name.to_owned(),
            size,
            media_type: String::new(),
            address: None,
        });
    }
    model.given(&files);
    Event::Picked { files }
}

/// Something happens to a request: in any order, whichever was sent first.
fn on_the_way(dice: &mut Dice, model: &mut Model) {
    if model.in_flight.is_empty() {
        return model.tell(Event::Ticked);
    }
    let at = dice.index(model.in_flight.len());
    let request = model.in_flight[at].request;
    match dice.below(12) {
        // Lost on its way there, or the answer on its way back.
        0 | 1 => {
            if dice.one_in(2) {
                model.arrive(at);
            }
            model.tell(Event::Lost { request });
        }
        2 if dice.one_in(4) => model.tell(Event::Unreadable { request }),
        // Something else answers, whether the server has the bytes or not.
        3 | 4 => {
            if dice.one_in(2) {
                model.arrive(at);
            }
            let answer = trouble(dice);
            model.tell(Event::Answered { request, answer });
        }
        // It arrived, and the answer takes its time.
        5 => model.arrive(at),
        _ => deliver(model, at),
    }
}

/// Facts about requests that have ended, or never were.
fn stale(dice: &mut Dice, model: &Model) -> Event {
    let request = RequestId(u32::try_from(dice.below(200)).unwrap_or(0));
    if model.is_on_its_way(request) {
        return Event::Ticked;
    }
    match dice.below(4) {
        0 => Event::Lost { request },
        1 => Event::Unreadable { request },
        // What was heard once is heard again.
        2 if !model.told.is_empty() => {
            let at = dice.index(model.told.len());
            let (request, answer) = model.told[at].clone();
            Event::Answered { request, answer }
        }
        _ => Event::Answered {
            request,
            answer: script::good(request),
        },
    }
}

/// Answers of proxies, of a server in trouble, and of no server at all.
fn trouble(dice: &mut Dice) -> Answer {
    let retry_after = match dice.below(6) {
        0 => Some("3"),
        1 => Some("soon"),
        2 => Some("1000000000"),
        _ => None,
    };
    let headers = retry_after.map(|text| ("retry-after", text.to_owned()));
    let answer = match dice.below(9) {
        0 => script::error(400, "Bad"),
        1 => script::error(401, "Who?"),
        2 => script::error(420, "Slow"),
        3 => script::error(503, "Down"),
        4 => script::text(500, "<h1>Oops</h1>"),
        5 => script::text(200, ""),
        6 => script::text(200, "{\"public_id\":"),
        7 => script::error(200, "Late trouble"),
        _ => script::text(0, ""),
    };
    Answer {
        headers: headers.into_iter().collect(),
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

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap_or(0)
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}
