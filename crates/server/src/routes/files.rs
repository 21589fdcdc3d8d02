//! Every other address: the plain files of `www`, such as a built demo site.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::App;
use crate::error::ApiError;

pub(super) async fn file(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let mut folder = app.www.clone().ok_or(ApiError::PageNotFound)?;
    let mut response = folder.try_call(request).await?.map(Body::new);
    match response.status() {
        StatusCode::NOT_FOUND => return Err(ApiError::PageNotFound),
        StatusCode::METHOD_NOT_ALLOWED => return Err(ApiError::MethodNotAllowed),
        _ => {}
    }
    // A new build must be seen at the next load; unchanged files still cost only a 304.
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
