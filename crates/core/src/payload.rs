//! What the page's callback gets about files, as the Upload Widget's events have it. Only shapes
//! values; says nothing about when.

use crate::batch::public_name;
use crate::item::{Item, State};
use crate::options::Options;
use crate::protocol::delivery;
use crate::protocol::response::Asset;
use crate::protocol::transformation;
use crate::protocol::value::Value;

type Entries = Vec<(String, Value)>;

/// `success`'s `info`: the server's response, and what the widget adds to it.
pub(crate) fn success(item: &Item, asset: &Asset, options: &Options) -> Value {
    let mut entries = match &asset.info {
        Value::Object(entries) => entries.clone(),
        _ => Vec::new(),
    };
    let ours = [
        ("id", Some(public_name(item.file.id))),
        ("batchId", Some(batch_name(item.run))),
        ("path", delivery::path(asset)),
        ("thumbnail_url", thumbnail(asset, options)),
    ];
    for (name, text) in ours {
        if let Some(text) = text {
            // One value per name: a server that sends the same must not make it two.
            entries.retain(|(known, _)| known != name);
            put(&mut entries, name, Value::Text(text));
        }
    }
    Value::Object(entries)
}

/// The small picture, made as the page wants it.
fn thumbnail(asset: &Asset, options: &Options) -> Option<String> {
    let wanted = options.page.thumbnail_transformation.as_ref();
    let wanted = wanted.and_then(transformation::text);
    delivery::thumbnail(asset, wanted.as_deref().unwrap_or(delivery::THUMBNAIL))
}

/// One of `queues-end`'s `files`.
pub(crate) fn queue_item(item: &Item, options: &Options) -> Value {
    let (status, text) = match item.state {
        State::Done(_) => ("success", "Uploaded"),
        State::Failed(_) => ("error", "Failed"),
        _ => ("aborted", "Aborted"),
    };
    let done = matches!(item.state, State::Done(_));
    let public_id = item
        .public_id
        .as_deref()
        .map_or(Value::Null, Value::from_text);
    let described = item.described.as_ref();
    let tags = described.and_then(|described| described.tags.as_ref());
    let tags = tags
        .unwrap_or(&options.tags)
        .iter()
        .map(|tag| Value::from_text(tag))
        .collect();
    let progress = u64::from(item.permille().unwrap_or_default() / 10);
    let mut entries = Vec::with_capacity(20);
    for (name, value) in [
        ("id", Value::Text(public_name(item.file.id))),
        ("batchId", Value::Text(batch_name(item.run))),
        ("name", Value::from_text(&item.file.name)),
        ("size", Value::from_whole(item.file.size)),
        ("type", Value::from_text(&item.file.media_type)),
        ("status", Value::from_text(status)),
        ("statusText", Value::from_text(text)),
        ("done", Value::Bool(done)),
        ("progress", Value::from_whole(progress)),
        (
            "failed",
            Value::Bool(matches!(item.state, State::Failed(_))),
        ),
        (
            "aborted",
            Value::Bool(matches!(item.state, State::Cancelled)),
        ),
        ("paused", Value::Bool(matches!(item.state, State::Paused))),
        ("partOfBatch", Value::Bool(options.multiple)),
        ("publicId", public_id),
        (
            "publicIdCounter",
            Value::from_whole(u64::from(item.counter)),
        ),
        ("tags", Value::List(tags)),
        ("camera", Value::Bool(false)),
        ("coordinatesResize", Value::Bool(false)),
        ("dimensions", dimensions(item)),
        ("imageDimensions", sides(item)),
        ("preparedParams", prepared(item)),
        ("delayedPreCalls", Value::Bool(false)),
    ] {
        put(&mut entries, name, value);
    }
    // Pages tell good files from others by this name alone.
    if let State::Done(asset) = &item.state {
        put(&mut entries, "uploadInfo", success(item, asset, options));
    }
    Value::Object(entries)
}

/// Width and height of what is stored; null for what has none.
fn measured(item: &Item) -> Option<(Value, Value)> {
    let State::Done(asset) = &item.state else {
        return None;
    };
    let side = |name| asset.info.get(name).filter(|side| side.number().is_some());
    Some((side("width")?.clone(), side("height")?.clone()))
}

fn dimensions(item: &Item) -> Value {
    measured(item).map_or(Value::Null, |(width, height)| {
        let mut entries = Vec::with_capacity(2);
        put(&mut entries, "width", width);
        put(&mut entries, "height", height);
        Value::Object(entries)
    })
}

fn sides(item: &Item) -> Value {
    measured(item).map_or(Value::Null, |(width, height)| {
        Value::List(vec![width, height])
    })
}

/// What `prepareUploadParams` has said about it.
fn prepared(item: &Item) -> Value {
    let fields = item.prepared.as_ref().map(|prepared| &prepared.fields);
    let mut entries = Vec::new();
    for (name, text) in fields.into_iter().flatten() {
        put(&mut entries, name, Value::from_text(text));
    }
    Value::Object(entries)
}

fn batch_name(run: u32) -> String {
    let mut name = String::from("batch-");
    name.push_str(&run.to_string());
    name
}

fn put(entries: &mut Entries, name: &str, value: Value) {
    entries.push((name.to_owned(), value));
}
