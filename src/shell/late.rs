//! The late half of the module: what isn't needed to open the widget lies in a file of its own,
//! which is fetched when first used; `xtask/late.json` names its Rust modules. What is in them may
//! be called from inside [`late`] only, and from what was made there.

use std::cell::Cell;

use super::script;
use super::task::when;

thread_local! {
    static HERE: Cell<bool> = const { Cell::new(false) };
}

/// Calls `act` once the late half is there: at once when it is, else when it has been fetched. With
/// `false` when it could not be: then nothing of it may be called.
pub fn late(act: Box<dyn FnOnce(bool)>) {
    if HERE.get() {
        return act(true);
    }
    let loaded = script::promised(script::load(&wasm_bindgen::exports()));
    when(
        loaded,
        Box::new(move |loaded| {
            let here = loaded.is_ok_and(|loaded| loaded.is_truthy());
            HERE.set(here);
            act(here);
        }),
    );
}
