//! The store of a server, whichever kind it is. All that the rest of the server knows of storage
//! is here; each kind has a folder of its own beside this file.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;

use super::folder::Folder;
use super::object::{self, Objects};
use super::transit::{Draft, Entry, Place, Sealed};
use super::{
    AssetKey, AssetRecord, Blob, Chunk, Commit, Decision, Denial, Earlier, Progress, UploadKey,
    blocking,
};

/// Where assets and unfinished uploads are. Clones are the same store.
#[derive(Clone)]
pub enum Store {
    /// A folder of this machine.
    Folder(Arc<Folder>),
    /// Objects in a bucket, or in the memory of this process.
    Objects(Arc<Objects>),
}

impl Store {
    /// Opens or makes the store that is configured.
    pub async fn open(config: &Config) -> io::Result<Self> {
        if let Some(url) = &config.store.url {
            let connected = object::connect(url, &config.store.options);
            let store = connected.map_err(io::Error::other)?;
            return Ok(Self::Objects(Arc::new(Objects::open(store).await?)));
        }
        let root = config.data.clone();
        let opened = blocking(move || Folder::open(&root)).await?;
        Ok(Self::Folder(Arc::new(opened)))
    }

    /// A file to receive bytes into.
    pub async fn draft(&self) -> io::Result<Draft> {
        match self {
            Self::Folder(folder) => {
                let draft = folder.draft().await?;
                Ok(Draft::Folder(Box::new(draft)))
            }
            Self::Objects(objects) => objects.draft().map(|draft| Draft::Objects(Box::new(draft))),
        }
    }

    /// Makes a received file an asset, unless its public ID or upload ID was used before.
    pub async fn commit(
        &self,
        sealed: Sealed,
        record: &AssetRecord,
        upload: Option<&UploadKey>,
    ) -> io::Result<Commit> {
        let (record, upload) = (record.clone(), upload.cloned());
        match (self, sealed.place) {
            (Self::Folder(folder), Place::Folder(home)) => {
                let folder = folder.clone();
                let commit = move || folder.commit(&home, sealed.bytes, &record, upload.as_ref());
                blocking(commit).await
            }
            (Self::Objects(_), Place::Objects(received)) => {
                Objects::commit(received, sealed.bytes, record, upload).await
            }
            // A server has one store.
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    /// The record of an asset.
    pub async fn find(&self, key: &AssetKey) -> io::Result<Option<AssetRecord>> {
        match self {
            Self::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                blocking(move || folder.find(&key)).await
            }
            Self::Objects(objects) => objects.find(key).await,
        }
    }

    /// The bytes of an asset; `None` when it was changed or deleted since the record was read.
    pub async fn blob(&self, record: &AssetRecord) -> io::Result<Option<Blob>> {
        match self {
            Self::Folder(folder) => {
                let path = folder.blob(record);
                blocking(move || Blob::open(&path)).await
            }
            Self::Objects(objects) => objects.blob(record).await,
        }
    }

    /// Deletes an asset, unless it was changed or deleted since its record was read. Of several
    /// that delete it at once, one hears yes.
    pub async fn remove(&self, record: &AssetRecord) -> io::Result<bool> {
        match self {
            Self::Folder(folder) => {
                let (folder, record) = (folder.clone(), record.clone());
                blocking(move || folder.remove(&record)).await
            }
            Self::Objects(objects) => objects.remove(record).await,
        }
    }

    /// Changes what is known of an asset, unless its file was changed or deleted meanwhile.
    pub async fn amend(&self, record: &AssetRecord) -> io::Result<bool> {
        match self {
            Self::Folder(folder) => {
                let (folder, record) = (folder.clone(), record.clone());
                blocking(move || folder.amend(&record)).await
            }
            Self::Objects(objects) => objects.amend(record).await,
        }
    }

    /// The records of one shelf, of which there are 256, in the order of their keys.
    pub async fn shelf(&self, number: u8) -> io::Result<Vec<AssetRecord>> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.shelf(number)).await
            }
            Self::Objects(objects) => objects.shelf(number).await,
        }
    }

    /// The result of this transformation, if it was made before and kept.
    pub async fn derived(&self, key: &AssetKey, name: &str) -> io::Result<Option<Blob>> {
        match self {
            Self::Folder(folder) => {
                let path = folder.derived(key, name);
                blocking(move || Blob::open(&path)).await
            }
            Self::Objects(objects) => objects.derived(key, name).await,
        }
    }

    /// Keeps the result of a transformation, unless the asset has many already.
    pub async fn keep_derived(
        &self,
        key: &AssetKey,
        name: &str,
        bytes: bytes::Bytes,
    ) -> io::Result<()> {
        match self {
            Self::Folder(folder) => {
                let (folder, key, name) = (folder.clone(), key.clone(), name.to_owned());
                blocking(move || folder.keep_derived(&key, &name, &bytes)).await
            }
            Self::Objects(objects) => objects.keep_derived(key, name, bytes).await,
        }
    }

    /// The secret that signs a cloud's answers, made at the first call.
    pub async fn secret(&self, cloud: &str) -> io::Result<String> {
        match self {
            Self::Folder(folder) => {
                let (folder, cloud) = (folder.clone(), cloud.to_owned());
                blocking(move || folder.secret(&cloud)).await
            }
            Self::Objects(objects) => objects.secret(cloud).await,
        }
    }

    /// Forgets upload IDs that are older than their promise lasts, and uploads that nothing was
    /// added to for this long.
    pub async fn sweep(&self, upload_idle: Duration) -> io::Result<()> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                let sweep = move || {
                    folder.sweep_uploads()?;
                    folder.sweep_partial(upload_idle)
                };
                blocking(sweep).await
            }
            Self::Objects(objects) => objects.sweep(upload_idle).await,
        }
    }

    /// What an upload ID came to, if its promise is young and was kept.
    pub async fn promised(&self, upload: &UploadKey) -> io::Result<Option<Earlier>> {
        match self {
            Self::Folder(folder) => {
                let (folder, upload) = (folder.clone(), upload.clone());
                blocking(move || folder.promised(&upload)).await
            }
            Self::Objects(objects) => objects.promised(upload).await,
        }
    }

    /// Asks what to do with a chunk; waits until others have stopped writing there.
    pub async fn enter(
        &self,
        key: &UploadKey,
        chunk: &Chunk,
        bytes_min: u64,
    ) -> Result<Entry, Denial> {
        match self {
            Self::Folder(folder) => folder.enter(key, chunk, bytes_min).await,
            Self::Objects(objects) => objects.enter(key, chunk, bytes_min).await,
        }
    }

    /// How far an upload has come, and what its first chunk decided.
    pub async fn progress(&self, key: &UploadKey) -> io::Result<Option<(Progress, Decision)>> {
        match self {
            Self::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                blocking(move || folder.progress(&key)).await
            }
            Self::Objects(objects) => objects.progress(key).await,
        }
    }

    /// Lets the digest catch up with what is kept, so that little is left for the end. Nobody
    /// waits for it.
    pub fn digest_ahead(&self, key: &UploadKey) {
        match self {
            Self::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                tokio::task::spawn_blocking(move || {
                    if let Err(error) = folder.digest_ahead(&key) {
                        tracing::debug!(%error, "the digest is made at the end");
                    }
                });
            }
            Self::Objects(objects) => {
                let (objects, key) = (objects.clone(), key.clone());
                tokio::spawn(async move {
                    if let Err(error) = objects.digest_ahead(&key).await {
                        tracing::debug!(%error, "the digest is made at the end");
                    }
                });
            }
        }
    }
}
