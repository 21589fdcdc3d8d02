//! What is counted, and its text for Prometheus. Labels come from lists of our own, never from a
//! request, so that their number has an end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, header};
use axum::routing::get;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

use crate::clock;
use crate::net::Full;

/// The media type of the text.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Where requests end by time: from what memory answers to what a slow line takes.
const SECONDS: [f64; 10] = [0.005, 0.02, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 60.0, 300.0];

/// A number that only grows.
pub type Count = Counter<u64, AtomicU64>;
type Level = Gauge<i64, AtomicI64>;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// All counters.
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Count>,
    seconds: Family<Route, Histogram>,
    refused: Family<Reason, Count>,
    limited: Family<Reason, Count>,
    /// Bytes of request bodies.
    pub received: Count,
    /// Connections that are open.
    pub sockets: Level,
    /// Requests that bring a body at this moment.
    pub arriving: Level,
    memory: Level,
}

/// Which limit a request met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Too many requests of a client.
    ClientRate,
    /// Too many uploads of a client at once.
    ClientUploads,
    /// Too many uploads at once.
    Uploads,
    /// Too many uploads under a preset.
    PresetRate,
    /// Too many uploads under an API key.
    KeyRate,
}

impl Scope {
    fn as_str(self) -> &'static str {
        match self {
            Self::ClientRate => "client_rate",
            Self::ClientUploads => "client_uploads",
            Self::Uploads => "uploads",
            Self::PresetRate => "preset_rate",
            Self::KeyRate => "key_rate",
        }
    }
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("plimsoll");
        let seconds = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> _);
        let started = Level::default();
        started.set(i64::try_from(clock::now_seconds()).unwrap_or(i64::MAX));
        let metrics = Self {
            requests: Family::default(),
            seconds,
            refused: Family::default(),
            limited: Family::default(),
            received: Count::default(),
            sockets: Level::default(),
            arriving: Level::default(),
            memory: Level::default(),
            registry: Registry::default(),
        };
        let clone = metrics.requests.clone();
        registry.register("requests", "Answered requests", clone);
        let clone = metrics.seconds.clone();
        registry.register("request_seconds", "Time to the answer's head", clone);
        let clone = metrics.refused.clone();
        registry.register("sockets_refused", "Connections above a limit", clone);
        let clone = metrics.limited.clone();
        registry.register("requests_limited", "Requests above a limit", clone);
        let clone = metrics.received.clone();
        registry.register("received_bytes", "Bytes of request bodies", clone);
        let clone = metrics.sockets.clone();
        registry.register("sockets", "Open connections", clone);
        let clone = metrics.arriving.clone();
        registry.register("uploads_arriving", "Uploads under way", clone);
        let clone = metrics.memory.clone();
        registry.register("resident_bytes", "Memory in use, on Linux", clone);
        registry.register(
            "started_seconds",
            "When the server started, since 1970",
            started,
        );
        Self {
            registry,
            ..metrics
        }
    }

    /// Counts an answered request; the route is the pattern that matched, if any did.
    pub fn answered(
        &self,
        method: &Method,
        route: Option<&str>,
        status: StatusCode,
        time: Duration,
    ) {
        let route = route.unwrap_or("other").to_owned();
        let label = Route {
            route: route.clone(),
        };
        self.seconds
            .get_or_create(&label)
            .observe(time.as_secs_f64());
        let label = Request {
            method: known(method),
            route,
            status: status.as_u16(),
        };
        self.requests.get_or_create(&label).inc();
    }

    /// Counts a refused connection.
    pub fn socket_refused(&self, full: Full) {
        let reason = match full {
            Full::All => "all",
            Full::Client => "client",
        };
        self.refused.get_or_create(&Reason { reason }).inc();
    }

    /// Counts a request that met a limit.
    pub fn limited(&self, scope: Scope) {
        let reason = scope.as_str();
        self.limited.get_or_create(&Reason { reason }).inc();
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        if let Some(bytes) = resident_bytes() {
            self.memory.set(bytes);
        }
        let mut out = String::new();
        match text::encode(&mut out, &self.registry) {
            Ok(()) => out,
            // Writing to memory doesn't fail.
            Err(_) => String::new(),
        }
    }
}

/// Takes the address of its own that metrics have: they are not for everybody.
pub async fn listen(address: &str) -> io::Result<TcpListener> {
    let failed = |error| io::Error::other(format!("metrics can't be at {address}: {error}"));
    TcpListener::bind(address).await.map_err(failed)
}

/// Serves `/metrics` there, if anywhere; never ends well.
pub async fn serve(listener: Option<TcpListener>, metrics: Arc<Metrics>) -> io::Result<()> {
    let Some(listener) = listener else {
        return std::future::pending().await;
    };
    let text = async move || ([(header::CONTENT_TYPE, TEXT)], metrics.text());
    axum::serve(listener, Router::new().route("/metrics", get(text))).await
}

/// Methods are written by clients, so unknown ones share a name.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The memory that the system says we use, where it says so.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_cannot_make_labels() {
        let metrics = Metrics::new();
        for name in ["GET", "BREW", "PURGE", "get"] {
            let method = Method::from_bytes(name.as_bytes()).expect("a method");
            metrics.answered(&method, None, StatusCode::OK, Duration::from_millis(7));
        }
        metrics.limited(Scope::ClientRate);
        metrics.socket_refused(Full::Client);
        let text = metrics.text();
        for line in [
            "plimsoll_requests_total{method=\"GET\",route=\"other\",status=\"200\"} 1\n",
            "plimsoll_requests_total{method=\"other\",route=\"other\",status=\"200\"} 3\n",
            "plimsoll_request_seconds_bucket{le=\"0.02\",route=\"other\"} 4\n",
            "plimsoll_requests_limited_total{reason=\"client_rate\"} 1\n",
            "plimsoll_sockets_refused_total{reason=\"client\"} 1\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
