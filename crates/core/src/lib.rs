//! The Plimsoll upload engine: what happens to files between a person's choice and the server's
//! answer. Pure and synchronous: facts go in ([`Event`]), orders come out ([`Command`]), time is
//! an argument. It sees ids, sizes, types and codes, never bytes, the DOM, a clock or a language.
//!
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod batch;
mod chance;
mod chunks;
pub mod command;
pub mod crop;
pub mod describe;
mod doctor;
pub mod error;
pub mod event;
pub mod fields;
mod flights;
pub mod intake;
pub mod item;
mod kind;
mod list;
pub mod media;
mod memory;
pub mod notice;
pub mod options;
pub mod palette;
mod payload;
pub mod picture;
pub mod progress;
pub mod protocol;
mod text;
mod ticket;
pub mod trace;
mod traffic;
pub mod transfer;
pub mod units;

pub use batch::Batch;
pub use command::Command;
pub use event::Event;
pub use notice::Notice;
