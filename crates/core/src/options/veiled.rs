//! Options as a page would write them, without anything that says whose they are: for traces of
//! what happened. Only what is not as usual is named.

use super::Options;
use super::choices::{Place, Signer, Source};
use super::table::{Row, Slot, rows};
use crate::fields::Field;
use crate::protocol::value::Value;
use crate::trace::Names;

/// Up to here numbers are exact in a float.
const WHOLE_MAX: u64 = 1 << 53;

/// What a function of the page's is written as.
pub(crate) const FUNCTION: &str = "function";

/// The options, with stand-ins for all texts that are not the table's own.
pub(crate) fn veiled(options: &Options, fields: &[Field], names: &mut Names) -> Value {
    let (mut given, mut usual) = (options.clone(), Options::default());
    let mut entries = Vec::new();
    for row in rows() {
        let value = match row.name {
            "metadataFields" => asked(fields, names),
            _ => option(row, &mut given, &mut usual, names),
        };
        entries.extend(value.map(|value| (row.name.to_owned(), value)));
    }
    for (name, text) in &options.params {
        // What is a word of the API's own, such as a truth, says nothing about anybody.
        let plain = matches!(text.as_str(), "true" | "false");
        let text = if plain {
            text.clone()
        } else {
            names.text(text)
        };
        entries.push(((*name).to_owned(), Value::Text(text)));
    }
    let plugins = Value::from_whole(options.plugins.len() as u64);
    entries.push(("plugins".to_owned(), plugins));
    if options.chunk_min != usual.chunk_min {
        entries.push(("chunkMin".to_owned(), Value::from_whole(options.chunk_min)));
    }
    Value::Object(entries)
}

fn option(row: &Row, given: &mut Options, usual: &mut Options, names: &mut Names) -> Option<Value> {
    match row.slot {
        Slot::Flag(get) | Slot::Function(get) | Slot::Object(get) => {
            let is_flag = matches!(row.slot, Slot::Flag(_));
            let truth = *get(given);
            (truth != *get(usual)).then(|| {
                if is_flag {
                    Value::Bool(truth)
                } else {
                    Value::from_text(FUNCTION)
                }
            })
        }
        Slot::Maybe(get) => get(given).map(Value::Bool),
        Slot::Count(get) => get(given).map(|count| whole(u64::from(count))),
        Slot::Seconds(get) | Slot::Bytes(get) => get(given).map(whole),
        Slot::Within(get, ..) | Slot::Number(get) => {
            let number = *get(given);
            (number != *get(usual)).then(|| whole(number))
        }
        Slot::Ratio(get) => get(given).map(part),
        Slot::Part(get) => {
            let number = *get(given);
            (number != *get(usual)).then(|| part(number))
        }
        Slot::Cropping => given.crop.cropping.then_some(Value::Bool(true)),
        Slot::Word(words, set) => {
            let same = |at: &usize| {
                let mut other = given.clone();
                set(&mut other, *at);
                other == *given
            };
            let at = (0..words.len()).find(same)?;
            let mut other = usual.clone();
            set(&mut other, at);
            (other != *usual).then(|| Value::from_text(words[at]))
        }
        Slot::Text(get, _) if row.name == "publicId" => {
            get(given).as_deref().map(|id| names.public_id(id))
        }
        Slot::Text(get, _) => get(given).as_deref().map(|text| names.value(text)),
        Slot::Named(get) => {
            let text = get(given).clone();
            (text != *get(usual)).then(|| names.value(&text))
        }
        Slot::Prefix => {
            let own = given.upload_prefix != usual.upload_prefix;
            own.then(|| names.address(&given.upload_prefix))
        }
        Slot::Texts(get) => {
            let texts = get(given).clone();
            (texts != *get(usual)).then(|| list(texts.iter().map(|text| names.text(text))))
        }
        Slot::Pairs(get) => {
            let pairs = get(given).clone();
            let pair = |(name, text): (String, String)| (names.text(&name), names.value(&text));
            (!pairs.is_empty()).then(|| Value::Object(pairs.into_iter().map(pair).collect()))
        }
        _ => other(row, given, usual, names),
    }
}

/// Those that one option has for itself, or that others read.
fn other(row: &Row, given: &mut Options, usual: &Options, names: &mut Names) -> Option<Value> {
    match row.slot {
        Slot::Sources => {
            let own = given.sources != usual.sources;
            own.then(|| list(given.sources.iter().map(|source| source_name(*source))))
        }
        Slot::DefaultSource => given.default_source.map(|it| Value::Text(source_name(it))),
        Slot::Formats => {
            let formats = &given.client_allowed_formats;
            let own = !formats.is_empty();
            own.then(|| list(formats.iter().map(|format| names.format(format))))
        }
        Slot::Signer => match &given.signer {
            Signer::Nobody => None,
            Signer::Page => Some(Value::from_text(FUNCTION)),
            Signer::Server(address) => Some(names.address(address)),
            Signer::Ready(signature) => Some(names.value(signature)),
        },
        Slot::Encryption => given.encryption.as_ref().map(|_| {
            let part = |name: &str| (name.to_owned(), Value::from_text("t0"));
            Value::Object(vec![part("key"), part("iv")])
        }),
        Slot::Place(get) => get(given).as_ref().map(|place| match place {
            Place::Selector(text) => names.value(text),
            Place::Element => Value::from_text("t0"),
        }),
        Slot::Tree(_, get) => get(given).as_ref().map(|tree| match tree {
            Value::Object(_) => Value::Object(Vec::new()),
            Value::List(_) => Value::List(Vec::new()),
            _ => Value::from_text("t0"),
        }),
        _ => None,
    }
}

/// Of the page's fields, which there are and which must be answered.
fn asked(fields: &[Field], names: &mut Names) -> Option<Value> {
    let field = |field: &Field| {
        let must = field.mandatory && field.default.is_none();
        Value::Object(vec![
            ("id".to_owned(), names.value(&field.id)),
            ("mandatory".to_owned(), Value::Bool(must)),
        ])
    };
    (!fields.is_empty()).then(|| Value::List(fields.iter().map(field).collect()))
}

/// A source of the page's own is known by its place.
fn source_name(source: Source) -> String {
    match source {
        Source::Plugin(at) => plugin(at),
        known => known.name().to_owned(),
    }
}

/// What a trace calls the page's own sources.
pub(crate) fn plugin(at: usize) -> String {
    let mut name = String::from("plugin");
    name.push_str(&at.to_string());
    name
}

fn whole(number: u64) -> Value {
    Value::from_whole(number.min(WHOLE_MAX))
}

/// As a text in thousandths, which is read like a number.
fn part(number: f64) -> Value {
    let thousandths = (number * 1_000.0) as u64;
    let rest = (thousandths % 1_000).to_string();
    let zeros = "0".repeat(3 - rest.len());
    Value::Text([&(thousandths / 1_000).to_string(), ".", &zeros, &rest].concat())
}

fn list(texts: impl Iterator<Item = String>) -> Value {
    Value::List(texts.map(Value::Text).collect())
}
