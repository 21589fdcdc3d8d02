//! TLS by rustls: certificate and key from files, read again when they change, so that a renewed
//! certificate needs no restart.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// How often the files are looked at: certificates are renewed days before they end.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// In the order of our liking.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The certificate in force.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<(Stamp, Arc<ServerConfig>)>,
}

/// When the files were changed.
type Stamp = [Option<SystemTime>; 2];

impl Tls {
    /// Reads the files; the error names the one that is wrong.
    pub fn read(certificate: &Path, key: &Path) -> io::Result<Self> {
        let stamp = stamp(certificate, key);
        let config = load(certificate, key)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current: RwLock::new((stamp, Arc::new(config))),
        })
    }

    /// The greeting of one connection.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let config = self
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .clone();
        TlsAcceptor::from(config).accept(stream).await
    }

    /// Reads the files again if they have changed. What can't be used leaves all as it is.
    pub fn refresh(&self) {
        let stamp = stamp(&self.certificate, &self.key);
        if self
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            == stamp
        {
            return;
        }
        match load(&self.certificate, &self.key) {
            Ok(config) => {
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = (stamp, Arc::new(config));
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!(%error, "the new certificate can't be used"),
        }
    }

    /// Looks at the files now and then, and when the process is told to; never ends.
    pub async fn keep_fresh(&self) {
        let mut interval = tokio::time::interval(LOOK_EVERY);
        let mut asked = hang_up();
        loop {
            tokio::select! {
                _ = interval.tick() => {}
                () = asked.next() => {}
            }
            self.refresh();
        }
    }
}

/// Whether both ends have agreed on HTTP/2.
pub fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(PROTOCOLS[0])
}

fn stamp(certificate: &Path, key: &Path) -> Stamp {
    let changed = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|file| file.modified())
            .ok()
    };
    [changed(certificate), changed(key)]
}

fn load(certificate: &Path, key: &Path) -> io::Result<ServerConfig> {
    let wrong = |path: &Path, what: &dyn std::fmt::Display| {
        io::Error::other(format!("{} can't be used: {what}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(certificate, &error))?;
    if chain.is_empty() {
        return Err(wrong(certificate, &"it holds no certificate in PEM"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| wrong(key, &error))?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}

/// The signal by which services are told to read their files again.
struct HangUp {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

fn hang_up() -> HangUp {
    HangUp {
        #[cfg(unix)]
        signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
    }
}

impl HangUp {
    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}
