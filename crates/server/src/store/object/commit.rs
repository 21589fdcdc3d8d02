//! How a received file becomes an asset, exactly once, whoever else tries the same.
//!
//! The record is created on condition that there is none: that is the moment. Under an upload ID
//! the whole record is promised first, in the same way. Who finds a promise that isn't kept yet
//! keeps it for the one who made it, and tells the same; so it doesn't matter which server dies
//! when, and two that finish one upload make one asset.

use std::io;
use std::sync::Arc;

use object_store::path::Path;
use serde::{Deserialize, Serialize};

use super::Objects;
use super::bucket::Version;
use super::chunks::{TRIES_MAX, pause};
use super::draft::{Home, Received};
use super::partial::Partial;
use super::pen::{Litter, Note};
use super::pieces::Pieces;
use crate::clock;
use crate::limits::REPLAY_SECONDS;
use crate::store::{AssetKey, AssetRecord, Commit, Earlier, Novelty, UploadKey};

/// An asset: what is known of it, and where its bytes are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    pub record: AssetRecord,
    pub pieces: Pieces,
    /// All that is left of a deleted asset is this.
    #[serde(default)]
    pub is_deleted: bool,
}

/// Whether a record may be written over that of another asset.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Respect,
    Replace,
}

/// What became of a record that was to be written.
enum Placed {
    /// It is there.
    New,
    /// It is there, in the place of another asset's.
    Replaced,
    /// Another asset has the place.
    Existing(Box<Stored>),
    /// It was there, and was deleted.
    Gone,
}

/// The promise of an upload ID.
#[derive(Serialize, Deserialize)]
struct Promise {
    stored: Stored,
    novelty: Novelty,
    received_bytes: u64,
    promised_at: u64,
}

impl Promise {
    fn path(upload: &UploadKey) -> Path {
        Path::from(format!("uploads/{}", upload.as_str()))
    }

    fn is_young(&self) -> bool {
        self.promised_at + REPLAY_SECONDS >= clock::now_seconds()
    }

    fn kept(self, record: AssetRecord) -> Earlier {
        Earlier {
            record,
            novelty: self.novelty,
            received_bytes: self.received_bytes,
        }
    }
}

impl Taken {
    fn of(stored: &Stored) -> Self {
        if stored.record.extras.overwrites {
            Self::Replace
        } else {
            Self::Respect
        }
    }
}

impl Stored {
    pub(super) fn path(key: &AssetKey) -> Path {
        let folder = super::asset_folder(key);
        folder.join("record.json")
    }
}

impl Objects {
    /// Makes a received file an asset, unless its public ID or upload ID was used before. It runs
    /// to its end even if the client is gone: who promises must also tidy up.
    pub async fn commit(
        received: Received,
        bytes: u64,
        record: AssetRecord,
        upload: Option<UploadKey>,
    ) -> io::Result<Commit> {
        let objects = received.objects.clone();
        let work = async move { objects.settle(received, bytes, record, upload).await };
        tokio::spawn(work).await.map_err(io::Error::other)?
    }

    async fn settle(
        self: &Arc<Self>,
        received: Received,
        bytes: u64,
        record: AssetRecord,
        upload: Option<UploadKey>,
    ) -> io::Result<Commit> {
        let stored = Stored {
            record,
            pieces: received.pieces,
            is_deleted: false,
        };
        let key = stored.record.key();
        let litter = match received.home {
            Home::Upload(upload) => {
                if !self.announce(&upload, &key).await? {
                    // Another server has finished it, and answered what this one is to answer.
                    let earlier = self.promised(&upload).await?;
                    let earlier = earlier.ok_or(io::ErrorKind::NotFound)?;
                    return Ok(Commit::Replayed(Box::new(earlier)));
                }
                None
            }
            Home::Memory(bytes) => {
                let file = &stored.pieces.file;
                let mut paths = vec![Note::path(file)];
                paths.extend(stored.pieces.names());
                let litter = Litter::new(self.bucket.clone(), paths);
                self.write_note(file, &key).await?;
                for path in stored.pieces.names() {
                    self.bucket.put(&path, bytes.clone()).await?;
                }
                Some(litter)
            }
            Home::Objects(litter) => {
                self.write_note(&stored.pieces.file, &key).await?;
                Some(litter)
            }
        };
        let committed = match upload {
            None => self
                .place(&stored, Taken::of(&stored))
                .await
                .map(Objects::told),
            Some(upload) => self.create_once(&upload, &stored, bytes).await,
        };
        if let Some(litter) = litter {
            match &committed {
                Ok(Commit::Stored | Commit::Overwritten) => {
                    litter.keep();
                    self.forget_note(&stored.pieces.file).await;
                }
                Ok(_) => drop(litter),
                // What failed may have happened all the same: the sweep will see.
                Err(_) => litter.keep(),
            }
        }
        committed
    }

    fn told(placed: Placed) -> Commit {
        match placed {
            Placed::New | Placed::Gone => Commit::Stored,
            Placed::Replaced => Commit::Overwritten,
            Placed::Existing(existing) => Commit::Existing(Box::new(existing.record)),
        }
    }

    /// Writes the record, unless another asset has its place and may keep it. One that holds this
    /// very asset is ours: somebody kept our promise for us, or the answer to our writing was lost.
    async fn place(&self, stored: &Stored, taken: Taken) -> io::Result<Placed> {
        let key = stored.record.key();
        let path = Stored::path(&key);
        for attempt in 0..TRIES_MAX {
            if self.bucket.create(&path, stored).await?.is_some() {
                return Ok(Placed::New);
            }
            if let Some((existing, version)) = self.bucket.read::<Stored>(&path).await? {
                let is_ours = existing.record.asset_id == stored.record.asset_id;
                match (is_ours, existing.is_deleted) {
                    (true, true) => return Ok(Placed::Gone),
                    (true, false) => return Ok(Placed::New),
                    (false, false) if taken == Taken::Respect => {
                        return Ok(Placed::Existing(Box::new(existing)));
                    }
                    // Before it is replaced, so that its bytes are found if we die after that.
                    (false, false) => self.write_note(&existing.pieces.file, &key).await?,
                    (false, true) => {}
                }
                if self.bucket.update(&path, stored, &version).await?.is_some() {
                    if existing.is_deleted {
                        return Ok(Placed::New);
                    }
                    self.clear_replaced(&existing).await;
                    return Ok(Placed::Replaced);
                }
            }
            pause(attempt).await;
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// The same under an upload ID.
    async fn create_once(
        &self,
        upload: &UploadKey,
        stored: &Stored,
        received_bytes: u64,
    ) -> io::Result<Commit> {
        let path = Promise::path(upload);
        let promise = |stored: &Stored, novelty| Promise {
            stored: stored.clone(),
            novelty,
            received_bytes,
            promised_at: clock::now_seconds(),
        };
        for attempt in 0..TRIES_MAX {
            let version = match self.replay(&path, stored).await? {
                Replay::Earlier(earlier) => return Ok(Commit::Replayed(earlier)),
                Replay::Ours(version) => Some(version),
                Replay::Void(version) => {
                    let promise = promise(stored, Novelty::Stored);
                    match version {
                        Some(read) => self.bucket.update(&path, &promise, &read).await?,
                        None => self.bucket.create(&path, &promise).await?,
                    }
                }
            };
            if let Some(version) = version {
                let (promise, commit) = match self.place(stored, Taken::of(stored)).await? {
                    Placed::New | Placed::Gone => return Ok(Commit::Stored),
                    Placed::Replaced => {
                        (promise(stored, Novelty::Overwritten), Commit::Overwritten)
                    }
                    Placed::Existing(existing) => {
                        let promise = promise(&existing, Novelty::Existing);
                        (promise, Commit::Existing(Box::new(existing.record)))
                    }
                };
                if self
                    .bucket
                    .update(&path, &promise, &version)
                    .await?
                    .is_some()
                {
                    return Ok(commit);
                }
            }
            pause(attempt).await;
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// What a promise that is there means for one who is about to make one.
    async fn replay(&self, path: &Path, stored: &Stored) -> io::Result<Replay> {
        let Some((promise, version)) = self.bucket.read::<Promise>(path).await? else {
            return Ok(Replay::Void(None));
        };
        let void = Replay::Void(Some(version.clone()));
        if !promise.is_young() {
            return Ok(void);
        }
        if promise.stored.record.asset_id == stored.record.asset_id {
            return Ok(Replay::Ours(version));
        }
        if let Some(record) = self.kept(&promise).await? {
            return Ok(Replay::Earlier(Box::new(promise.kept(record))));
        }
        // The asset may have been deleted; its bytes tell.
        let first = promise.stored.pieces.names().next();
        let is_alive = match first {
            Some(path) => self.bucket.size(&path).await?.is_some(),
            None => false,
        };
        if promise.novelty == Novelty::Existing || !is_alive {
            return Ok(void);
        }
        // Only into a free place: what was written meanwhile is newer than the promise.
        let Placed::New = self.place(&promise.stored, Taken::Respect).await? else {
            return Ok(void);
        };
        let record = promise.stored.record.clone();
        Ok(Replay::Earlier(Box::new(promise.kept(record))))
    }

    /// What an upload ID came to, if its promise is young and was kept.
    pub async fn promised(&self, upload: &UploadKey) -> io::Result<Option<Earlier>> {
        let path = Promise::path(upload);
        let Some((promise, _)) = self.bucket.read::<Promise>(&path).await? else {
            return Ok(None);
        };
        if !promise.is_young() {
            return Ok(None);
        }
        let kept = self.kept(&promise).await?;
        Ok(kept.map(|record| promise.kept(record)))
    }

    /// The record that a promise tells of, if it is there.
    async fn kept(&self, promise: &Promise) -> io::Result<Option<AssetRecord>> {
        let promised = &promise.stored.record;
        let found = self.find(&promised.key()).await?;
        Ok(found.filter(|record| record.asset_id == promised.asset_id))
    }

    /// Says in an upload's document which asset it becomes; false when the upload is over.
    async fn announce(&self, upload: &UploadKey, key: &AssetKey) -> io::Result<bool> {
        for attempt in 0..TRIES_MAX {
            let Some((mut partial, version)) = self.partial(upload).await? else {
                return Ok(false);
            };
            if partial.asset.as_ref() == Some(key) {
                return Ok(true);
            }
            partial.asset = Some(key.clone());
            let path = Partial::path(upload);
            let wrote = self.bucket.update(&path, &partial, &version).await?;
            if wrote.is_some() {
                return Ok(true);
            }
            pause(attempt).await;
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    pub(super) async fn write_note(&self, file: &str, key: &AssetKey) -> io::Result<()> {
        let note = Note {
            asset: Some(key.clone()),
            upload: None,
        };
        let text = serde_json::to_vec(&note)?;
        self.bucket.put(&Note::path(file), text.into()).await
    }
}

/// What a promise means for one who is about to make one.
enum Replay {
    Earlier(Box<Earlier>),
    /// It is the same promise; only its answer was lost.
    Ours(Version),
    /// There is none that holds.
    Void(Option<Version>),
}
