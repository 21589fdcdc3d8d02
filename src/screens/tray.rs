//! The widget made small: a bar in a corner of the page that says how far the uploads are, and
//! brings all of it back. The page behind it can be used. Late.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::footer::{account, at_rest};
use super::frame::Frame;
use crate::look::{icons, words};
use crate::parts::{El, el, icon_button, style};

/// The bar.
#[inline(never)]
pub fn tray(frame: &Rc<Frame>) -> El {
    let engine = frame.engine;
    let (expands, closes) = (frame.clone(), frame.clone());
    let expand = move |_| {
        // What was shown before can be shown again.
        let _ = expands.show();
    };
    let expand = icon_button(
        || icons::EXPAND,
        || words::QUEUE_EXPAND.text().to_owned(),
        expand,
    );
    let close = icon_button(
        || icons::CROSS,
        || words::CLOSE.text().to_owned(),
        move |_| (closes.closed)(),
    );
    let [bar, sum, said] = account(engine);
    let tray = el("section")
        .class("tray")
        .attr("part", "tray")
        .attr("aria-label", words::QUEUE_MINI_TITLE.text())
        .child(el("h2").text(words::QUEUE_MINI_TITLE.text()))
        .child(expand)
        .child(at_rest(engine, close))
        .child(sum)
        .child(bar)
        .child(said);
    let position = engine.options(|options| options.flow.queue_view_position.clone());
    place(&tray.node(), &position);
    tray
}

/// Focuses what brings all of it back.
#[inline(never)]
pub fn focus(tray: &HtmlElement) {
    if let Ok(Some(expand)) = tray.query_selector("button") {
        // Focusing an element of our own that is shown can't fail.
        let _ = expand.unchecked_into::<HtmlElement>().focus();
    }
}

/// Puts the bar where the page wants it: `right:35px`, `left: 10px; top: 10px`. What is no place is
/// left out.
fn place(tray: &Element, position: &str) {
    for declaration in position.split(';') {
        let Some((edge, distance)) = declaration.split_once(':') else {
            continue;
        };
        let edge = edge.trim().to_ascii_lowercase();
        let opposite = match edge.as_str() {
            "left" => "right",
            "right" => "left",
            "top" => "bottom",
            "bottom" => "top",
            _ => continue,
        };
        style(tray, opposite, "auto");
        style(tray, &edge, distance.trim());
    }
}
