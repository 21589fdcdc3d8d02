//! A round button that shows an icon and says its action to those who can't see it.

use leptos::prelude::*;

use super::{Flag, Text, icon};

/// A button with an icon, its spoken label, when it is hidden, and what a click does.
pub fn icon_button(
    path: &'static str,
    label: Text,
    hidden: Flag,
    mut act: impl FnMut(leptos::ev::MouseEvent) + 'static,
) -> AnyView {
    let act: Box<dyn FnMut(leptos::ev::MouseEvent)> = Box::new(move |event| act(event));
    view! {
        <button type="button" class="round" aria-label=label hidden=hidden on:click=act>
            {icon(path)}
        </button>
    }
    .into_any()
}
