//! Assets that are replaced, amended, deleted and listed.
//!
//! A replaced asset keeps its folder: the new file comes beside the old one, the record is replaced
//! as one step, and then the old file goes. Killed in between, a file is left that nobody names,
//! until the next replacement.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use super::draft::{BLOB, Home, TempFolder};
use super::{Folder, RECORD, STRIPES, read_json, sync_folder};
use crate::random;
use crate::store::steps::step;
use crate::store::{AssetKey, AssetRecord, locked};

impl Folder {
    /// Where the bytes of an asset are.
    pub fn blob(&self, record: &AssetRecord) -> PathBuf {
        let file = record.extras.file.as_deref().unwrap_or(BLOB);
        self.asset_path(&record.key()).join(file)
    }

    /// Makes a received file an asset, in the place of another one if there is one; tells whether
    /// there was. Blocks.
    pub(super) fn replace(&self, home: &Home, record: &AssetRecord) -> io::Result<bool> {
        let key = record.key();
        let _turn = self.asset_turn(&key);
        let place = self.asset_path(&key);
        if self.find(&key)?.is_none() && self.shelve(home, record)?.is_none() {
            return Ok(false);
        }
        let mut record = record.clone();
        let file = format!("{BLOB}-{}", record.version_id);
        step();
        // Linked and not moved: an upload in chunks can be ended again when this is interrupted.
        fs::hard_link(home.path().join(BLOB), place.join(&file))?;
        sync_folder(&place)?;
        record.extras.file = Some(file.clone());
        self.write_new(&place.join(RECORD), &serde_json::to_vec(&record)?)?;
        // What is left behind here is of no use and does no harm.
        if let Err(error) = strip(&place, &[RECORD, &file]) {
            tracing::warn!(%error, "a replaced file stays until the next replacement");
        }
        Ok(true)
    }

    /// Deletes an asset, unless it was changed or deleted since its record was read. Blocks.
    pub fn remove(&self, record: &AssetRecord) -> io::Result<bool> {
        let key = record.key();
        let _turn = self.asset_turn(&key);
        if !self.is_current(record)? {
            return Ok(false);
        }
        let away = self.incoming().join(random::hex_32()?);
        let place = self.asset_path(&key);
        step();
        fs::rename(&place, &away)?;
        drop(TempFolder::adopt(away));
        sync_folder(place.parent().unwrap_or(self.root()))?;
        Ok(true)
    }

    /// Changes what is known of an asset, unless its file was changed or deleted. Blocks.
    pub fn amend(&self, record: &AssetRecord) -> io::Result<bool> {
        let key = record.key();
        let _turn = self.asset_turn(&key);
        if !self.is_current(record)? {
            return Ok(false);
        }
        let path = self.asset_path(&key).join(RECORD);
        self.write_new(&path, &serde_json::to_vec(record)?)?;
        Ok(true)
    }

    /// The records of one shelf, in the order of their keys. Blocks.
    pub fn shelf(&self, number: u8) -> io::Result<Vec<AssetRecord>> {
        let path = self.root().join("assets").join(random::hex(&[number]));
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut paths = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<PathBuf>>>()?;
        paths.sort();
        let records = paths.iter().map(|path| read_json(&path.join(RECORD)));
        // One that was deleted meanwhile is none.
        records.filter_map(Result::transpose).collect()
    }

    fn is_current(&self, record: &AssetRecord) -> io::Result<bool> {
        let found = self.find(&record.key())?;
        Ok(found.is_some_and(|found| found.version_id == record.version_id))
    }

    /// Held while an asset is changed.
    fn asset_turn(&self, key: &AssetKey) -> MutexGuard<'_, ()> {
        let index = key.as_str().bytes().map(usize::from).sum::<usize>() % STRIPES;
        locked(&self.asset_turns[index])
    }
}

/// Removes all files of a folder but these.
fn strip(folder: &Path, kept: &[&str]) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !kept.iter().any(|kept| name.to_str() == Some(kept)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
