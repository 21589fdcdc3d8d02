//! Reads the lines of a trace. Not part of the wasm file.

use std::fmt::Debug;

use crate::crop::{Edit, Rect, Turn};
use crate::describe::{self, Description};
use crate::event::{Answer, Body, Event, HEADERS, Made, PickedFile, Recall, Reply, Vetted};
use crate::options::{Options, plugin, read_with};
use crate::picture::{Head, Size};
use crate::protocol::value::Value;
use crate::units::{AskId, ItemId, RequestId};

/// What can't be read, in words.
pub(super) type Read<T> = Result<T, String>;

/// The options of a first line, or of an update.
pub(super) fn options(value: &Value) -> Read<Options> {
    let count = value.get("plugins").and_then(Value::whole).unwrap_or(0);
    let plugins = (0..usize::try_from(count).unwrap_or(0))
        .map(plugin)
        .collect();
    let (mut options, _) = read_with(&functions(value), plugins);
    if let Some(least) = value.get("chunkMin").and_then(Value::whole) {
        options.chunk_min = u64::try_from(least).unwrap_or(1);
    }
    Ok(options)
}

/// Functions are written as a word.
fn functions(value: &Value) -> Value {
    let Value::Object(entries) = value else {
        return Value::Null;
    };
    let entry = |(name, value): &(String, Value)| {
        let value = match (name.as_str(), value.text()) {
            ("signal", Some("function")) => Value::Other("object"),
            (_, Some("function")) => Value::Other("function"),
            _ => value.clone(),
        };
        let ours = matches!(name.as_str(), "plugins" | "chunkMin");
        (!ours).then(|| (name.clone(), value))
    };
    Value::Object(entries.iter().filter_map(entry).collect())
}

/// A fact.
pub(super) fn event(value: &Value) -> Read<Event> {
    let mut parts = Parts::of(value)?;
    let name = parts.text()?;
    Ok(match name.as_str() {
        "picked" => Event::Picked {
            files: parts.all(picked)?,
        },
        "answered" => Event::Answered {
            request: parts.request()?,
            answer: answer(parts.next()?)?,
        },
        "lost" => Event::Lost {
            request: parts.request()?,
        },
        "sent" => Event::Sent {
            request: parts.request()?,
            bytes: parts.number()?,
        },
        "unreadable" => Event::Unreadable {
            request: parts.request()?,
        },
        "vetted" => Event::Vetted {
            ask: AskId(parts.number()?),
            verdict: match parts.next()? {
                Value::Null => Vetted::None,
                other => Vetted::AllBut(each(other, |pair| {
                    let mut pair = Parts::of(pair)?;
                    Ok((pair.item()?, pair.text()?))
                })?),
            },
        },
        "replied" => Event::Replied {
            ask: AskId(parts.number()?),
            reply: reply(parts.next()?)?,
        },
        "recalled" => {
            let (item, what, text) = (parts.item()?, parts.text()?, parts.text()?);
            let recall = match what.as_str() {
                "nothing" => Recall::Nothing,
                "elsewhere" => Recall::Elsewhere,
                _ => Recall::Found(text),
            };
            Event::Recalled { item, recall }
        }
        "digested" => Event::Digested {
            item: parts.item()?,
            md5: parts.maybe_text()?,
        },
        "probed" => Event::Probed {
            item: parts.item()?,
            head: parts.maybe(head)?,
        },
        other => of_people(other, &mut parts)?,
    })
}

/// What people, or the page, do with files that have not left.
fn of_people(name: &str, parts: &mut Parts) -> Read<Event> {
    Ok(match name {
        "edited" => Event::Edited {
            item: parts.item()?,
            edit: edit(parts.next()?)?,
        },
        "moved" => Event::Moved {
            item: parts.item()?,
            to: parts.number()?,
        },
        "described" => Event::Described {
            item: parts.item()?,
            description: Box::new(description(parts.next()?)?),
        },
        "remade" => Event::Remade {
            item: parts.item()?,
            made: parts.maybe(made)?,
        },
        "updated" => Event::Updated {
            options: Box::new(options(parts.next()?)?),
        },
        "public_id_edited" => Event::PublicIdEdited {
            public_id: parts.maybe_text()?,
        },
        "tags_edited" => Event::TagsEdited {
            tags: parts.all(text)?,
        },
        "preset_chosen" => Event::PresetChosen {
            preset: parts.text()?,
        },
        other => plain(other, parts)?,
    })
}

/// Facts about an item alone, or about all.
fn plain(name: &str, parts: &mut Parts) -> Read<Event> {
    Ok(match name {
        "cancelled" => Event::Cancelled {
            item: parts.item()?,
        },
        "removed" => Event::Removed {
            item: parts.item()?,
        },
        "set_aside" => Event::SetAside {
            item: parts.item()?,
        },
        "retried" => Event::Retried {
            item: parts.item()?,
        },
        "paused" => Event::Paused {
            item: parts.item()?,
        },
        "resumed" => Event::Resumed {
            item: parts.item()?,
        },
        "preferred" => Event::Preferred {
            item: parts.item()?,
        },
        "allowed" => Event::Allowed {
            item: parts.item()?,
        },
        "edit_left" => Event::EditLeft {
            item: parts.item()?,
        },
        "edit_wanted" => Event::EditWanted {
            item: parts.item()?,
        },
        "all_cancelled" => Event::AllCancelled,
        "all_retried" => Event::AllRetried,
        "all_paused" => Event::AllPaused,
        "all_resumed" => Event::AllResumed,
        "restored" => Event::Restored,
        "dropped" => Event::Dropped,
        "went_offline" => Event::WentOffline,
        "went_online" => Event::WentOnline,
        "reviewed" => Event::Reviewed,
        "ticked" => Event::Ticked,
        other => return Err(["no fact is called ", other].concat()),
    })
}

/// The values of a list, one after the other.
struct Parts<'a>(std::slice::Iter<'a, Value>);

impl<'a> Parts<'a> {
    fn of(value: &'a Value) -> Read<Self> {
        match value {
            Value::List(items) => Ok(Self(items.iter())),
            other => bad("a list", other),
        }
    }

    fn next(&mut self) -> Read<&'a Value> {
        self.0.next().ok_or_else(|| "a value is missing".to_owned())
    }

    fn text(&mut self) -> Read<String> {
        text(self.next()?)
    }

    fn number<T: TryFrom<i64>>(&mut self) -> Read<T> {
        number(self.next()?)
    }

    fn item(&mut self) -> Read<ItemId> {
        self.number().map(ItemId)
    }

    fn request(&mut self) -> Read<RequestId> {
        self.number().map(RequestId)
    }

    fn truth(&mut self) -> Read<bool> {
        match self.next()? {
            Value::Bool(truth) => Ok(*truth),
            other => bad("true or false", other),
        }
    }

    fn all<T>(&mut self, read: impl Fn(&Value) -> Read<T>) -> Read<Vec<T>> {
        each(self.next()?, read)
    }

    fn maybe<T>(&mut self, read: impl Fn(&Value) -> Read<T>) -> Read<Option<T>> {
        match self.next()? {
            Value::Null => Ok(None),
            value => read(value).map(Some),
        }
    }

    fn maybe_text(&mut self) -> Read<Option<String>> {
        self.maybe(text)
    }
}

fn bad<T>(wanted: &str, given: &impl Debug) -> Read<T> {
    Err(format!("{wanted} was expected, not {given:?}"))
}

fn text(value: &Value) -> Read<String> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        other => bad("a text", other),
    }
}

pub(super) fn number<T: TryFrom<i64>>(value: &Value) -> Read<T> {
    let whole = value.whole().and_then(|whole| T::try_from(whole).ok());
    whole.map_or_else(|| bad("a whole number", value), Ok)
}

fn each<T>(value: &Value, read: impl Fn(&Value) -> Read<T>) -> Read<Vec<T>> {
    match value {
        Value::List(items) => items.iter().map(read).collect(),
        other => bad("a list", other),
    }
}

fn picked(value: &Value) -> Read<PickedFile> {
    let mut parts = Parts::of(value)?;
    Ok(PickedFile {
        id: parts.item()?,
        name: parts.text()?,
        size: parts.number()?,
        media_type: parts.text()?,
        address: parts.0.next().map(text).transpose()?,
    })
}

fn answer(value: &Value) -> Read<Answer> {
    let status = value.get("status").unwrap_or(&Value::Null);
    let body = match value.get("text") {
        Some(body) => Body::Text(text(body.get("text").unwrap_or(&Value::Null))?),
        None => Body::Json(value.get("json").cloned().unwrap_or_default()),
    };
    let mut headers = Vec::new();
    if let Some(Value::Object(entries)) = value.get("headers") {
        for (name, value) in entries {
            let known = HEADERS.iter().find(|known| *known == name);
            let known = known.ok_or_else(|| ["no header is called ", name].concat())?;
            headers.push((*known, text(value)?));
        }
    }
    Ok(Answer {
        status: number(status)?,
        body,
        headers,
    })
}

fn reply(value: &Value) -> Read<Reply> {
    let mut parts = Parts::of(value)?;
    let (name, value) = (parts.text()?, parts.next()?);
    Ok(match name.as_str() {
        "given" => Reply::Given(value.clone()),
        "threw" => Reply::Threw(text(value)?),
        "answered" => Reply::Answered(answer(value)?),
        _ => Reply::Lost,
    })
}

fn size(value: &Value) -> Read<Size> {
    let mut parts = Parts::of(value)?;
    Ok(Size {
        width: parts.number()?,
        height: parts.number()?,
    })
}

fn head(value: &Value) -> Read<Head> {
    let mut parts = Parts::of(value)?;
    Ok(Head {
        // The engine has such names as constants; a replay reads few of them.
        format: parts.text()?.leak(),
        size: parts.maybe(size)?,
    })
}

fn edit(value: &Value) -> Read<Edit> {
    let mut parts = Parts::of(value)?;
    let turn = Turn {
        quarters: parts.number()?,
        flipped: parts.truth()?,
    };
    let rect = parts.maybe(|value| {
        let mut parts = Parts::of(value)?;
        Ok(Rect {
            x: parts.number()?,
            y: parts.number()?,
            width: parts.number()?,
            height: parts.number()?,
        })
    })?;
    Ok(Edit { turn, rect })
}

fn made(value: &Value) -> Read<Made> {
    let mut parts = Parts::of(value)?;
    Ok(Made {
        name: parts.text()?,
        size: parts.number()?,
        media_type: parts.text()?,
        sides: parts.maybe(size)?,
        located: parts.truth()?,
    })
}

fn description(value: &Value) -> Read<Description> {
    let maybe = |name: &str| value.get(name).filter(|value| !value.is_null());
    let one = |name: &str| maybe(name).map(text).transpose();
    let mut metadata = Vec::new();
    if let Some(Value::Object(entries)) = value.get("metadata") {
        for (id, answer) in entries {
            metadata.push((id.clone(), describe::Answer::One(text(answer)?)));
        }
    }
    let unfit = maybe("unfit").map(|all| each(all, text)).transpose()?;
    Ok(Description {
        name: one("name")?,
        public_id: one("public_id")?,
        tags: maybe("tags").map(|all| each(all, text)).transpose()?,
        alt: one("alt")?,
        caption: one("caption")?,
        metadata,
        unfit: unfit.unwrap_or_default(),
    })
}
