//! How the widget stands on the page: over all of it, in a place of its own, small in a corner, or
//! out of sight. Whatever it is, its uploads go on, and what is listed stays.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use leptos::prelude::{Owner, TimeoutHandle, set_timeout_with_handle};
use plimsoll_core::options::Theme;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlDialogElement, HtmlElement};

use super::{theme, tray};
use crate::look::words::Words;
use crate::parts::{El, style};
use crate::shell::page::Stage;
use crate::shell::{self, Engine, late, late_dressed};

/// So long what is done can be seen before the widget closes by itself.
const SEEN: Duration = Duration::from_millis(900);

/// One way to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Display {
    Shown,
    Hidden,
    Minimized,
}

/// The widget's place, and how it is shown there.
pub struct Frame {
    pub engine: Engine,
    /// Closes for good, and asks nobody.
    pub closed: Rc<dyn Fn()>,
    /// Whether it is a part of the page, in a container of the page's.
    pub is_inline: bool,
    pub stage: Stage,
    whole: OnceCell<HtmlElement>,
    maker: OnceCell<Box<dyn Fn() -> Option<El>>>,
    content: RefCell<Option<Piece>>,
    display: Cell<Display>,
    tray: RefCell<Option<Piece>>,
    closing: Cell<Option<TimeoutHandle>>,
    words: RefCell<Words>,
    this: Weak<Frame>,
}

/// Something with signals of its own, which is made and dropped while the rest stays.
struct Piece(Option<(El, Owner)>);

impl Drop for Piece {
    fn drop(&mut self) {
        if let Some((el, owner)) = self.0.take() {
            el.node::<Element>().remove();
            // Not at once: this may run inside one of its own event handlers.
            shell::later(Box::new(move || {
                drop(el);
                owner.cleanup();
            }));
        }
    }
}

impl Frame {
    /// A frame that shows nothing yet.
    pub fn new(engine: Engine, stage: Stage, is_inline: bool, closed: Rc<dyn Fn()>) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            engine,
            closed,
            is_inline,
            maker: OnceCell::new(),
            content: RefCell::default(),
            stage,
            whole: OnceCell::new(),
            display: Cell::new(Display::Hidden),
            tray: RefCell::default(),
            closing: Cell::new(None),
            words: RefCell::new(Words::here()),
            this: this.clone(),
        })
    }

    /// Shows the whole for the first time.
    pub fn mount(&self, whole: HtmlElement) -> Result<(), JsValue> {
        self.stage.root.append_child(&whole)?;
        let _ = self.whole.set(whole);
        self.fill();
        self.display.set(Display::Shown);
        self.dress()?;
        self.put(Display::Shown)
    }

    /// Gives it the page's look. What is more than light or dark comes a moment later.
    fn dress(&self) -> Result<(), JsValue> {
        let (engine, root) = (self.engine, self.stage.root.clone());
        let theme = engine.options(|options| options.look.theme);
        if let Some(scheme) = own_scheme(theme) {
            style(&root, "color-scheme", scheme);
        }
        let plain = matches!(theme, Theme::Auto | Theme::Light | Theme::Dark);
        if plain && !engine.styles().is_object() {
            return Ok(());
        }
        root.set_attribute("data-bare", "")?;
        let this = self.this.clone();
        late(Box::new(move |here| {
            if let (true, Some(frame)) = (here, this.upgrade()) {
                theme::apply(frame.engine, root, String::new());
            }
        }));
        Ok(())
    }

    /// Says what makes what is seen in the whole.
    pub fn made_by(&self, maker: Box<dyn Fn() -> Option<El>>) {
        let _ = self.maker.set(maker);
    }

    /// Makes what is seen, anew where it is there.
    pub fn fill(&self) {
        let (Some(whole), Some(maker)) = (self.whole.get(), self.maker.get()) else {
            return;
        };
        self.content.take();
        let owner = Owner::new();
        let made = self.words().during(|| owner.with(maker));
        if let Some(content) = made {
            // Appending a new element to one of ours can't fail.
            let _ = whole.append_child(&content.node());
            self.content.replace(Some(Piece(Some((content, owner)))));
        }
    }

    /// What is spoken.
    pub fn words(&self) -> Words {
        self.words.borrow().clone()
    }

    /// Speaks something else, in what is made from now on.
    pub fn speak(&self, words: Words) {
        self.words.replace(words);
    }

    /// Whether it is in the page.
    pub fn is_there(&self) -> bool {
        self.content.borrow().is_some()
    }

    /// The dialog, or what stands in its place.
    pub fn whole(&self) -> Option<&HtmlElement> {
        self.whole.get()
    }

    /// Makes the bar anew, where it is small.
    pub fn renew_tray(&self) {
        if self.is_minimized() {
            self.tray.take();
            self.shrink(false);
        }
    }

    /// Whether some of it can be seen.
    pub fn is_showing(&self) -> bool {
        self.display.get() != Display::Hidden
    }

    /// Whether it is small.
    pub fn is_minimized(&self) -> bool {
        self.display.get() == Display::Minimized
    }

    /// Takes it out of sight.
    pub fn hide(&self) -> Result<(), JsValue> {
        self.change(Display::Hidden, "hidden")
    }

    /// Shows all of it, whatever it was.
    pub fn show(&self) -> Result<(), JsValue> {
        let how = if self.is_minimized() {
            "expanded"
        } else {
            "shown"
        };
        self.change(Display::Shown, how)
    }

    /// Makes it small and leaves the page free.
    pub fn minimize(&self) -> Result<(), JsValue> {
        self.change(Display::Minimized, "minimized")
    }

    /// Closes it soon, if nothing is begun meanwhile.
    pub fn close_later(&self) {
        let this = self.this.clone();
        let close = move || {
            if let Some(frame) = this.upgrade().filter(|frame| frame.engine.is_idle()) {
                (frame.closed)();
            }
        };
        let timer = set_timeout_with_handle(close, SEEN).ok();
        if let Some(other) = self.closing.replace(timer) {
            other.clear();
        }
    }

    /// Takes it from the page for good.
    pub fn end(&self) {
        if let Some(closing) = self.closing.take() {
            closing.clear();
        }
        let had_focus = self.stage.has_focus();
        self.tray.take();
        self.withdraw(had_focus);
        self.stage.leave();
        self.content.take();
    }

    fn change(&self, wanted: Display, how: &'static str) -> Result<(), JsValue> {
        let was = self.display.replace(wanted);
        if was == wanted {
            return Ok(());
        }
        if let Err(error) = self.put(wanted) {
            self.display.set(was);
            return Err(error);
        }
        self.engine.displayed(how);
        Ok(())
    }

    fn put(&self, wanted: Display) -> Result<(), JsValue> {
        let had_focus = self.stage.has_focus();
        self.tray.take();
        match wanted {
            Display::Hidden => self.withdraw(had_focus),
            Display::Minimized => {
                self.withdraw(had_focus);
                self.shrink(had_focus);
            }
            Display::Shown => {
                let Some(whole) = self.whole.get() else {
                    return Ok(());
                };
                whole.set_hidden(false);
                if let (false, Some(dialog)) = (self.is_inline, self.dialog()) {
                    self.stage.remember();
                    self.stage.lock()?;
                    dialog.show_modal()?;
                    focus_first(dialog);
                }
            }
        }
        Ok(())
    }

    /// Takes the whole from view. A dialog gives the focus back to where it was, which may be a
    /// tray that is gone.
    fn withdraw(&self, had_focus: bool) {
        match (self.dialog(), self.whole.get()) {
            (Some(dialog), _) => dialog.close(),
            (None, Some(whole)) => whole.set_hidden(true),
            (None, None) => {}
        }
        if had_focus {
            self.stage.give_back();
        }
        self.stage.unlock();
    }

    /// Puts the tray there, once what makes it is; without it the whole stays.
    fn shrink(&self, had_focus: bool) {
        let this = self.this.clone();
        let act = Box::new(move |here: bool| {
            let small = |frame: &Rc<Frame>| frame.is_minimized() && frame.is_there();
            let Some(frame) = this.upgrade().filter(small) else {
                return;
            };
            if !here {
                // It was shown before, and can be again.
                let _ = frame.show();
                return;
            }
            let owner = Owner::new();
            let tray = frame.words().during(|| owner.with(|| tray::tray(&frame)));
            let node: HtmlElement = tray.node();
            frame.tray.replace(Some(Piece(Some((tray, owner)))));
            // Appending a new element to one of ours can't fail.
            let _ = frame.stage.root.append_child(&node);
            if had_focus {
                tray::focus(&node);
            }
        });
        late_dressed(&self.stage.root, act);
    }

    fn dialog(&self) -> Option<&HtmlDialogElement> {
        self.whole.get().and_then(|whole| whole.dyn_ref())
    }
}

/// The colour scheme of a theme that has one.
pub const fn own_scheme(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
        _ => None,
    }
}

/// Focuses what people want first. Not by `autofocus`, of which browsers complain in frames of
/// other origins.
fn focus_first(dialog: &HtmlDialogElement) {
    let find = |what| dialog.query_selector(what).ok().flatten();
    let first = find("[data-focus]").or_else(|| find("[aria-selected=true]"));
    if let Some(first) = first {
        // What can't be focused leaves the focus where the dialog has put it.
        let _ = first.unchecked_into::<HtmlElement>().focus();
    }
}
