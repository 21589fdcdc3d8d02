//! Uploads in chunks: `partial/<upload>/{decision.json,ranges,asset/blob}`, and `parts/` where
//! they are numbered (`parts.rs`).
//!
//! Each chunk is written at its own place in one sparse file, and counts when it is synced and has
//! a line in `ranges`. So every byte is written once, a 10 GB upload is finished without copying
//! it, and what a killed server left between is overwritten when the chunk comes again. Requests
//! never write the same bytes at once (`arriving.rs`), and a kept chunk is never written again.
//!
//! The last chunk claims the whole file. When it is kept, too, `asset` gets its record and is
//! renamed into its place as any asset. Killed before the rename, the upload can be finished by
//! sending the last chunk again; killed after it, the promise of its upload ID answers.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::arriving::{Asked, Claim, Prefix, Upload};
use super::draft::{Home, TempFolder};
use super::{Folder, parts, read_json, sync_folder};
use crate::limits::{DIGEST_AHEAD_BYTES_MAX, DIGEST_LAG_BYTES_MAX};
use crate::store::chunk::Chunk;
use crate::store::journal::{Fit, Journal};
use crate::store::ledger::Counts;
use crate::store::steps::step;
use crate::store::transit::{self, Entry, Place, Sealed};
use crate::store::{Decision, Denial, Progress, UploadKey, blocking, locked};
use crate::{random, sniff};

const DECISION: &str = "decision.json";
pub(super) const RANGES: &str = "ranges";
pub(super) const ASSET: &str = "asset";
pub(super) use super::draft::BLOB;
/// Bytes gathered before they go to disk: fewer and larger writes, while two of these per request
/// still are little memory.
const WRITE_BYTES: usize = 256 * 1024;

/// The place of a chunk. Nobody else can write there as long as this lives.
pub struct Slot {
    store: Arc<Folder>,
    home: PathBuf,
    chunk: Chunk,
    claim: Claim,
    file: File,
}

impl Folder {
    /// Asks what to do with a chunk; waits until others have stopped writing there.
    pub async fn enter(
        self: &Arc<Self>,
        key: &UploadKey,
        chunk: &Chunk,
        bytes_min: u64,
    ) -> Result<Entry, Denial> {
        let ticket = self.arriving.ticket();
        let upload = self.arriving.upload(key);
        loop {
            let mut freed = pin!(upload.freed.notified());
            freed.as_mut().enable();
            let (store, key, chunk) = (self.clone(), key.clone(), chunk.clone());
            let entered = blocking(move || Ok(store.try_enter(&key, &chunk, bytes_min, ticket)));
            match entered.await?? {
                Some(entry) => return Ok(entry),
                None => freed.await,
            }
        }
    }

    /// How far an upload has come, and what became of it. Blocks.
    pub fn progress(&self, key: &UploadKey) -> io::Result<Option<(Progress, Decision)>> {
        let home = self.partial_path(key);
        let journal = Journal::read(&home.join(RANGES))?;
        let decision = read_json(&home.join(DECISION))?;
        Ok(decision
            .filter(|_| journal.bytes() > 0)
            .map(|decision| (Progress::of(&journal), decision)))
    }

    /// Lets the digest catch up with what is kept, so that little is left for the end. Blocks.
    pub fn digest_ahead(&self, key: &UploadKey) -> io::Result<()> {
        let upload = self.arriving.upload(key);
        match upload.prefix.try_lock() {
            Ok(mut prefix) => self.digest_more(key, &upload, &mut prefix, DIGEST_AHEAD_BYTES_MAX),
            Err(_) => Ok(()),
        }
    }

    /// Whether the digest of an upload is so far behind what is kept, all bytes up to here, that
    /// the next answer should wait for it.
    pub fn is_behind(&self, key: &UploadKey, kept: u64) -> bool {
        let upload = self.arriving.upload(key);
        upload.undigested(kept) > DIGEST_LAG_BYTES_MAX
    }

    /// Waits for the digest, or makes some of it. Blocks.
    pub fn digest_in_turn(&self, key: &UploadKey, kept: u64) -> io::Result<()> {
        let upload = self.arriving.upload(key);
        let mut prefix = locked(&upload.prefix);
        if upload.undigested(kept) <= DIGEST_LAG_BYTES_MAX {
            return Ok(());
        }
        self.digest_more(key, &upload, &mut prefix, DIGEST_LAG_BYTES_MAX)
    }

    fn digest_more(
        &self,
        key: &UploadKey,
        upload: &Upload,
        prefix: &mut Prefix,
        bytes_max: u64,
    ) -> io::Result<()> {
        let home = self.partial_path(key);
        let journal = Journal::read(&home.join(RANGES))?;
        let until = journal.first_missing().min(prefix.bytes() + bytes_max);
        let digested = if journal.numbers().is_some() {
            parts::assemble(&home, prefix, until)
        } else {
            prefix.advance(&home.join(ASSET).join(BLOB), until)
        };
        upload.note_digested(prefix);
        digested
    }

    /// Forgets uploads that nothing was added to for this long. Blocks.
    pub fn sweep_partial(&self, age: Duration) -> io::Result<()> {
        for entry in fs::read_dir(self.partial())? {
            let entry = entry?;
            let Some(key) = entry.file_name().to_str().map(UploadKey::from_name) else {
                continue;
            };
            let upload = self.arriving.upload(&key);
            let _turn = upload.turn();
            if upload.is_idle() && is_abandoned(&entry.path(), age) {
                self.forget(&entry.path())?;
                *locked(&upload.prefix) = Default::default();
            }
        }
        Ok(())
    }

    /// Adds what unfinished uploads will have. Blocks.
    pub(super) fn count_partial(&self, counts: &mut Counts) -> io::Result<()> {
        for entry in fs::read_dir(self.partial())? {
            let entry = entry?;
            let journal = Journal::read(&entry.path().join(RANGES))?;
            if let Some(key) = entry.file_name().to_str().filter(|_| journal.bytes() > 0) {
                counts.uploads.insert(key.to_owned(), journal.size());
            }
        }
        Ok(())
    }

    /// The keys of unfinished uploads. One whose first chunk is only arriving is none yet: it may
    /// be refused because there are too many. Blocks.
    pub fn unfinished(&self) -> io::Result<Vec<String>> {
        let mut keys = Vec::new();
        for entry in fs::read_dir(self.partial())? {
            let entry = entry?;
            if entry.path().join(RANGES).exists() {
                keys.push(entry.file_name().into_string().unwrap_or_default());
            }
        }
        Ok(keys)
    }

    /// `None` while others write there.
    fn try_enter(
        self: &Arc<Self>,
        key: &UploadKey,
        chunk: &Chunk,
        bytes_min: u64,
        ticket: u64,
    ) -> Result<Option<Entry>, Denial> {
        let upload = self.arriving.upload(key);
        let _turn = upload.turn();
        if let Some(earlier) = self.promised(key)? {
            return transit::finished(chunk, earlier).map(Some);
        }
        let home = self.partial_path(key);
        let journal = Journal::read(&home.join(RANGES))?;
        let fit = journal.judge(chunk, bytes_min)?;
        let chunk = journal.complete(chunk);
        let is_end = match fit {
            Fit::Kept => journal.ends_with(&chunk),
            Fit::New => chunk.is_last(),
        };
        if fit == Fit::Kept && !is_end {
            return Ok(Some(Entry::Kept(chunk)));
        }
        // Whoever still writes elsewhere when the last chunk comes, writes what nobody asked for.
        let span = if is_end { 0..u64::MAX } else { chunk.span() };
        let claim = match upload.claim(ticket, span) {
            Asked::Granted(claim) => claim,
            Asked::Busy => return Ok(None),
            Asked::Superseded => return Err(Denial::Superseded),
        };
        let slot = Slot::open(self.clone(), home, chunk, claim, &fit)?;
        Ok(Some(match fit {
            Fit::Kept => Entry::Unfinished(slot.into()),
            Fit::New => Entry::Wanted(Writer::new(slot)?.into()),
        }))
    }

    /// Takes an upload away as one step, then removes it.
    fn forget(&self, home: &Path) -> io::Result<()> {
        let away = self.incoming().join(random::hex_32()?);
        step();
        match fs::rename(home, &away) {
            Ok(()) => drop(TempFolder::adopt(away)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn partial(&self) -> PathBuf {
        self.root().join("partial")
    }

    fn partial_path(&self, key: &UploadKey) -> PathBuf {
        self.partial().join(key.as_str())
    }
}

impl Slot {
    fn open(
        store: Arc<Folder>,
        home: PathBuf,
        chunk: Chunk,
        claim: Claim,
        fit: &Fit,
    ) -> io::Result<Self> {
        let asset = home.join(ASSET);
        if chunk.is_first() {
            step();
            fs::create_dir_all(&asset)?;
        }
        let mut options = File::options();
        options.write(true).create(chunk.is_first()).truncate(false);
        let mut path = asset.join(BLOB);
        if let Some((number, _)) = chunk.numbers() {
            if chunk.is_first() {
                parts::begin(&home)?;
            }
            path = parts::path(&home, number);
            // What an interrupted request left there may be longer.
            options.create(*fit == Fit::New).truncate(*fit == Fit::New);
        }
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        Ok(Self {
            store,
            home,
            chunk,
            claim,
            file,
        })
    }

    /// The chunk, with the total where any chunk has told it.
    pub fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// Ends when a newer request wants to write here.
    pub async fn evicted(&self) {
        self.claim.evicted().await;
    }

    /// The first bytes of the file, for telling what it is.
    pub async fn head(self: &Arc<Self>) -> io::Result<Vec<u8>> {
        let slot = self.clone();
        blocking(move || slot.read_head()).await
    }

    /// Keeps the written chunk for good; the first one brings what is decided by it. What was
    /// decided before still holds, and is what comes back.
    pub async fn keep(
        self: &Arc<Self>,
        decision: Option<Decision>,
    ) -> io::Result<(Progress, Decision)> {
        let slot = self.clone();
        blocking(move || Ok((slot.note(decision.as_ref())?, slot.read_decision()?))).await
    }

    /// The whole file, when all chunks are kept, and what the first one decided.
    pub async fn seal(self: &Arc<Self>) -> io::Result<(Sealed, Decision)> {
        let slot = self.clone();
        blocking(move || Ok((slot.close()?, slot.read_decision()?))).await
    }

    /// Forgets the upload: it is an asset now, or will never be one.
    pub async fn discard(self: &Arc<Self>) -> io::Result<()> {
        let slot = self.clone();
        blocking(move || slot.forget()).await
    }

    fn read_head(&self) -> io::Result<Vec<u8>> {
        let path = match self.chunk.numbers() {
            Some(_) => parts::path(&self.home, 1),
            None => self.home.join(ASSET).join(BLOB),
        };
        let mut head = Vec::new();
        let file = File::open(path)?;
        file.take(sniff::HEAD_BYTES as u64).read_to_end(&mut head)?;
        Ok(head)
    }

    fn read_decision(&self) -> io::Result<Decision> {
        read_json(&self.home.join(DECISION))?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn note(&self, decision: Option<&Decision>) -> io::Result<Progress> {
        // Not in turn: others may go on while this one waits for the disk.
        step();
        self.file.sync_all()?;
        parts::settle(&self.home, &self.chunk)?;
        let _turn = self.claim.upload.turn();
        let path = self.home.join(DECISION);
        // A killed server may have decided before; what it may have told still holds.
        if let Some(decision) = decision.filter(|_| !path.exists()) {
            sync_folder(&self.home.join(ASSET))?;
            sync_folder(&self.store.partial())?;
            self.store
                .write_new(&path, &serde_json::to_vec(decision)?)?;
        }
        let ranges = self.home.join(RANGES);
        let mut journal = Journal::read(&ranges)?;
        let is_new = journal.bytes() == 0;
        let chunk = self.chunk.holding(self.file.metadata()?.len());
        journal.append(&ranges, &chunk)?;
        if is_new {
            sync_folder(&self.home)?;
        }
        Ok(Progress::of(&journal))
    }

    fn close(&self) -> io::Result<Sealed> {
        let asset = self.home.join(ASSET);
        let mut prefix = locked(&self.claim.upload.prefix);
        let bytes = if self.chunk.numbers().is_some() {
            let bytes = Journal::read(&self.home.join(RANGES))?.first_missing();
            parts::assemble(&self.home, &mut prefix, bytes)?;
            bytes
        } else {
            let bytes = self.chunk.span().end;
            prefix.advance(&asset.join(BLOB), bytes)?;
            bytes
        };
        // An interrupted chunk may have written behind the end.
        step();
        let blob = File::options().write(true).open(asset.join(BLOB))?;
        blob.set_len(bytes)?;
        blob.sync_all()?;
        Ok(Sealed {
            head: self.read_head()?,
            place: Place::Folder(Home::Kept(asset)),
            room: None,
            bytes,
            etag: prefix.etag(),
        })
    }

    fn forget(&self) -> io::Result<()> {
        let _turn = self.claim.upload.turn();
        self.store.forget(&self.home)?;
        *locked(&self.claim.upload.prefix) = Default::default();
        Ok(())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // A first chunk that was not kept leaves nothing that could be continued.
        if self.chunk.is_first() && !self.home.join(DECISION).exists() {
            drop(TempFolder::adopt(self.home.clone()));
        }
    }
}

/// Writes the bytes of a chunk as they arrive.
pub struct Writer {
    slot: Arc<Slot>,
    buffer: Vec<u8>,
    /// The write that is under way. It holds the slot, too, so that nobody else gets the bytes
    /// before it has ended.
    /// Its buffer comes back, to be filled again.
    running: Option<JoinHandle<io::Result<Vec<u8>>>>,
}

impl Writer {
    fn new(slot: Slot) -> io::Result<Self> {
        if slot.chunk.numbers().is_none() {
            let mut file = &slot.file;
            file.seek(SeekFrom::Start(slot.chunk.span().start))?;
        }
        Ok(Self {
            slot: Arc::new(slot),
            buffer: Vec::with_capacity(WRITE_BYTES),
            running: None,
        })
    }

    /// Adds bytes; never more than the chunk has.
    pub async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = WRITE_BYTES - self.buffer.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == WRITE_BYTES {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Ends when a newer request wants to write here.
    pub async fn evicted(&self) {
        self.slot.evicted().await;
    }

    /// Takes all bytes of a file, for clients that send it before what tells whose it is.
    pub fn fill(&mut self, from: Sealed) {
        let slot = self.slot.clone();
        self.running = Some(tokio::task::spawn_blocking(move || {
            let mut from = from.reader()?;
            io::copy(&mut from, &mut &slot.file)?;
            Ok(Vec::with_capacity(WRITE_BYTES))
        }));
    }

    /// Ends writing.
    pub async fn finish(mut self) -> io::Result<Arc<Slot>> {
        self.flush().await?;
        self.settle().await?;
        Ok(self.slot)
    }

    async fn flush(&mut self) -> io::Result<()> {
        let spare = self.settle().await?;
        let spare = spare.unwrap_or_else(|| Vec::with_capacity(WRITE_BYTES));
        let mut full = std::mem::replace(&mut self.buffer, spare);
        let slot = self.slot.clone();
        let write = move || {
            step();
            let _pen = slot
                .chunk
                .numbers()
                .is_none()
                .then(|| slot.claim.upload.pen());
            (&slot.file).write_all(&full)?;
            full.clear();
            Ok(full)
        };
        self.running = Some(tokio::task::spawn_blocking(write));
        Ok(())
    }

    async fn settle(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self.running.take() {
            Some(running) => running.await.map_err(io::Error::other)?.map(Some),
            None => Ok(None),
        }
    }
}

/// Whether nothing was added for so long, or it was finished by a server that was killed then.
fn is_abandoned(home: &Path, age: Duration) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    let last = changed(&home.join(RANGES)).or_else(|| changed(home));
    let is_old = last.is_none_or(|last| last.elapsed().unwrap_or_default() > age);
    is_old || !home.join(ASSET).join(BLOB).exists()
}
