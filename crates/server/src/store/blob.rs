//! Stored bytes, open for reading: as a stream for answers, or blocking for decoders.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Bytes read from disk at a time; larger reads were no faster on loopback.
const READ_BYTES: usize = 64 * 1024;

/// Bytes as they come.
pub type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Bytes that are stored. They stay readable even if the asset is deleted meanwhile.
pub struct Blob {
    reader: Reader,
    bytes: u64,
}

/// Reads and seeks as a file does, and blocks as a file does.
pub enum Reader {
    File(File),
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
        let reader = Reader::File(file);
        Ok(Some(Self { reader, bytes }))
    }

    /// How many there are.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// For readers that block.
    pub fn into_reader(self) -> Reader {
        self.reader
    }

    /// Some of the bytes.
    pub async fn stream(self, start: u64, length: u64) -> io::Result<ByteStream> {
        match self.reader {
            Reader::File(file) => {
                let mut file = tokio::fs::File::from_std(file);
                file.seek(SeekFrom::Start(start)).await?;
                let part = ReaderStream::with_capacity(file.take(length), READ_BYTES);
                Ok(Box::pin(part))
            }
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
        }
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
        }
    }
}
