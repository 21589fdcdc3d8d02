//! The dialog's place in the page: one host element with a shadow root, constructable style
//! sheets, and the page's scrolling. No attribute or inline style of the page is ever touched, so
//! there is nothing to restore wrongly.

use std::cell::RefCell;

use js_sys::{Array, Date, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Document, Element, HtmlElement, ShadowRootInit, ShadowRootMode};

use crate::look::words::Words;

use super::http::get;

/// Stops the page behind the dialog from scrolling, for as long as it is there: a page that empties
/// itself takes our element along without a word.
const LOCK: &str = "html:has(plimsoll-widget){overflow:hidden!important}";
/// The same where the page had a scroll bar: its place stays, or all would move sideways.
const LOCK_BAR: &str =
    "html:has(plimsoll-widget){overflow:hidden!important;scrollbar-gutter:stable}";

/// A host in the page, with a root to mount into. Dropping it gives the page back.
pub struct Stage {
    document: Document,
    host: HtmlElement,
    lock: CssStyleSheet,
    /// What of the page's had the focus before.
    opener: RefCell<Option<Element>>,
    /// Inside the shadow root.
    pub root: HtmlElement,
}

impl Stage {
    /// Adds the host at the end of a container, or else of the body.
    pub fn new(sheet: &str, container: Option<&Element>) -> Result<Self, JsValue> {
        let window = web_sys::window().ok_or("Plimsoll needs a window")?;
        let document = window.document().ok_or("Plimsoll needs a document")?;
        let body = document
            .body()
            .ok_or("Plimsoll was opened before the page had a body")?;
        let host: HtmlElement = document.create_element("plimsoll-widget")?.unchecked_into();
        let shadow = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?;
        let styles = CssStyleSheet::new()?;
        styles.replace_sync(sheet)?;
        adopt(&shadow, &Array::of1(&styles))?;
        let root: HtmlElement = document.create_element("div")?.unchecked_into();
        root.set_class_name(if container.is_some() {
            "root inside"
        } else {
            "root"
        });
        // Whatever the page's own are.
        let words = Words::here();
        root.set_attribute("lang", words.lang())?;
        root.set_attribute("dir", words.dir())?;
        root.style()
            .set_property("color-scheme", &scheme(&document))?;
        shadow.append_child(&root)?;
        container.unwrap_or(&body).append_child(&host)?;
        Ok(Self {
            document,
            host,
            lock: CssStyleSheet::new()?,
            opener: RefCell::default(),
            root,
        })
    }

    /// Whether the focus is here.
    pub fn has_focus(&self) -> bool {
        self.document.active_element().as_ref() == Some(&self.host)
    }

    /// Keeps in mind what of the page's has the focus.
    pub fn remember(&self) {
        if !self.has_focus() && !self.is_free() {
            self.opener.replace(self.document.active_element());
        }
    }

    /// Gives the focus back, where a dialog could not: it was made small between.
    pub fn give_back(&self) {
        let opener = self.opener.borrow().clone();
        if let Some(opener) = opener.filter(|_| self.has_focus() || self.is_free()) {
            // What has left the page meanwhile can't be focused, which harms nobody.
            let _ = opener.unchecked_into::<HtmlElement>().focus();
        }
    }

    /// Whether nothing has the focus.
    fn is_free(&self) -> bool {
        let body = self.document.body().map(JsCast::unchecked_into);
        self.document.active_element() == body
    }

    /// Stops the page from scrolling, until `unlock`.
    pub fn lock(&self) -> Result<(), JsValue> {
        self.unlock();
        let window = web_sys::window().ok_or("Plimsoll needs a window")?;
        let page = self.document.document_element();
        let width = page.map_or(0, |page| page.client_width());
        let bar = window.inner_width()?.as_f64().unwrap_or(0.0) > f64::from(width);
        self.lock.replace_sync(if bar { LOCK_BAR } else { LOCK })?;
        let sheets = adopted(&self.document);
        sheets.push(&self.lock);
        adopt(&self.document, &sheets)?;
        Ok(())
    }

    /// Speaks something else than before.
    pub fn speak(&self, words: &Words) {
        // Attributes of our own element can be set.
        let _ = self.root.set_attribute("lang", words.lang());
        let _ = self.root.set_attribute("dir", words.dir());
    }

    /// The colour scheme of a widget whose theme has none: see below.
    pub fn scheme(&self) -> String {
        scheme(&self.document)
    }

    /// Lets the page scroll again.
    pub fn unlock(&self) {
        let sheets = adopted(&self.document);
        let others = sheets.filter(&mut |sheet, _, _| !Object::is(&sheet, &self.lock));
        // The setter fails only for sheets of another document, and these were adopted before.
        let _ = adopt(&self.document, &others);
    }

    /// Gives the page back.
    pub fn leave(&self) {
        self.unlock();
        // Prototype.js, where a page has it, removes nothing twice.
        if self.host.is_connected() {
            self.host.remove();
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The browser's clock in so many seconds, in milliseconds.
pub fn clock_in(seconds: u64) -> f64 {
    Date::now() + seconds as f64 * 1_000.0
}

/// The page's own colour scheme where it declares one, else the person's preference: so that the
/// dialog is dark on a dark page, whatever made it dark.
fn scheme(document: &Document) -> String {
    let page = document.document_element();
    let window = web_sys::window();
    let style = page
        .zip(window)
        .and_then(|(page, window)| window.get_computed_style(&page).ok());
    let scheme = style
        .flatten()
        .and_then(|style| style.get_property_value("color-scheme").ok());
    let declared = scheme.filter(|scheme| scheme != "normal" && !scheme.is_empty());
    declared.unwrap_or_else(|| "light dark".to_owned())
}

fn adopted(of: &JsValue) -> Array {
    let sheets = Reflect::get(of, &"adoptedStyleSheets".into()).unwrap_or_default();
    Array::from(&sheets)
}

fn adopt(to: &JsValue, sheets: &Array) -> Result<bool, JsValue> {
    Reflect::set(to, &"adoptedStyleSheets".into(), sheets)
}

/// Whether lines run from right to left where an element stands.
pub fn is_rtl(element: &Element) -> bool {
    let style = web_sys::window().and_then(|window| window.get_computed_style(element).ok());
    let direction = style
        .flatten()
        .and_then(|style| style.get_property_value("direction").ok());
    direction.is_some_and(|direction| direction == "rtl")
}

/// The sources that the page registered, as it gave them.
pub fn registered() -> Vec<JsValue> {
    let window = web_sys::window().map_or(JsValue::UNDEFINED, JsValue::from);
    let all = get(&window, "plimsollSources");
    if Array::is_array(&all) {
        Array::from(&all).to_vec()
    } else {
        Vec::new()
    }
}
