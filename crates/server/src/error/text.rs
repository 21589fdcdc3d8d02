//! Texts of errors: what a client sent, made fit for a sentence and a header.

use std::time::Duration;

/// Rounded up: who comes earlier is refused again.
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
}

/// A parameter as a person says it: `return_delete_token` → `Return delete token`.
pub fn humanised(name: &str) -> String {
    let text = shown(name).replace('_', " ");
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// What a client sent, short and without control characters, for use in a sentence.
pub fn shown(text: &str) -> String {
    /// Long enough to recognise, short enough for a header.
    const CHARS_MAX: usize = 100;
    text.chars()
        .filter(|character| !character.is_control())
        .take(CHARS_MAX)
        .collect()
}

/// Headers carry visible ASCII only, and clients take few kilobytes of them; the body has it all.
pub fn header_text(message: &str) -> String {
    /// Node takes 16 KiB of headers in all.
    const CHARS_MAX: usize = 4 * 1024;
    let visible = |character: char| matches!(character, ' '..='~');
    message
        .chars()
        .take(CHARS_MAX)
        .map(|character| if visible(character) { character } else { '?' })
        .collect()
}
