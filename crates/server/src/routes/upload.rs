//! `POST /v1_1/{cloud}/{resource_type}/upload`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::App;
use crate::edge;
use crate::error::ApiError;
use crate::limits::UPLOAD_ID_BYTES_MAX;
use crate::multipart;
use crate::sniff::ResourceType;
use crate::upload::{self, Novelty};

const UPLOAD_ID: &str = "x-unique-upload-id";
const REPLAYED: HeaderName = HeaderName::from_static("x-upload-replayed");

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
    let (wanted, secret) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            upload::drain(body).await;
            return Err(error);
        }
    };
    let outcome = upload::upload(app.store.clone(), wanted, body).await?;
    let answer = upload::answer::answer(&outcome, &app.base(&head.headers), secret);
    let mut response = Response::new(Body::from(answer.to_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, edge::JSON);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if outcome.novelty == Novelty::Replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("1"));
    }
    Ok(response.into_response())
}

/// What the address and the headers say, before any of the body is kept.
fn prepare<'a>(
    app: &'a App,
    cloud_name: &'a str,
    resource_type: Option<ResourceType>,
    headers: &'a HeaderMap,
) -> Result<(upload::Request<'a>, &'a str), ApiError> {
    let unknown = || ApiError::CloudUnknown(cloud_name.to_owned());
    let cloud = app.config.clouds.get(cloud_name).ok_or_else(unknown)?;
    let secret = app.secrets.get(cloud_name).ok_or_else(unknown)?;
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(ApiError::SignedUnsupported);
    }
    if headers.contains_key(header::CONTENT_RANGE) || headers.contains_key("x-upload-part-number") {
        return Err(ApiError::ChunksUnsupported);
    }
    let upload_id = match headers.get(UPLOAD_ID) {
        None => None,
        Some(value) => {
            let text = value
                .to_str()
                .map_err(|_| ApiError::UploadIdInvalid)?
                .trim();
            if text.is_empty() || text.len() > UPLOAD_ID_BYTES_MAX {
                return Err(ApiError::UploadIdInvalid);
            }
            Some(text)
        }
    };
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let boundary = content_type
        .and_then(multipart::boundary)
        .ok_or(ApiError::NotMultipart)?;
    let limits = &app.config.limits;
    let request = upload::Request {
        cloud_name,
        cloud,
        resource_type,
        boundary,
        upload_id,
        limits,
    };
    Ok((request, secret))
}
