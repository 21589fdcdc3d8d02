//! Who opened the widget: what it hears, and what it is asked. A page by its callbacks, or an
//! application in Rust.

use std::cell::RefCell;

use js_sys::{Array, Promise};
use leptos::prelude::*;
use plimsoll_core::Notice;
use plimsoll_core::options::OptionProblem;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsValue;
use web_sys::File;

use super::ask::Asked;
use super::engine::Engine;
use super::record::Recording;

/// What the engine calls with each notice, and with the file that the notice is about.
pub type Told = Box<dyn Fn(Notice, &dyn Fn(ItemId) -> Option<File>)>;

/// What the engine calls with each file of a batch that has ended: the files of `queues-end`, one
/// by one, so that many take no long turn.
pub type Listed = Box<dyn Fn(ItemId, Value, Option<File>)>;

/// What the engine calls with the files that are stored.
pub type Completed = Box<dyn Fn(Vec<(Value, Option<File>)>)>;

/// Who opened the widget, and wants to hear and to be asked.
pub struct Caller {
    /// Hears the notices.
    pub told: Told,
    /// Hears of each file of a batch that has ended, before it hears that the batch has.
    pub listed: Listed,
    /// Hears which source is shown now.
    pub turned: Box<dyn Fn(&str)>,
    /// Hears of the files that are stored, when a person asks for that.
    pub completed: Completed,
    /// Hears that the widget is shown in another way: `shown`, `hidden`, `minimized`, `expanded`.
    pub displayed: Box<dyn Fn(&'static str)>,
    /// The option `styles`, as the page gave it.
    pub styles: RefCell<JsValue>,
    /// A function of the page's by its names, as it is now; `undefined` for none.
    pub function: Function,
    /// Hears what is wrong with options that are read late.
    pub warned: Box<dyn Fn(Vec<OptionProblem>)>,
    /// Has a say in each file's parameters.
    pub prepare: Option<Asked>,
    /// Signs.
    pub sign: Option<Asked>,
    /// Has a say in which files go: gives a promise of what `page.js` says of them.
    pub vet: Option<Vetting>,
    /// Gets what the flight recorder writes, where the options want it.
    pub recording: Recording,
}

/// Gives what the page has under one of two names.
pub type Function = Box<dyn Fn([&str; 2]) -> JsValue>;

/// Asks the page which files may go.
pub type Vetting = Box<dyn Fn(&Array) -> Promise>;

impl Engine {
    /// A person went to another source.
    pub fn turned(self, source: &str) {
        self.0.try_with_value(|shell| (shell.caller.turned)(source));
    }

    /// A person wants the page to have what is stored.
    pub fn show_completed(self) {
        self.0.try_with_value(|shell| {
            let stored = shell.batch.borrow().completed();
            let stored = stored
                .into_iter()
                .map(|(id, entry)| (entry, shell.file(id)));
            (shell.caller.completed)(stored.collect());
        });
    }

    /// The page's styles.
    pub fn styles(self) -> JsValue {
        self.0
            .with_value(|shell| shell.caller.styles.borrow().clone())
    }

    /// Other styles from now on.
    pub fn restyle(self, styles: JsValue) {
        self.0
            .with_value(|shell| shell.caller.styles.replace(styles));
    }

    /// The widget is shown in another way.
    pub fn displayed(self, how: &'static str) {
        self.0.try_with_value(|shell| (shell.caller.displayed)(how));
    }
}
