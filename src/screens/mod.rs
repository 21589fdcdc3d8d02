//! What a person sees, in a shadow root: the dialog, the list, the footer. Screens read the
//! engine's view and report what the person did; they decide nothing about uploads.

mod dialog;
mod edit;
mod focus;
mod footer;
mod list;
mod row;
mod tabs;

use std::rc::Rc;

use any_spawner::Executor;
use leptos::prelude::*;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::value::Value;
use wasm_bindgen::JsValue;
use web_sys::HtmlDialogElement;

use self::tabs::Tabs;
use crate::look::SHEET;
use crate::parts::El;
use crate::shell::page::Stage;
use crate::shell::{self, Caller, Engine};

/// An open dialog. Dropping it closes it.
pub struct Opened {
    engine: Engine,
    tabs: Tabs,
    asks: RwSignal<bool>,
    node: HtmlDialogElement,
    kept: Option<(El, Stage, Owner)>,
}

/// Opens a dialog over the page, which speaks what is spoken here. `closed` is called when the
/// person has closed it, for the caller to drop it.
pub fn open(options: Options, caller: Caller, closed: Rc<dyn Fn()>) -> Result<Opened, JsValue> {
    // Fails when there is one already: then that one runs the effects.
    let _ = Executor::init_wasm_bindgen();
    let stage = Stage::new(SHEET)?;
    let owner = Owner::new();
    let (engine, tabs, asks, dialog) = owner.with(|| {
        let engine = Engine::new(options, caller);
        let (tabs, asks) = (Tabs::new(engine), RwSignal::new(false));
        let dialog = dialog::dialog(engine, &tabs, asks, closed);
        (engine, tabs, asks, dialog)
    });
    let node: HtmlDialogElement = dialog.node();
    stage.root.append_child(&node)?;
    let opened = Opened {
        engine,
        tabs,
        asks,
        node,
        kept: Some((dialog, stage, owner)),
    };
    opened.show()?;
    Ok(opened)
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

    /// Takes it out of sight. Uploads go on, and what is listed stays.
    pub fn hide(&self) {
        self.node.close();
        if let Some((_, stage, _)) = &self.kept {
            stage.unlock();
        }
    }

    /// Shows it over the page, where it was hidden or small.
    pub fn show(&self) -> Result<(), JsValue> {
        // One that is small is open already, but not above all.
        self.node.close();
        self.node.remove_attribute("data-small")?;
        if let Some((_, stage, _)) = &self.kept {
            stage.lock()?;
        }
        self.node.show_modal()
    }

    /// Makes it small and leaves the page free.
    pub fn minimize(&self) -> Result<(), JsValue> {
        self.hide();
        self.node.set_attribute("data-small", "")?;
        self.node.show();
        Ok(())
    }

    /// What is stored, in shown order: as `success` has told it.
    pub fn results(&self) -> Vec<Value> {
        self.engine.results()
    }

    /// Asks the person whether running uploads may be stopped.
    pub fn ask(&self) {
        self.asks.set(true);
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.engine.end();
        // Gives the focus back to where it was.
        self.node.close();
        if let Some((dialog, stage, owner)) = self.kept.take() {
            drop(stage);
            // Not at once: this may run inside one of the dialog's own event handlers.
            shell::later(Box::new(move || {
                drop(dialog);
                owner.cleanup();
            }));
        }
    }
}
