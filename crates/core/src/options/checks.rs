//! What texts must look like to do as options.

use super::Reason;
use crate::protocol;

/// Any text will do.
pub(super) const fn anything(_: &str) -> Result<(), Reason> {
    Ok(())
}

/// Letters, digits, `-` and `_`: what stands in addresses as it is.
pub(super) fn cloud_name(text: &str) -> Result<(), Reason> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    fits(text.bytes().all(good), Reason::CloudName)
}

/// The Upload API's rules for public IDs.
pub(super) fn public_id(text: &str) -> Result<(), Reason> {
    fits(protocol::public_id::check(text).is_ok(), Reason::PublicId)
}

/// An address that a path can be appended to.
pub(super) fn prefix(text: &str) -> Result<(), Reason> {
    let based = ["https://", "http://", "/"]
        .iter()
        .any(|start| text.starts_with(start));
    let odd = |letter: char| letter.is_ascii_whitespace() || matches!(letter, '?' | '#' | '\\');
    fits(based && !text.contains(odd), Reason::Prefix)
}

const fn fits(good: bool, reason: Reason) -> Result<(), Reason> {
    if good { Ok(()) } else { Err(reason) }
}
