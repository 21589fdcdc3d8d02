//! What people may set for the next files where the page lets them: public ID, tags and upload
//! preset, behind a button. Fetched when first shown.

use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::protocol::public_id;
use web_sys::{Element, Event as DomEvent};

use super::tags;
use crate::look::{icons, words};
use crate::parts::{El, el, icon};
use crate::shell::{Engine, get, set};

/// A public ID is told when nothing is typed for so long.
const STILL: Duration = Duration::from_millis(400);

/// The button, and what it opens.
#[inline(never)]
pub fn show(engine: Engine) -> El {
    let open = RwSignal::new(false);
    let toggle = el("button")
        .attr("type", "button")
        .class("more")
        .attr("aria-controls", "advanced")
        .live_attr("aria-expanded", move || Some(open.get().to_string()))
        .child(el("span").text(words::ADVANCED.text()))
        .child(icon(icons::EXPAND))
        .on("click", move |_| open.update(|open| *open = !*open));
    // Made when it is first opened: presets are asked for then.
    let opened = RwSignal::new(false);
    let keys = move || if opened.get() { vec![0] } else { Vec::new() };
    el("div")
        .class("advanced")
        .child(toggle)
        .child(
            el("div")
                .class("form")
                .attr("id", "advanced")
                .shown_if(move || open.get())
                .each(keys, move |_| form(engine)),
        )
        .live(Box::new(move |_| {
            if open.get() && !opened.get_untracked() {
                opened.set(true);
            }
        }))
}

fn form(engine: Engine) -> El {
    let tags = engine.options(|options| options.tags.clone());
    let changed = Rc::new(move |tags| engine.tell(Event::TagsEdited { tags }));
    let chooses = engine.options(|options| options.asks.get_upload_presets);
    let whole = el("div")
        .class("form-rows")
        .child(name(engine))
        .child(tags::field(engine, "advanced-tags", tags, changed));
    if chooses {
        whole.child(presets(engine))
    } else {
        whole
    }
}

/// The public ID.
fn name(engine: Engine) -> El {
    let now = engine.options(|options| options.public_id.clone().unwrap_or_default());
    let told = StoredValue::new(now.clone());
    let wrong = RwSignal::new(false);
    let timer: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    let tell = move |text: String| {
        if let Some(Some(timer)) = timer.try_get_value() {
            timer.clear();
        }
        // The dialog may have been closed meanwhile.
        if told.try_get_value().is_none_or(|known| known == text) {
            return;
        }
        told.set_value(text.clone());
        wrong.set(!text.is_empty() && public_id::check(&text).is_err());
        let public_id = (!text.is_empty()).then_some(text);
        engine.tell(Event::PublicIdEdited { public_id });
    };
    let value = |event: &DomEvent| {
        let value = event.current_target().map(|target| get(&target, "value"));
        let text = value.and_then(|value| value.as_string());
        text.unwrap_or_default().trim().to_owned()
    };
    let input = el("input")
        .class("field")
        .attr("id", "advanced-id")
        .attr("type", "text")
        .attr("dir", "ltr")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("maxlength", "255")
        .attr("placeholder", words::ADVANCED_OPTIONS_PUBLIC_ID_PH.text())
        .attr("aria-describedby", "advanced-id-wrong advanced-id-hint")
        .live_attr("aria-invalid", move || {
            wrong.get().then(|| "true".to_owned())
        })
        .on("change", move |event| tell(value(&event)))
        .on("input", move |event| {
            if let Some(timer) = timer.get_value() {
                timer.clear();
            }
            let text = value(&event);
            let still = set_timeout_with_handle(move || tell(text.clone()), STILL);
            timer.set_value(still.ok());
        });
    set(&input.node::<Element>(), "value", &now.into());
    named(engine, input, wrong)
}

/// The public ID's field with what is said beside it.
fn named(engine: Engine, input: El, wrong: RwSignal<bool>) -> El {
    let multiple = engine.options(|options| options.multiple);
    el("div")
        .class("entry")
        .child(
            el("label")
                .attr("for", "advanced-id")
                .text(words::ADVANCED_OPTIONS_PUBLIC_ID.text()),
        )
        .child(input)
        .child(
            el("p")
                .class("hint")
                .attr("id", "advanced-id-hint")
                .text(words::ADVANCED_OPTIONS_PUBLIC_ID_HINT.text())
                .shown_if(move || multiple),
        )
        .child(
            el("p")
                .class("wrong")
                .attr("id", "advanced-id-wrong")
                .attr("role", "alert")
                .shown_if(move || wrong.get())
                .text(&tags::no_public_id()),
        )
}

/// The upload presets of the page's, once it has said which there are.
fn presets(engine: Engine) -> El {
    let offered: RwSignal<Vec<String>> = RwSignal::new(Vec::new());
    let asked = RwSignal::new(false);
    let now = engine.options(|options| options.upload_preset.clone());
    let first = now.clone();
    engine.propose_presets(Box::new(move |mut list| {
        // The dialog may have been closed meanwhile.
        if asked.try_get_untracked().is_none() {
            return;
        }
        // What is set already can be gone back to.
        if let Some(now) = first.filter(|now| !now.is_empty() && !list.contains(now)) {
            list.insert(0, now);
        }
        offered.set(list);
        asked.set(true);
    }));
    let choice = el("select")
        .class("field")
        .attr("id", "advanced-preset")
        .on("change", move |event| {
            let target = event.current_target();
            let preset = target.and_then(|target| get(&target, "value").as_string());
            if let Some(preset) = preset.filter(|preset| !preset.is_empty()) {
                engine.tell(Event::PresetChosen { preset });
            }
        });
    let keys = move || {
        let none = now.as_ref().is_none_or(String::is_empty);
        let from = u32::from(!none);
        (from..=u32::try_from(offered.get().len()).unwrap_or(0)).collect()
    };
    let option = move |at: u32| match at.checked_sub(1) {
        None => el("option")
            .attr("value", "")
            .text(words::ADVANCED_OPTIONS_UPLOAD_PRESET_PLACEHOLDER.text()),
        Some(at) => {
            let name = offered.get_untracked().get(at as usize).cloned();
            let name = name.unwrap_or_default();
            el("option").attr("value", &name).text(&name)
        }
    };
    el("div")
        .class("entry")
        .child(
            el("label")
                .attr("for", "advanced-preset")
                .text(words::ADVANCED_OPTIONS_PRESET.text()),
        )
        .child(choice.each(keys, option))
        .child(
            el("p")
                .class("hint")
                .shown_if(move || asked.get() && offered.get().is_empty())
                .text(words::ADVANCED_OPTIONS_UPLOAD_PRESET_NO_OPTIONS.text()),
        )
}
