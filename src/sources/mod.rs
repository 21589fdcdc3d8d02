//! Where files come from: one file each, and the table of those that show something. Dropping and
//! pasting work anywhere on the dialog.

pub mod drop;
pub mod local;
pub mod paste;

use plimsoll_core::options::Source;

use crate::parts::El;
use crate::shell::Engine;

/// What a source shows in the dialog.
pub type Show = fn(Engine) -> El;

/// Every source that has a place in the dialog, by its option.
pub const ALL: &[(Source, Show)] = &[(Source::Local, local::show)];
