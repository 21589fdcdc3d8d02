//! Where assets are kept. `folder.rs` keeps them in a folder of this machine; a second kind of
//! store gets a file beside it and the same tests.
//! Knows nothing of HTTP: keys, records and bytes.

mod arriving;
mod chunks;
mod draft;
mod folder;
mod journal;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use chunks::{Denial, Entry, Progress, Slot};
pub use draft::{Draft, Sealed};
pub use folder::{Commit, Earlier, Folder, Novelty};
pub use journal::Chunk;

/// The name of an asset in the store: a hash, so that no text from outside becomes a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AssetKey(String);

impl AssetKey {
    /// The key of a public ID, which is another asset under each type and delivery type.
    pub fn new(cloud: &str, resource_type: &str, delivery_type: &str, public_id: &str) -> Self {
        Self(hash(&[cloud, resource_type, delivery_type, public_id]))
    }

    fn as_str(&self) -> &str {
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

/// What only some uploads decide about their asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// `private` or `authenticated`; `None` is `upload`.
    pub delivery_type: Option<String>,
    /// What people see instead of the file's name.
    pub display_name: Option<String>,
    /// Whether nobody is to hear how the file was named.
    pub forgets_file_name: bool,
}

impl Extras {
    /// As it stands in addresses.
    pub fn delivery_type(&self) -> &str {
        self.delivery_type.as_deref().unwrap_or(PUBLIC)
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

/// SHA-256 of texts that can't run into each other, as hexadecimal digits.
pub(crate) fn hash(texts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    crate::random::hex(&digest.finalize())
}
