//! A delivery address taken apart: which asset, which transformation, which format.
//! Pixels are worked on in `render.rs`, byte ranges in `range.rs`.

pub mod range;
pub mod render;
mod steps;

pub use render::Encoding;
pub use steps::Steps;

use plimsoll_core::protocol::public_id;

use crate::error::ApiError;

use crate::sniff::ResourceType;
use crate::store::{AssetKey, AssetRecord, PUBLIC, Store};

/// What an address asks for.
#[derive(Debug)]
pub struct Address {
    pub record: AssetRecord,
    /// The segments before the version, each a step.
    pub transformation: Vec<String>,
    pub version: Option<u64>,
    /// The format that the extension names, in lower case.
    pub extension: Option<String>,
}

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    Original,
    Made(Encoding),
}

/// Finds the asset that an address means.
pub async fn find(
    store: &Store,
    cloud: &str,
    kind: ResourceType,
    rest: &str,
) -> Result<Address, ApiError> {
    let segments: Vec<&str> = rest.split('/').collect();
    let version_at = segments
        .iter()
        .position(|segment| public_id::is_version(segment));
    // Without a version a folder may look like a transformation: what exists wins.
    let splits: Vec<(usize, usize)> = match version_at {
        Some(at) => vec![(at, at + 1)],
        None => {
            let last = segments.len() - 1;
            let steps = segments[..last]
                .iter()
                .take_while(|text| Steps::looks_like_one(text));
            let count = steps.count();
            if count == 0 {
                vec![(0, 0)]
            } else {
                vec![(0, 0), (count, count)]
            }
        }
    };
    for (steps_end, id_start) in splits {
        let name = segments[id_start..].join("/");
        if let Some((record, extension)) = find_named(store, cloud, kind, &name).await? {
            let version = version_at.and_then(|at| segments[at][1..].parse().ok());
            let transformation = segments[..steps_end]
                .iter()
                .map(|&text| text.to_owned())
                .collect();
            return Ok(Address {
                record,
                transformation,
                version,
                extension,
            });
        }
    }
    Err(ApiError::AssetNotFound)
}

/// The asset of this name, with or without the extension of a format.
async fn find_named(
    store: &Store,
    cloud: &str,
    kind: ResourceType,
    name: &str,
) -> Result<Option<(AssetRecord, Option<String>)>, ApiError> {
    let look = async |id: &str| {
        let key = AssetKey::new(cloud, kind.as_str(), PUBLIC, id);
        store.find(&key).await
    };
    if kind != ResourceType::Raw
        && let Some((stem, extension)) = name.rsplit_once('.')
        && !stem.is_empty()
        && let Some(record) = look(stem).await?
    {
        return Ok(Some((record, Some(extension.to_ascii_lowercase()))));
    }
    Ok(look(name).await?.map(|record| (record, None)))
}

impl Output {
    /// What the address asks for, or why it can't be had.
    pub fn of(address: &Address, steps: &Steps) -> Result<Self, ApiError> {
        let stored = address.record.format.as_deref().unwrap_or_default();
        let wanted = address.extension.as_deref().unwrap_or(stored);
        let is_stored = wanted == stored || (wanted == "jpeg" && stored == "jpg");
        // Vector graphics scale themselves.
        if is_stored && (steps.is_empty() || (stored == "svg" && steps.only_limits())) {
            return Ok(Self::Original);
        }
        if address.record.resource_type != ResourceType::Image.as_str() {
            return if steps.is_empty() {
                Err(ApiError::AssetNotFound)
            } else {
                let kind = &address.record.resource_type;
                Err(invalid(format!(
                    "{kind} assets are delivered as they are by this server"
                )))
            };
        }
        if Encoding::of(stored).is_none() {
            return Err(invalid(format!(
                "{stored} images can't be transformed by this server"
            )));
        }
        match Encoding::of(wanted) {
            Some(encoding) => Ok(Self::Made(encoding)),
            None => Err(invalid(format!(
                "format {wanted} can't be made by this server"
            ))),
        }
    }
}

fn invalid(reason: String) -> ApiError {
    ApiError::TransformationInvalid(reason)
}
