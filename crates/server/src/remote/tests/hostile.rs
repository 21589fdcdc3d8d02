//! Hostile addresses by table: none of them is ever connected to, whatever is allowed.

use tokio::net::TcpListener;

use super::super::Settings;
use super::addresses::PRIVATE;
use super::{Answers, missing, open, remote};
use crate::error::{ApiError, RemoteError};

/// Loopback and the metadata of clouds, spelled as parsers forgive. `PORT` is one that listens.
const SPELLINGS: [&str; 40] = [
    "127.0.0.1:PORT",
    "127.1:PORT",
    "127.0.1:PORT",
    "127.0.0.1.:PORT",
    "127.000.000.001:PORT",
    "0177.0.0.1:PORT",
    "0177.0.0.01:PORT",
    "0x7f.0.0.1:PORT",
    "0x7f.1:PORT",
    "0x7F000001:PORT",
    "2130706433:PORT",
    "017700000001:PORT",
    "0x7f000001:PORT",
    "0:PORT",
    "0.0.0.0:PORT",
    "0x0:PORT",
    "1:PORT",
    "127.65530:PORT",
    "localhost:PORT",
    "LOCALHOST:PORT",
    "localhost.:PORT",
    "ｌocalhost:PORT",
    "１２７.０.０.１:PORT",
    "①②⑦.⓪.⓪.①:PORT",
    "127。0。0。1:PORT",
    "127%2e0%2e0%2e1:PORT",
    "%31%32%37.0.0.1:PORT",
    "[::1]:PORT",
    "[0:0:0:0:0:0:0:1]:PORT",
    "[::]:PORT",
    "[::ffff:127.0.0.1]:PORT",
    "[::ffff:7f00:1]:PORT",
    "[::127.0.0.1]:PORT",
    "[64:ff9b::127.0.0.1]:PORT",
    "[2002:7f00:1::]:PORT",
    "[2001:0:7f00:1::]:PORT",
    "169.254.169.254:PORT",
    "0xa9fea9fe:PORT",
    "2852039166:PORT",
    "[fd00:ec2::254]:PORT",
];

/// Addresses that aren't even looked up.
const MALFORMED: [&str; 76] = [
    "",
    " ",
    "/",
    "//",
    "//example.org/a",
    "/etc/passwd",
    "etc/passwd",
    "C:\\a",
    "example.org",
    "example.org/a.jpg",
    "http",
    "http:",
    "http:/",
    "http://",
    "http:///",
    "http:///a",
    "http://?",
    "http://#",
    "http://:80/",
    "http://@/",
    "http://:@/",
    "https://",
    "ftp://",
    "ftp:///a",
    "http://a:99999/",
    "http://a:-1/",
    "http://a:0/",
    "http://a:x/",
    "http://[::1/",
    "http://::1/",
    "http://[::1%25eth0]/",
    "http://[v1.a]/",
    "http://a b/",
    "http://a/ b",
    "http://a\\b/",
    "http://a\\@b/",
    "http:\\\\a/",
    "http://a/\tb",
    "http://a/\nb",
    "http://a/\r\nX: y",
    "ht\ntp://a/",
    "http://a\0b/",
    " http://a/",
    "http://a/ ",
    "http://a/\u{7f}",
    "http://user@a/",
    "http://user:password@a/",
    "http://:password@a/",
    "https://a@b/",
    "http://a:b@127.0.0.1/",
    "ftp://user@a/b",
    "ftp://user:password@a/b",
    "ftp://a%0d%0aX@b/c",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "FILE:///etc/passwd",
    "file:/etc/passwd",
    "gopher://a/1",
    "dict://a:11211/stats",
    "ldap://a/",
    "tftp://a/b",
    "sftp://a/b",
    "ssh://a/",
    "smb://a/b",
    "jar:http://a!/b",
    "javascript:alert(1)",
    "blob:http://a/b",
    "about:blank",
    "view-source:http://a/",
    "ws://a/",
    "wss://a/",
    "mailto:a@b",
    "netdoc:///etc/passwd",
    "php://filter/resource=a",
    "unix:///run/docker.sock",
    "chrome://version",
];

/// Buckets: refused in words that say why.
const BUCKETS: [&str; 8] = [
    "s3://bucket/a",
    "s3://bucket",
    "S3://bucket/a",
    "s3://bucket.s3.amazonaws.com/a",
    "s3://169.254.169.254/latest",
    "gs://bucket/a",
    "gs://bucket",
    "GS://b/../c",
];

/// Ports of services that understand more than they should.
const PORTS: [u16; 20] = [
    1, 7, 22, 23, 25, 53, 110, 135, 139, 445, 587, 2375, 3306, 5432, 6379, 8086, 9200, 11211,
    27017, 65535,
];

#[tokio::test]
async fn hostile_addresses_are_refused_and_nobody_is_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let settings = Settings {
        ports: vec![80, 443, 21, port],
        ..open()
    };
    // Every name is at home, as a stranger's name server would have it.
    let remote = remote(settings, Answers::always("127.0.0.1"));
    let mut addresses: Vec<String> = Vec::new();
    for scheme in ["http", "https", "ftp"] {
        let spelled = SPELLINGS
            .iter()
            .map(|host| format!("{scheme}://{}/a", host.replace("PORT", &port.to_string())));
        addresses.extend(spelled);
    }
    addresses.extend(PORTS.map(|port| format!("http://1.1.1.1:{port}/")));
    addresses.extend(MALFORMED.map(str::to_owned));
    addresses.extend(BUCKETS.map(str::to_owned));
    addresses.push(format!("http://a/{}", "a".repeat(5_000)));
    assert!(addresses.len() >= 220, "{}", addresses.len());
    for address in &addresses {
        let Err(error) = remote.fetch(address, 1_000).await else {
            panic!("{address} was fetched");
        };
        let told = matches!(
            error,
            ApiError::Remote(RemoteError::Refused(_) | RemoteError::Missing(_))
        );
        assert!(told, "{address}: {error:?}");
    }
    assert_no_connection(listener);
}

#[tokio::test]
async fn names_that_lead_into_private_networks_lead_nowhere() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    for address in PRIVATE {
        let private = address.parse().expect("an address");
        let public = "1.1.1.1".parse().expect("an address");
        // One private address among public ones is enough to refuse them all.
        for answer in [vec![private], vec![public, private]] {
            let settings = Settings {
                ports: vec![port],
                ..open()
            };
            let remote = remote(settings, Answers::new(vec![answer]).0);
            let url = format!("http://files.example:{port}/a");
            let error = remote.fetch(&url, 1_000).await.err().expect("refused");
            // The same words as for what doesn't exist, so that nobody learns of our network.
            assert_eq!(error, missing(&url), "{address}");
        }
    }
    assert_no_connection(listener);
}

#[tokio::test]
async fn buckets_are_refused_with_the_reason() {
    let remote = remote(open(), Answers::always("1.1.1.1"));
    for address in BUCKETS {
        let error = remote.fetch(address, 1_000).await.err().expect("refused");
        assert!(
            error.message().contains("signed https address"),
            "{address}"
        );
    }
}

#[tokio::test]
async fn nothing_is_fetched_until_a_host_is_named() {
    let off = remote(Settings::default(), Answers::always("1.1.1.1"));
    let error = off
        .fetch("https://example.org/a", 9)
        .await
        .err()
        .expect("refused");
    assert!(error.message().contains("[remote]"), "{}", error.message());
    let one = Settings {
        allow: vec!["images.example.org".to_owned()],
        ..Settings::default()
    };
    let one = remote(one, Answers::always("127.0.0.1"));
    for (address, reason) in [
        ("https://example.org/a", "host example.org is not allowed"),
        ("https://images.example.org.evil.test/a", "is not allowed"),
        ("https://1.1.1.1/a", "host 1.1.1.1 is not allowed"),
        ("http://images.example.org/a", "http is not allowed"),
        (
            "https://images.example.org:8443/a",
            "port 8443 is not allowed",
        ),
    ] {
        let error = one.fetch(address, 9).await.err().expect("refused");
        assert!(error.message().contains(reason), "{}", error.message());
    }
}

/// Whoever connected would be waiting there.
fn assert_no_connection(listener: TcpListener) {
    let listener = listener.into_std().expect("a listener");
    let error = listener.accept().expect_err("nobody");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}
