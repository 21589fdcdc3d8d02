//! The later parts of the module: what isn't needed to open the widget lies in files of their own,
//! which are fetched when first used; `xtask/late.json` names the Rust modules in them. What is in
//! them may be called from inside [`upload`] or [`late`] only, and from what was made there.

use std::cell::Cell;

use js_sys::Array;
use web_sys::Element;

use super::script;
use super::task::{later, when};
use crate::look::words;

/// What the first file needs: the engine, requests, the list.
const UPLOAD: u32 = 1;
/// What few visitors need: camera, editing and the like.
const EXTRAS: u32 = 2;

thread_local! {
    static HERE: Cell<u32> = const { Cell::new(0) };
}

/// Whether what the first file needs is there.
pub fn is_here() -> bool {
    HERE.get() >= UPLOAD
}

/// Whether all is there.
pub fn is_all_here() -> bool {
    HERE.get() >= EXTRAS
}

/// Calls `act` once what the first file needs is there: at once when it is, else when it has been
/// fetched. With `false` when it could not be: then nothing of it may be called.
pub fn upload(act: Box<dyn FnOnce(bool)>) {
    need(UPLOAD, act);
}

/// The same for all the rest.
pub fn late(act: Box<dyn FnOnce(bool)>) {
    need(EXTRAS, act);
}

fn need(part: u32, act: Box<dyn FnOnce(bool)>) {
    if HERE.get() >= part {
        return act(true);
    }
    let loaded = script::promised(script::load(&wasm_bindgen::exports(), part));
    // What comes late has words that come late.
    let said = (part == EXTRAS && words::HAVE_LATE)
        .then(|| script::promised(script::speak(words::KEYS, "en", &Array::new())));
    when(
        loaded,
        Box::new(move |loaded| {
            let here = loaded.is_ok_and(|loaded| loaded.is_truthy());
            let Some(said) = said.filter(|_| here) else {
                return came(part, here, act);
            };
            let heard = move |said: Result<_, _>| {
                let here = said.is_ok_and(|said| words::take_late(&said));
                came(part, here, act);
            };
            when(said, Box::new(heard));
        }),
    );
}

fn came(part: u32, here: bool, act: Box<dyn FnOnce(bool)>) {
    if here {
        HERE.set(HERE.get().max(part));
    }
    act(here);
}

/// The same for what is shown in `place`, once the late style sheet is there, too. What
/// can't be dressed is shown all the same.
pub fn late_dressed(place: &Element, act: Box<dyn FnOnce(bool)>) {
    let place = place.clone();
    let dressed = move |here: bool| {
        if !here {
            return act(false);
        }
        let dressed = script::promised(script::dress(&place));
        when(dressed, Box::new(move |_| act(true)));
    };
    // When the place is in its root, which is the one to dress.
    later(Box::new(move || late(Box::new(dressed))));
}
