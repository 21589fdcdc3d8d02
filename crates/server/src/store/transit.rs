//! Files on their way into a store, whichever kind it is: what requests hold in their hands
//! until something is kept.

use std::io;
use std::sync::{Arc, Mutex};

use crate::digest::Md5;
use crate::{random, sniff};

use super::blob::{Blob, ByteStream, Reader};
use super::ledger::{Opening, Room};
use super::{Chunk, Decision, Denial, Earlier, Progress, folder, locked, object};

/// A file that is being received whole.
pub struct Draft {
    place: Receiving,
    /// What it takes of what the store may hold.
    room: Room,
    digest: Md5,
    /// The first bytes.
    head: Vec<u8>,
    bytes: u64,
}

pub(super) enum Receiving {
    Folder(Box<folder::Draft>),
    Objects(Box<object::Draft>),
}

/// A file that was received whole.
pub struct Sealed {
    pub(super) place: Place,
    /// Nothing for one that came in chunks: then the upload has its room.
    pub(super) room: Option<Room>,
    /// The first bytes, for telling what it is.
    pub head: Vec<u8>,
    pub bytes: u64,
    /// MD5 as hexadecimal digits.
    pub etag: String,
}

/// Where it is until it is an asset.
pub(super) enum Place {
    Folder(folder::Home),
    Objects(object::Received),
}

/// What is to be done with a chunk.
pub enum Entry {
    /// Its bytes are wanted.
    Wanted(Writer),
    /// It is the last one and kept already, but the upload isn't finished.
    Unfinished(Slot),
    /// It is kept already, as this.
    Kept(Chunk),
    /// The upload is finished.
    Finished(Box<Earlier>),
}

/// Writes the bytes of a chunk as they arrive.
pub struct Writer {
    place: Writing,
    /// For the first chunk of an upload, and for each numbered part.
    opening: Option<Opening>,
}

enum Writing {
    Folder(folder::Writer),
    Objects(Box<object::Writer>),
}

/// The place of a chunk. Clones are the same one.
#[derive(Clone)]
pub struct Slot {
    place: Held,
    opening: Arc<Mutex<Option<Opening>>>,
}

#[derive(Clone)]
enum Held {
    Folder(Arc<folder::Slot>),
    Objects(Arc<object::Slot>),
}

impl Draft {
    pub(super) fn new(place: Receiving, room: Room) -> Self {
        Self {
            place,
            room,
            digest: Md5::default(),
            head: Vec::new(),
            bytes: 0,
        }
    }

    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.room.grow(bytes.len() as u64);
        let wanted = sniff::HEAD_BYTES.saturating_sub(self.head.len());
        self.head
            .extend_from_slice(&bytes[..wanted.min(bytes.len())]);
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        match &mut self.place {
            Receiving::Folder(draft) => draft.write(bytes).await,
            Receiving::Objects(draft) => draft.write(bytes).await,
        }
    }

    /// The whole file.
    pub async fn seal(self) -> io::Result<Sealed> {
        let place = match self.place {
            Receiving::Folder(draft) => Place::Folder(draft.seal().await?),
            Receiving::Objects(draft) => Place::Objects(draft.seal().await?),
        };
        Ok(Sealed {
            place,
            room: Some(self.room),
            head: self.head,
            bytes: self.bytes,
            etag: random::hex(&self.digest.digest()),
        })
    }
}

impl Sealed {
    /// The bytes, for readers of headers.
    pub fn reader(&self) -> io::Result<Reader> {
        match &self.place {
            Place::Folder(home) => Reader::open(&home.blob()),
            Place::Objects(received) => Ok(received.reader()),
        }
    }

    /// All bytes.
    pub(super) async fn stream(&self) -> io::Result<ByteStream> {
        match &self.place {
            Place::Folder(home) => {
                let blob = Blob::open(&home.blob())?.ok_or(io::ErrorKind::NotFound)?;
                blob.stream(0, self.bytes).await
            }
            Place::Objects(received) => Ok(received.stream()),
        }
    }
}

impl From<folder::Writer> for Writer {
    fn from(writer: folder::Writer) -> Self {
        Self {
            place: Writing::Folder(writer),
            opening: None,
        }
    }
}

impl From<object::Writer> for Writer {
    fn from(writer: object::Writer) -> Self {
        Self {
            place: Writing::Objects(Box::new(writer)),
            opening: None,
        }
    }
}

impl Writer {
    /// Holds room for the upload until its first chunk is kept.
    pub(super) fn hold(&mut self, opening: Opening) {
        self.opening = Some(opening);
    }

    /// Adds bytes; never more than the chunk has.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(opening) = &mut self.opening {
            opening.count(bytes.len() as u64);
        }
        match &mut self.place {
            Writing::Folder(writer) => writer.write(bytes).await,
            Writing::Objects(writer) => writer.write(bytes).await,
        }
    }

    /// Takes all bytes of a file, for clients that send it before what tells whose it is.
    pub fn fill(&mut self, from: Sealed) {
        if let Some(opening) = &mut self.opening {
            opening.count(from.bytes);
        }
        match &mut self.place {
            Writing::Folder(writer) => writer.fill(from),
            Writing::Objects(writer) => writer.fill(from),
        }
    }

    /// Ends when a newer request wants to write here.
    pub async fn evicted(&self) {
        match &self.place {
            Writing::Folder(writer) => writer.evicted().await,
            // There, two requests never write the same objects.
            Writing::Objects(_) => std::future::pending().await,
        }
    }

    /// Ends writing.
    pub async fn finish(self) -> io::Result<Slot> {
        let place = match self.place {
            Writing::Folder(writer) => Held::Folder(writer.finish().await?),
            Writing::Objects(writer) => Held::Objects(writer.finish().await?),
        };
        let opening = Arc::new(Mutex::new(self.opening));
        Ok(Slot { place, opening })
    }
}

impl From<folder::Slot> for Slot {
    fn from(slot: folder::Slot) -> Self {
        let place = Held::Folder(Arc::new(slot));
        let opening = Arc::default();
        Self { place, opening }
    }
}

impl From<object::Slot> for Slot {
    fn from(slot: object::Slot) -> Self {
        let place = Held::Objects(Arc::new(slot));
        let opening = Arc::default();
        Self { place, opening }
    }
}

impl Slot {
    /// The chunk, with the total where any chunk has told it.
    pub fn chunk(&self) -> &Chunk {
        match &self.place {
            Held::Folder(slot) => slot.chunk(),
            Held::Objects(slot) => slot.chunk(),
        }
    }

    /// Ends when a newer request wants to write here.
    pub async fn evicted(&self) {
        match &self.place {
            Held::Folder(slot) => slot.evicted().await,
            Held::Objects(_) => std::future::pending().await,
        }
    }

    /// The first bytes of the file; ask for them after the first chunk only.
    pub async fn head(&self) -> io::Result<Vec<u8>> {
        match &self.place {
            Held::Folder(slot) => slot.head().await,
            Held::Objects(slot) => Ok(slot.head()),
        }
    }

    /// Keeps the written chunk for good; the first one brings what is decided by it. What was
    /// decided before still holds, and is what comes back.
    pub async fn keep(&self, decision: Option<Decision>) -> Result<(Progress, Decision), Denial> {
        let kept = match &self.place {
            Held::Folder(slot) => slot.keep(decision).await?,
            Held::Objects(slot) => slot.keep(decision).await?,
        };
        if let Some(opening) = locked(&self.opening).take() {
            opening.settle();
        }
        Ok(kept)
    }

    /// The whole file, when all chunks are kept, and what the first one decided; `None` when
    /// another server has ended the upload meanwhile.
    pub async fn seal(&self) -> io::Result<Option<(Sealed, Decision)>> {
        match &self.place {
            Held::Folder(slot) => slot.seal().await.map(Some),
            Held::Objects(slot) => slot.seal().await,
        }
    }

    /// Forgets the upload: it is an asset now, or will never be one.
    pub async fn discard(&self) -> io::Result<()> {
        match &self.place {
            Held::Folder(slot) => slot.discard().await,
            Held::Objects(slot) => slot.discard().await,
        }
    }
}

/// What is to be done with a chunk of a finished upload.
pub(super) fn finished(chunk: &Chunk, earlier: Earlier) -> Result<Entry, Denial> {
    if chunk.numbers().is_some() {
        return Ok(Entry::Finished(Box::new(earlier)));
    }
    let bytes = earlier.received_bytes;
    let agrees = chunk.total().is_none_or(|total| total == bytes);
    if !agrees || chunk.span().end > bytes {
        return Err(Denial::Conflict);
    }
    Ok(Entry::Finished(Box::new(earlier)))
}
