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

/// Focuses what files are added by in the panel around `inside`.
pub fn chooser(inside: &Element) {
    if let Some(target) = adding(inside) {
        later(target);
    }
}

/// The same, if what had the focus went out of sight with the button that adds files.
pub fn rescue(inside: Element) {
    shell::later(Box::new(move || {
        let gone = "[data-once][data-state=filled]:not(:focus-within), [data-once] .browse:focus";
        let host = inside.closest(".panel").ok().flatten();
        let lost = host.and_then(|panel| panel.parent_element()?.query_selector(gone).ok()?);
        if lost.is_some() {
            chooser(&inside);
        }
    }));
}

/// What files are added by, in the panel around `inside`: the chooser's button where it is shown,
/// else what the only file's row has, else the tab of the source that is shown, else the panel's
/// first button.
pub fn adding(inside: &Element) -> Option<Element> {
    let panel = inside.closest(".panel").ok().flatten()?;
    let find = |what| panel.query_selector(what).ok().flatten();
    find(".panel:not([data-once]) .browse, [data-state=empty] .browse")
        .or_else(|| find("[data-once] .row > button:last-of-type"))
        .or_else(|| find("[aria-selected=true]"))
        .or_else(|| find("button"))
}
