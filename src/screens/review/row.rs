//! One file in review: its handle, picture, name, what is written about it, and what can be done.

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::item::{Kind, Status};
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::Desk;
use crate::look::{icons, words};
use crate::parts::{El, el, icon, icon_button};
use crate::screens::{film, focus, tags};
use crate::shell::{self, get};

/// Two columns of dots: something to take hold of.
const GRIP: &str = "M9 6v.1M9 12v.1M9 18v.1M15 6v.1M15 12v.1M15 18v.1";
const UP: &str = "M6.5 14.5L12 9l5.5 5.5";
const DOWN: &str = "M6.5 9.5L12 15l5.5-5.5";
const PENCIL: &str = "M5 19l1-4L16.5 4.5l3 3L9 18zM14 7l3 3";
const CROP: &str = "M7 3v14h14M3 7h14v14";

/// The row.
pub fn row(desk: Desk, id: ItemId) -> El {
    let engine = desk.engine;
    let kind = untrack(|| engine.item(id, |item| item.kind)).unwrap_or(Kind::Other);
    let mut canvas = el("canvas").attr("hidden", "").attr("aria-hidden", "true");
    if kind == Kind::Image {
        let paint = move |canvas: &Element| engine.paint(id, canvas.clone().unchecked_into());
        canvas = canvas.live(Box::new(paint));
    }
    let flawed = move || desk.is_flawed(id);
    // Not before somebody has tried: what nobody had the time to fill in is no mistake.
    let wrong = move || flawed() && desk.tried.get();
    let meta = el("span")
        .class("meta")
        .child(el("span").class("size").live_text(move || {
            let size = engine.item(id, |item| item.size);
            words::size(size.unwrap_or_default())
        }));
    let meta = film::told(meta, engine, id, kind, canvas.node())
        .child(el("span").class("state").live_text(move || about(desk, id)))
        .child(
            el("span")
                .class("wrong")
                .shown_if(wrong)
                .text(words::REVIEW_FLAWED.text()),
        );
    let what = el("span")
        .class("what")
        .child(
            el("span")
                .class("name")
                .child(el("bdi").live_text(move || desk.name(id))),
        )
        .child(meta);
    el("li")
        .class("draft")
        .attr("data-item", &id.0.to_string())
        .live_attr("data-flawed", move || wrong().then(String::new))
        .child(handle(desk, id))
        .child(
            el("span")
                .class("tile")
                .child(icon(picture(kind)))
                .child(canvas),
        )
        .child(what)
        .child(acts(desk, id))
        .child(remove(desk, id))
}

/// What is written about it, in short.
fn about(desk: Desk, id: ItemId) -> String {
    let description = desk.engine.description(id);
    let mut parts = Vec::new();
    let cropped = desk.engine.item(id, |item| item.edit.rect.is_some());
    if cropped == Some(true) {
        parts.push(words::REVIEW_CROPPED.text().to_owned());
    }
    parts.extend(description.alt.filter(|alt| !alt.is_empty()));
    parts.extend(description.tags.map(|tags| tags.join(", ")));
    parts.extend(description.public_id);
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

/// Which place it has among those in review, and of how many.
fn place(desk: Desk, id: ItemId) -> (usize, usize) {
    let ids = desk.engine.reviewed_ids();
    let at = ids.iter().position(|other| *other == id.0);
    (at.unwrap_or_default(), ids.len())
}

/// What it is moved by: dragged, or by arrow keys.
fn handle(desk: Desk, id: ItemId) -> El {
    let label = move || {
        let (at, of) = place(desk, id);
        let text = words::REVIEW_HANDLE.with("name", &desk.name(id));
        let text = words::fill(&text, "at", &words::number(at as u64 + 1));
        words::fill(&text, "of", &words::number(of as u64))
    };
    let handle = el("button").attr("type", "button").class("handle");
    let node: HtmlElement = handle.node();
    let keys = move |event: web_sys::Event| {
        let (at, of) = untrack(|| place(desk, id));
        let to = match get(&event, "key").as_string().unwrap_or_default().as_str() {
            "ArrowUp" => at.saturating_sub(1),
            "ArrowDown" => at + 1,
            "Home" => 0,
            "End" => of,
            _ => return,
        };
        event.prevent_default();
        desk.move_to(id, to);
        keep(&node);
    };
    handle
        .live_attr("aria-label", move || Some(label()))
        .child(icon(GRIP))
        .on("keydown", keys)
        .shown_if(move || place(desk, id).1 > 1)
}

/// A row that is put elsewhere in the document loses the focus: it is to have it again.
fn keep(node: &HtmlElement) {
    let node = node.clone();
    shell::later(Box::new(move || {
        // Focusing an element of our own can't fail.
        let _ = node.focus();
        tags::reveal(&node);
    }));
}

fn acts(desk: Desk, id: ItemId) -> El {
    let engine = desk.engine;
    let [up, down] = [true, false].map(|up| {
        let path = if up { UP } else { DOWN };
        let word = if up {
            words::REVIEW_UP
        } else {
            words::REVIEW_DOWN
        };
        let act = move |event: web_sys::Event| {
            let (at, _) = untrack(|| place(desk, id));
            let to = if up { at.saturating_sub(1) } else { at + 1 };
            desk.move_to(id, to);
            if let Some(target) = event.current_target() {
                keep(&target.unchecked_into());
            }
        };
        icon_button(move || path, move || word.with("name", &desk.name(id)), act)
            .live_attr("aria-disabled", move || {
                let (at, of) = place(desk, id);
                let last = if up { at == 0 } else { at + 1 >= of };
                last.then(|| "true".to_owned())
            })
            .shown_if(move || place(desk, id).1 > 1)
    });
    let crop = worded(
        CROP,
        words::CROP_APPLY.text(),
        move || words::REVIEW_CROP_OF.with("name", &desk.name(id)),
        move |_| engine.tell(Event::EditWanted { item: id }),
    );
    let editing = move || engine.item(id, |item| item.status) == Some(Status::Editing);
    let open = worded(
        PENCIL,
        words::METADATAPAGE_TITLE.text(),
        move || words::REVIEW_DETAILS_OF.with("name", &desk.name(id)),
        move |_| desk.open.set(Some(id.0)),
    );
    el("span")
        .class("draft-acts")
        .child(up)
        .child(down)
        .child(crop.shown_if(move || engine.can_edit(id) || editing()))
        .child(open)
}

/// A button with an icon, and words where there is room for them.
fn worded(
    path: &'static str,
    text: &str,
    label: impl Fn() -> String + 'static,
    act: impl FnMut(web_sys::Event) + 'static,
) -> El {
    el("button")
        .attr("type", "button")
        .class("open")
        .live_attr("aria-label", move || Some(label()))
        .child(icon(path))
        .child(el("span").text(text))
        .on("click", act)
}

/// Takes it out; the focus stays near.
fn remove(desk: Desk, id: ItemId) -> El {
    let act = move |event: web_sys::Event| {
        let target = event.current_target();
        let target = target.map(JsCast::unchecked_into::<Element>);
        if let Some(row) = target.and_then(|it| it.closest("li").ok().flatten()) {
            let neighbour = row
                .next_element_sibling()
                .or_else(|| row.previous_element_sibling());
            let next = match neighbour {
                Some(neighbour) => neighbour
                    .query_selector(":scope > button:last-of-type")
                    .ok()
                    .flatten(),
                None => focus::adding(&row),
            };
            if let Some(next) = next {
                focus::later(next);
            }
        }
        desk.engine.tell(Event::Removed { item: id });
    };
    icon_button(
        || icons::CROSS,
        move || words::QUEUE_ACTIONS_REMOVE.with("name", &desk.name(id)),
        act,
    )
}

/// The icon of a kind.
pub fn picture(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => icons::IMAGE,
        Kind::Video => icons::VIDEO,
        Kind::Audio => icons::AUDIO,
        Kind::Document => icons::DOCUMENT,
        Kind::Sheet => icons::SHEET,
        Kind::Slides => icons::SLIDES,
        Kind::Code => icons::CODE,
        Kind::Font => icons::FONT,
        Kind::Model => icons::MODEL,
        Kind::Archive => icons::ARCHIVE,
        Kind::Other => icons::FILE,
    }
}
