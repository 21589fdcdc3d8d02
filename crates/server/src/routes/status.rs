//! `GET /v1_1/{cloud}/upload_status/{upload_id}?upload_preset={name}`, or `?api_key={key}` of a
//! signed upload: how far an upload in chunks has come. Not part of the API that we are compatible
//! with, so nobody may depend on it unseen: answers to chunks say by `X-Upload-Status: 1` that it
//! is here.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;

use super::App;
use crate::edge;
use crate::error::ApiError;
use crate::store::{Scope, UploadKey};
use crate::upload::answer;

pub(super) async fn status(
    State(app): State<Arc<App>>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let Path((cloud, upload_id)) = path.map_err(|_| ApiError::PageNotFound)?;
    if !app.config.clouds.contains_key(&cloud) {
        return Err(ApiError::CloudUnknown(cloud));
    }
    let query = query.unwrap_or_default();
    let (preset, api_key) = (value(&query, "upload_preset"), value(&query, "api_key"));
    let scope = match (&preset, &api_key) {
        (_, Some(key)) => Scope::Key(key),
        (Some(name), None) => Scope::Preset(name),
        (None, None) => return Err(ApiError::PresetMissing),
    };
    let key = UploadKey::new(&cloud, scope, upload_id.trim());
    // In this order: an upload that is being finished is seen as one or the other.
    let progress = app.store.progress(&key).await?;
    let found = match app.store.promised(&key).await? {
        Some(earlier) => Some(answer::finished(earlier.received_bytes)),
        None => progress.map(|(progress, _)| answer::status(&progress)),
    };
    let mut response = Response::new(Body::from(
        found.ok_or(ApiError::UploadUnknown)?.to_string(),
    ));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, edge::JSON);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The value of a name in a query.
fn value(query: &str, name: &str) -> Option<String> {
    let value = query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?
        .replace('+', " ");
    let decoded = percent_decode_str(&value).decode_utf8().ok()?;
    (!decoded.is_empty()).then(|| decoded.into_owned())
}
