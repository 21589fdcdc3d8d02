//! What every answer passes on its way out: CORS, request IDs, safe defaults, caught panics.

use std::any::Any;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::ApiError;
use crate::random;

/// The media type of all answers of the API.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// Without these, scripts on other origins can't read them.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "X-Cld-Error, X-Request-Id, Retry-After, X-Upload-Replayed, X-Upload-Offset, X-Upload-Status",
);
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, OPTIONS");
/// A day; browsers cap it themselves.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("86400");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An answer of the API that nobody keeps.
pub fn json(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Puts the edge around all routes.
pub fn around(routes: Router) -> Router {
    routes
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn(wrap))
}

/// Answers preflights, and adds to all other answers what they have in common.
async fn wrap(request: Request, next: Next) -> Response {
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
fn answer_panic(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request made the server panic");
    ApiError::Internal.into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    async fn broken() -> &'static str {
        panic!("a secret detail")
    }

    #[tokio::test]
    async fn a_panic_is_answered_like_any_trouble_of_our_own() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let routes = super::around(Router::new().route("/", get(broken)));
        let server = tokio::spawn(axum::serve(listener, routes).into_future());
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        server.abort();
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        assert!(
            answer.contains("access-control-allow-origin: *"),
            "{answer}"
        );
        assert!(answer.contains("x-cld-error: General Error"), "{answer}");
        assert!(!answer.contains("secret"), "{answer}");
    }
}
