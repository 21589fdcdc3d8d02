//! A progress bar. Unknown progress is an indeterminate bar, never a made-up number.

use leptos::prelude::*;

use super::{Text, text};

/// A bar with a spoken label. `permille` gives 0–1000, or `None` while nothing is known.
pub fn progress(
    label: Text,
    permille: impl Fn() -> Option<u16> + Copy + Send + 'static,
) -> AnyView {
    let now = move || permille().map(|value| (value / 10).to_string());
    let now: Box<dyn FnMut() -> Option<String> + Send> = Box::new(now);
    // Written as tenths of a percent from integers: printing a float costs 6.7 KB of wasm.
    let width = text(move || {
        let value = permille().unwrap_or(1000);
        let mut width = (value / 10).to_string();
        width.push('.');
        width.push_str(&(value % 10).to_string());
        width.push('%');
        width
    });
    view! {
        <span
            class="bar"
            role="progressbar"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=now
        >
            <span class="fill" style:inline-size=width></span>
        </span>
    }
    .into_any()
}
