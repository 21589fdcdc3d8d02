//! Makes transformed images, a few at once at most, and keeps them for the next one who asks.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Address, Encoding, Regions, Steps, render};
use crate::error::ApiError;
use crate::limits::{IMAGE_WAIT_MAX, IMAGE_WORK_MAX};
use crate::store::{self, Blob, Reader, Store};

/// Shared by all who need images made.
#[derive(Clone)]
pub struct Maker {
    store: Store,
    turns: Arc<Semaphore>,
    megapixels_max: u32,
}

/// A transformed image.
pub struct Made {
    pub bytes: MadeBytes,
    /// Tells it from every other one.
    pub etag: String,
}

/// Where it is.
pub enum MadeBytes {
    Kept(Blob),
    Fresh(Bytes),
}

impl MadeBytes {
    /// How many there are.
    pub fn count(&self) -> u64 {
        match self {
            Self::Kept(blob) => blob.bytes(),
            Self::Fresh(bytes) => bytes.len() as u64,
        }
    }
}

impl Maker {
    pub fn new(store: Store, megapixels_max: u32) -> Self {
        Self {
            store,
            turns: Arc::new(Semaphore::new(IMAGE_WORK_MAX)),
            megapixels_max,
        }
    }

    /// A result of a stored image, made now or earlier.
    pub async fn made(
        &self,
        address: &Address,
        steps: &Steps,
        encoding: Encoding,
    ) -> Result<Made, ApiError> {
        let key = address.record.key();
        let (version, regions) = (&address.record.version_id, address.regions());
        // Of this file: a result of the one before must not outlive it.
        let name = format!("{version} {steps:?} {regions:?}.{}", encoding.extension());
        let etag = store::hash(&[&address.record.etag, &name]);
        let bytes = match self.store.derived(&key, &name).await? {
            Some(blob) => MadeBytes::Kept(blob),
            None => self.make(address, &name, steps.clone(), encoding).await?,
        };
        Ok(Made { bytes, etag })
    }

    /// A result of an image that isn't stored; nothing is kept.
    pub async fn render(
        &self,
        source: Reader,
        steps: Steps,
        regions: Regions,
        encoding: Encoding,
    ) -> Result<Bytes, ApiError> {
        let turn = self.turn().await?;
        self.work(turn, source, steps, regions, encoding).await
    }

    async fn make(
        &self,
        address: &Address,
        name: &str,
        steps: Steps,
        encoding: Encoding,
    ) -> Result<MadeBytes, ApiError> {
        let turn = self.turn().await?;
        let key = address.record.key();
        // Somebody else may have made it while we waited for our turn.
        if let Some(blob) = self.store.derived(&key, name).await? {
            return Ok(MadeBytes::Kept(blob));
        }
        let blob = self.store.blob(&address.record).await?;
        let source = blob.ok_or(ApiError::AssetNotFound)?.into_reader();
        let bytes = self.work(turn, source, steps, address.regions(), encoding);
        let bytes = bytes.await?;
        if let Err(error) = self.store.keep_derived(&key, name, bytes.clone()).await {
            tracing::warn!(%error, "a transformed image can't be kept");
        }
        Ok(MadeBytes::Fresh(bytes))
    }

    async fn work(
        &self,
        turn: OwnedSemaphorePermit,
        source: Reader,
        steps: Steps,
        regions: Regions,
        encoding: Encoding,
    ) -> Result<Bytes, ApiError> {
        let megapixels_max = self.megapixels_max;
        let work = move || {
            // Held to the end of the work, which goes on when the client has left.
            let _turn = turn;
            render::render(source, &steps, &regions, encoding, megapixels_max)
        };
        let rendered = tokio::task::spawn_blocking(work).await;
        Ok(Bytes::from(rendered.map_err(|_| ApiError::Internal)??))
    }

    /// A turn to work on an image.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let turn = self.turns.clone().acquire_owned();
        match tokio::time::timeout(IMAGE_WAIT_MAX, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_closed)) => Err(ApiError::Internal),
            Err(_elapsed) => Err(ApiError::ImageBusy),
        }
    }
}
