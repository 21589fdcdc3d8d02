//! A field for tags: those there are as chips, a text to add more, and suggestions of the page's to
//! choose from. A combobox by the ARIA pattern: all of it works by keyboard. Late.

use std::rc::Rc;
use std::time::Duration;

use js_sys::{Function, Object};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::focus;
use crate::look::{icons, words};
use crate::parts::{El, el, icon};
use crate::shell::{self, Engine, get, set};

/// The page is not asked at each letter.
const STILL: Duration = Duration::from_millis(200);

/// More suggestions than anybody reads.
const SHOWN_MAX: usize = 8;

/// Tags of one file, and letters of one tag: what servers take.
const TAGS_MAX: usize = 1_000;
const LETTERS_MAX: usize = 255;

/// Hears of all tags when one comes or goes.
pub type Changed = Rc<dyn Fn(Vec<String>)>;

/// One field for tags.
#[derive(Clone, Copy)]
struct Field {
    engine: Engine,
    tags: RwSignal<Vec<String>>,
    /// What is suggested now, and which of it is marked.
    offered: RwSignal<Vec<String>>,
    marked: RwSignal<Option<usize>>,
    said: RwSignal<String>,
    changed: StoredValue<Changed, LocalStorage>,
    /// Which question to the page is the latest.
    asked: StoredValue<u32>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

/// The field under a label. `id` is one of its own in the dialog; `changed` hears of all tags when
/// one comes or goes.
pub fn field(engine: Engine, id: &str, tags: Vec<String>, changed: Changed) -> El {
    let field = Field {
        engine,
        tags: RwSignal::new(tags),
        offered: RwSignal::new(Vec::new()),
        marked: RwSignal::new(None),
        said: RwSignal::new(String::new()),
        changed: StoredValue::new_local(changed),
        asked: StoredValue::new(0),
        timer: StoredValue::new(None),
    };
    let name = |part: &str| [id, part].concat();
    let input = input(field, id);
    let node: HtmlElement = input.node();
    let again = node.clone();
    let line = el("div")
        .class("chips")
        .on("click", move |event| {
            // Wherever it is pressed, it is the field.
            if event.target() == event.current_target() {
                let _ = again.focus();
            }
        })
        .child(chips(field, id, node.clone()))
        .child(input);
    let label = el("label").attr("for", id);
    el("div")
        .class("entry tags")
        .child(label.text(words::ADVANCED_OPTIONS_TAGS.text()))
        .child(
            el("div")
                .class("combo")
                .child(line)
                .child(list(field, id, node)),
        )
        .child(
            el("p")
                .class("hint")
                .attr("id", &name("-hint"))
                .text(words::ADVANCED_OPTIONS_TAGS_HINT.text()),
        )
        .child(
            el("p")
                .class("sr")
                .attr("role", "status")
                .live_text(move || field.said.get()),
        )
        .hold(Rc::new(Quiet(field.timer)))
}

/// Stops the clock when the field goes.
struct Quiet(StoredValue<Option<TimeoutHandle>>);

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(Some(timer)) = self.0.try_get_value() {
            timer.clear();
        }
    }
}

impl Field {
    /// Takes a tag in, and what is written with commas as several.
    fn add(self, text: &str) {
        let mut tags = self.tags.get_untracked();
        let mut added = Vec::new();
        for tag in text.split(',') {
            let tag: String = tag.trim().chars().take(LETTERS_MAX).collect();
            if !tag.is_empty() && !tags.contains(&tag) && tags.len() < TAGS_MAX {
                tags.push(tag.clone());
                added.push(tag);
            }
        }
        self.close();
        if added.is_empty() {
            return;
        }
        self.said
            .set(words::TAGS_ADDED.with("tag", &added.join(", ")));
        self.tags.set(tags.clone());
        (self.changed.get_value())(tags);
    }

    fn remove(self, at: usize) {
        let mut tags = self.tags.get_untracked();
        if at < tags.len() {
            let tag = tags.remove(at);
            self.said.set(words::TAGS_REMOVED.with("tag", &tag));
            self.tags.set(tags.clone());
            (self.changed.get_value())(tags);
        }
    }

    fn close(self) {
        self.asked.update_value(|asked| *asked += 1);
        self.marked.set(None);
        self.offered.set(Vec::new());
    }

    /// Asks the page for tags that begin like this, once nothing is typed for a moment. What it
    /// says too late, or never, changes nothing.
    fn ask(self, prefix: String) {
        self.asked.update_value(|asked| *asked += 1);
        let asked = self.asked.get_value();
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        if prefix.is_empty() {
            return self.close();
        }
        let ask = move || {
            let take = move |list: Vec<String>| {
                if self.asked.try_get_value() != Some(asked) {
                    return;
                }
                let known = self.tags.get_untracked();
                let new = list.into_iter().filter(|tag| !known.contains(tag));
                self.marked.set(None);
                self.offered.set(new.take(SHOWN_MAX).collect());
            };
            self.engine.propose_tags(&prefix, Box::new(take));
        };
        self.timer
            .set_value(set_timeout_with_handle(ask, STILL).ok());
    }

    /// Marks the next suggestion, or the one before.
    fn mark(self, ahead: bool) {
        let count = self.offered.get_untracked().len();
        let marked = match (self.marked.get_untracked(), ahead) {
            _ if count == 0 => None,
            (None, true) => Some(0),
            (None, false) => Some(count - 1),
            (Some(at), true) => Some((at + 1) % count),
            (Some(at), false) => Some((at + count - 1) % count),
        };
        self.marked.set(marked);
    }
}

/// The tags there are.
fn chips(field: Field, id: &str, input: HtmlElement) -> El {
    let list = el("ul").class("chip-list");
    let node: Element = list.node();
    let list = list
        .attr("aria-label", words::ADVANCED_OPTIONS_TAGS.text())
        .attr("id", &[id, "-chips"].concat())
        .shown_if(move || !field.tags.get().is_empty());
    let keys = move || (0..u32::try_from(field.tags.get().len()).unwrap_or(0)).collect();
    list.each(keys, move |at| {
        chip(field, at as usize, node.clone(), input.clone())
    })
}

/// One tag, with what takes it away. Its place is its key, so its text follows.
fn chip(field: Field, at: usize, list: Element, input: HtmlElement) -> El {
    let tag = move || field.tags.get().get(at).cloned().unwrap_or_default();
    let remove = {
        let list = list.clone();
        let input = input.clone();
        move || {
            field.remove(at);
            let left = field.tags.get_untracked().len();
            match left.checked_sub(1).map(|last| at.min(last)) {
                Some(next) => step(&list, next),
                None => focus::later(input.clone().unchecked_into()),
            }
        }
    };
    let clicked = remove.clone();
    let keys = move |event: Event| {
        let last = field.tags.get_untracked().len().saturating_sub(1);
        let key = get(&event, "key").as_string().unwrap_or_default();
        match key.as_str() {
            "Delete" | "Backspace" => remove(),
            "ArrowLeft" => step(&list, at.saturating_sub(1)),
            "ArrowRight" if at == last => focus::later(input.clone().unchecked_into()),
            "ArrowRight" => step(&list, at + 1),
            _ => return,
        }
        event.prevent_default();
    };
    el("li")
        .class("chip")
        .child(el("bdi").live_text(tag))
        .child(
            el("button")
                .attr("type", "button")
                .live_attr("aria-label", move || {
                    Some(words::TAGS_REMOVE.with("tag", &tag()))
                })
                .child(icon(icons::CROSS))
                .on("click", move |_| clicked())
                .on("keydown", keys),
        )
}

/// Focuses what takes the tag in a place away.
fn step(list: &Element, at: usize) {
    let child = list.children().item(u32::try_from(at).unwrap_or(0));
    if let Some(Ok(Some(button))) = child.map(|chip| chip.query_selector("button")) {
        focus::later(button);
    }
}

/// What is written.
fn input(field: Field, id: &str) -> El {
    let (list, option) = ([id, "-list"].concat(), [id, "-option-"].concat());
    let open = move || !field.offered.get().is_empty();
    let input = el("input").class("bare").attr("id", id);
    let node: HtmlElement = input.node();
    let text = {
        let node = node.clone();
        move || get(&node, "value").as_string().unwrap_or_default()
    };
    let (typed, left) = (text.clone(), text.clone());
    let clear = move || set(&node, "value", &"".into());
    let (cleared, emptied) = (clear.clone(), clear.clone());
    let chips = [id, "-chips"].concat();
    let keys = keys(field, Box::new(text), Box::new(clear));
    input
        .attr("type", "text")
        .attr("role", "combobox")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("enterkeyhint", "done")
        .attr("aria-autocomplete", "list")
        .attr("aria-controls", &list)
        .attr("aria-describedby", &[&chips, " ", id, "-hint"].concat())
        .attr("placeholder", words::ADVANCED_OPTIONS_TAGS_PH.text())
        .live_attr("aria-expanded", move || Some(open().to_string()))
        .live_attr("aria-activedescendant", move || {
            let at = field.marked.get()?;
            Some([option.as_str(), &at.to_string()].concat())
        })
        .on("keydown", keys)
        .on("input", move |_| {
            let text = typed();
            // Phones have no key events for letters.
            if text.ends_with(',') {
                field.add(&text);
                return cleared();
            }
            field.ask(text.trim().to_owned());
        })
        .on("blur", move |_| {
            // What was written is not to be lost.
            field.add(&left());
            emptied();
        })
}

/// What keys do in the field.
fn keys(
    field: Field,
    text: Box<dyn Fn() -> String>,
    clear: Box<dyn Fn()>,
) -> impl FnMut(Event) + 'static {
    move |event: Event| {
        let key = get(&event, "key").as_string().unwrap_or_default();
        // A letter that is put together of several keys is none of ours.
        if get(&event, "isComposing").is_truthy() {
            return;
        }
        let offered = field.offered.get_untracked();
        match key.as_str() {
            "Enter" | "," => {
                let marked = field.marked.get_untracked();
                let chosen = marked.and_then(|at| offered.get(at).cloned());
                let written = text();
                if key == "Enter" && chosen.is_none() && written.trim().is_empty() {
                    event.prevent_default();
                    return;
                }
                field.add(&chosen.filter(|_| key == "Enter").unwrap_or(written));
                clear();
            }
            "ArrowDown" if !offered.is_empty() => field.mark(true),
            "ArrowUp" if !offered.is_empty() => field.mark(false),
            "Escape" if !offered.is_empty() => {
                event.stop_propagation();
                field.close();
            }
            "Backspace" | "ArrowLeft" if text().is_empty() => {
                let Some(last) = field.tags.get_untracked().len().checked_sub(1) else {
                    return;
                };
                let root = event.current_target().map(|it| get(&it, "parentElement"));
                let root = root.and_then(|root| root.dyn_into::<Element>().ok());
                if let Some(Ok(Some(list))) = root.map(|root| root.query_selector(".chip-list")) {
                    step(&list, last);
                }
            }
            _ => return,
        }
        event.prevent_default();
    }
}

/// Why a public ID is none.
pub fn no_public_id() -> String {
    words::NOTIFICATIONS_INVALID_PUBLIC_ID.with("letters", "? & # \\ % < > +")
}

/// Scrolls just as far as it takes to see all of an element.
pub fn reveal(node: &Element) {
    let how = Object::new();
    set(&how, "block", &"nearest".into());
    let scroll = get(node, "scrollIntoView");
    if let Some(scroll) = scroll.dyn_ref::<Function>() {
        // The browser's own function, which does not throw.
        let _ = scroll.call1(node, &how);
    }
}

/// What is suggested.
fn list(field: Field, id: &str, input: HtmlElement) -> El {
    let option = [id, "-option-"].concat();
    let shown = move |list: &Element| {
        let some = !field.offered.get().is_empty();
        let list = list.clone();
        // After what is suggested is in it.
        shell::later(Box::new(move || {
            if some {
                reveal(&list);
            }
        }));
    };
    let keys = move || (0..u32::try_from(field.offered.get().len()).unwrap_or(0)).collect();
    el("ul")
        .class("offers")
        .attr("role", "listbox")
        .attr("id", &[id, "-list"].concat())
        .attr("aria-label", words::TAGS_SUGGESTIONS.text())
        .shown_if(move || !field.offered.get().is_empty())
        .live(Box::new(shown))
        .each(keys, move |at| {
            let at = at as usize;
            let text = move || field.offered.get().get(at).cloned().unwrap_or_default();
            let input = input.clone();
            el("li")
                .attr("role", "option")
                .attr("id", &[&option, at.to_string().as_str()].concat())
                .live_attr("aria-selected", move || {
                    Some((field.marked.get() == Some(at)).to_string())
                })
                .live_text(text)
                .on("pointerdown", move |event| {
                    // The field keeps the focus, and what is half written is not taken for a tag.
                    event.prevent_default();
                })
                .on("click", move |_| {
                    let chosen = untrack(text);
                    set(&input, "value", &"".into());
                    field.add(&chosen);
                    focus::later(input.clone().unchecked_into());
                })
        })
}
