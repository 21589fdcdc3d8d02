//! Every limit of the server, with its default and the reason for it.
//! Limits that depend on the site are in the configuration file; the others are constants here.

use std::time::Duration;

use serde::Deserialize;

/// Parts of one form. The wire has 18 unsigned parameters; arrays may repeat theirs.
pub const PARTS_MAX: u32 = 64;
/// A parameter's name or a file's name; the longest real parameter has 38 bytes, the longest file
/// name of common file systems 255, but some clients send full paths.
pub const NAME_BYTES_MAX: usize = 1024;
/// One text parameter. The largest in use, structured context, stays far below.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// How much of a refused upload is still read, so that the client gets to hear the reason instead
/// of a broken connection.
pub const DRAIN_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// How long a body may stay silent before its connection is given up.
pub const BODY_IDLE: Duration = Duration::from_secs(60);
/// How long the answer to a repeated upload ID stays the stored one.
pub const REPLAY_SECONDS: u64 = 24 * 60 * 60;
/// How long a stopping server lets running requests finish.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);
/// An upload ID; clients send 16 to 36 characters.
pub const UPLOAD_ID_BYTES_MAX: usize = 256;
/// Chunks of one upload, as the wire has it for numbered parts; 10 GB in smallest chunks is 2,048.
pub const CHUNKS_MAX: usize = 10_000;
/// How much the digest of an unfinished upload catches up after each chunk: more than a chunk may
/// have, so that it does, and little enough that a stopping server need not wait for it.
pub const DIGEST_AHEAD_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The smallest chunk of the API that we are compatible with, which its refusal calls 5mb.
pub const WIRE_CHUNK_BYTES_MIN: u64 = 5 * 1024 * 1024;
/// A side of a transformed image: more than a screen needs, and 5,000² is within 50 megapixels.
pub const SIDE_PIXELS_MAX: u32 = 5_000;
/// Steps of one transformation; each costs a pass over the pixels.
pub const STEPS_MAX: usize = 4;
/// Results kept per asset; anyone can ask for any size, so more are made but not kept.
pub const DERIVED_MAX: usize = 64;
/// Image work at once. A decoded image may take 200 MB; two keep both memory and cores in hand.
pub const IMAGE_WORK_MAX: usize = 2;
/// Memory that one decoder may take: 50 megapixels at 8 bytes, and some room.
pub const IMAGE_ALLOC_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// The limits that a site may change, `[limits]` in the configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The largest file in one request: 100 MB, as the API that we are compatible with has it.
    pub file_bytes_max: u64,
    /// The largest file in chunks: 10 GB is two hours of good video, and ends before a disk does.
    pub upload_bytes_max: u64,
    /// The smallest chunk that isn't the last one: each costs two waits for the disk.
    pub chunk_bytes_min: u64,
    /// How long an unfinished upload waits for its next chunk: a night, and the day after it.
    pub upload_idle_seconds_max: u64,
    /// The largest image that is decoded for a transformation, in megapixels.
    pub image_megapixels_max: u32,
}

impl Limits {
    /// How long an unfinished upload waits for its next chunk.
    pub(crate) fn upload_idle(&self) -> Duration {
        Duration::from_secs(self.upload_idle_seconds_max)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes_max: 100 * 1024 * 1024,
            upload_bytes_max: 10 * 1024 * 1024 * 1024,
            chunk_bytes_min: WIRE_CHUNK_BYTES_MIN,
            upload_idle_seconds_max: 24 * 60 * 60,
            image_megapixels_max: 50,
        }
    }
}
