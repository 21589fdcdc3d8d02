//! What a server's answer means: an asset, or a fault. Decides nothing about trying again.

use super::value::Value;
use crate::error::{Fault, FaultKind};
use crate::event::{Answer, Body};
use crate::text::is_hex;

/// Longer words of a server are cut here: they are shown in a list and written to consoles.
const MESSAGE_MAX: usize = 500;

/// A stored file, as the server described it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// The server's response object.
    pub info: Value,
}

impl Asset {
    /// The name under which it is stored.
    pub fn public_id(&self) -> Option<&str> {
        self.text("public_id")
    }

    /// Where it is delivered: the https address where there is one.
    pub fn secure_url(&self) -> Option<&str> {
        self.text("secure_url").or_else(|| self.text("url"))
    }

    /// `image`, `video` or `raw`.
    pub fn resource_type(&self) -> Option<&str> {
        self.text("resource_type")
    }

    /// The format's usual extension, `jpg`.
    pub fn format(&self) -> Option<&str> {
        self.text("format")
    }

    /// The version, which changes with each upload to the same public ID.
    pub fn version(&self) -> Option<i64> {
        self.info.get("version")?.whole()
    }

    /// The bytes that are stored.
    pub fn bytes(&self) -> Option<i64> {
        self.info.get("bytes")?.whole()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.info.get(name)?.text().filter(|text| !text.is_empty())
    }

    /// The MD5 of what is stored, where the server says it: 32 hexadecimal digits.
    pub fn md5(&self) -> Option<&str> {
        self.text("etag").filter(|etag| is_hex(etag, 32))
    }

    /// Whether it was there before, and nothing of what was sent is stored.
    pub fn is_old(&self) -> bool {
        matches!(self.info.get("existing"), Some(Value::Bool(true)))
    }

    /// Whether the server can have stored the `size` bytes that were sent.
    fn fits(&self, size: u64) -> Result<(), FaultKind> {
        match self.bytes().map(u64::try_from) {
            Some(Ok(bytes)) if bytes == size => Ok(()),
            // The file went away before it was read: sending it again won't help.
            Some(Ok(0)) => Err(FaultKind::FileUnreadable),
            Some(_) => Err(FaultKind::AnswerMismatch),
            None => Ok(()),
        }
    }
}

/// Reads the answer to an upload, the `attempts`-th for its item. Of `size` bytes, where that many
/// must be stored.
pub fn read(answer: &Answer, size: Option<u64>, attempts: u32) -> Result<Asset, Fault> {
    let stored = taken(answer).and_then(stored);
    let checked = stored.and_then(|asset| {
        if let Some(size) = size.filter(|_| !asset.is_old()) {
            asset.fits(size)?;
        }
        Ok(asset)
    });
    checked.map_err(|kind| fault(answer, kind, attempts))
}

/// Reads the answer to a chunk that is not its file's last. It describes no asset, and what it
/// says of one (a public ID) is not needed: all chunks carry the same upload ID.
pub fn read_chunk(answer: &Answer, attempts: u32) -> Result<(), Fault> {
    match taken(answer) {
        Ok(info) => {
            let part = matches!(info.get("done"), Some(Value::Bool(false)));
            if part || stored(info).is_err() {
                return Ok(());
            }
            // A server that makes an asset of a part has not understood the range.
            Err(fault(answer, FaultKind::AnswerUnreadable, attempts))
        }
        Err(kind) => Err(fault(answer, kind, attempts)),
    }
}

fn fault(answer: &Answer, kind: FaultKind, attempts: u32) -> Fault {
    Fault {
        status: answer.status,
        server_message: server_message(answer),
        request_id: answer.header("x-request-id").map(str::to_owned),
        ..Fault::silent(kind, attempts)
    }
}

/// What the server says of a request that it has taken.
fn taken(answer: &Answer) -> Result<&Value, FaultKind> {
    match answer.status {
        200..=299 => {}
        420 | 429 => return Err(FaultKind::ServerBusy),
        408 | 500.. => return Err(FaultKind::ServerFailed),
        400..=499 => return Err(FaultKind::ServerRefused),
        // Redirects are followed by the browser; whatever this is, it is not the Upload API.
        _ => return Err(FaultKind::AnswerUnreadable),
    }
    let Body::Json(info @ Value::Object(_)) = &answer.body else {
        return Err(FaultKind::AnswerUnreadable);
    };
    // A server may find out what is wrong after it has begun to answer 200.
    if info.get("error").is_some_and(|error| !error.is_null()) {
        return Err(FaultKind::ServerRefused);
    }
    Ok(info)
}

fn stored(info: &Value) -> Result<Asset, FaultKind> {
    let asset = Asset { info: info.clone() };
    let named = asset.public_id().is_some()
        && (asset.secure_url().is_some() || asset.text("asset_id").is_some());
    // An asset that a server still works on has no address yet.
    if named || asset.text("status") == Some("pending") {
        Ok(asset)
    } else {
        Err(FaultKind::AnswerUnreadable)
    }
}

/// The server's own words as they are shown: a line of them.
pub(crate) fn server_message(answer: &Answer) -> String {
    let text = words(answer);
    let end = text.floor_char_boundary(MESSAGE_MAX);
    // Not by an index: its panic would bring the tables that print any letter.
    text.get(..end).unwrap_or_default().to_owned()
}

/// The server's own words: `error.message`, a plain line of text, or the header that repeats them.
/// Never a page's markup.
pub(crate) fn words(answer: &Answer) -> &str {
    let body = match &answer.body {
        Body::Json(json) => json.get("error").and_then(|error| {
            let message = error.get("message").and_then(Value::text);
            message.or_else(|| error.text())
        }),
        Body::Text(text) => {
            let text = text.trim();
            let is_line = text.len() <= MESSAGE_MAX && !text.contains(['<', '{']);
            Some(text).filter(|text| is_line && !text.is_empty())
        }
    };
    body.or_else(|| answer.header("x-cld-error"))
        .unwrap_or_default()
}

/// What a server tells of how far an upload is: `{"ranges":[[0,20000000],…]}` as starts and ends.
/// `None` for any other answer.
pub(crate) fn ranges(answer: &Answer) -> Option<Vec<(u64, u64)>> {
    let Some(Value::List(items)) = taken(answer).ok()?.get("ranges") else {
        return None;
    };
    let number = |value: Option<&Value>| u64::try_from(value?.whole()?).ok();
    let range = |item: &Value| match item {
        Value::List(ends) => Some((number(ends.first())?, number(ends.get(1))?)),
        _ => None,
    };
    items.iter().map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: Body) -> Answer {
        Answer {
            status,
            body,
            headers: vec![("x-request-id", "r1".to_owned())],
        }
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::Object(
            entries
                .iter()
                .map(|(k, v)| ((*k).to_owned(), v.clone()))
                .collect(),
        )
    }

    fn error(message: &str) -> Body {
        Body::Json(object(&[(
            "error",
            object(&[("message", Value::from_text(message))]),
        )]))
    }

    fn good(kind: &str, bytes: f64) -> Vec<(&'static str, Value)> {
        vec![
            ("public_id", Value::from_text("dog")),
            ("secure_url", Value::from_text("https://x.test/dog")),
            ("resource_type", Value::from_text(kind)),
            ("bytes", Value::Number(bytes)),
        ]
    }

    fn kind_of(status: u16, body: Body) -> FaultKind {
        read(&answer(status, body), Some(10), 1).unwrap_err().kind
    }

    #[test]
    fn a_good_answer_is_an_asset() {
        let body = Body::Json(object(&good("image", 10.0)));
        let asset = read(&answer(200, body), Some(10), 1).unwrap();
        assert_eq!(asset.public_id(), Some("dog"));
        assert_eq!(asset.secure_url(), Some("https://x.test/dog"));
        assert_eq!(asset.format(), None);
    }

    #[test]
    fn what_is_no_upload_response_is_no_success() {
        for text in ["", "<html>Sign in</html>", "{\"public_id\": \"do"] {
            assert_eq!(
                kind_of(200, Body::Text(text.to_owned())),
                FaultKind::AnswerUnreadable
            );
        }
        for json in [
            Value::Null,
            Value::List(vec![]),
            Value::Object(vec![]),
            Value::Bool(true),
        ] {
            assert_eq!(kind_of(200, Body::Json(json)), FaultKind::AnswerUnreadable);
        }
        let unnamed = object(&[("done", Value::Bool(false))]);
        assert_eq!(
            kind_of(200, Body::Json(unnamed)),
            FaultKind::AnswerUnreadable
        );
    }

    #[test]
    fn an_error_inside_200_is_a_failure_with_its_words() {
        let fault = read(&answer(200, error("Internal trouble")), Some(10), 3).unwrap_err();
        assert_eq!(fault.kind, FaultKind::ServerRefused);
        assert_eq!(fault.server_message, "Internal trouble");
        assert_eq!((fault.status, fault.attempts), (200, 3));
        assert_eq!(fault.request_id.as_deref(), Some("r1"));
    }

    #[test]
    fn an_error_that_is_null_is_none() {
        let mut entries = good("image", 10.0);
        entries.push(("error", Value::Null));
        assert!(read(&answer(200, Body::Json(object(&entries))), Some(10), 1).is_ok());
    }

    #[test]
    fn statuses_fall_into_kinds() {
        let kinds = [
            (304, FaultKind::AnswerUnreadable),
            (400, FaultKind::ServerRefused),
            (401, FaultKind::ServerRefused),
            (408, FaultKind::ServerFailed),
            (413, FaultKind::ServerRefused),
            (420, FaultKind::ServerBusy),
            (429, FaultKind::ServerBusy),
            (500, FaultKind::ServerFailed),
            (503, FaultKind::ServerFailed),
        ];
        for (status, kind) in kinds {
            assert_eq!(kind_of(status, error("x")), kind, "{status}");
        }
    }

    #[test]
    fn a_page_of_markup_is_not_repeated_but_a_line_of_text_is() {
        let words = |text: &str| {
            let body = Body::Text(text.to_owned());
            read(&answer(500, body), Some(10), 1)
                .unwrap_err()
                .server_message
        };
        assert_eq!(words("<!doctype html><h1>502</h1>"), "");
        assert_eq!(words(" upstream timed out\n"), "upstream timed out");
        let long = "é".repeat(MESSAGE_MAX);
        let fault = read(&answer(400, error(&long)), Some(10), 1).unwrap_err();
        assert_eq!(fault.server_message.len(), MESSAGE_MAX);
    }

    #[test]
    fn a_size_that_was_never_sent_is_no_success() {
        let kind = |entries: Vec<_>| kind_of(200, Body::Json(object(&entries)));
        assert_eq!(kind(good("raw", 9.0)), FaultKind::AnswerMismatch);
        assert_eq!(kind(good("image", 11.0)), FaultKind::AnswerMismatch);
        assert_eq!(kind(good("image", 0.0)), FaultKind::FileUnreadable);
        let reread = |size, entries: &[_]| {
            read(&answer(200, Body::Json(object(entries))), size, 1).map(|_| ())
        };
        assert_eq!(
            reread(None, &good("image", 9.0)),
            Ok(()),
            "a preset may shrink it"
        );
        assert_eq!(reread(Some(10), &good("image", 10.0)), Ok(()));
        let mut old = good("raw", 9.0);
        old.push(("existing", Value::Bool(true)));
        assert_eq!(reread(Some(10), &old), Ok(()));
    }

    #[test]
    fn how_far_an_upload_is_is_read_from_its_ranges_alone() {
        let pair =
            |start: f64, end: f64| Value::List(vec![Value::Number(start), Value::Number(end)]);
        let told = |items: Vec<Value>| {
            let body = Body::Json(object(&[("ranges", Value::List(items))]));
            ranges(&answer(200, body))
        };
        let both = vec![pair(0.0, 20.0), pair(40.0, 60.0)];
        assert_eq!(told(both), Some(vec![(0, 20), (40, 60)]));
        assert_eq!(told(Vec::new()), Some(Vec::new()));
        assert_eq!(told(vec![pair(-1.0, 20.0)]), None);
        assert_eq!(told(vec![Value::Null]), None);
        assert_eq!(ranges(&answer(404, error("no"))), None);
        assert_eq!(ranges(&answer(200, Body::Text(String::new()))), None);
    }
}
