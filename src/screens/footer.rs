//! The foot of the dialog: progress of all, what can be done with all, and the question before
//! closing while uploads run.

use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::batch::Summary;
use send_wrapper::SendWrapper;

use crate::look::words;
use crate::parts::{Flag, flag, progress, text};
use crate::shell::Engine;

/// The footer. `asks` shows the question; `closed` closes for good.
pub fn footer(
    engine: Engine,
    asks: RwSignal<bool>,
    closed: SendWrapper<Rc<dyn Fn()>>,
) -> AnyView {
    let summary = move || engine.summary();
    let permille = move || Some(engine.summary().permille);
    let stop = closed.clone();
    let idle = move || summary().active == 0;
    view! {
        <footer hidden=flag(move || summary().total == 0)>
            <span class="all" hidden=flag(idle)>
                {progress(text(|| words::QUEUE_OVERALL.text().to_owned()), permille)}
            </span>
            <p class="sum">{text(move || in_words(&summary()))}</p>
            <p class="sr" role="status">{text(move || aloud(&summary()))}</p>
            <span class="acts" hidden=flag(move || asks.get())>
                {push(words::QUEUE_ABORT_ALL, "", flag(idle), move || {
                    engine.tell(Event::AllCancelled);
                })}
                {push(words::QUEUE_RETRY_FAILED, "", flag(move || summary().failed == 0), move || {
                    engine.tell(Event::AllRetried);
                })}
                {push(words::QUEUE_DONE, "main", flag(move || !idle()), move || closed())}
            </span>
            <span class="acts ask" role="alertdialog" aria-labelledby="ask"
                hidden=flag(move || !asks.get())>
                <span id="ask">{words::UPLOADER_CLOSE_MID_UPLOAD.text()}</span>
                {push(words::UPLOADER_CLOSE_KEEP, "", flag(|| false), move || asks.set(false))}
                {push(words::UPLOADER_CLOSE_STOP, "main", flag(|| false), move || stop())}
            </span>
        </footer>
    }
    .into_any()
}

fn push(
    word: words::Word,
    class: &'static str,
    hidden: Flag,
    mut act: impl FnMut() + 'static,
) -> AnyView {
    let act: Box<dyn FnMut(leptos::ev::MouseEvent)> = Box::new(move |_| act());
    view! {
        <button type="button" class=class hidden=hidden on:click=act>{word.text()}</button>
    }
    .into_any()
}

/// The batch in one line: what runs, or what came of it.
fn in_words(summary: &Summary) -> String {
    if summary.active > 0 {
        let total = summary.active + summary.done + summary.failed;
        let text = words::count(
            words::QUEUE_SUMMARY_ACTIVE_ONE,
            words::QUEUE_SUMMARY_ACTIVE,
            "total",
            total,
        );
        return words::fill(&text, "done", &summary.done.to_string());
    }
    let mut parts = Vec::new();
    for (n, one, many, name) in [
        (summary.done, words::QUEUE_SUMMARY_DONE_ONE, words::QUEUE_SUMMARY_DONE, "done"),
        (summary.failed, words::QUEUE_SUMMARY_FAILED_ONE, words::QUEUE_SUMMARY_FAILED, "failed"),
        (
            summary.refused,
            words::QUEUE_SUMMARY_REFUSED_ONE,
            words::QUEUE_SUMMARY_REFUSED,
            "refused",
        ),
        (
            summary.cancelled,
            words::QUEUE_SUMMARY_CANCELLED_ONE,
            words::QUEUE_SUMMARY_CANCELLED,
            "cancelled",
        ),
    ] {
        if n > 0 {
            parts.push(words::count(one, many, name, n));
        }
    }
    parts.join(", ")
}

/// The same for ears: said at the start, at each quarter and at the end, never more often.
fn aloud(summary: &Summary) -> String {
    let ended = summary.done + summary.failed + summary.cancelled;
    let quarter = (4 * ended).checked_div(ended + summary.active).unwrap_or(4);
    if summary.active == 0 {
        in_words(summary)
    } else if quarter == 0 {
        words::QUEUE_STATUSES_UPLOADING.text().to_owned()
    } else {
        words::QUEUE_STATUSES_UPLOADING_PERCENT.with("percent", &(25 * quarter).to_string())
    }
}
