//! One item of the list: its picture, name, size, state, progress, and what can be done with it.

use leptos::prelude::{RwSignal, Set};
use plimsoll_core::Event;
use plimsoll_core::item::{ItemView, Kind, Status};
use plimsoll_core::units::ItemId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event as WebEvent, HtmlElement};

use super::{film, focus, list};
use crate::look::{icons, words};
use crate::parts::{El, button, el, icon, icon_button, live_icon, progress};
use crate::shell::{self, Engine, page, promised, when};

/// Whether the address that was copied last really was.
pub type Copied = RwSignal<Option<bool>>;

/// A row that says which of how many it is, where not all are there.
#[inline(never)]
pub fn numbered(engine: Engine, id: ItemId, told: Copied) -> El {
    let place = move || engine.place(id).filter(|(_, all)| list::is_long(*all));
    row(engine, id, told)
        .attr("data-item", &id.0.to_string())
        .live_attr("aria-posinset", move || {
            place().map(|(at, _)| (at + 1).to_string())
        })
        .live_attr("aria-setsize", move || {
            place().map(|(_, all)| all.to_string())
        })
}

/// The row of one item.
fn row(engine: Engine, id: ItemId, told: Copied) -> El {
    let about = engine.item(id, |item| (item.name.to_owned(), item.kind));
    let (name, kind) = about.unwrap_or((String::new(), Kind::Other));
    let mut canvas = el("canvas").attr("hidden", "").attr("aria-hidden", "true");
    if kind == Kind::Image {
        canvas = canvas.live(painted(engine, id));
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
    let meta =
        el("span")
            .class("meta")
            .child(live_icon(badge))
            .child(el("span").class("size").live_text(move || {
                let size = engine.item(id, |item| item.size);
                words::size(size.unwrap_or_default())
            }));
    let meta = film::told(meta, engine, id, kind, canvas.node())
        .child(el("span").class("state").live_text(move || {
            engine
                .item(id, |item| state(engine, item))
                .unwrap_or_default()
        }))
        .child(located(engine, id));
    let bar = progress(&name, permille);
    let cancel = cancel(engine, id, name.clone());
    let what = el("span").class("what").child(title).child(meta).child(bar);
    el("li")
        .class("row")
        .live_attr("data-status", move || Some(status().name().to_owned()))
        .child(
            el("span")
                .class("tile")
                .child(icon(picture(kind)))
                .child(canvas),
        )
        .child(what.child(choice(engine, id)))
        .child(next(engine, id, &name, cancel.node()))
        .child(pause(engine, id, name.clone()))
        .child(retry(engine, id, &name, cancel.node()))
        .child(copy(engine, id, &name, told))
        .child(cancel)
}

/// Says that where the picture was taken is not sent.
fn located(engine: Engine, id: ItemId) -> El {
    let located = move || engine.item(id, |item| item.located).unwrap_or_default();
    el("span")
        .class("state")
        .shown_if(located)
        .text(words::QUEUE_LOCATION_REMOVED.text())
}

/// Paints the item's picture, and again when it was made anew.
fn painted(engine: Engine, id: ItemId) -> Box<dyn FnMut(&Element)> {
    let mut last = None;
    Box::new(move |canvas| {
        let size = engine.item(id, |item| item.size);
        if last != size {
            last = size;
            engine.paint(id, canvas.clone().unchecked_into());
        }
    })
}

fn status(engine: Engine, id: ItemId) -> impl Fn() -> Status + Copy {
    move || engine.item(id, |item| item.status).unwrap_or(Status::Done)
}

/// Whether it goes on by itself, or would if it weren't paused.
const fn is_active(status: Status) -> bool {
    !matches!(
        status,
        Status::Asking | Status::Done | Status::Failed | Status::Cancelled | Status::Refused
    )
}

/// What to do with a file that the batch has already. It goes away by either answer.
fn choice(engine: Engine, id: ItemId) -> El {
    let status = status(engine, id);
    let whole = el("span").class("acts");
    let (inside, outside): (Element, Element) = (whole.node(), whole.node());
    let allow = button("", words::QUEUE_ACTIONS_ALLOW.text(), move || {
        engine.tell(Event::Allowed { item: id });
        if let Ok(Some(row)) = inside.closest("li")
            && let Ok(Some(last)) = row.query_selector(":scope > button:last-of-type")
        {
            focus::later(last);
        }
    });
    let skip = button("", words::QUEUE_ACTIONS_SKIP.text(), move || {
        focus_neighbour(outside.closest("li").ok().flatten());
        engine.tell(Event::Removed { item: id });
    });
    whole
        .child(allow)
        .child(skip)
        .shown_if(move || status() == Status::Asking)
}

/// Lets one that waits go before all others, and goes away when it no longer waits.
fn next(engine: Engine, id: ItemId, name: &str, beside: Element) -> El {
    let status = status(engine, id);
    let label = words::QUEUE_ACTIONS_NEXT.with("name", name);
    let act = move |_| {
        engine.tell(Event::Preferred { item: id });
        focus::later(beside.clone());
    };
    icon_button(|| icons::NEXT, move || label.clone(), act)
        .shown_if(move || status() == Status::Waiting)
}

/// Stops one for a while, or lets it go on.
fn pause(engine: Engine, id: ItemId, name: String) -> El {
    let status = status(engine, id);
    let paused = move || status() == Status::Paused;
    let picture = move || if paused() { icons::PLAY } else { icons::PAUSE };
    let label = move || {
        let word = if paused() {
            words::QUEUE_ACTIONS_RESUME
        } else {
            words::QUEUE_ACTIONS_PAUSE
        };
        word.with("name", &name)
    };
    let act = move |_| {
        engine.tell(if paused() {
            Event::Resumed { item: id }
        } else {
            Event::Paused { item: id }
        });
    };
    icon_button(picture, label, act).shown_if(move || {
        let status = status();
        is_active(status) && !matches!(status, Status::Waiting | Status::Processing)
    })
}

/// Retries, and goes away by that: `next` gets the focus.
fn retry(engine: Engine, id: ItemId, name: &str, next: Element) -> El {
    let status = status(engine, id);
    let label = words::QUEUE_ACTIONS_RETRY.with("name", name);
    let act = move |_| {
        engine.tell(Event::Retried { item: id });
        focus::later(next.clone());
    };
    icon_button(|| icons::RETRY, move || label.clone(), act)
        .shown_if(move || matches!(status(), Status::Failed | Status::Cancelled))
}

/// Cancels while the item is on its way, and takes it from the list afterwards.
fn cancel(engine: Engine, id: ItemId, name: String) -> El {
    let status = status(engine, id);
    let active = move || is_active(status());
    let label = move || {
        let word = if active() {
            words::QUEUE_ACTIONS_CANCEL
        } else {
            words::QUEUE_ACTIONS_REMOVE
        };
        word.with("name", &name)
    };
    icon_button(
        || icons::CROSS,
        label,
        move |event| {
            if active() {
                engine.tell(Event::Cancelled { item: id });
            } else {
                let target = event
                    .current_target()
                    .map(JsCast::unchecked_into::<Element>);
                focus_neighbour(target.and_then(|it| it.closest("li").ok().flatten()));
                engine.tell(Event::SetAside { item: id });
            }
        },
    )
}

/// Copies the address of what is stored; `told` says whether that went well.
fn copy(engine: Engine, id: ItemId, name: &str, told: Copied) -> El {
    let label = words::QUEUE_ACTIONS_COPY.with("name", name);
    let address = move || engine.item(id, link).flatten();
    let act = move |event: WebEvent| {
        let place = event.current_target().map(JsCast::unchecked_into);
        if let (Some(address), Some(place)) = (address(), place) {
            let copied = promised(shell::copy(&address, &place));
            let act = move |copied: Result<JsValue, JsValue>| {
                let copied = copied.is_ok_and(|copied| copied.is_truthy());
                // The dialog may have been closed meanwhile.
                told.try_set(Some(copied));
            };
            when(copied, Box::new(act));
        }
    };
    icon_button(|| icons::LINK, move || label.clone(), act).shown_if(move || address().is_some())
}

/// Keeps the focus near a row that goes: the next row's last button, else the one before, else
/// the chooser.
fn focus_neighbour(row: Option<Element>) {
    let Some(row) = row else { return };
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
    if let Some(button) = next {
        // Focusing an element of our own that is shown can't fail.
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

/// The state in words.
fn state(engine: Engine, item: &ItemView<'_>) -> String {
    // Something that was paused before it began is at no percentage.
    let running = item.status == Status::Uploading;
    let permille = item.permille.filter(|permille| running || *permille > 0);
    let far = |still: words::Word, percent: words::Word| match permille {
        None => still.text().to_owned(),
        Some(permille) => percent.with_number("percent", (permille / 10).into()),
    };
    let word = match item.status {
        Status::Waiting => words::QUEUE_STATUSES_WAITING,
        Status::Preparing => words::QUEUE_STATUSES_PREPARING,
        Status::Asking => words::QUEUE_STATUSES_ASKING,
        Status::Elsewhere => words::QUEUE_STATUSES_ELSEWHERE,
        Status::Editing => words::QUEUE_STATUSES_EDITING,
        // Shown in a list of its own.
        Status::Reviewing => words::QUEUE_STATUSES_WAITING,
        Status::Processing => words::QUEUE_STATUSES_PROCESSING,
        Status::Done => words::QUEUE_STATUSES_UPLOADED,
        Status::Cancelled => words::QUEUE_STATUSES_ABORTED,
        Status::Paused => {
            return far(
                words::QUEUE_STATUSES_PAUSED,
                words::QUEUE_STATUSES_PAUSED_PERCENT,
            );
        }
        Status::Uploading => {
            return far(
                words::QUEUE_STATUSES_UPLOADING,
                words::QUEUE_STATUSES_UPLOADING_PERCENT,
            );
        }
        Status::Resting { until, fault } => {
            let status = item.fault.map_or(0, |fault| fault.status).to_string();
            let mut text = words::fault_kind(fault).with("status", &status);
            let seconds = engine.seconds_until(until);
            text.push_str(&words::rest(seconds, page::clock_in(seconds)));
            return text;
        }
        Status::Failed => return item.fault.map(words::fault).unwrap_or_default(),
        Status::Refused => return item.refusal.map(words::refusal).unwrap_or_default(),
    };
    word.text().to_owned()
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
        Kind::Sheet => icons::SHEET,
        Kind::Slides => icons::SLIDES,
        Kind::Code => icons::CODE,
        Kind::Font => icons::FONT,
        Kind::Model => icons::MODEL,
        Kind::Archive => icons::ARCHIVE,
        Kind::Other => icons::FILE,
    }
}
