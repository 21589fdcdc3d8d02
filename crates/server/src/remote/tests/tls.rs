//! https: only with a certificate for the name that was asked for, by somebody who is trusted.
//! The certificates here are valid for a hundred years and for `files.example` only.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::super::{Remote, Settings};
use super::{Answers, missing, open, whole};

const AUTHORITY: &[u8] = include_bytes!("certificates/authority.pem");
const FILES_EXAMPLE: &[u8] = include_bytes!("certificates/files.example.pem");

/// A server that answers every request over TLS with the same file.
async fn start() -> SocketAddr {
    let certificate = CertificateDer::from_pem_slice(FILES_EXAMPLE).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(FILES_EXAMPLE).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let _ = stream.read(&mut [0; 1024]).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

#[tokio::test]
async fn certificates_must_be_right_and_trusted() {
    let address = start().await;
    let settings = Settings {
        allow_private: vec![address],
        ..open()
    };
    let mut trusted = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(AUTHORITY).expect("a certificate");
    trusted.add(authority).expect("an authority");
    for (roots, host, is_fetched) in [
        (trusted.clone(), "files.example", true),
        (trusted.clone(), "other.example", false),
        (trusted, "127.0.0.1", false),
        (RootCertStore::empty(), "files.example", false),
    ] {
        let resolver = Box::new(Answers::always("127.0.0.1"));
        let remote = Remote::with(settings.clone(), resolver, roots).expect("a remote");
        let url = format!("https://{host}:{}/a", address.port());
        let fetched = match remote.fetch(&url, 9).await {
            Ok(fetched) => whole(fetched).await,
            Err(error) => Err(error),
        };
        let expected = if is_fetched {
            Ok(b"hello".to_vec())
        } else {
            Err(missing(&url))
        };
        assert_eq!(fetched, expected, "{host}");
    }
}
