//! What can go wrong, as codes and typed facts. The words for people live in the locale files,
//! the words for a page's developer in [`Fault::message`].

use crate::picture::Size;

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
    /// Smaller than the page allows.
    TooSmall {
        /// Bytes of the file.
        size: u64,
        /// Bytes needed.
        limit: u64,
    },
    /// No bytes at all.
    Empty,
    /// The batch has the same file already.
    Duplicate {
        /// The other one's name.
        of: String,
    },
    /// A picture of fewer pixels than the page wants.
    PictureTooSmall {
        /// Its sides.
        size: Size,
        /// The shortest sides allowed.
        least: Size,
    },
    /// A picture of more pixels than the page wants.
    PictureTooLarge {
        /// Its sides.
        size: Size,
        /// The longest sides allowed.
        most: Size,
    },
    /// Its content is of another format than its name says.
    Disguised {
        /// What the name says.
        format: String,
    },
    /// The page said no.
    ByPage {
        /// Why, in the page's own words; perhaps empty.
        words: String,
    },
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
    /// What the failures before this one were, the oldest first, the last few of them.
    pub history: Vec<Failure>,
    /// What is wrong, where that could be found out: a sentence for the page's developer.
    pub diagnosis: Option<String>,
}

/// One failure of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind.
    pub kind: FaultKind,
    /// The HTTP status; 0 without an answer.
    pub status: u16,
    /// The server's name for the request, for its logs.
    pub request_id: Option<String>,
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
    /// What the server stored is not what was sent.
    AnswerMismatch,
    /// The page, or its server, gave no signature or no parameters that are of use.
    PageFailed,
    /// The page's options lack what an upload needs.
    NotConfigured,
}

impl Refusal {
    /// The stable name, for pages that decide by it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "file.too_large",
            Self::TooSmall { .. } => "file.too_small",
            Self::Empty => "file.empty",
            Self::Duplicate { .. } => "file.duplicate",
            Self::PictureTooSmall { .. } => "file.picture_too_small",
            Self::PictureTooLarge { .. } => "file.picture_too_large",
            Self::Disguised { .. } => "file.disguised",
            Self::ByPage { .. } => "file.refused_by_page",
            Self::FormatNotAllowed { .. } => "file.format_not_allowed",
        }
    }
}

impl Refusal {
    /// The option by which a page may take such files.
    pub const fn option(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "maxFileSize",
            Self::TooSmall { .. } => "minFileSize",
            Self::Empty => "allowEmptyFiles",
            Self::Duplicate { .. } => "duplicates",
            Self::PictureTooSmall { .. } => "minImageWidth",
            Self::PictureTooLarge { .. } => "maxImageWidth",
            Self::ByPage { .. } => "validate",
            Self::Disguised { .. } | Self::FormatNotAllowed { .. } => "clientAllowedFormats",
        }
    }
}

impl FaultKind {
    /// The stable name, for pages that decide by it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FileUnreadable => "file.unreadable",
            Self::NetworkLost => "network.lost",
            Self::NetworkTimeout => "network.timeout",
            Self::ServerBusy => "server.busy",
            Self::ServerFailed => "server.failed",
            Self::ServerRefused => "server.refused",
            Self::AnswerUnreadable => "answer.unreadable",
            Self::AnswerMismatch => "answer.mismatch",
            Self::PageFailed => "page.signature_failed",
            Self::NotConfigured => "page.not_configured",
        }
    }
}

impl Fault {
    /// A fault without an answer.
    pub const fn silent(kind: FaultKind, attempts: u32) -> Self {
        Self {
            kind,
            status: 0,
            server_message: String::new(),
            request_id: None,
            attempts,
            history: Vec::new(),
            diagnosis: None,
        }
    }

    /// The stable name, for pages that decide by it.
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// What happened and what to do about it, in English, for the page's developer.
    pub fn message(&self) -> String {
        let (what, _) = self.sentences();
        let mut text = String::from(what);
        if self.status != 0 {
            text.push_str(" (HTTP ");
            text.push_str(&self.status.to_string());
            text.push(')');
        }
        if self.server_message.is_empty() {
            text.push('.');
        } else {
            text.push_str(": ");
            text.push_str(&self.server_message);
            if !self.server_message.ends_with(['.', '!', '?']) {
                text.push('.');
            }
        }
        text.push(' ');
        text.push_str(self.remedy());
        text
    }

    /// What to do about it: the end of the message.
    pub fn remedy(&self) -> &str {
        // What was found out is worth more than what is often the case.
        self.diagnosis.as_deref().unwrap_or(self.sentences().1)
    }

    /// The start of the message, and the remedy at its end.
    const fn sentences(&self) -> (&'static str, &'static str) {
        match self.kind {
            FaultKind::FileUnreadable => (
                "The file changed or vanished after it was chosen",
                "Ask for it to be chosen again.",
            ),
            FaultKind::NetworkLost => (
                "The server could not be reached",
                "Check uploadPrefix, the connection, and that the server allows this page's \
                 origin (CORS).",
            ),
            FaultKind::NetworkTimeout => (
                "The server did not answer in time",
                "Check the connection, and the time limits of the server and of proxies before it.",
            ),
            FaultKind::ServerBusy => (
                "The server asked to slow down",
                "Try again later, or raise the account's limits.",
            ),
            FaultKind::ServerFailed => (
                "The server failed",
                "Try again later, and look into the server's log.",
            ),
            FaultKind::ServerRefused if self.status == 413 => (
                "The file is too large for the server or for a proxy before it",
                "Raise the limit there, or set maxFileSize.",
            ),
            FaultKind::ServerRefused => (
                "The server refused the upload",
                "Check cloudName, uploadPreset and the preset.",
            ),
            FaultKind::AnswerMismatch => (
                "The server did not store what was sent",
                "Upload the file again. If the upload preset changes files as they arrive \
                 (incoming transformations), set verify: \"none\".",
            ),
            FaultKind::PageFailed => (
                "The upload was not signed",
                "Check uploadSignature or prepareUploadParams: it must call back with the \
                 signature, within 15 seconds.",
            ),
            FaultKind::AnswerUnreadable => (
                "The answer is not one of the Upload API",
                "Check that uploadPrefix names the right server and that no proxy or sign-in page \
                 answers in its place.",
            ),
            FaultKind::NotConfigured => (
                "The page's options lack what an upload needs",
                "Give cloudName and uploadPreset, or uploadSignature, to createUploadWidget.",
            ),
        }
    }
}
