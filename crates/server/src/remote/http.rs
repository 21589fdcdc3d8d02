//! One request over http or https, and its answer: a file, or where it is instead. No connection
//! is used twice, nothing is decompressed, and no proxy is asked.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::{IpAddr, ServerName};
use url::Host;

use super::target::{Scheme, Target};
use crate::limits::REMOTE_HEAD_BYTES_MAX;

/// Who asks, so that a site can tell us from people.
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("plimsoll-server/", env!("CARGO_PKG_VERSION")));

/// What a server said.
pub enum Answer {
    File {
        body: Incoming,
        length: Option<u64>,
    },
    Moved(String),
    /// It has no such file, or won't give it.
    Refused(StatusCode),
    /// It would have to be decompressed, which is how a few bytes become many.
    Compressed,
}

/// Asks for the target over a connection to its host.
pub async fn get(
    stream: TcpStream,
    target: &Target,
    tls: &Arc<ClientConfig>,
) -> io::Result<Answer> {
    match target.scheme {
        Scheme::Https => {
            let connector = TlsConnector::from(tls.clone());
            let stream = connector
                .connect(server_name(&target.host)?, stream)
                .await?;
            ask(stream, target).await
        }
        Scheme::Http | Scheme::Ftp => ask(stream, target).await,
    }
}

pub fn server_name(host: &Host<String>) -> io::Result<ServerName<'static>> {
    match host {
        Host::Domain(name) => ServerName::try_from(name.clone()).map_err(io::Error::other),
        Host::Ipv4(address) => Ok(ServerName::IpAddress(IpAddr::from(*address))),
        Host::Ipv6(address) => Ok(ServerName::IpAddress(IpAddr::from(*address))),
    }
}

async fn ask<S>(stream: S, target: &Target) -> io::Result<Answer>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let request = request(target, Method::GET)
        .header(header::ACCEPT, "*/*")
        .header(header::ACCEPT_ENCODING, "identity")
        .body(Empty::<Bytes>::new())
        .map_err(io::Error::other)?;
    let response = send(stream, request).await?;
    let (head, body) = response.into_parts();
    Ok(match head.status {
        StatusCode::OK if is_compressed(&head.headers) => Answer::Compressed,
        StatusCode::OK => Answer::File {
            length: length(&head.headers),
            body,
        },
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => match text(&head.headers, header::LOCATION) {
            Some(location) => Answer::Moved(location.to_owned()),
            None => Answer::Refused(head.status),
        },
        other => Answer::Refused(other),
    })
}

/// What all requests to a target have.
pub fn request(target: &Target, method: Method) -> request::Builder {
    let host = match target.url.port() {
        Some(port) => format!("{}:{port}", target.host),
        None => target.host.to_string(),
    };
    Request::builder()
        .method(method)
        .uri(target.path_and_query())
        .header(header::HOST, host)
        .header(header::USER_AGENT, AGENT)
        .header(header::CONNECTION, "close")
}

/// Sends one request over a connection.
pub async fn send<S, B>(stream: S, request: Request<B>) -> io::Result<Response<Incoming>>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(REMOTE_HEAD_BYTES_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    // It ends when the body was read or dropped.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to a remote host broke");
        }
    });
    let response = sender.send_request(request).await;
    response.map_err(io::Error::other)
}

/// The next bytes of a file; `None` at its end.
pub async fn next(body: &mut Incoming) -> io::Result<Option<Bytes>> {
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(io::Error::other)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn is_compressed(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_ENCODING)
        .is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity"))
}

fn length(headers: &HeaderMap) -> Option<u64> {
    text(headers, header::CONTENT_LENGTH)?.parse().ok()
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
