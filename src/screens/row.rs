//! One item of the list: its picture, name, size, state, progress, and what can be done with it.

use leptos::html::Canvas;
use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::item::{ItemView, Kind, Status};
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::look::{icons, words};
use crate::parts::{flag, icon, icon_button, progress, text};
use crate::shell::Engine;

/// The row of one item.
pub fn row(engine: Engine, id: ItemId) -> AnyView {
    let Some((name, size, kind)) =
        engine.item(id, |item| (item.name.to_owned(), words::size(item.size), item.kind))
    else {
        return ().into_any();
    };
    let canvas = NodeRef::<Canvas>::new();
    if kind == Kind::Image {
        canvas.on_load(move |canvas| engine.paint(id, canvas));
    }
    let status = move || engine.item(id, |item| item.status).unwrap_or(Status::Done);
    let link = move || engine.item(id, link).flatten();
    let link: Box<dyn FnMut() -> Option<String> + Send> = Box::new(link);
    let state = text(move || engine.item(id, state).unwrap_or_default());
    let badge = move || match status() {
        Status::Done => icons::CHECK,
        Status::Failed | Status::Refused => icons::ALERT,
        _ => "",
    };
    let permille = move || engine.item(id, |item| item.permille).flatten();
    let bar_label = name.clone();
    view! {
        <li class="row" data-status=move || status_name(status())>
            <span class="tile">
                {icon(picture(kind))}
                <canvas hidden node_ref=canvas aria-hidden="true"></canvas>
            </span>
            <span class="what">
                <a class="name" href=link target="_blank" rel="noopener">
                    <bdi>{name.clone()}</bdi>
                </a>
                <span class="meta">
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                        <path d=badge></path>
                    </svg>
                    <span class="size">{size}</span>
                    <span class="state">{state}</span>
                </span>
                {progress(text(move || bar_label.clone()), permille)}
            </span>
            {actions(engine, id, name)}
        </li>
    }
    .into_any()
}

fn actions(engine: Engine, id: ItemId, name: String) -> AnyView {
    let status = move || engine.item(id, |item| item.status).unwrap_or(Status::Done);
    let active = move || matches!(status(), Status::Waiting | Status::Uploading | Status::Resting { .. });
    let can_retry = move || matches!(status(), Status::Failed | Status::Cancelled);
    let retry_label = words::QUEUE_ACTIONS_RETRY.with("name", &name);
    let label = text(move || {
        let word = if active() { words::QUEUE_ACTIONS_CANCEL } else { words::QUEUE_ACTIONS_REMOVE };
        word.with("name", &name)
    });
    view! {
        {icon_button(
            icons::RETRY,
            text(move || retry_label.clone()),
            flag(move || !can_retry()),
            move |_| engine.tell(Event::Retried { item: id }),
        )}
        {icon_button(icons::CROSS, label, flag(|| false), move |event| {
            if active() {
                engine.tell(Event::Cancelled { item: id });
            } else {
                let target = event.current_target().map(JsCast::unchecked_into::<Element>);
                focus_neighbour(target.and_then(|it| it.closest("li").ok().flatten()));
                engine.tell(Event::Removed { item: id });
            }
        })}
    }
    .into_any()
}

/// Keeps the focus near a row that goes: the next row's last button, else the one before, else
/// the chooser.
fn focus_neighbour(row: Option<Element>) {
    let Some(row) = row else { return };
    let neighbour = row.next_element_sibling().or_else(|| row.previous_element_sibling());
    let next = match neighbour {
        Some(neighbour) => neighbour.query_selector("button:last-of-type"),
        None => row.closest(".panel").map(|panel| {
            panel.and_then(|panel| panel.query_selector(".browse").ok().flatten())
        }),
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
            Some(value) => words::QUEUE_STATUSES_UPLOADING_PERCENT
                .with("percent", &(value / 10).to_string()),
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
