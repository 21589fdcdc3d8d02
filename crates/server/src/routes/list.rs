//! `GET /v1_1/{cloud}/resources/{resource_type}[/{delivery_type}]`: the assets of a cloud, for
//! whoever knows an API secret. In the order of their keys and not of time: this looks at every
//! record, which is enough for a demo and for tidying up.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::App;
use crate::edge;
use crate::error::ApiError;
use crate::limits::{LIST_DEFAULT, LIST_MAX};
use crate::store::{AssetKey, AssetRecord, PUBLIC};
use crate::upload::parameters::{Parameters, invalid};
use crate::upload::{answer, authority};
use crate::{clock, query};

pub(super) async fn all(
    state: State<Arc<App>>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Path((cloud, resource_type)) = path.map_err(|_| ApiError::PageNotFound)?;
    list(&state.0, &cloud, &resource_type, None, request).await
}

pub(super) async fn of_type(
    state: State<Arc<App>>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Path((cloud, resource_type, delivery_type)) = path.map_err(|_| ApiError::PageNotFound)?;
    list(
        &state.0,
        &cloud,
        &resource_type,
        Some(&delivery_type),
        request,
    )
    .await
}

async fn list(
    app: &App,
    cloud: &str,
    resource_type: &str,
    delivery_type: Option<&str>,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, _) = request.into_parts();
    let asked = query::parameters(head.uri.query().unwrap_or_default())?;
    let gate = app.gate(cloud, &head)?;
    let authority = gate.authority(&asked, clock::now_seconds())?;
    authority::signer(authority)?;
    let key = gate.answer_key(authority);
    let delivery_type = delivery_type.or(asked.get("type")).unwrap_or(PUBLIC);
    let wanted = |record: &AssetRecord| {
        record.cloud == cloud
            && record.resource_type == resource_type
            && record.extras.delivery_type() == delivery_type
            && asked
                .get("prefix")
                .is_none_or(|prefix| record.public_id.starts_with(prefix))
    };
    let (records, next) = page(app, &asked, wanted).await?;
    let base = app.base(&head.headers);
    let resources: Vec<Value> = records
        .iter()
        .map(|record| Value::Object(answer::listed(record, &base, &key)))
        .collect();
    let mut answer = json!({ "resources": resources });
    if let Some(next) = next {
        answer["next_cursor"] = json!(next.as_str());
    }
    Ok(edge::json(Body::from(answer.to_string())))
}

/// Some records behind the cursor, and where the next ones begin.
async fn page(
    app: &App,
    asked: &Parameters,
    wanted: impl Fn(&AssetRecord) -> bool,
) -> Result<(Vec<AssetRecord>, Option<AssetKey>), ApiError> {
    let count = match asked.get("max_results") {
        None => LIST_DEFAULT,
        Some(text) => {
            let count = text
                .parse()
                .ok()
                .filter(|count| (1..=LIST_MAX).contains(count));
            let reason = format!("it must be a number from 1 to {LIST_MAX}");
            count.ok_or_else(|| invalid("max_results", &reason))?
        }
    };
    let cursor = match asked.get("next_cursor") {
        None => None,
        Some(text) => {
            let key = AssetKey::parse(text);
            Some(key.ok_or_else(|| invalid("next_cursor", "it isn't one of ours"))?)
        }
    };
    let first = cursor
        .as_ref()
        .and_then(|key| u8::from_str_radix(&key.as_str()[..2], 16).ok());
    let mut found = Vec::new();
    for shelf in first.unwrap_or(0)..=u8::MAX {
        for record in app.store.shelf(shelf).await? {
            let key = record.key();
            let is_behind = cursor
                .as_ref()
                .is_none_or(|from| key.as_str() >= from.as_str());
            if !is_behind || !wanted(&record) {
                continue;
            }
            if found.len() == count {
                return Ok((found, Some(key)));
            }
            found.push(record);
        }
    }
    Ok((found, None))
}
