//! Fuzz targets: what reads bytes of strangers, each as a function that takes any bytes and
//! panics when a promise is broken. `fuzz/` hands them to libFuzzer; the tests below replay its
//! corpus and go on from there by seeded mutation, which needs no nightly compiler. Compiled for
//! these two only.

// A panic is how a target fails.
#![allow(clippy::expect_used)]

mod forms;
mod pictures;
#[cfg(test)]
mod runner;
mod texts;

/// What came of an input, in short: inputs with another outcome are worth going on from.
pub type Outcome = u64;

/// A target by its name.
pub type Target = (&'static str, fn(&[u8]) -> Outcome);

/// All targets; each has a file in `fuzz/fuzz_targets` and a folder in `fuzz/corpus`.
pub const TARGETS: [Target; 13] = [
    ("content_range", texts::content_range),
    ("byte_range", texts::byte_range),
    ("transformation", texts::transformation),
    ("public_id", texts::public_id),
    ("canonical", texts::canonical),
    ("config", texts::config),
    ("forwarded", texts::forwarded),
    ("log", texts::log),
    ("multipart", forms::multipart),
    ("form", forms::form),
    ("content", forms::content),
    ("strip", pictures::strip),
    ("media", pictures::media),
];

/// Runs one target; what libFuzzer calls.
pub fn run(name: &str, data: &[u8]) {
    if let Some((_, target)) = TARGETS.iter().find(|(known, _)| *known == name) {
        target(data);
    }
}

/// An outcome out of anything that can be printed. It should have few values: numbers of an input
/// say nothing new.
fn outcome(what: &dyn std::fmt::Debug) -> Outcome {
    let text = format!("{what:?}");
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    state
}
