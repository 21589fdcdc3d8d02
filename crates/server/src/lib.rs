//! The embedded server: uploads and delivery as the Cloudinary Upload API has them, in a folder.
//! The binary is `main.rs`; tests and other programs call [`serve`].

mod clock;
mod config;
mod delivery;
mod edge;
mod error;
mod form;
mod keys;
mod limits;
mod movie;
mod multipart;
mod names;
mod random;
mod remote;
mod routes;
mod show;
mod sniff;
mod store;
mod upload;

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tower_http::services::ServeDir;

pub use config::{Cloud, Config, ConfigError, Key, Preset, Secret, Signing};
pub use limits::{Limits, markdown as limits_document};
/// Signs parameters as clients do, for a signing endpoint of one's own.
pub use plimsoll_core::protocol::signing;
pub use remote::Settings as RemoteSettings;
pub use show::{doubts, show};

use keys::Keys;
use remote::Remote;
use routes::App;
use store::Store;

/// How often old upload IDs and abandoned uploads are forgotten; both live a day, so an hour more
/// or less is nothing.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// A server whose data folder is open and whose settings are in force; it only needs a listener.
pub struct Server {
    config: Config,
    store: Store,
    keys: BTreeMap<String, Keys>,
}

/// Opens the store and serves until `shutdown` is done and running requests have ended or
/// their grace is over. The listener may be on port 0; the address in `config` is not looked at.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    Server::open(config).await?.serve(listener, shutdown).await
}

impl Server {
    /// Opens the data folder; fails when another server uses it.
    pub async fn open(config: Config) -> io::Result<Self> {
        let store = Store::open(&config.data).await?;
        let mut keys = BTreeMap::new();
        for (name, cloud) in &config.clouds {
            keys.insert(name.clone(), Keys::open(name, cloud, &store).await?);
        }
        Ok(Self {
            config,
            store,
            keys,
        })
    }

    /// Serves until `shutdown` is done, as [`serve`] does.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let Self {
            config,
            store,
            keys,
        } = self;
        let upload_idle = config.limits.upload_idle();
        let app = App {
            local_base: format!("http://{}", listener.local_addr()?),
            www: config.www.as_ref().map(|folder| {
                ServeDir::new(folder)
                    .precompressed_br()
                    .precompressed_gzip()
            }),
            image_work: Arc::new(Semaphore::new(limits::IMAGE_WORK_MAX)),
            remote: Remote::new(config.remote.clone())?,
            store: store.clone(),
            config,
            keys,
        };
        // Answers are small and final: waiting to fill a packet only delays them.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps its delay");
            }
        });
        let (stopping, stopped) = oneshot::channel();
        let router = routes::router(Arc::new(app));
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            shutdown.await;
            // Nobody listens when the server has failed before.
            let _ = stopping.send(());
        });
        tokio::select! {
            served = server => served,
            () = grace(stopped) => {
                tracing::warn!("stopped while requests were running");
                Ok(())
            }
            () = sweep(store, upload_idle) => Ok(()),
        }
    }
}

/// Ends when the grace of running requests is over.
async fn grace(stopped: oneshot::Receiver<()>) {
    if stopped.await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(limits::SHUTDOWN_GRACE).await;
}

/// Forgets old upload IDs and abandoned uploads now and then; never ends.
async fn sweep(store: Store, upload_idle: Duration) {
    let mut interval = tokio::time::interval(SWEEP_EVERY);
    loop {
        interval.tick().await;
        if let Err(error) = store.sweep(upload_idle).await {
            tracing::warn!(%error, "old uploads can't be swept");
        }
    }
}
