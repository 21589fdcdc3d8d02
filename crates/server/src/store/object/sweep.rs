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
use crate::store::ledger::Counts;
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

    /// The bytes of all objects, and those that unfinished uploads still lack.
    pub async fn count(&self) -> io::Result<Counts> {
        let mut counts = Counts::default();
        let listed = self.bucket.list(&Path::from("blobs")).await?;
        counts.kept = listed.iter().map(|listed| listed.bytes).sum();
        for listed in self.bucket.list(&Path::from("partial")).await? {
            let Some(key) = Partial::key(&listed.path) else {
                continue;
            };
            if let Some((partial, _)) = self.partial(&key).await? {
                let journal = partial.journal();
                let lacking = journal.size().saturating_sub(journal.bytes());
                counts.uploads.insert(key.as_str().to_owned(), lacking);
            }
        }
        Ok(counts)
    }

    /// The keys of unfinished uploads.
    pub async fn unfinished(&self) -> io::Result<Vec<String>> {
        let listed = self.bucket.list(&Path::from("partial")).await?;
        let keys = listed
            .iter()
            .filter_map(|listed| Partial::key(&listed.path));
        Ok(keys.map(|key| key.as_str().to_owned()).collect())
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

    /// Looks after files whose notes are at least this old.
    async fn sweep_notes(&self, age: Duration) -> io::Result<()> {
        for listed in self.bucket.list(&Path::from("incoming")).await? {
            let Some(file) = listed.path.filename().filter(|_| listed.age >= age) else {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;

    use super::*;
    use crate::store::AssetRecord;
    use crate::store::object::pen::Pen;
    use crate::store::object::pieces::{Piece, Pieces};

    /// A store in which requests have broken off, with these notes about their files.
    async fn littered(notes: &[(&str, Note)]) -> Objects {
        let objects = Objects::open(Arc::new(InMemory::new()))
            .await
            .expect("a store");
        for (file, note) in notes {
            let bucket = objects.bucket.clone();
            let note = Some(note.clone());
            let mut pen = Pen::new(bucket, (*file).to_owned(), 0, note).expect("a pen");
            pen.write(b"bytes").await.expect("written");
            let (_, litter) = pen.finish().await.expect("written");
            // As if the server had been killed.
            litter.keep();
        }
        objects
    }

    async fn count(objects: &Objects, below: &str) -> usize {
        let listed = objects.bucket.list(&Path::from(below)).await;
        listed.expect("a list").len()
    }

    fn record() -> AssetRecord {
        let text = r#"{"asset_id": "i", "cloud": "demo", "public_id": "p", "resource_type": "raw",
            "version": 1, "version_id": "v", "media_type": "text/plain", "bytes": 5, "etag": "e",
            "tags": [], "context": {}, "metadata": {}, "parameters": {}, "folder": "",
            "file_name": "f"}"#;
        serde_json::from_str(text).expect("a record")
    }

    #[tokio::test]
    async fn objects_that_nobody_names_go_with_their_notes_and_others_stay() {
        let of_upload = Note {
            upload: Some("an upload that never was".to_owned()),
            asset: None,
        };
        let of_asset = Note {
            upload: None,
            asset: Some(record().key()),
        };
        let notes = [
            ("a", Note::default()),
            ("b", of_upload),
            ("c", of_asset.clone()),
            ("d", of_asset),
        ];
        let objects = littered(&notes).await;
        objects.sweep_notes(NOTE_AGE).await.expect("swept");
        let counts = async || {
            (
                count(&objects, "incoming").await,
                count(&objects, "blobs").await,
            )
        };
        assert_eq!(counts().await, (4, 4), "they are young");
        // The asset's record was written, and the server killed before the note went.
        let names = objects.bucket.list(&folder("d")).await.expect("a list");
        let name = names[0].path.filename().expect("a name").to_owned();
        let tag = name.split('-').nth(1).expect("a tag").to_owned();
        let stored = Stored {
            record: record(),
            pieces: Pieces {
                file: "d".to_owned(),
                segment_bytes: 4,
                pieces: vec![Piece(0, 4, tag, None)],
            },
            is_deleted: false,
        };
        let path = Stored::path(&record().key());
        let created = objects.bucket.create(&path, &stored).await;
        assert!(created.expect("written").is_some());
        objects.sweep_notes(Duration::ZERO).await.expect("swept");
        assert_eq!(counts().await, (0, 1));
        assert_eq!(names[0].path, stored.pieces.names().next().expect("a name"));
    }
}
