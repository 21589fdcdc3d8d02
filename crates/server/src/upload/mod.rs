//! An upload from its body to an asset: received, judged, told apart by content, committed.
//! Knows nothing of routes; `answer.rs` writes what the client gets, `chunk.rs` takes files that
//! come in several requests.

pub mod answer;
pub mod chunk;
mod content;
mod parameters;
pub mod range;
mod receive;

use std::collections::BTreeMap;

use axum::body::Body;
use plimsoll_core::protocol::public_id;

use crate::config::{Cloud, Preset};
use crate::error::ApiError;
use crate::sniff::ResourceType;
use crate::store::{
    AssetRecord, Chunk, Commit, Decision, Earlier, Extras, Novelty, Progress, Scope, Sealed, Store,
    UploadKey,
};
use crate::{clock, limits, names, random};

use content::Content;
use parameters::Parameters;
use receive::Received;

/// Length of a public ID that nobody chose, as the wire has it.
const PUBLIC_ID_LETTERS: usize = 20;

/// What stands in the request besides its body.
pub struct Request<'a> {
    pub cloud_name: &'a str,
    pub cloud: &'a Cloud,
    /// `None` is `auto`: the content decides.
    pub resource_type: Option<ResourceType>,
    pub boundary: String,
    pub upload_id: Option<&'a str>,
    pub limits: &'a limits::Limits,
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

/// Receives a body and makes it an asset.
pub async fn upload(store: Store, request: Request<'_>, body: Body) -> Result<Outcome, ApiError> {
    let form = receive::whole(&store, &request, body).await?;
    let parameters = form.parameters;
    let (preset_name, preset) = find_preset(request.cloud, &parameters)?;
    check_public_id(preset, &parameters)?;
    let (Received::Draft(draft), file_name) = form.file.ok_or(ApiError::FileMissing)? else {
        return Err(ApiError::Internal);
    };
    let sealed = draft.seal().await?;
    if sealed.bytes == 0 {
        return Err(ApiError::FileEmpty);
    }
    let upload_key = request
        .upload_id
        .map(|id| UploadKey::new(request.cloud_name, Scope::Preset(preset_name), id));
    let content = Content::of(&sealed, request.resource_type).await?;
    content.check_allowed(&preset.allowed_formats)?;
    let decision = decide(&request, preset, &parameters, &content, &file_name)?;
    let record = new_record(request.cloud_name, decision, &content, &sealed)?;
    commit(store, sealed, record, upload_key).await
}

/// Stores a whole file, unless its public ID or upload ID was used before.
async fn commit(
    store: Store,
    sealed: Sealed,
    record: AssetRecord,
    upload_key: Option<UploadKey>,
) -> Result<Outcome, ApiError> {
    let commit = store.commit(sealed, &record, upload_key.as_ref()).await?;
    let outcome = match commit {
        Commit::Stored => Outcome::new(record, Novelty::Stored),
        Commit::Existing(earlier) => Outcome::new(*earlier, Novelty::Existing),
        Commit::Replayed(earlier) => Outcome::again(*earlier),
    };
    let Outcome {
        record,
        novelty,
        telling,
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
        }
    }

    fn again(earlier: Earlier) -> Self {
        Self {
            record: earlier.record,
            novelty: earlier.novelty,
            telling: Telling::Again,
        }
    }
}

impl ChunkRequest<'_> {
    /// The upload that the chunk belongs to, and the preset that it names.
    fn upload(&self, parameters: &Parameters) -> Result<(UploadKey, &Preset), ApiError> {
        let (name, preset) = find_preset(self.request.cloud, parameters)?;
        let key = UploadKey::new(self.request.cloud_name, Scope::Preset(name), self.upload_id);
        Ok((key, preset))
    }
}

/// Reads a body that is refused already, so that its sender gets to read why.
pub async fn drain(body: Body) {
    receive::drain(body, 0).await;
}

fn check_public_id(preset: &Preset, parameters: &Parameters) -> Result<(), ApiError> {
    if preset.disallow_public_id && parameters.get("public_id").is_some() {
        return Err(ApiError::PublicIdNotAllowed);
    }
    Ok(())
}

fn find_preset<'a>(
    cloud: &'a Cloud,
    parameters: &Parameters,
) -> Result<(&'a str, &'a Preset), ApiError> {
    let name = parameters
        .get("upload_preset")
        .ok_or(ApiError::PresetMissing)?;
    let (name, preset) = cloud
        .presets
        .get_key_value(name)
        .ok_or(ApiError::PresetNotFound)?;
    if preset.unsigned {
        Ok((name, preset))
    } else {
        Err(ApiError::PresetNotUnsigned)
    }
}

/// What the parameters decide about an asset, its type being known.
fn decide(
    request: &Request<'_>,
    preset: &Preset,
    parameters: &Parameters,
    content: &Content,
    sent_name: &str,
) -> Result<Decision, ApiError> {
    let file_name = match parameters.get("filename_override") {
        Some(name) => names::clean_file_name(name.as_bytes()),
        None => sent_name.to_owned(),
    };
    let folder = preset
        .folder
        .as_deref()
        .or(parameters.get("folder"))
        .unwrap_or_default();
    let mut tags: Vec<String> = preset.tags.clone();
    tags.extend(parameters.tags());
    let mut seen = std::collections::BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    let mut context = preset.context.clone();
    context.extend(parameters.pairs("context")?);
    Ok(Decision {
        public_id: public_id(parameters, folder, content.resource_type, &file_name)?,
        wanted: request.resource_type.map(|kind| kind.as_str().to_owned()),
        resource_type: content.resource_type.as_str().to_owned(),
        tags,
        context,
        metadata: parameters.pairs("metadata")?,
        parameters: parameters.kept(),
        folder: folder.to_owned(),
        asset_folder: parameters.get("asset_folder").map(str::to_owned),
        file_name,
        extras: Extras::default(),
    })
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

/// `folder/prefix/id`; raw assets that nobody named keep their extension, as it is the only
/// sign of what they are.
fn public_id(
    parameters: &Parameters,
    folder: &str,
    resource_type: ResourceType,
    file_name: &str,
) -> Result<String, ApiError> {
    let last = match parameters.get("public_id") {
        Some(chosen) => chosen.to_owned(),
        None => {
            let letters = random::letters(PUBLIC_ID_LETTERS)?;
            match (resource_type, names::split_extension(file_name).1) {
                (ResourceType::Raw, Some(extension)) => format!("{letters}.{extension}"),
                _ => letters,
            }
        }
    };
    let prefix = parameters.get("public_id_prefix").unwrap_or_default();
    let elements: Vec<&str> = [folder, prefix, last.as_str()]
        .into_iter()
        .filter(|element| !element.is_empty())
        .collect();
    let whole = elements.join("/");
    public_id::check(&whole).map_err(|reason| ApiError::ParameterInvalid {
        name: "public_id".to_owned(),
        reason: reason.to_owned(),
    })?;
    Ok(whole)
}

/// Escaped pairs, as `context` and `metadata` have them.
type Pairs = BTreeMap<String, String>;
