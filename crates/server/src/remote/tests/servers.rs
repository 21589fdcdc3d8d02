//! Servers that answer: files, redirects, lies, and silence.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::super::{Remote, Settings};
use super::{Answers, SHORT, STALL, Site, missing, open, remote, whole};
use crate::error::ApiError;

fn file(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn moved(status: u16, to: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

/// The path that a head asks for.
fn path(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

async fn fetched(remote: &Remote, url: &str) -> Result<Vec<u8>, ApiError> {
    whole(remote.fetch(url, 1_000).await?).await
}

#[tokio::test]
async fn a_file_comes_with_its_name_and_without_ours() {
    let site = Site::start(|_| file("hello")).await;
    let remote = remote(site.settings(), Answers::always("127.0.0.1"));
    let url = site.named("a/holiday%20photo.jpg?size=%22large%22#top");
    let fetched = remote.fetch(&url, 5).await.expect("a file");
    assert_eq!(fetched.file_name, "holiday photo.jpg");
    assert_eq!(whole(fetched).await, Ok(b"hello".to_vec()));
    let head = &site.heads()[0];
    assert!(
        head.starts_with("GET /a/holiday%20photo.jpg?size=%22large%22 HTTP/1.1\r\n"),
        "{head}"
    );
    let lower = head.to_ascii_lowercase();
    let port = site.address.port();
    assert!(
        lower.contains(&format!("\r\nhost: files.example:{port}\r\n")),
        "{head}"
    );
    assert!(
        lower.contains("\r\naccept-encoding: identity\r\n"),
        "{head}"
    );
    for secret in ["cookie", "authorization", "referer", "x-forwarded", "proxy"] {
        assert!(!lower.contains(secret), "{head}");
    }
}

#[tokio::test]
async fn redirects_are_followed_so_far_and_each_is_judged() {
    let site = Site::start(|head| match path(head) {
        "/end" => file("found"),
        "/1" => moved(301, "/end"),
        "/2" => moved(302, "1"),
        "/3" => moved(307, "//files.example:PORT/2"),
        "/4" => moved(308, "/3"),
        "/loop" => moved(303, "/loop"),
        "/private" => moved(302, "http://10.0.0.1/"),
        "/other" => moved(302, "http://127.0.0.2/"),
        "/metadata" => moved(302, "http://169.254.169.254/latest/meta-data/"),
        "/decimal" => moved(302, "http://2130706433/"),
        "/port" => moved(302, "http://files.example:22/"),
        "/file" => moved(302, "file:///etc/passwd"),
        "/ftp" => moved(302, "ftp://files.example/a"),
        "/gopher" => moved(302, "gopher://files.example:6379/_"),
        "/user" => moved(302, "http://user:password@files.example/"),
        "/bad" => moved(302, "http://[::1"),
        _ => b"HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n".to_vec(),
    })
    .await;
    let remote = remote(site.settings(), Answers::always("127.0.0.1"));
    for (path, is_found) in [
        ("end", true),
        ("1", true),
        ("2", true),
        ("loop", false),
        ("private", false),
        ("other", false),
        ("metadata", false),
        ("decimal", false),
        ("port", false),
        ("file", false),
        ("ftp", false),
        ("gopher", false),
        ("user", false),
        ("bad", false),
        ("nowhere", false),
        ("3", false),
        ("4", false),
    ] {
        let url = site.named(path);
        let expected = if is_found {
            Ok(b"found".to_vec())
        } else {
            Err(missing(&url))
        };
        assert_eq!(fetched(&remote, &url).await, expected, "{path}");
    }
    let loops = site
        .heads()
        .iter()
        .filter(|head| path(head) == "/loop")
        .count();
    assert_eq!(loops, 4, "the first request and three redirects");
}

#[tokio::test]
async fn a_redirect_to_a_host_that_is_not_named_is_not_followed() {
    let site = Site::start(|head| match path(head) {
        "/a" => moved(302, "http://evil.test/b"),
        _ => file("found"),
    })
    .await;
    let settings = Settings {
        allow: vec!["files.example".to_owned()],
        ..site.settings()
    };
    let remote = remote(settings, Answers::always("127.0.0.1"));
    assert!(fetched(&remote, &site.named("a")).await.is_err());
    assert!(fetched(&remote, &site.named("b")).await.is_ok());
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once_per_hop() {
    let site = Site::start(|head| match path(head) {
        "/again" => moved(302, "/file"),
        _ => file("found"),
    })
    .await;
    let home = "127.0.0.1".parse().expect("an address");
    let inside = "10.0.0.1".parse().expect("an address");
    // Whoever asks a second time for the connection would get the second answer.
    let (answers, asked) = Answers::new(vec![vec![home], vec![inside]]);
    let one = remote(site.settings(), answers);
    assert_eq!(
        fetched(&one, &site.named("file")).await,
        Ok(b"found".to_vec())
    );
    assert_eq!(*asked.lock().expect("no panic"), 1);
    // On a redirect it is asked anew, and what it says then is checked anew.
    let (answers, asked) = Answers::new(vec![vec![home], vec![inside]]);
    let two = remote(site.settings(), answers);
    assert!(fetched(&two, &site.named("again")).await.is_err());
    assert_eq!(*asked.lock().expect("no panic"), 2);
}

#[tokio::test]
async fn answers_that_are_no_whole_file_of_this_size_are_none() {
    let site = Site::start(|head| match path(head) {
        "/large" => file(&"a".repeat(1_001)),
        "/chunked" => {
            let chunk = format!("3e8\r\n{}\r\n", "a".repeat(1_000));
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}1\r\na\r\n0\r\n\r\n"
            )
            .into_bytes()
        }
        "/short" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello".to_vec(),
        "/cut" => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel".to_vec(),
        "/gzip" => {
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello".to_vec()
        }
        "/head" => {
            let header = format!("X-Long: {}\r\n", "a".repeat(300_000));
            format!("HTTP/1.1 200 OK\r\n{header}Content-Length: 5\r\n\r\nhello").into_bytes()
        }
        "/error" => b"HTTP/1.1 500 X\r\nContent-Length: 5\r\n\r\nhello".to_vec(),
        "/part" => b"HTTP/1.1 206 X\r\nContent-Length: 5\r\n\r\nhello".to_vec(),
        "/login" => b"HTTP/1.1 401 X\r\nContent-Length: 5\r\n\r\nhello".to_vec(),
        "/junk" => b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(),
        _ => Vec::new(),
    })
    .await;
    let remote = remote(site.settings(), Answers::always("127.0.0.1"));
    for path in ["large", "chunked"] {
        let error = fetched(&remote, &site.url(path))
            .await
            .expect_err("too large");
        assert!(
            matches!(error, ApiError::FileTooLarge { max: 1_000, .. }),
            "{path}: {error:?}"
        );
    }
    for path in [
        "short", "cut", "head", "error", "part", "login", "junk", "empty",
    ] {
        let url = site.url(path);
        assert_eq!(fetched(&remote, &url).await, Err(missing(&url)), "{path}");
    }
    let error = fetched(&remote, &site.url("gzip"))
        .await
        .expect_err("compressed");
    assert!(
        error.message().contains("decompressed"),
        "{}",
        error.message()
    );
}

#[tokio::test]
async fn servers_that_stall_are_given_up() {
    let site = Site::start(|head| match path(head) {
        "/head" => STALL.to_vec(),
        _ => [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", STALL].concat(),
    })
    .await;
    let remote = Remote {
        total: SHORT,
        ..remote(site.settings(), Answers::always("127.0.0.1"))
    };
    for path in ["head", "body"] {
        let url = site.url(path);
        let waited = tokio::time::timeout(Duration::from_secs(10), fetched(&remote, &url));
        assert_eq!(waited.await.expect("in time"), Err(missing(&url)), "{path}");
    }
}

#[tokio::test]
async fn only_so_many_files_are_fetched_at_once() {
    let site = Site::start(|_| file("hello")).await;
    let remote = Remote {
        total: SHORT,
        ..remote(site.settings(), Answers::always("127.0.0.1"))
    };
    let mut held = Vec::new();
    for _ in 0..crate::limits::REMOTE_WORK_MAX {
        held.push(remote.fetch(&site.url("a"), 9).await.expect("a file"));
    }
    let url = site.url("a");
    assert_eq!(fetched(&remote, &url).await, Err(missing(&url)));
    held.pop();
    assert_eq!(fetched(&remote, &url).await, Ok(b"hello".to_vec()));
}

/// An ftp server for one client, which answers each command by the table.
async fn ftp(answers: fn(&str, u16) -> String) -> (String, Settings) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let data = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = data.local_addr().expect("an address").port();
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let _ = write
                .write_all(b"220-Welcome\r\n to this\r\n220 server\r\n")
                .await;
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = answers(&line, port);
                let _ = write.write_all(answer.as_bytes()).await;
                if line.starts_with("RETR") {
                    // It is there by now, and whoever gets no file leaves it.
                    let (mut stream, _) = data.accept().await.expect("a connection");
                    if !answer.starts_with("150") {
                        continue;
                    }
                    let _ = stream.write_all(b"hello").await;
                    drop(stream);
                    let end = if line.ends_with("broken") {
                        "426 no\r\n"
                    } else {
                        "226 done\r\n"
                    };
                    let _ = write.write_all(end.as_bytes()).await;
                }
            }
        }
    });
    let settings = Settings {
        allow_private: vec![address],
        ..open()
    };
    (format!("ftp://{address}"), settings)
}

fn friendly(line: &str, port: u16) -> String {
    let (high, low) = (port >> 8, port & 255);
    match line.split(' ').next().unwrap_or_default() {
        "USER" => "331 and?\r\n".to_owned(),
        "PASS" => "230-hello\r\n230 you\r\n".to_owned(),
        "TYPE" => "200 yes\r\n".to_owned(),
        "EPSV" => "500 what?\r\n".to_owned(),
        // The address is that of somebody else.
        "PASV" => format!("227 Entering Passive Mode (169,254,169,254,{high},{low})\r\n"),
        "RETR" if line == "RETR pub/a b" || line == "RETR broken" => "150 comes\r\n".to_owned(),
        _ => "550 no\r\n".to_owned(),
    }
}

#[tokio::test]
async fn a_file_comes_over_ftp_from_the_address_that_was_checked() {
    let (base, settings) = ftp(friendly).await;
    let remote = remote(settings, Answers::always("127.0.0.1"));
    assert_eq!(
        fetched(&remote, &format!("{base}/pub/a%20b")).await,
        Ok(b"hello".to_vec())
    );
    for path in ["/missing", "/broken", "/a%0d%0aDELE%20b", "/", ""] {
        assert!(
            fetched(&remote, &format!("{base}{path}")).await.is_err(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn ftp_servers_that_lead_elsewhere_or_nowhere_are_left() {
    let scripts: [fn(&str, u16) -> String; 5] = [
        |line, port| match line {
            // A service of this machine that isn't meant to be reached.
            "EPSV" => "229 here (|||25|)\r\n".to_owned(),
            _ => friendly(line, port),
        },
        |line, port| match line {
            "EPSV" => "229 here (|1|10.0.0.1|6446|)\r\n".to_owned(),
            _ => friendly(line, port),
        },
        |line, port| match line {
            "TYPE I" => "200-\r\n".repeat(200),
            _ => friendly(line, port),
        },
        |line, port| match line {
            "TYPE I" => "2".repeat(2_000),
            _ => friendly(line, port),
        },
        |line, port| match line.split(' ').next() {
            Some("PASS") => "530 who?\r\n".to_owned(),
            _ => friendly(line, port),
        },
    ];
    for (index, script) in scripts.into_iter().enumerate() {
        let (base, settings) = ftp(script).await;
        let remote = remote(settings, Answers::always("127.0.0.1"));
        let url = format!("{base}/pub/a%20b");
        assert_eq!(fetched(&remote, &url).await, Err(missing(&url)), "{index}");
    }
}

#[tokio::test]
async fn users_of_ftp_are_named_only_where_that_is_allowed() {
    fn strict(line: &str, port: u16) -> String {
        match line {
            "USER me" => "331 and?\r\n".to_owned(),
            "PASS se cret" => "230 hello\r\n".to_owned(),
            other if other.starts_with("USER") || other.starts_with("PASS") => {
                "530 who?\r\n".to_owned()
            }
            _ => friendly(line, port),
        }
    }
    let (base, settings) = ftp(strict).await;
    let url = format!(
        "{}/pub/a%20b",
        base.replace("ftp://", "ftp://me:se%20cret@")
    );
    let closed = remote(settings.clone(), Answers::always("127.0.0.1"));
    let error = fetched(&closed, &url).await.expect_err("refused");
    assert!(error.message().contains("password"), "{}", error.message());
    assert!(!error.message().contains("cret"), "{}", error.message());
    let settings = Settings {
        ftp_credentials: true,
        ..settings
    };
    let open = remote(settings, Answers::always("127.0.0.1"));
    assert_eq!(fetched(&open, &url).await, Ok(b"hello".to_vec()));
    let wrong = url.replace("cret", "crets");
    let error = fetched(&open, &wrong).await.expect_err("refused");
    assert!(!error.message().contains("crets"), "{}", error.message());
}
