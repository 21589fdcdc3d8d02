//! An upload from its body to an asset: received, judged, told apart by content, committed.
//! Knows nothing of routes; `answer.rs` writes what the client gets, `chunk.rs` takes files that
//! come in several requests.

pub mod answer;
pub mod authority;
pub mod catalog;
pub mod chunk;
mod content;
mod data_uri;
pub mod deletion;
pub mod derive;
mod naming;
pub mod parameters;
pub mod range;
mod receive;
pub mod settings;
pub mod telling;

use std::collections::BTreeMap;

use axum::body::Body;

use crate::config::{Cloud, Preset};
use crate::delivery::Maker;
use crate::error::ApiError;
use crate::form::Kind;
use crate::notify::Notifier;
use crate::rates::UploadRates;
use crate::remote::Remote;
use crate::sniff::ResourceType;
use crate::store::{
    AssetRecord, Chunk, Commit, Decision, Draft, Earlier, Extras, Novelty, Progress, Sealed, Store,
    UploadKey,
};
use crate::{clock, limits, names, random};

use authority::{AnswerKey, Authority, Gate};
use content::Content;
use parameters::Parameters;
use receive::Received;
use settings::Settings;

/// What stands in the request besides its body.
pub struct Request<'a> {
    pub cloud_name: &'a str,
    pub cloud: &'a Cloud,
    pub gate: Gate<'a>,
    /// `None` is `auto`: the content decides.
    pub resource_type: Option<ResourceType>,
    pub kind: Kind,
    pub upload_id: Option<&'a str>,
    pub limits: &'a limits::Limits,
    pub rates: &'a UploadRates,
    pub remote: &'a Remote,
    pub maker: &'a Maker,
    pub notifier: &'a Notifier,
}

/// A request that sends some of a file's bytes.
pub struct ChunkRequest<'a> {
    pub request: Request<'a>,
    pub upload_id: &'a str,
    pub chunk: Chunk,
}

/// What an upload came to.
pub struct Outcome {
    pub record: AssetRecord,
    pub novelty: Novelty,
    pub telling: Telling,
    /// What deletes the asset soon after it was uploaded, if that was asked for.
    pub delete_token: Option<String>,
}

/// Whether the answer was given before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    First,
    Again,
}

/// What a chunk came to that doesn't finish its upload.
pub struct Kept {
    pub progress: Progress,
    pub decision: Decision,
}

/// A file that was received whole and judged, and is not an asset yet.
pub struct Arrived {
    shelf: Shelf,
    decision: Decision,
    content: Content,
    sealed: Sealed,
    upload_key: Option<UploadKey>,
}

impl Arrived {
    /// What is decided about it.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Makes it an asset.
    pub async fn settle(self) -> Result<Outcome, ApiError> {
        let Self {
            shelf,
            decision,
            content,
            sealed,
            upload_key,
        } = self;
        shelf.settle(decision, content, sealed, upload_key).await
    }
}

/// Receives a body. What it is answered is signed with the key.
pub async fn receive(
    store: Store,
    request: Request<'_>,
    body: Body,
) -> Result<(Arrived, AnswerKey), ApiError> {
    let form = receive::whole(&store, &request, body).await?;
    let authority = request.authority(&form.parameters)?;
    let settings = request.settings(authority, &form.parameters)?;
    request.rates.take(request.cloud_name, settings.scope())?;
    settings.check_public_id()?;
    let (draft, file_name) = match form.file.ok_or(ApiError::FileMissing)? {
        (Received::Draft(draft), file_name) => (draft, file_name),
        // Not before it is known who sends it: strangers have nothing fetched.
        (Received::Remote(address), _) => fetch(&store, &request, &address).await?,
        (Received::Chunk(_), _) => return Err(ApiError::Internal),
    };
    let sealed = draft.seal().await?;
    if sealed.bytes == 0 {
        return Err(ApiError::FileEmpty);
    }
    let upload_key = request.upload_id.map(|id| request.key(&settings, id));
    let content = Content::of(&sealed, request.resource_type).await?;
    content.check_allowed(&settings.list("allowed_formats"))?;
    let decision = decide(&request, &settings, &content, &file_name)?;
    let shelf = Shelf {
        store,
        maker: request.maker.clone(),
        cloud_name: request.cloud_name.to_owned(),
    };
    let arrived = Arrived {
        shelf,
        decision,
        content,
        sealed,
        upload_key,
    };
    Ok((arrived, request.gate.answer_key(authority)))
}

/// Fetches a file that is elsewhere, and says how it is called there.
async fn fetch(
    store: &Store,
    request: &Request<'_>,
    address: &str,
) -> Result<(Draft, String), ApiError> {
    let bytes_max = request.limits.file_bytes_max;
    let mut fetched = request.remote.fetch(address, bytes_max).await?;
    let mut draft = store.draft().await?;
    while let Some(bytes) = fetched.next().await? {
        draft.write(&bytes).await?;
    }
    Ok((draft, fetched.file_name))
}

/// Where received files become assets.
struct Shelf {
    store: Store,
    maker: Maker,
    cloud_name: String,
}

impl Shelf {
    /// Stores a whole file, or what its upload wants to be made of it.
    async fn settle(
        self,
        decision: Decision,
        content: Content,
        sealed: Sealed,
        upload_key: Option<UploadKey>,
    ) -> Result<Outcome, ApiError> {
        let sent_bytes = sealed.bytes;
        let Self { store, maker, .. } = &self;
        let incoming = derive::incoming(store, maker, &decision, content, sealed);
        let (mut sealed, content) = incoming.await?;
        let record = new_record(&self.cloud_name, decision, &content, &sealed)?;
        derive::check_eager(&record)?;
        // The promise of an upload ID tells what was sent.
        sealed.bytes = sent_bytes;
        commit(self.store, sealed, record, upload_key).await
    }
}

/// Stores a whole file, unless its public ID or upload ID was used before.
async fn commit(
    store: Store,
    sealed: Sealed,
    mut record: AssetRecord,
    upload_key: Option<UploadKey>,
) -> Result<Outcome, ApiError> {
    let mut delete_token = None;
    if record.extras.deletion.is_some() {
        let (token, deletion) = deletion::token(&record.key())?;
        record.extras.deletion = Some(deletion);
        delete_token = Some(token);
    }
    let commit = store.commit(sealed, &record, upload_key.as_ref()).await?;
    let mut outcome = match commit {
        Commit::Stored => Outcome::new(record, Novelty::Stored),
        Commit::Overwritten => Outcome::new(record, Novelty::Overwritten),
        Commit::Existing(earlier) => Outcome::new(*earlier, Novelty::Existing),
        Commit::Replayed(earlier) => Outcome::again(*earlier),
    };
    if outcome.telling == Telling::First && outcome.novelty != Novelty::Existing {
        outcome.delete_token = delete_token;
    }
    let Outcome {
        record,
        novelty,
        telling,
        ..
    } = &outcome;
    tracing::info!(?novelty, ?telling, bytes = record.bytes, public_id = ?record.public_id,
        "uploaded");
    Ok(outcome)
}

impl Outcome {
    fn new(record: AssetRecord, novelty: Novelty) -> Self {
        Self {
            record,
            novelty,
            telling: Telling::First,
            delete_token: None,
        }
    }

    fn again(earlier: Earlier) -> Self {
        Self {
            record: earlier.record,
            novelty: earlier.novelty,
            telling: Telling::Again,
            delete_token: None,
        }
    }
}

impl<'a> Request<'a> {
    /// Who sends these parameters.
    fn authority(&self, parameters: &Parameters) -> Result<Authority<'a>, ApiError> {
        self.gate.authority(parameters, clock::now_seconds())
    }

    /// What they ask for; refuses what they may not send.
    fn settings<'p>(
        &self,
        authority: Authority<'p>,
        parameters: &'p Parameters,
    ) -> Result<Settings<'p>, ApiError>
    where
        'a: 'p,
    {
        let preset = self.preset(parameters)?;
        match (authority, preset) {
            (Authority::Anybody, None) => return Err(ApiError::PresetMissing),
            (Authority::Anybody, Some((_, preset))) if !preset.unsigned => {
                return Err(ApiError::PresetNotUnsigned);
            }
            (Authority::Anybody, Some(_)) => parameters.check_unsigned()?,
            (Authority::Signer(_), _) => parameters.check_signed()?,
        }
        Ok(Settings {
            authority,
            preset,
            parameters,
        })
    }

    fn preset(&self, parameters: &Parameters) -> Result<Option<(&'a str, &'a Preset)>, ApiError> {
        let Some(name) = parameters.get("upload_preset") else {
            return Ok(None);
        };
        let found = self.cloud.presets.get_key_value(name);
        let (name, preset) = found.ok_or(ApiError::PresetNotFound)?;
        Ok(Some((name, preset)))
    }

    /// The upload that this upload ID means for whoever sends it.
    fn key(&self, settings: &Settings<'_>, upload_id: &str) -> UploadKey {
        UploadKey::new(self.cloud_name, settings.scope(), upload_id)
    }
}

/// Reads a body that is refused already, so that its sender gets to read why.
pub async fn drain(body: Body) {
    receive::drain(body, 0).await;
}

/// The bytes of a body that has no file in it.
pub async fn small_body(body: Body) -> Result<Vec<u8>, ApiError> {
    receive::small(body).await
}

/// What the parameters decide about an asset, its type being known.
fn decide(
    request: &Request<'_>,
    settings: &Settings<'_>,
    content: &Content,
    sent_name: &str,
) -> Result<Decision, ApiError> {
    let file_name = match settings.get("filename_override") {
        Some(name) => names::clean_file_name(name.as_bytes()),
        None => sent_name.to_owned(),
    };
    let extras = Extras {
        delivery_type: settings.get("type").map(str::to_owned),
        access_mode: settings.get("access_mode").map(str::to_owned),
        display_name: naming::display_name(settings, &file_name),
        forgets_file_name: settings.wants("discard_original_filename"),
        overwrites: settings.overwrites(),
        incoming: settings.get("transformation").map(str::to_owned),
        format: settings.get("format").map(str::to_ascii_lowercase),
        eager: settings.get("eager").map(str::to_owned),
        is_eager_async: settings.wants("eager_async"),
        eager_notification_url: settings.get("eager_notification_url").map(str::to_owned),
        notification_url: settings.get("notification_url").map(str::to_owned),
        is_async: settings.wants("async"),
        moderation: settings.get("moderation").map(str::to_owned),
        // Made when the asset is; until then this says that it was asked for.
        deletion: settings.wants("return_delete_token").then(Default::default),
        preset: settings.preset.map(|(name, _)| name.to_owned()),
        file: None,
    };
    let decision = Decision {
        public_id: naming::public_id(settings, content.resource_type, &file_name)?,
        wanted: request.resource_type.map(|kind| kind.as_str().to_owned()),
        resource_type: content.resource_type.as_str().to_owned(),
        tags: settings.tags(),
        context: settings.pairs("context")?,
        metadata: settings.pairs("metadata")?,
        parameters: settings.parameters.kept(),
        folder: naming::folder(settings).to_owned(),
        asset_folder: settings.get("asset_folder").map(str::to_owned),
        file_name,
        extras,
    };
    derive::check(&decision)?;
    let Extras {
        notification_url,
        eager_notification_url,
        ..
    } = &decision.extras;
    for (name, address) in [
        ("notification_url", notification_url),
        ("eager_notification_url", eager_notification_url),
    ] {
        if let Some(address) = address {
            request.notifier.check(name, address)?;
        }
    }
    Ok(decision)
}

fn new_record(
    cloud: &str,
    decision: Decision,
    content: &Content,
    sealed: &Sealed,
) -> Result<AssetRecord, ApiError> {
    let is_raw = content.resource_type == ResourceType::Raw;
    let named = !is_raw && !content.format.name.is_empty();
    Ok(AssetRecord {
        asset_id: random::hex_32()?,
        cloud: cloud.to_owned(),
        public_id: decision.public_id,
        resource_type: content.resource_type.as_str().to_owned(),
        version: clock::now_seconds(),
        version_id: random::hex_32()?,
        format: named.then(|| content.format.name.to_owned()),
        media_type: content.format.media_type.to_owned(),
        width: content.size.map(|(width, _)| width),
        height: content.size.map(|(_, height)| height),
        duration_ms: content.duration_ms,
        bytes: sealed.bytes,
        etag: sealed.etag.clone(),
        tags: decision.tags,
        context: decision.context,
        metadata: decision.metadata,
        parameters: decision.parameters,
        folder: decision.folder,
        asset_folder: decision.asset_folder,
        file_name: decision.file_name,
        extras: decision.extras,
    })
}

/// Escaped pairs, as `context` and `metadata` have them.
type Pairs = BTreeMap<String, String>;
