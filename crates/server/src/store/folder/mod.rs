//! Keeps assets in a folder: `assets/ab/<key>/{blob,record.json,<derived>}`.
//!
//! An asset is a folder that is filled under `incoming/` and then renamed into its place. The
//! rename is atomic and fails when the place is taken, so there is never half an asset, and two
//! uploads to one public ID make one asset. What is left in `incoming/` at start is swept.
//! Uploads in chunks are in `chunks.rs`.

mod arriving;
mod change;
mod chunks;
mod draft;
mod parts;

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ledger::Counts;
use super::steps::step;
use super::{AssetKey, AssetRecord, Commit, Earlier, Novelty, UploadKey, hash, locked};
use crate::limits::{DERIVED_MAX, REPLAY_SECONDS};
use crate::{clock, random};

use arriving::Arriving;
pub use chunks::{Slot, Writer};
pub use draft::{Draft, Home};

const RECORD: &str = "record.json";
/// Locks for upload IDs. More than the cores of any machine, so that strangers rarely wait for
/// each other; few enough to cost nothing.
const STRIPES: usize = 64;
/// How long a stopping server may hold the folder after its successor started.
const LOCK_TRIES: u32 = 30;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// The promise of an upload ID, written before the asset is moved to its place: whether it was
/// kept is seen by looking for the asset.
#[derive(Serialize, Deserialize)]
struct Promise {
    key: AssetKey,
    asset_id: String,
    novelty: Novelty,
    received_bytes: u64,
    promised_at: u64,
}

/// A store in a folder of this machine.
pub struct Folder {
    root: PathBuf,
    stripes: [Mutex<()>; STRIPES],
    /// The same for assets that are changed.
    asset_turns: [Mutex<()>; STRIPES],
    arriving: Arriving,
    /// Held as long as the store lives: a second server would sweep our incoming files.
    _lock: File,
}

impl Folder {
    /// Opens or makes the folder, and sweeps what an earlier run left unfinished.
    pub fn open(root: &Path) -> io::Result<Self> {
        let opened = Self::try_open(root);
        opened.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => error,
            kind => {
                let shown = root.display();
                let text = format!("the data folder {shown} can't be used: {error}");
                io::Error::new(kind, text)
            }
        })
    }

    fn try_open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        // The rename into place must not depend on where the process stands.
        let root = fs::canonicalize(root)?;
        let lock = lock(&root)?;
        let incoming = root.join("incoming");
        if incoming.exists() {
            fs::remove_dir_all(&incoming)?;
        }
        for name in ["incoming", "assets", "partial", "uploads", "secrets"] {
            fs::create_dir_all(root.join(name))?;
        }
        let stripes = [const { Mutex::new(()) }; STRIPES];
        Ok(Self {
            root,
            stripes,
            asset_turns: [const { Mutex::new(()) }; STRIPES],
            arriving: Arriving::default(),
            _lock: lock,
        })
    }

    /// A file to receive bytes into.
    pub async fn draft(&self) -> io::Result<Draft> {
        Draft::new(&self.incoming()).await
    }

    /// Makes a received file an asset, unless its public ID or upload ID was used before. Blocks.
    pub fn commit(
        &self,
        home: &Home,
        received_bytes: u64,
        record: &AssetRecord,
        upload: Option<&UploadKey>,
    ) -> io::Result<Commit> {
        let _turn = upload.map(|upload| self.stripe(upload));
        if let Some(upload) = upload {
            if let Some(earlier) = self.promised(upload)? {
                return Ok(Commit::Replayed(Box::new(earlier)));
            }
            if record.extras.overwrites || self.find(&record.key())?.is_none() {
                self.promise(upload, record, Novelty::Stored, received_bytes)?;
            }
        }
        if record.extras.overwrites {
            if !self.replace(home, record)? {
                return Ok(Commit::Stored);
            }
            if let Some(upload) = upload {
                self.promise(upload, record, Novelty::Overwritten, received_bytes)?;
            }
            return Ok(Commit::Overwritten);
        }
        let existing = match self.find(&record.key())? {
            Some(existing) => Some(existing),
            None => self.shelve(home, record)?,
        };
        let Some(existing) = existing else {
            return Ok(Commit::Stored);
        };
        if let Some(upload) = upload {
            self.promise(upload, &existing, Novelty::Existing, received_bytes)?;
        }
        Ok(Commit::Existing(Box::new(existing)))
    }

    /// Moves a received file to its place, unless somebody has it: then that one's record.
    fn shelve(&self, home: &Home, record: &AssetRecord) -> io::Result<Option<AssetRecord>> {
        let key = record.key();
        let text = serde_json::to_vec(record)?;
        // The whole folder is synced by this, too.
        self.write_new(&home.path().join(RECORD), &text)?;
        let place = self.asset_path(&key);
        let shelf = place.parent().unwrap_or(&self.root);
        fs::create_dir_all(shelf)?;
        step();
        match fs::rename(home.path(), &place) {
            Ok(()) => sync_folder(shelf).map(|()| None),
            // Which error a taken place gives differs between systems; the record tells.
            Err(error) => match self.find(&key)? {
                Some(existing) => Ok(Some(existing)),
                None => Err(error),
            },
        }
    }

    /// The record of an asset. Blocks.
    pub fn find(&self, key: &AssetKey) -> io::Result<Option<AssetRecord>> {
        read_json(&self.asset_path(key).join(RECORD))
    }

    /// Where the result of this transformation is, made or not.
    pub fn derived(&self, key: &AssetKey, transformation: &str) -> PathBuf {
        self.asset_path(key)
            .join(format!("derived-{}", hash(&[transformation])))
    }

    /// Keeps the result of a transformation, unless the asset has many already. Blocks.
    pub fn keep_derived(&self, key: &AssetKey, name: &str, bytes: &[u8]) -> io::Result<()> {
        let count = fs::read_dir(self.asset_path(key))?.count();
        if count >= DERIVED_MAX + 2 {
            return Ok(());
        }
        self.write_new(&self.derived(key, name), bytes)
    }

    /// The secret that signs a cloud's answers, made at the first call. Blocks.
    pub fn secret(&self, cloud: &str) -> io::Result<String> {
        let path = self.root.join("secrets").join(cloud);
        match fs::read_to_string(&path) {
            Ok(secret) if !secret.trim().is_empty() => return Ok(secret.trim().to_owned()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let secret = random::hex_32()?;
        self.write_new(&path, secret.as_bytes())?;
        Ok(secret)
    }

    /// Forgets upload IDs that are older than their promise lasts. Blocks.
    pub fn sweep_uploads(&self) -> io::Result<()> {
        let limit = Duration::from_secs(REPLAY_SECONDS);
        for entry in fs::read_dir(self.root.join("uploads"))? {
            let entry = entry?;
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            if age > limit {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// The bytes of all assets, and those that unfinished uploads will have. Blocks.
    pub fn count(&self) -> io::Result<Counts> {
        let mut counts = Counts::default();
        for shelf in fs::read_dir(self.root.join("assets"))? {
            for asset in fs::read_dir(shelf?.path())? {
                // One that is deleted meanwhile holds nothing.
                for file in fs::read_dir(asset?.path()).into_iter().flatten() {
                    let file = file?;
                    let is_original = file.file_name().to_str().is_some_and(is_original);
                    if let (true, Ok(found)) = (is_original, file.metadata()) {
                        counts.kept += found.len();
                    }
                }
            }
        }
        self.count_partial(&mut counts)?;
        Ok(counts)
    }

    /// What an upload ID came to, if its promise is young and was kept. Blocks.
    pub fn promised(&self, upload: &UploadKey) -> io::Result<Option<Earlier>> {
        let Some(promise) = read_json::<Promise>(&self.upload_path(upload))? else {
            return Ok(None);
        };
        if promise.promised_at + REPLAY_SECONDS < clock::now_seconds() {
            return Ok(None);
        }
        let record = self.find(&promise.key)?;
        let kept = record.filter(|record| record.asset_id == promise.asset_id);
        Ok(kept.map(|record| Earlier {
            record,
            novelty: promise.novelty,
            received_bytes: promise.received_bytes,
        }))
    }

    fn promise(
        &self,
        upload: &UploadKey,
        record: &AssetRecord,
        novelty: Novelty,
        received_bytes: u64,
    ) -> io::Result<()> {
        let promise = Promise {
            key: record.key(),
            asset_id: record.asset_id.clone(),
            novelty,
            received_bytes,
            promised_at: clock::now_seconds(),
        };
        self.write_new(&self.upload_path(upload), &serde_json::to_vec(&promise)?)
    }

    fn stripe(&self, upload: &UploadKey) -> MutexGuard<'_, ()> {
        let index = upload.as_str().bytes().map(usize::from).sum::<usize>() % STRIPES;
        locked(&self.stripes[index])
    }

    fn root(&self) -> &Path {
        &self.root
    }

    /// Where files arrive, on the same file system as the assets; emptied at start.
    fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    fn asset_path(&self, key: &AssetKey) -> PathBuf {
        // 256 shelves keep folders small up to a million assets.
        self.root
            .join("assets")
            .join(&key.as_str()[..2])
            .join(key.as_str())
    }

    fn upload_path(&self, upload: &UploadKey) -> PathBuf {
        self.root.join("uploads").join(upload.as_str())
    }

    /// Writes a file under another name first, so that no reader ever sees half of it.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.incoming().join(random::hex_32()?);
        step();
        let written = write_synced(&temporary, bytes).and_then(|()| {
            step();
            fs::rename(&temporary, path)
        });
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
            return written;
        }
        sync_folder(path.parent().unwrap_or(&self.root))
    }
}

/// Whether a file of an asset's folder holds what was uploaded, by its name.
fn is_original(name: &str) -> bool {
    name.starts_with(draft::BLOB)
}

fn lock(root: &Path) -> io::Result<File> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(root.join("lock"))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    let text = format!(
        "the data folder {} is in use by another server",
        root.display()
    );
    Err(io::Error::new(io::ErrorKind::AddrInUse, text))
}

fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a rename survive a power cut; only Unix lets a folder be synced.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}
