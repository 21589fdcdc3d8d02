//! Every limit of the server, once: its value, what is limited, and why so far. The settings of a
//! site, the constants, `config show` and the tables of docs/server.md all come from here.
//! How the tables are written down is in `limits/table.rs`.
//!
//! The first sentence of each comment says what is limited, the rest says why.

mod table;

use std::time::Duration;

use serde::Deserialize;

pub use table::{Row, Unit, fixed_rows, markdown, settings_rows};

use table::Zero;

/// Declares the limits that a site may change, `[limits]` in the configuration file.
macro_rules! settings {
    ($(
        $(#[doc = $text:literal])+
        $name:ident: $kind:ty = $default:expr, $unit:ident, $zero:ident;
    )+) => {
        /// The limits that a site may change, `[limits]` in the configuration file.
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Limits {
            $($(#[doc = $text])+ pub $name: $kind,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl Limits {
            /// All of them as rows: the values in force here, and the defaults.
            fn rows(&self) -> Vec<Row> {
                let default = Self::default();
                vec![$(Row {
                    name: stringify!($name),
                    value: u64::from(self.$name),
                    default: u64::from(default.$name),
                    unit: Unit::$unit,
                    zero: Zero::$zero,
                    text: concat!($($text),+),
                },)+]
            }
        }
    };
}

/// The number of a value, whatever its type.
macro_rules! number {
    (Duration, $value:expr) => {
        $value.as_secs()
    };
    ($kind:ident, $value:expr) => {
        $value as u64
    };
}

/// Declares the limits that are the same everywhere.
macro_rules! fixed {
    ($($(#[doc = $text:literal])+ $name:ident: $kind:ident = $value:expr, $unit:ident;)+) => {
        $($(#[doc = $text])+ pub const $name: $kind = $value;)+

        /// All of them as rows.
        const FIXED: &[Row] = &[$(Row {
            name: stringify!($name),
            value: number!($kind, $value),
            default: number!($kind, $value),
            unit: Unit::$unit,
            zero: Zero::Refused,
            text: concat!($($text),+),
        },)+];
    };
}

settings! {
    /// The largest file in one request, whole or chunk. 100 MiB, as the API that we are compatible
    /// with has it.
    file_bytes_max: u64 = 100 * 1024 * 1024, Bytes, Refused;
    /// The largest file in chunks. 10 GiB is two hours of good video, and ends before a disk does.
    upload_bytes_max: u64 = 10 * 1024 * 1024 * 1024, Bytes, Refused;
    /// The smallest chunk that isn't the last one. As the API has it; each chunk costs two waits
    /// for the disk.
    chunk_bytes_min: u64 = WIRE_CHUNK_BYTES_MIN, Bytes, Off;
    /// How long an unfinished upload waits for its next chunk. A night, and the day after it.
    upload_idle_seconds_max: u64 = 24 * 60 * 60, Seconds, Refused;
    /// Uploads in chunks that were begun and not ended. Each takes a folder and a line of memory;
    /// whoever begins one more is asked to come back, and those that began go on.
    unfinished_uploads_max: u32 = 10_000, Count, Off;
    /// How long a numbered part that has come waits for the first one. Clients send them at once,
    /// and the first is no slower than others.
    part_wait_seconds_max: u32 = 30, Seconds, Off;
    /// What the store may hold. At this mark new uploads are refused, and those that began finish;
    /// counted at start and every hour, which takes a while with many assets.
    store_bytes_max: u64 = 0, Bytes, Off;
    /// The largest image that is decoded for a transformation. Cameras stay below; larger images
    /// are kept and delivered as they are.
    image_megapixels_max: u32 = 50, Count, Refused;
    /// How long the head of a request, or the greeting of TLS, may take, and how long a connection
    /// rests between two requests. Heads are small: who needs longer has gone or means harm.
    head_seconds_max: u32 = 10, Seconds, Refused;
    /// How long a body may stay silent, or an answer unread. Mobile lines pause, but not for a
    /// minute.
    silence_seconds_max: u32 = 60, Seconds, Refused;
    /// The least that a body must bring per second, on average over `pace_seconds`. A tenth of the
    /// slowest mobile line; below it a few thousand connections could be held for nothing.
    pace_bytes_min: u32 = 1024, Bytes, Off;
    /// Over how long the pace of a body is measured. Long enough for a tunnel.
    pace_seconds: u32 = 30, Seconds, Refused;
    /// Connections at once. Each takes about 20 KiB and a file descriptor, so raise the
    /// system's limit of open files along with it.
    sockets_max: u32 = 4096, Count, Refused;
    /// Connections at once of one client (IPv4 address or IPv6 /64). Browsers open six, so some 40
    /// people behind one address; trusted proxies are exempt.
    sockets_per_client_max: u32 = 256, Count, Refused;
    /// Uploads arriving at once. Each holds half a MiB of buffers, one in JSON up to 16 MiB.
    uploads_max: u32 = 256, Count, Refused;
    /// Uploads arriving at once from one client. The widget sends six.
    uploads_per_client_max: u32 = 64, Count, Refused;
    /// Requests per minute of one client. A page with a hundred pictures, or 10,000 small files,
    /// stays below; one client can't take all of the server.
    client_requests_per_minute_max: u32 = 12_000, Count, Off;
    /// Uploads and chunks per minute under one upload preset. Off, as only the site knows how many
    /// visitors it has.
    preset_uploads_per_minute_max: u32 = 0, Count, Off;
    /// Uploads and chunks per minute under one API key. Off, as only the site knows what its own
    /// programs send.
    key_uploads_per_minute_max: u32 = 0, Count, Off;
}

fixed! {
    /// Parts of one form. The wire has 18 unsigned parameters; arrays may repeat theirs.
    PARTS_MAX: u32 = 64, Count;
    /// A parameter's name or a file's name. The longest real parameter has 38 bytes, the longest
    /// file name of common file systems 255, but some clients send full paths.
    NAME_BYTES_MAX: usize = 1024, Bytes;
    /// One text parameter. The largest in use, structured context, stays far below.
    TEXT_BYTES_MAX: usize = 64 * 1024, Bytes;
    /// All headers of one part. Browsers need about 200 bytes, a name of 1 KiB fits many times.
    PART_HEAD_BYTES_MAX: usize = 16 * 1024, Bytes;
    /// What may come before the first boundary. Real clients send nothing.
    PREAMBLE_BYTES_MAX: usize = 16 * 1024, Bytes;
    /// Blanks after a boundary. RFC 2046 allows them; real clients send none.
    PADDING_BYTES_MAX: usize = 256, Bytes;
    /// A boundary. RFC 2046 says 70 characters.
    BOUNDARY_BYTES_MAX: usize = 70, Bytes;
    /// A body without a file. Twice the largest parameter.
    SMALL_BODY_BYTES_MAX: usize = 2 * TEXT_BYTES_MAX, Bytes;
    /// A body of JSON, which is kept in memory until it is whole. Enough for a data URI of 12 MB.
    JSON_BODY_BYTES_MAX: usize = 16 * 1024 * 1024, Bytes;
    /// The head of a data URI. Media types are short.
    DATA_URI_HEAD_BYTES_MAX: usize = 1024, Bytes;
    /// The address of a file. Browsers and servers take about as much.
    ADDRESS_BYTES_MAX: usize = 8 * 1024, Bytes;
    /// Headers of a request. Browsers send about 25, proxies add a few.
    HEAD_LINES_MAX: usize = 100, Count;
    /// The head of a request. Browsers and proxies accept 8 to 16 KiB.
    HEAD_BYTES_MAX: usize = 32 * 1024, Bytes;
    /// Requests at once on one connection of HTTP/2. The standard's own advice for the least.
    STREAMS_MAX: u32 = 100, Count;
    /// How much of a refused upload is still read. So that the client gets to hear the reason
    /// instead of a broken connection.
    DRAIN_BYTES_MAX: u64 = 512 * 1024 * 1024, Bytes;
    /// How long the answer to a repeated upload ID stays the stored one. As long as clients try
    /// again.
    REPLAY_SECONDS: u64 = 24 * 60 * 60, Seconds;
    /// Eager images of one upload. Its client waits until they are made.
    EAGER_MAX: usize = 10, Count;
    /// How often a notification is sent at most. Over half a minute, in which servers restart.
    NOTIFICATION_TRIES: u32 = 5, Count;
    /// Notifications that wait for their turn or their next try. Each is a few kilobytes.
    NOTIFICATIONS_WAITING_MAX: usize = 1_000, Count;
    /// How long an uploaded asset may be deleted by its token. As the wire has it.
    DELETE_TOKEN_SECONDS: u64 = 10 * 60, Seconds;
    /// Assets in one list, where the request doesn't say. As the wire has it.
    LIST_DEFAULT: usize = 10, Count;
    /// Assets in one list. As the wire has it.
    LIST_MAX: usize = 500, Count;
    /// How old a signature may be. An hour, as clients of this wire count on.
    SIGNATURE_AGE_SECONDS_MAX: u64 = 60 * 60, Seconds;
    /// How far ahead of ours the clock of whoever signs may be. Clocks that nobody sets are minutes
    /// off.
    SIGNATURE_AHEAD_SECONDS_MAX: u64 = 5 * 60, Seconds;
    /// How long a stopping server lets running requests finish. Service managers wait longer.
    SHUTDOWN_GRACE: Duration = Duration::from_secs(10), Seconds;
    /// An upload ID. Clients send 16 to 36 characters.
    UPLOAD_ID_BYTES_MAX: usize = 256, Bytes;
    /// Chunks of one upload. As the wire has it for numbered parts; 10 GiB in smallest chunks is
    /// 2,048.
    CHUNKS_MAX: usize = 10_000, Count;
    /// How much the digest of an unfinished upload catches up after each chunk. More than a chunk
    /// may have, so that it does, and little enough that a stopping server need not wait for it.
    DIGEST_AHEAD_BYTES_MAX: u64 = 256 * 1024 * 1024, Bytes;
    /// How far that digest may be behind before a chunk's answer waits for it. A tenth of a second
    /// of work; else clients that are faster than it would wait for their last answer too long.
    DIGEST_LAG_BYTES_MAX: u64 = 64 * 1024 * 1024, Bytes;
    /// The smallest chunk of the API that we are compatible with. Its refusal calls it 5mb.
    WIRE_CHUNK_BYTES_MIN: u64 = 5 * 1024 * 1024, Bytes;
    /// The address of a remote file. Browsers and proxies stop at half of it.
    REMOTE_URL_BYTES_MAX: usize = 4096, Bytes;
    /// The headers of a remote file. Cookies make some long; nobody needs more.
    REMOTE_HEAD_BYTES_MAX: usize = 64 * 1024, Bytes;
    /// How long it takes to find and reach the host of a remote file. Others give up then, too.
    REMOTE_CONNECT: Duration = Duration::from_secs(10), Seconds;
    /// How long it takes to fetch a remote file, all in all. The client waits meanwhile.
    REMOTE_TOTAL: Duration = Duration::from_secs(60), Seconds;
    /// Redirects of a remote file. One for https, one for the host, one for the file.
    REMOTE_REDIRECTS_MAX: usize = 3, Count;
    /// Remote files that are fetched at once. More would make us a tool against others.
    REMOTE_WORK_MAX: usize = 8, Count;
    /// A side of a transformed image, in pixels. More than a screen needs, and 5,000² is within 50
    /// megapixels.
    SIDE_PIXELS_MAX: u32 = 5_000, Count;
    /// Steps of one transformation. Each costs a pass over the pixels; sites chain four or five.
    STEPS_MAX: usize = 8, Count;
    /// Results kept per asset. Anyone can ask for any size, so more are made but not kept.
    DERIVED_MAX: usize = 64, Count;
    /// Image work at once. A decoded image may take 200 MB; two keep both memory and cores in hand.
    IMAGE_WORK_MAX: usize = 2, Count;
    /// How long one image may be worked on. 50 megapixels take a second.
    IMAGE_TIME_MAX: Duration = Duration::from_secs(5), Seconds;
    /// How long a request waits for its turn to have an image made. Then it hears 503.
    IMAGE_WAIT_MAX: Duration = Duration::from_secs(10), Seconds;
    /// Memory that one decoder may take. 50 megapixels at 8 bytes, and some room.
    IMAGE_ALLOC_BYTES_MAX: u64 = 512 * 1024 * 1024, Bytes;
}

impl Limits {
    /// How long an unfinished upload waits for its next chunk.
    pub(crate) fn upload_idle(&self) -> Duration {
        Duration::from_secs(self.upload_idle_seconds_max)
    }

    /// The first limit whose value would shut everybody out.
    pub(crate) fn mistake(&self) -> Option<&'static str> {
        let rows = self.rows();
        let mut refused = rows.iter().filter(|row| row.zero == Zero::Refused);
        refused.find(|row| row.value == 0).map(|row| row.name)
    }
}
