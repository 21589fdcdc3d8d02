//! What the page is told: the events of the widget's callback that concern uploads. Those that
//! concern the dialog (`display-changed`, `close`) come from the browser layer.

use crate::error::{Fault, Refusal};
use crate::protocol::value::Value;
use crate::units::ItemId;

/// One call of the page's callback.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// `upload-added`: a file entered the batch.
    UploadAdded {
        /// The item; the shell adds the `File` itself.
        item: ItemId,
        /// The name, for what has no `File`.
        name: String,
        /// Its type, for the same.
        media_type: String,
        /// `publicId` of the payload.
        public_id: Option<String>,
    },
    /// `queues-start`: uploads begin. Once per batch.
    QueuesStart,
    /// `success`: one file is stored.
    Success {
        /// The item.
        item: ItemId,
        /// The payload: the server's response with `id`, `batchId`, `path`, `thumbnail_url`.
        info: Value,
    },
    /// The callback's `error`: one file failed for good (a person may still retry it).
    Failed {
        /// The item.
        item: ItemId,
        /// Why.
        fault: Fault,
    },
    /// The callback's `error`, too: a person has to choose another file. Nothing of it is sent, and
    /// it is in no batch.
    Refused {
        /// The item.
        item: ItemId,
        /// Why.
        refusal: Refusal,
    },
    /// `queues-end`: every item of the batch has ended. Once per batch, after all else.
    QueuesEnd {
        /// The payload's `files`, in shown order: queue items as the contract has them.
        files: Vec<(ItemId, Value)>,
    },
    /// `abort`: a person cancelled.
    Abort {
        /// Whose uploads.
        items: Vec<ItemId>,
        /// By one act for all.
        all: bool,
    },
    /// `retry`: a person asked again.
    Retry {
        /// Whose uploads.
        items: Vec<ItemId>,
        /// By one act for all.
        all: bool,
    },
    /// `batch-cancelled`: files were left out because the batch has room for no more.
    MaxExceeded,
    /// The same, of all files of a choice: the public ID that a person wrote is none.
    InvalidPublicId,
    /// The same, of all files of a choice: the page wanted none of them (`preBatch`), or didn't say
    /// in time.
    CancelledByPage,
    /// `publicid`: a person edited the public ID.
    PublicIdEdited {
        /// What it is now.
        public_id: Option<String>,
    },
    /// `tags`: a person edited the tags.
    TagsEdited {
        /// What they are now.
        tags: Vec<String>,
    },
}
