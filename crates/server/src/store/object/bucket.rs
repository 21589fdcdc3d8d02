//! A bucket with our words: objects that are read with their version, and written on condition
//! that nobody else did. All coordination between servers is made of these.
//! Knows nothing of what the objects are for.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion,
};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::store::steps::step;

/// Deletions under way at once; more gain nothing, as stores take them in bulk.
const DELETIONS_AT_ONCE: usize = 8;

/// Which writing of an object was read; a later one is told by it.
pub type Version = UpdateVersion;

/// The objects of one server, or of several that share them.
#[derive(Clone)]
pub struct Bucket {
    store: Arc<dyn ObjectStore>,
}

/// An object in a list.
pub struct Listed {
    pub path: Path,
    pub bytes: u64,
    pub age: Duration,
}

impl Bucket {
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// A document, and which writing of it this is.
    pub async fn read<T: for<'de> Deserialize<'de>>(
        &self,
        path: &Path,
    ) -> io::Result<Option<(T, Version)>> {
        let found = match self.store.get(path).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(trouble(error)),
        };
        let version = Version {
            e_tag: found.meta.e_tag.clone(),
            version: found.meta.version.clone(),
        };
        let text = found.bytes().await.map_err(trouble)?;
        Ok(Some((serde_json::from_slice(&text)?, version)))
    }

    /// Writes a document that must not be there; `None` when it is.
    pub async fn create<T: Serialize>(
        &self,
        path: &Path,
        document: &T,
    ) -> io::Result<Option<Version>> {
        self.write_if(path, document, PutMode::Create).await
    }

    /// Writes a document over the one that was read; `None` when somebody else did.
    pub async fn update<T: Serialize>(
        &self,
        path: &Path,
        document: &T,
        read: &Version,
    ) -> io::Result<Option<Version>> {
        let mode = PutMode::Update(read.clone());
        self.write_if(path, document, mode).await
    }

    async fn write_if<T: Serialize>(
        &self,
        path: &Path,
        document: &T,
        mode: PutMode,
    ) -> io::Result<Option<Version>> {
        step();
        let text = Bytes::from(serde_json::to_vec(document)?);
        let options = PutOptions::from(mode);
        match self.store.put_opts(path, text.into(), options).await {
            Ok(put) => Ok(Some(put.into())),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(None),
            // Some stores say so of a document that was to be changed and is gone.
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(trouble(error)),
        }
    }

    /// Writes bytes, whatever was there.
    pub async fn put(&self, path: &Path, bytes: Bytes) -> io::Result<()> {
        step();
        let put = self.store.put(path, bytes.into()).await;
        put.map(drop).map_err(trouble)
    }

    /// Some bytes of an object, all at once.
    pub async fn range(&self, path: &Path, range: Range<u64>) -> io::Result<Bytes> {
        self.store.get_range(path, range).await.map_err(trouble)
    }

    /// Some bytes of an object as they come.
    pub async fn stream(
        &self,
        path: &Path,
        range: Range<u64>,
    ) -> io::Result<impl futures_util::Stream<Item = io::Result<Bytes>> + Send + use<>> {
        let options = GetOptions::default().with_range(Some(GetRange::Bounded(range)));
        let found = self.store.get_opts(path, options).await.map_err(trouble)?;
        Ok(found.into_stream().map_err(trouble))
    }

    /// How many bytes an object has; `None` when it isn't there.
    pub async fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        match self.store.head(path).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(trouble(error)),
        }
    }

    /// Takes an object away; it may be gone already.
    pub async fn delete(&self, path: &Path) -> io::Result<()> {
        step();
        match self.store.delete(path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(trouble(error)),
        }
    }

    /// Takes many away.
    pub async fn delete_all(&self, paths: Vec<Path>) -> io::Result<()> {
        let deletions = paths
            .into_iter()
            .map(|path| async move { self.delete(&path).await });
        futures_util::stream::iter(deletions)
            .buffer_unordered(DELETIONS_AT_ONCE)
            .try_collect()
            .await
    }

    /// All objects below this path.
    pub async fn list(&self, below: &Path) -> io::Result<Vec<Listed>> {
        let now = clock::now_seconds();
        let listed = self.store.list(Some(below)).map_ok(|meta| {
            let changed = u64::try_from(meta.last_modified.timestamp()).unwrap_or(0);
            Listed {
                path: meta.location,
                bytes: meta.size,
                age: Duration::from_secs(now.saturating_sub(changed)),
            }
        });
        listed.try_collect().await.map_err(trouble)
    }
}

/// What a store says, as trouble of our own. Its text may hold addresses, but no secrets.
fn trouble(error: Error) -> io::Error {
    let kind = match &error {
        Error::NotFound { .. } => io::ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            io::ErrorKind::PermissionDenied
        }
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
