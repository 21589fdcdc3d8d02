//! Seeded chaos: a person, a page, a browser, a network and a server act on a batch in virtual
//! time, and its rules are checked after every step. Each run ends with every file stored byte for
//! byte, or with one clean error for it.
//!
//! `cargo xtask storm` runs it for long. A failing seed shrinks to the few steps that matter and is
//! printed as a script; `PLIMSOLL_SEED=n` replays it.

#[path = "given/value.rs"]
mod given;
mod model;
mod script;

use std::cell::RefCell;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use model::Model;
use model::dice::{Dice, mix};
use model::people::let_go;
use model::shrink::shrink;
use model::steps::Step;
use model::tally::{Hit, Tally};
use model::weather::{FIELD, Weather};
use plimsoll_core::Event;
use plimsoll_core::crop::Edit;
use plimsoll_core::describe::{Answer, Description};
use plimsoll_core::item::Status;

/// So many are run by `cargo test`: within a minute, not optimised.
const SEEDS: u64 = 10_000;

/// From so many on, everything that can happen must have happened.
const SEEDS_FOR_ALL: u64 = 5_000;

/// A batch comes to rest in fewer wake-ups than this, or it never will.
const CALM_STEPS_MAX: u32 = 20_000;

/// A run takes milliseconds: after so long without one that ends, there is one that never will.
const HANG: Duration = Duration::from_secs(60);

/// Runs between two signs of life.
const SIGN_EVERY: u64 = 32;

#[test]
fn the_rules_hold_in_any_weather() {
    let chosen = number("PLIMSOLL_SEED");
    let start = number("PLIMSOLL_START").unwrap_or(0);
    let count = number("PLIMSOLL_SEEDS").unwrap_or(SEEDS);
    let seeds = chosen.map_or(start..start + count, |seed| seed..seed + 1);
    let begun = Instant::now();
    let runs = seeds.end - seeds.start;
    let (tally, failed) = run_all(&seeds);
    if let Some((seed, message)) = failed {
        tell_failure(seed, &message);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let rate = runs as f64 / seconds.max(0.001);
    println!("{}", tally.table());
    println!("{runs} seeds in {seconds:.1} s, {rate:.0} per second");
    let missing = tally.missing();
    let enough = runs >= SEEDS_FOR_ALL;
    assert!(!enough || missing.is_empty(), "never happened: {missing:?}");
}

#[test]
fn what_fails_shrinks_to_the_steps_that_matter() {
    let steps: Vec<u32> = (0..200).collect();
    let mut runs = 0;
    let mut fails = |steps: &[u32]| {
        runs += 1;
        steps.contains(&17) && steps.contains(&130) && steps.contains(&131)
    };
    assert_eq!(shrink(&steps, &mut fails), [17, 130, 131]);
    assert!(runs < 200, "{runs}");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs seeds on all processors; gives what was hit, and one that failed.
fn run_all(seeds: &Range<u64>) -> (Tally, Option<(u64, String)>) {
    let workers = thread::available_parallelism().map_or(1, usize::from) as u64;
    let current = Arc::new(Mutex::new(vec![0; workers as usize]));
    let (sign, signs) = mpsc::channel();
    for worker in 0..workers {
        let mine = seeds.start + worker..seeds.end;
        let (sign, current) = (sign.clone(), Arc::clone(&current));
        thread::spawn(move || work(mine.step_by(workers as usize), &sign, worker, &current));
    }
    drop(sign);
    let mut all = Tally::default();
    loop {
        match signs.recv_timeout(HANG) {
            Ok(Sign::Alive) => {}
            Ok(Sign::Done(tally)) => all.add(&tally),
            Ok(Sign::Failed(seed, message)) => {
                // The others hear at their next sign that nobody listens any more.
                return (all, Some((seed, message)));
            }
            Err(RecvTimeoutError::Disconnected) => return (all, None),
            Err(RecvTimeoutError::Timeout) => {
                let seeds = current.lock().unwrap_or_else(PoisonError::into_inner);
                eprintln!("one of the seeds {seeds:?} never ends");
                // Its thread can't be stopped in any other way.
                std::process::exit(1);
            }
        }
    }
}

/// What a worker tells.
enum Sign {
    Alive,
    Done(Box<Tally>),
    Failed(u64, String),
}

fn work(
    seeds: impl Iterator<Item = u64>,
    sign: &Sender<Sign>,
    worker: u64,
    current: &Mutex<Vec<u64>>,
) {
    let mut tally = Tally::default();
    for seed in seeds {
        current.lock().unwrap_or_else(PoisonError::into_inner)[worker as usize] = seed;
        match run(seed, &steps_of(seed), &mut None) {
            Ok(hits) => tally.add(&hits),
            Err(message) => {
                // Whoever listens no more has heard enough.
                let _ = sign.send(Sign::Failed(seed, message));
                break;
            }
        }
        if seed % SIGN_EVERY < 2 && sign.send(Sign::Alive).is_err() {
            return;
        }
    }
    let _ = sign.send(Sign::Done(Box::new(tally)));
}

/// Shrinks a failure, prints it as a script and fails.
fn tell_failure(seed: u64, message: &str) -> ! {
    let steps = steps_of(seed);
    // Who plants mistakes wants to know no more.
    if std::env::var_os("PLIMSOLL_SHRINK").is_some_and(|wish| wish == "no") {
        panic!("seed {seed}: {message}");
    }
    let mut fails = |steps: &[Step]| {
        let outcome = run(seed, steps, &mut None);
        outcome.is_err_and(|other| other == message)
    };
    let least = shrink(&steps, &mut fails);
    let mut trace = Some(Vec::new());
    let _ = run(seed, &least, &mut trace);
    let script = trace.unwrap_or_default().join("\n");
    println!("{script}\n");
    println!("{} of {} steps: {least:?}", least.len(), steps.len());
    panic!("seed {seed}: {message}\nReplay it: cargo xtask storm --seed {seed}");
}

fn steps_of(seed: u64) -> Vec<Step> {
    let mut dice = Dice(mix(seed));
    let count = 40 + dice.below(120);
    (0..count).map(|_| Step::draw(&mut dice)).collect()
}

thread_local! {
    /// Where the last panic of this thread was, while it runs a seed.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// One run. An error is what went wrong, and where.
fn run(seed: u64, steps: &[Step], trace: &mut Option<Vec<String>>) -> Result<Tally, String> {
    let mut dice = Dice(seed);
    let weather = Weather::of(&mut dice, script::UNIX_MS / 1000);
    let mut model = Model::new(weather, seed);
    model.trace.clone_from(trace);
    listen();
    PLACE.set(Some(String::new()));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        for step in steps {
            model.note(|_| format!("{step:?}"));
            step.take(&mut model);
        }
        calm(&mut model, &mut dice);
    }));
    trace.clone_from(&model.trace);
    let place = PLACE.take().unwrap_or_default();
    match outcome {
        Ok(()) => Ok(model.tally),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(format!("{} ({place})", text.unwrap_or_default()))
        }
    }
}

/// Writes down where panics are, in place of printing each of them.
fn listen() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info.location().map(ToString::to_string);
            let quiet = PLACE.with(|known| match &mut *known.borrow_mut() {
                Some(known) => {
                    *known = place.unwrap_or_default();
                    true
                }
                None => false,
            });
            if !quiet {
                usual(info);
            }
        }));
    });
}

/// From here on everything goes well, or nothing at all any more; then everything does.
fn calm(model: &mut Model, dice: &mut Dice) {
    model.tell(Event::WentOnline);
    if dice.one_in(6) {
        model.tally.hit(Hit::CalmSilent);
        silence(model, dice);
    }
    model.tally.hit(Hit::CalmGood);
    settle(model, dice);
    while model.browser.tab_leaves(0) {}
    model.tell(Event::AllResumed);
    for item in model.batch.ids().collect::<Vec<_>>() {
        if model.status(item) == Some(Status::Asking) {
            model.tell(Event::Allowed { item });
        }
    }
    settle(model, dice);
    for item in model.batch.ids().collect::<Vec<_>>() {
        let edit = Edit::default();
        if model.status(item) == Some(Status::Editing) {
            model.tell(Event::Edited { item, edit });
        }
    }
    settle(model, dice);
    for item in model.batch.ids().collect::<Vec<_>>() {
        let mut description = Description::default();
        description.put(FIELD, Answer::One("red".to_owned()));
        let description = Box::new(description);
        if model.status(item) == Some(Status::Reviewing) {
            model.tell(Event::Described { item, description });
        }
    }
    let_go(model);
    settle(model, dice);
    model.finish();
}

/// Nobody answers anything: deadlines alone must bring all to an end.
fn silence(model: &mut Model, dice: &mut Dice) {
    for _ in 0..CALM_STEPS_MAX {
        if model.batch.deadline().is_none() {
            model.look();
            return model.check_rest();
        }
        let late = 1 << dice.below(32);
        model.clock.pass(dice.below(late));
        model.tick();
    }
    panic!("the batch never comes to rest in silence");
}

/// Everybody answers, and well.
fn settle(model: &mut Model, dice: &mut Dice) {
    for _ in 0..CALM_STEPS_MAX {
        if !model.net.flights.is_empty() {
            model.deliver(0);
        } else if !model.browser.asked.is_empty() {
            model.answer_recall(dice);
        } else if !model.net.queries.is_empty() {
            model.answer_query(dice);
        } else if !model.page.open.is_empty() {
            model.reply(dice, false);
        } else if !model.browser.digests.is_empty() {
            model.answer_digest(dice);
        } else if !model.browser.probes.is_empty() {
            model.answer_probe(dice);
        } else if model.batch.deadline().is_some() {
            model.tick();
        } else {
            model.look();
            return model.check_rest();
        }
    }
    panic!("the batch never comes to rest");
}
