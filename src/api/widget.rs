//! One widget, as a page holds it: options, callback, and the dialog while it is open. The
//! loader's object of the same methods stands before this one until the module is there.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::Promise;
use plimsoll_core::options::{self, OptionProblem, Options, Reason};
use plimsoll_core::protocol::address;
use plimsoll_core::protocol::value::Value;
use wasm_bindgen::prelude::*;
use web_sys::console;

use super::callback::{Callback, closing};
use super::functions::asked;
use crate::look::words::Words;
use crate::screens::{self, Opened};
use crate::shell::{Asked, Caller, explain, get, json, set, speak};

/// The options that may be functions, in both spellings.
const SIGN: [&str; 2] = ["uploadSignature", "upload_signature"];
const PREPARE: [&str; 2] = ["prepareUploadParams", "prepare_upload_params"];

/// A widget made by `plimsoll.createUploadWidget`.
#[wasm_bindgen]
pub struct Widget(Rc<State>);

/// How an open dialog is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Display {
    Shown,
    Hidden,
    Minimized,
}

struct State {
    given: RefCell<Vec<(String, Value)>>,
    sign: RefCell<Option<Asked>>,
    prepare: RefCell<Option<Asked>>,
    callback: Callback,
    opened: RefCell<Option<Rc<Opened>>>,
    /// Means nothing while none is open.
    display: Cell<Display>,
    /// What it speaks, once that was asked for.
    words: RefCell<Option<Words>>,
    /// The problems of the options were told; not again at each opening.
    warned: Cell<bool>,
    destroyed: Cell<bool>,
    this: Weak<State>,
}

#[wasm_bindgen]
impl Widget {
    /// A widget with these options. Shows nothing and adds nothing to the page.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, callback: &JsValue) -> Widget {
        let state = Rc::new_cyclic(|this| State {
            given: RefCell::default(),
            sign: RefCell::default(),
            prepare: RefCell::default(),
            callback: Callback::new(callback),
            opened: RefCell::default(),
            display: Cell::new(Display::Shown),
            words: RefCell::default(),
            warned: Cell::new(false),
            destroyed: Cell::new(false),
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
        let given = self.0.given.borrow();
        let find = |wanted: &str| given.iter().find(|(name, _)| name == wanted);
        let find = |wanted| find(wanted).map(|(_, value)| value);
        speak(find("language").and_then(Value::text), find("text"))
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
        self.0.display(Display::Hidden);
    }

    /// Shows it, whatever was done to it before.
    pub fn show(&self) {
        self.0.show();
    }

    /// Makes it small, so that the page can be used.
    pub fn minimize(&self) {
        self.0.display(Display::Minimized);
    }

    /// Replaces options from the next opening on.
    pub fn update(&self, options: &JsValue) {
        self.0.give(options);
        self.0.words.take();
        self.0.warned.set(false);
    }

    /// Whether some of it can be seen.
    #[wasm_bindgen(js_name = isShowing)]
    pub fn is_showing(&self) -> bool {
        self.0
            .displayed()
            .is_some_and(|display| display != Display::Hidden)
    }

    /// Whether it is small.
    #[wasm_bindgen(js_name = isMinimized)]
    pub fn is_minimized(&self) -> bool {
        self.0.displayed() == Some(Display::Minimized)
    }

    /// Stops everything and removes the dialog. Nothing is called back any more.
    pub fn destroy(&self) {
        self.0.destroyed.set(true);
        self.0.opened.take();
    }
}

impl State {
    /// Puts options beside those there are, or in their places.
    fn give(&self, options: &JsValue) {
        let Value::Object(entries) = json::value(options) else {
            return;
        };
        let mut given = self.given.borrow_mut();
        for (name, value) in entries {
            // What was a function before may be something else now.
            for (names, slot) in [(SIGN, &self.sign), (PREPARE, &self.prepare)] {
                if names.contains(&name.as_str()) {
                    slot.replace(asked(options, names));
                }
            }
            given.retain(|(other, _)| *other != name);
            given.push((name, value));
        }
    }

    fn displayed(&self) -> Option<Display> {
        self.opened.borrow().as_ref().map(|_| self.display.get())
    }

    fn show(&self) {
        match self.displayed() {
            None => self.open(),
            Some(_) => self.display(Display::Shown),
        }
    }

    /// Shows an open dialog in another way, and tells so.
    fn display(&self, wanted: Display) {
        let Some(now) = self.displayed().filter(|now| *now != wanted) else {
            return;
        };
        // Not borrowed meanwhile: the page hears of the focus, and may call back.
        let opened = self.opened.borrow().clone();
        let done = opened.map(|opened| match wanted {
            Display::Shown => opened.show(),
            Display::Hidden => {
                opened.hide();
                Ok(())
            }
            Display::Minimized => opened.minimize(),
        });
        if let Some(Err(error)) = done {
            return self.unshown(&error);
        }
        self.display.set(wanted);
        let event = match (now, wanted) {
            (Display::Minimized, Display::Shown) => "expanded",
            (_, Display::Shown) => "shown",
            (_, Display::Hidden) => "hidden",
            (_, Display::Minimized) => "minimized",
        };
        self.callback.event("display-changed", &event.into());
    }

    fn open(&self) {
        if self.destroyed.get() {
            return;
        }
        let options = self.options();
        let callback = self.callback.clone();
        let this = self.this.clone();
        let told = move |notice, file: &dyn Fn(_) -> _| {
            if this.upgrade().is_some_and(|state| !state.destroyed.get()) {
                callback.notice(notice, file);
            }
        };
        let this = self.this.clone();
        let closed = Rc::new(move || {
            if let Some(state) = this.upgrade() {
                state.close(true);
            }
        });
        let list = self.callback.clone();
        let caller = Caller {
            told: Box::new(told),
            listed: Box::new(move |_, entry, file| list.listed(&entry, file)),
            turned: Box::new(self.turned()),
            prepare: self.prepare.borrow().clone(),
            sign: self.sign.borrow().clone(),
        };
        let words = self.words.borrow().clone().unwrap_or_default();
        match words.during(|| screens::open(options, caller, closed)) {
            Ok(opened) => {
                self.opened.replace(Some(Rc::new(opened)));
                self.display.set(Display::Shown);
                self.callback.event("display-changed", &"shown".into());
            }
            Err(error) => self.unshown(&error),
        }
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
        move |source| {
            let info = js_sys::Object::new();
            set(&info, "source", &source.into());
            callback.event("source-changed", &info);
        }
    }

    /// Adds what the page wants the server to fetch.
    fn fetch(&self, how: &Value) {
        let Some(Value::List(files)) = how.get("files") else {
            return;
        };
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
        if let Some(opened) = self
            .opened
            .borrow()
            .as_ref()
            .filter(|_| !addresses.is_empty())
        {
            opened.fetch(addresses);
        }
    }

    fn close(&self, quiet: bool) {
        let opened = self.opened.borrow().clone();
        if let Some(opened) = opened
            && !quiet
            && opened.is_busy()
        {
            // A question that nobody sees has no answer.
            self.display(Display::Shown);
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

    /// The options as core reads them; each problem is told once.
    fn options(&self) -> Options {
        let given = Value::Object(self.given.borrow().clone());
        let ids = crate::shell::page::registered();
        let ids = ids
            .iter()
            .filter_map(|source| get(source, "id").as_string());
        let (options, problems) = options::read_with(&given, ids.collect());
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
