//! A file that comes in several requests: one chunk kept, and the upload finished by the last.
//! Chunks say their bytes, or are numbered parts, which are judged when they have come.
//! The first chunk's parameters decide about the asset; later ones only name preset and upload.

use std::time::{Duration, Instant};

use axum::body::Body;
use tokio::task::JoinHandle;

use super::authority::{AnswerKey, Authority};
use super::receive::{self, Form, Received};
use super::settings::Settings;
use super::telling::Pending;
use super::{ChunkRequest, Content, Kept, Outcome, Shelf, decide};
use crate::error::{ApiError, StorageError};
use crate::sniff::ResourceType;
use crate::store::{Chunk, Decision, Denial, Earlier, Entry, Slot, Store, UploadKey};

/// How often a part that waits for the first one asks for it. Any server may have got that.
const PART_PAUSE: Duration = Duration::from_millis(100);

/// What a chunk came to.
pub enum Step {
    /// It is kept, and others must follow.
    Kept(Box<Kept>),
    /// All of it is there, and becomes an asset.
    Finishing(Finishing),
    /// The upload is finished.
    Finished(Box<Outcome>),
}

/// The end of an upload. It comes even if nobody waits for it.
pub struct Finishing {
    work: JoinHandle<Result<Outcome, ApiError>>,
    /// For clients that don't wait.
    pub pending: Option<Pending>,
}

impl Finishing {
    /// What the upload came to.
    pub async fn outcome(self) -> Result<Outcome, ApiError> {
        self.work.await.map_err(|_| ApiError::Internal)?
    }
}

impl Step {
    fn again(earlier: Earlier) -> Self {
        Self::Finished(Box::new(Outcome::again(earlier)))
    }
}

/// Receives a chunk, and finishes its upload when it is the last. Each chunk is judged by its own
/// signature: what is answered is signed with the same key.
pub async fn upload(
    store: Store,
    request: ChunkRequest<'_>,
    body: Body,
) -> Result<(Step, AnswerKey), ApiError> {
    let form = receive::chunk(&store, &request, body).await?;
    let authority = request.request.authority(&form.parameters)?;
    let step = take(store, &request, authority, form).await?;
    Ok((step, request.request.gate.answer_key(authority)))
}

async fn take(
    store: Store,
    request: &ChunkRequest<'_>,
    authority: Authority<'_>,
    form: Form,
) -> Result<Step, ApiError> {
    let settings = request.request.settings(authority, &form.parameters)?;
    let whole = &request.request;
    whole.rates.take(whole.cloud_name, settings.scope())?;
    let key = request.key(&settings);
    let file_bytes = form.file_bytes;
    let (received, file_name) = form.file.ok_or(ApiError::FileMissing)?;
    let entry = match received {
        Received::Chunk(entry) => entry,
        Received::Draft(draft) => {
            let mut entry = request.enter_begun(&store, &settings).await?;
            if let Entry::Wanted(writer) = &mut entry {
                writer.fill(draft.seal().await?);
            }
            entry
        }
        Received::Remote(_) => return Err(ApiError::RemoteChunk),
    };
    match entry {
        Entry::Wanted(writer) => {
            let slot = writer.finish().await?;
            request.check_room(&store, &key, file_bytes).await?;
            let kept = request.keep(store, key, &settings, &file_name, slot);
            kept.await
        }
        Entry::Kept(kept) => {
            request.check_repeat(&kept, file_bytes)?;
            if let Some((progress, decision)) = store.progress(&key).await? {
                return Ok(Step::Kept(Box::new(Kept { progress, decision })));
            }
            overtaken(&store, &key).await
        }
        Entry::Unfinished(slot) => {
            request.check_repeat(slot.chunk(), file_bytes)?;
            let formats = settings.list("allowed_formats");
            let Some((_, decision)) = store.progress(&key).await? else {
                return overtaken(&store, &key).await;
            };
            finish(request.shelf(store), key, formats, slot, &decision)
        }
        Entry::Finished(earlier) => Ok(Step::again(*earlier)),
    }
}

impl ChunkRequest<'_> {
    /// The upload that the chunk belongs to.
    fn key(&self, settings: &Settings<'_>) -> UploadKey {
        self.request.key(settings, self.upload_id)
    }

    /// Asks the store what to do with the chunk.
    pub(super) async fn enter(
        &self,
        store: &Store,
        settings: &Settings<'_>,
    ) -> Result<Entry, ApiError> {
        let key = self.key(settings);
        let bytes_min = self.request.limits.chunk_bytes_min;
        let entered = store.enter(&key, &self.chunk, bytes_min).await;
        entered.map_err(|denial| self.denied(denial))
    }

    /// The same when all bytes have come. A part waits for the first one, which may still be on
    /// its way to this server or another one.
    async fn enter_begun(&self, store: &Store, settings: &Settings<'_>) -> Result<Entry, ApiError> {
        let begun = Instant::now();
        let patience = Duration::from_secs(self.request.limits.part_wait_seconds_max.into());
        loop {
            match self.enter(store, settings).await {
                Err(ApiError::PartNotBegun) if begun.elapsed() < patience => {
                    tokio::time::sleep(PART_PAUSE).await;
                }
                entered => return entered,
            }
        }
    }

    fn denied(&self, denial: Denial) -> ApiError {
        match denial {
            Denial::Conflict if self.chunk.numbers().is_some() => ApiError::PartConflict,
            denial => ApiError::denied(denial, self.request.limits.chunk_bytes_min),
        }
    }

    /// Whether a numbered part may have so many bytes.
    pub(super) fn check_part(&self, bytes: u64) -> Result<(), ApiError> {
        let is_last = self
            .chunk
            .numbers()
            .is_some_and(|(part, parts)| part == parts);
        let min = self.request.limits.chunk_bytes_min;
        match bytes {
            0 => Err(ApiError::FileEmpty),
            bytes if bytes < min && !is_last => Err(ApiError::ChunkTooSmall { min }),
            _ => Ok(()),
        }
    }

    /// What `Content-Range` says before, numbered parts say only by coming: that the upload grows
    /// too large.
    async fn check_room(&self, store: &Store, key: &UploadKey, bytes: u64) -> Result<(), ApiError> {
        if self.chunk.numbers().is_none() {
            return Ok(());
        }
        let kept = store.progress(key).await?;
        self.check_sum(kept.map_or(0, |(progress, _)| progress.bytes) + bytes)
    }

    fn check_sum(&self, got: u64) -> Result<(), ApiError> {
        match self.request.limits.upload_bytes_max {
            max if got > max => Err(ApiError::FileTooLarge { got, max }),
            _ => Ok(()),
        }
    }

    /// A part that was kept before is the same one only if it is as long.
    fn check_repeat(&self, kept: &Chunk, bytes: u64) -> Result<(), ApiError> {
        match kept.numbers() {
            Some(_) if kept.bytes() != bytes => Err(ApiError::PartConflict),
            _ => Ok(()),
        }
    }

    /// Keeps a chunk whose bytes are in their place.
    async fn keep(
        &self,
        store: Store,
        key: UploadKey,
        settings: &Settings<'_>,
        file_name: &str,
        slot: Slot,
    ) -> Result<Step, ApiError> {
        let decision = if slot.chunk().is_first() {
            Some(self.decide(&store, settings, file_name, &slot).await?)
        } else {
            None
        };
        let (progress, decision) = match slot.keep(decision).await {
            Ok(kept) => kept,
            Err(Denial::Superseded) => return overtaken(&store, &key).await,
            Err(denial) => return Err(self.denied(denial)),
        };
        if progress.is_whole {
            // Of parts that came at once, none may have seen the others.
            if let Err(refusal) = self.check_sum(progress.bytes) {
                slot.discard().await?;
                return Err(refusal);
            }
            let formats = settings.list("allowed_formats");
            return finish(self.shelf(store), key, formats, slot, &decision);
        }
        // Whoever sends this chunk again need not wait, too.
        drop(slot);
        store.digest_ahead(&key, progress.first_missing).await;
        Ok(Step::Kept(Box::new(Kept { progress, decision })))
    }

    /// What the first chunk decides. What can't become an asset is refused here, before the rest
    /// of it is sent.
    async fn decide(
        &self,
        store: &Store,
        settings: &Settings<'_>,
        file_name: &str,
        slot: &Slot,
    ) -> Result<Decision, ApiError> {
        settings.check_public_id()?;
        let head = slot.head().await?;
        let content = Content::of_head(&head, self.request.resource_type)?;
        content.check_allowed(&settings.list("allowed_formats"))?;
        let decision = decide(&self.request, settings, &content, file_name)?;
        let (cloud, preset) = (self.request.cloud_name, decision.extras.preset.as_deref());
        let bytes = self.chunk.total().unwrap_or(0);
        let reserved = store.reserve(cloud, preset, &self.key(settings), bytes);
        reserved.map_err(StorageError::UsedUp)?;
        Ok(decision)
    }

    fn shelf(&self, store: Store) -> Shelf {
        Shelf {
            store,
            maker: self.request.maker.clone(),
            cloud_name: self.request.cloud_name.to_owned(),
        }
    }
}

/// What to tell when somebody else has finished or forgotten the upload meanwhile.
async fn overtaken(store: &Store, key: &UploadKey) -> Result<Step, ApiError> {
    let outcome = told_before(store, key).await?;
    Ok(Step::Finished(Box::new(outcome)))
}

async fn told_before(store: &Store, key: &UploadKey) -> Result<Outcome, ApiError> {
    let earlier = store.promised(key).await?;
    earlier.map(Outcome::again).ok_or(ApiError::ChunkSuperseded)
}

/// Makes an asset of an upload whose chunks are all kept. It runs to its end even if the client is
/// gone by then: asked again, the answer is there.
fn finish(
    shelf: Shelf,
    key: UploadKey,
    allowed_formats: Vec<String>,
    slot: Slot,
    decision: &Decision,
) -> Result<Step, ApiError> {
    let pending = Pending::of(decision)?;
    let work = async move {
        let Some((sealed, decision)) = slot.seal().await? else {
            return told_before(&shelf.store, &key).await;
        };
        let wanted = decision.wanted.as_deref().and_then(ResourceType::parse);
        let settled = async {
            let content = Content::of(&sealed, wanted).await?;
            content.check_allowed(&allowed_formats)?;
            shelf.settle(decision, content, sealed, Some(key)).await
        };
        let outcome = match settled.await {
            Ok(outcome) => outcome,
            Err(error) if error.is_ours() => return Err(error),
            Err(refusal) => {
                slot.discard().await?;
                return Err(refusal);
            }
        };
        if let Err(error) = slot.discard().await {
            tracing::warn!(
                ?error,
                "a finished upload stays behind until the next sweep"
            );
        }
        Ok(outcome)
    };
    let work = tokio::spawn(work);
    Ok(Step::Finishing(Finishing { work, pending }))
}
