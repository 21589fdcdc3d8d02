//! What an upload request holds: its address, text parts and headers. The file part is the
//! shell's.

use super::parameters;
use super::value::Value;
use crate::command::Fields;
use crate::describe::{Answer, Description};
use crate::options::{Options, ResourceType};

/// The header by which a server knows a repeated request for one it has carried out.
pub const UPLOAD_ID: &str = "X-Unique-Upload-Id";

/// `{prefix}/v1_1/{cloud}/{resource_type}/upload`.
pub fn url(options: &Options, resource_type: ResourceType) -> String {
    let mut url = base(options);
    url.push_str(resource_type.name());
    url.push_str("/upload");
    url
}

/// `{prefix}/v1_1/{cloud}/`.
fn base(options: &Options) -> String {
    let mut url = options.upload_prefix.clone();
    url.push_str("/v1_1/");
    push_encoded(&mut url, options.cloud_name.as_deref().unwrap_or_default());
    url.push('/');
    url
}

/// Where an asset is deleted by the token that came with it.
pub fn deletion_url(options: &Options) -> String {
    let mut url = base(options);
    url.push_str("delete_by_token");
    url
}

/// Where the server tells how far an upload is; `None` while it is not known on whose account that
/// goes.
pub fn status_url(options: &Options, id: [u64; 2]) -> Option<String> {
    // The same ID under another preset or key is another upload.
    let (name, scope) = if options.is_signed() {
        ("?api_key=", &options.api_key)
    } else {
        ("?upload_preset=", &options.upload_preset)
    };
    let mut url = base(options);
    url.push_str("upload_status/");
    url.push_str(&upload_id(id));
    url.push_str(name);
    push_encoded(&mut url, scope.as_deref()?);
    Some(url)
}

/// The text parts of an upload but those that sign it.
pub fn fields(options: &Options, public_id: Option<&str>) -> Fields {
    let mut fields = Vec::with_capacity(6 + options.params.len());
    if let Some(preset) = &options.upload_preset {
        fields.push(("upload_preset", preset.clone()));
    }
    // Tells the server that a widget sent this; pages' signatures count on it.
    fields.push(("source", "uw".to_owned()));
    if let Some(public_id) = public_id {
        fields.push(("public_id", public_id.to_owned()));
    }
    if let Some(folder) = &options.folder {
        fields.push(("folder", folder.clone()));
    }
    if !options.tags.is_empty() {
        fields.push(("tags", options.tags.join(",")));
    }
    if !options.context.is_empty() {
        fields.push(("context", context(&options.context)));
    }
    for (name, text) in &options.params {
        replace(&mut fields, name, text);
    }
    fields
}

/// Gives a part this text, whatever it had.
pub(crate) fn replace(fields: &mut Fields, name: &'static str, text: &str) {
    fields.retain(|(known, _)| *known != name);
    // What is empty is not sent: signatures leave it out.
    if !text.is_empty() {
        fields.push((name, text.to_owned()));
    }
}

/// Adds what a person has written about one file, in place of what the page says of all.
pub(crate) fn describe(fields: &mut Fields, description: &Description, pairs: &[(String, String)]) {
    if let Some(name) = &description.name {
        replace(fields, "filename_override", name);
    }
    if let Some(tags) = &description.tags {
        replace(fields, "tags", &tags.join(","));
    }
    let mut pairs = pairs.to_vec();
    for (key, text) in [("alt", &description.alt), ("caption", &description.caption)] {
        if let Some(text) = text {
            pairs.retain(|(known, _)| known != key);
            if !text.is_empty() {
                pairs.push((key.to_owned(), text.clone()));
            }
        }
    }
    replace(fields, "context", &context(&pairs));
    if description.metadata.is_empty() {
        return;
    }
    let given = fields.iter().find(|(name, _)| *name == "metadata");
    let given = given.map_or("", |(_, text)| text);
    let mut metadata = without(given, &description.metadata);
    for (id, answer) in &description.metadata {
        match answer {
            Answer::One(text) if text.is_empty() => {}
            Answer::One(text) => parameters::push_pair(&mut metadata, id, text),
            Answer::Several(texts) if texts.is_empty() => {}
            Answer::Several(texts) => {
                let list = texts.iter().map(|text| Value::from_text(text)).collect();
                let list = parameters::json(&Value::List(list));
                parameters::push_pair(&mut metadata, id, &list);
            }
        }
    }
    replace(fields, "metadata", &metadata);
}

/// `k=v|k=v` without the pairs that have answers.
fn without(text: &str, answers: &[(String, Answer)]) -> String {
    let mut rest = String::new();
    let mut pair = String::new();
    let mut letters = text.chars();
    loop {
        let letter = letters.next();
        match letter {
            Some('\\') => {
                pair.push('\\');
                pair.extend(letters.next());
            }
            Some('|') | None => {
                let key = pair.split_once('=').map_or("", |(key, _)| key);
                if !pair.is_empty() && answers.iter().all(|(id, _)| id != key) {
                    if !rest.is_empty() {
                        rest.push('|');
                    }
                    rest.push_str(&pair);
                }
                pair.clear();
            }
            Some(letter) => pair.push(letter),
        }
        if letter.is_none() {
            return rest;
        }
    }
}

/// The public ID of the `counter`-th file that was given one: the first has it as it is.
pub fn public_id(wanted: &str, counter: u32) -> String {
    let mut public_id = wanted.to_owned();
    if counter > 1 {
        public_id.push('_');
        public_id.push_str(&counter.to_string());
    }
    public_id
}

/// 128 bits as 32 hexadecimal digits.
pub fn upload_id(bits: [u64; 2]) -> String {
    let mut text = String::with_capacity(32);
    for half in bits {
        for at in (0..16).rev() {
            text.push(hex((half >> (4 * at)) as u8, b'a'));
        }
    }
    text
}

/// `k=v|k=v`, with `=` and `|` of values escaped.
fn context(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    for (key, value) in pairs {
        parameters::push_pair(&mut text, key, value);
    }
    text
}

/// Appends a path segment the way `encodeURIComponent` would, with `'` encoded as well.
fn push_encoded(url: &mut String, segment: &str) {
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*()".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            url.push(hex(byte >> 4, b'A'));
            url.push(hex(byte, b'A'));
        }
    }
}

/// The lowest four bits as a digit.
fn hex(bits: u8, ten: u8) -> char {
    let digit = bits & 0xf;
    char::from(if digit < 10 {
        b'0' + digit
    } else {
        ten + digit - 10
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_cloud_and_resource_type() {
        let mut options = Options {
            cloud_name: Some("demo".to_owned()),
            ..Options::default()
        };
        assert_eq!(
            url(&options, ResourceType::Auto),
            "https://api.cloudinary.com/v1_1/demo/auto/upload"
        );
        options.cloud_name = Some("it's/é".to_owned());
        assert_eq!(
            url(&options, ResourceType::Auto),
            "https://api.cloudinary.com/v1_1/it%27s%2F%C3%A9/auto/upload"
        );
    }

    #[test]
    fn text_parts_are_encoded_as_the_wire_has_them() {
        let options = Options {
            upload_preset: Some("unsigned".to_owned()),
            folder: Some("a/b".to_owned()),
            tags: vec!["x".to_owned(), "y z".to_owned()],
            context: vec![
                ("caption".to_owned(), "a=b|c".to_owned()),
                ("alt".to_owned(), "x & y".to_owned()),
            ],
            ..Options::default()
        };
        let expected = [
            ("upload_preset", "unsigned"),
            ("source", "uw"),
            ("public_id", "dog_2"),
            ("folder", "a/b"),
            ("tags", "x,y z"),
            ("context", "caption=a\\=b\\|c|alt=x & y"),
        ];
        let fields = fields(&options, Some(&public_id("dog", 2)));
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        assert_eq!(fields, expected);
    }

    #[test]
    fn an_upload_is_asked_about_on_its_own_account() {
        let mut options = Options {
            cloud_name: Some("demo".to_owned()),
            upload_preset: Some("a b".to_owned()),
            ..Options::default()
        };
        let base = "https://api.cloudinary.com/v1_1/demo/upload_status";
        let id = upload_id([0, 1]);
        assert_eq!(
            status_url(&options, [0, 1]),
            Some(format!("{base}/{id}?upload_preset=a%20b"))
        );
        options.signer = crate::options::Signer::Page;
        assert_eq!(status_url(&options, [0, 1]), None);
        options.api_key = Some("k".to_owned());
        assert_eq!(
            status_url(&options, [0, 1]),
            Some(format!("{base}/{id}?api_key=k"))
        );
    }

    #[test]
    fn what_was_not_given_is_not_sent() {
        assert_eq!(
            fields(&Options::default(), None),
            [("source", "uw".to_owned())]
        );
        assert_eq!(public_id("dog", 1), "dog");
    }

    #[test]
    fn an_upload_id_has_all_its_digits() {
        assert_eq!(
            upload_id([0xabc, 1 << 60]),
            "0000000000000abc1000000000000000"
        );
    }
}
