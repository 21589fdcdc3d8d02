//! What things look like: words, icons, sizes in words, the style sheet. Knows core's types and
//! nothing of the browser.

pub mod icons;
pub mod words;

/// The widget's style sheet, for `CSSStyleSheet.replaceSync`.
pub const SHEET: &str = include_str!(concat!(env!("OUT_DIR"), "/widget.css"));
