//! The description of one file, over the rest of the dialog: name, words, tags, public ID, and what
//! the page asks. What is written goes to the engine at once, which says what is wrong with it.

use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::batch::Flaw;
use plimsoll_core::describe::Description;
use plimsoll_core::item::Kind;
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event as DomEvent};

use super::answer::asked;
use super::entry::{Entry, entry};
use super::{Desk, row};
use crate::look::words;
use crate::parts::{El, button, el, icon};
use crate::screens::{cover, film, tags};
use crate::shell::get;

/// The description of one item.
pub fn sheet(desk: Desk, id: ItemId) -> El {
    let escape = move |event: DomEvent| {
        if get(&event, "key") == "Escape" {
            // Before the dialog takes it for its own end.
            event.prevent_default();
            event.stop_propagation();
            desk.open.set(None);
        }
    };
    let reviews = desk.engine.options(|options| options.flow.review);
    let mut form = el("div").class("form");
    if reviews {
        form = ours(desk, id, form);
    }
    for at in 0..desk.fields().len() {
        form = form.child(asked(desk, id, at));
    }
    let whole = el("section")
        .class("describe")
        .attr("role", "group")
        .attr("aria-labelledby", "describe-title")
        .on("keydown", escape)
        .child(head(desk, id))
        .child(form)
        .child(actions(desk, id));
    let back = ["[data-item='", &id.0.to_string(), "'] .open:last-of-type"].concat();
    // An item that leaves takes its sheet along.
    let gone = move |_: &Element| {
        if desk.engine.item(id, |item| item.in_review) != Some(true) {
            desk.open.set(None);
        }
    };
    let whole = whole.live(Box::new(gone));
    let first = if desk.tried.get_untracked() && untrack(|| desk.is_flawed(id)) {
        "[aria-invalid=true]"
    } else {
        "#describe-title"
    };
    cover::over(whole, ".describing", first, back)
}

/// Its picture and its name.
fn head(desk: Desk, id: ItemId) -> El {
    let engine = desk.engine;
    let kind = untrack(|| engine.item(id, |item| item.kind)).unwrap_or(Kind::Other);
    let mut canvas = el("canvas").attr("hidden", "").attr("aria-hidden", "true");
    if kind == Kind::Image {
        let paint = move |canvas: &Element| engine.paint(id, canvas.clone().unchecked_into());
        canvas = canvas.live(Box::new(paint));
    }
    let node = canvas.node();
    let named = el("p")
        .class("meta")
        .child(el("bdi").live_text(move || desk.name(id)));
    let which = move || {
        let ids = engine.reviewed_ids();
        let at = ids.iter().position(|other| *other == id.0).unwrap_or(0) + 1;
        [
            &words::number(at as u64),
            " / ",
            &words::number(ids.len() as u64),
        ]
        .concat()
    };
    el("div")
        .class("describe-head")
        .child(
            el("span")
                .class("tile")
                .child(icon(row::picture(kind)))
                .child(canvas),
        )
        .child(
            el("div")
                .class("what")
                .child(
                    el("h2")
                        .attr("id", "describe-title")
                        .attr("tabindex", "-1")
                        .attr(
                            "aria-label",
                            &untrack(|| words::REVIEW_DETAILS_OF.with("name", &desk.name(id))),
                        )
                        .text(words::METADATAPAGE_TITLE.text()),
                )
                .child(film::told(named, engine, id, kind, node)),
        )
        .child(
            el("span")
                .class("meta nth")
                .live_text(which)
                .shown_if(move || engine.reviewed_ids().len() > 1),
        )
}

/// To the next file and the one before, or back to the list.
fn actions(desk: Desk, id: ItemId) -> El {
    let beside = move |ahead: bool| {
        let ids = desk.engine.reviewed_ids();
        let at = ids.iter().position(|other| *other == id.0)?;
        let at = if ahead { at + 1 } else { at.checked_sub(1)? };
        ids.get(at).copied()
    };
    let [previous, next] =
        [(false, words::REVIEW_PREVIOUS), (true, words::REVIEW_NEXT)].map(|(ahead, word)| {
            button("", word.text(), move || {
                if let Some(other) = untrack(|| beside(ahead)) {
                    desk.open.set(Some(other));
                }
            })
            .shown_if(move || beside(ahead).is_some())
        });
    el("div")
        .class("acts")
        .child(previous)
        .child(next)
        .child(button("main", words::QUEUE_DONE.text(), move || {
            desk.open.set(None);
        }))
}

/// Changes what is written about an item.
pub fn write(desk: Desk, id: ItemId, change: impl FnOnce(&mut Description)) {
    let mut description = untrack(|| desk.engine.description(id));
    change(&mut description);
    let description = Box::new(description);
    desk.engine.tell(Event::Described {
        item: id,
        description,
    });
}

/// What can be written about any file.
fn ours(desk: Desk, id: ItemId, form: El) -> El {
    let engine = desk.engine;
    let now = untrack(|| engine.description(id));
    let kind = untrack(|| engine.item(id, |item| item.kind));
    let (page_tags, page_alt, page_caption) = engine.options(|options| {
        let text = |key: &str| {
            let pair = options.context.iter().find(|(known, _)| known == key);
            pair.map(|(_, text)| text.clone())
        };
        (options.tags.clone(), text("alt"), text("caption"))
    });
    let own = untrack(|| engine.item(id, |item| item.name.to_owned())).unwrap_or_default();
    let name = untrack(|| desk.name(id));
    let renamed = move |text: String| {
        let name = named(&text, &own);
        write(desk, id, |it| it.name = name.filter(|name| *name != own));
    };
    let nothing = || String::new();
    let mut form = form.child(entry(
        Entry::line("describe-name", words::REVIEW_NAME.text(), &name),
        renamed,
        nothing,
    ));
    if matches!(kind, Some(Kind::Image | Kind::Video)) {
        let text = now.alt.clone().or(page_alt).unwrap_or_default();
        form = form.child(entry(
            Entry {
                hint: words::REVIEW_ALT_HINT.text().to_owned(),
                long: true,
                ..Entry::line("describe-alt", words::REVIEW_ALT.text(), &text)
            },
            move |text| write(desk, id, |it| it.alt = Some(text)),
            nothing,
        ));
    }
    let text = now.caption.clone().or(page_caption).unwrap_or_default();
    let tags = now.tags.clone().unwrap_or(page_tags);
    form.child(entry(
        Entry::line("describe-caption", words::REVIEW_CAPTION.text(), &text),
        move |text| write(desk, id, |it| it.caption = Some(text)),
        nothing,
    ))
    .child(tags::field(
        engine,
        "describe-tags",
        tags,
        Rc::new(move |tags| write(desk, id, |it| it.tags = Some(tags))),
    ))
    .child(public_id(desk, id, &now.public_id.unwrap_or_default()))
}

/// The public ID, which must be one, and of no other file.
fn public_id(desk: Desk, id: ItemId, now: &str) -> El {
    let engine = desk.engine;
    entry(
        Entry {
            placeholder: words::ADVANCED_OPTIONS_PUBLIC_ID_PH.text(),
            ltr: true,
            ..Entry::line("describe-id", words::ADVANCED_OPTIONS_PUBLIC_ID.text(), now)
        },
        move |text| {
            let text = text.trim().to_owned();
            let text = (!text.is_empty()).then_some(text);
            write(desk, id, |it| it.public_id = text);
        },
        move || {
            let flaws = engine.flaws(id, &[]);
            match flaws.first() {
                Some(Flaw::PublicIdTaken) => words::REVIEW_PUBLIC_ID_TAKEN.text().to_owned(),
                Some(_) => tags::no_public_id(),
                None => String::new(),
            }
        },
    )
}

/// A name as it was written, with the file's own extension; none for nothing.
fn named(text: &str, own: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Some((_, extension)) = own.rsplit_once('.') else {
        return Some(text.to_owned());
    };
    let ends = text.rsplit_once('.').map(|(_, end)| end);
    if ends.is_some_and(|end| end.eq_ignore_ascii_case(extension)) {
        return Some(text.to_owned());
    }
    Some([text, ".", extension].concat())
}
