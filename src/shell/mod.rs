//! The only room that calls the browser: the engine's loop, HTTP, previews, the dialog's place in
//! the page. It carries out commands and reports facts; it decides nothing about uploads.

mod engine;
mod http;
pub mod json;
pub mod page;
mod preview;

pub use engine::{Engine, Told};
