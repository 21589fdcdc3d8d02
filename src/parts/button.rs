//! Buttons: with words, or round with an icon that says its action to those who can't see it.

use web_sys::Event;

use super::{El, el, live_icon};

/// A button with words.
pub fn button(class: &str, words: &str, mut act: impl FnMut() + 'static) -> El {
    plain(class).text(words).on("click", move |_| act())
}

/// A round button with an icon; icon and spoken label follow what they
/// are given.
pub fn icon_button(
    path: impl Fn() -> &'static str + 'static,
    label: impl Fn() -> String + 'static,
    act: impl FnMut(Event) + 'static,
) -> El {
    plain("round")
        .live_attr("aria-label", move || Some(label()))
        .child(live_icon(path))
        .on("click", act)
}

fn plain(class: &str) -> El {
    el("button").attr("type", "button").class(class)
}
