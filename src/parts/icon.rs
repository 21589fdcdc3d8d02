//! One icon, drawn inline. Decorative: the words beside it carry the meaning.

use leptos::prelude::*;

/// The icon with this path data.
pub fn icon(path: &'static str) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
    .into_any()
}
