//! The foot of the dialog: progress of all, what can be done with all, and the question before
//! closing while uploads run.

use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::batch::Summary;
use web_sys::Element;

use super::focus;
use super::frame::Frame;
use crate::look::words::{self, Word};
use crate::parts::{El, button, el, progress};
use crate::shell::{self, Engine};

/// The footer. `asks` shows the question before closing.
#[inline(never)]
pub fn footer(frame: &Rc<Frame>, asks: RwSignal<bool>) -> El {
    let (engine, closed) = (frame.engine, frame.closed.clone());
    let [bar, sum, said] = account(engine);
    let this = frame.clone();
    let mut ran = false;
    let whole = el("footer");
    if !frame.is_inline {
        focus::rescue(whole.node());
    }
    whole
        .live(Box::new(move |_| {
            let runs = this.engine.summary().active > 0;
            if runs != ran {
                turned(&this, runs);
            }
            ran = runs;
        }))
        .child(bar)
        .child(
            el("p")
                .class("off")
                .attr("role", "status")
                .live_text(move || offline(&engine.summary())),
        )
        .child(sum)
        .child(said)
        .child(actions(engine, closed.clone()).shown_if(move || !asks.get()))
        .child(question(engine, asks, closed).shown_if(move || asks.get()))
}

/// What the page wants to happen by itself when uploads begin and when they end.
fn turned(frame: &Rc<Frame>, runs: bool) {
    let engine = frame.engine;
    let (shrinks, closes) = engine.options(|options| {
        let flow = &options.flow;
        let closes = flow.single_upload_auto_close && !options.multiple;
        (flow.auto_minimize && !frame.is_inline, closes)
    });
    if runs && shrinks {
        let this = frame.clone();
        shell::later(Box::new(move || {
            // Making it small can't fail: it only takes things away.
            let _ = this.minimize();
        }));
    } else if !runs && closes && engine.summary().done > 0 {
        frame.close_later();
    }
}

/// How far all is: as a bar, in words, and for ears.
pub fn account(engine: Engine) -> [El; 3] {
    let summary = move || engine.summary();
    let bar = progress(words::QUEUE_OVERALL.text(), move || {
        Some(summary().permille)
    });
    let bar = el("span").class("all").child(bar);
    let said = el("p").class("sr").attr("role", "status");
    [
        bar.shown_if(move || summary().active > 0),
        el("p").class("sum").live_text(move || in_words(&summary())),
        said.live_text(move || aloud(&summary())),
    ]
}

/// What there is only when nothing runs.
pub fn at_rest(engine: Engine, element: El) -> El {
    element.shown_if(move || engine.summary().active == 0)
}

/// What can be done with all.
fn actions(engine: Engine, closed: Rc<dyn Fn()>) -> El {
    let busy = move || engine.summary().active > 0;
    let runs = move || engine.summary().active > engine.summary().paused;
    let rests = move || engine.summary().paused > 0;
    let acts = el("span").class("acts");
    let inside: Element = acts.node();
    // Each button goes away by what it does.
    let act = move |event: Event| {
        engine.tell(event);
        focus::chooser(&inside);
    };
    let [again, pause, resume] = [act.clone(), act.clone(), act.clone()];
    let pause = button("", words::QUEUE_PAUSE_ALL.text(), move || {
        pause(Event::AllPaused);
    });
    let resume = button("", words::QUEUE_RESUME_ALL.text(), move || {
        resume(Event::AllResumed);
    });
    let cancel = button("", words::QUEUE_ABORT_ALL.text(), move || {
        act(Event::AllCancelled);
    });
    let retry = button("", words::QUEUE_RETRY_FAILED.text(), move || {
        again(Event::AllRetried);
    });
    let done = button("main", words::QUEUE_DONE.text(), move || closed());
    let shows = engine.options(|options| options.flow.show_completed_button);
    let show = button("", words::QUEUE_SHOW_COMPLETED.text(), move || {
        engine.show_completed();
    });
    acts.child(pause.shown_if(runs))
        .child(resume.shown_if(rests))
        .child(cancel.shown_if(busy))
        .child(retry.shown_if(move || engine.summary().failed > 0))
        .child(show.shown_if(move || shows && engine.summary().done > 0))
        .child(done.shown_if(move || {
            let summary = engine.summary();
            summary.active + summary.reviewing == 0
        }))
}

/// The question before closing while uploads run. It has the focus while it stands, and goes by
/// itself when nothing is left to stop.
fn question(engine: Engine, asks: RwSignal<bool>, closed: Rc<dyn Fn()>) -> El {
    let whole = el("span").class("acts ask");
    let inside: Element = whole.node();
    // What has not been sent is thrown away; what is under way is stopped.
    let either = move |running: Word, reviewing: Word| {
        move || {
            let word = if engine.summary().active > 0 {
                running
            } else {
                reviewing
            };
            word.text().to_owned()
        }
    };
    let keep = button("", "", move || {
        asks.set(false);
        focus::chooser(&inside);
    });
    let keep = keep.live_text(either(
        words::UPLOADER_CLOSE_KEEP,
        words::UPLOADER_CLOSE_REVIEW_KEEP,
    ));
    let first: Element = keep.node();
    let asked = move |_: &Element| {
        if asks.get() {
            focus::later(first.clone());
        }
    };
    let settled = move |node: &Element| {
        if engine.summary().active + engine.summary().reviewing == 0 && asks.get_untracked() {
            asks.set(false);
            focus::chooser(node);
        }
    };
    let stop = button("main", "", move || closed());
    let stop = stop.live_text(either(
        words::UPLOADER_CLOSE_STOP,
        words::UPLOADER_CLOSE_REVIEW_STOP,
    ));
    whole
        .live(Box::new(asked))
        .live(Box::new(settled))
        .attr("role", "alertdialog")
        .attr("aria-labelledby", "ask")
        .child(el("span").attr("id", "ask").live_text(either(
            words::UPLOADER_CLOSE_MID_UPLOAD,
            words::UPLOADER_CLOSE_REVIEW,
        )))
        .child(keep)
        .child(stop)
}

/// The batch in one line: what runs, or what came of it.
fn in_words(summary: &Summary) -> String {
    if summary.active > 0 {
        let total = summary.active + summary.done + summary.failed;
        let text = if summary.active == summary.paused {
            words::QUEUE_SUMMARY_PAUSED.with_number("total", total.into())
        } else {
            words::count(
                words::QUEUE_SUMMARY_ACTIVE_ONE,
                words::QUEUE_SUMMARY_ACTIVE,
                "total",
                total,
            )
        };
        let mut text = words::fill(&text, "done", &words::number(summary.done.into()));
        let rate = summary.rate.map(words::size);
        let rate = rate.map(|size| words::QUEUE_SUMMARY_RATE.with("size", &size));
        let pace = [rate, summary.left_s.map(words::left)];
        // Without a network the last pace says nothing.
        for part in pace.into_iter().flatten().filter(|_| !summary.offline) {
            text.push_str(" · ");
            text.push_str(&part);
        }
        return text;
    }
    let mut parts = Vec::new();
    for (n, one, many, name) in [
        (
            summary.done,
            words::QUEUE_SUMMARY_DONE_ONE,
            words::QUEUE_SUMMARY_DONE,
            "done",
        ),
        (
            summary.failed,
            words::QUEUE_SUMMARY_FAILED_ONE,
            words::QUEUE_SUMMARY_FAILED,
            "failed",
        ),
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

/// What to know while there is no network.
fn offline(summary: &Summary) -> String {
    let waits = summary.offline && summary.active > summary.paused;
    let text = if waits {
        words::QUEUE_SUMMARY_OFFLINE.text()
    } else {
        ""
    };
    text.to_owned()
}

/// The batch for ears: said at the start, at each quarter and at the end, never more often.
fn aloud(summary: &Summary) -> String {
    let ended = summary.done + summary.failed + summary.cancelled;
    let quarter = (4 * ended).checked_div(ended + summary.active).unwrap_or(4);
    if summary.active == 0 {
        in_words(summary)
    } else if quarter == 0 {
        words::QUEUE_STATUSES_UPLOADING.text().to_owned()
    } else {
        words::QUEUE_STATUSES_UPLOADING_PERCENT.with_number("percent", (25 * quarter).into())
    }
}
