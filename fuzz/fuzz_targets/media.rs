//! See `media` in crates/server/src/fuzz.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| plimsoll_server::fuzz::run("media", data));
