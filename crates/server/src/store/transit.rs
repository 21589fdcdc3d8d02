//! Files on their way into a store, whichever kind it is: what requests hold in their hands
//! until something is kept.

use std::io;
use std::sync::Arc;

use super::blob::{Blob, ByteStream, Reader};
use super::{Chunk, Decision, Denial, Earlier, Progress, folder, object};

/// A file that is being received whole.
pub enum Draft {
    Folder(Box<folder::Draft>),
    Objects(Box<object::Draft>),
}

/// A file that was received whole.
pub struct Sealed {
    pub(super) place: Place,
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
    /// It is kept already.
    Kept,
    /// The upload is finished.
    Finished(Box<Earlier>),
}

/// Writes the bytes of a chunk as they arrive.
pub enum Writer {
    Folder(folder::Writer),
    Objects(Box<object::Writer>),
}

/// The place of a chunk. Clones are the same one.
#[derive(Clone)]
pub enum Slot {
    Folder(Arc<folder::Slot>),
    Objects(Arc<object::Slot>),
}

impl Draft {
    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Folder(draft) => draft.write(bytes).await,
            Self::Objects(draft) => draft.write(bytes).await,
        }
    }

    /// The whole file.
    pub async fn seal(self) -> io::Result<Sealed> {
        match self {
            Self::Folder(draft) => draft.seal().await,
            Self::Objects(draft) => draft.seal().await,
        }
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

impl Writer {
    /// Adds bytes; never more than the chunk has.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Folder(writer) => writer.write(bytes).await,
            Self::Objects(writer) => writer.write(bytes).await,
        }
    }

    /// Takes all bytes of a file, for clients that send it before what tells whose it is.
    pub fn fill(&mut self, from: Sealed) {
        match self {
            Self::Folder(writer) => writer.fill(from),
            Self::Objects(writer) => writer.fill(from),
        }
    }

    /// Ends when a newer request wants to write here.
    pub async fn evicted(&self) {
        match self {
            Self::Folder(writer) => writer.evicted().await,
            // There, two requests never write the same objects.
            Self::Objects(_) => std::future::pending().await,
        }
    }

    /// Ends writing.
    pub async fn finish(self) -> io::Result<Slot> {
        match self {
            Self::Folder(writer) => writer.finish().await.map(Slot::Folder),
            Self::Objects(writer) => writer.finish().await.map(Slot::Objects),
        }
    }
}

impl Slot {
    /// The chunk, with the total where any chunk has told it.
    pub fn chunk(&self) -> &Chunk {
        match self {
            Self::Folder(slot) => slot.chunk(),
            Self::Objects(slot) => slot.chunk(),
        }
    }

    /// Ends when a newer request wants to write here.
    pub async fn evicted(&self) {
        match self {
            Self::Folder(slot) => slot.evicted().await,
            Self::Objects(_) => std::future::pending().await,
        }
    }

    /// The first bytes of the file; ask for them after the first chunk only.
    pub async fn head(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Folder(slot) => slot.head().await,
            Self::Objects(slot) => Ok(slot.head()),
        }
    }

    /// Keeps the written chunk for good; the first one brings what is decided by it. What was
    /// decided before still holds, and is what comes back.
    pub async fn keep(&self, decision: Option<Decision>) -> Result<(Progress, Decision), Denial> {
        match self {
            Self::Folder(slot) => Ok(slot.keep(decision).await?),
            Self::Objects(slot) => slot.keep(decision).await,
        }
    }

    /// The whole file, when all chunks are kept, and what the first one decided; `None` when
    /// another server has ended the upload meanwhile.
    pub async fn seal(&self) -> io::Result<Option<(Sealed, Decision)>> {
        match self {
            Self::Folder(slot) => slot.seal().await.map(Some),
            Self::Objects(slot) => slot.seal().await,
        }
    }

    /// Forgets the upload: it is an asset now, or will never be one.
    pub async fn discard(&self) -> io::Result<()> {
        match self {
            Self::Folder(slot) => slot.discard().await,
            Self::Objects(slot) => slot.discard().await,
        }
    }
}

/// What is to be done with a chunk of a finished upload.
pub(super) fn finished(chunk: &Chunk, earlier: Earlier) -> Result<Entry, Denial> {
    let bytes = earlier.received_bytes;
    let agrees = chunk.total().is_none_or(|total| total == bytes);
    if !agrees || chunk.span().end > bytes {
        return Err(Denial::Conflict);
    }
    Ok(Entry::Finished(Box::new(earlier)))
}
