//! Uploads in chunks. Requests write their bytes into objects of their own, so that no two ever
//! write the same ones; a chunk counts when the upload's document names it. Of two requests with
//! the same bytes the one that is named first is kept, and the other's objects go away.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt;
use tokio::sync::OwnedMutexGuard;

use super::Objects;
use super::draft::{Home, Received};
use super::partial::{Digested, Digesting, Partial};
use super::pen::{Litter, Note, Pen};
use super::pieces::Piece;
use crate::limits::DIGEST_AHEAD_BYTES_MAX;
use crate::store::chunk::Chunk;
use crate::store::journal::{Fit, Journal};
use crate::store::transit::{self, Entry, Place, Sealed};
use crate::store::{Decision, Denial, Progress, UploadKey, locked};
use crate::{random, sniff};

/// How often a document is read again because somebody else wrote it meanwhile. With sixteen
/// writers one is through every few milliseconds, so this many never pass in practice.
pub(super) const TRIES_MAX: u32 = 100;
/// The longest of the random pauses between them.
const PAUSE_MAX_MS: u64 = 50;

/// What requests of this server tell each other about an upload, to be quicker than by meeting in
/// the store.
#[derive(Default)]
pub struct Turns {
    /// Held while an upload's document is changed.
    writers: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// The uploads whose digest catches up at this moment, so that it does once.
    digests: Mutex<HashSet<String>>,
}

impl Turns {
    async fn writer(&self, key: &UploadKey) -> OwnedMutexGuard<()> {
        let turn = {
            let mut writers = locked(&self.writers);
            writers.retain(|_, turn| Arc::strong_count(turn) > 1);
            writers.entry(key.as_str().to_owned()).or_default().clone()
        };
        turn.lock_owned().await
    }
}

/// The place of a chunk.
pub struct Slot {
    objects: Arc<Objects>,
    key: UploadKey,
    chunk: Chunk,
    /// What was written for it, until it is kept.
    written: Mutex<Option<Written>>,
    head: Vec<u8>,
}

struct Written {
    file: String,
    piece: Piece,
    litter: Litter,
    /// Up to the end of the chunk, where all before it was digested.
    digested: Option<Digested>,
}

impl Objects {
    /// Asks what to do with a chunk.
    pub async fn enter(
        self: &Arc<Self>,
        key: &UploadKey,
        chunk: &Chunk,
        bytes_min: u64,
    ) -> Result<Entry, Denial> {
        // In this order: a promise is made before the document goes, so one of them is seen.
        let partial = self.partial(key).await?.map(|(partial, _)| partial);
        if let Some(earlier) = self.promised(key).await? {
            return transit::finished(chunk, earlier);
        }
        let journal = partial
            .as_ref()
            .map_or_else(Journal::default, Partial::journal);
        let fit = journal.judge(chunk, bytes_min)?;
        let chunk = journal.complete(chunk);
        if fit == Fit::Kept && !journal.ends_with(&chunk) {
            return Ok(Entry::Kept(chunk));
        }
        let slot = Slot {
            objects: self.clone(),
            key: key.clone(),
            chunk,
            written: Mutex::default(),
            head: Vec::new(),
        };
        Ok(match fit {
            Fit::Kept => Entry::Unfinished(slot.into()),
            Fit::New => Entry::Wanted(Writer::new(slot, partial.as_ref())?.into()),
        })
    }

    /// How far an upload has come, and what its first chunk decided.
    pub async fn progress(&self, key: &UploadKey) -> io::Result<Option<(Progress, Decision)>> {
        let partial = self.partial(key).await?;
        Ok(partial.map(|(partial, _)| (Progress::of(&partial.journal()), partial.decision)))
    }

    /// Lets the digest catch up with what is kept. What a chunk didn't digest while it came,
    /// because others before it were missing, is read once more here.
    pub async fn digest_ahead(&self, key: &UploadKey) -> io::Result<()> {
        if !locked(&self.turns.digests).insert(key.as_str().to_owned()) {
            return Ok(());
        }
        let caught_up = self.catch_up(key).await;
        locked(&self.turns.digests).remove(key.as_str());
        caught_up
    }

    async fn catch_up(&self, key: &UploadKey) -> io::Result<()> {
        let Some((partial, _)) = self.partial(key).await? else {
            return Ok(());
        };
        let kept = partial.journal().first_missing();
        let from = partial.digested.bytes;
        let until = kept.min(from + DIGEST_AHEAD_BYTES_MAX);
        if until <= from {
            return Ok(());
        }
        let digesting = self.digest(&partial, until).await?;
        let digested = digesting.pause();
        let _turn = self.turns.writer(key).await;
        for attempt in 0..TRIES_MAX {
            let Some((mut partial, version)) = self.partial(key).await? else {
                return Ok(());
            };
            if partial.digested.bytes >= digested.bytes {
                return Ok(());
            }
            partial.digested = digested.clone();
            let path = Partial::path(key);
            if self
                .bucket
                .update(&path, &partial, &version)
                .await?
                .is_some()
            {
                return Ok(());
            }
            pause(attempt).await;
        }
        Ok(())
    }

    /// The digest up to this byte.
    async fn digest(&self, partial: &Partial, until: u64) -> io::Result<Digesting> {
        let mut digesting = partial.digested.resume()?;
        let rest = digesting.bytes()..until;
        let mut bytes = partial.pieces().stream(&self.bucket, rest);
        while let Some(bytes) = bytes.try_next().await? {
            digesting.update(&bytes);
        }
        if digesting.bytes() < until {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(digesting)
    }
}

impl Slot {
    /// The chunk, with the total where any chunk has told it.
    pub fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// The first bytes of the file, as far as this request brought them.
    pub fn head(&self) -> Vec<u8> {
        self.head.clone()
    }

    /// Keeps the written chunk for good, and runs to its end even if the client is gone: whoever
    /// writes down a chunk must know whether it did.
    pub async fn keep(
        self: &Arc<Self>,
        decision: Option<Decision>,
    ) -> Result<(Progress, Decision), Denial> {
        let slot = self.clone();
        let work = async move { slot.note(decision).await };
        tokio::spawn(work).await.map_err(io::Error::other)?
    }

    async fn note(&self, decision: Option<Decision>) -> Result<(Progress, Decision), Denial> {
        let written = locked(&self.written).take();
        let Some(written) = written else {
            return Err(Denial::Superseded);
        };
        let noted = self.try_note(&written, decision).await;
        match &noted {
            Ok(partial) if partial.has(&written.piece) => {
                written.litter.keep();
                if self.chunk.is_first() {
                    self.objects.forget_note(&partial.file).await;
                }
            }
            // A failed write may have happened all the same, so the objects must stay; the sweep
            // knows what to do with them.
            Err(Denial::Disk(_)) => written.litter.keep(),
            Ok(_) | Err(_) => drop(written),
        }
        let partial = noted?;
        Ok((Progress::of(&partial.journal()), partial.decision))
    }

    /// The document with the piece in it, or with another that has the same bytes.
    async fn try_note(
        &self,
        written: &Written,
        decision: Option<Decision>,
    ) -> Result<Partial, Denial> {
        let Written { file, piece, .. } = written;
        let bucket = &self.objects.bucket;
        let path = Partial::path(&self.key);
        let _turn = self.objects.turns.writer(&self.key).await;
        for attempt in 0..TRIES_MAX {
            let (mut partial, version) = match (self.objects.partial(&self.key).await?, &decision) {
                (Some((partial, version)), _) => (partial, Some(version)),
                (None, Some(decision)) => (Partial::new(file.clone(), decision.clone()), None),
                // It was finished or forgotten meanwhile.
                (None, None) => return Err(Denial::Superseded),
            };
            if partial.has(piece) || partial.journal().judge(&self.chunk, 0)? == Fit::Kept {
                return Ok(partial);
            }
            // Objects in another file's folder would be lost to the sweep, which goes by folders.
            if partial.file != *file {
                return Err(Denial::Superseded);
            }
            partial.add(&self.chunk, piece.clone());
            if let Some(digested) = &written.digested
                && digested.bytes > partial.digested.bytes
            {
                partial.digested = digested.clone();
            }
            let wrote = match &version {
                Some(version) => bucket.update(&path, &partial, version).await?,
                None => bucket.create(&path, &partial).await?,
            };
            if wrote.is_some() {
                return Ok(partial);
            }
            pause(attempt).await;
        }
        Err(Denial::Superseded)
    }

    /// The whole file, when all chunks are kept, and what the first one decided; `None` when
    /// another server has ended the upload meanwhile.
    pub async fn seal(&self) -> io::Result<Option<(Sealed, Decision)>> {
        let Some((partial, _)) = self.objects.partial(&self.key).await? else {
            return Ok(None);
        };
        match self.read(&partial).await {
            Ok(sealed) => Ok(Some((sealed, partial.decision))),
            // Its objects may have gone while they were read.
            Err(error) => match self.objects.partial(&self.key).await? {
                Some(_) => Err(error),
                None => Ok(None),
            },
        }
    }

    async fn read(&self, partial: &Partial) -> io::Result<Sealed> {
        let pieces = partial.pieces();
        let bytes = pieces.bytes();
        let etag = self.objects.digest(partial, bytes).await?.etag();
        let mut head = Vec::new();
        let wanted = 0..bytes.min(sniff::HEAD_BYTES as u64);
        let mut stream = pieces.stream(&self.objects.bucket, wanted);
        while let Some(some) = stream.try_next().await? {
            head.extend_from_slice(&some);
        }
        let home = Home::Upload(self.key.clone());
        let objects = self.objects.clone();
        Ok(Sealed {
            head,
            room: None,
            place: Place::Objects(Received {
                objects,
                home,
                pieces,
            }),
            bytes,
            etag,
        })
    }

    /// Forgets the upload: it is an asset now, or will never be one.
    pub async fn discard(&self) -> io::Result<()> {
        for attempt in 0..TRIES_MAX {
            let Some((partial, version)) = self.objects.partial(&self.key).await? else {
                return Ok(());
            };
            if self.objects.retire(&self.key, partial, &version).await? {
                return Ok(());
            }
            pause(attempt).await;
        }
        Ok(())
    }
}

/// Writes the bytes of a chunk as they arrive.
pub struct Writer {
    slot: Slot,
    file: String,
    pen: Pen,
    /// While all before the chunk is digested.
    digesting: Option<Digesting>,
    fill: Option<Sealed>,
}

impl Writer {
    fn new(slot: Slot, partial: Option<&Partial>) -> io::Result<Self> {
        let start = slot.chunk.span().start;
        let (file, note) = match partial {
            Some(partial) => (partial.file.clone(), None),
            None => {
                let note = Note {
                    upload: Some(slot.key.as_str().to_owned()),
                    asset: None,
                };
                (random::hex_32()?, Some(note))
            }
        };
        let digested = partial
            .map(|partial| partial.digested.clone())
            .unwrap_or_default();
        let before = partial.map_or(Some(0), |partial| partial.before(&slot.chunk));
        let digesting = if before == Some(digested.bytes) {
            Some(digested.resume()?)
        } else {
            None
        };
        let pen = Pen::new(slot.objects.bucket.clone(), file.clone(), start, note)?;
        Ok(Self {
            slot,
            file,
            pen,
            digesting,
            fill: None,
        })
    }

    /// Adds bytes; never more than the chunk has.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.slot.chunk.is_first() {
            let wanted = sniff::HEAD_BYTES.saturating_sub(self.slot.head.len());
            let some = &bytes[..wanted.min(bytes.len())];
            self.slot.head.extend_from_slice(some);
        }
        if let Some(digesting) = &mut self.digesting {
            digesting.update(bytes);
        }
        self.pen.write(bytes).await
    }

    /// Takes all bytes of a file when writing ends.
    pub fn fill(&mut self, from: Sealed) {
        self.fill = Some(from);
    }

    /// Ends writing.
    pub async fn finish(mut self) -> io::Result<Arc<Slot>> {
        if let Some(from) = self.fill.take() {
            let mut bytes = from.stream().await?;
            while let Some(bytes) = bytes.try_next().await? {
                self.write(&bytes).await?;
            }
        }
        let (piece, litter) = self.pen.finish().await?;
        let written = Written {
            file: self.file,
            piece,
            litter,
            digested: self.digesting.map(|digesting| digesting.pause()),
        };
        *locked(&self.slot.written) = Some(written);
        Ok(Arc::new(self.slot))
    }
}

/// Waits a random moment, so that writers who met don't meet again.
pub(super) async fn pause(attempt: u32) {
    let limit = PAUSE_MAX_MS.min(2 << attempt.min(10));
    let pause_ms = random::below(limit).unwrap_or(limit);
    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
}
