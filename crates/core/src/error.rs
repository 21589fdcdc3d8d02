//! What can go wrong, as codes and typed facts. The words for people live in the locale files,
//! the words for a page's developer in [`Fault::message`].

/// The person should choose another file. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Larger than the page allows.
    TooLarge {
        /// Bytes of the file.
        size: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// No bytes at all.
    Empty,
    /// Not one of the formats that the page allows.
    FormatNotAllowed {
        /// The file's extension, lower case, perhaps empty.
        format: String,
        /// What is allowed, as the page listed it, joined by `, `.
        allowed: String,
    },
}

/// Trouble outside the file: the network, the server, the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// The HTTP status; 0 without an answer.
    pub status: u16,
    /// The server's own words where it had some, else empty. Text, never markup.
    pub server_message: String,
    /// The server's name for the request, for its logs.
    pub request_id: Option<String>,
    /// Requests made for this item since a person last asked.
    pub attempts: u32,
}

/// The kinds of trouble; each has one stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file changed or vanished since it was chosen.
    FileUnreadable,
    /// No answer: offline, refused, reset, blocked by CORS.
    NetworkLost,
    /// No answer within the time that the size allows.
    NetworkTimeout,
    /// The server is overloaded or asked us to slow down (420, 429).
    ServerBusy,
    /// The server failed (5xx, 408).
    ServerFailed,
    /// The server refused the request (4xx).
    ServerRefused,
    /// An answer that the Upload API does not have: HTML, half a JSON, another file's size.
    AnswerUnreadable,
    /// The page's options lack what an upload needs.
    NotConfigured,
}
