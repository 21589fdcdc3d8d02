//! What is pasted: copied files keep their names, a copied picture gets one, and a text may be the
//! address of a file.

use js_sys::{Array, Date};
use plimsoll_core::protocol::address;
use web_sys::{ClipboardEvent, File, FilePropertyBag};

use super::drop;
use crate::look::words;

/// The name that browsers give to every copied picture.
const NAMELESS: &str = "image.png";

/// The files on the clipboard; none when it holds something else.
pub fn read(event: &ClipboardEvent) -> Vec<File> {
    let pasted = drop::read(event.clipboard_data()).into_files();
    pasted
        .into_iter()
        .map(|file| {
            if file.name() == NAMELESS {
                named(file)
            } else {
                file
            }
        })
        .collect()
}

/// The text on the clipboard; empty when it holds something else.
pub fn text(event: &ClipboardEvent) -> String {
    let data = event.clipboard_data();
    data.and_then(|data| data.get_data("text/plain").ok())
        .unwrap_or_default()
}

/// Whether a text begins with an address that a server can fetch.
pub fn is_address(text: &str) -> bool {
    let first = text.split_ascii_whitespace().next().unwrap_or_default();
    address::check(first).is_ok()
}

/// The same picture under a name that tells it from the next one.
fn named(file: File) -> File {
    let about = FilePropertyBag::new();
    about.set_type(&file.type_());
    about.set_last_modified(file.last_modified());
    let mut name = words::LOCAL_PASTED.with("time", &now());
    name.push_str(".png");
    // The other arm is for the compiler: a file may always be a part of a file.
    File::new_with_blob_sequence_and_options(&Array::of1(&file), &name, &about).unwrap_or(file)
}

/// The time as names of files may have it.
pub fn now() -> String {
    // `2026-11-24T12:30:05.123Z`; colons are not welcome in names of files.
    let now = String::from(Date::new_0().to_iso_string());
    now.get(..19).unwrap_or_default().replace([':', 'T'], "-")
}
