//! What texts must look like to do as options. Each check ends a sentence that begins with the
//! option's name and value.

use super::table::Check;

/// The Upload API's limit for public IDs, in characters.
const PUBLIC_ID_MAX: usize = 255;

/// Any text will do.
pub(super) const fn anything(_: &str) -> Result<(), &'static str> {
    Ok(())
}

/// Letters, digits, `-` and `_`: what stands in addresses as it is.
pub(super) fn cloud_name(text: &str) -> Result<(), &'static str> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if text.bytes().all(good) {
        Ok(())
    } else {
        Err("may hold only letters, digits, \"-\" and \"_\". Copy it from your account's dashboard")
    }
}

/// The Upload API's rules for public IDs.
pub(super) fn public_id(text: &str) -> Result<(), &'static str> {
    if text.chars().count() > PUBLIC_ID_MAX {
        return Err("is longer than 255 characters. Shorten it");
    }
    if text.contains(['?', '&', '#', '\\', '%', '<', '>', '+']) {
        return Err("may not hold any of ? & # \\ % < > +. Leave them out");
    }
    let edge = |letter: char| letter == '/' || letter.is_whitespace();
    if text.starts_with(edge) || text.ends_with(edge) {
        return Err("may not begin or end with a slash or a blank. Remove it");
    }
    if text.split('/').any(is_version) {
        return Err("may not hold a version like \"v1\" between slashes. Rename that part");
    }
    Ok(())
}

fn is_version(element: &str) -> bool {
    element.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// An address that a path can be appended to.
pub(super) fn prefix(text: &str) -> Result<(), &'static str> {
    let based = ["https://", "http://", "/"]
        .iter()
        .any(|start| text.starts_with(start));
    if !based {
        Err("must start with https:// or http://. Write for example https://api.cloudinary.com")
    } else if text.contains(|letter: char| letter.is_whitespace() || "?#\\".contains(letter)) {
        Err("may not hold blanks, ?, # or \\. Give only the part before /v1_1")
    } else {
        Ok(())
    }
}

// All of them can stand in a row of the table.
const _: [Check; 4] = [anything, cloud_name, public_id, prefix];
