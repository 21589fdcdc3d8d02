//! Signs uploads for the pages of your site: `cargo run -p plimsoll-server --example signing`.
//! In: `{"paramsToSign":{…}}`. Out: `{"signature","timestamp","api_key"}`.

use std::env::var;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use axum::{Router, routing::post};
use plimsoll_server::signing::{self, Algorithm};
use serde_json::{Map, Value, json};

/// What your pages may choose; all else is yours to decide.
const ALLOWED: [&str; 7] = [
    "timestamp",
    "source",
    "upload_preset",
    "folder",
    "public_id",
    "tags",
    "context",
];

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

async fn sign(body: String) -> Result<String, (StatusCode, String)> {
    // Ask here who the visitor is: whoever gets a signature can upload.
    let refused = |why: String| (StatusCode::BAD_REQUEST, json!({ "error": why }).to_string());
    let asked: Value = serde_json::from_str(&body).map_err(|error| refused(error.to_string()))?;
    let mut params: Map<String, Value> = match asked["paramsToSign"].as_object() {
        Some(params) => params.clone(),
        None => return Err(refused("send {\"paramsToSign\":{…}}".to_owned())),
    };
    if let Some(unknown) = params.keys().find(|name| !ALLOWED.contains(&name.as_str())) {
        return Err(refused(format!("{unknown} is not signed here")));
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    params.entry("timestamp").or_insert(now.as_secs().into());
    let texts: Vec<(&str, String)> = params.iter().map(|(name, v)| (&**name, text(v))).collect();
    let pairs = texts.iter().map(|(name, value)| (*name, value.as_str()));
    let secret = var("API_SECRET").unwrap_or_default();
    let answer = json!({
        "signature": signing::sign(pairs, &secret, Algorithm::Sha256),
        "timestamp": params["timestamp"],
        "api_key": var("API_KEY").unwrap_or_default(),
    });
    Ok(answer.to_string())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = var("PORT").unwrap_or("3000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, Router::new().route("/", post(sign))).await
}
