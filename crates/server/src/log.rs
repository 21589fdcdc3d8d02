//! The log: a line an event, as text or JSON, in which nothing secret stands and nothing that came
//! from outside can begin a line of its own.

use std::fmt::{self, Write as _};
use std::io;

use plimsoll_core::protocol::public_id::is_invisible;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock;
use crate::config::{Config, LogLevel, LogStyle};

const HIDDEN: &str = "[hidden]";
/// Parameters and fields that never stand in a log, whatever brings them there: errors of libraries
/// hold whole addresses, for one.
const SECRET_NAMES: [&str; 8] = [
    "api_secret",
    "authorization",
    "delete_token",
    "password",
    "secret",
    "signature",
    "token",
    "x-amz-signature",
];
/// Below this a secret is too common a text to be looked for everywhere.
const SECRET_LETTERS_MIN: usize = 4;
/// A field; more is cut, because a log is no dump.
const FIELD_CHARS_MAX: usize = 2_000;

/// Sends what is logged from now on to the standard error. Call it once, before the server runs.
pub fn start(config: &Config, level: LogLevel) {
    let level = match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
    };
    let started = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(level)
        .event_format(Lines::new(config.log, config.secrets()))
        .try_init();
    if started.is_err() {
        tracing::warn!("logs were started before");
    }
}

/// How a line is written.
struct Lines {
    style: LogStyle,
    secrets: Vec<String>,
}

impl Lines {
    fn new(style: LogStyle, mut secrets: Vec<String>) -> Self {
        secrets.retain(|secret| secret.len() >= SECRET_LETTERS_MIN);
        Self { style, secrets }
    }

    /// A line without its end.
    fn line(&self, level: Level, fields: &[(&'static str, Value)]) -> String {
        let time = clock::iso_8601(clock::now_seconds());
        let fields = fields
            .iter()
            .map(|(name, value)| (*name, self.clean(name, value)));
        if self.style == LogStyle::Json {
            let mut line = Map::new();
            line.insert("time".to_owned(), time.into());
            line.insert("level".to_owned(), level.as_str().into());
            line.extend(fields.map(|(name, value)| (name.to_owned(), value)));
            return escape_json(&Value::Object(line).to_string());
        }
        let mut line = format!("{time} {:<5}", level.as_str());
        for (name, value) in fields {
            let _ = match (name, value) {
                ("message", Value::String(text)) => write!(line, " {}", text.escape_debug()),
                (name, Value::String(text)) if is_plain(&text) => write!(line, " {name}={text}"),
                (name, Value::String(text)) => write!(line, " {name}={text:?}"),
                (name, value) => write!(line, " {name}={value}"),
            };
        }
        line
    }

    /// A field's value without what is nobody's business.
    fn clean(&self, name: &str, value: &Value) -> Value {
        let Value::String(text) = value else {
            return value.clone();
        };
        if SECRET_NAMES.contains(&name) {
            return HIDDEN.into();
        }
        let cut: String = text.chars().take(FIELD_CHARS_MAX).collect();
        let mut text = hide_parameters(&cut);
        for secret in &self.secrets {
            text = text.replace(secret.as_str(), HIDDEN);
        }
        text.into()
    }
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        // What happened comes first.
        fields.0.sort_by_key(|(name, _)| *name != "message");
        writeln!(
            writer,
            "{}",
            self.line(*event.metadata().level(), &fields.0)
        )
    }
}

/// The fields of one event.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push((field.name(), format!("{value:?}").into()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.into()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.push((field.name(), value.into()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.push((field.name(), value.into()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.push((field.name(), value.into()));
    }
}

/// Escapes what JSON leaves as it is, and terminals and editors obey. It stands in strings only.
fn escape_json(line: &str) -> String {
    let mut safe = String::with_capacity(line.len());
    for letter in line.chars() {
        if is_invisible(letter) {
            let _ = write!(safe, "\\u{:04x}", u32::from(letter));
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// Whether a value needs no quotes.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"=\\".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

/// Hides queries, signatures of addresses, and values of secret parameters.
fn hide_parameters(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, length)) = next_secret(rest) {
        clean.push_str(&rest[..before]);
        clean.push_str(HIDDEN);
        rest = &rest[before + length..];
    }
    clean.push_str(rest);
    clean
}

/// Where the next secret begins, and its length.
fn next_secret(text: &str) -> Option<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    let ends = |byte: u8| byte.is_ascii_whitespace() || b"&\"'<>,;)}]".contains(&byte);
    let value = |start: usize| {
        let length = lower[start..].bytes().position(ends);
        (start, length.unwrap_or(lower.len() - start))
    };
    let query = lower.match_indices('?').map(|(at, _)| {
        let (start, _) = value(at + 1);
        let in_query = |byte: u8| byte.is_ascii_whitespace() || b"\"<>)".contains(&byte);
        let length = lower[start..].bytes().position(in_query);
        (start, length.unwrap_or(lower.len() - start))
    });
    let query = query.filter(|(start, length)| lower[*start..start + length].contains('='));
    let named = SECRET_NAMES.iter().flat_map(|name| {
        let lower = &lower;
        lower.match_indices(name).filter_map(move |(at, _)| {
            let end = at + name.len();
            let rest = &lower[end..];
            let skipped = rest.len() - rest.trim_start_matches(['"', '\'', ' ', ':', '=']).len();
            let separated = rest[..skipped].contains([':', '=']);
            separated.then(|| value(end + skipped))
        })
    });
    let signed = lower.match_indices("/s--").map(|(at, _)| {
        let start = at + "/s--".len();
        (start, lower[start..].find("--").unwrap_or(0))
    });
    let hidden = |found: &(usize, usize)| found.1 > 0 && !lower[found.0..].starts_with(HIDDEN);
    query.chain(named).chain(signed).filter(hidden).min()
}

/// A text as it stands in lines of both styles, as their message and as a field.
#[cfg(any(test, fuzzing))]
pub fn lines_for_tests(text: &str, secret: &str) -> Vec<String> {
    let fields = [("message", Value::from(text)), ("path", Value::from(text))];
    let styles = [LogStyle::Text, LogStyle::Json];
    let lines = styles.map(|style| Lines::new(style, vec![secret.to_owned()]));
    lines
        .iter()
        .map(|lines| lines.line(Level::INFO, &fields))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(style: LogStyle, fields: &[(&'static str, &str)]) -> String {
        let lines = Lines::new(style, vec!["CANARY".to_owned(), "abc".to_owned()]);
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, text)| (*name, Value::from(*text)))
            .collect();
        let line = lines.line(Level::WARN, &fields);
        let (_time, rest) = line.split_once('Z').expect("a time");
        rest.to_owned()
    }

    #[test]
    fn nothing_from_outside_begins_a_line_or_moves_a_cursor() {
        let hostile = "a\nERROR forged\r\u{1b}[2J\u{202e}b\0\u{85}\u{2028}";
        for style in [LogStyle::Text, LogStyle::Json] {
            let line = line(style, &[("message", hostile), ("path", hostile)]);
            assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
            assert!(!line.contains(['\u{202e}', '\u{2028}']));
        }
        let text = line(
            LogStyle::Text,
            &[("message", "answered"), ("path", "/a b=\"c\"")],
        );
        assert_eq!(text, " WARN  answered path=\"/a b=\\\"c\\\"\"");
        let json = Lines::new(LogStyle::Json, Vec::new());
        let json = json.line(Level::WARN, &[("message", "a\nb".into()), ("ms", 7.into())]);
        let read: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!((&read["message"], &read["ms"]), (&"a\nb".into(), &7.into()));
        assert_eq!(read["level"], "WARN");
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let hidden = |name, text| line(LogStyle::Text, &[(name, text)]);
        for text in [
            "CANARY",
            "GET https://b.example/o?X-Amz-Signature=S3CR3T&a=b failed",
            "error sending request for url (http://a/b?x=S3CR3T)",
            "signature=S3CR3T&x=1",
            "Signature: S3CR3T",
            "{\"api_secret\":\"S3CR3T\"}",
            "{\"token\": \"S3CR3T\", \"a\": 1}",
            "delete_token=S3CR3T",
            "/demo/image/upload/s--S3CR3T--/v1/a.png",
            "ftp://x/?password='S3CR3T'",
            "a?b=S3CR3T c?d=S3CR3T",
        ] {
            let line = hidden("error", text);
            assert!(
                !line.contains("S3CR3T") && !line.contains("CANARY"),
                "{line}"
            );
            assert!(line.contains(HIDDEN), "{line}");
        }
        for name in SECRET_NAMES {
            assert!(!hidden(name, "S3CR3T").contains("S3CR3T"), "{name}");
        }
        assert_eq!(
            hidden("a", "what? no=secret abc"),
            " WARN  a=\"what? no=secret abc\""
        );
    }

    #[test]
    fn a_field_has_an_end() {
        let long = "é".repeat(1 << 20);
        assert!(line(LogStyle::Text, &[("a", &long)]).len() < 3 * FIELD_CHARS_MAX);
    }
}
