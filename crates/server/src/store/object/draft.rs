//! A file while it arrives. One that fits into a single object stays in memory until it becomes
//! an asset; of a larger one all but the last megabytes are in the store at once.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;

use super::Objects;
use super::pen::{Litter, Note, Pen};
use super::pieces::{PieceReader, Pieces, SEGMENT_BYTES};
use crate::random;
use crate::store::UploadKey;
use crate::store::blob::{ByteStream, Reader};

/// A file that is being received.
pub struct Draft {
    objects: Arc<Objects>,
    file: String,
    pen: Pen,
}

/// A file that was received whole.
pub struct Received {
    pub(super) objects: Arc<Objects>,
    pub(super) home: Home,
    /// Where its bytes are, or will be.
    pub(super) pieces: Pieces,
}

/// Where a received file is until it is an asset.
pub(super) enum Home {
    /// In memory.
    Memory(Bytes),
    /// In objects that nobody names yet.
    Objects(Litter),
    /// In those of an upload in chunks, which outlive a failure.
    Upload(UploadKey),
}

impl Draft {
    pub(super) fn new(objects: Arc<Objects>) -> io::Result<Self> {
        let file = random::hex_32()?;
        let note = Some(Note::default());
        let pen = Pen::new(objects.bucket.clone(), file.clone(), 0, note)?;
        Ok(Self { objects, file, pen })
    }

    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pen.write(bytes).await
    }

    /// The whole file.
    pub async fn seal(mut self) -> io::Result<Received> {
        let (home, piece) = match self.pen.small() {
            Some((bytes, piece)) => (Home::Memory(bytes), piece),
            None => {
                let (piece, litter) = self.pen.finish().await?;
                (Home::Objects(litter), piece)
            }
        };
        let pieces = Pieces {
            file: self.file,
            segment_bytes: SEGMENT_BYTES,
            pieces: vec![piece],
        };
        Ok(Received {
            objects: self.objects,
            home,
            pieces,
        })
    }
}

impl Received {
    /// The bytes, for readers of headers.
    pub fn reader(&self) -> Reader {
        match &self.home {
            Home::Memory(bytes) => Reader::Memory(io::Cursor::new(bytes.clone())),
            _ => {
                let bucket = self.objects.bucket.clone();
                Reader::Objects(PieceReader::new(bucket, self.pieces.clone()))
            }
        }
    }

    /// All bytes.
    pub fn stream(&self) -> ByteStream {
        match &self.home {
            Home::Memory(bytes) => {
                let bytes = bytes.clone();
                Box::pin(stream::once(async move { Ok(bytes) }))
            }
            _ => {
                let whole = 0..self.pieces.bytes();
                self.pieces.stream(&self.objects.bucket, whole)
            }
        }
    }
}
