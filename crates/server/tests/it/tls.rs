//! The server behind TLS, with both versions of HTTP, and a certificate that is renewed.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::client::{Form, TempDir, TestServer};
use crate::data;

fn file(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/files");
    Path::new(folder).join(name)
}

/// Makes this pair the one in force; the time of the change tells that it is another.
fn put(folder: &TempDir, pair: &str) {
    for (from, to) in [("cert.pem", "cert.pem"), ("key.pem", "key.pem")] {
        let bytes = fs::read(file(&format!("{pair}.{from}"))).expect("read");
        fs::write(folder.path().join(to), bytes).expect("written");
    }
}

async fn server() -> TestServer {
    let folder = TempDir::new();
    put(&folder, "a");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let settings = format!(
        "[tls]\ncertificate = {:?}\nkey = {:?}\n[limits]\nhead_seconds_max = 1\n",
        path("cert.pem"),
        path("key.pem")
    );
    TestServer::in_folder(folder, &settings).await
}

/// A client that trusts this certificate and offers these protocols.
async fn connect(
    address: SocketAddr,
    pair: &str,
    protocols: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(file(&format!("{pair}.cert.pem")));
    roots.add(certificate.expect("PEM")).expect("a root");
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let stream = TcpStream::connect(address).await?;
    let name = "localhost".try_into().expect("a name");
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn http2_takes_uploads_and_delivers_them() {
    let server = server().await;
    let stream = connect(server.address, "a", &[b"h2", b"http/1.1"])
        .await
        .expect("TLS");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .expect("HTTP/2");
    let running = tokio::spawn(connection);
    let png = data::png(64, 64);
    let base = format!("https://localhost:{}", server.address.port());
    let upload = Request::post(format!("{base}/v1_1/demo/auto/upload"))
        .header("content-type", "multipart/form-data; boundary=xYzZY")
        .body(Body::from(Form::new().file("a.png", &png).body()))
        .expect("a request");
    let answer = sender.send_request(upload).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let body = answer
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    let asset: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let url = asset["secure_url"].as_str().expect("an URL");
    assert!(url.starts_with(&base), "{url}");
    let fetch = Request::get(url).body(Body::empty()).expect("a request");
    let answer = sender.send_request(fetch).await.expect("an answer");
    let body = answer
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    assert_eq!(&body[..], &png[..]);
    drop(sender);
    running.await.expect("no panic").expect("a good end");
}

#[tokio::test]
async fn clients_without_http2_get_http1() {
    let server = server().await;
    for protocols in [&[][..], &[&b"http/1.1"[..]][..]] {
        let mut stream = connect(server.address, "a", protocols).await.expect("TLS");
        let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.expect("sent");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn whoever_does_not_greet_is_not_waited_for() {
    let server = server().await;
    for hello in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00"] {
        let mut stream = TcpStream::connect(server.address)
            .await
            .expect("a connection");
        stream.write_all(hello).await.expect("sent");
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
        let _ = ended.await.expect("the server ends it");
        assert!(!answer.starts_with(b"HTTP"));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_renewed_certificate_needs_no_restart() {
    use crate::process::Running;

    let folder = TempDir::new();
    put(&folder, "a");
    let config = folder.path().join("plimsoll.toml");
    let text = "[tls]\ncertificate = 'cert.pem'\nkey = 'key.pem'\n[clouds.demo.presets.p]\n";
    fs::write(&config, text).expect("written");
    let config = config.display().to_string();
    let running = Running::over("https", &folder, &["--config", &config]);
    let server = running.address().parse().expect("an address");
    let connects = async |pair: &str| connect(server, pair, &[]).await.is_ok();
    assert!(connects("a").await);
    assert!(!connects("b").await);
    put(&folder, "b");
    running.signal("-HUP");
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let renewed = async {
        while !connects("b").await {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), renewed)
        .await
        .expect("renewed");
    // Junk leaves the good one in force.
    fs::write(folder.path().join("cert.pem"), "junk").expect("written");
    running.signal("-HUP");
    assert!(connects("b").await);
}
