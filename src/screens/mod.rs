//! What a person sees, in a shadow root: the dialog, the list, the footer. Screens read the
//! engine's view and report what the person did; they decide nothing about uploads.

mod dialog;
mod footer;
mod row;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlDialogElement;

use crate::look::SHEET;
use crate::shell::Engine;
use crate::shell::page::Stage;

/// An open dialog. Dropping it closes it.
pub struct Opened {
    engine: Engine,
    asks: RwSignal<bool>,
    dialog: HtmlDialogElement,
    mounted: RefCell<Option<(UnmountHandle<AnyViewState>, Stage)>>,
}

/// Opens a dialog over the page. `start` makes its engine; `closed` is called when the person has
/// closed it, for the caller to drop it.
pub fn open(
    start: impl FnOnce() -> Engine + 'static,
    closed: Rc<dyn Fn()>,
) -> Result<Opened, JsValue> {
    let stage = Stage::new(SHEET)?;
    let made = Rc::new(Cell::new(None));
    let kept = made.clone();
    let mounted = mount_to(stage.root.clone(), move || {
        let engine = start();
        let asks = RwSignal::new(false);
        let node = NodeRef::new();
        kept.set(Some((engine, asks, node)));
        dialog::dialog(engine, asks, node, closed)
    });
    let (engine, asks, node) = made.get().ok_or("the dialog was not mounted")?;
    let dialog: HtmlDialogElement = node.get_untracked().ok_or("the dialog was not mounted")?;
    dialog.show_modal()?;
    Ok(Opened { engine, asks, dialog, mounted: RefCell::new(Some((mounted, stage))) })
}

impl Opened {
    /// Whether closing now would stop something.
    pub fn is_busy(&self) -> bool {
        !self.engine.is_idle()
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
        self.dialog.close();
        // Not at once: this may run inside one of the dialog's own event handlers.
        if let Some((mounted, stage)) = self.mounted.take() {
            drop(stage);
            spawn_local(async move { drop(mounted) });
        }
    }
}
