//! A source of the page's own: its `mount(container, api)` shows what it likes in a place of the
//! dialog, and adds files by `api.add`. Nothing that it throws harms the widget.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise};
use plimsoll_core::options::Options;
use plimsoll_core::protocol::address;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Blob, Element, File, FilePropertyBag, console};

use crate::look::words;
use crate::parts::{El, el};
use crate::shell::{self, Engine, get, set, when};

/// What a blob is called that has no name.
const NAMELESS: &str = "file";

/// The page's source while it is shown.
struct Mounted {
    controller: Option<AbortController>,
    /// What the page gave to be called at the end.
    leave: RefCell<Option<Function>>,
    _add: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
        if let Some(Err(thrown)) = self
            .leave
            .take()
            .map(|leave| leave.call0(&JsValue::UNDEFINED))
        {
            console::error_2(&"Plimsoll: a source could not be left.".into(), &thrown);
        }
    }
}

/// The place of the page's source.
pub fn show(engine: Engine, id: &str) -> El {
    let place = el("div").class("plugin");
    let Some(source) = super::super::registered(id) else {
        return broken(place);
    };
    let add = Closure::new(move |given: JsValue| add(engine, &given));
    let controller = AbortController::new().ok();
    let api = engine.options(described);
    set(&api, "add", add.as_ref());
    if let Some(controller) = &controller {
        set(&api, "signal", &controller.signal());
    }
    let mounted = Rc::new(Mounted {
        controller,
        leave: RefCell::default(),
        _add: add,
    });
    let container: Element = place.node();
    let weak = Rc::downgrade(&mounted);
    // When it is in its place: a page may want to measure it.
    let spoken = engine.options(|options| {
        let look = &options.look;
        shell::speak(look.language.as_deref(), look.text.as_ref())
    });
    let begin = move |spoken: Result<JsValue, JsValue>| {
        if weak.upgrade().is_none() {
            return;
        }
        let spoken = spoken.unwrap_or_default();
        set(&api, "text", &get(&spoken, "text"));
        set(&api, "language", &get(&spoken, "lang"));
        let Ok(mount) = get(&source, "mount").dyn_into::<Function>() else {
            return;
        };
        let promise = match mount.call2(&source, &container, &api) {
            Ok(returned) => Promise::resolve(&returned),
            Err(thrown) => Promise::reject(&thrown),
        };
        let act = move |returned: Result<JsValue, JsValue>| match returned {
            Ok(returned) => {
                let leave = returned.dyn_into::<Function>().ok();
                match weak.upgrade() {
                    Some(mounted) => drop(mounted.leave.replace(leave)),
                    // It has been left already.
                    None => drop(leave.map(|leave| leave.call0(&JsValue::UNDEFINED))),
                }
            }
            Err(thrown) => {
                console::error_2(&"Plimsoll: a source could not be shown.".into(), &thrown);
                container.set_text_content(Some(words::SOURCES_MISSING.text()));
            }
        };
        when(promise, Box::new(act));
    };
    when(spoken.unwrap_or_else(shell::english), Box::new(begin));
    place.hold(mounted)
}

/// What a source may know of the page's options.
fn described(options: &Options) -> Object {
    let (api, given) = (Object::new(), Object::new());
    set(&api, "multiple", &options.multiple.into());
    set(&api, "options", &given);
    let services = &options.services;
    for (name, key) in [
        ("dropboxAppKey", &services.dropbox_app_key),
        ("googleApiKey", &services.google_api_key),
        ("googleDriveClientId", &services.google_drive_client_id),
        ("googleSearchEngineId", &services.google_search_engine_id),
        ("unsplashAccessKey", &services.unsplash_access_key),
    ] {
        if let Some(key) = key {
            set(&given, name, &key.into());
        }
    }
    for (name, texts) in [
        ("searchBySites", &services.search_by_sites),
        ("clientAllowedFormats", &options.client_allowed_formats),
    ] {
        let texts: Array = texts.iter().map(JsValue::from).collect();
        set(&given, name, &texts);
    }
    set(&given, "searchByRights", &services.search_by_rights.into());
    if let Some(most) = options.max_file_size {
        set(&given, "maxFileSize", &(most as f64).into());
    }
    api
}

fn broken(place: El) -> El {
    place.text(words::SOURCES_MISSING.text())
}

/// Takes in what the page adds: files, blobs, and addresses that the server is to fetch.
fn add(engine: Engine, given: &JsValue) {
    let list = if Array::is_array(given) {
        Array::from(given)
    } else {
        Array::of1(given)
    };
    let (mut files, mut addresses) = (Vec::new(), Vec::new());
    for one in list.iter() {
        let text = one.as_string();
        if let Some(text) = text.filter(|text| address::check(text).is_ok()) {
            addresses.push(text);
        } else if let Some(file) = file(&one) {
            files.push(file);
        } else {
            let text = "Plimsoll: add() takes files, blobs and web addresses, alone or in a list; \
                        something else was left out.";
            console::error_2(&text.into(), &one);
        }
    }
    if !addresses.is_empty() {
        engine.fetch(addresses);
    }
    engine.pick(files);
}

fn file(given: &JsValue) -> Option<File> {
    if let Some(file) = given.dyn_ref::<File>() {
        return Some(file.clone());
    }
    let blob: &Blob = given.dyn_ref()?;
    let about = FilePropertyBag::new();
    about.set_type(&blob.type_());
    File::new_with_blob_sequence_and_options(&Array::of1(blob), NAMELESS, &about).ok()
}
