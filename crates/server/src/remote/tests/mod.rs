//! Strangers choose addresses: tables of hostile ones, a resolver that lies, and servers that
//! redirect, stall, and promise too much. All of it on this machine.

mod addresses;
mod hostile;
mod servers;
mod tls;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::RootCertStore;

use super::connect::{Resolve, Resolved};
use super::{Fetched, Remote, Settings};
use crate::error::{ApiError, RemoteError};

/// Answers that a resolver gives one after the other; the last one again and again.
struct Answers {
    all: Vec<Vec<IpAddr>>,
    asked: Arc<Mutex<usize>>,
}

impl Answers {
    fn new(all: Vec<Vec<IpAddr>>) -> (Self, Arc<Mutex<usize>>) {
        let asked = Arc::new(Mutex::new(0));
        let answers = Self {
            all,
            asked: asked.clone(),
        };
        (answers, asked)
    }

    fn always(address: &str) -> Self {
        Self::new(vec![vec![address.parse().expect("an address")]]).0
    }
}

impl Resolve for Answers {
    fn resolve<'a>(&'a self, _name: &'a str) -> Resolved<'a> {
        let mut asked = self.asked.lock().expect("no panic");
        let answer = self.all.get(*asked).or(self.all.last()).cloned();
        *asked += 1;
        Box::pin(async move { answer.ok_or(io::Error::from(io::ErrorKind::NotFound)) })
    }
}

/// Everything that can be allowed, but nothing private.
fn open() -> Settings {
    Settings {
        allow: vec!["*".to_owned()],
        schemes: ["http", "https", "ftp"].map(str::to_owned).to_vec(),
        ..Settings::default()
    }
}

fn remote(settings: Settings, resolver: impl Resolve + 'static) -> Remote {
    Remote::with(settings, Box::new(resolver), RootCertStore::empty()).expect("a remote")
}

/// What is answered where there is no such file for us.
fn missing(url: &str) -> ApiError {
    RemoteError::Missing(url.to_owned()).into()
}

/// Reads a file to its end.
async fn whole(mut fetched: Fetched) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(more) = fetched.next().await? {
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

/// What a server answers to the request with this head; it closes after it.
type Script = fn(&str) -> Vec<u8>;

/// An HTTP server that follows a script, and the heads of the requests it got.
struct Site {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Site {
    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let heads = Arc::new(Mutex::new(Vec::new()));
        let log = heads.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, script, log.clone()));
            }
        });
        Self { address, heads }
    }

    /// Settings that allow this server and nothing else.
    fn settings(&self) -> Settings {
        Settings {
            allow_private: vec![self.address],
            ..open()
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// An address whose host has to be resolved.
    fn named(&self, path: &str) -> String {
        format!("http://files.example:{}/{path}", self.address.port())
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no panic").clone()
    }
}

async fn answer(mut stream: TcpStream, script: Script, log: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_gone) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let bytes = script(&head);
    log.lock().expect("no panic").push(head);
    let _ = stream.write_all(&bytes).await;
    // What ends with this is never finished: the client has to give up.
    if bytes.ends_with(STALL) {
        let _ = stream.read_u8().await;
    }
}

/// See above.
const STALL: &[u8] = b"<stalled>";
/// Time enough for everything on one machine, and little to wait for what never comes.
const SHORT: Duration = Duration::from_millis(150);
