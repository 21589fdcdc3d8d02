//! The store of a server, whichever kind it is. All that the rest of the server knows of storage
//! is here; each kind has a folder of its own beside this file.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;

use super::folder::Folder;
use super::ledger::Ledger;
use super::object::{self, Objects};
use super::quotas::{Quotas, UsedUp};
use super::transit::{Draft, Entry, Place, Receiving, Sealed};
use super::{
    AssetKey, AssetRecord, Blob, Chunk, Commit, Decision, Denial, Earlier, Progress, UploadKey,
    blocking,
};

/// Where assets and unfinished uploads are. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    kind: Kind,
    ledger: Arc<Ledger>,
    quotas: Arc<Quotas>,
    upload_idle: Duration,
}

#[derive(Clone)]
enum Kind {
    /// A folder of this machine.
    Folder(Arc<Folder>),
    /// Objects in a bucket, or in the memory of this process.
    Objects(Arc<Objects>),
}

impl Store {
    /// Opens or makes the store that is configured.
    pub async fn open(config: &Config) -> io::Result<Self> {
        let kind = match &config.store.url {
            Some(url) => {
                let connected = object::connect(url, &config.store.options);
                let store = connected.map_err(io::Error::other)?;
                Kind::Objects(Arc::new(Objects::open(store).await?))
            }
            None => {
                let root = config.data.clone();
                let opened = blocking(move || Folder::open(&root)).await?;
                Kind::Folder(Arc::new(opened))
            }
        };
        let ledger = Arc::new(Ledger::new(
            config.limits.store_bytes_max,
            config.limits.unfinished_uploads_max,
        ));
        let store = Self {
            kind,
            ledger,
            quotas: Arc::new(Quotas::new(config)),
            upload_idle: config.limits.upload_idle(),
        };
        store.count().await?;
        store.count_quotas().await?;
        Ok(store)
    }

    /// A file to receive bytes into; refused when the store is full.
    pub async fn draft(&self) -> io::Result<Draft> {
        let room = self.ledger.room(0)?;
        let place = match &self.kind {
            Kind::Folder(folder) => Receiving::Folder(Box::new(folder.draft().await?)),
            Kind::Objects(objects) => Receiving::Objects(Box::new(objects.draft()?)),
        };
        Ok(Draft::new(place, room))
    }

    /// Makes a received file an asset, unless its public ID or upload ID was used before.
    pub async fn commit(
        &self,
        sealed: Sealed,
        record: &AssetRecord,
        upload: Option<&UploadKey>,
    ) -> io::Result<Commit> {
        let replaced = if record.extras.overwrites && self.quotas.is_on() {
            self.find(&record.key()).await?
        } else {
            None
        };
        let taken = match self.quotas.take(record, upload, replaced.as_ref()) {
            Ok(taken) => taken,
            // What was stored when there was room is answered again when there is none.
            Err(used_up) => {
                let earlier = match upload {
                    Some(upload) => self.promised(upload).await?,
                    None => None,
                };
                let earlier = earlier.ok_or(used_up)?;
                return Ok(Commit::Replayed(Box::new(earlier)));
            }
        };
        let (record, key) = (record.clone(), upload.cloned());
        let Sealed {
            place, bytes, room, ..
        } = sealed;
        let commit = match (&self.kind, place) {
            (Kind::Folder(folder), Place::Folder(home)) => {
                let folder = folder.clone();
                let commit = move || folder.commit(&home, bytes, &record, key.as_ref());
                blocking(commit).await?
            }
            (Kind::Objects(_), Place::Objects(received)) => {
                Objects::commit(received, bytes, record, key).await?
            }
            // A server has one store.
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        };
        let stored = match commit {
            Commit::Stored | Commit::Overwritten => bytes,
            Commit::Existing(_) | Commit::Replayed(_) => 0,
        };
        if stored > 0 {
            taken.keep();
        }
        if let (Commit::Overwritten, Some(replaced)) = (&commit, replaced) {
            self.quotas.release(&replaced);
        }
        self.ledger.keep(upload, stored);
        drop(room);
        Ok(commit)
    }

    /// The record of an asset.
    pub async fn find(&self, key: &AssetKey) -> io::Result<Option<AssetRecord>> {
        match &self.kind {
            Kind::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                blocking(move || folder.find(&key)).await
            }
            Kind::Objects(objects) => objects.find(key).await,
        }
    }

    /// The bytes of an asset; `None` when it was changed or deleted since the record was read.
    pub async fn blob(&self, record: &AssetRecord) -> io::Result<Option<Blob>> {
        match &self.kind {
            Kind::Folder(folder) => {
                let path = folder.blob(record);
                blocking(move || Blob::open(&path)).await
            }
            Kind::Objects(objects) => objects.blob(record).await,
        }
    }

    /// Deletes an asset, unless it was changed or deleted since its record was read. Of several
    /// that delete it at once, one hears yes.
    pub async fn remove(&self, record: &AssetRecord) -> io::Result<bool> {
        let is_gone = match &self.kind {
            Kind::Folder(folder) => {
                let (folder, record) = (folder.clone(), record.clone());
                blocking(move || folder.remove(&record)).await?
            }
            Kind::Objects(objects) => objects.remove(record).await?,
        };
        if is_gone {
            self.ledger.release(record.bytes);
            self.quotas.release(record);
        }
        Ok(is_gone)
    }

    /// Changes what is known of an asset, unless its file was changed or deleted meanwhile.
    pub async fn amend(&self, record: &AssetRecord) -> io::Result<bool> {
        match &self.kind {
            Kind::Folder(folder) => {
                let (folder, record) = (folder.clone(), record.clone());
                blocking(move || folder.amend(&record)).await
            }
            Kind::Objects(objects) => objects.amend(record).await,
        }
    }

    /// The records of one shelf, of which there are 256, in the order of their keys.
    pub async fn shelf(&self, number: u8) -> io::Result<Vec<AssetRecord>> {
        match &self.kind {
            Kind::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.shelf(number)).await
            }
            Kind::Objects(objects) => objects.shelf(number).await,
        }
    }

    /// The result of this transformation, if it was made before and kept.
    pub async fn derived(&self, key: &AssetKey, name: &str) -> io::Result<Option<Blob>> {
        match &self.kind {
            Kind::Folder(folder) => {
                let path = folder.derived(key, name);
                blocking(move || Blob::open(&path)).await
            }
            Kind::Objects(objects) => objects.derived(key, name).await,
        }
    }

    /// Keeps the result of a transformation, unless the asset has many already.
    pub async fn keep_derived(
        &self,
        key: &AssetKey,
        name: &str,
        bytes: bytes::Bytes,
    ) -> io::Result<()> {
        match &self.kind {
            Kind::Folder(folder) => {
                let (folder, key, name) = (folder.clone(), key.clone(), name.to_owned());
                blocking(move || folder.keep_derived(&key, &name, &bytes)).await
            }
            Kind::Objects(objects) => objects.keep_derived(key, name, bytes).await,
        }
    }

    /// The secret that signs a cloud's answers, made at the first call.
    pub async fn secret(&self, cloud: &str) -> io::Result<String> {
        match &self.kind {
            Kind::Folder(folder) => {
                let (folder, cloud) = (folder.clone(), cloud.to_owned());
                blocking(move || folder.secret(&cloud)).await
            }
            Kind::Objects(objects) => objects.secret(cloud).await,
        }
    }

    /// Forgets upload IDs that are older than their promise lasts, and uploads that nothing was
    /// added to for this long.
    pub async fn sweep(&self, upload_idle: Duration) -> io::Result<()> {
        match &self.kind {
            Kind::Folder(folder) => {
                let folder = folder.clone();
                let sweep = move || {
                    folder.sweep_uploads()?;
                    folder.sweep_partial(upload_idle)
                };
                blocking(sweep).await?;
            }
            Kind::Objects(objects) => objects.sweep(upload_idle).await?,
        }
        self.count_quotas().await?;
        self.count().await
    }

    /// Keeps room in the quotas for an upload in chunks, of as many bytes as its first one tells.
    pub fn reserve(
        &self,
        cloud: &str,
        preset: Option<&str>,
        key: &UploadKey,
        bytes: u64,
    ) -> Result<(), UsedUp> {
        self.quotas.reserve(cloud, preset, key, bytes)
    }

    /// Counts what each cloud and each upload preset has, if somebody limits it.
    async fn count_quotas(&self) -> io::Result<()> {
        if !self.quotas.is_due() {
            return Ok(());
        }
        self.quotas.begin_count();
        for number in 0..=u8::MAX {
            let records = self.shelf(number).await?;
            self.quotas.count_shelf(&records);
        }
        self.quotas.end_count(self.upload_idle);
        Ok(())
    }

    /// Counts what is there, if somebody limits it and it is time.
    async fn count(&self) -> io::Result<()> {
        if !self.ledger.is_due() {
            return self.count_uploads().await;
        }
        let counted = match &self.kind {
            Kind::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.count()).await?
            }
            Kind::Objects(objects) => objects.count().await?,
        };
        self.ledger.recount(counted);
        Ok(())
    }

    /// Counts the uploads that are unfinished; unlike assets, they are few.
    async fn count_uploads(&self) -> io::Result<()> {
        if self.ledger.limits_bytes() {
            return Ok(());
        }
        let keys = match &self.kind {
            Kind::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.unfinished()).await?
            }
            Kind::Objects(objects) => objects.unfinished().await?,
        };
        self.ledger.recount_uploads(keys.into_iter());
        Ok(())
    }

    /// What an upload ID came to, if its promise is young and was kept.
    pub async fn promised(&self, upload: &UploadKey) -> io::Result<Option<Earlier>> {
        match &self.kind {
            Kind::Folder(folder) => {
                let (folder, upload) = (folder.clone(), upload.clone());
                blocking(move || folder.promised(&upload)).await
            }
            Kind::Objects(objects) => objects.promised(upload).await,
        }
    }

    /// Asks what to do with a chunk; waits until others have stopped writing there.
    pub async fn enter(
        &self,
        key: &UploadKey,
        chunk: &Chunk,
        bytes_min: u64,
    ) -> Result<Entry, Denial> {
        let mut entry = match &self.kind {
            Kind::Folder(folder) => folder.enter(key, chunk, bytes_min).await?,
            Kind::Objects(objects) => objects.enter(key, chunk, bytes_min).await?,
        };
        if let Entry::Wanted(writer) = &mut entry
            && (chunk.is_first() || chunk.numbers().is_some())
        {
            if self.ledger.is_crowded(key) {
                return Err(Denial::Crowded);
            }
            if chunk.numbers().is_some() {
                writer.hold(self.ledger.open_part(key)?);
                return Ok(entry);
            }
            let bytes = chunk.total().unwrap_or(chunk.span().end);
            if let Some(opening) = self.ledger.open(key, bytes)? {
                writer.hold(opening);
            }
        }
        Ok(entry)
    }

    /// How far an upload has come, and what its first chunk decided.
    pub async fn progress(&self, key: &UploadKey) -> io::Result<Option<(Progress, Decision)>> {
        match &self.kind {
            Kind::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                blocking(move || folder.progress(&key)).await
            }
            Kind::Objects(objects) => objects.progress(key).await,
        }
    }

    /// Lets the digest catch up with what is kept, all bytes up to here, so that little is left for
    /// the end. Only who sends much faster than it goes waits for it.
    pub async fn digest_ahead(&self, key: &UploadKey, kept: u64) {
        match &self.kind {
            Kind::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                if folder.is_behind(&key, kept) {
                    let digested = blocking(move || folder.digest_in_turn(&key, kept)).await;
                    if let Err(error) = digested {
                        tracing::debug!(%error, "the digest is made at the end");
                    }
                    return;
                }
                tokio::task::spawn_blocking(move || {
                    if let Err(error) = folder.digest_ahead(&key) {
                        tracing::debug!(%error, "the digest is made at the end");
                    }
                });
            }
            Kind::Objects(objects) => {
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
