//! Why a remote file isn't fetched.

use super::{Row, row};

/// How much of a reason or an address is told; it goes into a header, too.
const SHOWN_CHARS_MAX: usize = 300;

/// What is wrong with an address that was sent in a file's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteError {
    /// No host is allowed.
    Off,
    /// It may not be fetched, and why.
    Refused(String),
    /// It can't be fetched.
    Missing(String),
}

impl RemoteError {
    pub(super) fn row(&self) -> Row {
        match self {
            Self::Off => row(
                "remote.off",
                400,
                "Remote files are not fetched by this server. \
                 Name their hosts in [remote] of its configuration, or send the file's bytes.",
            ),
            Self::Refused(reason) => row(
                "remote.refused",
                400,
                format!("Invalid remote file - {}", shown(reason)),
            ),
            Self::Missing(url) => row(
                "remote.missing",
                404,
                format!("Resource not found - {}", shown(url)),
            ),
        }
    }
}

/// What a client sent, short and without control characters.
fn shown(text: &str) -> String {
    let visible = text.chars().filter(|character| !character.is_control());
    visible.take(SHOWN_CHARS_MAX).collect()
}
