//! A server on a free port with a folder of its own, and a small HTTP client that adds nothing
//! of its own to what a test sends.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plimsoll_server::Config;
use plimsoll_server::signing::{self, Algorithm};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A folder that is gone when the test ends.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("plimsoll-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Speaks to one server.
pub struct Client {
    pub address: SocketAddr,
}

/// A running server, and its client.
pub struct TestServer {
    client: Client,
    pub folder: TempDir,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl TestServer {
    /// With cloud `demo`, preset `unsigned`, and these lines before them.
    pub async fn with(settings: &str) -> Self {
        Self::in_folder(TempDir::new(), settings).await
    }

    pub async fn start() -> Self {
        Self::with("").await
    }

    pub async fn in_folder(folder: TempDir, settings: &str) -> Self {
        let text = format!("{settings}\n[clouds.demo.presets.unsigned]\nunsigned = true\n");
        let mut config = Config::parse(&text).expect("valid settings");
        config.data = folder.path().join("data");
        config.www = config.www.map(|www| folder.path().join(www));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(plimsoll_server::serve(listener, config, async move {
            let _ = stopped.await;
        }));
        Self {
            client: Client { address },
            folder,
            stop,
            task,
        }
    }

    /// Stops it and gives the folder back for the next one.
    pub async fn stop(self) -> TempDir {
        let _ = self.stop.send(());
        self.task.await.expect("no panic").expect("served");
        self.folder
    }

    /// Names below a folder of the store, at any depth.
    pub fn stored(&self, name: &str) -> Vec<PathBuf> {
        fn walk(path: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
                found.push(entry.path());
                walk(&entry.path(), found);
            }
        }
        let mut found = Vec::new();
        walk(&self.folder.path().join("data").join(name), &mut found);
        found
    }

    /// How many assets there are.
    pub fn count_assets(&self) -> usize {
        self.stored("assets")
            .iter()
            .filter(|path| path.ends_with("record.json"))
            .count()
    }
}

impl Deref for TestServer {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Client {
    /// Of the server at `127.0.0.1:8787` and the like.
    pub fn at(address: &str) -> Self {
        let address = address.parse().expect("an address");
        Self { address }
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut stream = TcpStream::connect(self.address)
            .await
            .expect("a connection");
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            head.push_str(&format!("Host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes()).await.expect("sent");
        stream.write_all(body).await.expect("sent");
        read_answer(&mut stream).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"").await
    }

    /// Fetches an URL that the server gave.
    pub async fn fetch(&self, url: &Value) -> Answer {
        let base = format!("http://{}", self.address);
        let url = url.as_str().expect("an URL");
        self.get(url.strip_prefix(&base).expect("our own URL"))
            .await
    }

    pub async fn upload(&self, form: &Form) -> Answer {
        self.upload_to("/v1_1/demo/auto/upload", &[], form).await
    }

    pub async fn upload_to(&self, path: &str, headers: &[(&str, &str)], form: &Form) -> Answer {
        let mut all = vec![("Content-Type", "multipart/form-data; boundary=xYzZY")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, &form.body()).await
    }
}

/// Reads one whole answer from a connection that the server closes.
pub async fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.expect("an answer");
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8(bytes[..end].to_vec()).expect("an ASCII head");
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .expect("a status");
    let headers = lines.filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        Some((name.to_ascii_lowercase(), value.to_owned()))
    });
    Answer {
        status: status.parse().expect("a number"),
        headers: headers.collect(),
        body: bytes[end + 4..].to_vec(),
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice");
        value
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("JSON: {self:?}"))
    }

    /// The fields of an uploaded asset.
    pub fn asset(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The message of an error, the same in both places, readable across origins.
    pub fn error(&self) -> String {
        let message = self.json()["error"]["message"]
            .as_str()
            .expect("a message")
            .to_owned();
        assert_eq!(self.header("x-cld-error"), Some(message.as_str()));
        assert_eq!(self.header("access-control-allow-origin"), Some("*"));
        assert_eq!(
            self.header("content-type"),
            Some("application/json; charset=utf-8")
        );
        assert_eq!(self.header("x-request-id").map(str::len), Some(32));
        let exposed = self
            .header("access-control-expose-headers")
            .expect("exposed");
        for name in [
            "X-Cld-Error",
            "X-Request-Id",
            "Retry-After",
            "X-Upload-Replayed",
            "X-Upload-Offset",
            "X-Upload-Status",
        ] {
            assert!(exposed.contains(name));
        }
        message
    }
}

/// A multipart form with the boundary `xYzZY`.
#[derive(Clone, Default)]
pub struct Form(Vec<u8>);

impl Form {
    /// With the preset that every server here has.
    pub fn new() -> Self {
        Self::default().field("upload_preset", "unsigned")
    }

    pub fn field(self, name: &str, value: &str) -> Self {
        self.part(
            format!("form-data; name=\"{name}\"").as_bytes(),
            value.as_bytes(),
        )
    }

    /// These fields and a signature of them, made with the secret `abcd` of the API key `key`.
    pub fn signed(fields: &[(&str, &str)], algorithm: Algorithm) -> Self {
        let signature = signing::sign(fields.iter().copied(), "abcd", algorithm);
        let mut form = Self::default();
        for (name, value) in fields {
            form = form.field(name, value);
        }
        form.field("api_key", "key").field("signature", &signature)
    }

    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        self.part(
            format!("form-data; name=\"file\"; filename=\"{name}\"").as_bytes(),
            bytes,
        )
    }

    pub fn part(mut self, disposition: &[u8], bytes: &[u8]) -> Self {
        let head = [
            b"--xYzZY\r\nContent-Disposition: ",
            disposition,
            b"\r\n\r\n",
        ]
        .concat();
        self.0.extend_from_slice(&head);
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub fn body(&self) -> Vec<u8> {
        [&self.0, &b"--xYzZY--\r\n"[..]].concat()
    }
}

/// Seconds since 1970, as signed requests have them.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs()
}

/// Waits for something that another task or process brings about; fails after ten seconds.
pub async fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let waited = async {
        let mut interval = tokio::time::interval(Duration::from_millis(2));
        while !reached() {
            interval.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waited)
        .await
        .unwrap_or_else(|_| panic!("{what}"));
}
