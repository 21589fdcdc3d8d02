//! Where the focus goes when what had it goes away, so that nobody who works by keyboard or
//! screen reader is thrown out of the dialog.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::shell;

/// Focuses an element after the effects of the current event, which may be what shows it.
pub fn later(target: Element) {
    shell::later(Box::new(move || {
        // Focusing an element of our own can't fail.
        let _ = target.unchecked_into::<HtmlElement>().focus();
    }));
}

/// Focuses the chooser of the panel around `inside`: of all buttons it alone is always there.
pub fn chooser(inside: &Element) {
    let panel = inside.closest(".panel").ok().flatten();
    if let Some(button) = panel.and_then(|panel| panel.query_selector(".browse").ok().flatten()) {
        later(button);
    }
}
