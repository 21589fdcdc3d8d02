//! Files before they are sent: a list in which they are arranged, removed and cropped anew, and
//! from which they are described one by one. Fetched when first shown. What may be sent, core says.

mod answer;
mod drag;
mod entry;
mod row;
mod sheet;

use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::fields::Field;
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::focus;
use crate::look::words;
use crate::parts::{El, button, el, style};
use crate::shell::{self, Engine};

/// So many rows are there at once; the others are made when somebody scrolls to them.
const WINDOW: usize = 60;

/// The window moves by so many rows at once.
const STEP: usize = 20;

/// What the screen and its parts know.
#[derive(Clone, Copy)]
pub struct Desk {
    engine: Engine,
    /// What the page asks about each file.
    fields: StoredValue<Rc<[Field]>, LocalStorage>,
    /// The item that is described now.
    pub open: RwSignal<Option<u32>>,
    /// Whether somebody has tried to send: from then on what is missing is shown.
    tried: RwSignal<bool>,
    /// What is said aloud.
    said: RwSignal<String>,
}

impl Desk {
    /// Nothing is known before there is something to review.
    #[inline(always)]
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            fields: StoredValue::new_local(Rc::new([])),
            open: RwSignal::new(None),
            tried: RwSignal::new(false),
            said: RwSignal::new(String::new()),
        }
    }

    fn fields(self) -> Rc<[Field]> {
        self.fields.get_value()
    }

    fn name(self, id: ItemId) -> String {
        let written = self.engine.description(id).name;
        let own = || self.engine.item(id, |item| item.name.to_owned());
        written.or_else(own).unwrap_or_default()
    }

    /// Whether an item is described so that it can't be sent.
    fn is_flawed(self, id: ItemId) -> bool {
        !self.engine.flaws(id, &self.fields()).is_empty()
    }

    /// Moves an item to a place among those in review, and says so.
    fn move_to(self, id: ItemId, to: usize) {
        let ids = untrack(|| self.engine.reviewed_ids());
        let to = to.min(ids.len().saturating_sub(1));
        let Some(there) = ids.get(to).filter(|there| **there != id.0) else {
            return;
        };
        let Some(to_all) = self.engine.place_of(ItemId(*there)) else {
            return;
        };
        self.engine.tell(Event::Moved {
            item: id,
            to: to_all,
        });
        let text = untrack(|| words::REVIEW_MOVED.with("name", &self.name(id)));
        let text = words::fill(&text, "at", &words::number(to as u64 + 1));
        let of = words::number(ids.len() as u64);
        self.said.set(words::fill(&text, "of", &of));
    }

    /// Sends all, or shows what is missing first.
    fn send(self) {
        match self.engine.first_flawed(&self.fields()) {
            None => self.engine.tell(Event::Reviewed),
            Some(id) => {
                self.tried.set(true);
                let name = untrack(|| self.name(id));
                self.said
                    .set(words::REVIEW_FLAWED_FIRST.with("name", &name));
                self.open.set(Some(id.0));
            }
        }
    }
}

/// The list of what is in review.
#[inline(never)]
pub fn show(desk: Desk) -> El {
    let engine = desk.engine;
    desk.fields.set_value(untrack(|| engine.fields()).into());
    // A page that asks nothing that can be asked has nothing to look at.
    let asks = engine.options(|options| options.flow.review) || !desk.fields().is_empty();
    let let_go = move |_: &Element| {
        if !asks && engine.summary().reviewing > 0 {
            shell::later(Box::new(move || engine.tell(Event::Reviewed)));
        }
    };
    let count = move || u32::try_from(engine.reviewed_ids().len()).unwrap_or(u32::MAX);
    el("section")
        .class("review")
        .attr("aria-labelledby", "review-title")
        .live(Box::new(let_go))
        .child(
            el("h3")
                .attr("id", "review-title")
                .attr("tabindex", "-1")
                .text(words::REVIEW_TITLE.text()),
        )
        .child(list(desk))
        .child(
            el("p")
                .class("sr")
                .attr("role", "status")
                .live_text(move || desk.said.get()),
        )
        .child(actions(desk, count))
}

/// The description of one item, over all the rest.
#[inline(never)]
pub fn describe(desk: Desk, id: u32) -> El {
    sheet::sheet(desk, ItemId(id))
}

/// The rows. Of many, those around the part in view.
fn list(desk: Desk) -> El {
    let first = RwSignal::new(0_usize);
    let list = el("ul")
        .class("drafts")
        .attr("aria-label", words::REVIEW_LIST.text());
    let node: HtmlElement = list.node();
    let (inside, dragged) = (node.clone(), node.clone());
    let scrolled = move |_| {
        let top = usize::try_from(node.scroll_top()).unwrap_or_default();
        let at = (top / row_height(&node)).saturating_sub(STEP) / STEP * STEP;
        if first.get_untracked() != at {
            first.set(at);
        }
    };
    let keys = move || {
        let ids = desk.engine.reviewed_ids();
        let from = if ids.len() <= WINDOW {
            0
        } else {
            first.get().min(ids.len() - WINDOW)
        };
        let to = (from + WINDOW).min(ids.len());
        let height = row_height(&inside);
        for (name, rows) in [
            ("padding-block-start", from),
            ("padding-block-end", ids.len() - to),
        ] {
            let room = [&(rows * height).to_string(), "px"].concat();
            style(&inside, name, &room);
        }
        ids.get(from..to).unwrap_or_default().to_vec()
    };
    let rows = list
        .on("scroll", scrolled)
        .each(keys, move |id| row::row(desk, ItemId(id)));
    drag::draggable(rows, desk, dragged)
}

/// A row's height in pixels, with the gap to the next; all are the same.
fn row_height(list: &Element) -> usize {
    let row = list.first_element_child();
    let height = row.map(|row| row.unchecked_into::<HtmlElement>().offset_height());
    let height = height.and_then(|height| usize::try_from(height).ok());
    height.filter(|height| *height > 0).unwrap_or(76)
}

/// What can be done with all.
fn actions(desk: Desk, count: impl Fn() -> u32 + Copy + 'static) -> El {
    let engine = desk.engine;
    let acts = el("div").class("review-foot");
    let inside: Element = acts.node();
    let clear = button("", words::REVIEW_REMOVE_ALL.text(), move || {
        for id in untrack(|| engine.reviewed_ids()) {
            engine.tell(Event::Removed { item: ItemId(id) });
        }
        focus::chooser(&inside);
    });
    let send = button("main", "", move || desk.send()).live_text(move || {
        let ready = engine.summary().reviewing.min(count());
        words::count(
            words::REVIEW_UPLOAD_ONE,
            words::REVIEW_UPLOAD,
            "count",
            ready,
        )
    });
    let troubled = move || {
        let flawed = || {
            let first = engine.first_flawed(&desk.fields());
            // Each row may be what changes it.
            for id in engine.reviewed_ids().into_iter().take(WINDOW) {
                engine.description(ItemId(id));
            }
            first
        };
        match desk.tried.get().then(flawed).flatten() {
            Some(id) => words::REVIEW_FLAWED_FIRST.with("name", &desk.name(id)),
            None => String::new(),
        }
    };
    acts.child(
        el("p")
            .class("wrong")
            .shown_if(move || !troubled().is_empty())
            .live_text(troubled),
    )
    .child(el("span").class("acts").child(clear).child(send))
}
