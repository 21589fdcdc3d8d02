//! A delivery address taken apart: which asset, which transformation, which format.
//! Pixels are worked on in `render.rs`, byte ranges in `range.rs`.

mod decode;
mod encode;
mod grammar;
mod maker;
mod pixels;
mod plan;
pub mod range;
mod regions;
pub mod render;
mod sides;
pub mod signature;
mod steps;

pub use encode::Encoding;
pub use maker::{Made, MadeBytes, Maker};
#[cfg(any(test, fuzzing))]
pub use plan::plan;
pub use regions::Regions;
pub use steps::{Steps, Wish};

use plimsoll_core::protocol::public_id;

use crate::error::ApiError;

use crate::sniff::ResourceType;
use crate::store::{AssetKey, AssetRecord, Store};

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

/// Where assets with one kind of address are.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub cloud: &'a str,
    pub kind: ResourceType,
    pub delivery_type: &'a str,
}

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    Original,
    Made(Encoding),
}

/// Finds the asset that an address means.
pub async fn find(store: &Store, place: &Place<'_>, rest: &str) -> Result<Address, ApiError> {
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
        if let Some((record, extension)) = find_named(store, place, &name).await? {
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
    place: &Place<'_>,
    name: &str,
) -> Result<Option<(AssetRecord, Option<String>)>, ApiError> {
    let Place {
        cloud,
        kind,
        delivery_type,
    } = *place;
    let look = async |id: &str| {
        let key = AssetKey::new(cloud, kind.as_str(), delivery_type, id);
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

impl Address {
    /// The pieces of the picture that were named when it was uploaded.
    pub fn regions(&self) -> Regions {
        let text = |name: &str| self.record.parameters.get(name).map(String::as_str);
        Regions::read(text("custom_coordinates"), text("face_coordinates"))
    }
}

/// What was signed of an address: all behind the signature but the version.
pub fn signed_text(rest: &str) -> String {
    let segments: Vec<&str> = rest.split('/').collect();
    let version = segments.iter().position(|text| public_id::is_version(text));
    let signed = segments.iter().enumerate();
    let signed = signed.filter(|(index, _)| Some(*index) != version);
    let signed: Vec<&str> = signed.map(|(_, text)| *text).collect();
    signed.join("/")
}

impl Output {
    /// What the address asks for, or why it can't be had. `accept` is what the client shows.
    pub fn of(address: &Address, steps: &Steps, accept: &str) -> Result<Self, ApiError> {
        let stored = address.record.format.as_deref().unwrap_or_default();
        let wanted = address.extension.as_deref().unwrap_or(stored);
        let is_stored = wanted == stored || (wanted == "jpeg" && stored == "jpg");
        let wish = steps.format();
        // Vector graphics scale themselves.
        let scales_itself = stored == "svg" && steps.only_limits();
        if is_stored && (steps.is_empty() || (scales_itself && wish.is_none_or(is_auto))) {
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
        let Some(own) = Encoding::of(stored) else {
            return Err(invalid(format!(
                "{stored} images can't be transformed by this server"
            )));
        };
        let encoding = match wish {
            Some(Wish::These(encoding)) => encoding,
            Some(Wish::Auto) => automatic(own, steps, accept),
            None => Encoding::of(wanted)
                .ok_or_else(|| invalid(format!("format {wanted} can't be made by this server")))?,
        };
        if encoding == own && steps.only_format() {
            return Ok(Self::Original);
        }
        Ok(Self::Made(encoding))
    }
}

fn is_auto(wish: Wish) -> bool {
    wish == Wish::Auto
}

/// The format that fits the picture best among those that the client shows. Our WebP is lossless,
/// which is smaller than PNG but larger than JPEG.
fn automatic(own: Encoding, steps: &Steps, accept: &str) -> Encoding {
    if own == Encoding::Jpeg && !steps.makes_clear() {
        return Encoding::Jpeg;
    }
    let shows_webp = accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        parts.next() == Some("image/webp") && !parts.any(|part| matches!(part, "q=0" | "q=0.0"))
    });
    if shows_webp {
        Encoding::Webp
    } else {
        Encoding::Png
    }
}

fn invalid(reason: String) -> ApiError {
    ApiError::TransformationInvalid(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_not_signed() {
        for (rest, signed) in [
            ("a.jpg", "a.jpg"),
            ("v1/a/b.jpg", "a/b.jpg"),
            (
                "c_limit,w_9/r_max/v123/a/b.jpg",
                "c_limit,w_9/r_max/a/b.jpg",
            ),
            ("c_limit,w_9/a.jpg", "c_limit,w_9/a.jpg"),
            ("v1/v2.jpg", "v2.jpg"),
        ] {
            assert_eq!(signed_text(rest), signed);
        }
    }

    #[test]
    fn the_automatic_format_is_one_that_the_client_shows() {
        let steps = |text: &str| Steps::parse(&[text.to_owned()]).expect(text);
        let (plain, round) = (steps("w_9,f_auto"), steps("r_max,f_auto"));
        let modern = "image/avif,image/webp,*/*;q=0.8";
        for (own, steps, accept, expected) in [
            (Encoding::Jpeg, &plain, modern, Encoding::Jpeg),
            (Encoding::Jpeg, &round, modern, Encoding::Webp),
            (Encoding::Jpeg, &round, "*/*", Encoding::Png),
            (Encoding::Png, &plain, modern, Encoding::Webp),
            (Encoding::Png, &plain, "", Encoding::Png),
            (Encoding::Png, &plain, "image/webp;q=0", Encoding::Png),
            (Encoding::Gif, &plain, "image/webp;q=0.5", Encoding::Webp),
            (Encoding::Webp, &plain, "image/png", Encoding::Png),
        ] {
            assert_eq!(automatic(own, steps, accept), expected, "{own:?} {accept}");
        }
    }
}
