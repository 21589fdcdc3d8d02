//! The answer to an upload, as the wire has it.

use serde_json::{Map, Value, json};

use super::authority::AnswerKey;
use super::{Kept, Outcome, catalog};
use crate::store::{AssetRecord, Novelty, Progress};
use crate::{clock, names};

/// What an upload is answered. `base` is the address under which assets are delivered.
pub fn asset(outcome: &Outcome, base: &str, key: &AnswerKey) -> Map<String, Value> {
    let record = &outcome.record;
    let mut fields = listed(record, base, key);
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put(
        "signature",
        json!(key.sign(&record.public_id, record.version)),
    );
    let mark = match outcome.novelty {
        Novelty::Stored => None,
        Novelty::Overwritten => Some("overwritten"),
        Novelty::Existing => Some("existing"),
    };
    if let Some(mark) = mark {
        put(mark, json!(true));
    }
    if let Some(token) = &outcome.delete_token {
        put("delete_token", json!(token));
    }
    if let Some(api_key) = &key.api_key {
        put("api_key", json!(api_key));
    }
    fields
}

/// All fields of a stored asset.
pub fn listed(record: &AssetRecord, base: &str, key: &AnswerKey) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("asset_id", json!(record.asset_id));
    put("public_id", json!(record.public_id));
    put("version", json!(record.version));
    put("version_id", json!(record.version_id));
    if let (Some(width), Some(height)) = (record.width, record.height) {
        put("width", json!(width));
        put("height", json!(height));
    }
    if let Some(duration_ms) = record.duration_ms {
        let milliseconds = u32::try_from(duration_ms).unwrap_or(u32::MAX);
        put("duration", json!(f64::from(milliseconds) / 1_000.0));
    }
    if let Some(format) = &record.format {
        put("format", json!(format));
    }
    put("resource_type", json!(record.resource_type));
    put("created_at", json!(clock::iso_8601(record.version)));
    put("tags", json!(record.tags));
    put("bytes", json!(record.bytes));
    put("type", json!(record.extras.delivery_type()));
    put("etag", json!(record.etag));
    put("placeholder", json!(false));
    let url = url_of(record, base, key, &[], record.format.as_deref());
    put("url", json!(url));
    put("secure_url", json!(url));
    for (name, value) in described(record) {
        put(name, value);
    }
    fields
}

/// What the request and its preset said about the asset.
fn described(record: &AssetRecord) -> Vec<(&'static str, Value)> {
    let mut fields = Vec::new();
    let mut put = |name, value| fields.push((name, value));
    let (stem, extension) = names::split_extension(&record.file_name);
    match &record.asset_folder {
        Some(folder) => {
            put("asset_folder", json!(folder));
            let shown = record.extras.display_name.as_deref();
            put("display_name", json!(shown.unwrap_or(stem)));
        }
        None => {
            put("folder", json!(record.folder));
        }
    }
    put("access_mode", json!(record.extras.access_mode()));
    if !record.extras.forgets_file_name {
        put("original_filename", json!(stem));
        // Told only where the format doesn't tell it already.
        if let Some(extension) = extension.filter(|e| record.format.as_ref() != Some(e)) {
            put("original_extension", json!(extension));
        }
    }
    if !record.context.is_empty() {
        put("context", json!({ "custom": record.context }));
    }
    if !record.metadata.is_empty() {
        let metadata: Map<String, Value> = record
            .metadata
            .iter()
            .map(|(name, value)| (name.clone(), field(value)))
            .collect();
        put("metadata", Value::Object(metadata));
    }
    if let Some(kind) = &record.extras.moderation {
        put("moderation", json!([{ "status": "pending", "kind": kind }]));
    }
    if let Some(coordinates) = coordinates(record) {
        put("coordinates", coordinates);
    }
    fields
}

/// What is told after a chunk that doesn't finish its upload. Clients know it by what it lacks.
pub fn chunk(kept: &Kept, upload_id: &str) -> Map<String, Value> {
    let fields = [
        ("done", json!(false)),
        ("public_id", json!(kept.decision.public_id)),
        ("bytes", json!(kept.progress.bytes)),
        ("resource_type", json!(kept.decision.resource_type)),
        ("type", json!(kept.decision.extras.delivery_type())),
        ("upload_id", json!(upload_id)),
    ];
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// What is told of an upload in chunks that a client asks about: whole ranges, ends exclusive.
pub fn status(progress: &Progress) -> Value {
    let ranges: Vec<[u64; 2]> = progress
        .ranges
        .iter()
        .map(|range| [range.start, range.end])
        .collect();
    let mut told = json!({ "ranges": ranges, "done": false, "offset": progress.first_missing });
    if let Some(parts) = &progress.parts {
        told["parts"] = json!(parts);
    }
    told
}

/// The same of a finished upload.
pub fn finished(bytes: u64) -> Value {
    json!({ "ranges": [[0, bytes]], "done": true, "offset": bytes })
}

/// Where an asset is delivered, or what these steps make of it. What is protected is signed.
pub fn url_of(
    record: &AssetRecord,
    base: &str,
    key: &AnswerKey,
    steps: &[String],
    format: Option<&str>,
) -> String {
    let AssetRecord {
        cloud,
        resource_type,
        version,
        ..
    } = record;
    let delivery_type = record.extras.delivery_type();
    let id = names::in_url(&record.public_id);
    let dot = format.map(|format| format!(".{format}"));
    let name = format!("{id}{}", dot.unwrap_or_default());
    let steps: String = steps.iter().map(|step| format!("{step}/")).collect();
    let signature = if record.extras.is_protected() {
        format!("{}/", key.sign_address(&format!("{steps}{name}")))
    } else {
        String::new()
    };
    let place = format!("{base}/{cloud}/{resource_type}/{delivery_type}");
    format!("{place}/{signature}{steps}v{version}/{name}")
}

/// The value of a metadata field: a field of several values is sent as a list in JSON.
fn field(sent: &str) -> Value {
    match serde_json::from_str::<Vec<String>>(sent) {
        Ok(values) => json!(values),
        Err(_) => json!(sent),
    }
}

fn coordinates(record: &AssetRecord) -> Option<Value> {
    let mut found = Map::new();
    for (parameter, field) in [
        ("custom_coordinates", "custom"),
        ("face_coordinates", "faces"),
    ] {
        let boxes = record
            .parameters
            .get(parameter)
            .and_then(|t| catalog::coordinates(t));
        if let Some(boxes) = boxes {
            found.insert(field.to_owned(), json!(boxes));
        }
    }
    (!found.is_empty()).then_some(Value::Object(found))
}
