//! Stored bytes, open for reading: as a stream for answers, or blocking for decoders.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::object::{ObjectBlob, PieceReader};

/// Bytes read from disk at a time; larger reads were no faster on loopback.
const READ_BYTES: usize = 64 * 1024;

/// Bytes as they come.
pub type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Bytes that are stored.
pub struct Blob(Source);

enum Source {
    File(File, u64),
    Memory(Bytes),
    Objects(ObjectBlob),
}

/// Reads and seeks as a file does, and blocks as a file does.
pub enum Reader {
    File(File),
    Memory(Cursor<Bytes>),
    Objects(PieceReader),
}

impl Blob {
    /// The file at this path; `None` when there is none. Blocks.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let bytes = file.metadata()?.len();
        Ok(Some(Self(Source::File(file, bytes))))
    }

    pub(super) fn memory(bytes: Bytes) -> Self {
        Self(Source::Memory(bytes))
    }

    pub(super) fn objects(blob: ObjectBlob) -> Self {
        Self(Source::Objects(blob))
    }

    /// How many there are.
    pub fn bytes(&self) -> u64 {
        match &self.0 {
            Source::File(_, bytes) => *bytes,
            Source::Memory(bytes) => bytes.len() as u64,
            Source::Objects(blob) => blob.bytes(),
        }
    }

    /// For readers that block.
    pub fn into_reader(self) -> Reader {
        match self.0 {
            Source::File(file, _) => Reader::File(file),
            Source::Memory(bytes) => Reader::Memory(Cursor::new(bytes)),
            Source::Objects(blob) => Reader::Objects(blob.reader()),
        }
    }

    /// Some of the bytes; never more than there are.
    pub async fn stream(self, start: u64, length: u64) -> io::Result<ByteStream> {
        match self.0 {
            Source::File(file, _) => {
                let mut file = tokio::fs::File::from_std(file);
                file.seek(SeekFrom::Start(start)).await?;
                let part = ReaderStream::with_capacity(file.take(length), READ_BYTES);
                Ok(Box::pin(part))
            }
            Source::Memory(bytes) => {
                let index =
                    |at: u64| usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
                let part = bytes.slice(index(start)..index(start + length));
                Ok(Box::pin(stream::once(async move { Ok(part) })))
            }
            Source::Objects(blob) => Ok(blob.stream(start, length)),
        }
    }
}

impl Reader {
    /// The file at this path.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self::File)
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Memory(bytes) => Read::read(bytes, buffer),
            Self::Objects(reader) => reader.read(buffer),
        }
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Memory(bytes) => Seek::seek(bytes, to),
            Self::Objects(reader) => reader.seek(to),
        }
    }
}
