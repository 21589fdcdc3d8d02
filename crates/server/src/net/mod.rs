//! Connections: accepted within limits, by TCP or TLS, and their requests carried to the routes by
//! HTTP/1.1 or HTTP/2. What a connection may take its time for is in `watch.rs`. Knows nothing of
//! uploads.

mod client;
mod pace;
mod places;
mod tls;
mod watch;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch as signal;
use tokio::task::JoinSet;

pub use client::{Client, ClientKey, Peer, Scheme};
pub use pace::{Pace, Paced, TooSlow};
pub use places::{Full, Place, Places};
pub use tls::Tls;

use crate::limits::{HEAD_BYTES_MAX, HEAD_LINES_MAX, Limits, SHUTDOWN_GRACE, STREAMS_MAX};
use crate::metrics::Metrics;
use watch::{Answer, Limit, Socket, Watch};

/// How long a listener waits that can't accept, which happens when all file descriptors are taken:
/// long enough not to spin, short enough not to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);
/// Bytes that are read from a connection at once. Each is copied through the same buffer twice, so
/// more than fits into a core's own cache makes large uploads slower, and sixteen of them heavier.
const READ_BYTES: usize = 64 * 1024;
/// How long a connection that is told to end may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// What all connections share.
pub struct Net {
    routes: TowerToHyperService<Router>,
    tls: Option<Arc<Tls>>,
    trusted: Vec<ipnet::IpNet>,
    sockets: Arc<Places>,
    metrics: Arc<Metrics>,
    limit: Limit,
    greeting: Duration,
}

/// Done when the server stops.
type Stopping = signal::Receiver<()>;

impl Net {
    pub fn new(
        routes: Router,
        tls: Option<Arc<Tls>>,
        trusted: Vec<ipnet::IpNet>,
        limits: &Limits,
        metrics: Arc<Metrics>,
    ) -> Self {
        let head = Duration::from_secs(limits.head_seconds_max.into());
        let silence = Duration::from_secs(limits.silence_seconds_max.into());
        Self {
            routes: TowerToHyperService::new(routes),
            tls,
            trusted,
            sockets: Places::new(limits.sockets_max, limits.sockets_per_client_max),
            metrics,
            limit: Limit { head, silence },
            greeting: head,
        }
    }

    /// Serves until `shutdown` is done, and the connections have ended or their grace is over.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let net = Arc::new(self);
        let (stop, stopping) = signal::channel(());
        let mut connections = JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_ended) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, address)) => {
                        if let Some(place) = net.admit(address) {
                            let carried = net.clone().carry(stream, address, stopping.clone());
                            connections.spawn(async move {
                                carried.await;
                                drop(place);
                            });
                        }
                    }
                    Err(error) => pause(&error).await,
                },
            }
        }
        drop((listener, stop));
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(SHUTDOWN_GRACE, ended).await.is_err() {
            tracing::warn!("stopped while requests were running");
        }
        Ok(())
    }

    /// A place for a connection, unless this client or all together have too many.
    fn admit(&self, address: SocketAddr) -> Option<Open> {
        let key = ClientKey::of(address.ip());
        let key = (!client::is_trusted(&self.trusted, address.ip())).then_some(key);
        match self.sockets.take(key) {
            Ok(place) => Some(Open::new(place, self.metrics.clone())),
            Err(full) => {
                self.metrics.socket_refused(full);
                tracing::debug!(%address, ?full, "a connection was refused");
                None
            }
        }
    }

    async fn carry(self: Arc<Self>, stream: TcpStream, address: SocketAddr, stopping: Stopping) {
        // Answers are small and final: waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let Some(tls) = self.tls.clone() else {
            let peer = Peer {
                address,
                scheme: Scheme::Http,
            };
            return self.http1(stream, peer, stopping).await;
        };
        let peer = Peer {
            address,
            scheme: Scheme::Https,
        };
        match tokio::time::timeout(self.greeting, tls.accept(stream)).await {
            Ok(Ok(stream)) if tls::is_http2(&stream) => self.http2(stream, peer, stopping).await,
            Ok(Ok(stream)) => self.http1(stream, peer, stopping).await,
            Ok(Err(error)) => tracing::debug!(%address, %error, "no TLS"),
            Err(_elapsed) => tracing::debug!(%address, "no TLS in time"),
        }
    }

    async fn http1<S>(&self, stream: S, peer: Peer, stopping: Stopping)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let watch = Arc::new(Watch::new());
        let io = TokioIo::new(Socket::new(stream, watch.clone()));
        // Time limits are the watch's: hyper's own would end idle connections as early as heads.
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_headers(HEAD_LINES_MAX)
            .max_header_size(HEAD_BYTES_MAX)
            .max_buf_size(READ_BYTES)
            .serve_connection(io, self.service(peer, &watch));
        let end = |connection: Pin<&mut _>| http1::Connection::graceful_shutdown(connection);
        self.see_out(connection, end, peer, &watch, stopping).await;
    }

    async fn http2<S>(&self, stream: S, peer: Peer, stopping: Stopping)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let watch = Arc::new(Watch::new());
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_MAX)
            .max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX))
            // Notices a peer that is gone while an upload is under way.
            .keep_alive_interval(self.limit.silence)
            .keep_alive_timeout(self.limit.head)
            .serve_connection(TokioIo::new(stream), self.service(peer, &watch));
        let end = |connection: Pin<&mut _>| http2::Connection::graceful_shutdown(connection);
        self.see_out(connection, end, peer, &watch, stopping).await;
    }

    /// Stays with a connection to its end, which it is told of when the server stops or its peer
    /// has taken too long.
    async fn see_out<C>(
        &self,
        connection: C,
        end: impl FnOnce(Pin<&mut C>),
        peer: Peer,
        watch: &Watch,
        mut stopping: Stopping,
    ) where
        C: Future<Output = hyper::Result<()>>,
    {
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = told(&mut stopping, watch, self.limit) => {
                end(connection.as_mut());
                if watch.is_overdue(self.limit) {
                    let _ = tokio::time::timeout(GOODBYE, connection).await;
                    return;
                }
                connection.await
            }
        };
        note(peer, ended);
    }

    /// Hands requests to the routes, with what is known of their sender.
    fn service(
        &self,
        peer: Peer,
        watch: &Arc<Watch>,
    ) -> impl Service<
        Request<Incoming>,
        Response = Response<Answer>,
        Error = Infallible,
        Future: Send + 'static,
    > + use<> {
        let routes = self.routes.clone();
        let watch = watch.clone();
        let client = Arc::new(self.trusted.clone());
        service_fn(move |request: Request<Incoming>| {
            let running = watch.begin();
            let mut request = request.map(Body::new);
            let client = Client::of(&peer, &client, request.headers());
            request.extensions_mut().insert(client);
            let answered = routes.call(request);
            async move {
                let response = answered.await?;
                Ok(response.map(|body| running.answer(body)))
            }
        })
    }
}

/// A connection that counts.
struct Open {
    metrics: Arc<Metrics>,
    _place: Place,
}

impl Open {
    fn new(place: Place, metrics: Arc<Metrics>) -> Self {
        metrics.sockets.inc();
        Self {
            metrics,
            _place: place,
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.sockets.dec();
    }
}

/// Ends when the server stops, or the peer has taken too long.
async fn told(stopping: &mut Stopping, watch: &Watch, limit: Limit) {
    tokio::select! {
        _stopped = stopping.changed() => {}
        () = watch.overdue(limit) => {}
    }
}

/// What goes wrong on a connection is mostly its peer's; who looks for it finds it.
fn note(peer: Peer, ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(peer = %peer.address, %error, "a connection broke");
    }
}

/// A peer that is gone before it was accepted is nothing; anything else may last.
async fn pause(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::error!(%error, "no connection can be accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
