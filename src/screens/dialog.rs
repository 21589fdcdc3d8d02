//! The dialog: header, chooser, list, footer, and what is said about the last choice.

use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event};

use super::frame::Frame;
use super::tabs::Tabs;
use super::{advanced, edit, footer, list, review, toast};
use crate::look::words::Word;
use crate::look::{icons, words};
use crate::parts::{El, el, icon_button};
use crate::shell::{Engine, Readiness, get};
use crate::sources;

/// The whole widget. `asks` shows the question before closing.
pub fn dialog(frame: &Rc<Frame>, tabs: &Tabs, asks: RwSignal<bool>) -> El {
    let engine = frame.engine;
    let dragging = RwSignal::new(false);
    let message = RwSignal::new(None);
    let end = frame.closed.clone();
    let close = move || {
        if engine.is_idle() {
            end()
        } else {
            asks.set(true)
        }
    };
    let escape = close.clone();
    let cancel = move |event: Event| {
        // A file picker's own `cancel` bubbles through here and means something else.
        if event.target() == event.current_target() {
            event.prevent_default();
            escape();
        }
    };
    let (this, its) = (Rc::downgrade(frame), tabs.clone());
    frame.made_by(Box::new(move || {
        let frame = this.upgrade()?;
        Some(content(
            &frame,
            &its,
            dragging,
            asks,
            message,
            close.clone(),
        ))
    }));
    let whole = if frame.is_inline {
        el("section").class("whole")
    } else {
        el("dialog").class("whole").on("cancel", cancel)
    };
    let whole = whole.attr("aria-labelledby", "title");
    accept_files(whole, engine, tabs.clone(), dragging, message)
}

/// All that is seen. Made anew where the page wants other words, or other options that are seen.
fn content(
    frame: &Rc<Frame>,
    tabs: &Tabs,
    dragging: RwSignal<bool>,
    asks: RwSignal<bool>,
    message: RwSignal<Option<Word>>,
    close: impl Fn() + 'static,
) -> El {
    let engine = frame.engine;
    let multiple = engine.options(|options| options.multiple);
    let (title, target) = if multiple {
        (words::QUEUE_TITLE, words::LOCAL_DROP_TITLE_MULTIPLE)
    } else {
        (words::QUEUE_TITLE_SINGLE, words::LOCAL_DROP_TITLE_SINGLE)
    };
    let heading = el("h2").attr("id", "title").text(title.text());
    let panel = panel(engine, dragging)
        .child(header(frame, heading, close))
        .child(tabs.bar())
        .child(notice(engine, message))
        .child(tabs.panel());
    let more = engine.options(|options| options.flow.show_upload_more_button);
    let panel = if more {
        panel
    } else {
        panel.attr("data-once", "")
    };
    let target = el("p")
        .class("target")
        .attr("aria-hidden", "true")
        .text(target.text());
    let advanced = engine.options(|options| options.flow.show_advanced_options);
    let panel = if advanced {
        panel.child(sources::lately(Rc::new(move || advanced::show(engine))))
    } else {
        panel
    };
    let panel = if engine.options(|options| options.flow.reviews()) {
        panel.child(reviewing(engine, asks))
    } else {
        panel
    };
    let copied = RwSignal::new(None);
    panel
        .child(list::list(engine, copied))
        .child(toast::place(engine, copied))
        .child(foot(frame, asks))
        .child(target)
        .child(editing(engine, asks))
}

/// The footer. Nothing of it is needed before there are files.
fn foot(frame: &Rc<Frame>, asks: RwSignal<bool>) -> El {
    let this = frame.clone();
    let filled = move || match this.engine.summary().total {
        0 => Vec::new(),
        _ => vec![0],
    };
    let this = frame.clone();
    el("div")
        .class("foot")
        .each(filled, move |_| footer::footer(&this, asks))
}

/// What it is, and what makes it go. What is a part of the page stays there.
fn header(frame: &Rc<Frame>, heading: El, close: impl Fn() + 'static) -> El {
    let header = el("header").child(heading);
    if frame.is_inline {
        return header;
    }
    let engine = frame.engine;
    let this = Rc::downgrade(frame);
    let shrink = move |_| {
        if let Some(frame) = this.upgrade() {
            // Making it small can't fail: it only takes things away.
            let _ = frame.minimize();
        }
    };
    let shrink = icon_button(
        || icons::SHRINK,
        || words::QUEUE_MINIMIZE.text().to_owned(),
        shrink,
    );
    let cross = icon_button(
        || icons::CROSS,
        || words::CLOSE.text().to_owned(),
        move |_| close(),
    );
    header
        .child(shrink.shown_if(move || engine.summary().active > 0))
        .child(cross)
}

/// What holds all that is seen, and says in which state it is.
fn panel(engine: Engine, dragging: RwSignal<bool>) -> El {
    let state = move || {
        if engine.summary().total == 0 {
            "empty"
        } else {
            "filled"
        }
    };
    el("div")
        .class("panel")
        .attr("part", "panel")
        .live_attr("data-state", move || Some(state().to_owned()))
        .live_attr("data-dragging", move || dragging.get().then(String::new))
        .live_attr("data-editing", move || {
            engine.summary().editing.is_some().then(String::new)
        })
}

/// The picture that is to be cropped, over all the rest.
fn editing(engine: Engine, asks: RwSignal<bool>) -> El {
    // Apart from the summary, which changes all the time: what is set anew is made anew.
    let current: RwSignal<Option<ItemId>> = RwSignal::new(None);
    let keys = move || {
        let item = current.get();
        item.map(|item| item.0).into_iter().collect()
    };
    el("div")
        .class("editing")
        .live(Box::new(move |_| {
            let item = engine.summary().editing;
            if current.get_untracked() != item {
                current.set(item);
            }
        }))
        .shown_if(move || !asks.get())
        .each(keys, move |id| {
            sources::lately(Rc::new(move || edit::show(engine, ItemId(id))))
        })
}

/// The files that wait until a person sends them, and the description of one of them, over all the
/// rest.
fn reviewing(engine: Engine, asks: RwSignal<bool>) -> El {
    let desk = review::Desk::new(engine);
    let shown = RwSignal::new(false);
    let keys = move || if shown.get() { vec![0] } else { Vec::new() };
    let described = move || desk.open.get().into_iter().collect();
    let list = el("div").class("reviewing").each(keys, move |_| {
        sources::lately(Rc::new(move || review::show(desk)))
    });
    let sheet = el("div")
        .class("describing")
        .shown_if(move || !asks.get())
        .each(described, move |id| {
            sources::lately(Rc::new(move || review::describe(desk, id)))
        });
    list.live(Box::new(move |_| {
        let summary = engine.summary();
        // One that is cropped anew is coming back.
        let some = summary.reviewing > 0 || (shown.get_untracked() && summary.to_edit > 0);
        if shown.get_untracked() != some {
            shown.set(some);
        }
    }))
    .child(sheet)
}

/// Makes the whole dialog a place to drop on and to paste into.
fn accept_files(
    dialog: El,
    engine: Engine,
    tabs: Tabs,
    dragging: RwSignal<bool>,
    message: RwSignal<Option<Word>>,
) -> El {
    let over = move |event: Event| {
        // Whatever it is: the browser would follow a dropped link, and the page would be gone.
        event.prevent_default();
        if sources::drop::has_files(event.unchecked_ref::<DragEvent>().data_transfer()) {
            dragging.set(true);
            engine.prepare();
        }
    };
    let leave = move |event: Event| {
        // Leaving one element for another inside the dialog is not leaving.
        if event
            .unchecked_ref::<DragEvent>()
            .related_target()
            .is_none()
        {
            dragging.set(false);
        }
    };
    let take = move |event: Event| {
        event.prevent_default();
        dragging.set(false);
        let dropped = sources::drop::read(event.unchecked_ref::<DragEvent>().data_transfer());
        let said = move |nothing: bool| {
            // The dialog may have been closed meanwhile.
            message.try_set(nothing.then_some(words::UPLOADER_ERRORS_NO_FILES));
        };
        said(dropped.is_empty());
        if !dropped.has_folders() {
            return engine.pick(dropped.into_files());
        }
        // Thousands of files take the browser some seconds.
        message.set(Some(words::QUEUE_STATUSES_PREPARING));
        dropped.walk(Box::new(move |files| match files {
            Some(files) => {
                said(files.is_empty());
                engine.pick(files);
            }
            None => {
                message.try_set(Some(words::UPLOADER_ERRORS_NOT_LOADED));
            }
        }));
    };
    let pasted = move |event: Event| {
        let files = sources::paste::read(event.unchecked_ref());
        if !files.is_empty() {
            event.prevent_default();
            message.set(None);
            engine.pick(files);
        } else if !is_field(&event) && tabs.take_text(&sources::paste::text(event.unchecked_ref()))
        {
            event.prevent_default();
        }
    };
    dialog
        .on("dragover", over)
        .on("dragleave", leave)
        .on("drop", take)
        .on("paste", pasted)
}

/// Whether an event goes to a field, whose own affair a text is.
fn is_field(event: &Event) -> bool {
    let target = event.composed_path().get(0);
    let name = get(&target, "localName").as_string().unwrap_or_default();
    name == "input" || name == "textarea"
}

/// What was left out of the last choice, and why.
fn notice(engine: Engine, message: RwSignal<Option<Word>>) -> El {
    let said = move || {
        match engine.readiness() {
            Readiness::Ready => {}
            Readiness::Fetching => return words::QUEUE_STATUSES_PREPARING.text().to_owned(),
            Readiness::Failing => return words::UPLOADER_ERRORS_NOT_LOADED.text().to_owned(),
        }
        let left_out = engine.summary().left_out;
        if left_out == 0 {
            return message
                .get()
                .map_or_else(String::new, |word| word.text().to_owned());
        }
        let max = engine.options(|options| options.files_max());
        let text = words::count(
            words::UPLOADER_ERRORS_MAX_NUMBER_OF_FILES_ONE,
            words::UPLOADER_ERRORS_MAX_NUMBER_OF_FILES,
            "max",
            max,
        );
        words::fill(&text, "left", &words::number(left_out.into()))
    };
    let mut listed = 0;
    el("p")
        .class("notice")
        .live(Box::new(move |_| {
            // What was wrong with an earlier choice is over once there is another one.
            let total = engine.summary().total;
            if total > listed {
                message.set(None);
            }
            listed = total;
        }))
        .live_attr("role", move || {
            // Waiting is no reason to interrupt anybody.
            let waits = matches!(engine.readiness(), Readiness::Fetching);
            Some(if waits { "status" } else { "alert" }.to_owned())
        })
        .shown_if(move || !said().is_empty())
        .live_text(said)
}
