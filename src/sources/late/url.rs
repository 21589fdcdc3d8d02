//! Files on the web: their addresses, one or many, which the server is to fetch.

use leptos::prelude::*;
use plimsoll_core::item::Kind;
use plimsoll_core::protocol::address;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, HtmlElement};

use crate::look::{icons, words};
use crate::parts::{El, button, el, icon};
use crate::shell::{self, get, set};
use crate::sources::Desk;

/// So much of a long address is repeated in a message.
const QUOTE_MAX: usize = 80;

/// More pictures are not fetched before they are uploaded.
const PREVIEWS_MAX: usize = 12;

/// The field, what is wrong with what is in it, and the pictures that it names.
pub fn show(desk: Desk) -> El {
    let text = RwSignal::new(String::new());
    // Addresses whose pictures are shown.
    let shown = RwSignal::new(Vec::new());
    let wrong = RwSignal::new(String::new());
    let field = field(text, shown, wrong);
    let node: HtmlElement = field.node();
    let pasted = take_pasted(desk, node.clone(), text, shown);
    let add = move || {
        let list = addresses(&text.get_untracked());
        match list.iter().find(|text| address::check(text).is_err()) {
            Some(bad) => wrong.set(words::URL_INVALID.with("address", quoted(bad))),
            None if list.is_empty() => wrong.set(words::URL_NONE.text().to_owned()),
            None => {
                text.set(String::new());
                shown.set(Vec::new());
                wrong.set(String::new());
                set(&node, "value", &"".into());
                desk.engine.fetch(list);
            }
        }
        // Focusing an element of our own can't fail.
        let _ = node.focus();
    };
    let enter = add.clone();
    let entered = move |event: Event| {
        let plain = !get(&event, "shiftKey").is_truthy() && !get(&event, "isComposing").is_truthy();
        if get(&event, "key") == "Enter" && plain {
            event.prevent_default();
            enter();
        }
    };
    let caption = move || {
        let count = u32::try_from(addresses(&text.get()).len()).unwrap_or(u32::MAX);
        words::count(words::URL_ADD_ONE, words::URL_ADD, "count", count.max(1))
    };
    let line = el("span")
        .class("line")
        .child(field.on("keydown", entered).live(pasted))
        .child(button("main", "", add).live_text(caption));
    form(line, wrong).child(previews(shown))
}

/// The label, the line of field and button, and what there is to know about it.
fn form(line: El, wrong: RwSignal<String>) -> El {
    let label = el("label").attr("for", "addresses");
    let hint = el("p").class("hint").attr("id", "addresses-hint");
    el("form")
        .class("web")
        .attr("novalidate", "")
        .on("submit", |event| event.prevent_default())
        .child(label.text(words::URL_INNER_TITLE.text()))
        .child(line)
        .child(hint.text(words::URL_HINT.text()))
        .child(
            el("p")
                .class("wrong")
                .attr("id", "addresses-wrong")
                .attr("role", "alert")
                .shown_if(move || !wrong.get().is_empty())
                .live_text(move || wrong.get()),
        )
}

/// Takes what was pasted elsewhere in the dialog into the field.
fn take_pasted(
    desk: Desk,
    field: HtmlElement,
    text: RwSignal<String>,
    shown: RwSignal<Vec<String>>,
) -> Box<dyn FnMut(&Element)> {
    Box::new(move |_| {
        let given = desk.pasted.get();
        if !given.is_empty() {
            desk.pasted.set(String::new());
            set(&field, "value", &given.as_str().into());
            shown.set(addresses(&given));
            text.set(given);
            let field = field.clone();
            // After it is in its place. Focusing an element of our own can't fail.
            shell::later(Box::new(move || drop(field.focus())));
        }
    })
}

fn field(text: RwSignal<String>, shown: RwSignal<Vec<String>>, wrong: RwSignal<String>) -> El {
    let value = |event: &Event| {
        let target = event
            .current_target()
            .map_or(JsValue::UNDEFINED, JsValue::from);
        get(&target, "value").as_string().unwrap_or_default()
    };
    el("textarea")
        .attr("id", "addresses")
        .attr("rows", "1")
        .attr("inputmode", "url")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("dir", "ltr")
        .attr("placeholder", words::URL_INPUT_PLACEHOLDER.text())
        .attr("aria-describedby", "addresses-hint addresses-wrong")
        .live_attr("aria-invalid", move || {
            (!wrong.get().is_empty()).then(|| "true".to_owned())
        })
        .on("input", move |event| {
            text.set(value(&event));
            wrong.set(String::new());
            // Of half an address that is typed nothing is to be fetched; whole ones are pasted.
            let whole = get(&event, "inputType") == "insertFromPaste";
            shown.set(if whole {
                addresses(&value(&event))
            } else {
                Vec::new()
            });
        })
}

/// The pictures of the addresses that name some.
fn previews(shown: RwSignal<Vec<String>>) -> El {
    let keys = move || {
        let count = shown.get().len().min(PREVIEWS_MAX);
        (0..u32::try_from(count).unwrap_or_default()).collect()
    };
    el("ul")
        .class("seen")
        .attr("aria-label", words::URL_FOUND.text())
        .shown_if(move || !shown.get().is_empty())
        .each(keys, move |at| preview(shown, at as usize))
}

fn preview(shown: RwSignal<Vec<String>>, at: usize) -> El {
    let address = move || shown.get().get(at).cloned().unwrap_or_default();
    let name = move || address::name(&address()).to_owned();
    let picture = el("img")
        .attr("alt", "")
        .attr("referrerpolicy", "no-referrer")
        .attr("decoding", "async")
        .live_attr("hidden", move || {
            // A new address is a new chance.
            address();
            Some(String::new())
        })
        .live_attr("src", move || {
            Some(address()).filter(|text| is_picture(text))
        })
        .on("load", |event| show_it(&event, true))
        .on("error", |event| show_it(&event, false));
    el("li")
        .child(
            el("span")
                .class("tile")
                .child(icon(icons::FILE))
                .child(picture),
        )
        .child(el("bdi").live_text(name))
}

/// A picture that the browser can't show, or may not, has an icon in its place.
fn show_it(event: &Event, yes: bool) {
    if let Some(target) = event.current_target() {
        set(&target, "hidden", &(!yes).into());
    }
}

/// Whether a browser may find a picture there. Others are not asked for: a film would be fetched
/// to its end.
fn is_picture(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://");
    let data = text.starts_with("data:image/");
    let kind = Kind::of(address::media_type(text), address::name(text));
    address::check(text).is_ok() && (data || web && kind == Kind::Image)
}

/// The addresses in a text: one per line, or with blanks between them.
fn addresses(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

fn quoted(text: &str) -> &str {
    text.get(..text.floor_char_boundary(QUOTE_MAX))
        .unwrap_or_default()
}
