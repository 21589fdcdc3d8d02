//! Assets that are amended, deleted and listed.
//!
//! No store deletes on condition, so a deleted asset leaves its record behind, marked and emptied:
//! writing that mark is the moment. Whoever stores under the same public ID later writes over it.

use std::collections::BTreeMap;
use std::io;

use object_store::path::Path;

use super::Objects;
use super::chunks::{TRIES_MAX, pause};
use super::commit::Stored;
use crate::random;
use crate::store::AssetRecord;

impl Objects {
    /// Deletes an asset, unless it was changed or deleted since its record was read.
    pub async fn remove(&self, record: &AssetRecord) -> io::Result<bool> {
        let key = record.key();
        let path = Stored::path(&key);
        for attempt in 0..TRIES_MAX {
            let Some((stored, version)) = self.current(&path, record).await? else {
                return Ok(false);
            };
            // Before the mark, so that the bytes are found if we die after it.
            self.write_note(&stored.pieces.file, &key).await?;
            let gone = self.bucket.update(&path, &mark(&stored), &version).await?;
            if gone.is_some() {
                self.clear_replaced(&stored).await;
                return Ok(true);
            }
            pause(attempt).await;
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// Changes what is known of an asset, unless its file was changed or deleted.
    pub async fn amend(&self, record: &AssetRecord) -> io::Result<bool> {
        let path = Stored::path(&record.key());
        for attempt in 0..TRIES_MAX {
            let Some((stored, version)) = self.current(&path, record).await? else {
                return Ok(false);
            };
            let amended = Stored {
                record: record.clone(),
                ..stored
            };
            if self
                .bucket
                .update(&path, &amended, &version)
                .await?
                .is_some()
            {
                return Ok(true);
            }
            pause(attempt).await;
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// The records of one shelf, in the order of their keys.
    pub async fn shelf(&self, number: u8) -> io::Result<Vec<AssetRecord>> {
        let below = Path::from(format!("assets/{}", random::hex(&[number])));
        let listed = self.bucket.list(&below).await?;
        let mut paths: Vec<Path> = listed.into_iter().map(|listed| listed.path).collect();
        paths.retain(|path| path.filename() == Some("record.json"));
        paths.sort();
        let mut records = Vec::new();
        for path in paths {
            let found = self.bucket.read::<Stored>(&path).await?;
            let stored = found.map(|(stored, _)| stored);
            records.extend(stored.filter(|s| !s.is_deleted).map(|s| s.record));
        }
        Ok(records)
    }

    /// Takes away the bytes and results of an asset that isn't there any more. What stays because
    /// of trouble is swept.
    pub(super) async fn clear_replaced(&self, stored: &Stored) {
        let cleared = async {
            let folder = super::asset_folder(&stored.record.key());
            let listed = self.bucket.list(&folder).await?;
            let results = listed.into_iter().map(|listed| listed.path);
            let results = results.filter(|path| path.filename() != Some("record.json"));
            let paths = stored.pieces.names().chain(results).collect();
            self.bucket.delete_all(paths).await
        };
        match cleared.await {
            Ok(()) => self.forget_note(&stored.pieces.file).await,
            Err(error) => tracing::warn!(%error, "deleted bytes stay until they are swept"),
        }
    }

    async fn current(
        &self,
        path: &Path,
        record: &AssetRecord,
    ) -> io::Result<Option<(Stored, super::bucket::Version)>> {
        let found = self.bucket.read::<Stored>(path).await?;
        let same = |stored: &Stored| stored.record.version_id == record.version_id;
        Ok(found.filter(|(stored, _)| !stored.is_deleted && same(stored)))
    }
}

/// What a deleted asset leaves behind: nothing of what it was about.
fn mark(stored: &Stored) -> Stored {
    let mut mark = stored.clone();
    mark.is_deleted = true;
    mark.pieces.pieces.clear();
    mark.record.tags.clear();
    mark.record.context = BTreeMap::new();
    mark.record.metadata = BTreeMap::new();
    mark.record.parameters = BTreeMap::new();
    mark.record.file_name.clear();
    mark.record.extras.display_name = None;
    mark.record.extras.deletion = None;
    mark
}
