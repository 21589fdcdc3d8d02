//! The box in numbers and in words, and its ratio: for those who don't drag, and for those who want
//! it exact.

use leptos::prelude::*;
use plimsoll_core::crop::Rect;
use web_sys::Event;

use super::Desk;
use crate::look::words::{self, Word};
use crate::parts::{El, el};
use crate::shell::{get, set};

/// Ratios that people know, width by height.
const RATIOS: [(&str, f64); 5] = [
    ("1:1", 1.0),
    ("4:3", 4.0 / 3.0),
    ("3:4", 3.0 / 4.0),
    ("16:9", 16.0 / 9.0),
    ("9:16", 9.0 / 16.0),
];

/// Which number of a box.
#[derive(Clone, Copy)]
enum Side {
    X,
    Y,
    Width,
    Height,
}

/// The fields, and what they come to, which is also said aloud.
pub fn fields(desk: Desk) -> El {
    let said = move || {
        let rect = desk.rect.get();
        let mut text = words::CROP_BOX.text().to_owned();
        for (name, value) in [
            ("width", rect.width),
            ("height", rect.height),
            ("x", rect.x),
            ("y", rect.y),
        ] {
            text = words::fill(&text, name, &value.to_string());
        }
        text
    };
    let mut all = el("div").class("numbers");
    let fixed = desk
        .engine
        .options(|options| options.crop.cropping_aspect_ratio.is_some());
    if !fixed {
        all = all.child(ratio(desk));
    }
    for (side, word) in [
        (Side::X, words::CROP_X),
        (Side::Y, words::CROP_Y),
        (Side::Width, words::CROP_WIDTH),
        (Side::Height, words::CROP_HEIGHT),
    ] {
        all = all.child(number(desk, side, word));
    }
    all.child(el("p").class("sr").attr("role", "status").live_text(said))
}

fn number(desk: Desk, side: Side, word: Word) -> El {
    let read = move || {
        let rect = desk.rect.get();
        match side {
            Side::X => rect.x,
            Side::Y => rect.y,
            Side::Width => rect.width,
            Side::Height => rect.height,
        }
    };
    let changed = move |event: Event| {
        let Some(target) = event.current_target() else {
            return;
        };
        let text = get(&target, "value").as_string().unwrap_or_default();
        if let Ok(value) = text.trim().parse() {
            desk.rect.set(with(desk, side, value));
        }
        // What can't be is shown as what it is.
        let now = untrack(read);
        set(&target, "value", &now.into());
    };
    let field = el("input")
        .class("field")
        .attr("type", "number")
        .attr("inputmode", "numeric")
        .attr("min", "0")
        .attr("step", "1")
        .on("change", changed)
        .live(Box::new(move |field| set(field, "value", &read().into())));
    el("label").child(el("span").text(word.text())).child(field)
}

/// The box with another number in it.
fn with(desk: Desk, side: Side, value: u32) -> Rect {
    let (frame, rect) = (desk.frame(), desk.rect.get_untracked());
    match side {
        Side::X => frame.moved(Rect { x: value, ..rect }, 0, 0),
        Side::Y => frame.moved(Rect { y: value, ..rect }, 0, 0),
        Side::Width => frame.sized(rect, Some(value), None),
        Side::Height => frame.sized(rect, None, Some(value)),
    }
}

/// The choice of ratios.
fn ratio(desk: Desk) -> El {
    let chosen = move |event: Event| {
        let Some(target) = event.current_target() else {
            return;
        };
        let name = get(&target, "value").as_string().unwrap_or_default();
        let size = desk.turn.get_untracked().size(desk.size);
        let known = RATIOS.iter().find(|(known, _)| *known == name);
        desk.keep(match known {
            Some((_, ratio)) => Some(*ratio),
            None if name == "original" => Some(f64::from(size.width) / f64::from(size.height)),
            None => None,
        });
    };
    let option = |value: &str, text: &str| el("option").attr("value", value).text(text);
    let mut choice = el("select")
        .class("field")
        .on("change", chosen)
        .child(option("free", words::CROP_FREE.text()))
        .child(option("original", words::CROP_ORIGINAL.text()));
    for (name, _) in RATIOS {
        choice = choice.child(option(name, name));
    }
    el("label")
        .child(el("span").text(words::CROP_RATIO.text()))
        .child(choice)
}
