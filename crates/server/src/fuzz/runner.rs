//! Seeded mutation of the corpus, on any compiler. Without the compiler's coverage it goes by what
//! came of an input: one with a new outcome joins those that are mutated.
//!
//! `cargo xtask fuzz` sets the environment: `PLIMSOLL_FUZZ_TARGET`, `PLIMSOLL_FUZZ_SECONDS`, and
//! `PLIMSOLL_FUZZ_SEED`. Without it each target gets a short run with the same seed each time.

use std::collections::HashSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{TARGETS, Target};

/// Inputs of each target in every run of the tests.
const SHORT_RUN: u64 = 500;
/// Inputs longer than this are cut: the limits of what is read are a few times smaller.
const INPUT_BYTES_MAX: usize = 64 * 1024;
/// Inputs that are mutated; more only make it less likely that a good one's turn comes.
const POOL_MAX: usize = 5_000;
/// What readers look for.
const WORDS: [&[u8]; 36] = [
    b"\r\n",
    b"\r\n\r\n",
    b"--b",
    b"--b--",
    b"--",
    b"\"",
    b";",
    b"=",
    b"&",
    b"%",
    b"%26",
    b"\\",
    b"/",
    b"..",
    b",",
    b"|",
    b"*",
    b"-1",
    b"0",
    b"18446744073709551615",
    b"bytes ",
    b"-",
    b"\0",
    b"\xff",
    b"\xe2\x80\xae",
    b"name=\"file\"; filename=\"a\"",
    b"filename*=UTF-8''",
    b"Content-Disposition: form-data; ",
    b"data:;base64,",
    b"c_fill,w_1,h_",
    b"\n",
    b"\x01",
    b"[clouds.a]\n",
    b"{\"a\":\"",
    b"token=",
    b"10.0.0.1",
];

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below this; 0 for none.
    fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from((self.next() >> 11) % end).expect("small")
    }
}

fn corpus(target: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
    PathBuf::from(folder).join(target)
}

/// The committed inputs of a target, in an order of their own.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(corpus(target)).expect("a corpus");
    let mut inputs: Vec<(String, Vec<u8>)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((name, fs::read(path).ok()?))
        })
        .collect();
    inputs.sort();
    inputs
}

/// Runs a target on an input; shows the input when it panics.
fn run(target: Target, input: &[u8]) -> u64 {
    catch_unwind(AssertUnwindSafe(|| target.1(input))).unwrap_or_else(|_| {
        let shown = input.escape_ascii().to_string();
        panic!("{} breaks on b\"{shown}\"", target.0);
    })
}

fn mutate(input: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(input.len() + 1);
        let end = (at + chance.below(16)).min(input.len());
        match chance.below(9) {
            0 => input.insert(at, chance.next().to_le_bytes()[0]),
            1 if at < input.len() => input[at] ^= 1 << chance.below(8),
            2 => drop(input.drain(at..end)),
            3 => {
                let copy = input[at..end].to_vec();
                let times = 1 + chance.below(3);
                input.splice(at..at, copy.repeat(times));
            }
            4 => {
                let from = chance.below(other.len() + 1);
                let piece = &other[from..(from + chance.below(64)).min(other.len())];
                input.splice(at..end, piece.iter().copied());
            }
            5 => input.truncate(at),
            6 => {
                let word = WORDS[chance.below(WORDS.len())];
                input.splice(
                    at..at,
                    word.repeat(1 + chance.below(200) / 199 * 5_000 / word.len()),
                );
            }
            _ => {
                let word = WORDS[chance.below(WORDS.len())];
                input.splice(at..end, word.iter().copied());
            }
        }
    }
    input.truncate(INPUT_BYTES_MAX);
}

/// Mutates until `done`, and gives the inputs whose outcome was new, and how many were tried.
fn hunt(target: Target, seed: u64, mut done: impl FnMut(u64) -> bool) -> (Vec<Vec<u8>>, u64) {
    let mut chance = Chance(seed | 1);
    let mut pool: Vec<Vec<u8>> = inputs(target.0)
        .into_iter()
        .map(|(_, input)| input)
        .collect();
    let mut seen: HashSet<u64> = pool.iter().map(|input| run(target, input)).collect();
    let known = pool.len();
    let mut tried = 0;
    while !done(tried) {
        let mut input = pool[chance.below(pool.len())].clone();
        let other = pool[chance.below(pool.len())].clone();
        mutate(&mut input, &other, &mut chance);
        if seen.insert(run(target, &input)) && pool.len() < POOL_MAX {
            pool.push(input);
        }
        tried += 1;
    }
    (pool.split_off(known), tried)
}

#[test]
fn every_target_has_its_place() {
    let file = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/fuzz_targets");
        fs::read_to_string(PathBuf::from(folder).join(format!("{name}.rs"))).expect("a file")
    };
    for (name, _) in TARGETS {
        assert!(
            file(name).contains(&format!("run(\"{name}\", data)")),
            "{name}"
        );
        assert!(inputs(name).len() >= 5, "{name} has a corpus");
    }
}

#[test]
fn the_corpus_and_what_grows_from_it_break_nothing() {
    let asked = |name: &str| std::env::var(name).ok();
    let Some(wanted) = asked("PLIMSOLL_FUZZ_TARGET") else {
        for target in TARGETS {
            let began = Instant::now();
            let (_, tried) = hunt(target, 1, |tried| tried >= SHORT_RUN);
            assert_eq!(tried, SHORT_RUN);
            println!("{}: {tried} inputs in {:?}", target.0, began.elapsed());
        }
        return;
    };
    let number = |name, default| {
        asked(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let (seconds, seed) = (
        number("PLIMSOLL_FUZZ_SECONDS", 10),
        number("PLIMSOLL_FUZZ_SEED", 1),
    );
    let known = TARGETS.into_iter().find(|(name, _)| *name == wanted);
    let target = known.unwrap_or_else(|| panic!("there is no target {wanted}"));
    let end = Instant::now() + Duration::from_secs(seconds);
    let (found, tried) = hunt(target, seed, |tried| {
        tried % 64 == 0 && Instant::now() >= end
    });
    println!(
        "{wanted}: {tried} inputs, {} with a new outcome",
        found.len()
    );
    if let Some(folder) = asked("PLIMSOLL_FUZZ_KEEP") {
        for (index, input) in found.iter().enumerate() {
            let name = format!("{wanted}-{seed}-{index}");
            fs::write(PathBuf::from(&folder).join(name), input).expect("kept");
        }
    }
}
