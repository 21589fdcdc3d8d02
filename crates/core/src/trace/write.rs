//! Facts as values that give nothing away. Whatever is not known to be harmless gets a stand-in.

use super::{Names, Recorder, object};
use crate::crop::Edit;
use crate::describe::{self, Description};
use crate::event::{Answer, Body, Event, PickedFile, Recall, Reply, Vetted};
use crate::options::ResourceType;
use crate::picture::Size;
use crate::protocol::http_date;
use crate::protocol::parameters::Parameter;
use crate::protocol::value::Value;
use crate::text::{bits, find};
use crate::units::ItemId;

/// How sentences of servers begin that tell what is wrong, and nothing about anybody.
const SENTENCES: [&str; 14] = [
    "Invalid Signature",
    "Stale request",
    "Upload preset not found",
    "Upload preset must be",
    "Upload preset must be whitelisted for unsigned uploads",
    "File size too large",
    "Invalid image file",
    "Missing required parameter",
    "Resource not found",
    "Invalid cloud_name",
    "Unknown API key",
    "Rate limit exceeded",
    "Server is busy",
    "Empty file",
];

/// Words that answers have for one of several things.
const WORDS: &str = " pending processing complete authenticated private upload public ";

/// What an answer is read for, or tells how it came about.
const ANSWERED: &str = " public_id secure_url url asset_id resource_type format version bytes etag \
                        existing status type done ranges width height pages duration error message \
                        signature timestamp uploadSignatureTimestamp upload_signature_timestamp \
                        api_key apiKey cancel resourceType ";

/// Of these, numbers that say nothing about anybody.
const NUMBERS: &str = " bytes ranges width height pages duration timestamp \
                       uploadSignatureTimestamp upload_signature_timestamp ";

/// Longer ones are no numbers, and no dates.
const HEADER_MAX: usize = 40;

impl Recorder {
    pub(super) fn fact(&mut self, event: &Event) -> Value {
        let names = &mut self.names;
        match event {
            Event::Picked { files } => {
                let files = files.iter().map(|file| picked(file, names)).collect();
                said("picked", [Value::List(files)])
            }
            Event::Answered { request, answer } => {
                said("answered", [id(request.0), answered(answer, names)])
            }
            Event::Lost { request } => said("lost", [id(request.0)]),
            Event::Sent { request, bytes } => {
                said("sent", [id(request.0), Value::from_whole(*bytes)])
            }
            Event::Unreadable { request } => said("unreadable", [id(request.0)]),
            Event::Vetted { ask, verdict } => {
                let verdict = match verdict {
                    Vetted::None => Value::Null,
                    Vetted::AllBut(refused) => {
                        let pair = |(item, words): &(ItemId, String)| {
                            Value::List(vec![id(item.0), names.value(words)])
                        };
                        Value::List(refused.iter().map(pair).collect())
                    }
                };
                said("vetted", [id(ask.0), verdict])
            }
            Event::Replied { ask, reply } => said("replied", [id(ask.0), replied(reply, names)]),
            Event::Recalled { item, recall } => {
                let (what, text) = match recall {
                    Recall::Nothing => ("nothing", String::new()),
                    Recall::Elsewhere => ("elsewhere", String::new()),
                    Recall::Found(text) => ("found", recalled(text, names)),
                };
                let values = [id(item.0), Value::from_text(what), Value::Text(text)];
                said("recalled", values)
            }
            Event::Digested { item, md5 } => {
                said("digested", [id(item.0), names.maybe(md5.as_deref())])
            }
            Event::Probed { item, head } => {
                let head = head.map_or(Value::Null, |head| {
                    Value::List(vec![Value::from_text(head.format), sides(head.size)])
                });
                said("probed", [id(item.0), head])
            }
            other => self.by_people(other),
        }
    }

    /// What people, or the page, do with files that have not left.
    fn by_people(&mut self, event: &Event) -> Value {
        let names = &mut self.names;
        match event {
            Event::Edited { item, edit } => said("edited", [id(item.0), edited(edit)]),
            Event::Moved { item, to } => said("moved", [id(item.0), Value::from_whole(*to as u64)]),
            Event::Described { item, description } => {
                let description = self.described(description);
                said("described", [id(item.0), description])
            }
            Event::Remade { item, made } => {
                let made = made.as_ref().map_or(Value::Null, |made| {
                    Value::List(vec![
                        names.file(&made.name),
                        Value::from_whole(made.size),
                        names.media_type(&made.media_type),
                        sides(made.sides),
                        Value::Bool(made.located),
                    ])
                });
                said("remade", [id(item.0), made])
            }
            Event::Updated { options } => {
                let options = self.options(options);
                said("updated", [options])
            }
            Event::PublicIdEdited { public_id } => {
                let public_id = public_id.as_deref();
                let public_id = public_id.map_or(Value::Null, |id| names.public_id(id));
                said("public_id_edited", [public_id])
            }
            Event::TagsEdited { tags } => said("tags_edited", [texts(tags, names)]),
            Event::PresetChosen { preset } => said("preset_chosen", [names.value(preset)]),
            plain => of_item(plain),
        }
    }

    /// An answer that fits its field gets a stand-in that fits, one that doesn't is marked.
    fn described(&mut self, description: &Description) -> Value {
        let names = &mut self.names;
        let (mut answers, mut unfit) = (Vec::new(), Vec::new());
        for (field, answer) in &description.metadata {
            let known = self.fields.iter().find(|known| known.id == *field);
            let marked = description.unfit.contains(field);
            let answered = !answer.is_empty();
            let breach = known.and_then(|known| known.check(Some(answer), marked));
            let field = names.text(field);
            if answered && breach.is_some() {
                unfit.push(Value::from_text(&field));
            }
            let text = match answer {
                describe::Answer::One(text) => names.text(text),
                describe::Answer::Several(texts) => names.text(&texts.join("\n")),
            };
            answers.push((field, Value::Text(text)));
        }
        let public_id = description.public_id.as_deref();
        let tags = description.tags.as_ref();
        object(vec![
            ("name", names.maybe(description.name.as_deref())),
            (
                "public_id",
                public_id.map_or(Value::Null, |id| names.public_id(id)),
            ),
            ("tags", tags.map_or(Value::Null, |tags| texts(tags, names))),
            ("alt", names.maybe(description.alt.as_deref())),
            ("caption", names.maybe(description.caption.as_deref())),
            ("metadata", Value::Object(answers)),
            ("unfit", Value::List(unfit)),
        ])
    }
}

/// Facts that are about an item alone, or about all.
fn of_item(event: &Event) -> Value {
    let (name, item) = match event {
        Event::Cancelled { item } => ("cancelled", Some(item)),
        Event::Removed { item } => ("removed", Some(item)),
        Event::SetAside { item } => ("set_aside", Some(item)),
        Event::Retried { item } => ("retried", Some(item)),
        Event::Paused { item } => ("paused", Some(item)),
        Event::Resumed { item } => ("resumed", Some(item)),
        Event::Preferred { item } => ("preferred", Some(item)),
        Event::Allowed { item } => ("allowed", Some(item)),
        Event::EditLeft { item } => ("edit_left", Some(item)),
        Event::EditWanted { item } => ("edit_wanted", Some(item)),
        Event::AllCancelled => ("all_cancelled", None),
        Event::AllRetried => ("all_retried", None),
        Event::AllPaused => ("all_paused", None),
        Event::AllResumed => ("all_resumed", None),
        Event::Restored => ("restored", None),
        Event::Dropped => ("dropped", None),
        Event::WentOffline => ("went_offline", None),
        Event::WentOnline => ("went_online", None),
        Event::Reviewed => ("reviewed", None),
        _ => ("ticked", None),
    };
    said(name, item.map(|item| id(item.0)))
}

fn said(name: &str, values: impl IntoIterator<Item = Value>) -> Value {
    let mut all = vec![Value::from_text(name)];
    all.extend(values);
    Value::List(all)
}

fn id(number: u32) -> Value {
    Value::from_whole(u64::from(number))
}

fn texts(list: &[String], names: &mut Names) -> Value {
    Value::List(list.iter().map(|text| names.value(text)).collect())
}

fn sides(size: Option<Size>) -> Value {
    size.map_or(Value::Null, |size| {
        Value::List(vec![id(size.width), id(size.height)])
    })
}

fn edited(edit: &Edit) -> Value {
    let rect = edit.rect.map_or(Value::Null, |rect| {
        Value::List([rect.x, rect.y, rect.width, rect.height].map(id).to_vec())
    });
    let turn = edit.turn;
    Value::List(vec![id(turn.quarters), Value::Bool(turn.flipped), rect])
}

fn picked(file: &PickedFile, names: &mut Names) -> Value {
    let mut values = vec![
        id(file.id.0),
        names.file(&file.name),
        Value::from_whole(file.size),
        names.media_type(&file.media_type),
    ];
    if let Some(address) = &file.address {
        values.push(names.address(address));
    }
    Value::List(values)
}

fn answered(answer: &Answer, names: &mut Names) -> Value {
    let body = match &answer.body {
        Body::Json(value) => body(value, "", names),
        Body::Text(text) => object(vec![("text", Value::Text(sentence(text, names)))]),
    };
    let kind = match answer.body {
        Body::Json(_) => "json",
        Body::Text(_) => "text",
    };
    let headers = answer.headers.iter();
    let headers = headers
        .map(|(name, text)| ((*name).to_owned(), Value::Text(header(name, text, names))))
        .collect();
    object(vec![
        ("status", id(u32::from(answer.status))),
        (kind, body),
        ("headers", Value::Object(headers)),
    ])
}

/// A part of an answer or of a reply, by the name that it has there.
fn body(value: &Value, name: &str, names: &mut Names) -> Value {
    match value {
        Value::Object(entries) => {
            let mut kept = Vec::new();
            for (name, value) in entries {
                if is_among(ANSWERED, name) || Parameter::find(name).is_some() {
                    kept.push((name.clone(), body(value, name, names)));
                }
            }
            Value::Object(kept)
        }
        Value::List(items) => {
            Value::List(items.iter().map(|item| body(item, name, names)).collect())
        }
        Value::Text(text) => Value::Text(word(text, name, names)),
        Value::Number(_) => match value.whole() {
            Some(_) if is_among(NUMBERS, name) => value.clone(),
            // What is taken for a text must stay one of its own.
            Some(whole) if is_among(" api_key apiKey ", name) => names.value(&whole.to_string()),
            Some(_) => Value::from_whole(1),
            None => Value::Null,
        },
        Value::Bool(_) | Value::Null => value.clone(),
        Value::Other(_) => Value::Null,
    }
}

fn word(text: &str, name: &str, names: &mut Names) -> String {
    let known = |kind: &ResourceType| kind.name() == text;
    let digits = text.len() <= HEADER_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
    match name {
        "" | "error" | "message" => sentence(text, names),
        "format" => names.format(text),
        _ if is_among(NUMBERS, name) && digits => text.to_owned(),
        _ if ResourceType::ALL.iter().any(known) || is_among(WORDS, text) => text.to_owned(),
        _ => names.text(text.trim()),
    }
}

/// What a server says: the beginnings that are known, else a stand-in of the same kind.
fn sentence(text: &str, names: &mut Names) -> String {
    let trimmed = text.trim();
    let begins = |known: &&&str| trimmed.starts_with(**known);
    let longest = SENTENCES
        .iter()
        .filter(begins)
        .max_by_key(|known| known.len());
    if let Some(known) = longest {
        return (*known).to_owned();
    }
    if find(trimmed, "api_key").is_some() {
        return "Invalid api_key".to_owned();
    }
    // Markup and data are no sentence.
    let mut stand_in = String::new();
    if trimmed.contains(['<', '{']) || trimmed.len() > 500 {
        stand_in.push('<');
    }
    stand_in.push_str(&names.text(trimmed));
    stand_in
}

fn header(name: &str, text: &str, names: &mut Names) -> String {
    let text = text.trim();
    let number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let date = || http_date::parse(text).is_some();
    match name {
        "x-cld-error" => sentence(text, names),
        "x-request-id" => names.text(text),
        _ if text.len() <= HEADER_MAX && (number || date()) => text.to_owned(),
        // Not of use, like most of what servers get wrong there.
        _ => "?".to_owned(),
    }
}

fn replied(reply: &Reply, names: &mut Names) -> Value {
    let (name, value) = match reply {
        // A text is a signature, or none.
        Reply::Given(Value::Text(text)) => ("given", Value::Text(sentence(text, names))),
        Reply::Given(value) => ("given", body(value, "given", names)),
        Reply::Threw(words) => ("threw", names.value(words)),
        Reply::Answered(answer) => ("answered", answered(answer, names)),
        Reply::Lost => ("lost", Value::Null),
    };
    said(name, [value])
}

/// What was kept of an upload: its upload ID opens the way to it.
fn recalled(text: &str, names: &mut Names) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let plain = |byte: u8| byte.is_ascii_digit() || byte == b'-';
        if bits(word).is_some() && word.len() == 32 {
            words.push(names.text(word));
        } else if word.len() <= HEADER_MAX && word.bytes().all(plain) {
            words.push(word.to_owned());
        } else {
            words.push("?".to_owned());
        }
    }
    words.join(" ")
}

fn is_among(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split(' ').any(|known| known == word)
}
