//! The list of items. While they are few, all rows are there; while they are many, those around the
//! part that is in view, each as high as any other, with room left for the others.

use leptos::prelude::*;
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::row::{self, Copied};
use crate::look::words;
use crate::parts::{El, el, style};
use crate::shell::Engine;

/// So many rows cost nothing, and may be as high as their texts are.
const WHOLE_MAX: usize = 60;

/// Rows beyond each edge of the view: the next ones by keyboard, and a scroll that outruns us.
const BESIDE: usize = 8;

/// More rows than the tallest panel shows.
const VIEW: usize = 14;

/// The window moves by so many rows at once, for each move makes rows.
const STEP: usize = 8;

/// A row's height in pixels before one could be measured.
const HEIGHT_PX: usize = 87;

/// The list, following what the engine has.
pub fn list(engine: Engine, told: Copied) -> El {
    // The first row in view, in whole steps.
    let first = RwSignal::new(0);
    let list = el("ul")
        .class("list")
        .attr("aria-label", words::QUEUE_LIST.text());
    let node: HtmlElement = list.node();
    let inside = node.clone();
    let scrolled = move |_| {
        let top = usize::try_from(node.scroll_top()).unwrap_or_default();
        let at = top / height(&node) / STEP * STEP;
        // Not at each pixel: what is set anew is made anew.
        if first.get_untracked() != at {
            first.set(at);
        }
    };
    let keys = move || {
        let ids = engine.ids();
        if ids.len() <= WHOLE_MAX {
            leave_room(&inside, 0, 0);
            return ids;
        }
        // What is taken out of a list may leave its end before the window.
        let at = first.get().min(ids.len().saturating_sub(VIEW));
        let from = at.saturating_sub(BESIDE);
        let to = (at + VIEW + BESIDE).min(ids.len());
        let mut shown = ids.get(from..to).unwrap_or_default().to_vec();
        let (mut above, mut below) = (from, ids.len() - to);
        // The focus must not be lost with its row.
        if let Some(focused) = focused(&inside) {
            let place = shown.binary_search(&focused);
            if let (Err(place), true) = (place, ids.binary_search(&focused).is_ok()) {
                shown.insert(place, focused);
                let rest = if place == 0 { &mut above } else { &mut below };
                *rest = rest.saturating_sub(1);
            }
        }
        leave_room(&inside, above, below);
        shown
    };
    list.on("scroll", scrolled)
        .live_attr("data-long", move || {
            is_long(engine.summary().total).then(String::new)
        })
        .each(keys, move |id| row::numbered(engine, ItemId(id), told))
}

/// Whether not all rows of so many are there.
pub const fn is_long(total: u32) -> bool {
    total as usize > WHOLE_MAX
}

/// Leaves room for rows that are not there.
fn leave_room(list: &HtmlElement, above: usize, below: usize) {
    let height = height(list);
    for (name, rows) in [("--above", above), ("--below", below)] {
        let mut room = (rows * height).to_string();
        room.push_str("px");
        style(list, name, &room);
    }
}

/// A row's height; all are the same in a long list.
fn height(list: &HtmlElement) -> usize {
    let row = list.first_element_child();
    let height = row.map(|row| row.unchecked_into::<HtmlElement>().offset_height());
    let height = height.and_then(|height| usize::try_from(height).ok());
    height.filter(|height| *height > 0).unwrap_or(HEIGHT_PX)
}

/// The item whose row has the focus.
fn focused(list: &Element) -> Option<u32> {
    let row = list.query_selector("li:focus-within").ok().flatten()?;
    row.get_attribute("data-item")?.parse().ok()
}
