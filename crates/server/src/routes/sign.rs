//! `POST /v1_1/{cloud}/sign`: signs what a page of this site wants to send, as any site's own
//! server would do for its pages. Off until a cloud's configuration has `signing`: whoever may ask
//! this may upload, so a real site asks first who its visitor is.
//!
//! In: `{"paramsToSign":{…}}` or `{"params_to_sign":{…}}`.
//! Out: `signature`, `timestamp`, `api_key`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::response::Response;
use plimsoll_core::protocol::signing::{self, Algorithm};
use serde_json::{Map, Value, json};

use super::App;
use crate::config::Signing;
use crate::error::{AccessError, ApiError};
use crate::form::text_of;
use crate::upload::parameters::invalid;
use crate::upload::{self, authority};
use crate::{clock, edge};

/// The names under which the widgets of this API hand the parameters over.
const NAMES: [&str; 2] = ["paramsToSign", "params_to_sign"];

pub(super) async fn sign(
    State(app): State<Arc<App>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Path(cloud_name) = path.map_err(|_| ApiError::PageNotFound)?;
    let (head, body) = request.into_parts();
    let asked = upload::small_body(body).await?;
    let unknown = || ApiError::CloudUnknown(cloud_name.clone());
    let cloud = app.config.clouds.get(&cloud_name).ok_or_else(unknown)?;
    let keys = app.keys.get(&cloud_name).ok_or_else(unknown)?;
    // Without the setting there is no such address.
    let signing = cloud.signing.as_ref().ok_or(ApiError::PageNotFound)?;
    check_origin(signing, &head)?;
    let (key, secret) = keys.get(&signing.key).ok_or(ApiError::Internal)?;
    let mut parameters = parameters(&asked)?;
    for name in parameters.keys() {
        if name != "timestamp" && !signing.parameters.contains(name) {
            return Err(AccessError::NotToBeSigned(name.clone()).into());
        }
    }
    let now = clock::now_seconds();
    let timestamp = parameters
        .entry("timestamp".to_owned())
        .or_insert_with(|| now.to_string())
        .clone();
    // Else somebody could take signatures along for use in a year.
    authority::check_time(&timestamp, now)?;
    let pairs = parameters.iter().map(|(name, value)| (&**name, &**value));
    let signature = signing::sign(pairs, secret.reveal(), Algorithm::default());
    let timestamp: u64 = timestamp.parse().map_err(|_| ApiError::Internal)?;
    let answer = json!({ "signature": signature, "timestamp": timestamp, "api_key": key });
    Ok(edge::json(Body::from(answer.to_string())))
}

/// The parameters as they will be sent, without what is never signed.
fn parameters(body: &[u8]) -> Result<BTreeMap<String, String>, ApiError> {
    let malformed = || {
        let remedy = "it must be JSON as {\"paramsToSign\":{\"name\":\"value\"}}";
        invalid("body", remedy)
    };
    let asked: Map<String, Value> = serde_json::from_slice(body).map_err(|_| malformed())?;
    let found = NAMES.iter().find_map(|name| asked.get(*name)?.as_object());
    let mut parameters = BTreeMap::new();
    for (name, value) in found.ok_or_else(malformed)? {
        let text = text_of(value).ok_or_else(malformed)?;
        if signing::is_signed(name) && !text.is_empty() {
            parameters.insert(name.clone(), text);
        }
    }
    Ok(parameters)
}

/// Pages of other sites may not ask: a browser says truly which page it asks for.
fn check_origin(signing: &Signing, head: &Parts) -> Result<(), ApiError> {
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return Ok(());
    };
    // HTTP/2 has the host in the address.
    let host = text(header::HOST).or(head.uri.authority().map(Authority::as_str));
    let is_own = origin.split_once("://").map(|(_, host)| host) == host;
    if is_own || signing.origins.iter().any(|allowed| allowed == origin) {
        Ok(())
    } else {
        Err(AccessError::OriginNotAllowed(origin.to_owned()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_taken_as_each_widget_hands_them_over() {
        let read = |text: &str| parameters(text.as_bytes()).ok();
        let body = r#"{"paramsToSign":{"timestamp":1700000000,"tags":["a","b c"],
            "use_filename":true,"folder":null,"public_id":"","file":"x","api_key":"k"}}"#;
        let expected = [
            ("tags", "a,b c"),
            ("timestamp", "1700000000"),
            ("use_filename", "true"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read(body), Some(BTreeMap::from(expected)));
        assert_eq!(
            read(&body.replace("paramsToSign", "params_to_sign")),
            read(body)
        );
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"paramsToSign":[]}"#,
            r#"{"paramsToSign":{"a":{}}}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
