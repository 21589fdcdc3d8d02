//! The widget's words. English is inside; the source is `www/locales/en.json`, one constant per
//! key. Also the sentences that are made from core's codes and facts.

use plimsoll_core::error::{Fault, FaultKind, Refusal};

/// One text of the locale file.
#[derive(Clone, Copy)]
pub struct Word(usize);

include!(concat!(env!("OUT_DIR"), "/words.rs"));

impl Word {
    /// The text as it is.
    pub fn text(self) -> &'static str {
        ENGLISH.get(self.0).copied().unwrap_or_default()
    }

    /// The text with its one placeholder, `{{name}}`, filled.
    pub fn with(self, name: &str, value: &str) -> String {
        fill(self.text(), name, value)
    }
}

/// `text` with `{{name}}` replaced by `value`; unchanged when it has none.
pub fn fill(text: &str, name: &str, value: &str) -> String {
    let mut out = String::with_capacity(text.len() + value.len());
    // Single braces, because searching for a text rather than a letter costs 3 KB of wasm.
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let placeholder = after
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'));
        match placeholder {
            Some((key, tail)) if key == name => {
                out.push_str(value);
                rest = tail.strip_prefix('}').unwrap_or(tail);
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A count in words: `one` for 1, else `many` with its placeholder filled.
pub fn count(one: Word, many: Word, name: &str, n: u32) -> String {
    if n == 1 {
        one.text().to_owned()
    } else {
        many.with(name, &n.to_string())
    }
}

/// A size in words, decimal units, one decimal below 10: `980 bytes`, `2.4 MB`, `12 MB`.
pub fn size(bytes: u64) -> String {
    let (unit, word) = match bytes {
        0..1_000 => return UPLOADER_FILESIZE_B.with("size", &bytes.to_string()),
        1_000..1_000_000 => (1_000, UPLOADER_FILESIZE_K),
        1_000_000..1_000_000_000 => (1_000_000, UPLOADER_FILESIZE_M),
        _ => (1_000_000_000, UPLOADER_FILESIZE_G),
    };
    let tenths = bytes / (unit / 10);
    let mut number = (tenths / 10).to_string();
    if tenths < 100 && !tenths.is_multiple_of(10) {
        number.push('.');
        number.push_str(&(tenths % 10).to_string());
    }
    word.with("size", &number)
}

/// How long something still takes, rounded up to the unit: `40 s left`, `3 min left`.
pub fn left(seconds: u64) -> String {
    let (n, word) = match seconds {
        0..60 => (seconds, QUEUE_SUMMARY_LEFT_S),
        60..3_600 => (seconds.div_ceil(60), QUEUE_SUMMARY_LEFT_MIN),
        _ => (seconds.div_ceil(3_600), QUEUE_SUMMARY_LEFT_H),
    };
    word.with("left", &n.to_string())
}

/// When the next attempt is, as the end of a sentence: in seconds, or at what hour and minute of
/// the day.
pub fn rest(seconds: u64, clock: (u32, u32)) -> String {
    match seconds {
        0 => QUEUE_STATUSES_RESTING.text().to_owned(),
        1..=60 => QUEUE_STATUSES_RESTING_SECONDS.with("seconds", &seconds.to_string()),
        _ => {
            let (hours, minutes) = clock;
            let zero = if minutes < 10 { "0" } else { "" };
            let time = [&hours.to_string(), ":", zero, &minutes.to_string()].concat();
            QUEUE_STATUSES_RESTING_UNTIL.with("time", &time)
        }
    }
}

/// Why a file was not accepted.
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::TooLarge { size: bytes, limit } => fill(
            &UPLOADER_ERRORS_FILE_TOO_LARGE.with("size", &size(*bytes)),
            "allowed",
            &size(*limit),
        ),
        Refusal::TooSmall { size: bytes, limit } => fill(
            &UPLOADER_ERRORS_MIN_FILE_SIZE.with("size", &size(*bytes)),
            "allowed",
            &size(*limit),
        ),
        Refusal::Duplicate { of } => UPLOADER_ERRORS_DUPLICATE.with("name", of),
        Refusal::Empty => UPLOADER_ERRORS_FILE_EMPTY.text().to_owned(),
        Refusal::FormatNotAllowed { allowed, .. } => {
            UPLOADER_ERRORS_ALLOWED_FORMATS.with("allowed", allowed)
        }
    }
}

/// Why an upload failed: the server's own words where it had some.
pub fn fault(fault: &Fault) -> String {
    if !fault.server_message.is_empty() {
        return fault.server_message.clone();
    }
    fault_kind(fault.kind).with("status", &fault.status.to_string())
}

/// The short form, without facts.
pub fn fault_kind(kind: FaultKind) -> Word {
    match kind {
        FaultKind::FileUnreadable => UPLOADER_FAULTS_FILE_UNREADABLE,
        FaultKind::NetworkLost => UPLOADER_FAULTS_NETWORK_LOST,
        FaultKind::NetworkTimeout => UPLOADER_FAULTS_NETWORK_TIMEOUT,
        FaultKind::ServerBusy => UPLOADER_FAULTS_SERVER_BUSY,
        FaultKind::ServerFailed => UPLOADER_FAULTS_SERVER_FAILED,
        FaultKind::ServerRefused => UPLOADER_FAULTS_SERVER_REFUSED,
        FaultKind::AnswerUnreadable => UPLOADER_FAULTS_ANSWER_UNREADABLE,
        FaultKind::AnswerMismatch => UPLOADER_FAULTS_ANSWER_MISMATCH,
        FaultKind::PageFailed => UPLOADER_FAULTS_PAGE_FAILED,
        FaultKind::NotConfigured => UPLOADER_FAULTS_NOT_CONFIGURED,
    }
}
