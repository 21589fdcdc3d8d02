//! Cropping a picture before it is sent: the picture with a box, numbers, ratios, and what can be
//! done. One picture after the other, over the rest of the dialog. Fetched when first shown; the
//! geometry is core's.

mod fields;
mod stage;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::crop::{Edit, Frame, Rect, Turn};
use plimsoll_core::options::{Crop, CroppingOutput, Images};
use plimsoll_core::picture::Size;
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsValue;
use web_sys::{Event as DomEvent, HtmlCanvasElement};

use super::cover;
use crate::look::icons;
use crate::look::words::{self, Word};
use crate::parts::{El, button, el, icon_button};
use crate::shell::{Engine, get, picture, promised, when};

/// The picture is shown with no more pixels a side than this.
const SHOWN_MAX: u32 = 1600;

/// One picture that is cropped.
#[derive(Clone, Copy)]
struct Desk {
    engine: Engine,
    id: ItemId,
    /// The picture as it came.
    size: Size,
    turn: RwSignal<Turn>,
    /// In the turned picture.
    rect: RwSignal<Rect>,
    /// The ratio that the box keeps to.
    ratio: RwSignal<Option<f64>>,
    /// What the page wants of the box.
    least: Size,
    most: Size,
    /// How large the first box is.
    part: f64,
    /// It can't be shown.
    broken: RwSignal<bool>,
}

impl Desk {
    fn new(engine: Engine, id: ItemId) -> Self {
        let sides = engine.item(id, |item| item.sides).flatten();
        let size = sides.unwrap_or(Size {
            width: 1,
            height: 1,
        });
        let (crop, images) =
            engine.options(|options| (options.crop.clone(), options.images.clone()));
        let (least, most) = limits(&crop, &images);
        let desk = Self {
            engine,
            id,
            size,
            turn: RwSignal::new(Turn::default()),
            rect: RwSignal::new(Rect::all(size)),
            ratio: RwSignal::new(crop.cropping_aspect_ratio),
            least,
            most,
            part: crop.cropping_default_selection_ratio,
            broken: RwSignal::new(false),
        };
        desk.reset();
        // Cropped before, it is shown as it was left.
        if let Some(edit) = engine.item(id, |item| item.edit)
            && let Some(rect) = edit.rect
        {
            desk.turn.set(edit.turn);
            desk.rect.set(rect);
        }
        desk
    }

    /// What the box may be now.
    fn frame(self) -> Frame {
        let size = self.turn.get_untracked().size(self.size);
        Frame {
            size,
            ratio: self.ratio.get_untracked(),
            least: self.least,
            most: self.most,
        }
    }

    /// The first box of an unturned picture.
    fn reset(self) {
        self.turn.set(Turn::default());
        self.rect.set(self.frame().first(self.part));
    }

    /// Another ratio, as near to the box as it goes.
    fn keep(self, ratio: Option<f64>) {
        self.ratio.set(ratio);
        self.rect.set(self.frame().kept(self.rect.get_untracked()));
    }

    /// A quarter clockwise, the box with it as far as its rules allow.
    fn rotate(self) {
        let turn = self.turn.get_untracked();
        let rect = self.rect.get_untracked().quarter(turn.size(self.size));
        self.turn.set(turn.quarter());
        self.rect.set(self.frame().kept(rect));
    }

    fn flip(self) {
        let turn = self.turn.get_untracked();
        let rect = self.rect.get_untracked().flip(turn.size(self.size));
        self.turn.set(turn.flip());
        self.rect.set(rect);
    }

    fn done(self) {
        let edit = Edit {
            turn: self.turn.get_untracked(),
            rect: Some(self.rect.get_untracked()),
        };
        let item = self.id;
        self.engine.tell(Event::Edited { item, edit });
    }

    fn skip(self) {
        let (item, edit) = (self.id, Edit::default());
        self.engine.tell(Event::Edited { item, edit });
    }

    /// Leaves all that are still to be cropped as they are.
    fn skip_rest(self) {
        while let Some(item) = untrack(|| self.engine.summary().editing) {
            let edit = Edit::default();
            self.engine.tell(Event::Edited { item, edit });
        }
    }

    /// Back to the sources, without them.
    fn back(self) {
        while let Some(item) = untrack(|| self.engine.summary().editing) {
            self.engine.tell(Event::EditLeft { item });
        }
    }
}

/// The bounds of the box, where the page wants its limits for pictures kept by it.
fn limits(crop: &Crop, images: &Images) -> (Size, Size) {
    let bound = |limit: Option<u32>, none| {
        let limit = limit.filter(|_| crop.cropping_validate_dimensions);
        limit.unwrap_or(none)
    };
    let least = Size {
        width: bound(images.min_image_width, 1),
        height: bound(images.min_image_height, 1),
    };
    let most = Size {
        width: bound(images.max_image_width, u32::MAX),
        height: bound(images.max_image_height, u32::MAX),
    };
    (least, most)
}

/// The whole screen for one picture.
#[inline(never)]
pub fn show(engine: Engine, id: ItemId) -> El {
    let desk = untrack(|| Desk::new(engine, id));
    let canvas: El = el("canvas").attr("aria-hidden", "true");
    let node: HtmlCanvasElement = canvas.node();
    let whole = el("section")
        .class("edit")
        .attr("role", "group")
        .attr("aria-labelledby", "edit-title");
    let back = engine.options(|options| options.crop.cropping_show_back_button);
    let escape = move |event: DomEvent| {
        if get(&event, "key") == "Escape" && back {
            // Before the dialog takes it for its own end.
            event.prevent_default();
            event.stop_propagation();
            desk.back();
        }
    };
    let whole = whole
        .on("keydown", escape)
        .child(head(desk))
        .child(
            el("p")
                .class("wrong")
                .attr("role", "alert")
                .shown_if(move || desk.broken.get())
                .text(words::CROP_IMAGE_ERROR.text()),
        )
        .child(stage::stage(desk, canvas))
        .child(fields::fields(desk).shown_if(move || !desk.broken.get()))
        .child(actions(desk))
        .live(Box::new(move |_| paint(desk, &node, desk.turn.get())));
    cover::over(whole, ".editing", "#edit-title", back_to(id))
}

/// What has the focus afterwards: where the picture is reviewed, its row.
fn back_to(id: ItemId) -> String {
    ["[data-item='", &id.0.to_string(), "'] .open"].concat()
}

/// Paints the picture as it is turned.
fn paint(desk: Desk, canvas: &HtmlCanvasElement, turn: Turn) {
    let Some(file) = desk.engine.file(desk.id) else {
        return;
    };
    let painted = picture::paint(&file, canvas, SHOWN_MAX, turn.quarters, turn.flipped);
    let act = move |size: Result<JsValue, JsValue>| {
        let shown = size.is_ok_and(|size| size.is_truthy());
        desk.broken.try_set(!shown);
    };
    when(promised(painted), Box::new(act));
}

/// What it is, and which of how many.
fn head(desk: Desk) -> El {
    let engine = desk.engine;
    let name = untrack(|| engine.item(desk.id, |item| item.name.to_owned()));
    let rest = move || match engine.summary().to_edit {
        0 | 1 => String::new(),
        count => words::CROP_MORE.with("count", &(count - 1).to_string()),
    };
    let crop = engine.options(|options| options.crop.clone());
    let mut head = el("div").class("edit-head");
    if crop.cropping_show_back_button {
        let back = tool(icons::BACK, words::CROP_BACK_BTN, move || desk.back());
        head = head.child(back.attr("data-back", ""));
    }
    let mut tools = el("span").class("tools");
    if crop.cropping_output == CroppingOutput::Pixels {
        tools = tools
            .child(tool(icons::RETRY, words::CROP_ROTATE, move || {
                desk.rotate()
            }))
            .child(tool(icons::FLIP, words::CROP_FLIP, move || desk.flip()));
    }
    let reset = tool(icons::UNDO, words::CROP_RESET_BTN, move || desk.reset());
    head.child(
        el("h2")
            .attr("id", "edit-title")
            .attr("tabindex", "-1")
            .text(words::CROP_TITLE.text()),
    )
    .child(
        el("p")
            .child(el("bdi").text(&name.unwrap_or_default()))
            .child(el("span").live_text(rest)),
    )
    .child(tools.child(reset).shown_if(move || !desk.broken.get()))
}

/// A round button whose word is also shown to those who point at it.
fn tool(icon: &'static str, word: Word, act: impl Fn() + 'static) -> El {
    let label = word.text();
    icon_button(move || icon, move || label.to_owned(), move |_| act()).attr("title", label)
}

/// What can be done with it.
fn actions(desk: Desk) -> El {
    let crop = desk.engine.options(|options| options.crop.clone());
    // Under review nothing is uploaded by this.
    let (crops, leaves) = if desk.engine.options(|options| options.flow.reviews()) {
        (words::CROP_APPLY, words::CROP_LEAVE)
    } else {
        (words::CROP_CROP_BTN, words::CROP_SKIP_BTN)
    };
    let skip = button("", leaves.text(), move || desk.skip());
    // One that can't be cropped must not be the end of the way.
    let skips = crop.show_skip_crop_button;
    let several = move || desk.engine.summary().to_edit > 1;
    el("div")
        .class("acts")
        .child(
            button("", words::CROP_SKIP_REST.text(), move || desk.skip_rest())
                .shown_if(move || skips && several()),
        )
        .child(skip.shown_if(move || skips || desk.broken.get()))
        .child(
            button("main", crops.text(), move || desk.done()).shown_if(move || !desk.broken.get()),
        )
}
