//! `POST /v1_1/{cloud}/{resource_type}/upload`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use serde_json::{Map, Value};

use super::App;
use crate::edge;
use crate::error::ApiError;
use crate::form::Kind;
use crate::limits::{Limits, UPLOAD_ID_BYTES_MAX};
use crate::sniff::ResourceType;
use crate::store::Chunk;
use crate::upload::authority::Gate;
use crate::upload::range::{self, ContentRange};
use crate::upload::telling::{Pending, Teller};
use crate::upload::{self, Outcome, Telling, chunk::Step};

const UPLOAD_ID: &str = "x-unique-upload-id";
const PART_NUMBER: &str = "x-upload-part-number";
const TOTAL_PARTS: &str = "x-upload-total-parts";
const REPLAYED: HeaderName = HeaderName::from_static("x-upload-replayed");
/// Says that the address of `routes/status.rs` can be asked.
const STATUS: HeaderName = HeaderName::from_static("x-upload-status");
const YES: HeaderValue = HeaderValue::from_static("1");

type TypedPath = Result<Path<(String, String)>, PathRejection>;

/// With a resource type in the address.
pub(super) async fn typed(
    State(app): State<Arc<App>>,
    path: TypedPath,
    request: Request,
) -> Result<Response, ApiError> {
    let Path((cloud, resource_type)) = path.map_err(|_| ApiError::PageNotFound)?;
    let wanted = match resource_type.as_str() {
        "auto" => None,
        text => match ResourceType::parse(text) {
            Some(kind) => Some(kind),
            None => return Err(ApiError::ResourceTypeUnknown(resource_type)),
        },
    };
    answer(&app, &cloud, wanted, request).await
}

/// Without one it is an image.
pub(super) async fn untyped(
    State(app): State<Arc<App>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Path(cloud) = path.map_err(|_| ApiError::PageNotFound)?;
    answer(&app, &cloud, Some(ResourceType::Image), request).await
}

async fn answer(
    app: &App,
    cloud_name: &str,
    resource_type: Option<ResourceType>,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    let prepared = prepare(app, cloud_name, resource_type, &head.headers);
    let Prepared { request, chunk } = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            upload::drain(body).await;
            return Err(error);
        }
    };
    let store = app.store.clone();
    let base = app.base(&head.headers);
    let teller = |key| Teller {
        maker: app.maker.clone(),
        notifier: app.notifier.clone(),
        base: base.clone(),
        key,
    };
    let Some((upload_id, chunk)) = chunk else {
        let (arrived, key) = upload::receive(store, request, body).await?;
        let pending = Pending::of(arrived.decision())?;
        return end(teller(key), pending, arrived.settle(), false).await;
    };
    let request = upload::ChunkRequest {
        request,
        upload_id,
        chunk,
    };
    let (step, key) = upload::chunk::upload(store, request, body).await?;
    match step {
        Step::Kept(kept) => {
            let fields = upload::answer::chunk(&kept, upload_id);
            Ok(respond(fields, Some(STATUS)))
        }
        Step::Finishing(mut finishing) => {
            let pending = finishing.pending.take();
            end(teller(key), pending, finishing.outcome(), true).await
        }
        Step::Finished(outcome) => end(teller(key), None, async { Ok(*outcome) }, true).await,
    }
}

/// Ends an upload behind its answer, or waits for its end where the client does.
async fn end(
    teller: Teller,
    pending: Option<Pending>,
    outcome: impl Future<Output = Result<Outcome, ApiError>> + Send + 'static,
    is_chunk: bool,
) -> Result<Response, ApiError> {
    if let Some(pending) = pending {
        let fields = pending.answer();
        tokio::spawn(async move { teller.end(pending, outcome.await).await });
        return Ok(respond(fields, None));
    }
    let outcome = outcome.await?;
    let mut fields = teller.told(&outcome).await?;
    if is_chunk {
        fields.insert("done".to_owned(), true.into());
    }
    Ok(respond(fields, replayed(outcome.telling)))
}

/// An answer with a header of ours that says yes, if any.
fn respond(fields: Map<String, Value>, mark: Option<HeaderName>) -> Response {
    let mut response = edge::json(Body::from(Value::Object(fields).to_string()));
    if let Some(name) = mark {
        response.headers_mut().insert(name, YES);
    }
    response
}

fn replayed(telling: Telling) -> Option<HeaderName> {
    (telling == Telling::Again).then_some(REPLAYED)
}

/// What is known of a request before its body.
struct Prepared<'a> {
    request: upload::Request<'a>,
    /// The upload ID and the bytes, where the file comes in several requests.
    chunk: Option<(&'a str, Chunk)>,
}

/// What the address and the headers say, before any of the body is kept.
fn prepare<'a>(
    app: &'a App,
    cloud_name: &'a str,
    resource_type: Option<ResourceType>,
    headers: &'a HeaderMap,
) -> Result<Prepared<'a>, ApiError> {
    let unknown = || ApiError::CloudUnknown(cloud_name.to_owned());
    let cloud = app.config.clouds.get(cloud_name).ok_or_else(unknown)?;
    let keys = app.keys.get(cloud_name).ok_or_else(unknown)?;
    let gate = Gate::new(keys, cloud, headers)?;
    let limits = &app.config.limits;
    let upload_id = upload_id(headers)?;
    let chunk = match chunk(headers, limits)? {
        Some(chunk) => Some((upload_id.ok_or(ApiError::UploadIdMissing)?, chunk)),
        None => None,
    };
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = content_type.and_then(Kind::of).ok_or(ApiError::NoForm)?;
    let request = upload::Request {
        cloud_name,
        cloud,
        gate,
        resource_type,
        kind,
        upload_id,
        limits,
        rates: &app.rates,
        remote: &app.remote,
        maker: &app.maker,
        notifier: &app.notifier,
    };
    Ok(Prepared { request, chunk })
}

fn upload_id(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(value) = headers.get(UPLOAD_ID) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_| ApiError::UploadIdInvalid)?
        .trim();
    if text.is_empty() || text.len() > UPLOAD_ID_BYTES_MAX {
        return Err(ApiError::UploadIdInvalid);
    }
    Ok(Some(text))
}

/// The bytes that the request says it has, within the limits.
fn chunk(headers: &HeaderMap, limits: &Limits) -> Result<Option<Chunk>, ApiError> {
    let part = part(headers)?;
    let Some(value) = headers.get(header::CONTENT_RANGE) else {
        return Ok(part);
    };
    if part.is_some() {
        return Err(ApiError::PartWithRange);
    }
    let text = value.to_str().map_err(|_| ApiError::RangeInvalid)?;
    let chunk = match range::parse(text) {
        None => return Err(ApiError::RangeInvalid),
        Some(ContentRange::Empty) => return Err(ApiError::FileEmpty),
        Some(ContentRange::Chunk(chunk)) => chunk,
    };
    let whole = chunk.total().unwrap_or(chunk.span().end);
    let limited = [
        (chunk.bytes(), limits.file_bytes_max),
        (whole, limits.upload_bytes_max),
    ];
    for (got, max) in limited {
        if got > max {
            return Err(ApiError::FileTooLarge { got, max });
        }
    }
    Ok(Some(chunk))
}

/// Which part of a file the request has, where they are numbered.
fn part(headers: &HeaderMap) -> Result<Option<Chunk>, ApiError> {
    let named = [PART_NUMBER, TOTAL_PARTS];
    if !named.iter().any(|name| headers.contains_key(*name)) {
        return Ok(None);
    }
    let [number, parts] = named.map(|name| {
        let mut values = headers.get_all(name).iter();
        let text = values.next()?.to_str().ok()?.trim();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        // One that was sent twice says nothing.
        let is_one = digits && values.next().is_none();
        is_one.then(|| text.parse().ok()).flatten()
    });
    let part = Chunk::part(number.unwrap_or(0), parts.unwrap_or(0));
    part.map(Some).ok_or(ApiError::PartInvalid)
}
