//! What a person sees, in a shadow root: the dialog, the list, the footer. Screens read the
//! engine's view and report what the person did; they decide nothing about uploads.

mod advanced;
mod cover;
mod dialog;
mod edit;
mod film;
mod focus;
mod footer;
mod frame;
mod list;
mod renew;
mod review;
mod row;
mod tabs;
mod tags;
mod theme;
mod toast;
mod tray;

use std::rc::Rc;

use any_spawner::Executor;
use leptos::prelude::*;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use wasm_bindgen::JsValue;
use web_sys::Element;

use self::frame::Frame;
use self::tabs::Tabs;
use crate::look::SHEET;
use crate::look::words::Words;
use crate::parts::El;
use crate::shell::page::Stage;
use crate::shell::{self, Caller, Engine};

/// An open widget. Dropping it closes it.
pub struct Opened {
    engine: Engine,
    tabs: Tabs,
    asks: RwSignal<bool>,
    frame: Rc<Frame>,
    kept: Option<(El, Owner)>,
}

/// Opens the widget over the page, or inside a container of the page's; it speaks what is spoken
/// here. `closed` is called when the person has closed it, for the caller to drop it.
pub fn open(
    options: Options,
    caller: Caller,
    container: Option<&Element>,
    closed: Rc<dyn Fn()>,
) -> Result<Opened, JsValue> {
    // Fails when there is one already: then that one runs the effects.
    let _ = Executor::init_wasm_bindgen();
    let stage = Stage::new(SHEET, container)?;
    let owner = Owner::new();
    let (frame, tabs, asks, whole) = owner.with(|| {
        let engine = Engine::new(options, caller);
        let (tabs, asks) = (Tabs::new(engine), RwSignal::new(false));
        let frame = Frame::new(engine, stage, container.is_some(), closed);
        let whole = dialog::dialog(&frame, &tabs, asks);
        (frame, tabs, asks, whole)
    });
    frame.mount(whole.node())?;
    Ok(Opened {
        engine: frame.engine,
        tabs,
        asks,
        frame,
        kept: Some((whole, owner)),
    })
}

impl Opened {
    /// Whether closing now would stop something.
    pub fn is_busy(&self) -> bool {
        !self.engine.is_idle()
    }

    /// Goes to another source, if it is offered.
    pub fn turn(&self, source: &str) {
        self.tabs.show(source);
    }

    /// Adds files that the server is to fetch.
    pub fn fetch(&self, addresses: Vec<String>) {
        self.engine.fetch(addresses);
    }

    /// Other options, for what is chosen from now on. What of them is seen or said is shown a
    /// moment later.
    pub fn update(&self, options: Options, styles: JsValue) {
        let before = self.engine.options(Options::clone);
        self.engine.update(options);
        self.engine.restyle(styles);
        let frame = Rc::downgrade(&self.frame);
        let tabs = self.tabs.clone();
        shell::late(Box::new(move |here| {
            if let (true, Some(frame)) = (here, frame.upgrade()) {
                renew::update(&frame, &tabs, &before);
            }
        }));
    }

    /// Speaks something else.
    pub fn speak(&self, words: Words) {
        let frame = Rc::downgrade(&self.frame);
        let tabs = self.tabs.clone();
        shell::late(Box::new(move |here| {
            if let (true, Some(frame)) = (here, frame.upgrade()) {
                renew::speak(&frame, &tabs, words);
            }
        }));
    }

    /// What is stored, in shown order: as `success` has told it.
    pub fn results(&self) -> Vec<Value> {
        self.engine.results()
    }

    /// Asks the person whether running uploads may be stopped.
    pub fn ask(&self) {
        self.asks.set(true);
    }

    /// Takes it out of sight. Uploads go on, and what is listed stays.
    pub fn hide(&self) -> Result<(), JsValue> {
        self.frame.hide()
    }

    /// Shows it again where it was hidden or small.
    pub fn show(&self) -> Result<(), JsValue> {
        self.frame.show()
    }

    /// Makes it small and leaves the page free.
    pub fn minimize(&self) -> Result<(), JsValue> {
        self.frame.minimize()
    }

    /// Whether some of it can be seen.
    pub fn is_showing(&self) -> bool {
        self.frame.is_showing()
    }

    /// Whether it is small.
    pub fn is_minimized(&self) -> bool {
        self.frame.is_minimized()
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.engine.end();
        // Gives the focus back to where it was.
        self.frame.end();
        if let Some((whole, owner)) = self.kept.take() {
            // Not at once: this may run inside one of the dialog's own event handlers.
            shell::later(Box::new(move || {
                drop(whole);
                owner.cleanup();
            }));
        }
    }
}
