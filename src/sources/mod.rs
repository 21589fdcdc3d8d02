//! Where files come from: one file each, and the table of all.

pub mod local;

use plimsoll_core::options::Source;

use crate::parts::El;
use crate::shell::Engine;

/// What a source shows in the dialog.
pub type Show = fn(Engine) -> El;

/// Every source by its option.
pub const ALL: &[(Source, Show)] = &[(Source::Local, local::show)];
