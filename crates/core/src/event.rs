//! Facts that the shell tells the engine, in the past tense. Any of them may come late or twice:
//! what no longer concerns anything changes nothing.

use crate::protocol::value::Value;
use crate::units::{ItemId, RequestId};

/// A file that a person chose, as the browser describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickedFile {
    /// Handed out by the shell, which keeps the bytes under it.
    pub id: ItemId,
    /// The name as given, not trusted: may hold anything.
    pub name: String,
    /// Bytes, read at the moment of choice.
    pub size: u64,
    /// The browser's guess from the name, perhaps empty.
    pub media_type: String,
}

/// What a server's answer carried.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// JSON that could be read.
    Json(Value),
    /// Anything else, cut by the shell to its first 64 KiB.
    Text(String),
}

/// A server's answer to one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// The `Retry-After` header, where it was given and could be seen.
    pub retry_after: Option<String>,
    /// The `X-Request-Id` header, where it was given and could be seen.
    pub request_id: Option<String>,
}

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A person chose files, by one act (one drop, one dialog). May be empty.
    Picked {
        /// In the order they were given.
        files: Vec<PickedFile>,
    },
    /// The server answered a request.
    Answered {
        /// The request it belongs to.
        request: RequestId,
        /// What it said.
        answer: Answer,
    },
    /// A request ended without an answer: refused, reset, no name, no permission by CORS.
    Lost {
        /// The request.
        request: RequestId,
    },
    /// A request could not be made because the file can't be read any more.
    Unreadable {
        /// The request.
        request: RequestId,
    },
    /// A person cancelled one upload. The item stays in the list and can be retried.
    Cancelled {
        /// The item.
        item: ItemId,
    },
    /// A person cancelled all that had not ended.
    AllCancelled,
    /// A person took one item out of the list, whatever its state.
    Removed {
        /// The item.
        item: ItemId,
    },
    /// A person asked for one failed or cancelled item again.
    Retried {
        /// The item.
        item: ItemId,
    },
    /// A person asked for all failed items again.
    AllRetried,
    /// Nothing but time went by.
    Ticked,
}
