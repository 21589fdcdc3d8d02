//! The dialog: header, chooser, list, footer, and the question before closing.

use std::rc::Rc;

use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::DragEvent;

use super::{footer, row};
use crate::look::{icons, words};
use crate::parts::{flag, icon_button, text};
use crate::shell::Engine;
use crate::sources;

/// The whole dialog. `asks` shows the question before closing.
pub fn dialog(
    engine: Engine,
    asks: RwSignal<bool>,
    node: NodeRef<Dialog>,
    closed: Rc<dyn Fn()>,
) -> AnyView {
    let closed = SendWrapper::new(closed);
    let close = {
        let closed = closed.clone();
        move || if engine.is_idle() { closed() } else { asks.set(true) }
    };
    let dragging = RwSignal::new(false);
    let message = RwSignal::new(String::new());
    let cancel = {
        let close = close.clone();
        move |event: ev::Event| {
            // A file picker's own `cancel` bubbles through here and means something else.
            if event.target() == event.current_target() {
                event.prevent_default();
                close();
            }
        }
    };
    let over = move |event: DragEvent| {
        if sources::local::has_files(event.data_transfer()) {
            event.prevent_default();
            dragging.set(true);
        }
    };
    let leave = move |event: DragEvent| {
        // Leaving one element for another inside the dialog is not leaving.
        if event.related_target().is_none() {
            dragging.set(false);
        }
    };
    let drop = move |event: DragEvent| {
        event.prevent_default();
        dragging.set(false);
        let (files, folders) = sources::local::dropped(&event);
        message.set(String::new());
        if folders {
            message.set(words::UPLOADER_ERRORS_FOLDERS.text().to_owned());
        } else if files.is_empty() {
            message.set(words::UPLOADER_ERRORS_NO_FILES.text().to_owned());
        }
        if !files.is_empty() {
            engine.pick(files);
        }
    };
    let multiple = engine.options(|options| options.multiple);
    let title = if multiple { words::QUEUE_TITLE } else { words::QUEUE_TITLE_SINGLE };
    let target = if multiple {
        words::LOCAL_DROP_TITLE_MULTIPLE
    } else {
        words::LOCAL_DROP_TITLE_SINGLE
    };
    let state = move || if engine.summary().total == 0 { "empty" } else { "filled" };
    let wanted = engine.options(|options| options.sources.clone());
    let shown = sources::ALL.iter().filter(|(source, _)| wanted.contains(source));
    let header_close = close.clone();
    view! {
        <dialog
            node_ref=node
            aria-labelledby="title"
            on:cancel:undelegated=cancel
            on:dragover=over
            on:dragleave=leave
            on:drop=drop
        >
            <div class="panel" data-state=state data-dragging=move || dragging.get().to_string()>
                <header>
                    <h2 id="title">{title.text()}</h2>
                    {icon_button(
                        icons::CROSS,
                        text(|| words::CLOSE.text().to_owned()),
                        flag(|| false),
                        move |_| header_close(),
                    )}
                </header>
                {notice(engine, message)}
                {shown.map(|(_, show)| show(engine)).collect_view()}
                <ul class="list" aria-label=words::QUEUE_LIST.text()>
                    <For each=move || engine.ids() key=|id| *id let:id>
                        {row::row(engine, id)}
                    </For>
                </ul>
                {footer::footer(engine, asks, closed)}
                <p class="target" aria-hidden="true">{target.text()}</p>
            </div>
        </dialog>
    }
    .into_any()
}

/// What was left out of the last choice, and why.
fn notice(engine: Engine, message: RwSignal<String>) -> AnyView {
    let said = move || {
        let left_out = engine.summary().left_out;
        if left_out == 0 {
            return message.get();
        }
        let max = engine.options(|options| {
            if options.multiple { options.max_files.unwrap_or(u32::MAX) } else { 1 }
        });
        let text = words::count(
            words::UPLOADER_ERRORS_MAX_NUMBER_OF_FILES_ONE,
            words::UPLOADER_ERRORS_MAX_NUMBER_OF_FILES,
            "max",
            max,
        );
        words::fill(&text, "left", &left_out.to_string())
    };
    view! {
        <p class="notice" role="alert" hidden=flag(move || said().is_empty())>
            {text(said)}
        </p>
    }
    .into_any()
}
