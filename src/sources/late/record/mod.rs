//! Photos and films of the camera, pictures and films of the screen, recordings of the microphone:
//! what a person sees of them. What runs behind is `booth`.

mod booth;

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use self::booth::{Booth, Kind, Stage};
use crate::look::{icons, words};
use crate::parts::{El, button, el, icon, style};
use crate::shell::{self, Engine, get};

/// The camera's place.
pub fn camera(engine: Engine) -> El {
    show(Booth::new(engine, Kind::Camera))
}

/// The screen's.
pub fn screen(engine: Engine) -> El {
    show(Booth::new(engine, Kind::Screen))
}

/// The microphone's.
pub fn audio(engine: Engine) -> El {
    show(Booth::new(engine, Kind::Audio))
}

fn show(booth: Rc<Booth>) -> El {
    let stage = booth.stage;
    let whole = el("div")
        .class("booth")
        .attr("data-kind", kind_name(booth.kind))
        .live_attr("data-stage", move || {
            Some(stage_name(&stage.get()).to_owned())
        });
    let (mirror, kind) = (booth.mirror, booth.kind);
    let scene = el("div")
        .class("scene")
        .live_attr("data-mirror", move || {
            (mirror.get() && kind == Kind::Camera).then(String::new)
        })
        .child(el("span").class("mark").child(icon(symbol(kind))))
        .child(count(stage))
        .child(meter(&booth));
    let node: Node = scene.node();
    let canvas: Element = booth.canvas.clone().into();
    let film = words::CAMERA_FILM_ALT.text();
    // Setting an attribute of a valid name can't fail.
    let _ = booth.review.set_attribute("aria-label", film);
    let places: [&Element; 3] = [&booth.live, &booth.review, &canvas];
    for place in places {
        // Appending a new element to one of ours can't fail.
        let _ = node.append_child(place);
    }
    whole
        .child(scene)
        .child(said(&booth))
        .child(actions(&booth))
        .live(focus_main(stage))
        .hold(booth)
}

/// The seconds before a photo, for eyes; ears hear of them by what is said.
fn count(stage: RwSignal<Stage>) -> El {
    el("span")
        .class("count")
        .attr("aria-hidden", "true")
        .live_text(move || match stage.get() {
            Stage::Counting(left) => left.to_string(),
            _ => String::new(),
        })
}

/// How loud it is, so that people see that they are heard.
fn meter(booth: &Booth) -> El {
    let loudness = booth.loudness;
    let fill = el("span").live(Box::new(move |node| {
        let mut width = loudness.get().to_string();
        width.push('%');
        style(node, "inline-size", &width);
    }));
    el("span")
        .class("meter")
        .attr("aria-hidden", "true")
        .child(fill)
}

/// What there is to read, which is also what is said aloud.
fn said(booth: &Rc<Booth>) -> El {
    let this = booth.clone();
    let text = move || match this.stage.get() {
        Stage::Off => explanation(this.kind).text().to_owned(),
        Stage::Starting => words::CAMERA_STARTING.text().to_owned(),
        Stage::Live | Stage::Photo => String::new(),
        Stage::Counting(left) => left.to_string(),
        Stage::Recording => words::CAMERA_RECORDING.text().to_owned(),
        Stage::Playing(true) => String::new(),
        Stage::Playing(false) => words::CAMERA_UNSEEN.text().to_owned(),
        Stage::Trouble(code) => trouble(&code).with("device", device(this.kind).text()),
    };
    let stage = booth.stage;
    let clock = clock(booth).shown_if(move || stage.get() == Stage::Recording);
    let whole = el("p")
        .class("said")
        .child(el("span").attr("role", "status").live_text(text))
        .child(clock);
    // Appending a new element to one of ours can't fail.
    let _ = whole.node::<Node>().append_child(&booth.length);
    whole
}

fn clock(booth: &Booth) -> El {
    let (clock, most) = (booth.clock, booth.ms_max());
    el("span").class("clock").live_text(move || {
        let mut text = minutes(clock.get() / 1_000);
        text.push_str(" / ");
        text.push_str(&minutes(most / 1_000));
        text
    })
}

/// `3:07`.
fn minutes(seconds: u32) -> String {
    let mut text = (seconds / 60).to_string();
    text.push_str(if seconds % 60 < 10 { ":0" } else { ":" });
    text.push_str(&(seconds % 60).to_string());
    text
}

/// What can be done at each stage. One group of buttons for each.
fn actions(booth: &Rc<Booth>) -> El {
    let stage = booth.stage;
    let on = move |fits: fn(&Stage) -> bool| move || fits(&stage.get());
    let act = |class: &str, word: words::Word, act: fn(&Booth)| {
        let this = booth.clone();
        button(class, word.text(), move || act(&this))
    };
    let again = act("main", words::CAMERA_RETRY, Booth::start)
        .shown_if(on(|stage| matches!(stage, Stage::Trouble(_))));
    let begin = act("main", turn_on(booth.kind), Booth::start)
        .shown_if(on(|stage| matches!(stage, Stage::Off)));
    // While the browser asks, too: the button that asked is gone, and the focus needs a place.
    let leave = act("main", words::CAMERA_CANCEL, Booth::off)
        .shown_if(on(|stage| *stage == Stage::Starting));
    let hold = act("main", words::CAMERA_CANCEL, Booth::hold)
        .shown_if(on(|stage| matches!(stage, Stage::Counting(_))));
    let reviewing = on(|stage| matches!(stage, Stage::Photo | Stage::Playing(_)));
    let take = act("main", words::CAMERA_USE, Booth::take).shown_if(reviewing);
    let retake = act("", words::CAMERA_AGAIN, Booth::again).shown_if(reviewing);
    let recording = on(|stage| *stage == Stage::Recording);
    let paused = booth.paused;
    let this = booth.clone();
    let pause = button("", "", move || this.pause())
        .live_text(move || {
            let word = if paused.get() {
                words::CAMERA_RESUME
            } else {
                words::CAMERA_PAUSE
            };
            word.text().to_owned()
        })
        .shown_if(recording);
    let finish = act("main", words::CAMERA_FINISH, Booth::finish).shown_if(recording);
    el("div")
        .class("acts")
        .child(again)
        .child(begin)
        .child(leave)
        .child(hold)
        .child(take)
        .child(retake)
        .child(finish)
        .child(pause)
        .child(live(booth))
}

/// What can be done while it is on.
fn live(booth: &Rc<Booth>) -> El {
    let stage = booth.stage;
    let act = |class: &str, word: words::Word, act: fn(&Booth)| {
        let this = booth.clone();
        button(class, word.text(), move || act(&this))
    };
    let mut group = el("span")
        .class("acts on")
        .shown_if(move || stage.get() == Stage::Live);
    if booth.kind != Kind::Audio {
        group = group.child(act("main", words::CAMERA_TAKE_PIC, Booth::shoot));
    }
    let record = if booth.kind == Kind::Audio {
        "main"
    } else {
        ""
    };
    group = group.child(act(record, words::CAMERA_RECORD, Booth::record));
    if booth.kind == Kind::Camera {
        group = group.child(mirror(booth)).child(delay(booth));
    }
    if booth.kind != Kind::Screen {
        group = group.child(devices(booth));
    }
    if booth.kind == Kind::Camera {
        group = group.child(turn_round(booth));
    }
    group.child(act("", words::CAMERA_OFF, Booth::off))
}

/// Shows the picture as in a mirror, and takes it so.
fn mirror(booth: &Booth) -> El {
    let mirror = booth.mirror;
    button("", words::CAMERA_MIRROR.text(), move || {
        mirror.update(|mirror| *mirror = !*mirror);
    })
    .live_attr("aria-pressed", move || Some(mirror.get().to_string()))
}

/// Seconds between the button and the photo.
fn delay(booth: &Booth) -> El {
    let delay = booth.delay;
    let mut choice = el("select")
        .attr("aria-label", words::CAMERA_TIMER.text())
        .on("change", move |event| {
            let target = event.current_target().map(Into::into);
            let value = get(&target.unwrap_or_default(), "value").as_string();
            delay.set(value.and_then(|value| value.parse().ok()).unwrap_or(0));
        });
    for seconds in ["0", "3", "10"] {
        let text = if seconds == "0" {
            words::CAMERA_TIMER_OFF.text().to_owned()
        } else {
            words::CAMERA_TIMER_SECONDS.with("seconds", seconds)
        };
        choice = choice.child(el("option").attr("value", seconds).text(&text));
    }
    choice
}

/// Which camera or microphone, where two can't just be switched.
fn devices(booth: &Rc<Booth>) -> El {
    let (list, chosen, this) = (booth.devices, booth.device, booth.clone());
    let few = if booth.kind == Kind::Camera { 2 } else { 1 };
    let keys = move || (0..u32::try_from(list.get().len()).unwrap_or(0)).collect();
    let option = move |at: u32| {
        let find = move || list.get().get(at as usize).cloned().unwrap_or_default();
        el("option")
            .live_attr("value", move || Some(find().0))
            .live_attr("selected", move || {
                (find().0 == chosen.get()).then(String::new)
            })
            .live_text(move || {
                let (_, label) = find();
                if label.is_empty() {
                    (at + 1).to_string()
                } else {
                    label
                }
            })
    };
    el("select")
        .attr("aria-label", device(booth.kind).text())
        .on("change", move |event| {
            let target = event.current_target().map(Into::into);
            let value = get(&target.unwrap_or_default(), "value").as_string();
            this.device.set(value.unwrap_or_default());
            this.start();
        })
        .shown_if(move || list.get().len() > few)
        .each(keys, option)
}

/// The camera that looks the other way; of use where there are two.
fn turn_round(booth: &Rc<Booth>) -> El {
    let (this, list) = (booth.clone(), booth.devices);
    button("", words::CAMERA_SWITCH.text(), move || {
        let front = !this.front.get_untracked();
        this.front.set(front);
        // By name and not by direction where it is known which others there are.
        let devices = this.devices.get_untracked();
        let chosen = this.device.get_untracked();
        let at = devices.iter().position(|(id, _)| *id == chosen);
        let next = at.map(|at| (at + 1) % devices.len());
        let next = next.and_then(|next| devices.get(next));
        this.device
            .set(next.map(|(id, _)| id.clone()).unwrap_or_default());
        this.start();
    })
    .shown_if(move || list.get().len() == 2)
}

/// The button that had the focus goes away at each stage: the next one's main button has it then.
fn focus_main(stage: RwSignal<Stage>) -> Box<dyn FnMut(&Element)> {
    let mut last = None;
    Box::new(move |whole| {
        let name = stage_name(&stage.get());
        let before = last.replace(name);
        if before.is_none_or(|before| before == name) {
            return;
        }
        let whole = whole.clone();
        shell::later(Box::new(move || {
            let shown = whole.query_selector("button.main:not([hidden], [hidden] *)");
            if let Ok(Some(button)) = shown {
                // Focusing an element of our own can't fail.
                let _ = button.unchecked_into::<HtmlElement>().focus();
            }
        }));
    })
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Camera => "camera",
        Kind::Screen => "screen",
        Kind::Audio => "audio",
    }
}

const fn symbol(kind: Kind) -> &'static str {
    match kind {
        Kind::Camera => icons::CAMERA,
        Kind::Screen => icons::SCREEN,
        Kind::Audio => icons::MICROPHONE,
    }
}

const fn device(kind: Kind) -> words::Word {
    match kind {
        Kind::Camera => words::MENU_CAMERA,
        Kind::Screen => words::MENU_SCREEN,
        Kind::Audio => words::MENU_AUDIO,
    }
}

const fn turn_on(kind: Kind) -> words::Word {
    match kind {
        Kind::Camera => words::CAMERA_CAPTURE,
        Kind::Screen => words::CAMERA_SHARE,
        Kind::Audio => words::CAMERA_LISTEN,
    }
}

const fn explanation(kind: Kind) -> words::Word {
    match kind {
        Kind::Camera => words::CAMERA_EXPLANATION,
        Kind::Screen => words::CAMERA_EXPLANATION_SCREEN,
        Kind::Audio => words::CAMERA_EXPLANATION_AUDIO,
    }
}

const fn stage_name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Off => "off",
        Stage::Starting => "starting",
        Stage::Live => "live",
        Stage::Counting(_) => "counting",
        Stage::Recording => "recording",
        Stage::Photo => "photo",
        Stage::Playing(true) => "playing",
        Stage::Playing(false) => "unseen",
        Stage::Trouble(_) => "trouble",
    }
}

fn trouble(code: &str) -> words::Word {
    match code {
        "denied" => words::CAMERA_ERRORS_DENIED,
        "dismissed" => words::CAMERA_ERRORS_DISMISSED,
        "policy" => words::CAMERA_ERRORS_POLICY,
        "missing" => words::CAMERA_ERRORS_MISSING,
        "busy" => words::CAMERA_ERRORS_BUSY,
        "insecure" => words::CAMERA_ERRORS_INSECURE,
        "lost" => words::CAMERA_ERRORS_LOST,
        "empty" => words::CAMERA_ERRORS_EMPTY,
        _ => words::CAMERA_ERRORS_UNSUPPORTED,
    }
}
