//! How many bytes the store holds and has promised to take, against what it may hold. Room is
//! taken before bytes are, so at the high-water mark new uploads are refused while those that
//! began find theirs. Knows nothing of where the bytes are: a store counts them at start and at
//! each sweep, and what happens between is added up here.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{UploadKey, locked};

/// The least time between two counts: the first sweep follows the count of the start at once, and
/// would count what is just being swept.
const COUNT_EVERY: Duration = Duration::from_secs(30 * 60);

/// The accounts of one server.
#[derive(Default)]
pub struct Ledger {
    /// 0 is no limit.
    bytes_max: u64,
    /// Unfinished uploads; 0 is no limit.
    uploads_max: u32,
    counts: Mutex<Counts>,
}

/// What a store counts.
#[derive(Debug, Default)]
pub struct Counts {
    /// The bytes of all assets.
    pub kept: u64,
    /// The bytes that each unfinished upload will have.
    pub uploads: HashMap<String, u64>,
    /// Those of requests under way, which nothing else tells of yet.
    arriving: u64,
    counted_at: Option<Instant>,
}

/// Room for the bytes of a request under way, given back when this is dropped.
pub struct Room {
    ledger: Arc<Ledger>,
    bytes: u64,
}

/// Room for an upload in chunks, from its first chunk on.
pub struct Opening {
    room: Room,
    key: UploadKey,
    /// It is a numbered part: nobody has told how many bytes it or the upload will have.
    is_part: bool,
}

impl Ledger {
    pub fn new(bytes_max: u64, uploads_max: u32) -> Self {
        Self {
            bytes_max,
            uploads_max,
            counts: Mutex::default(),
        }
    }

    /// Whether it is time to count: as every asset is looked at, only if somebody limits them.
    pub fn is_due(&self) -> bool {
        let last = locked(&self.counts).counted_at;
        self.bytes_max > 0 && last.is_none_or(|last| last.elapsed() > COUNT_EVERY)
    }

    /// Whether all bytes are counted, those of unfinished uploads included.
    pub fn limits_bytes(&self) -> bool {
        self.bytes_max > 0
    }

    /// Takes over what a store has counted; requests under way go on.
    pub fn recount(&self, counted: Counts) {
        let mut counts = locked(&self.counts);
        counts.counted_at = Some(Instant::now());
        counts.kept = counted.kept;
        counts.uploads = counted.uploads;
    }

    /// Takes over which uploads are unfinished, where nothing else is limited.
    pub fn recount_uploads(&self, keys: impl Iterator<Item = String>) {
        locked(&self.counts).uploads = keys.map(|key| (key, 0)).collect();
    }

    /// Whether so many uploads are unfinished that no other one may begin.
    pub fn is_crowded(&self, key: &UploadKey) -> bool {
        let counts = locked(&self.counts);
        let max = usize::try_from(self.uploads_max).unwrap_or(usize::MAX);
        max > 0 && counts.uploads.len() >= max && !counts.uploads.contains_key(key.as_str())
    }

    /// Room for a new upload of this size, or of one that nobody has told yet.
    pub fn room(self: &Arc<Self>, bytes: u64) -> io::Result<Room> {
        let mut counts = locked(&self.counts);
        let taken = counts.sum();
        if self.bytes_max > 0 && taken.saturating_add(bytes.max(1)) > self.bytes_max {
            let text = format!("{taken} of {} bytes are taken", self.bytes_max);
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, text));
        }
        counts.arriving += bytes;
        let ledger = self.clone();
        Ok(Room { ledger, bytes })
    }

    /// Room for an upload in chunks; nothing for one that has it.
    pub fn open(self: &Arc<Self>, key: &UploadKey, bytes: u64) -> io::Result<Option<Opening>> {
        if locked(&self.counts).uploads.contains_key(key.as_str()) {
            return Ok(None);
        }
        let room = self.room(bytes)?;
        let key = key.clone();
        Ok(Some(Opening {
            room,
            key,
            is_part: false,
        }))
    }

    /// Room for a numbered part, which is counted as it comes; refused when the store is full and
    /// the upload is new.
    pub fn open_part(self: &Arc<Self>, key: &UploadKey) -> io::Result<Opening> {
        let is_new = !locked(&self.counts).uploads.contains_key(key.as_str());
        let room = if is_new {
            self.room(0)?
        } else {
            let ledger = self.clone();
            Room { ledger, bytes: 0 }
        };
        let key = key.clone();
        Ok(Opening {
            room,
            key,
            is_part: true,
        })
    }

    /// An upload has become an asset of so many bytes.
    pub fn keep(&self, upload: Option<&UploadKey>, bytes: u64) {
        let mut counts = locked(&self.counts);
        counts.kept = counts.kept.saturating_add(bytes);
        if let Some(upload) = upload {
            counts.uploads.remove(upload.as_str());
        }
    }

    /// An asset of so many bytes was deleted.
    pub fn release(&self, bytes: u64) {
        let mut counts = locked(&self.counts);
        counts.kept = counts.kept.saturating_sub(bytes);
    }
}

impl Counts {
    fn sum(&self) -> u64 {
        let uploads = self
            .uploads
            .values()
            .fold(0, |sum: u64, bytes| sum.saturating_add(*bytes));
        self.kept
            .saturating_add(uploads)
            .saturating_add(self.arriving)
    }
}

impl Room {
    /// More bytes have come than were told. They are counted, but never refused: the upload began.
    pub fn grow(&mut self, bytes: u64) {
        self.bytes += bytes;
        locked(&self.ledger.counts).arriving += bytes;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut counts = locked(&self.ledger.counts);
        counts.arriving = counts.arriving.saturating_sub(self.bytes);
    }
}

impl Opening {
    /// Bytes have come.
    pub fn count(&mut self, bytes: u64) {
        if self.is_part {
            self.room.grow(bytes);
        }
    }

    /// The chunk is kept: from now on the room is the upload's.
    pub fn settle(self) {
        let mut counts = locked(&self.room.ledger.counts);
        let row = counts.uploads.entry(self.key.as_str().to_owned());
        let bytes = row.or_default();
        if self.is_part {
            *bytes += self.room.bytes;
        } else {
            *bytes = self.room.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Scope;

    fn key(id: &str) -> UploadKey {
        UploadKey::new("demo", Scope::Preset("unsigned"), id)
    }

    #[test]
    fn at_the_mark_new_uploads_are_refused_and_those_that_began_go_on() {
        let ledger = Arc::new(Ledger::new(100, 0));
        let mut parts: Vec<Opening> = (0..2)
            .map(|_| ledger.open_part(&key("parts")).expect("room"))
            .collect();
        parts.iter_mut().for_each(|part| part.count(45));
        parts.into_iter().for_each(Opening::settle);
        assert!(ledger.room(11).is_err());
        ledger.keep(Some(&key("parts")), 90);
        ledger.release(90);
        let mut room = ledger.room(0).expect("room");
        room.grow(40);
        let opening = ledger.open(&key("a"), 60).expect("room").expect("new");
        assert!(ledger.room(0).is_err());
        opening.settle();
        assert!(ledger.open(&key("b"), 1).is_err());
        assert!(ledger.open(&key("a"), 60).expect("its own").is_none());
        // What began may turn out larger than it said.
        room.grow(30);
        ledger.keep(Some(&key("a")), 60);
        drop(room);
        assert!(ledger.room(40).is_ok());
        assert!(ledger.room(41).is_err());
        let counted = Counts {
            kept: 99,
            ..Counts::default()
        };
        ledger.recount(counted);
        assert!(ledger.room(1).is_ok());
        assert!(ledger.room(2).is_err());
    }

    #[test]
    fn without_a_mark_nothing_is_refused() {
        let ledger = Arc::new(Ledger::new(0, 0));
        let room = ledger.room(u64::MAX / 2).expect("room");
        assert!(ledger.room(u64::MAX / 2).is_ok());
        drop(room);
    }
}
