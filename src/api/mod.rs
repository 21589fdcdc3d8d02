//! The JavaScript surface, and the only room with `#[wasm_bindgen]`. Relaxed values of a page are
//! translated once into core's types; nothing that a page throws or passes may panic here.

mod callback;
mod functions;
mod headless;
mod page;
mod place;
mod plain;
mod speech;
mod widget;

pub use plain::plain;
pub use widget::Widget;
