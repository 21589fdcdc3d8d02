//! Where files come from, and the table of those that have a place in the dialog. Dropping and
//! pasting work anywhere on it. What isn't needed to open the dialog is in `late`.

pub mod drop;
mod late;
pub mod local;
pub mod paste;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Promise};
use leptos::prelude::*;
use plimsoll_core::options::{Options, Source};
use wasm_bindgen::JsValue;

use crate::look::words::Word;
use crate::look::{icons, words};
use crate::parts::{El, button, el};
use crate::shell::{self, Engine, get};

/// What every source is given.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Takes files in.
    pub engine: Engine,
    /// Addresses that were pasted, for the source that takes them.
    pub pasted: RwSignal<String>,
}

/// A source as the dialog offers it.
#[derive(Clone)]
pub struct Offer {
    /// Its name in options and events.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Its icon, as the data of a path.
    pub icon: String,
    /// What it is.
    pub source: Source,
}

/// Every source that has a place in the dialog, by its option.
const ALL: &[(Source, &str, Word)] = &[
    (Source::Local, icons::FOLDER, words::MENU_FILES),
    (Source::Url, icons::LINK, words::MENU_WEB),
    (Source::Camera, icons::CAMERA, words::MENU_CAMERA),
    (Source::Screen, icons::SCREEN, words::MENU_SCREEN),
    (Source::Audio, icons::MICROPHONE, words::MENU_AUDIO),
];

/// The sources of the page's options, in their order.
pub fn offers(engine: Engine) -> Vec<Offer> {
    let wanted = engine.options(|options| options.sources.clone());
    let mut offers = Vec::new();
    // One that is alone explains itself why it can't be used.
    let alone = wanted.len() == 1;
    for source in wanted {
        if matches!(source, Source::Plugin(_)) || source.is_service() {
            offers.extend(plugin(engine, source));
        }
        offers.extend(usual(source).filter(|_| alone || can(source)));
    }
    // A source that could not be fetched leaves nobody without any.
    if offers.is_empty() {
        offers.extend(usual(Source::Local));
    }
    offers
}

fn usual(source: Source) -> Option<Offer> {
    let (_, icon, label) = ALL.iter().find(|(known, ..)| *known == source)?;
    Some(Offer {
        name: source.name().to_owned(),
        label: label.text().to_owned(),
        icon: (*icon).to_owned(),
        source,
    })
}

/// A source of the page's own, or of another service.
fn plugin(engine: Engine, source: Source) -> Option<Offer> {
    let name = engine.options(|options| options.source_name(source).to_owned());
    let given = registered(&name)?;
    let text = |of: &str| get(&given, of).as_string();
    let word = match source {
        Source::Dropbox => words::MENU_DROPBOX.text(),
        Source::GoogleDrive => words::MENU_GDRIVE.text(),
        Source::ImageSearch => words::MENU_GSEARCH.text(),
        Source::Unsplash => words::MENU_UNSPLASH.text(),
        _ => "",
    };
    // English comes with the source, whose words the widget may not have yet.
    let label = if word.is_empty() {
        text("label")
    } else {
        Some(word.to_owned())
    };
    Some(Offer {
        label: label.unwrap_or_else(|| name.clone()),
        icon: text("icon").unwrap_or_else(|| icons::FOLDER.to_owned()),
        name,
        source,
    })
}

/// The ids of the page's own sources. Those of other services need options, and say which.
pub fn own_ids() -> Vec<String> {
    let all = shell::page::registered().into_iter();
    let own = all.filter(|source| get(source, "needs").is_undefined());
    own.filter_map(|source| get(&source, "id").as_string())
        .collect()
}

/// Fetches the sources of other services that these options want, if they aren't there. What comes
/// of it is what comes of `before`.
pub fn fetch(options: &Options, before: Option<Promise>) -> Option<Promise> {
    let wanted = options.sources.iter();
    let wanted = wanted.filter(|it| it.is_service() && registered(it.name()).is_none());
    let names: Array = wanted.map(|it| JsValue::from_str(it.name())).collect();
    if names.length() == 0 {
        return before;
    }
    let before = before.map_or(JsValue::UNDEFINED, JsValue::from);
    Some(shell::promised(shell::services(&names, &before)))
}

/// What the page registered under this id.
fn registered(id: &str) -> Option<JsValue> {
    let all = shell::page::registered();
    let found = all.into_iter();
    let mut found = found.filter(|source| get(source, "id").as_string().as_deref() == Some(id));
    found.next()
}

/// Whether the browser, on a page like this one, has what a source needs.
fn can(source: Source) -> bool {
    let needed = match source {
        Source::Camera | Source::Audio => "getUserMedia",
        Source::Screen => "getDisplayMedia",
        _ => return true,
    };
    // Absent on pages that are not secure.
    let devices = get(&window().navigator(), "mediaDevices");
    get(&devices, needed).is_function()
}

/// What a source shows.
pub fn show(desk: Desk, offer: &Offer) -> El {
    match offer.source {
        Source::Local => local::show(desk.engine),
        source => {
            let name = offer.name.clone();
            lately(Rc::new(move || late::show(desk, source, &name)))
        }
    }
}

/// The place of something that is fetched when it is first shown.
pub fn lately(make: Rc<dyn Fn() -> El>) -> El {
    let tries = RwSignal::new(0);
    let slot: Rc<RefCell<Option<Content>>> = Rc::default();
    let place = el("div").class("lately").hold(slot.clone());
    let slot = Rc::downgrade(&slot);
    place.live(Box::new(move |node| {
        tries.track();
        let (slot, make) = (slot.clone(), make.clone());
        let (node, owner) = (node.clone(), Owner::new());
        shell::late_dressed(
            &node.clone(),
            Box::new(move |here| {
                // The person may have gone elsewhere meanwhile.
                let Some(slot) = slot.upgrade() else { return };
                let content = owner.with(|| if here { make() } else { missing(tries) });
                slot.borrow_mut().take();
                // Appending a new element to one of ours can't fail.
                let _ = node.append_child(&content.node());
                slot.replace(Some(Content {
                    el: Some(content),
                    owner,
                }));
            }),
        );
    }))
}

/// What stands in the place of something that could not be fetched.
fn missing(tries: RwSignal<u32>) -> El {
    el("div")
        .class("trouble")
        .child(
            el("p")
                .attr("role", "alert")
                .text(words::SOURCES_MISSING.text()),
        )
        .child(button("", words::SOURCES_AGAIN.text(), move || {
            tries.update(|tries| *tries += 1);
        }))
}

/// What was made late, with the signals that it made.
struct Content {
    el: Option<El>,
    owner: Owner,
}

impl Drop for Content {
    fn drop(&mut self) {
        if let Some(el) = self.el.take() {
            el.node::<web_sys::Element>().remove();
        }
        self.owner.cleanup();
    }
}
