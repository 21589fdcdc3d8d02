//! Every other address: the plain files of `www`, such as a built demo site.

use std::io::{self, ErrorKind};
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
    let mut response = match folder.try_call(request).await {
        Ok(response) => response.map(Body::new),
        Err(error) if is_missing(&error) => return Err(ApiError::PageNotFound),
        Err(error) => return Err(error.into()),
    };
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

/// Whether there is no such file for anybody; `/file/below` is missing, too.
fn is_missing(error: &io::Error) -> bool {
    use ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    matches!(
        error.kind(),
        NotFound | NotADirectory | PermissionDenied | InvalidFilename
    )
}
