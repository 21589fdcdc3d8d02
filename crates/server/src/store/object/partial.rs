//! An unfinished upload: `partial/<upload>`, one document that names the pieces that are kept.
//! Whoever adds to it writes it on condition that nobody else did since it was read, so that
//! servers need not know of each other.

use std::io;

use md5::digest::common::hazmat::{SerializableState, SerializedState};
use md5::{Digest, Md5};
use object_store::path::Path;
use serde::{Deserialize, Serialize};

use super::pieces::{Piece, Pieces, SEGMENT_BYTES};
use crate::random;
use crate::store::chunk::Chunk;
use crate::store::journal::Journal;
use crate::store::{AssetKey, Decision, UploadKey};

/// What is known of an unfinished upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Partial {
    /// What the names of all its objects begin with.
    pub file: String,
    segment_bytes: u64,
    pub decision: Decision,
    /// As soon as a chunk told it.
    total: Option<u64>,
    /// Of numbered parts, how many there will be.
    #[serde(default)]
    parts: Option<u32>,
    /// In order; none overlaps another.
    pieces: Vec<Piece>,
    pub digested: Digested,
    /// The asset that it is about to become.
    pub asset: Option<AssetKey>,
    /// It is being swept; nothing may be added any more.
    pub is_over: bool,
}

/// The MD5 of an upload's bytes from the first on, which runs behind what is kept. Its state is
/// kept, too, so that any server can go on with it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Digested {
    pub bytes: u64,
    /// As hexadecimal digits; empty before the first byte.
    state: String,
}

/// A digest at work.
pub struct Digesting {
    digest: Md5,
    bytes: u64,
}

impl Partial {
    pub fn new(file: String, decision: Decision) -> Self {
        Self {
            file,
            segment_bytes: SEGMENT_BYTES,
            decision,
            total: None,
            parts: None,
            pieces: Vec::new(),
            digested: Digested::default(),
            asset: None,
            is_over: false,
        }
    }

    /// Where it is.
    pub fn path(key: &UploadKey) -> Path {
        Path::from(format!("partial/{}", key.as_str()))
    }

    /// The upload whose document this is.
    pub fn key(path: &Path) -> Option<UploadKey> {
        path.filename().map(UploadKey::from_name)
    }

    /// Which chunks are kept.
    pub fn journal(&self) -> Journal {
        let spans = self.pieces.iter().map(|piece| piece.0..piece.1);
        Journal::of(spans, self.total, self.parts)
    }

    /// How many bytes come before a chunk, if all of them are kept.
    pub fn before(&self, chunk: &Chunk) -> Option<u64> {
        let Some((number, _)) = chunk.numbers() else {
            return Some(chunk.span().start);
        };
        let journal = self.journal();
        let unbroken = journal.unbroken().count();
        let is_next = usize::try_from(number).is_ok_and(|number| number == unbroken + 1);
        is_next.then(|| journal.first_missing())
    }

    /// Adds a chunk that fits.
    pub fn add(&mut self, chunk: &Chunk, piece: Piece) {
        let at = self.pieces.partition_point(|kept| kept.0 < piece.0);
        self.pieces.insert(at, piece);
        self.total = self.total.or(chunk.total());
        self.parts = chunk.numbers().map(|(_, parts)| parts);
    }

    /// Whether this very piece is kept, not another with the same bytes.
    pub fn has(&self, piece: &Piece) -> bool {
        self.pieces.contains(piece)
    }

    /// What is kept, whole or not. Numbered parts follow each other as if none were missing.
    pub fn pieces(&self) -> Pieces {
        let mut pieces = self.pieces.clone();
        if self.parts.is_some() {
            let mut at = 0;
            for piece in &mut pieces {
                let bytes = piece.1 - piece.0;
                *piece = Piece(at, at + bytes, piece.2.clone(), Some(piece.0));
                at += bytes;
            }
        }
        Pieces {
            file: self.file.clone(),
            segment_bytes: self.segment_bytes,
            pieces,
        }
    }
}

impl Digested {
    /// Goes on where it stood.
    pub fn resume(&self) -> io::Result<Digesting> {
        if self.bytes == 0 {
            return Ok(Digesting::new());
        }
        let state = random::from_hex(&self.state).and_then(|bytes| {
            let state = SerializedState::<Md5>::try_from(bytes.as_slice()).ok()?;
            Md5::deserialize(&state).ok()
        });
        let digest = state.ok_or(io::ErrorKind::InvalidData)?;
        let bytes = self.bytes;
        Ok(Digesting { digest, bytes })
    }
}

impl Digesting {
    pub fn new() -> Self {
        let digest = Md5::new();
        Self { digest, bytes: 0 }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// How many bytes it holds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// To be gone on with later.
    pub fn pause(&self) -> Digested {
        Digested {
            bytes: self.bytes,
            state: random::hex(&self.digest.serialize()),
        }
    }

    /// As hexadecimal digits.
    pub fn etag(self) -> String {
        random::hex(&self.digest.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_goes_on_from_any_byte() {
        let bytes: Vec<u8> = (0..200_u8).collect();
        let whole = random::hex(&Md5::digest(&bytes));
        for cut in 0..=bytes.len() {
            let mut first = Digesting::new();
            first.update(&bytes[..cut]);
            let mut second = first.pause().resume().expect("a state");
            second.update(&bytes[cut..]);
            assert_eq!(second.bytes(), 200);
            assert_eq!(second.etag(), whole, "cut at {cut}");
        }
        let broken = Digested {
            bytes: 1,
            state: "00".to_owned(),
        };
        assert!(broken.resume().is_err());
    }
}
