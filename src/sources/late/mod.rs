//! The sources that are fetched when they are first shown (`shell::late`).

mod plugin;
mod record;
mod url;

use plimsoll_core::options::Source;

use super::Desk;
use crate::parts::{El, el};

/// What a source shows.
#[inline(never)]
pub fn show(desk: Desk, source: Source, name: &str) -> El {
    match source {
        Source::Url => url::show(desk),
        Source::Camera => record::camera(desk.engine),
        Source::Screen => record::screen(desk.engine),
        Source::Audio => record::audio(desk.engine),
        Source::Local => el("span"),
        _ => plugin::show(desk.engine, name),
    }
}
