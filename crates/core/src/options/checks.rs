//! What texts must look like to do as options. A check that fails gives the rule and the
//! remedy, both as parts of the message.

use crate::protocol;

/// What a text breaks: the middle of a sentence, and the sentence after it.
pub(super) struct Wrong {
    pub rule: &'static str,
    pub remedy: &'static str,
}

/// Any text will do.
pub(super) const fn anything(_: &str) -> Result<(), Wrong> {
    Ok(())
}

/// Letters, digits, `-` and `_`: what stands in addresses as it is.
pub(super) fn cloud_name(text: &str) -> Result<(), Wrong> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if text.bytes().all(good) {
        return Ok(());
    }
    wrong(
        "may hold only letters, digits, \"-\" and \"_\"",
        "Copy it from your account's dashboard",
    )
}

/// The Upload API's rules for public IDs.
pub(super) fn public_id(text: &str) -> Result<(), Wrong> {
    protocol::public_id::check(text).or_else(|rule| wrong(rule, "Choose another public ID"))
}

/// An address that a path can be appended to.
pub(super) fn prefix(text: &str) -> Result<(), Wrong> {
    let based = ["https://", "http://", "/"]
        .iter()
        .any(|start| text.starts_with(start));
    if !based {
        return wrong(
            "must start with https:// or http://",
            "Write for example https://api.cloudinary.com",
        );
    }
    if text
        .contains(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '?' | '#' | '\\'))
    {
        return wrong(
            "may not hold blanks, ?, # or \\",
            "Give only the part before /v1_1",
        );
    }
    Ok(())
}

const fn wrong(rule: &'static str, remedy: &'static str) -> Result<(), Wrong> {
    Err(Wrong { rule, remedy })
}
