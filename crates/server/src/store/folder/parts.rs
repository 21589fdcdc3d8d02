//! Numbered parts: each is a file of its own until those before it are there, because nobody knows
//! sooner where it belongs. They are put together while others still arrive, and digested on the
//! way; until the upload is an asset the parts stay, so that what a killed server left half done
//! is made anew.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::arriving::Prefix;
use super::chunks::{ASSET, BLOB, RANGES};
use super::sync_folder;
use crate::store::chunk::Chunk;
use crate::store::journal::Journal;
use crate::store::steps::step;

const PARTS: &str = "parts";
/// Bytes copied at a time.
const COPY_BYTES: usize = 256 * 1024;

/// Where the bytes of a part are.
pub(super) fn path(home: &Path, number: u32) -> PathBuf {
    home.join(PARTS).join(number.to_string())
}

/// Makes the folder of the parts, and an empty file that they will become.
pub(super) fn begin(home: &Path) -> io::Result<()> {
    fs::create_dir_all(home.join(PARTS))?;
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(home.join(ASSET).join(BLOB))?;
    Ok(())
}

/// Makes sure that a part which was synced is found after a crash.
pub(super) fn settle(home: &Path, chunk: &Chunk) -> io::Result<()> {
    if chunk.numbers().is_none() {
        return Ok(());
    }
    step();
    sync_folder(&home.join(PARTS))
}

/// Puts together what is there from the first part on, up to this byte.
pub(super) fn assemble(home: &Path, prefix: &mut Prefix, until: u64) -> io::Result<()> {
    if prefix.bytes() >= until {
        return Ok(());
    }
    let journal = Journal::read(&home.join(RANGES))?;
    step();
    let mut blob = File::options()
        .write(true)
        .open(home.join(ASSET).join(BLOB))?;
    blob.seek(SeekFrom::Start(prefix.bytes()))?;
    let mut buffer = vec![0; COPY_BYTES];
    let mut start = 0;
    for (number, bytes) in journal.unbroken() {
        let end = (start + bytes).min(until);
        if let Some(skipped) = prefix.bytes().checked_sub(start)
            && prefix.bytes() < end
        {
            let mut part = File::open(path(home, number))?;
            part.seek(SeekFrom::Start(skipped))?;
            let mut part = part.take(end - prefix.bytes());
            while prefix.bytes() < end {
                let count = part.read(&mut buffer)?;
                if count == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                blob.write_all(&buffer[..count])?;
                prefix.update(&buffer[..count]);
            }
        }
        start += bytes;
    }
    if prefix.bytes() < until {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}
