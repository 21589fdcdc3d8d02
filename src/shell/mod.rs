//! The only room that calls the browser: the engine's loop, HTTP, questions to the page, storage,
//! previews, the dialog's place in the page. It carries out commands and reports facts; it decides
//! nothing about uploads.

mod ask;
mod caller;
mod chosen;
mod edit;
mod engine;
mod explain;
pub mod film;
mod http;
pub mod json;
mod language;
mod late;
mod memory;
mod network;
pub mod page;
mod perform;
mod preview;
mod ready;
mod record;
mod review;
mod script;
mod strip;
mod task;
mod turn;

pub use ask::{Asked, Replies};
pub use caller::{Caller, Told, Vetting};
pub use engine::Engine;
pub use explain::explain;
pub use http::{get, object, set};
pub use language::{english, speak};
pub use late::{late, late_dressed, upload};
pub use ready::Readiness;
pub use record::Recording;
pub use script::{
    anew, attach, copy, look, media, picture, poor, promised, remove_thumbnails, services, vet,
    walk,
};
pub use task::{later, when};
