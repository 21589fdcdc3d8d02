//! What an upload request holds: its address, text parts and headers. The file part is the
//! shell's.

use crate::options::Options;

/// The header by which a server knows a repeated request for one it has carried out.
pub const UPLOAD_ID: &str = "X-Unique-Upload-Id";

/// `{prefix}/v1_1/{cloud}/{resource_type}/upload`.
pub fn url(options: &Options) -> String {
    let mut url = options.upload_prefix.clone();
    url.push_str("/v1_1/");
    push_encoded(&mut url, options.cloud_name.as_deref().unwrap_or_default());
    url.push('/');
    url.push_str(options.resource_type.name());
    url.push_str("/upload");
    url
}

/// The text parts of an unsigned upload.
pub fn fields(options: &Options, public_id: Option<&str>) -> Vec<(&'static str, String)> {
    let mut fields = Vec::with_capacity(6);
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
    fields
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
        if !text.is_empty() {
            text.push('|');
        }
        text.push_str(key);
        text.push('=');
        for letter in value.chars() {
            if matches!(letter, '=' | '|') {
                text.push('\\');
            }
            text.push(letter);
        }
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
            url(&options),
            "https://api.cloudinary.com/v1_1/demo/auto/upload"
        );
        options.cloud_name = Some("it's/é".to_owned());
        assert_eq!(
            url(&options),
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
