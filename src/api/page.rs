//! The page's side of what is stored: fields of its form, thumbnails. `www/script/page.js` makes
//! them; this says what they are.

use js_sys::Object;
use plimsoll_core::options::Options;
use plimsoll_core::protocol::delivery;
use plimsoll_core::protocol::request;
use plimsoll_core::protocol::response::Asset;
use plimsoll_core::protocol::value::Value;

use super::plain;
use crate::look::words;
use crate::shell::{attach as put, set};

/// What a hidden field is called where the page doesn't say.
const FIELD: &str = "image";

/// Writes down how assets are put into the page, and whether they are at all.
pub fn describe(place: &Object, options: &Options) {
    let page = &options.page;
    let wanted = page.form.is_some() || page.thumbnails.is_some();
    let name = page.field_name.as_deref().unwrap_or(FIELD);
    set(place, "wanted", &wanted.into());
    set(place, "single", &(!options.multiple).into());
    set(place, "fieldName", &name.into());
    set(place, "deleteUrl", &request::deletion_url(options).into());
}

/// Puts what is stored into the page.
#[inline(never)]
pub fn attach(place: &Object, info: &Value) {
    let asset = Asset { info: info.clone() };
    let identifier = delivery::identifier(&asset).unwrap_or_default();
    let name = info.get("original_filename").and_then(Value::text);
    let label = words::QUEUE_ACTIONS_REMOVE.with("name", name.unwrap_or_default());
    // The script reports its own failures.
    let _ = put(place, &plain(info), &identifier, &label);
}
