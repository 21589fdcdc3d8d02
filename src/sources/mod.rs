//! Where files come from: one file each, and the table of all.

pub mod local;

use leptos::prelude::AnyView;

use crate::shell::Engine;

/// What a source shows in the dialog.
pub type Show = fn(Engine) -> AnyView;

/// Every source by its option name.
pub const ALL: &[(plimsoll_core::options::Source, Show)] =
    &[(plimsoll_core::options::Source::Local, local::show)];
