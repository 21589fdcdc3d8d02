//! What every answer passes on its way out: CORS, request IDs, safe defaults, caught panics.

use std::any::Any;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;
use crate::random;

/// The media type of all answers of the API.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// Without these, scripts on other origins can't read them.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("X-Cld-Error, X-Request-Id, Retry-After, X-Upload-Replayed");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, OPTIONS");
/// A day; browsers cap it themselves.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("86400");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers preflights, and adds to all other answers what they have in common.
pub async fn wrap(request: Request, next: Next) -> Response {
    let id = random::hex_32().unwrap_or_default();
    let method = request.method().clone();
    // Without the query: it may hold what must not be in a log.
    let path = request.uri().path().to_owned();
    let mut response = match preflight(&request) {
        Some(answer) => answer,
        None => next.run(request).await,
    };
    let status = response.status().as_u16();
    tracing::debug!(%method, ?path, status, id, "answered");
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// Any header may be asked for: sites add their own to all requests, and nothing here trusts one.
fn preflight(request: &Request) -> Option<Response> {
    let asked = request.headers();
    let is_preflight = request.method() == Method::OPTIONS
        && asked.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return None;
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    let vary = HeaderValue::from_static("Access-Control-Request-Headers");
    headers.insert(header::VARY, vary);
    Some((StatusCode::NO_CONTENT, headers).into_response())
}

/// A panic is our fault and tells nothing to the client.
pub fn answer_panic(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request made the server panic");
    ApiError::Internal.into_response()
}
