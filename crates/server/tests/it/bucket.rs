//! A bucket behind a real S3-compatible server on a socket, in this process: s3s-fs keeps objects
//! as files, s3s speaks the protocol and checks signatures. Two things are added: requests for
//! documents come one after the other, because s3s-fs looks and writes in two steps and keeps an
//! object's tag beside it, where real stores do both at once; and faults on demand.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::client::TempDir;

const NAME: &str = "assets";

/// A bucket of its own.
pub struct Bucket {
    folder: TempDir,
    address: SocketAddr,
    faults: Arc<Faults>,
}

/// Which of the next requests fail, and how.
#[derive(Default)]
pub struct Faults {
    /// Every n-th request; 0 is none.
    every: AtomicU32,
    status: AtomicU32,
    seen: AtomicU32,
    pub hit: AtomicU32,
}

#[derive(Clone)]
struct Front {
    service: S3Service,
    turn: Arc<Mutex<()>>,
    faults: Arc<Faults>,
}

impl Bucket {
    pub async fn start() -> Self {
        let folder = TempDir::new();
        std::fs::create_dir(folder.path().join(NAME)).expect("a bucket");
        let files = s3s_fs::FileSystem::new(folder.path()).expect("a store");
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single("key", "secret"));
        let faults = Arc::new(Faults::default());
        let front = Front {
            service: builder.build(),
            turn: Arc::default(),
            faults: faults.clone(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        // Without, each answer of two packets waits for the first one's acknowledgement.
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("set"));
        let router = Router::new().fallback(answer).with_state(front);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            folder,
            address,
            faults,
        }
    }

    /// What a configuration file says to use it.
    pub fn settings(&self) -> String {
        self.settings_with_key("secret")
    }

    pub fn settings_with_key(&self, secret: &str) -> String {
        format!(
            "[store]\nurl = \"s3://{NAME}/site\"\n[store.options]\nendpoint = \"http://{}\"\n\
             allow_http = \"true\"\nregion = \"test\"\naccess_key_id = \"key\"\n\
             secret_access_key = \"{secret}\"\n",
            self.address
        )
    }

    /// Lets every n-th request fail with this status from now on.
    pub fn fail(&self, every: u32, status: u32) {
        self.faults.status.store(status, Ordering::Relaxed);
        self.faults.every.store(every, Ordering::Relaxed);
    }

    /// How many requests failed.
    pub fn hits(&self) -> u32 {
        self.faults.hit.load(Ordering::Relaxed)
    }

    /// The files that are objects below this folder.
    pub fn objects(&self, below: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(
            &self.folder.path().join(NAME).join("site").join(below),
            &mut found,
        );
        found
    }
}

fn walk(path: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            walk(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

async fn answer(State(front): State<Front>, request: Request) -> Response {
    let every = front.faults.every.load(Ordering::Relaxed);
    let seen = front.faults.seen.fetch_add(1, Ordering::Relaxed);
    if every > 0 && seen % every == 0 {
        front.faults.hit.fetch_add(1, Ordering::Relaxed);
        let status = front.faults.status.load(Ordering::Relaxed);
        let status = u16::try_from(status)
            .ok()
            .and_then(|code| StatusCode::from_u16(code).ok());
        return (
            status.expect("a status"),
            "<Error><Code>Fault</Code></Error>",
        )
            .into_response();
    }
    let _turn = if request.uri().path().contains("/blobs/") {
        None
    } else {
        Some(front.turn.clone().lock_owned().await)
    };
    let request = request.map(s3s::Body::http_body_unsync);
    match front.service.call(request).await {
        Ok(response) => response.map(Body::new),
        Err(error) => panic!("the bucket's server broke: {error:?}"),
    }
}
