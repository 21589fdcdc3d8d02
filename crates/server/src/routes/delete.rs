//! `POST /v1_1/{cloud}/delete_by_token`, for whoever has just uploaded the asset, and
//! `POST /v1_1/{cloud}/{resource_type}/destroy`, for whoever knows an API secret.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::json;

use super::{App, fields};
use crate::error::ApiError;
use crate::store::{AssetKey, PUBLIC};
use crate::upload::parameters::invalid;
use crate::upload::{authority, deletion};
use crate::{clock, edge};

type TypedPath = Result<Path<(String, String)>, PathRejection>;

pub(super) async fn by_token(
    State(app): State<Arc<App>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Path(cloud) = path.map_err(|_| ApiError::PageNotFound)?;
    let fields = fields(request).await?.1;
    if !app.config.clouds.contains_key(&cloud) {
        return Err(ApiError::CloudUnknown(cloud));
    }
    let token = fields
        .get("token")
        .ok_or(ApiError::ParameterMissing("token"))?;
    // Wrong, old and used tokens are told alike.
    if deletion::redeem(&app.store, &cloud, token).await? {
        Ok(edge::json(Body::from(
            json!({ "result": "ok" }).to_string(),
        )))
    } else {
        Err(ApiError::TokenInvalid)
    }
}

pub(super) async fn destroy(
    State(app): State<Arc<App>>,
    path: TypedPath,
    request: Request,
) -> Result<Response, ApiError> {
    let Path((cloud, resource_type)) = path.map_err(|_| ApiError::PageNotFound)?;
    let (head, fields) = fields(request).await?;
    let gate = app.gate(&cloud, &head)?;
    authority::signer(gate.authority(&fields, clock::now_seconds())?)?;
    let public_id = fields
        .get("public_id")
        .ok_or(ApiError::ParameterMissing("public_id"))?;
    let delivery_type = fields.get("type").unwrap_or(PUBLIC);
    for (name, _) in fields.signed() {
        let known = ["invalidate", "public_id", "timestamp", "type"];
        if !known.contains(&name) {
            return Err(invalid(name, "destroy doesn't know it"));
        }
    }
    let key = AssetKey::new(&cloud, &resource_type, delivery_type, public_id);
    let removed = match app.store.find(&key).await? {
        Some(record) => app.store.remove(&record).await?,
        None => false,
    };
    if removed {
        tracing::info!(?public_id, "deleted");
    }
    let result = if removed { "ok" } else { "not found" };
    Ok(edge::json(Body::from(
        json!({ "result": result }).to_string(),
    )))
}
