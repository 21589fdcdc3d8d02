//! Keeps assets in an object store: S3 and what speaks like it, Google Cloud Storage, Azure, or
//! the memory of this process. Several servers may share one; they meet in conditional writes only.
//!
//! - `assets/ab/<key>/{record.json,derived-…}`: the record names the file's pieces
//! - `blobs/<file>/<start>-<tag>`: the pieces
//! - `incoming/<file>`: a note about a file that nobody names yet
//! - `partial/<upload>`: an unfinished upload; `uploads/<upload>`: the promise of a finished one
//! - `secrets/<cloud>`

mod bucket;
mod change;
mod chunks;
mod commit;
mod connect;
mod draft;
mod partial;
mod pen;
mod pieces;
mod sweep;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;

use super::blob::Blob;
use super::{AssetKey, AssetRecord, UploadKey, hash};
use crate::limits::DERIVED_MAX;
use crate::random;

use bucket::{Bucket, Version};
use chunks::Turns;
use commit::Stored;
use partial::Partial;
use pieces::Pieces;

pub use chunks::{Slot, Writer};
pub use connect::connect;
pub use draft::{Draft, Received};
pub use pieces::PieceReader;

/// How often a document is looked for that others make and take away at the same time.
const LOOKS_MAX: u32 = 10;

/// A store of objects.
pub struct Objects {
    bucket: Bucket,
    turns: Turns,
}

/// Stored bytes that can be read.
pub struct ObjectBlob {
    bucket: Bucket,
    pieces: Pieces,
}

impl Objects {
    /// Opens the store, and looks whether it keeps the condition that everything here rests on.
    pub async fn open(store: Arc<dyn object_store::ObjectStore>) -> io::Result<Self> {
        let bucket = Bucket::new(store);
        let path = Path::from(format!("incoming/{}", random::hex_32()?));
        let first = bucket.create(&path, &pen::Note::default()).await?;
        let second = bucket.create(&path, &pen::Note::default()).await?;
        bucket.delete(&path).await?;
        if first.is_none() || second.is_some() {
            return Err(io::Error::other(
                "the object store writes objects although they are there (If-None-Match is \
                 ignored). Use a store with conditional writes.",
            ));
        }
        Ok(Self {
            bucket,
            turns: Turns::default(),
        })
    }

    /// A file to receive bytes into.
    pub fn draft(self: &Arc<Self>) -> io::Result<Draft> {
        Draft::new(self.clone())
    }

    /// The record of an asset.
    pub async fn find(&self, key: &AssetKey) -> io::Result<Option<AssetRecord>> {
        let found = self.bucket.read::<Stored>(&Stored::path(key)).await?;
        let stored = found.map(|(stored, _)| stored);
        Ok(stored.filter(|s| !s.is_deleted).map(|s| s.record))
    }

    /// The bytes of an asset, if they are still those of its record.
    pub async fn blob(&self, record: &AssetRecord) -> io::Result<Option<Blob>> {
        let path = Stored::path(&record.key());
        let found = self.bucket.read::<Stored>(&path).await?;
        let same = |stored: &Stored| stored.record.version_id == record.version_id;
        let found = found.filter(|(stored, _)| !stored.is_deleted && same(stored));
        Ok(found.map(|(stored, _)| {
            let bucket = self.bucket.clone();
            let pieces = stored.pieces;
            Blob::objects(ObjectBlob { bucket, pieces })
        }))
    }

    /// The result of this transformation, if it was made before and kept.
    pub async fn derived(&self, key: &AssetKey, name: &str) -> io::Result<Option<Blob>> {
        let path = derived_path(key, name);
        let Some(size) = self.bucket.size(&path).await? else {
            return Ok(None);
        };
        let bytes = self.bucket.range(&path, 0..size).await?;
        Ok(Some(Blob::memory(bytes)))
    }

    /// Keeps the result of a transformation, unless the asset has many already.
    pub async fn keep_derived(&self, key: &AssetKey, name: &str, bytes: Bytes) -> io::Result<()> {
        // The record is one of them.
        if self.bucket.list(&asset_folder(key)).await?.len() > DERIVED_MAX {
            return Ok(());
        }
        self.bucket.put(&derived_path(key, name), bytes).await
    }

    /// The secret that signs a cloud's answers, made at the first call of all servers.
    pub async fn secret(&self, cloud: &str) -> io::Result<String> {
        let path = Path::from(format!("secrets/{cloud}"));
        for _ in 0..LOOKS_MAX {
            if let Some((secret, _)) = self.bucket.read::<String>(&path).await? {
                return Ok(secret);
            }
            let secret = random::hex_32()?;
            if self.bucket.create(&path, &secret).await?.is_some() {
                return Ok(secret);
            }
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// The document of an unfinished upload. One whose end was interrupted is ended first.
    async fn partial(&self, key: &UploadKey) -> io::Result<Option<(Partial, Version)>> {
        let found = self.bucket.read::<Partial>(&Partial::path(key)).await?;
        match found {
            Some((partial, _)) if partial.is_over => {
                self.clear_upload(key, &partial).await?;
                Ok(None)
            }
            found => Ok(found),
        }
    }
}

impl ObjectBlob {
    pub fn bytes(&self) -> u64 {
        self.pieces.bytes()
    }

    pub fn reader(self) -> PieceReader {
        PieceReader::new(self.bucket, self.pieces)
    }

    pub fn stream(&self, start: u64, length: u64) -> super::blob::ByteStream {
        self.pieces.stream(&self.bucket, start..start + length)
    }
}

fn asset_folder(key: &AssetKey) -> Path {
    Path::from(format!("assets/{}/{}", &key.as_str()[..2], key.as_str()))
}

fn derived_path(key: &AssetKey, name: &str) -> Path {
    asset_folder(key).join(format!("derived-{}", hash(&[name])))
}
