//! What an open widget makes of other options and other words: its look, and all that is seen made
//! anew, with the focus where it was. Uploads go on, and what is listed stays. Late.

use std::rc::Rc;

use plimsoll_core::options::Options;
use wasm_bindgen::closure::Closure;

use super::frame::{Frame, own_scheme};
use super::tabs::Tabs;
use super::theme;
use crate::look::words::Words;
use crate::shell::{anew, promised};

/// The options were `before`, and are others now.
#[inline(never)]
pub fn update(frame: &Rc<Frame>, tabs: &Tabs, before: &Options) {
    let engine = frame.engine;
    let scheme = engine.options(|options| own_scheme(options.look.theme).map(str::to_owned));
    let scheme = scheme.unwrap_or_else(|| frame.stage.scheme());
    // Always: styles are the page's own object, which it may have changed inside.
    theme::apply(engine, frame.stage.root.clone(), scheme);
    if engine.options(|options| are_seen(before, options)) {
        make(frame, tabs);
    }
}

/// It speaks something else now.
#[inline(never)]
pub fn speak(frame: &Rc<Frame>, tabs: &Tabs, words: Words) {
    if words == frame.words() {
        return;
    }
    frame.stage.speak(&words);
    frame.speak(words);
    make(frame, tabs);
    frame.renew_tray();
}

/// Whether people see another widget by other options. Making it anew takes away what is written in
/// it, so what they don't see is no reason: some pages tell all their options all the time.
fn are_seen(one: &Options, other: &Options) -> bool {
    one.sources != other.sources
        || one.plugins != other.plugins
        || one.multiple != other.multiple
        || one.max_files != other.max_files
        || one.client_allowed_formats != other.client_allowed_formats
        || one.crop != other.crop
        || one.services != other.services
        || one.flow != other.flow
}

fn make(frame: &Rc<Frame>, tabs: &Tabs) {
    let Some(whole) = frame.whole() else { return };
    let (this, tabs) = (Rc::downgrade(frame), tabs.clone());
    let make = Closure::once_into_js(move || {
        // The widget may be gone by now.
        if let Some(frame) = this.upgrade().filter(|frame| frame.is_there()) {
            frame.words().during(|| tabs.renew());
            frame.fill();
        }
    });
    // It puts the focus back itself.
    let _ = promised(anew(whole, &make));
}
