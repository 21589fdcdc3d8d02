//! What keeps a server up: limits on clients, health, metrics, and logs that tell no secrets.

use std::time::{Duration, Instant};

use plimsoll_server::signing::Algorithm;
use plimsoll_server::{Config, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::client::{Form, TempDir, TestServer, now, read_answer, until};
use crate::data;
use crate::signed::SIGNED;

const UPLOAD: &str = "/v1_1/demo/raw/upload";

/// Sends these bytes on a connection of their own and waits for the server to end it.
async fn say(server: &TestServer, bytes: &[u8]) -> (Duration, Vec<u8>) {
    let mut stream = connect(server).await;
    stream.write_all(bytes).await.expect("sent");
    end(stream).await
}

/// Waits for the server to end a connection: how long, and what it said.
async fn end(mut stream: TcpStream) -> (Duration, Vec<u8>) {
    let began = Instant::now();
    let mut answer = Vec::new();
    let waited = stream.read_to_end(&mut answer);
    let ended = tokio::time::timeout(Duration::from_secs(20), waited).await;
    // A reset is as good an end.
    let _ = ended.expect("the server ends it");
    (began.elapsed(), answer)
}

async fn connect(server: &TestServer) -> TcpStream {
    let connected = TcpStream::connect(server.address).await;
    connected.expect("a connection")
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_when_to_come_back() {
    let server = TestServer::with("limits.client_requests_per_minute_max = 3").await;
    for _ in 0..3 {
        assert_eq!(server.get("/healthz").await.status, 200);
    }
    let answer = server.get("/healthz").await;
    assert_eq!(answer.status, 420);
    assert_eq!(answer.header("retry-after"), Some("20"));
    assert_eq!(answer.error(), "Rate limit exceeded. Try again in 20 s.");
    // Who sends a file gets to read it, too.
    let form = Form::new().file("a.bin", &data::noise(3_000_000));
    assert_eq!(server.upload(&form).await.status, 420);
    assert_eq!(server.count_assets(), 0);
}

#[tokio::test]
async fn presets_and_keys_have_rates_of_their_own() {
    let limits = "limits.preset_uploads_per_minute_max = 1\n\
                  limits.key_uploads_per_minute_max = 2";
    let server = TestServer::with(&format!("{limits}\n{SIGNED}")).await;
    let post = async |form: Form| {
        let form = form.file("a.bin", b"x");
        server.upload_to(UPLOAD, &[], &form).await.status
    };
    assert_eq!(post(Form::new()).await, 200);
    assert_eq!(post(Form::new()).await, 420);
    let time = now().to_string();
    let signed = || Form::signed(&[("timestamp", &time)], Algorithm::Sha1);
    for expected in [200, 200, 420] {
        assert_eq!(post(signed()).await, expected);
    }
    // A chunk is counted, and can be sent again.
    let headers = [
        ("Content-Range", "bytes 0-0/1"),
        ("X-Unique-Upload-Id", "u"),
    ];
    let form = Form::new().file("a.bin", b"x");
    let answer = server.upload_to(UPLOAD, &headers, &form).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (420, Some("60"))
    );
}

#[tokio::test]
async fn only_trusted_proxies_name_their_clients() {
    let limit = "limits.client_requests_per_minute_max = 2";
    let stranger = TestServer::with(limit).await;
    let ask = async |server: &TestServer, client: &str| {
        let headers = [("X-Forwarded-For", client)];
        server.send("GET", "/healthz", &headers, b"").await.status
    };
    for (at, expected) in [200, 200, 420, 420].into_iter().enumerate() {
        let client = format!("198.51.100.{at}");
        assert_eq!(ask(&stranger, &client).await, expected);
    }
    let trusting = TestServer::with(&format!("trusted_proxies = ['127.0.0.1']\n{limit}")).await;
    for client in ["198.51.100.1", "198.51.100.2", "2001:db8::1"] {
        for expected in [200, 200, 420] {
            assert_eq!(ask(&trusting, client).await, expected, "{client}");
        }
    }
    // What the client itself wrote stands in front and changes nothing.
    assert_eq!(ask(&trusting, "203.0.113.9, 198.51.100.1").await, 420);
    assert_eq!(ask(&trusting, "2001:db8::2").await, 420);
}

#[tokio::test]
async fn a_client_has_a_share_of_the_connections() {
    let server = TestServer::with("limits.sockets_per_client_max = 3").await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(connect(&server).await);
    }
    let mut fourth = connect(&server).await;
    let mut end = Vec::new();
    assert!(matches!(fourth.read_to_end(&mut end).await, Ok(0) | Err(_)));
    assert!(!has_place(&server).await);
    held.pop();
    place(&server).await;
}

/// Waits until a connection is let in.
async fn place(server: &TestServer) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let waited = async {
        while !has_place(server).await {
            ticks.tick().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), waited).await;
    waited.expect("a place becomes free");
}

/// Whether a connection is let in.
async fn has_place(server: &TestServer) -> bool {
    let mut stream = connect(server).await;
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut answer = Vec::new();
    let sent = stream.write_all(request).await.is_ok();
    sent && stream.read_to_end(&mut answer).await.is_ok() && answer.starts_with(b"HTTP/1.1 200")
}

#[tokio::test]
async fn a_client_has_a_share_of_the_uploads() {
    let server = TestServer::with("limits.uploads_per_client_max = 2").await;
    let form = Form::new().file("a.bin", &data::noise(300_000)).body();
    let head = format!(
        "POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=xYzZY\r\n\r\n",
        form.len()
    );
    let mut held = Vec::new();
    for count in 1..=2 {
        let mut stream = connect(&server).await;
        stream.write_all(head.as_bytes()).await.expect("sent");
        stream.write_all(&form[..200_000]).await.expect("sent");
        held.push(stream);
        until("the file arrives", || {
            server.stored("incoming").len() >= count
        })
        .await;
    }
    let third = Form::new().file("b.bin", b"b");
    let answer = server.upload_to(UPLOAD, &[], &third).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (420, Some("2"))
    );
    assert_eq!(server.get("/healthz").await.status, 200);
    for stream in &mut held {
        stream.write_all(&form[200_000..]).await.expect("sent");
        assert_eq!(read_answer(stream).await.status, 200);
    }
    assert_eq!(server.upload_to(UPLOAD, &[], &third).await.status, 200);
}

#[tokio::test]
async fn only_so_many_uploads_are_unfinished() {
    let limits = "limits.unfinished_uploads_max = 2\nlimits.chunk_bytes_min = 1";
    let send = async |server: &TestServer, id: &str, range: &str| {
        let headers = [("Content-Range", range), ("X-Unique-Upload-Id", id)];
        let form = Form::new().file("a.bin", b"x");
        server.upload_to(UPLOAD, &headers, &form).await
    };
    let server = TestServer::with(limits).await;
    for id in ["a", "b", "a"] {
        assert_eq!(send(&server, id, "bytes 0-0/2").await.status, 200, "{id}");
    }
    let refused = send(&server, "c", "bytes 0-0/2").await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (420, Some("30"))
    );
    assert_eq!(
        server
            .stored("partial")
            .iter()
            .filter(|p| p.ends_with("ranges"))
            .count(),
        2
    );
    // What began goes on, also over a restart, and its end makes room.
    let server = TestServer::in_folder(server.stop().await, limits).await;
    assert_eq!(send(&server, "c", "bytes 0-0/2").await.status, 420);
    assert_eq!(send(&server, "a", "bytes 1-1/2").await.status, 200);
    assert_eq!(send(&server, "c", "bytes 0-0/2").await.status, 200);
    assert_eq!(send(&server, "d", "bytes 0-0/2").await.status, 420);
}

#[tokio::test]
async fn heads_that_do_not_end_are_cut() {
    let server = TestServer::with("limits.head_seconds_max = 1").await;
    let cut = async |mut stream: TcpStream, half: &str| {
        stream.write_all(half.as_bytes()).await.expect("sent");
        let (took, _) = end(stream).await;
        let seconds = took.as_secs_f64();
        assert!((0.9..10.0).contains(&seconds), "{half:?}: {seconds}");
    };
    for half in [
        "G",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b",
    ] {
        cut(connect(&server).await, half).await;
        // After a request that was answered.
        let mut stream = connect(&server).await;
        let whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        stream.write_all(whole).await.expect("sent");
        let mut answer = Vec::new();
        while !answer.ends_with(b"ok\n") {
            assert!(stream.read_buf(&mut answer).await.expect("an answer") > 0);
        }
        cut(stream, half).await;
    }
    cut(connect(&server).await, "").await;
}

#[tokio::test]
async fn a_connection_rests_longer_than_a_head_may_take() {
    let limits = "limits.head_seconds_max = 1\nlimits.silence_seconds_max = 3";
    let server = TestServer::with(limits).await;
    let (took, answer) = say(&server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    let seconds = took.as_secs_f64();
    assert!((2.5..10.0).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn bodies_that_stop_or_drip_are_given_up_with_a_reason() {
    let limits = "limits.silence_seconds_max = 2\nlimits.pace_seconds = 1";
    let server = TestServer::with(limits).await;
    let form = Form::new().file("a.bin", &data::noise(300_000)).body();
    let head = format!(
        "POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary=xYzZY\r\n\r\n",
        form.len()
    );
    let (took, answer) = say(&server, &[head.as_bytes(), &form[..9_000]].concat()).await;
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{answer:?}");
    let seconds = took.as_secs_f64();
    assert!((1.5..10.0).contains(&seconds), "{seconds}");

    let (mut reader, mut writer) = connect(&server).await.into_split();
    writer.write_all(head.as_bytes()).await.expect("sent");
    let drip = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        for byte in form {
            ticks.tick().await;
            if writer.write_all(&[byte]).await.is_err() {
                return;
            }
        }
    });
    let mut answer = vec![0; 12];
    reader.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(answer, b"HTTP/1.1 408");
    drip.abort();
    until("nothing is left", || server.stored("incoming").is_empty()).await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let limits = "limits.silence_seconds_max = 1\nlimits.sockets_per_client_max = 1";
    let server = TestServer::with(limits).await;
    let big = Form::new().file("a.bin", &data::noise(40 << 20));
    let asset = server.upload_to(UPLOAD, &[], &big).await.asset();
    let path = format!(
        "/demo/raw/upload/{}",
        asset["public_id"].as_str().expect("an ID")
    );
    place(&server).await;
    let mut stream = connect(&server).await;
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    // Nothing is read until the server has let go. The system's buffers hold the beginning.
    assert!(!has_place(&server).await);
    place(&server).await;
    let mut came = Vec::new();
    let _ = stream.read_to_end(&mut came).await;
    assert!(came.len() < 40 << 20, "{}", came.len());
    assert!(came.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn metrics_have_an_address_of_their_own() {
    let folder = TempDir::new();
    let text = "metrics = '127.0.0.1:0'\n[clouds.demo.presets.unsigned]\nunsigned = true\n";
    let mut config = Config::parse(text).expect("valid");
    config.data = folder.path().join("data");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = Server::open(config).await.expect("open");
    let metrics = server.metrics_address().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(server.serve(listener, async move {
        let _ = stopped.await;
    }));
    let get = async |address, path: &str| {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        read_answer(&mut stream).await
    };
    for path in [
        "/healthz",
        "/demo/image/upload/a.png",
        "/x1",
        "/x2",
        "/metrics",
    ] {
        get(address, path).await;
    }
    let answer = get(metrics, "/metrics").await;
    let text = String::from_utf8(answer.body).expect("UTF-8");
    for line in [
        "plimsoll_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1\n",
        "plimsoll_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 3\n",
        "plimsoll_uploads_arriving 0\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("x1"));
    let _ = stop.send(());
    served.await.expect("no panic").expect("served");
}
