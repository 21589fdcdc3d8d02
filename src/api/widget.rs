//! One widget, as a page holds it: options, callback, and the dialog while it is open. The
//! loader's object of the same methods stands before this one until the module is there.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Array, Function, Object, Promise, Reflect};
use plimsoll_core::Notice;
use plimsoll_core::options::{self, OptionProblem, Options, Reason};
use plimsoll_core::protocol::address;
use plimsoll_core::protocol::value::Value;
use wasm_bindgen::prelude::*;
use web_sys::{Element, File, console};

use super::callback::{Callback, closing};
use super::functions::asked;
use super::headless::Headless;
use super::{page, place};
use crate::look::words::Words;
use crate::screens::{self, Opened};
use crate::shell::{
    Asked, Caller, Recording, Vetting, explain, get, json, promised, remove_thumbnails, set,
    upload, vet,
};
use crate::sources;

/// The options that may be functions, in both spellings.
const SIGN: [&str; 2] = ["uploadSignature", "upload_signature"];
const PREPARE: [&str; 2] = ["prepareUploadParams", "prepare_upload_params"];
const BATCH: [&str; 2] = ["preBatch", "pre_batch"];
/// The option that may be an element.
const CONTAINER: [&str; 2] = ["inlineContainer", "inline_container"];

/// A widget made by `plimsoll.createUploadWidget`.
#[wasm_bindgen]
pub struct Widget(Rc<State>);

pub(super) struct State {
    /// The page's options as it gave them, elements and functions among them.
    pub(super) given: Object,
    /// What `page.js` knows of the form and the thumbnails, and of what it has put there.
    place: Object,
    /// The element that `applyUploadWidget` made a button.
    element: JsValue,
    callback: Callback,
    pub(super) opened: RefCell<Option<Rc<Opened>>>,
    /// In place of a dialog, where the page has its own.
    headless: RefCell<Option<Rc<Headless>>>,
    /// What it speaks, once that was asked for.
    pub(super) words: RefCell<Option<Words>>,
    /// The problems of the options were told; not again at each opening.
    warned: Cell<bool>,
    destroyed: Cell<bool>,
    /// What the flight recorder has written.
    recording: Recording,
    /// Counts the updates while it is open.
    pub(super) updates: Cell<u32>,
    pub(super) this: Weak<State>,
}

#[wasm_bindgen]
impl Widget {
    /// A widget with these options. Shows nothing and adds nothing to the page.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, callback: &JsValue, element: &JsValue) -> Widget {
        let state = Rc::new_cyclic(|this| State {
            // Without a prototype every name is only a name.
            given: Object::create(JsValue::NULL.unchecked_ref()),
            place: Object::new(),
            element: element.clone(),
            callback: Callback::new(callback),
            opened: RefCell::default(),
            headless: RefCell::default(),
            words: RefCell::default(),
            warned: Cell::new(false),
            destroyed: Cell::new(false),
            updates: Cell::new(0),
            recording: Recording::default(),
            this: this.clone(),
        });
        state.give(options);
        Widget(state)
    }

    /// What to wait for before it is opened, and to give to `speak`; nothing for the English that
    /// is inside, and for what was given before.
    pub fn words(&self) -> Option<Promise> {
        if self.0.words.borrow().is_some() {
            return None;
        }
        let words = self.0.wanted_words();
        // Sources of other services are in files of their own, which they must be shown from.
        sources::fetch(&self.0.read().0, words)
    }

    /// Takes in what was waited for.
    pub fn speak(&self, answer: &JsValue) {
        self.0.words.replace(Some(Words::heard(answer)));
    }

    /// Opens the widget, or shows it again where it was hidden or small. `how.files` are addresses
    /// that the server is to fetch, whose uploads begin at once. The first argument is the source
    /// to show; pages also pass their click event here, which is none.
    pub fn open(&self, source: &JsValue, how: &JsValue) {
        self.0.show();
        let opened = self.0.opened.borrow().clone();
        if let (Some(opened), Some(source)) = (opened, source.as_string()) {
            opened.turn(&source);
        }
        self.0.fetch(&json::value(how));
    }

    /// Closes it, and asks the person first while uploads run, unless `quiet` is true.
    pub fn close(&self, how: &JsValue) {
        let quiet = get(how, "quiet").is_truthy();
        self.0.close(quiet);
    }

    /// Takes it out of sight, with all that it does and lists.
    pub fn hide(&self) {
        self.0.display(Opened::hide);
    }

    /// Shows it, whatever was done to it before.
    pub fn show(&self) {
        self.0.show();
    }

    /// Makes it small, so that the page can be used.
    pub fn minimize(&self) {
        self.0.display(Opened::minimize);
    }

    /// Gives options in place of earlier ones. What is uploaded already keeps the old ones; an open
    /// widget looks and speaks by the new ones at once.
    pub fn update(&self, options: &JsValue) {
        self.0.give(options);
        self.0.words.take();
        self.0.warned.set(false);
        let opened = self.0.opened.borrow().clone();
        if let Some(opened) = opened {
            let options = self.0.options();
            self.0.placed(&options);
            opened.update(options, self.0.own(["styles"; 2]));
            self.0.respeak(&opened);
        } else if let Some(headless) = self.0.headless() {
            headless.update(self.0.options());
        }
    }

    /// Starts it without a screen; `changed` is called when `items` has something new.
    pub fn start(&self, changed: Function) {
        let state = self.0.clone();
        let started = move |here: bool| {
            if state.destroyed.get() || state.headless.borrow().is_some() {
                return;
            }
            if !here {
                let text = "plimsoll-upload.wasm could not be loaded: see the console.";
                let nothing = JsValue::UNDEFINED;
                return state.callback.error("page.load_failed", 0, text, &nothing);
            }
            let headless = Headless::start(state.options(), state.caller(), changed);
            state.headless.replace(Some(Rc::new(headless)));
        };
        upload(Box::new(started));
    }

    /// Takes files and addresses, of one that was started.
    pub fn add(&self, files: &Array) {
        let (mut real, mut named) = (Vec::new(), Vec::new());
        for file in files.iter() {
            match file.dyn_into::<File>() {
                Ok(file) => real.push(file),
                Err(other) => named.push(json::value(&other)),
            }
        }
        let state = self.0.clone();
        upload(Box::new(move |_| {
            if let Some(headless) = state.headless() {
                headless.add(real, state.addresses(&named));
            }
        }));
    }

    /// What there is of each file, of one that was started.
    pub fn items(&self) -> Array {
        (self.0.headless()).map_or_else(Array::new, |headless| headless.items())
    }

    /// Does `what` to the item of this id, or to all.
    pub fn act(&self, what: String, id: String) {
        let state = self.0.clone();
        upload(Box::new(move |_| {
            if let Some(headless) = state.headless() {
                headless.act(&what, &id);
            }
        }));
    }

    /// Whether some of it can be seen.
    #[wasm_bindgen(js_name = isShowing)]
    pub fn is_showing(&self) -> bool {
        let opened = self.0.opened.borrow();
        opened.as_ref().is_some_and(|opened| opened.is_showing())
    }

    /// Whether it is small.
    #[wasm_bindgen(js_name = isMinimized)]
    pub fn is_minimized(&self) -> bool {
        let opened = self.0.opened.borrow();
        opened.as_ref().is_some_and(|opened| opened.is_minimized())
    }

    /// What the flight recorder has written of the latest opening.
    pub fn trace(&self) -> Option<String> {
        self.0.recording.borrow().as_ref().map(|it| it.text())
    }

    /// Stops everything and removes the dialog, and what it put into the page's place for
    /// thumbnails where `how.removeThumbnails` is true. Nothing is called back any more.
    pub fn destroy(&self, how: &JsValue) -> JsValue {
        self.0.destroyed.set(true);
        self.0.opened.take();
        self.0.headless.take();
        if get(how, "removeThumbnails").is_truthy() && get(&self.0.place, "wanted").is_truthy() {
            return promised(remove_thumbnails(&self.0.place)).into();
        }
        JsValue::UNDEFINED
    }
}

impl State {
    /// Puts options beside those there are, or in their places.
    fn give(&self, options: &JsValue) {
        if !options.is_object() {
            return;
        }
        for entry in Object::entries(options.unchecked_ref()) {
            let entry: Array = entry.unchecked_into();
            let name = entry.get(0);
            // So that the latest of two spellings is the last one, which counts.
            let _ = Reflect::delete_property(&self.given, &name);
            let _ = Reflect::set(&self.given, &name, &entry.get(1));
        }
    }

    /// The page's own value of an option.
    fn own(&self, names: [&str; 2]) -> JsValue {
        own(&self.given, names)
    }

    fn show(&self) {
        let none = self.opened.borrow().is_none();
        if none {
            self.open();
        } else {
            self.display(Opened::show);
        }
    }

    /// Shows an open widget in another way, which tells the page so.
    fn display(&self, how: fn(&Opened) -> Result<(), JsValue>) {
        // Not borrowed meanwhile: the page hears of it, and may call back.
        let opened = self.opened.borrow().clone();
        if let Some(Err(error)) = opened.map(|opened| how(&opened)) {
            self.unshown(&error);
        }
    }

    fn open(&self) {
        if self.destroyed.get() {
            return;
        }
        let options = self.options();
        let container = self.container(&options);
        let is_inline = container.is_some();
        let this = self.this.clone();
        let closed = Rc::new(move || {
            if let Some(state) = this.upgrade() {
                state.close(true);
                // What is a part of the page stays there, and begins anew.
                if is_inline {
                    state.open();
                }
            }
        });
        let caller = self.caller();
        self.placed(&options);
        let words = self.words.borrow().clone().unwrap_or_default();
        let container = container.as_ref();
        match words.during(|| screens::open(options, caller, container, closed)) {
            Ok(opened) => {
                self.opened.replace(Some(Rc::new(opened)));
                self.callback.event("display-changed", &"shown".into());
            }
            Err(error) => self.unshown(&error),
        }
    }

    /// What the page is asked: for parameters, for signatures, and which files may go.
    fn asks(&self) -> (Option<Asked>, Option<Asked>, Option<Vetting>) {
        // Looked up when they are called: the page may have given other ones since.
        let given = self.given.clone();
        let asks = |names: [&'static str; 2]| -> Option<Asked> {
            let given = given.clone();
            Some(Rc::new(move |params, replies| {
                asked(&own(&given, names), names[0], params, replies);
            }))
        };
        let (prepare, sign) = (asks(PREPARE), asks(SIGN));
        let vet: Vetting = Box::new(move |files| {
            let (all, each) = (own(&given, BATCH), own(&given, ["validate"; 2]));
            promised(vet(&all, &each, files))
        });
        (prepare, sign, Some(vet))
    }

    /// What an open widget tells and asks.
    fn caller(&self) -> Caller {
        let heard = |this: &Weak<State>| {
            let state = this.upgrade().filter(|state| !state.destroyed.get());
            state.map(|state| state.callback.clone())
        };
        let this = self.this.clone();
        let told = move |notice, file: &dyn Fn(_) -> _| {
            let Some(state) = this.upgrade().filter(|state| !state.destroyed.get()) else {
                return;
            };
            if let Notice::Success { info, .. } = &notice
                && get(&state.place, "wanted").is_truthy()
            {
                page::attach(&state.place, info);
            }
            let words = state.words.borrow().clone().unwrap_or_default();
            words.during(|| state.callback.notice(notice, file));
        };
        let this = self.this.clone();
        let completed = move |items| {
            if let Some(callback) = heard(&this) {
                callback.completed(items);
            }
        };
        let this = self.this.clone();
        let displayed = move |how: &'static str| {
            if let Some(callback) = heard(&this) {
                callback.event("display-changed", &how.into());
            }
        };
        let this = self.this.clone();
        let warned = move |problems| {
            if let Some(state) = this.upgrade() {
                state.tell(problems);
            }
        };
        let given = self.given.clone();
        let list = self.callback.clone();
        let (prepare, sign, vet) = self.asks();
        Caller {
            told: Box::new(told),
            listed: Box::new(move |_, entry, file| list.listed(&entry, file)),
            turned: Box::new(self.turned()),
            completed: Box::new(completed),
            displayed: Box::new(displayed),
            styles: self.own(["styles"; 2]).into(),
            function: Box::new(move |names| own(&given, names)),
            warned: Box::new(warned),
            prepare,
            sign,
            vet,
            recording: self.recording.clone(),
        }
    }

    /// Where in the page it is to be, if not over it.
    fn container(&self, options: &Options) -> Option<Element> {
        let place = options.page.inline_container.as_ref()?;
        let found = place::find(place, &self.own(CONTAINER));
        if found.is_none() {
            let text = "Plimsoll: inlineContainer names no element that is in the page now; the \
                        widget opened over the page. Open it once the element is there.";
            console::warn_1(&text.into());
        }
        found
    }

    /// Tells `page.js` where what is stored belongs.
    fn placed(&self, options: &Options) {
        let entries = [
            ("form", self.own(["form"; 2])),
            ("thumbnails", self.own(["thumbnails"; 2])),
            ("element", self.element.clone()),
        ];
        for (name, value) in entries {
            set(&self.place, name, &value);
        }
        page::describe(&self.place, options);
    }

    /// Tells that it could not be shown.
    fn unshown(&self, error: &JsValue) {
        console::error_2(&"Plimsoll could not open.".into(), error);
        let text = "The widget could not open: see the console.";
        self.callback.error("page.open_failed", 0, text, error);
    }

    /// Tells which source a person went to.
    fn turned(&self) -> impl Fn(&str) + use<> {
        let callback = self.callback.clone();
        move |source| callback.with("source-changed", "source", &source.into())
    }

    /// Adds what the page wants the server to fetch.
    fn fetch(&self, how: &Value) {
        let Some(Value::List(files)) = how.get("files") else {
            return;
        };
        let addresses = self.addresses(files);
        let opened = self.opened.borrow();
        if let Some(opened) = opened.as_ref().filter(|_| !addresses.is_empty()) {
            opened.fetch(addresses);
        }
    }

    /// Those that are addresses; the page is told of the others.
    fn addresses(&self, files: &[Value]) -> Vec<String> {
        let (mut addresses, mut problems) = (Vec::with_capacity(files.len()), Vec::new());
        for file in files {
            match file.text().filter(|text| address::check(text).is_ok()) {
                Some(address) => addresses.push(address.to_owned()),
                None => problems.push(OptionProblem {
                    option: "files".to_owned(),
                    reason: Reason::Address,
                    given: file.clone(),
                }),
            }
        }
        self.tell(problems);
        addresses
    }

    fn headless(&self) -> Option<Rc<Headless>> {
        self.headless.borrow().clone()
    }

    fn close(&self, quiet: bool) {
        let opened = self.opened.borrow().clone();
        if let Some(opened) = opened
            && !quiet
            && opened.is_busy()
        {
            // A question that nobody sees has no answer.
            self.display(Opened::show);
            return opened.ask();
        }
        let Some(opened) = self.opened.take() else {
            return;
        };
        let results = opened.results();
        drop(opened);
        self.callback.event("display-changed", &"hidden".into());
        self.callback.event("close", &closing(results));
    }

    /// The options as core reads them, and what is wrong with them.
    fn read(&self) -> (Options, Vec<OptionProblem>) {
        options::read_with(&json::options(&self.given), sources::own_ids())
    }

    /// The same; each problem is told once.
    fn options(&self) -> Options {
        let (options, problems) = self.read();
        if !self.warned.replace(true) {
            self.tell(problems);
        }
        options
    }

    /// Tells what is wrong with what the page gave.
    fn tell(&self, problems: Vec<OptionProblem>) {
        let this = self.this.clone();
        let tell = move |problem: &OptionProblem, sentence| {
            if let Some(state) = this.upgrade().filter(|state| !state.destroyed.get()) {
                state.callback.problem(problem, sentence);
            }
        };
        explain(problems, Box::new(tell));
    }
}

/// What one of these names has.
fn own(given: &Object, names: [&str; 2]) -> JsValue {
    let mut values = names.into_iter().map(|name| get(given, name));
    let found = values.find(|value| !value.is_undefined() && !value.is_null());
    found.unwrap_or_default()
}
