//! One item of the list: its picture, name, size, state, progress, and what can be done with it.

use plimsoll_core::Event;
use plimsoll_core::item::{ItemView, Kind, Status};
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::focus;
use crate::look::{icons, words};
use crate::parts::{El, el, icon, icon_button, live_icon, progress};
use crate::shell::Engine;

/// The row of one item.
pub fn row(engine: Engine, id: ItemId) -> El {
    let about = engine.item(id, |item| {
        (item.name.to_owned(), words::size(item.size), item.kind)
    });
    let (name, size, kind) = about.unwrap_or((String::new(), String::new(), Kind::Other));
    let canvas = el("canvas").attr("hidden", "").attr("aria-hidden", "true");
    if kind == Kind::Image {
        engine.paint(id, canvas.node());
    }
    let status = status(engine, id);
    let badge = move || match status() {
        Status::Done => icons::CHECK,
        Status::Failed | Status::Refused => icons::ALERT,
        _ => "",
    };
    let permille = move || engine.item(id, |item| item.permille).flatten();
    let title = el("a")
        .class("name")
        .attr("target", "_blank")
        .attr("rel", "noopener")
        .live_attr("href", move || engine.item(id, link).flatten())
        .child(el("bdi").text(&name));
    let meta = el("span")
        .class("meta")
        .child(live_icon(badge))
        .child(el("span").class("size").text(&size))
        .child(
            el("span")
                .class("state")
                .live_text(move || engine.item(id, state).unwrap_or_default()),
        );
    let bar = progress(&name, permille);
    let cancel = cancel(engine, id, name.clone());
    el("li")
        .class("row")
        .live_attr("data-status", move || {
            Some(status_name(status()).to_owned())
        })
        .child(
            el("span")
                .class("tile")
                .child(icon(picture(kind)))
                .child(canvas),
        )
        .child(el("span").class("what").child(title).child(meta).child(bar))
        .child(retry(engine, id, &name, cancel.node()))
        .child(cancel)
}

fn status(engine: Engine, id: ItemId) -> impl Fn() -> Status + Copy {
    move || engine.item(id, |item| item.status).unwrap_or(Status::Done)
}

/// Retries, and goes away by that: `next` gets the focus.
fn retry(engine: Engine, id: ItemId, name: &str, next: Element) -> El {
    let status = status(engine, id);
    let label = words::QUEUE_ACTIONS_RETRY.with("name", name);
    let act = move |_| {
        engine.tell(Event::Retried { item: id });
        focus::later(next.clone());
    };
    icon_button(icons::RETRY, move || label.clone(), act)
        .shown_if(move || matches!(status(), Status::Failed | Status::Cancelled))
}

/// Cancels while the item is on its way, and takes it from the list afterwards.
fn cancel(engine: Engine, id: ItemId, name: String) -> El {
    let status = status(engine, id);
    let active = move || {
        matches!(
            status(),
            Status::Waiting | Status::Uploading | Status::Resting { .. }
        )
    };
    let label = move || {
        let word = if active() {
            words::QUEUE_ACTIONS_CANCEL
        } else {
            words::QUEUE_ACTIONS_REMOVE
        };
        word.with("name", &name)
    };
    icon_button(icons::CROSS, label, move |event| {
        if active() {
            engine.tell(Event::Cancelled { item: id });
        } else {
            let target = event
                .current_target()
                .map(JsCast::unchecked_into::<Element>);
            focus_neighbour(target.and_then(|it| it.closest("li").ok().flatten()));
            engine.tell(Event::Removed { item: id });
        }
    })
}

/// Keeps the focus near a row that goes: the next row's last button, else the one before, else
/// the chooser.
fn focus_neighbour(row: Option<Element>) {
    let Some(row) = row else { return };
    let neighbour = row
        .next_element_sibling()
        .or_else(|| row.previous_element_sibling());
    let next = match neighbour {
        Some(neighbour) => neighbour.query_selector("button:last-of-type"),
        None => row
            .closest(".panel")
            .map(|panel| panel.and_then(|panel| panel.query_selector(".browse").ok().flatten())),
    };
    if let Ok(Some(button)) = next {
        // Focusing an element of our own that is shown can't fail.
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Waiting => "waiting",
        Status::Uploading => "uploading",
        Status::Resting { .. } => "resting",
        Status::Done => "done",
        Status::Failed => "failed",
        Status::Cancelled => "cancelled",
        Status::Refused => "refused",
    }
}

/// The state in words.
fn state(item: &ItemView<'_>) -> String {
    match item.status {
        Status::Waiting => words::QUEUE_STATUSES_WAITING.text().to_owned(),
        Status::Uploading => match item.permille {
            Some(value) => {
                words::QUEUE_STATUSES_UPLOADING_PERCENT.with("percent", &(value / 10).to_string())
            }
            None => words::QUEUE_STATUSES_UPLOADING.text().to_owned(),
        },
        Status::Resting { fault, .. } => {
            let mut text = words::fault_kind(fault).with("status", "");
            text.push_str(words::QUEUE_STATUSES_RESTING.text());
            text
        }
        Status::Done => words::QUEUE_STATUSES_UPLOADED.text().to_owned(),
        Status::Cancelled => words::QUEUE_STATUSES_ABORTED.text().to_owned(),
        Status::Failed => item.fault.map(words::fault).unwrap_or_default(),
        Status::Refused => item.refusal.map(words::refusal).unwrap_or_default(),
    }
}

/// Where the stored asset can be seen. Only http and https: the address is the server's text.
fn link(item: &ItemView<'_>) -> Option<String> {
    let url = item.asset?.secure_url()?;
    let web = url.starts_with("https://") || url.starts_with("http://");
    web.then(|| url.to_owned())
}

fn picture(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => icons::IMAGE,
        Kind::Video => icons::VIDEO,
        Kind::Audio => icons::AUDIO,
        Kind::Document => icons::DOCUMENT,
        Kind::Archive => icons::ARCHIVE,
        Kind::Other => icons::FILE,
    }
}
