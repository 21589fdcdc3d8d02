//! Places of the page that options name: an element, a selector, or what jQuery makes of either.

use plimsoll_core::options::Place;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::shell::get;

/// The element that a place means; `given` is the option as the page gave it.
pub fn find(place: &Place, given: &JsValue) -> Option<Element> {
    match place {
        Place::Selector(selector) => {
            let document = web_sys::window()?.document()?;
            document.query_selector(selector).ok().flatten()
        }
        Place::Element => {
            let [one, first] = [given.clone(), get(given, "0")];
            // By its kind and not by its class: a frame's elements are of that frame's classes.
            let is_element = |node: &JsValue| get(node, "nodeType").as_f64() == Some(1.0);
            [one, first]
                .into_iter()
                .find(is_element)
                .map(JsCast::unchecked_into)
        }
    }
}
