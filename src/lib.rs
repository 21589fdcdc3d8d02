//! Plimsoll's widget: what runs in the browser. Everything that can be decided without one lives
//! in `plimsoll_core`; see ARCHITECTURE.md for the rooms below and who may import whom.
//!
//! The modules exist on wasm32 only, so that a native `cargo test` need not build a browser
//! framework.
//!
#![doc = include_str!("../docs/leptos.md")]
#![warn(missing_docs)]

#[cfg(all(target_arch = "wasm32", feature = "embed"))]
pub mod api;
#[cfg(target_arch = "wasm32")]
mod component;
#[cfg(target_arch = "wasm32")]
pub mod look;
#[cfg(target_arch = "wasm32")]
pub mod parts;
#[cfg(target_arch = "wasm32")]
pub mod screens;
#[cfg(target_arch = "wasm32")]
pub mod shell;
#[cfg(target_arch = "wasm32")]
pub mod sources;

#[cfg(target_arch = "wasm32")]
pub use component::{Sign, Upload, UploadWidget, UploadWidgetProps, use_upload, use_upload_with};
pub use plimsoll_core as core;
pub use plimsoll_core::Notice;
pub use plimsoll_core::options::Options;
pub use plimsoll_core::protocol::response::Asset;
