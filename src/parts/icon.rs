//! One icon, drawn inline. Decorative: the words beside it carry the meaning.

use super::{El, svg};

/// The icon with this path data.
pub fn icon(path: &str) -> El {
    frame().child(svg("path").attr("d", path))
}

/// An icon that follows what `read` gives.
pub fn live_icon(read: impl Fn() -> &'static str + 'static) -> El {
    frame().child(svg("path").live_attr("d", move || Some(read().to_owned())))
}

fn frame() -> El {
    svg("svg")
        .attr("class", "icon")
        .attr("viewBox", "0 0 24 24")
        .attr("aria-hidden", "true")
}
