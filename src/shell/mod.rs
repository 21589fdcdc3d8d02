//! The only room that calls the browser: the engine's loop, HTTP, questions to the page, storage,
//! previews, the dialog's place in the page. It carries out commands and reports facts; it decides
//! nothing about uploads.

mod ask;
mod engine;
mod http;
pub mod json;
mod memory;
mod network;
pub mod page;
mod perform;
mod preview;
mod script;

pub use ask::{Asked, Replies, object};
pub use engine::{Caller, Engine, Told};
