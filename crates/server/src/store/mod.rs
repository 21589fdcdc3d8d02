//! Where assets are kept. `any.rs` is what the rest of the server sees of it, `folder/` keeps
//! assets in a folder of this machine, `object/` in a bucket; another kind of store gets a folder
//! beside them and the same tests. Knows nothing of HTTP: keys, records and bytes.

mod any;
mod blob;
mod chunk;
mod folder;
mod journal;
mod ledger;
mod object;
mod quotas;
mod steps;
mod transit;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use any::Store;
pub use blob::{Blob, Reader};
pub use chunk::Chunk;
pub use quotas::UsedUp;
pub use transit::{Draft, Entry, Sealed, Slot};

/// The name of an asset in the store: a hash, so that no text from outside becomes a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AssetKey(String);

impl AssetKey {
    /// The key of a public ID, which is another asset under each type and delivery type.
    pub fn new(cloud: &str, resource_type: &str, delivery_type: &str, public_id: &str) -> Self {
        Self(hash(&[cloud, resource_type, delivery_type, public_id]))
    }

    /// The key that was given as a text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_hash = text.len() == 64 && text.bytes().all(is_digit);
        is_hash.then(|| Self(text.to_owned()))
    }

    /// As a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// On whose authority something is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Anybody's, under this unsigned upload preset.
    Preset(&'a str),
    /// That of whoever knows the secret of this API key.
    Key(&'a str),
}

/// An upload ID as a key; the same ID under another cloud, preset or API key is another upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadKey(String);

impl UploadKey {
    /// The key of a client's `X-Unique-Upload-Id`.
    pub fn new(cloud: &str, scope: Scope<'_>, upload_id: &str) -> Self {
        match scope {
            Scope::Preset(name) => Self(hash(&[cloud, name, upload_id])),
            Scope::Key(key) => Self(hash(&[cloud, "api_key", key, upload_id])),
        }
    }

    /// The key whose [`UploadKey::as_str`] this is.
    fn from_name(name: &str) -> Self {
        Self(name.to_owned())
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

/// The delivery type of everything that nobody protects.
pub const PUBLIC: &str = "upload";

/// The access mode of everything that nobody protects.
pub const OPEN: &str = "public";

/// What only some uploads decide about their asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// `private` or `authenticated`; `None` is `upload`.
    pub delivery_type: Option<String>,
    /// `authenticated`; `None` is `public`.
    pub access_mode: Option<String>,
    /// What people see instead of the file's name.
    pub display_name: Option<String>,
    /// Whether nobody is to hear how the file was named.
    pub forgets_file_name: bool,
    /// Whether it takes the place of an asset that has its public ID.
    pub overwrites: bool,
    /// The transformation whose result is stored instead of what was sent.
    pub incoming: Option<String>,
    /// The format in which it is stored, if another one than it was sent in.
    pub format: Option<String>,
    /// The transformations that are made before anybody asks for them.
    pub eager: Option<String>,
    /// Whether they are made when the upload is answered already.
    pub is_eager_async: bool,
    /// Who is told when they are made, if not who is told of the upload.
    pub eager_notification_url: Option<String>,
    /// Who is told that it was uploaded.
    pub notification_url: Option<String>,
    /// Whether the client hears only that the upload was received.
    pub is_async: bool,
    /// What people are still to say about it: `manual`.
    pub moderation: Option<String>,
    /// Who may delete it without a key, and until when.
    pub deletion: Option<Deletion>,
    /// The upload preset under which it came.
    pub preset: Option<String>,
    /// Where a store keeps its bytes, if not where it keeps those of most assets.
    pub file: Option<String>,
}

/// The right to delete an asset soon after it was uploaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// The hash of what its holder knows.
    pub token_hash: String,
    /// Seconds since 1970.
    pub until: u64,
}

impl Extras {
    /// As it stands in addresses.
    pub fn delivery_type(&self) -> &str {
        self.delivery_type.as_deref().unwrap_or(PUBLIC)
    }

    /// As answers tell it.
    pub fn access_mode(&self) -> &str {
        self.access_mode.as_deref().unwrap_or(OPEN)
    }

    /// Whether the asset is delivered to signed addresses only.
    pub fn is_protected(&self) -> bool {
        self.delivery_type() != PUBLIC || self.access_mode() != OPEN
    }
}

/// What is decided about an asset before all of its bytes are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub public_id: String,
    /// What the request asked for; `None` lets the content decide.
    pub wanted: Option<String>,
    /// What the first bytes look like, or what was asked for.
    pub resource_type: String,
    pub tags: Vec<String>,
    pub context: BTreeMap<String, String>,
    pub metadata: BTreeMap<String, String>,
    /// The parameters that mean something only to who sent them, as they were sent.
    pub parameters: BTreeMap<String, String>,
    pub folder: String,
    pub asset_folder: Option<String>,
    /// The cleaned file name with its extension.
    pub file_name: String,
    #[serde(default)]
    pub extras: Extras,
}

/// All that is known of an asset besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetRecord {
    pub asset_id: String,
    pub cloud: String,
    pub public_id: String,
    pub resource_type: String,
    pub version: u64,
    pub version_id: String,
    /// The wire's name of the format; `None` where the content has none.
    pub format: Option<String>,
    /// What it is delivered as; told by its content.
    pub media_type: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub duration_ms: Option<u64>,
    pub bytes: u64,
    /// MD5 of the bytes.
    pub etag: String,
    pub tags: Vec<String>,
    pub context: BTreeMap<String, String>,
    pub metadata: BTreeMap<String, String>,
    /// The parameters that mean something only to who sent them, as they were sent.
    pub parameters: BTreeMap<String, String>,
    pub folder: String,
    pub asset_folder: Option<String>,
    /// The cleaned file name with its extension.
    pub file_name: String,
    #[serde(default)]
    pub extras: Extras,
}

impl AssetRecord {
    /// The key under which the record is kept.
    pub fn key(&self) -> AssetKey {
        let delivery_type = self.extras.delivery_type();
        AssetKey::new(
            &self.cloud,
            &self.resource_type,
            delivery_type,
            &self.public_id,
        )
    }
}

/// What became of a received file.
#[derive(Debug)]
pub enum Commit {
    /// It is an asset now.
    Stored,
    /// It is an asset now, in the place of another one.
    Overwritten,
    /// The public ID was taken: the asset that has it, unchanged.
    Existing(Box<AssetRecord>),
    /// The upload ID was used before: what came of it then.
    Replayed(Box<Earlier>),
}

/// Whose asset an upload's answer tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Novelty {
    /// The upload's own.
    Stored,
    /// The upload's own, in the place of another one.
    Overwritten,
    /// One that had the public ID before.
    Existing,
}

/// What an upload ID came to.
#[derive(Clone, Debug)]
pub struct Earlier {
    pub record: AssetRecord,
    pub novelty: Novelty,
    /// The bytes that were sent; those of the asset where it is the upload's own.
    pub received_bytes: u64,
}

/// Why a chunk can't be taken; what is kept stays as it is.
#[derive(Debug)]
pub enum Denial {
    /// Other bounds or another size than an earlier chunk of this upload.
    Conflict,
    /// Earlier bytes must come before it; the first of them.
    Gap(u64),
    /// The first of numbered parts must come before it.
    NotBegun,
    TooSmall,
    TooMany,
    /// Too many other uploads are unfinished.
    Crowded,
    /// A newer request writes the same bytes.
    Superseded,
    /// Trouble of our own.
    Disk(io::Error),
}

impl From<io::Error> for Denial {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// How far an upload has come.
#[derive(Debug)]
pub struct Progress {
    /// What is kept, sorted, neighbours joined.
    pub ranges: Vec<std::ops::Range<u64>>,
    /// How many bytes are kept.
    pub bytes: u64,
    /// The first byte that isn't kept.
    pub first_missing: u64,
    /// Which parts are kept, where they are numbered.
    pub parts: Option<Vec<u32>>,
    /// Nothing is missing.
    pub is_whole: bool,
}

impl Progress {
    fn of(journal: &journal::Journal) -> Self {
        Self {
            ranges: journal.merged(),
            bytes: journal.bytes(),
            first_missing: journal.first_missing(),
            parts: journal.numbers(),
            is_whole: journal.is_whole(),
        }
    }
}

/// What these locks guard is whole at every moment, even after a panic.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs what waits for the disk away from the tasks that answer.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

/// SHA-256 of texts that can't run into each other, as hexadecimal digits.
pub(crate) fn hash(texts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    crate::random::hex(&digest.finalize())
}
