//! `POST /v1_1/{cloud}/{resource_type}/explicit`: changes what is known of an asset that is there,
//! for whoever knows an API secret. What is named is replaced, all else stays.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::Value;

use super::{App, fields};
use crate::error::ApiError;
use crate::store::{AssetKey, AssetRecord, PUBLIC};
use crate::upload::parameters::Parameters;
use crate::upload::settings::{pieces, read_pairs};
use crate::upload::{answer, authority};
use crate::{clock, edge};

pub(super) async fn explicit(
    State(app): State<Arc<App>>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Path((cloud, resource_type)) = path.map_err(|_| ApiError::PageNotFound)?;
    let (head, fields) = fields(request).await?;
    let gate = app.gate(&cloud, &head)?;
    let authority = gate.authority(&fields, clock::now_seconds())?;
    authority::signer(authority)?;
    fields.check_signed()?;
    let public_id = fields
        .get("public_id")
        .ok_or(ApiError::ParameterMissing("public_id"))?;
    let delivery_type = fields.get("type").unwrap_or(PUBLIC);
    let key = AssetKey::new(&cloud, &resource_type, delivery_type, public_id);
    let found = app.store.find(&key).await?;
    let mut record = found.ok_or(ApiError::AssetNotFound)?;
    change(&mut record, &fields)?;
    if !app.store.amend(&record).await? {
        return Err(ApiError::AssetNotFound);
    }
    let base = app.base(&head.headers);
    let key = gate.answer_key(authority);
    let mut asset = answer::listed(&record, &base, &key);
    let signature = key.sign(&record.public_id, record.version);
    asset.insert("signature".to_owned(), signature.into());
    Ok(edge::json(Body::from(Value::Object(asset).to_string())))
}

fn change(record: &mut AssetRecord, fields: &Parameters) -> Result<(), ApiError> {
    for (name, value) in fields.signed() {
        match name {
            // They say which asset is meant, and when.
            "public_id" | "timestamp" | "type" | "invalidate" => {}
            "tags" => record.tags = pieces(Some(value)).map(str::to_owned).collect(),
            "context" => record.context = read_pairs(name, value)?,
            "metadata" => record.metadata = read_pairs(name, value)?,
            "access_mode" => record.extras.access_mode = Some(value.to_owned()),
            "display_name" => record.extras.display_name = Some(value.to_owned()),
            "custom_coordinates" | "face_coordinates" | "regions" => {
                record.parameters.insert(name.to_owned(), value.to_owned());
            }
            other => return Err(ApiError::ParameterUnsupported(other.to_owned())),
        }
    }
    Ok(())
}
