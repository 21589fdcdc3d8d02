//! What was just done, in a line below the list: it says so to ears, too, and lets what was taken
//! out of the list come back.

use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::units::ItemId;
use web_sys::Element;

use super::focus;
use super::row::Copied;
use crate::look::{icons, words};
use crate::parts::{El, button, el, icon_button};
use crate::shell::{self, Engine};
use crate::sources;

/// What is only said, and not needed for anything, goes by itself.
const SAID: Duration = Duration::from_secs(10);

/// The place of these lines. What is put into it is read out.
pub fn place(engine: Engine, copied: Copied) -> El {
    // Apart from the summary, which changes all the time: what is set anew is made anew.
    let aside: RwSignal<Option<ItemId>> = RwSignal::new(None);
    let keys = move || {
        let said = copied.get().map(|_| 0);
        let aside = aside.get().map(|item| item.0.saturating_add(1));
        said.into_iter().chain(aside).collect()
    };
    el("div")
        .class("toasts")
        .attr("aria-live", "polite")
        .live(Box::new(move |_| {
            let item = engine.summary().aside;
            if aside.get_untracked() != item {
                aside.set(item);
            }
        }))
        .each(keys, move |key| match key.checked_sub(1) {
            None => sources::lately(Rc::new(move || said(copied))),
            Some(id) => sources::lately(Rc::new(move || removed(engine, ItemId(id)))),
        })
}

/// An item that was taken out, and may come back.
#[inline(never)]
pub fn removed(engine: Engine, id: ItemId) -> El {
    let name = engine.aside().unwrap_or_default();
    let line = el("p").class("toast");
    let (inside, outside): (Element, Element) = (line.node(), line.node());
    let undo = button("", words::LIST_UNDO.text(), move || {
        // Found before this line goes, and asked for the row once that is there.
        let panel = inside.closest(".panel").ok().flatten();
        engine.tell(Event::Restored);
        shell::later(Box::new(move || {
            let row = [
                "[data-item='",
                &id.0.to_string(),
                "'] > button:last-of-type",
            ]
            .concat();
            let row = panel.and_then(|panel| panel.query_selector(&row).ok().flatten());
            if let Some(row) = row {
                focus::later(row);
            }
        }));
    });
    let close = move |_| {
        focus::chooser(&outside);
        engine.tell(Event::Dropped);
    };
    line.child(el("span").text(&words::LIST_REMOVED.with("name", &name)))
        .child(undo)
        .child(cross(close))
}

/// Whether an address was copied.
#[inline(never)]
pub fn said(copied: Copied) -> El {
    let line = el("p").class("toast");
    let inside: Element = line.node();
    let text = move || {
        let word = match copied.get() {
            Some(true) => words::LIST_COPIED,
            _ => words::LIST_COPY_FAILED,
        };
        word.text().to_owned()
    };
    set_timeout(
        move || {
            copied.try_set(None);
        },
        SAID,
    );
    let close = move |_| {
        focus::chooser(&inside);
        copied.set(None);
    };
    line.child(el("span").live_text(text)).child(cross(close))
}

fn cross(act: impl FnMut(web_sys::Event) + 'static) -> El {
    icon_button(
        || icons::CROSS,
        || words::LIST_DISMISS.text().to_owned(),
        act,
    )
}
