//! Takes away what nobody needs any more: old promises, abandoned uploads, and objects that a
//! killed server left. Any server may sweep at any time, also several at once.
//!
//! Which objects belong to nobody is never found by looking at all of them: each was announced,
//! by an upload's document or by a note, before it was written.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use object_store::path::Path;

use super::Objects;
use super::bucket::Version;
use super::commit::Stored;
use super::partial::Partial;
use super::pen::Note;
use super::pieces::folder;
use crate::limits::REPLAY_SECONDS;
use crate::store::{AssetKey, UploadKey};

/// How long a note is left alone: longer than any request lasts, and longer than a promise, which
/// may make an asset of the file until its end.
const NOTE_AGE: Duration = Duration::from_secs(2 * REPLAY_SECONDS);

impl Objects {
    /// Sweeps all three.
    pub async fn sweep(&self, upload_idle: Duration) -> io::Result<()> {
        self.sweep_partial(upload_idle).await?;
        self.sweep_uploads().await?;
        self.sweep_notes(NOTE_AGE).await
    }

    async fn sweep_partial(&self, upload_idle: Duration) -> io::Result<()> {
        for listed in self.bucket.list(&Path::from("partial")).await? {
            let Some(key) = Partial::key(&listed.path) else {
                continue;
            };
            if listed.age <= upload_idle {
                continue;
            }
            // Somebody who added to it meanwhile has changed its version.
            if let Some((partial, version)) = self.partial(&key).await? {
                self.retire(&key, partial, &version).await?;
            }
        }
        Ok(())
    }

    async fn sweep_uploads(&self) -> io::Result<()> {
        let listed = self.bucket.list(&Path::from("uploads")).await?;
        let old = |age: Duration| age.as_secs() > REPLAY_SECONDS;
        let paths = listed.into_iter().filter(|listed| old(listed.age));
        let paths = paths.map(|listed| listed.path).collect();
        self.bucket.delete_all(paths).await
    }

    /// Looks after files whose notes are this old.
    async fn sweep_notes(&self, age: Duration) -> io::Result<()> {
        for listed in self.bucket.list(&Path::from("incoming")).await? {
            let Some(file) = listed.path.filename().filter(|_| listed.age > age) else {
                continue;
            };
            let Some((note, _)) = self.bucket.read::<Note>(&listed.path).await? else {
                continue;
            };
            let upload = note.upload.as_deref().map(UploadKey::from_name);
            let continued = match upload {
                Some(upload) => self.partial(&upload).await?,
                None => None,
            };
            if continued.is_none_or(|(partial, _)| partial.file != file) {
                self.clear(file, note.asset.as_ref()).await?;
            }
            self.bucket.delete(&listed.path).await?;
        }
        Ok(())
    }

    /// Ends an upload whose document was read: what its asset needs stays, all else goes. False
    /// when somebody has changed the document meanwhile.
    pub(super) async fn retire(
        &self,
        key: &UploadKey,
        mut partial: Partial,
        version: &Version,
    ) -> io::Result<bool> {
        let path = Partial::path(key);
        partial.is_over = true;
        // From here on nothing is added, whichever server is asked.
        let over = self.bucket.update(&path, &partial, version).await?;
        if over.is_none() {
            return Ok(false);
        }
        self.clear_upload(key, &partial).await?;
        Ok(true)
    }

    /// The second half of [`Objects::retire`], which can be repeated.
    pub(super) async fn clear_upload(&self, key: &UploadKey, partial: &Partial) -> io::Result<()> {
        self.clear(&partial.file, partial.asset.as_ref()).await?;
        // The note before the document: without both, the objects would be taken for litter.
        self.bucket.delete(&Note::path(&partial.file)).await?;
        self.bucket.delete(&Partial::path(key)).await
    }

    /// Takes away all objects of a file but those that this asset names.
    async fn clear(&self, file: &str, asset: Option<&AssetKey>) -> io::Result<()> {
        let mut needed = HashSet::new();
        if let Some(key) = asset {
            let found = self.bucket.read::<Stored>(&Stored::path(key)).await?;
            if let Some((stored, _)) = found.filter(|(stored, _)| stored.pieces.file == file) {
                needed.extend(stored.pieces.names());
            }
        }
        let listed = self.bucket.list(&folder(file)).await?;
        let paths = listed.into_iter().map(|listed| listed.path);
        let paths = paths.filter(|path| !needed.contains(path)).collect();
        self.bucket.delete_all(paths).await
    }

    /// Takes away the note about a file that is somebody's now. If that fails, the sweep sees that
    /// it is.
    pub(super) async fn forget_note(&self, file: &str) {
        if let Err(error) = self.bucket.delete(&Note::path(file)).await {
            tracing::warn!(%error, "a note stays until it is swept");
        }
    }
}
