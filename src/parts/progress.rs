//! A progress bar. Unknown progress is an indeterminate bar, never a made-up number.

use super::{El, el, style};

/// A bar with a spoken label. `permille` gives 0–1000, or `None` while nothing is known.
pub fn progress(label: &str, permille: impl Fn() -> Option<u16> + Copy + 'static) -> El {
    let fill = el("span").class("fill").live(Box::new(move |node| {
        // Tenths of a percent from integers: printing a float costs 6.7 KB of wasm.
        let value = permille().unwrap_or(1000);
        let mut width = (value / 10).to_string();
        width.push('.');
        width.push_str(&(value % 10).to_string());
        width.push('%');
        style(node, "inline-size", &width);
    }));
    el("span")
        .class("bar")
        .attr("role", "progressbar")
        .attr("aria-label", label)
        .attr("aria-valuemin", "0")
        .attr("aria-valuemax", "100")
        .live_attr("aria-valuenow", move || {
            permille().map(|value| (value / 10).to_string())
        })
        .child(fill)
}
