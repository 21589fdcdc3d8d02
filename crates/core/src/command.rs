//! What the engine asks of the shell, in the imperative: plain data, compared in tests.

use crate::crop::Edit;
use crate::notice::Notice;
use crate::picture::Size;
use crate::protocol::range::Range;
use crate::units::{AskId, ItemId, RequestId};

/// Names and texts of a request, as the wire has them.
pub type Fields = Vec<(&'static str, String)>;

/// How a request goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By `fetch`, which tells nothing before the answer.
    Fetch,
    /// By `XMLHttpRequest`, which tells how many bytes are on their way.
    Xhr,
}

/// One HTTP request: a multipart POST whose last part, `file`, is the item's own file, a part of
/// it, or the address from which the server is to fetch it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// To be repeated in the answer's event.
    pub request: RequestId,
    /// Whose file goes along.
    pub item: ItemId,
    /// Where to.
    pub url: String,
    /// Text parts, before the file.
    pub fields: Fields,
    /// The file's bytes when it was chosen: it must still have as many.
    pub size: u64,
    /// Which of them go along; `None` for all.
    pub range: Option<Range>,
    /// What goes as the text part `file` instead of bytes.
    pub address: Option<String>,
    /// Header lines besides those that the browser adds.
    pub headers: Fields,
    /// How.
    pub via: Via,
}

/// A question to the page, or to its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// To be repeated in the reply's event.
    pub ask: AskId,
    /// The item that it is about.
    pub item: ItemId,
    /// What is asked.
    pub question: Question,
    /// All that is sent with the file but the API key: texts only, sorted by nothing.
    pub params: Fields,
}

/// What is asked of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// `prepareUploadParams(callback, params)`.
    Prepare,
    /// `uploadSignature(callback, params)`.
    Sign,
    /// POST `{"paramsToSign": params}` as JSON to this address of the page's server.
    SignAt(String),
}

/// How a picture is made anew: what tells of place and device taken out of it, then turned, cut,
/// and made no larger than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Whose picture.
    pub item: ItemId,
    /// Whether anything is to be taken out of it ([`crate::picture::strip`]).
    pub strip: bool,
    /// Whether its pixels are to be made anew; what follows says how.
    pub draw: bool,
    /// How it is turned and cut.
    pub edit: Edit,
    /// The longest sides; it is scaled down to both, never up.
    pub most: Size,
    /// Of what is encoded, 1 to 100.
    pub quality: u32,
}

/// Do something.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Start a request. Ends in exactly one `Answered`, `Lost` or `Unreadable`, unless aborted.
    Send(Send),
    /// Ask the server, by GET, how far an upload is. Ends in one `Answered` or `Lost`, unless
    /// aborted.
    Query {
        /// To be repeated in the answer's event.
        request: RequestId,
        /// Where.
        url: String,
    },
    /// Stop a request or query; nothing about it needs to be told any more.
    Abort(RequestId),
    /// Ask the page or its server. Ends in one `Replied`, unless dismissed.
    Ask(Ask),
    /// The answer to a question is not wanted any more.
    Dismiss(AskId),
    /// Ask the page whether files may go (`preBatch`, `validate`). Ends in one `Vetted`, unless
    /// dismissed.
    Vet {
        /// To be repeated in the verdict's event.
        ask: AskId,
        /// The files of one choice.
        items: Vec<ItemId>,
    },
    /// Look up what an earlier life of the page knew of the item's file, and keep other tabs from
    /// uploading it until `Yield`. Ends in `Recalled`.
    Recall {
        /// The item.
        item: ItemId,
        /// Where it goes: knowledge of the same file that went elsewhere is of no use.
        scope: String,
    },
    /// Keep this for a later life of the page, in place of what was kept before.
    Remember {
        /// The item, which was recalled before.
        item: ItemId,
        /// For `Recalled`.
        text: String,
        /// When it is of no use any more, in seconds since 1970.
        expires_s: u64,
    },
    /// Drop what was kept of the item's file.
    Forget(ItemId),
    /// Other tabs may upload the item's file.
    Yield(ItemId),
    /// Tell the MD5 of the item's file. Ends in `Digested`.
    Digest(ItemId),
    /// Read the head of the item's file ([`crate::picture::read`]). Ends in `Probed`.
    Probe(ItemId),
    /// Make the item's picture anew, and keep it in place of its file. Ends in `Remade`.
    Remake(Recipe),
    /// Forget the item's file and preview; once per item, never to be used again.
    Release(ItemId),
    /// Tell the page.
    Notify(Notice),
}
