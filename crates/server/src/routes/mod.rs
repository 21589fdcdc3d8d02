//! The addresses of the server, a file each, and what they share.

mod delete;
mod deliver;
mod explicit;
mod files;
mod list;
mod sign;
mod status;
mod upload;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use tower_http::services::ServeDir;

use crate::config::Config;
use crate::delivery::Maker;
use crate::edge::{self, Edge};
use crate::error::ApiError;
use crate::form::Kind;
use crate::keys::Keys;
use crate::notify::Notifier;
use crate::query;
use crate::rates::UploadRates;
use crate::remote::Remote;
use crate::store::Store;
use crate::upload::authority::Gate;
use crate::upload::parameters::Parameters;
use crate::upload::small_body as upload_body;

/// What all routes share.
pub(crate) struct App {
    pub config: Config,
    pub rates: UploadRates,
    pub store: Store,
    /// The secrets of each cloud.
    pub keys: BTreeMap<String, Keys>,
    pub maker: Maker,
    /// Fetches files that were named instead of sent.
    pub remote: Remote,
    pub notifier: Notifier,
    /// The plain files, where there are any.
    pub www: Option<ServeDir>,
    /// Where the server listens, for requests that don't say how they reached it.
    pub local_base: String,
}

/// All routes, ready to serve.
pub(crate) fn router(app: Arc<App>, edge: Edge) -> Router {
    let mut routes = Router::new().route("/v1_1/{cloud}/sign", post(sign::sign));
    for delivery_type in deliver::TYPES {
        // Not any word: below `www` there may be folders of any name.
        let path = format!("/{{cloud}}/{{resource_type}}/{delivery_type}/{{*rest}}");
        routes = routes.route(&path, get(deliver::deliver));
    }
    let routes = routes
        .route("/v1_1/{cloud}/delete_by_token", post(delete::by_token))
        .route(
            "/v1_1/{cloud}/{resource_type}/destroy",
            post(delete::destroy),
        )
        .route(
            "/v1_1/{cloud}/{resource_type}/explicit",
            post(explicit::explicit),
        )
        .route("/v1_1/{cloud}/resources/{resource_type}", get(list::all))
        .route(
            "/v1_1/{cloud}/resources/{resource_type}/{delivery_type}",
            get(list::of_type),
        )
        .route("/v1_1/{cloud}/upload", post(upload::untyped))
        .route("/v1_1/{cloud}/{resource_type}/upload", post(upload::typed))
        .route(
            "/v1_1/{cloud}/upload_status/{upload_id}",
            get(status::status),
        )
        .route("/healthz", get(health))
        .fallback(files::file)
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .with_state(app);
    edge::around(routes, Arc::new(edge))
}

/// Says that requests are answered.
async fn health() -> &'static str {
    "ok\n"
}

/// The parameters of a request that brings no file.
async fn fields(request: Request) -> Result<(Parts, Parameters), ApiError> {
    let (head, body) = request.into_parts();
    let body = upload_body(body).await?;
    let kind = head.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|value| Kind::of(value.to_str().ok()?));
    let parameters = query::of_body(&kind.ok_or(ApiError::NoForm)?, &body)?;
    Ok((head, parameters))
}

impl App {
    /// Whom to ask who sends a request.
    fn gate(&self, cloud_name: &str, head: &Parts) -> Result<Gate<'_>, ApiError> {
        let unknown = || ApiError::CloudUnknown(cloud_name.to_owned());
        let cloud = self.config.clouds.get(cloud_name).ok_or_else(unknown)?;
        let keys = self.keys.get(cloud_name).ok_or_else(unknown)?;
        Gate::new(keys, cloud, &head.headers)
    }

    /// The address under which this request reached us, without a slash at its end.
    fn base(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.config.public_url {
            return url.clone();
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // The edge has taken out what can't be believed.
        let host = text("x-forwarded-host").or(text(header::HOST.as_str()));
        let scheme = text("x-forwarded-proto").unwrap_or("http");
        match host.filter(|host| is_host(host)) {
            Some(host) => format!("{scheme}://{host}"),
            None => self.local_base.clone(),
        }
    }
}

/// A name or address with a port: it becomes part of URLs that others read.
fn is_host(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}
