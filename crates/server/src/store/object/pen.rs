//! Writes the bytes of one request into objects, a few megabytes at a time, and takes them away
//! again when nothing comes of the request.
//!
//! A file that nothing else names yet is announced first, by a note under `incoming/`. What a
//! killed server leaves is found by that note.

use std::io;
use std::mem;

use bytes::Bytes;
use object_store::path::Path;
use serde::{Deserialize, Serialize};

use super::bucket::Bucket;
use super::pieces::{Piece, SEGMENT_BYTES, segment};
use crate::random;
use crate::store::AssetKey;

/// What `incoming/<file>` says: who will name the file's objects, if anybody.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Note {
    /// The asset that it was about to become.
    pub asset: Option<AssetKey>,
    /// The upload in chunks whose first chunk it is.
    pub upload: Option<String>,
}

impl Note {
    /// Where the note about a file is.
    pub fn path(file: &str) -> Path {
        Path::from(format!("incoming/{file}"))
    }
}

/// Writes from one byte on.
pub struct Pen {
    litter: Litter,
    file: String,
    tag: String,
    start: u64,
    /// Where the buffer begins.
    at: u64,
    buffer: Vec<u8>,
    /// To be written before the first object.
    note: Option<Note>,
}

impl Pen {
    /// For a new file, or for one more piece of a file that is named already (no note).
    pub fn new(bucket: Bucket, file: String, start: u64, note: Option<Note>) -> io::Result<Self> {
        let mut tag = random::hex_32()?;
        // 64 bits tell the few requests apart that ever write the same bytes.
        tag.truncate(16);
        Ok(Self {
            litter: Litter {
                bucket,
                paths: Vec::new(),
            },
            file,
            tag,
            start,
            at: start,
            buffer: Vec::new(),
            note,
        })
    }

    pub async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let segment_bytes = usize::try_from(SEGMENT_BYTES).unwrap_or(usize::MAX);
        while !bytes.is_empty() {
            let room = segment_bytes - self.buffer.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            // Only when more follows, so that a file of one object may stay in memory to its end.
            if now.is_empty() {
                self.flush().await?;
            }
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// All bytes, if none of them has left the memory.
    pub fn small(&mut self) -> Option<(Bytes, Piece)> {
        if self.at > self.start {
            return None;
        }
        let bytes = Bytes::from(mem::take(&mut self.buffer));
        let end = self.start + bytes.len() as u64;
        Some((bytes, Piece(self.start, end, self.tag.clone(), None)))
    }

    /// Writes what is left. The objects go away with the litter, unless it is kept.
    pub async fn finish(mut self) -> io::Result<(Piece, Litter)> {
        self.flush().await?;
        Ok((Piece(self.start, self.at, self.tag, None), self.litter))
    }

    async fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let bucket = self.litter.bucket.clone();
        if let Some(note) = self.note.take() {
            let path = Note::path(&self.file);
            self.litter.paths.push(path.clone());
            bucket.put(&path, serde_json::to_vec(&note)?.into()).await?;
        }
        let path = segment(&self.file, self.at, &self.tag);
        // First of all: a request that broke off may have written it all the same.
        self.litter.paths.push(path.clone());
        let bytes = Bytes::from(mem::take(&mut self.buffer));
        self.at += bytes.len() as u64;
        bucket.put(&path, bytes).await
    }
}

/// Objects that go away when this is dropped.
pub struct Litter {
    bucket: Bucket,
    /// The note about them first, where there is one.
    paths: Vec<Path>,
}

impl Litter {
    /// These objects, the note about them first.
    pub fn new(bucket: Bucket, paths: Vec<Path>) -> Self {
        Self { bucket, paths }
    }

    /// They are somebody's now.
    pub fn keep(mut self) {
        self.paths.clear();
    }
}

impl Drop for Litter {
    fn drop(&mut self) {
        if self.paths.is_empty() {
            return;
        }
        let (bucket, mut paths) = (self.bucket.clone(), mem::take(&mut self.paths));
        let clean = async move {
            // The note goes last: until then it tells what is to be swept.
            let note = paths.remove(0);
            let swept = match bucket.delete_all(paths).await {
                Ok(()) => bucket.delete(&note).await,
                failed => failed,
            };
            if let Err(error) = swept {
                tracing::warn!(%error, "objects of a broken upload stay until they are swept");
            }
        };
        // Without a runtime the server is stopping; then they are swept later.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(clean);
        }
    }
}
