//! Colours and letters that a page gives: read by `www/script/dress.js`, judged and completed by
//! core, and set as custom properties on the widget's root. Late.

use js_sys::Array;
use plimsoll_core::options::Theme;
use plimsoll_core::palette::{self, Colour, Palette};
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlElement};

use crate::parts::style;
use crate::shell::{self, Engine, get, promised};

/// Gives the widget around `root` the look of the page's options. Where it has another one,
/// `scheme` is the colour scheme to begin with.
#[inline(never)]
pub fn apply(engine: Engine, root: HtmlElement, scheme: String) {
    let theme = engine.options(|options| options.look.theme);
    let read = promised(shell::look(name(theme), &engine.styles()));
    let act = move |look: Result<JsValue, JsValue>| {
        if !scheme.is_empty() {
            root.style().set_css_text("");
            style(&root, "color-scheme", &scheme);
        }
        if let Ok(look) = look {
            dress(&root, &look, theme == Theme::Dark);
        }
        // Shows it, whatever came of it. Removing an attribute can't fail.
        let _ = root.remove_attribute("data-bare");
    };
    shell::when(read, Box::new(act));
}

const fn name(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::Default => "default",
        Theme::White => "white",
        Theme::Minimal => "minimal",
        Theme::Purple => "purple",
    }
}

fn dress(root: &Element, look: &JsValue, prefers_dark: bool) {
    for (property, value) in [("--frame", "frame"), ("--font", "font")] {
        if let Some(text) = get(look, value).as_string() {
            style(root, property, &text);
        }
    }
    let given = get(look, "palette");
    if !Array::is_array(&given) {
        return;
    }
    let given = Array::from(&given);
    let mut wanted: Palette = [None; 13];
    for (at, colour) in wanted.iter_mut().enumerate() {
        let value = given.get(u32::try_from(at).unwrap_or_default()).as_f64();
        // A whole number below 2^24.
        *colour = value.map(|value| Colour::from_hex(value as u32));
    }
    let (tokens, dark, poor) = palette::apply(&wanted, prefers_dark);
    style(root, "color-scheme", if dark { "dark" } else { "light" });
    for (property, colour) in tokens {
        style(root, property, &colour.css());
    }
    for pair in poor {
        // A warning that can't be told harms nobody.
        let _ = shell::poor(pair.over, pair.under, pair.ratio, pair.needs);
    }
}
