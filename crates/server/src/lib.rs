//! The embedded server: uploads and delivery as the Cloudinary Upload API has them, in a folder.
//! The binary is `main.rs`; tests and other programs call [`serve`].

mod admin;
mod clock;
mod config;
mod cors;
mod delivery;
mod digest;
mod edge;
mod error;
mod form;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod keys;
mod limits;
mod log;
mod metrics;
mod movie;
mod multipart;
mod names;
mod net;
mod notify;
mod query;
mod random;
mod rates;
mod remote;
mod routes;
mod show;
mod sniff;
mod store;
mod upload;

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tower_http::services::ServeDir;

pub use admin::{ADMIN_HELP, administer};
pub use config::{
    Cloud, Config, ConfigError, Key, LogLevel, LogStyle, Network, Preset, Secret, Signing,
    StoreConfig, TlsFiles,
};
pub use limits::{Limits, markdown as limits_document};
pub use log::start as start_logs;
/// Signs parameters as clients do, for a signing endpoint of one's own.
pub use plimsoll_core::protocol::signing;
pub use remote::Settings as RemoteSettings;
pub use show::{doubts, show};

use delivery::Maker;
use edge::Edge;
use keys::Keys;
use metrics::Metrics;
use net::{Net, Tls};
use notify::Notifier;
use rates::UploadRates;
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
    tls: Option<Arc<Tls>>,
    metrics_listener: Option<TcpListener>,
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
        let store = Store::open(&config).await?;
        let mut keys = BTreeMap::new();
        for (name, cloud) in &config.clouds {
            keys.insert(name.clone(), Keys::open(name, cloud, &store).await?);
        }
        let tls = match &config.tls {
            Some(files) => Some(Arc::new(Tls::read(&files.certificate, &files.key)?)),
            None => None,
        };
        let metrics_listener = match &config.metrics {
            Some(address) => Some(metrics::listen(address).await?),
            None => None,
        };
        Ok(Self {
            config,
            store,
            keys,
            tls,
            metrics_listener,
        })
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        match self.tls {
            Some(_) => "https",
            None => "http",
        }
    }

    /// Where `/metrics` is, if it is anywhere.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_listener.as_ref()?.local_addr().ok()
    }

    /// Serves until `shutdown` is done, as [`serve`] does.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let scheme = self.scheme();
        let Self {
            config,
            store,
            keys,
            tls,
            metrics_listener,
        } = self;
        let metrics = Arc::new(Metrics::new());
        let upload_idle = config.limits.upload_idle();
        let app = App {
            local_base: format!("{scheme}://{}", listener.local_addr()?),
            www: config.www.as_ref().map(|folder| {
                ServeDir::new(folder)
                    .precompressed_br()
                    .precompressed_gzip()
            }),
            maker: Maker::new(store.clone(), config.limits.image_megapixels_max),
            remote: Remote::new(config.remote.clone())?,
            notifier: Notifier::new(Remote::new(config.notifications.clone())?),
            store: store.clone(),
            rates: UploadRates::new(&config.limits, metrics.clone()),
            config,
            keys,
        };
        let origins = cors::Origins::new(app.config.origins.clone());
        let edge = Edge::new(&app.config.limits, origins, metrics.clone());
        let trusted = app.config.trusted_proxies.iter().map(|network| network.0);
        let trusted = trusted.collect();
        let limits = app.config.limits.clone();
        let router = routes::router(Arc::new(app), edge);
        let net = Net::new(router, tls.clone(), trusted, &limits, metrics.clone());
        tokio::select! {
            served = net.serve(listener, shutdown) => served,
            () = sweep(store, upload_idle) => Ok(()),
            () = fresh(tls) => Ok(()),
            told = metrics::serve(metrics_listener, metrics) => told,
        }
    }
}

/// Keeps the certificate in force that is in the files; never ends.
async fn fresh(tls: Option<Arc<Tls>>) {
    match tls {
        Some(tls) => tls.keep_fresh().await,
        None => std::future::pending().await,
    }
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
