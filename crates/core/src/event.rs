//! Facts that the shell tells the engine, in the past tense. Any of them may come late or twice:
//! what no longer concerns anything changes nothing.

use crate::crop::Edit;
use crate::describe::Description;
use crate::options::Options;
use crate::picture::{Head, Size};
use crate::protocol::value::Value;
use crate::units::{AskId, ItemId, RequestId};

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
    /// Where the server is to fetch it from: an address or a data URI. `None` for a file of the
    /// device, whose bytes the shell has; with an address, `size` is 0 and means nothing.
    pub address: Option<String>,
}

/// A picture that was made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name, with the extension of its format.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Its media type.
    pub media_type: String,
    /// Its sides; `None` where they are as before, with all that is in them.
    pub sides: Option<Size>,
    /// It said where it was taken, and does no longer.
    pub located: bool,
}

/// What a server's answer carried.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// JSON that could be read.
    Json(Value),
    /// Anything else, cut by the shell to its first 64 KiB.
    Text(String),
}

/// The headers of an answer that the engine reads. Across origins a browser shows only those that
/// the server exposes, so each of them may be missing.
pub const HEADERS: [&str; 7] = [
    // How long to wait, in seconds or as a date.
    "retry-after",
    // The server's name for the request.
    "x-request-id",
    // What an error says, where a proxy has replaced the body.
    "x-cld-error",
    // The server's clock.
    "date",
    // The first byte of an upload in chunks that the server does not have.
    "x-upload-offset",
    // The server can be asked how far an upload is.
    "x-upload-status",
    // The smallest chunk that the server takes, in bytes.
    "x-upload-chunk-min",
];

/// A server's answer to one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// Those of [`HEADERS`] that were given and could be seen, by the names there.
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// One of [`HEADERS`], if it was seen.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| *known == name);
        found.map(|(_, text)| text.trim())
    }
}

/// What came of a question to the page or to its server.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The page's function called back, or its promise was kept, with this value.
    Given(Value),
    /// The page's function threw, or its promise was broken, with these words.
    Threw(String),
    /// The page's server answered.
    Answered(Answer),
    /// The page's server could not be reached.
    Lost,
}

/// What the page says about files that it was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vetted {
    /// None of them may go.
    None,
    /// All may go but these, for the reasons beside them.
    AllBut(Vec<(ItemId, String)>),
}

/// What an earlier life of the page knew of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recall {
    /// Nothing, or nothing may be kept here.
    Nothing,
    /// The text of [`crate::Command::Remember`].
    Found(String),
    /// Another tab uploads it. When that has ended, the fact is told again with something else.
    Elsewhere,
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
    /// The browser has handed so many bytes of the request's file to the network. Not told by every
    /// transport.
    Sent {
        /// The request.
        request: RequestId,
        /// Bytes so far, at most the request's own.
        bytes: u64,
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
    /// A person took one item out of the list, and may yet want it back: it is kept until that is
    /// told, or another one is taken out.
    SetAside {
        /// The item.
        item: ItemId,
    },
    /// A person wanted what was set aside back.
    Restored,
    /// Nobody will want back what was set aside.
    Dropped,
    /// A person asked for one failed or cancelled item again.
    Retried {
        /// The item.
        item: ItemId,
    },
    /// A person asked for all failed items again.
    AllRetried,
    /// A person, or the page, stopped one upload for a while.
    Paused {
        /// The item.
        item: ItemId,
    },
    /// … and all that had not ended.
    AllPaused,
    /// One that was stopped for a while may go on.
    Resumed {
        /// The item.
        item: ItemId,
    },
    /// … and all of them.
    AllResumed,
    /// A person wants this one before all that wait.
    Preferred {
        /// The item.
        item: ItemId,
    },
    /// A person wants a file uploaded although the batch has the same one.
    Allowed {
        /// The item.
        item: ItemId,
    },
    /// The browser has no network.
    WentOffline,
    /// The browser has a network again.
    WentOnline,
    /// The page said which of the files it was asked about may go.
    Vetted {
        /// The question.
        ask: AskId,
        /// What it said.
        verdict: Vetted,
    },
    /// A question was answered.
    Replied {
        /// The question.
        ask: AskId,
        /// What came of it.
        reply: Reply,
    },
    /// What an earlier life of the page knew of a file.
    Recalled {
        /// The item.
        item: ItemId,
        /// What it knew.
        recall: Recall,
    },
    /// The MD5 of an item's file, as 32 lower-case hexadecimal digits; `None` when it can't be
    /// read.
    Digested {
        /// The item.
        item: ItemId,
        /// The digits.
        md5: Option<String>,
    },
    /// What the head of an item's file says, perhaps nothing; `None` when it can't be read.
    Probed {
        /// The item.
        item: ItemId,
        /// What it says.
        head: Option<Head>,
    },
    /// A person has cropped a picture, or leaves it as it is.
    Edited {
        /// The item.
        item: ItemId,
        /// What is to be made of it.
        edit: Edit,
    },
    /// A person went back from cropping a picture.
    EditLeft {
        /// The item.
        item: ItemId,
    },
    /// A person wants to crop a picture anew that is under review.
    EditWanted {
        /// The item.
        item: ItemId,
    },
    /// A person moved an item that is under review.
    Moved {
        /// The item.
        item: ItemId,
        /// How many items stand before it from now on.
        to: usize,
    },
    /// A person has written something about an item that is under review.
    Described {
        /// The item.
        item: ItemId,
        /// All that is written so far.
        description: Box<Description>,
    },
    /// A person has looked at what was chosen and sends all of it.
    Reviewed,
    /// A picture was made anew; `None` when it stays as it was.
    Remade {
        /// The item.
        item: ItemId,
        /// What it is now.
        made: Option<Made>,
    },
    /// The page has other options for what is taken in from now on.
    Updated {
        /// All of them.
        options: Box<Options>,
    },
    /// A person wrote a public ID for the next files, which may be none, or wrong.
    PublicIdEdited {
        /// As it was written.
        public_id: Option<String>,
    },
    /// A person chose the tags of the next files.
    TagsEdited {
        /// All of them.
        tags: Vec<String>,
    },
    /// A person chose the upload preset of the next files.
    PresetChosen {
        /// Its name.
        preset: String,
    },
    /// Nothing but time went by.
    Ticked,
}
