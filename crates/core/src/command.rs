//! What the engine asks of the shell, in the imperative: plain data, compared in tests.

use crate::notice::Notice;
use crate::protocol::range::Range;
use crate::units::{ItemId, RequestId};

/// One HTTP request: a multipart POST whose last part, `file`, is the item's own file or a part
/// of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// To be repeated in the answer's event.
    pub request: RequestId,
    /// Whose file goes along.
    pub item: ItemId,
    /// Where to.
    pub url: String,
    /// Text parts, before the file.
    pub fields: Vec<(&'static str, String)>,
    /// The file's bytes when it was chosen: it must still have as many.
    pub size: u64,
    /// Which of them go along; `None` for all.
    pub range: Option<Range>,
    /// Header lines besides those that the browser adds.
    pub headers: Vec<(&'static str, String)>,
}

/// Do something.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Start a request. Ends in exactly one `Answered`, `Lost` or `Unreadable`, unless aborted.
    Send(Send),
    /// Stop a request; nothing about it needs to be told any more.
    Abort(RequestId),
    /// Forget the item's file and preview; once per item, never to be used again.
    Release(ItemId),
    /// Tell the page.
    Notify(Notice),
}
