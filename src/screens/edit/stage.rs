//! The picture with the box over it: dragged by mouse, pen or finger, moved by keys.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::crop::{Handle, Rect};
use plimsoll_core::picture::Size;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::Desk;
use crate::look::words::{self, Word};
use crate::parts::{El, el, style};
use crate::shell::get;

/// A key moves by a pixel, with Shift by so many.
const FAST: i32 = 10;

const HANDLES: [(Handle, &str, Word); 8] = [
    (Handle { x: -1, y: -1 }, "nw", words::CROP_HANDLES_NW),
    (Handle { x: 0, y: -1 }, "n", words::CROP_HANDLES_N),
    (Handle { x: 1, y: -1 }, "ne", words::CROP_HANDLES_NE),
    (Handle { x: 1, y: 0 }, "e", words::CROP_HANDLES_E),
    (Handle { x: 1, y: 1 }, "se", words::CROP_HANDLES_SE),
    (Handle { x: 0, y: 1 }, "s", words::CROP_HANDLES_S),
    (Handle { x: -1, y: 1 }, "sw", words::CROP_HANDLES_SW),
    (Handle { x: -1, y: 0 }, "w", words::CROP_HANDLES_W),
];

/// What a drag began with.
#[derive(Clone, Copy)]
struct Drag {
    x: f64,
    y: f64,
    rect: Rect,
}

/// The picture, and the box where it is to be cut.
pub fn stage(desk: Desk, canvas: El) -> El {
    let picture = el("div").class("picture");
    let node: Element = picture.node();
    let shows = desk
        .engine
        .options(|options| options.crop.cropping_show_dimensions);
    // What will be cut off is darker.
    let shade = el("div")
        .class("shade")
        .child(el("div").live(Box::new(move |hole| place(hole, desk))));
    let mut area = el("div")
        .class("area")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-label", words::CROP_AREA.text())
        .live(Box::new(move |area| place(area, desk)))
        .child(
            el("span")
                .class("sides")
                .attr("aria-hidden", "true")
                .live_text(move || {
                    let rect = desk.rect.get();
                    [&rect.width.to_string(), " × ", &rect.height.to_string()].concat()
                })
                .shown_if(move || shows),
        );
    area = dragged(area, desk, &node, None);
    for (handle, name, label) in HANDLES {
        let grip = el("button")
            .class("grip")
            .attr("type", "button")
            .attr("data-at", name)
            .attr(
                "aria-label",
                &words::CROP_HANDLE.with("place", label.text()),
            );
        area = area.child(dragged(grip, desk, &node, Some(handle)));
    }
    // Keeps the picture's shape whatever room there is.
    let sized = move |node: &Element| {
        let size = desk.turn.get().size(desk.size);
        let mut ratio = size.width.to_string();
        ratio.push('/');
        ratio.push_str(&size.height.to_string());
        style(node, "aspect-ratio", &ratio);
        // The height that is there, at most, sets the width.
        style(node, "--wide", &size.width.to_string());
        style(node, "--high", &size.height.to_string());
    };
    el("div")
        .class("edit-stage")
        .shown_if(move || !desk.broken.get())
        .child(
            picture
                .live(Box::new(sized))
                .child(canvas)
                .child(shade)
                .child(area),
        )
}

/// Puts the box where it is, in parts of the picture.
fn place(area: &Element, desk: Desk) {
    let rect = desk.rect.get();
    let size = desk.turn.get().size(desk.size);
    for (name, at, all) in [
        ("left", rect.x, size.width),
        ("top", rect.y, size.height),
        ("width", rect.width, size.width),
        ("height", rect.height, size.height),
    ] {
        style(area, name, &percent(at, all));
    }
}

/// `12.345%`, from whole numbers: printing a float costs 6.7 KB of wasm.
fn percent(at: u32, all: u32) -> String {
    let thousandths = u64::from(at) * 100_000 / u64::from(all.max(1));
    let rest = (1_000 + thousandths % 1_000).to_string();
    let mut text = (thousandths / 1_000).to_string();
    text.push('.');
    text.push_str(rest.get(1..).unwrap_or_default());
    text.push('%');
    text
}

/// Lets the box, or one of its handles, be dragged and moved by keys.
fn dragged(part: El, desk: Desk, picture: &Element, handle: Option<Handle>) -> El {
    let drag: Rc<Cell<Option<Drag>>> = Rc::default();
    let (begun, moved, ended, lost) = (drag.clone(), drag.clone(), drag.clone(), drag);
    let node: Element = part.node();
    let picture: HtmlElement = picture.clone().unchecked_into();
    let begin = move |event: Event| {
        if get(&event, "button").as_f64() != Some(0.0) {
            return;
        }
        // A handle is inside the box, which must not be dragged with it.
        event.stop_propagation();
        let pointer = number(&event, "pointerId") as i32;
        // Without it the drag ends at the handle's edge, which harms nothing.
        let _ = node.set_pointer_capture(pointer);
        begun.set(Some(Drag {
            x: number(&event, "clientX"),
            y: number(&event, "clientY"),
            rect: desk.rect.get_untracked(),
        }));
    };
    let go = move |event: Event| {
        let Some(drag) = moved.get() else { return };
        event.prevent_default();
        let size = desk.turn.get_untracked().size(desk.size);
        let (dx, dy) = (
            number(&event, "clientX") - drag.x,
            number(&event, "clientY") - drag.y,
        );
        apply(desk, drag.rect, handle, pixels(dx, dy, size, &picture));
    };
    let keys = move |event: Event| {
        let key = get(&event, "key").as_string().unwrap_or_default();
        let by = if get(&event, "shiftKey").is_truthy() {
            FAST
        } else {
            1
        };
        let step = match key.as_str() {
            "ArrowLeft" => (-by, 0),
            "ArrowRight" => (by, 0),
            "ArrowUp" => (0, -by),
            "ArrowDown" => (0, by),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        apply(desk, desk.rect.get_untracked(), handle, step);
    };
    part.on("pointerdown", begin)
        .on("pointermove", go)
        .on("pointerup", move |_| ended.set(None))
        .on("lostpointercapture", move |_| lost.set(None))
        .on("keydown", keys)
}

fn apply(desk: Desk, rect: Rect, handle: Option<Handle>, (dx, dy): (i32, i32)) {
    let frame = desk.frame();
    let rect = match handle {
        Some(handle) => frame.resized(rect, handle, dx, dy),
        None => frame.moved(rect, dx, dy),
    };
    if rect != desk.rect.get_untracked() {
        desk.rect.set(rect);
    }
}

/// A way on the screen in pixels of the picture.
fn pixels(dx: f64, dy: f64, size: Size, shown: &HtmlElement) -> (i32, i32) {
    let scale = |way: f64, all: u32, shown: i32| {
        // Saturates at the bounds of the type, and beyond the picture all is one.
        (way * f64::from(all) / f64::from(shown.max(1))).round() as i32
    };
    (
        scale(dx, size.width, shown.client_width()),
        scale(dy, size.height, shown.client_height()),
    )
}

fn number(event: &Event, name: &str) -> f64 {
    get(event, name).as_f64().unwrap_or_default()
}
