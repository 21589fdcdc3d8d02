//! The tabs of sources, where a page offers more than one, and the place that shows the chosen one.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use crate::look::words;
use crate::parts::{El, el, icon};
use crate::shell::{self, Engine, get};
use crate::sources::{self, Desk, Offer};

/// The sources of one dialog, and which of them is shown.
#[derive(Clone)]
pub struct Tabs {
    desk: Desk,
    offers: Rc<RefCell<Rc<[Offer]>>>,
    current: RwSignal<usize>,
}

impl Tabs {
    /// Those of the page's options.
    pub fn new(engine: Engine) -> Self {
        let desk = Desk {
            engine,
            pasted: RwSignal::new(String::new()),
        };
        let offers = sources::offers(engine);
        let first = engine.options(|options| options.default_source);
        let first = offers.iter().position(|offer| Some(offer.source) == first);
        Self {
            desk,
            offers: Rc::new(RefCell::new(offers.into())),
            current: RwSignal::new(first.unwrap_or_default()),
        }
    }

    fn offers(&self) -> Rc<[Offer]> {
        self.offers.borrow().clone()
    }

    /// Takes in other sources, or other words for them, and stays where it is, if it can. What was
    /// made of the earlier ones is to be made anew.
    pub fn renew(&self) {
        let at = self.current.get_untracked();
        let before = self.offers();
        let before = before.get(at).map(|offer| &offer.name);
        let offers = sources::offers(self.desk.engine);
        let stays = offers.iter().position(|offer| Some(&offer.name) == before);
        self.offers.replace(offers.into());
        let stays = stays.unwrap_or_default();
        if stays != at {
            self.current.set(stays);
        }
    }

    /// Shows another source, if it is offered.
    pub fn show(&self, source: &str) {
        let offers = self.offers();
        if let Some(at) = offers.iter().position(|offer| offer.name == source) {
            self.turn(at);
        }
    }

    /// Takes in a text that may be addresses, for the source that takes them. Says whether it did.
    pub fn take_text(&self, text: &str) -> bool {
        let offers = self.offers();
        let taken =
            sources::paste::is_address(text) && offers.iter().any(|offer| offer.name == "url");
        if taken {
            self.desk.pasted.set(text.to_owned());
            self.show("url");
        }
        taken
    }

    fn turn(&self, at: usize) {
        // What is set anew is made anew.
        if self.current.get_untracked() != at
            && let Some(offer) = self.offers().get(at)
        {
            self.current.set(at);
            self.desk.engine.turned(&offer.name);
        }
    }

    /// The tabs; nothing where there is one source.
    pub fn bar(&self) -> El {
        let offers = self.offers();
        let several = offers.len() > 1;
        let bar = el("div").class("tabs").shown_if(move || several);
        if !several {
            return bar;
        }
        let (this, node): (Self, Element) = (self.clone(), bar.node());
        let current = self.current;
        let mut bar = bar
            .attr("role", "tablist")
            .attr("aria-label", words::MENU_TITLE.text())
            .on("keydown", move |event| this.step(&node, &event))
            .live(Box::new(move |bar| {
                let (bar, at) = (bar.clone(), current.get());
                // When the bar has a width.
                shell::later(Box::new(move || bring_into_view(&bar, at)));
            }));
        for (at, offer) in offers.iter().enumerate() {
            bar = bar.child(self.tab(at, offer));
        }
        bar
    }

    fn tab(&self, at: usize, offer: &Offer) -> El {
        let (this, current) = (self.clone(), self.current);
        let shown = move || current.get() == at;
        el("button")
            .class("tab")
            .attr("type", "button")
            .attr("role", "tab")
            .attr("id", &id(offer))
            .attr("aria-controls", "source")
            .live_attr("aria-selected", move || Some(shown().to_string()))
            // One stop for the whole bar: arrow keys go on from there.
            .live_attr("tabindex", move || (!shown()).then(|| "-1".to_owned()))
            .child(icon(&offer.icon))
            .child(el("span").text(&offer.label))
            .on("click", move |_| this.turn(at))
    }

    /// Arrow keys go to the next tab and show it, Home and End to the first and the last one.
    fn step(&self, bar: &Element, event: &Event) {
        let last = self.offers().len() - 1;
        let at = self.current.get_untracked();
        let ahead = if at == last { 0 } else { at + 1 };
        let back = if at == 0 { last } else { at - 1 };
        let key = get(event, "key").as_string().unwrap_or_default();
        let at = match key.as_str() {
            "Home" => 0,
            "End" => last,
            "ArrowRight" if shell::page::is_rtl(bar) => back,
            "ArrowLeft" if shell::page::is_rtl(bar) => ahead,
            "ArrowRight" => ahead,
            "ArrowLeft" => back,
            _ => return,
        };
        event.prevent_default();
        self.turn(at);
        if let Some(tab) = child(bar, at) {
            // Focusing an element of our own can't fail.
            let _ = tab.focus();
        }
    }

    /// The place of the source that is shown.
    pub fn panel(&self) -> El {
        let (desk, offers, current) = (self.desk, self.offers(), self.current);
        let several = offers.len() > 1;
        let panel = el("div").class("source").each(
            move || vec![u32::try_from(current.get()).unwrap_or_default()],
            move |at| match offers.get(at as usize) {
                Some(offer) => sources::show(desk, offer),
                None => el("span"),
            },
        );
        if !several {
            return panel;
        }
        let offers = self.offers();
        panel
            .attr("id", "source")
            .attr("role", "tabpanel")
            .live_attr("aria-labelledby", move || offers.get(current.get()).map(id))
    }
}

fn child(bar: &Element, at: usize) -> Option<HtmlElement> {
    let tab = bar.children().item(u32::try_from(at).ok()?)?;
    Some(tab.unchecked_into())
}

/// Scrolls a bar that is longer than its place to the middle of a tab.
fn bring_into_view(bar: &Element, at: usize) {
    if let Some(tab) = child(bar, at) {
        let middle = tab.offset_left() + tab.offset_width() / 2;
        bar.set_scroll_left(middle - bar.client_width() / 2);
    }
}

fn id(offer: &Offer) -> String {
    ["tab-", &offer.name].concat()
}
