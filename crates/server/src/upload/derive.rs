//! Images that an upload asks for: the incoming transformation, whose result is stored instead of
//! what was sent, and eager ones, which are made before anybody asks for their addresses.

use std::io::Cursor;

use serde_json::{Value, json};

use super::authority::AnswerKey;
use super::content::Content;
use super::{answer, new_record};
use crate::delivery::{Address, Encoding, MadeBytes, Maker, Output, Steps};
use crate::error::ApiError;
use crate::limits::EAGER_MAX;
use crate::sniff::ResourceType;
use crate::store::{AssetRecord, Decision, Sealed, Store};

/// One transformation as an upload writes it: `c_fill,w_9,h_9/e_x` with `/webp` behind it.
struct Wanted<'a> {
    steps: Steps,
    segments: Vec<String>,
    /// The format that is named behind the steps.
    format: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    fn read(text: &'a str) -> Result<Self, ApiError> {
        let mut segments: Vec<&str> = text.split('/').collect();
        let format =
            segments.pop_if(|last| !Steps::looks_like_one(last) && Encoding::of(last).is_some());
        let segments: Vec<String> = segments.into_iter().map(str::to_owned).collect();
        Ok(Self {
            steps: Steps::parse(&segments)?,
            segments,
            format,
        })
    }

    /// The address at which it is delivered.
    fn address(&self, record: &AssetRecord) -> Address {
        Address {
            record: record.clone(),
            transformation: self.segments.clone(),
            version: Some(record.version),
            extension: self.format.map(str::to_owned),
        }
    }
}

fn eager_of(text: &str) -> Result<Vec<Wanted<'_>>, ApiError> {
    let pieces: Vec<&str> = text.split('|').filter(|piece| !piece.is_empty()).collect();
    if pieces.len() > EAGER_MAX {
        let reason = format!("more than {EAGER_MAX} eager ones");
        return Err(ApiError::TransformationInvalid(reason));
    }
    pieces.into_iter().map(Wanted::read).collect()
}

/// Refuses what can't be read, before the file is received in full.
pub fn check(decision: &Decision) -> Result<(), ApiError> {
    if let Some(text) = &decision.extras.incoming {
        Wanted::read(text)?;
    }
    eager_of(decision.extras.eager.as_deref().unwrap_or_default()).map(drop)
}

/// Refuses eager images that can't be made of this asset, before it is stored.
pub fn check_eager(record: &AssetRecord) -> Result<(), ApiError> {
    let eager = record.extras.eager.as_deref().unwrap_or_default();
    for wanted in eager_of(eager)? {
        Output::of(&wanted.address(record), &wanted.steps, "")?;
    }
    Ok(())
}

/// The file that is stored: what was sent, or what the incoming transformation makes of it.
pub async fn incoming(
    store: &Store,
    maker: &Maker,
    decision: &Decision,
    content: Content,
    sealed: Sealed,
) -> Result<(Sealed, Content), ApiError> {
    let extras = &decision.extras;
    if extras.incoming.is_none() && extras.format.is_none() {
        return Ok((sealed, content));
    }
    let wanted = match &extras.incoming {
        Some(text) => Wanted::read(text)?,
        None => Wanted {
            steps: Steps::parse(&[])?,
            segments: Vec::new(),
            format: None,
        },
    };
    let record = new_record("", decision.clone(), &content, &sealed)?;
    let mut address = wanted.address(&record);
    address.extension = extras.format.clone().or(address.extension);
    let Output::Made(encoding) = Output::of(&address, &wanted.steps, "")? else {
        return Ok((sealed, content));
    };
    let (source, regions) = (sealed.reader()?, address.regions());
    let bytes = maker
        .render(source, wanted.steps, regions, encoding)
        .await?;
    let mut draft = store.draft().await?;
    draft.write(&bytes).await?;
    let made = draft.seal().await?;
    let content = Content::of(&made, Some(ResourceType::Image)).await?;
    Ok((made, content))
}

/// What an answer tells of the eager images of an asset; those that aren't there yet are made, or
/// will be, where nobody is given who makes them.
pub async fn eager(
    maker: Option<&Maker>,
    record: &AssetRecord,
    base: &str,
    key: &AnswerKey,
) -> Result<Option<Vec<Value>>, ApiError> {
    let Some(text) = &record.extras.eager else {
        return Ok(None);
    };
    let mut told = Vec::new();
    for (wanted, text) in eager_of(text)?.into_iter().zip(text.split('|')) {
        let address = wanted.address(record);
        let output = Output::of(&address, &wanted.steps, "")?;
        let format = match output {
            Output::Made(encoding) => Some(encoding.extension()),
            Output::Original => record.format.as_deref(),
        };
        let url = answer::url_of(record, base, key, &wanted.segments, format);
        let mut entry = json!({ "transformation": text, "url": url, "secure_url": url });
        if let Output::Made(encoding) = output {
            entry["format"] = json!(encoding.extension());
            let Some(maker) = maker else {
                entry["status"] = json!("processing");
                told.push(entry);
                continue;
            };
            let made = maker.made(&address, &wanted.steps, encoding).await?;
            entry["bytes"] = json!(made.bytes.count());
            if let Some((width, height)) = sides(made.bytes).await {
                entry["width"] = json!(width);
                entry["height"] = json!(height);
            }
        }
        told.push(entry);
    }
    Ok(Some(told))
}

async fn sides(bytes: MadeBytes) -> Option<(usize, usize)> {
    let work = move || {
        let size = match bytes {
            MadeBytes::Kept(blob) => {
                imagesize::reader_size(std::io::BufReader::new(blob.into_reader()))
            }
            MadeBytes::Fresh(bytes) => imagesize::reader_size(Cursor::new(bytes)),
        };
        size.ok().map(|size| (size.width, size.height))
    };
    tokio::task::spawn_blocking(work).await.ok().flatten()
}
