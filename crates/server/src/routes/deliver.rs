//! `GET /{cloud}/{resource_type}/{delivery_type}/[s--{signature}--/][transformation/][v{version}/]
//! {public_id}[.{ext}]`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::App;
use crate::delivery::{
    self, Address, Encoding, Made, MadeBytes, Output, Place, Steps, Wish, range,
};
use crate::error::ApiError;
use crate::keys::Keys;
use crate::names;
use crate::sniff::{self, Display, ResourceType};
use crate::store::{Blob, PUBLIC};

/// The URL names the version, and a version never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Without the version the address may show another version one day.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// What only some may see is no business of caches that many share.
const PRIVATE_HOUR: HeaderValue = HeaderValue::from_static("private, max-age=3600");
/// Should a browser show the file after all, it can run and load nothing.
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// The delivery types that have addresses. Whatever is not public needs a signature.
pub(super) const TYPES: [&str; 3] = [PUBLIC, "private", "authenticated"];

type DeliveryPath = Result<Path<(String, String, String)>, PathRejection>;

pub(super) async fn deliver(
    State(app): State<Arc<App>>,
    path: DeliveryPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Path((cloud, resource_type, rest)) = path.map_err(|_| ApiError::PageNotFound)?;
    let delivery_type = uri.path().split('/').nth(3).unwrap_or_default();
    let is_known = app.config.clouds.contains_key(&cloud);
    let Some(kind) = ResourceType::parse(&resource_type).filter(|_| is_known) else {
        return Err(ApiError::AssetNotFound);
    };
    let place = Place {
        cloud: &cloud,
        kind,
        delivery_type,
    };
    let signed = signed(&app, &place, &rest, &uri)?;
    let address = delivery::find(&app.store, &place, signed.rest).await?;
    if address.record.extras.is_protected() && !signed.is_signed {
        return Err(ApiError::DeliveryUnsigned);
    }
    let steps = Steps::parse(&address.transformation)?;
    let accept = headers.get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    let content = match Output::of(&address, &steps, accept.unwrap_or_default())? {
        Output::Original => original(&app, &address).await?,
        Output::Made(encoding) => made(&app, &address, &steps, encoding).await?,
    };
    let mut response = send(content, &address, &headers).await?;
    if steps.format() == Some(Wish::Auto) {
        let vary = HeaderValue::from_static("Accept");
        response.headers_mut().insert(header::VARY, vary);
    }
    Ok(response)
}

/// An address whose signature has been looked at.
struct Signed<'a> {
    /// What stands behind it.
    rest: &'a str,
    is_signed: bool,
}

/// Looks at the signature: where one is it must be right, and delivery types that are not public
/// need one, whatever is there, so that nobody hears what there is.
fn signed<'a>(
    app: &App,
    place: &Place<'_>,
    rest: &'a str,
    uri: &Uri,
) -> Result<Signed<'a>, ApiError> {
    let found = rest
        .split_once('/')
        .and_then(|(first, behind)| Some((delivery::signature::of_segment(first)?, behind)));
    let Some((signature, behind)) = found else {
        return if place.delivery_type == PUBLIC {
            let is_signed = false;
            Ok(Signed { rest, is_signed })
        } else {
            Err(ApiError::DeliveryUnsigned)
        };
    };
    let keys = app.keys.get(place.cloud);
    let secrets: Vec<&str> = keys.into_iter().flat_map(Keys::all).collect();
    // Signed is what stands in the address, where other clients than browsers encode less.
    let raw = uri.path().splitn(6, '/').nth(5).unwrap_or_default();
    let is_signed = [raw, behind]
        .into_iter()
        .any(|text| delivery::signature::is_by(signature, &delivery::signed_text(text), &secrets));
    let signed = Signed {
        rest: behind,
        is_signed,
    };
    is_signed
        .then_some(signed)
        .ok_or(ApiError::DeliveryUnsigned)
}

/// Where the bytes of an answer are.
enum Source {
    Stored(Blob),
    Memory(Bytes),
}

/// What is about to be sent.
struct Content {
    source: Source,
    etag: String,
    media_type: &'static str,
    display: Display,
}

async fn original(app: &App, address: &Address) -> Result<Content, ApiError> {
    let format = sniff::by_media_type(&address.record.media_type);
    let blob = app.store.blob(&address.record).await?;
    Ok(Content {
        source: Source::Stored(blob.ok_or(ApiError::AssetNotFound)?),
        etag: address.record.etag.clone(),
        media_type: format.media_type,
        display: format.display,
    })
}

/// The result of a transformation, made now or earlier.
async fn made(
    app: &App,
    address: &Address,
    steps: &Steps,
    encoding: Encoding,
) -> Result<Content, ApiError> {
    let Made { bytes, etag } = app.maker.made(address, steps, encoding).await?;
    let source = match bytes {
        MadeBytes::Kept(blob) => Source::Stored(blob),
        MadeBytes::Fresh(bytes) => Source::Memory(bytes),
    };
    Ok(Content {
        source,
        etag,
        media_type: encoding.media_type(),
        display: Display::Inline,
    })
}

async fn send(
    content: Content,
    address: &Address,
    asked: &HeaderMap,
) -> Result<Response, ApiError> {
    let etag = format!("\"{}\"", content.etag);
    let mut headers = common_headers(&content, address, &etag);
    if range::is_unchanged(asked, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let size = match &content.source {
        Source::Memory(bytes) => bytes.len() as u64,
        Source::Stored(blob) => blob.bytes(),
    };
    let (status, start, length) = match range::wanted(asked, &etag, size) {
        range::Wanted::Whole => (StatusCode::OK, 0, size),
        range::Wanted::Part { start, length } => {
            let end = start + length - 1;
            insert(
                &mut headers,
                header::CONTENT_RANGE,
                &format!("bytes {start}-{end}/{size}"),
            );
            (StatusCode::PARTIAL_CONTENT, start, length)
        }
        range::Wanted::Outside => {
            insert(
                &mut headers,
                header::CONTENT_RANGE,
                &format!("bytes */{size}"),
            );
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    insert(&mut headers, header::CONTENT_LENGTH, &length.to_string());
    let body = match content.source {
        Source::Stored(blob) => Body::from_stream(blob.stream(start, length).await?),
        Source::Memory(bytes) => {
            // Both numbers are at most the length of bytes in memory.
            let start = usize::try_from(start).unwrap_or(0);
            let length = usize::try_from(length).unwrap_or(bytes.len());
            Body::from(bytes.slice(start..start + length))
        }
    };
    Ok((status, headers, body).into_response())
}

fn common_headers(content: &Content, address: &Address, etag: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content.media_type),
    );
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let is_exact = address.version == Some(address.record.version);
    let kept = match (address.record.extras.is_protected(), is_exact) {
        (false, true) => FOREVER,
        (false, false) => AN_HOUR,
        (true, _) => PRIVATE_HOUR,
    };
    headers.insert(header::CACHE_CONTROL, kept);
    headers.insert(
        CROSS_ORIGIN_RESOURCE_POLICY,
        HeaderValue::from_static("cross-origin"),
    );
    insert(&mut headers, header::ETAG, etag);
    if content.display == Display::Attachment {
        let name = names::in_disposition(&address.record.file_name);
        let disposition = format!("attachment; filename*=UTF-8''{name}");
        insert(&mut headers, header::CONTENT_DISPOSITION, &disposition);
        headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    }
    headers
}

fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    // All texts here are our own ASCII.
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
