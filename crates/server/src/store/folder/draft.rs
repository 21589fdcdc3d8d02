//! A file while it arrives: its bytes go to disk at once, and vanish if it never becomes an asset.

use std::io;
use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt;

use crate::random;
use crate::store::steps::step;

/// The bytes of an asset, in its folder.
pub(super) const BLOB: &str = "blob";

/// A folder that is removed with all that is in it, unless it was moved away.
pub struct TempFolder {
    path: PathBuf,
}

impl TempFolder {
    /// Takes on a folder that is there.
    pub(super) fn adopt(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The folder of a received file until it is moved to its place.
pub enum Home {
    /// Of no use without the request that filled it.
    Temp(TempFolder),
    /// Filled by many requests: it outlives a failure, so that the last one can be repeated.
    Kept(PathBuf),
}

impl Home {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Temp(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }

    /// Where its bytes are.
    pub fn blob(&self) -> PathBuf {
        self.path().join(BLOB)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        step();
        match std::fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "a temporary folder stays behind until the next start");
            }
            _ => {}
        }
    }
}

/// A file that is being received.
pub struct Draft {
    folder: TempFolder,
    file: tokio::fs::File,
}

impl Draft {
    /// A new file below this folder, which is on the same file system as the assets.
    pub(super) async fn new(incoming: &Path) -> io::Result<Self> {
        let path = incoming.join(random::hex_32()?);
        // One piece of work: a client that is gone meanwhile drops what comes of it, and so the
        // folder. Made in two, the folder would be there before anybody knew of it.
        let made = tokio::task::spawn_blocking(move || {
            std::fs::create_dir(&path)?;
            let folder = TempFolder { path };
            let mut options = std::fs::File::options();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(folder.path().join(BLOB))?;
            Ok::<_, io::Error>((folder, file))
        });
        let (folder, file) = made.await.map_err(io::Error::other)??;
        Ok(Self {
            folder,
            file: tokio::fs::File::from_std(file),
        })
    }

    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await
    }

    /// Closes the file after its bytes have reached the disk.
    pub async fn seal(mut self) -> io::Result<Home> {
        self.file.flush().await?;
        step();
        self.file.sync_all().await?;
        Ok(Home::Temp(self.folder))
    }
}
