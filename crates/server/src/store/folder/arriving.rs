//! Chunks that are arriving at this moment, in memory: which request writes which bytes of which
//! upload, and how far each upload's digest has come. What is kept is told by the journal on disk.
//!
//! Bytes are claimed before they are written, and a claim ends only when the last write under it
//! has ended, even if the request is long gone. So no two requests ever write the same bytes. A
//! newer request evicts an older one that is still waiting for its client: the older one's client
//! has most likely lost its connection and asks again.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::digest::Md5;
use crate::store::{UploadKey, locked};

/// Uploads that are remembered while nothing of them arrives. All that is lost by forgetting one is
/// its digest, and a row takes some 300 bytes.
const IDLE_MAX: usize = 4096;
/// Bytes hashed at a time.
const READ_BYTES: usize = 256 * 1024;

/// All uploads that were seen lately.
#[derive(Default)]
pub(super) struct Arriving {
    uploads: Mutex<HashMap<String, Arc<Upload>>>,
    tickets: AtomicU64,
}

impl Arriving {
    /// The one row of an upload; as long as somebody holds it, there is no second one.
    pub fn upload(&self, key: &UploadKey) -> Arc<Upload> {
        let mut uploads = locked(&self.uploads);
        if uploads.len() >= IDLE_MAX {
            uploads.retain(|_, upload| Arc::strong_count(upload) > 1);
        }
        uploads.entry(key.as_str().to_owned()).or_default().clone()
    }

    /// A number that tells who came later.
    pub fn ticket(&self) -> u64 {
        self.tickets.fetch_add(1, Ordering::Relaxed)
    }
}

/// One upload.
#[derive(Default)]
pub(super) struct Upload {
    /// Held while its files are looked at and changed, so that both are one step.
    turn: Mutex<()>,
    claims: Mutex<Vec<Held>>,
    /// A claim has ended.
    pub freed: Notify,
    /// The digest of the bytes from the first on.
    pub prefix: Mutex<Prefix>,
    /// How far it was when it was last let go.
    digested: AtomicU64,
    /// Held while bytes are written to the one file. Only one can write at a time whatever we do,
    /// and who waits here sleeps, where in the kernel he would spin.
    pen: Mutex<()>,
}

struct Held {
    ticket: u64,
    span: Range<u64>,
    evicted: Arc<Notify>,
}

/// What came of asking for bytes.
pub(super) enum Asked {
    Granted(Claim),
    /// Others are writing there and were told to stop.
    Busy,
    /// Somebody who came later has them.
    Superseded,
}

impl Upload {
    pub fn turn(&self) -> MutexGuard<'_, ()> {
        locked(&self.turn)
    }

    /// Held while bytes are written.
    pub fn pen(&self) -> MutexGuard<'_, ()> {
        locked(&self.pen)
    }

    /// How many of the bytes that are kept the digest lacks.
    pub fn undigested(&self, kept: u64) -> u64 {
        kept.saturating_sub(self.digested.load(Ordering::Relaxed))
    }

    /// Notes how far the digest has come.
    pub fn note_digested(&self, prefix: &Prefix) {
        self.digested.store(prefix.bytes(), Ordering::Relaxed);
    }

    /// Asks for these bytes. Call it in turn.
    pub fn claim(self: &Arc<Self>, ticket: u64, span: Range<u64>) -> Asked {
        let mut claims = locked(&self.claims);
        let overlaps = |held: &&Held| held.span.start < span.end && span.start < held.span.end;
        let mut asked = None;
        for held in claims.iter().filter(overlaps) {
            if held.ticket > ticket {
                return Asked::Superseded;
            }
            held.evicted.notify_one();
            asked = Some(Asked::Busy);
        }
        asked.unwrap_or_else(|| {
            let evicted = Arc::new(Notify::new());
            claims.push(Held {
                ticket,
                span,
                evicted: evicted.clone(),
            });
            let upload = self.clone();
            Asked::Granted(Claim {
                upload,
                ticket,
                evicted,
            })
        })
    }

    /// Whether nobody writes. Call it in turn.
    pub fn is_idle(&self) -> bool {
        locked(&self.claims).is_empty()
    }
}

/// Bytes that only its holder may write.
pub(super) struct Claim {
    pub upload: Arc<Upload>,
    ticket: u64,
    evicted: Arc<Notify>,
}

impl Claim {
    /// Ends when a newer request wants the bytes.
    pub async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        locked(&self.upload.claims).retain(|held| held.ticket != self.ticket);
        self.upload.freed.notify_waiters();
    }
}

/// The MD5 of an upload's bytes from the first on, which runs behind what is kept. It is lost
/// when the server stops, and made anew then.
#[derive(Default)]
pub(super) struct Prefix {
    digest: Md5,
    bytes: u64,
}

impl Prefix {
    /// Reads on until here. The bytes up to there are kept and change no more.
    pub fn advance(&mut self, blob: &Path, until: u64) -> io::Result<()> {
        if self.bytes >= until {
            return Ok(());
        }
        let mut file = File::open(blob)?;
        file.seek(SeekFrom::Start(self.bytes))?;
        let mut reader = file.take(until - self.bytes);
        let mut buffer = vec![0; READ_BYTES];
        loop {
            match reader.read(&mut buffer)? {
                0 if self.bytes < until => return Err(io::ErrorKind::UnexpectedEof.into()),
                0 => return Ok(()),
                count => self.update(&buffer[..count]),
            }
        }
    }

    /// Adds the bytes that follow.
    pub fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// How many bytes it holds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// As hexadecimal digits.
    pub fn etag(&self) -> String {
        crate::random::hex(&self.digest.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Scope;

    fn granted(asked: Asked) -> Claim {
        match asked {
            Asked::Granted(claim) => claim,
            _ => panic!("not granted"),
        }
    }

    #[tokio::test]
    async fn the_newest_request_gets_the_bytes_when_the_older_one_has_let_go() {
        let upload = Arc::new(Upload::default());
        let first = granted(upload.claim(1, 0..10));
        let beside = granted(upload.claim(2, 10..20));
        assert!(matches!(upload.claim(4, 5..15), Asked::Busy));
        first.evicted().await;
        beside.evicted().await;
        drop(first);
        assert!(matches!(upload.claim(4, 5..15), Asked::Busy));
        drop(beside);
        let newest = granted(upload.claim(4, 5..15));
        assert!(matches!(upload.claim(3, 0..6), Asked::Superseded));
        assert!(!upload.is_idle());
        drop(newest);
        assert!(upload.is_idle());
    }

    #[test]
    fn rows_in_use_are_never_forgotten() {
        let arriving = Arriving::default();
        let key = |number: usize| UploadKey::new("c", Scope::Preset("p"), &number.to_string());
        let used = arriving.upload(&key(0));
        for number in 1..=2 * IDLE_MAX {
            arriving.upload(&key(number));
        }
        assert!(Arc::ptr_eq(&used, &arriving.upload(&key(0))));
        assert!(locked(&arriving.uploads).len() <= IDLE_MAX);
    }
}
