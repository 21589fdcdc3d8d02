//! The options of a widget: typed, with defaults, and what was wrong with those that a page gave.
//! One table ([`table`]) says what exists; the reader and `docs/options.md` follow from it.

mod checks;
mod choices;
#[cfg(not(target_arch = "wasm32"))]
mod document;
#[cfg(not(target_arch = "wasm32"))]
mod playground;
mod problem;
mod read;
mod shape;
mod spelling;
mod table;
mod told;
#[cfg(not(target_arch = "wasm32"))]
mod typescript;
mod values;
mod veiled;

pub use choices::{
    CroppingCoordinates, CroppingOutput, Duplicates, Encryption, Place, ResourceType, Signer,
    Source, Theme, Transport, Verify,
};
#[cfg(not(target_arch = "wasm32"))]
pub use document::{document, samples};
#[cfg(not(target_arch = "wasm32"))]
pub use playground::playground;
pub use problem::{OptionProblem, Reason, Severity};
pub use read::{read, read_with};
pub use shape::{Asks, Crop, Flow, Images, Look, Options, Page, Services};
pub(crate) use spelling::same;
pub use told::sentence;
#[cfg(not(target_arch = "wasm32"))]
pub use typescript::{typescript, typescript_of_parameters};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use veiled::plugin;
pub(crate) use veiled::veiled;

/// A batch holds no more files than this: a list of them stays usable, and every look-up fast.
pub const FILES_MAX: u32 = 10_000;

/// The Upload API takes no smaller chunks, but for a file's last one.
pub const CHUNK_SIZE_MIN: u64 = 5 * 1024 * 1024;

/// What the official SDKs cut files into. Smaller ones cost a round trip each, larger ones are
/// much to send again when the line breaks.
pub const CHUNK_SIZE: u64 = 20_000_000;

/// Files at once, and chunks of a file at once. More would share the same upstream line and finish
/// no sooner.
pub const PARALLEL: u64 = 3;

/// What a page that names no number of files at once has: [`PARALLEL`], and up to
/// [`PARALLEL_MAX`] while all of them are small. No page can write it.
pub const PARALLEL_AUTOMATIC: u64 = 0;

/// Up to here, a file is small: sending it takes about as long as waiting for its answer, so that
/// more at once do finish sooner.
pub const SMALL_BYTES: u64 = 1_000_000;

/// More would never be under way.
pub const PARALLEL_MAX: u64 = crate::transfer::REQUESTS_MAX as u64;
