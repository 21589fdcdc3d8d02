//! Files that the server fetches itself, because `file` is an address: from hosts that the
//! configuration allows, from public addresses only, within limits of size and time. A stranger
//! chooses the address, so every step of it is judged as if he meant harm.

mod address;
mod connect;
mod ftp;
mod http;
mod post;
mod settings;
mod target;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::error::{ApiError, RemoteError};
use crate::limits::{REMOTE_REDIRECTS_MAX, REMOTE_TOTAL, REMOTE_WORK_MAX};

pub use post::Letter;
pub use settings::Settings;

use connect::{Resolve, System};
use target::{Scheme, Target};

/// Fetches files.
pub struct Remote {
    settings: Settings,
    resolver: Box<dyn Resolve>,
    tls: Arc<ClientConfig>,
    work: Arc<Semaphore>,
    /// How long one file may take.
    total: Duration,
}

/// A file that is coming.
pub struct Fetched {
    /// Its cleaned name.
    pub file_name: String,
    source: Source,
    asked: String,
    bytes: u64,
    bytes_max: u64,
    end: Instant,
    _turn: OwnedSemaphorePermit,
}

enum Source {
    Http(hyper::body::Incoming),
    Ftp(Box<ftp::Download>),
}

/// Why there is no file.
#[derive(Debug)]
enum Failure {
    /// It may not be asked for; this can be told.
    Refused(String),
    /// It may be asked for, but isn't to be had. What exactly failed is for the log only: it would
    /// tell a stranger what is in our network.
    Missing(String),
    TooLarge(u64),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Missing(error.to_string())
    }
}

impl Remote {
    /// With the certificates that this machine trusts.
    pub fn new(settings: Settings) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        if settings.allows_scheme("https") && !settings.allow.is_empty() {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                tracing::warn!(
                    "this machine trusts no certificates, so no remote file can be fetched by \
                     https. Install its package ca-certificates."
                );
            }
        }
        Self::with(settings, Box::new(System), roots)
    }

    fn with(
        settings: Settings,
        resolver: Box<dyn Resolve>,
        roots: RootCertStore,
    ) -> io::Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            settings,
            resolver,
            tls: Arc::new(tls),
            work: Arc::new(Semaphore::new(REMOTE_WORK_MAX)),
            total: REMOTE_TOTAL,
        })
    }

    /// Begins to fetch a file of at most this size.
    pub async fn fetch(&self, address: &str, bytes_max: u64) -> Result<Fetched, ApiError> {
        if self.settings.allow.is_empty() {
            return Err(RemoteError::Off.into());
        }
        let end = Instant::now() + self.total;
        let begun = tokio::time::timeout_at(end, self.begin(address, bytes_max));
        let begun = begun
            .await
            .unwrap_or_else(|_elapsed| Err(Failure::Missing("it took too long".to_owned())));
        let (source, target, turn) = begun.map_err(|failure| told(failure, address, bytes_max))?;
        Ok(Fetched {
            file_name: target.file_name(),
            source,
            asked: address.to_owned(),
            bytes: 0,
            bytes_max,
            end,
            _turn: turn,
        })
    }

    async fn begin(
        &self,
        address: &str,
        bytes_max: u64,
    ) -> Result<(Source, Target, OwnedSemaphorePermit), Failure> {
        let mut target = Target::parse(address, &self.settings).map_err(Failure::Refused)?;
        let turn = self.work.clone().acquire_owned().await;
        let turn = turn.map_err(|_closed| Failure::Missing("it stopped".to_owned()))?;
        for _ in 0..=REMOTE_REDIRECTS_MAX {
            let resolver = self.resolver.as_ref();
            let (host, port) = (&target.host, target.port);
            let stream = connect::connect(resolver, &self.settings, host, port).await?;
            if target.scheme == Scheme::Ftp {
                let download = ftp::get(stream, &target).await?;
                return Ok((Source::Ftp(Box::new(download)), target, turn));
            }
            match http::get(stream, &target, &self.tls).await? {
                http::Answer::File { length, .. } if length.is_some_and(|got| got > bytes_max) => {
                    return Err(Failure::TooLarge(length.unwrap_or_default()));
                }
                http::Answer::File { body, .. } => {
                    return Ok((Source::Http(body), target, turn));
                }
                http::Answer::Moved(to) => {
                    target = target
                        .redirected(&to, &self.settings)
                        .map_err(Failure::Missing)?;
                }
                http::Answer::Refused(status) => {
                    return Err(Failure::Missing(format!("it answered {status}")));
                }
                http::Answer::Compressed => {
                    return Err(Failure::Refused(
                        "its server sends it compressed, and nothing is decompressed here"
                            .to_owned(),
                    ));
                }
            }
        }
        Err(Failure::Missing("too many redirects".to_owned()))
    }
}

impl Fetched {
    /// The next bytes; `None` when the file is whole.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        let waited = tokio::time::timeout_at(self.end, async {
            match &mut self.source {
                Source::Http(body) => http::next(body).await,
                Source::Ftp(download) => download.next().await,
            }
        });
        let failure = match waited.await {
            Ok(Ok(Some(bytes))) => {
                self.bytes += bytes.len() as u64;
                if self.bytes <= self.bytes_max {
                    return Ok(Some(bytes));
                }
                Failure::TooLarge(self.bytes)
            }
            Ok(Ok(None)) => return Ok(None),
            Ok(Err(error)) => error.into(),
            Err(_elapsed) => Failure::Missing("it took too long".to_owned()),
        };
        Err(told(failure, &self.asked, self.bytes_max))
    }
}

/// What the client hears; the log hears all.
fn told(failure: Failure, asked: &str, max: u64) -> ApiError {
    let shown = target::shown(asked);
    match failure {
        Failure::Refused(reason) => RemoteError::Refused(reason).into(),
        Failure::TooLarge(got) => ApiError::FileTooLarge { got, max },
        Failure::Missing(reason) => {
            tracing::info!(url = shown, reason, "a remote file can't be fetched");
            RemoteError::Missing(shown).into()
        }
    }
}
