//! Why nothing can be kept at the moment. A full or closed store passes without the client's
//! doing, so it is told with a time to come back after; the cause is in the log. The status is
//! 500, as SDKs of this wire read no body of a 503, and their users would hear a number instead
//! of a reason.

use std::io;

use super::{Row, row};
use crate::store::UsedUp;

/// When a client may ask again: an operator, or a sweep, needs minutes rather than seconds, but
/// clients that wait longer give up.
pub const RETRY_AFTER_SECONDS: u64 = 30;

/// What is wrong with the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// No room is left: on the disk, in a quota, or in what one file may have.
    Full,
    /// A cloud or an upload preset may keep no more.
    UsedUp(UsedUp),
    /// It lets us do nothing, or nothing but read.
    Closed,
}

impl StorageError {
    /// The trouble that an operator can end, if this is one.
    pub(super) fn of(error: &io::Error) -> Option<Self> {
        use io::ErrorKind as Kind;
        if let Some(used_up) = UsedUp::of(error) {
            return Some(Self::UsedUp(used_up));
        }
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Some(Self::Full),
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Some(Self::Closed),
            _ => None,
        }
    }

    pub(super) fn row(self) -> Row {
        match self {
            Self::Full => row("storage.full", 500, "The storage is full. Try again later."),
            // No trouble of ours, and nothing that passes: trying again is of no use.
            Self::UsedUp(used_up) => row("storage.quota", 400, used_up.to_string()),
            Self::Closed => row(
                "storage.closed",
                500,
                "The storage can't be used at the moment. Try again later.",
            ),
        }
    }
}
