//! What every request passes on its way in, and every answer on its way out: who sent it, rate
//! limits, the pace of bodies; request IDs, safe defaults, caught panics, the count and the line in
//! the log. Pages of other origins are judged in `cors.rs`.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::cors::{self, Origins, Verdict};
use crate::error::ApiError;
use crate::limits::{Limits, WIRE_CHUNK_BYTES_MIN};
use crate::metrics::{Metrics, Scope};
use crate::net::{Client, ClientKey, Full, Pace, Paced, Place, Places, Scheme};
use crate::rates::Rates;
use crate::{random, upload};

/// The media type of all answers of the API.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const CHUNK_MIN: HeaderName = HeaderName::from_static("x-upload-chunk-min");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// When a client with too many uploads at once may try again: as long as a small upload takes.
const UPLOADS_WAIT: Duration = Duration::from_secs(2);

/// What the edge of one server needs.
pub struct Edge {
    rates: Rates<ClientKey>,
    uploads: Arc<Places>,
    pace: Pace,
    origins: Origins,
    /// The smallest chunk, where it is another than clients expect.
    chunk_min: Option<HeaderValue>,
    metrics: Arc<Metrics>,
}

impl Edge {
    pub fn new(limits: &Limits, origins: Origins, metrics: Arc<Metrics>) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let chunk_min = limits.chunk_bytes_min;
        Self {
            chunk_min: (chunk_min != WIRE_CHUNK_BYTES_MIN).then(|| HeaderValue::from(chunk_min)),
            rates: Rates::new(limits.client_requests_per_minute_max, Instant::now()),
            uploads: Places::new(limits.uploads_max, limits.uploads_per_client_max),
            pace: Pace {
                silence: seconds(limits.silence_seconds_max),
                window: seconds(limits.pace_seconds),
                window_bytes_min: u64::from(limits.pace_bytes_min) * u64::from(limits.pace_seconds),
            },
            origins,
            metrics,
        }
    }
}

/// An answer of the API that nobody keeps.
pub fn json(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Puts the edge around all routes.
pub fn around(routes: Router, edge: Arc<Edge>) -> Router {
    routes
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn_with_state(edge, wrap))
}

/// Answers preflights, and adds to all other answers what they have in common.
async fn wrap(State(edge): State<Arc<Edge>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = random::hex_32().unwrap_or_default();
    let method = request.method().clone();
    // Without the query: it may hold what must not be in a log.
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let client = request.extensions().get::<Client>().cloned();
    settle(&mut request, client.as_ref());
    let scheme = client.as_ref().map_or(Scheme::Http, |client| client.scheme);
    let verdict = edge.origins.judge(request.headers(), scheme);
    let mut response = match cors::preflight(&method, request.headers()) {
        Some(answer) => answer,
        None => edge.pass(request, next, client.as_ref(), &verdict).await,
    };
    let (status, time) = (response.status(), started.elapsed());
    let route = route.as_ref().map(MatchedPath::as_str);
    edge.metrics.answered(&method, route, status, time);
    let address = client.map(|client| client.address.to_string());
    tracing::info!(
        %method,
        path,
        status = status.as_u16(),
        ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        client = address.unwrap_or_default(),
        id,
        "answered"
    );
    let headers = response.headers_mut();
    verdict.mark(headers);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(chunk_min) = &edge.chunk_min
        && route.is_some_and(|route| route.ends_with("/upload"))
    {
        headers.insert(CHUNK_MIN, chunk_min.clone());
    }
    response
}

/// Leaves in the headers only what can be believed about how the request came, at one place for
/// HTTP/1.1 and HTTP/2, so that routes need not know of proxies.
fn settle(request: &mut Request, client: Option<&Client>) {
    let authority = request.uri().authority().map(ToString::to_string);
    let headers = request.headers_mut();
    headers.remove(FORWARDED_PROTO);
    headers.remove(FORWARDED_HOST);
    if let Some(authority) = authority.filter(|_| !headers.contains_key(header::HOST))
        && let Ok(host) = HeaderValue::from_str(&authority)
    {
        headers.insert(header::HOST, host);
    }
    let Some(client) = client else {
        return;
    };
    if client.scheme == Scheme::Https {
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static("https"));
    }
    if let Some(Ok(host)) = client.host.as_deref().map(HeaderValue::from_str) {
        headers.insert(FORWARDED_HOST, host);
    }
}

impl Edge {
    /// Lets a request through to its route, if its sender is within the limits.
    async fn pass(
        &self,
        request: Request,
        next: Next,
        client: Option<&Client>,
        verdict: &Verdict,
    ) -> Response {
        let request = request
            .map(|body| Body::new(Paced::new(body, self.pace, self.metrics.received.clone())));
        if *verdict == Verdict::Refused && request.method() == Method::POST {
            upload::drain(request.into_body()).await;
            return ApiError::OriginRefused.into_response();
        }
        match self.admit(&request, client) {
            Ok(place) => {
                let _arriving = place.map(|place| Arriving::new(place, &self.metrics));
                next.run(request).await
            }
            Err((scope, wait)) => {
                self.metrics.limited(scope);
                // Who is cut off while sending hears nothing, and tries again at once.
                upload::drain(request.into_body()).await;
                ApiError::RateLimited { wait }.into_response()
            }
        }
    }

    /// A place for an upload, where the request is one; else how long to wait.
    fn admit(
        &self,
        request: &Request,
        client: Option<&Client>,
    ) -> Result<Option<Place>, (Scope, Duration)> {
        let Some(client) = client else {
            return Ok(None);
        };
        let taken = self.rates.take(Instant::now(), client.key());
        taken.map_err(|too_often| (Scope::ClientRate, too_often.wait))?;
        if request.method() != Method::POST {
            return Ok(None);
        }
        // A proxy that names nobody stands for all of its clients.
        let key = (!client.is_proxy).then(|| client.key());
        let taken = self.uploads.take(key).map_err(|full| match full {
            Full::All => (Scope::Uploads, UPLOADS_WAIT),
            Full::Client => (Scope::ClientUploads, UPLOADS_WAIT),
        });
        taken.map(Some)
    }
}

/// An upload under way.
struct Arriving<'a> {
    metrics: &'a Metrics,
    _place: Place,
}

impl<'a> Arriving<'a> {
    fn new(place: Place, metrics: &'a Metrics) -> Self {
        metrics.arriving.inc();
        Self {
            metrics,
            _place: place,
        }
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        self.metrics.arriving.dec();
    }
}

/// A panic is our fault and tells nothing to the client.
fn answer_panic(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request made the server panic");
    ApiError::Internal.into_response()
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn broken() -> &'static str {
        panic!("a secret detail")
    }

    #[tokio::test]
    async fn a_panic_is_answered_like_any_trouble_of_our_own() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let edge = Edge::new(
            &Limits::default(),
            Origins::new(Vec::new()),
            Arc::new(Metrics::new()),
        );
        let routes = around(Router::new().route("/", get(broken)), Arc::new(edge));
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
