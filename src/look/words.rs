//! The widget's words. The English that opening needs is inside, one constant per key of
//! `www/locales/en.json`; that of `en.late.json` comes with what needs it, and other languages when
//! a page asks for them. Also the sentences that are made from core's codes and facts.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Reflect};
use plimsoll_core::error::{Fault, FaultKind, Refusal};
use plimsoll_core::picture::Size;
use wasm_bindgen::{JsCast, JsValue};

/// One text of the locale file.
#[derive(Clone, Copy)]
pub struct Word(usize);

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// What a dialog speaks. Each has its own: two widgets of a page may speak two languages. It holds
/// while elements are made, in their effects and in their listeners (`parts::El`), and in what the
/// shell calls later; a task of one's own takes it along by [`Words::here`].
#[derive(Clone, Default)]
pub struct Words(Option<Rc<Spoken>>);

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => one.lang == other.lang && one.texts == other.texts,
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

/// Anything but English as it is inside.
struct Spoken {
    lang: String,
    rtl: bool,
    texts: Vec<&'static str>,
    /// Knows plurals, numbers and times; see `www/script/words.js`.
    say: Function,
}

/// What [`Spoken::say`] can say besides texts.
const WHOLE: i32 = -1;
const TENTHS: i32 = -2;
const CLOCK: i32 = -3;

thread_local! {
    static NOW: RefCell<Words> = const { RefCell::new(Words(None)) };
    /// English with what came late.
    static LATE: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    /// What was heard before, by what it was made of: a page that opens its widget a thousand
    /// times has each text once.
    static HEARD: RefCell<Vec<(JsValue, Words)>> = const { RefCell::new(Vec::new()) };
}

impl Words {
    /// What is spoken where this is called.
    pub fn here() -> Self {
        NOW.with_borrow(Clone::clone)
    }

    /// Calls `act`, in which this is spoken.
    pub fn during<T>(&self, act: impl FnOnce() -> T) -> T {
        let before = NOW.replace(self.clone());
        let done = act();
        NOW.set(before);
        done
    }

    /// What `www/script/words.js` answered; English for nothing.
    pub fn heard(answer: &JsValue) -> Self {
        if !answer.is_object() {
            return Self::default();
        }
        let known = HEARD.with_borrow(|heard| {
            let known = heard.iter().find(|(other, _)| other == answer);
            known.map(|(_, words)| words.clone())
        });
        known.unwrap_or_else(|| {
            let words = Self(Some(Rc::new(Spoken::new(answer))));
            HEARD.with_borrow_mut(|heard| heard.push((answer.clone(), words.clone())));
            words
        })
    }

    /// The language's tag.
    pub fn lang(&self) -> &str {
        self.0.as_ref().map_or("en", |spoken| &spoken.lang)
    }

    /// The way it is written, as an element's `dir`.
    pub fn dir(&self) -> &'static str {
        match &self.0 {
            Some(spoken) if spoken.rtl => "rtl",
            _ => "ltr",
        }
    }
}

impl Spoken {
    fn new(answer: &JsValue) -> Self {
        let get = |key: &str| Reflect::get(answer, &key.into()).unwrap_or_default();
        Self {
            lang: get("lang").as_string().unwrap_or_default(),
            rtl: get("rtl").is_truthy(),
            texts: texts(&get("texts")),
            say: get("say").unchecked_into(),
        }
    }

    fn say(&self, at: i32, n: f64) -> String {
        // A function of our own, which does not throw.
        let said = self.say.call2(&JsValue::NULL, &at.into(), &n.into());
        said.unwrap_or_default().as_string().unwrap_or_default()
    }
}

/// Takes in the English that came late. Whether it did.
pub fn take_late(answer: &JsValue) -> bool {
    let came = answer.is_object();
    if came {
        let list = Reflect::get(answer, &"texts".into()).unwrap_or_default();
        LATE.set(texts(&list));
    }
    came
}

/// Texts that stay as long as the page: they are as good as those inside.
fn texts(list: &JsValue) -> Vec<&'static str> {
    let list: &Array = list.unchecked_ref();
    let kept = |text: JsValue| -> &'static str { text.as_string().unwrap_or_default().leak() };
    list.iter().map(kept).collect()
}

impl Word {
    /// The text as it is.
    pub fn text(self) -> &'static str {
        let spoken = NOW.with_borrow(|words| {
            let spoken = words.0.as_ref()?;
            spoken.texts.get(self.0).copied()
        });
        spoken.unwrap_or_else(|| match ENGLISH.get(self.0) {
            Some(text) if !text.is_empty() => text,
            _ => LATE.with_borrow(|late| late.get(self.0).copied().unwrap_or_default()),
        })
    }

    /// The text with its one placeholder, `{{name}}`, filled.
    pub fn with(self, name: &str, value: &str) -> String {
        fill(self.text(), name, value)
    }

    /// The same with a number.
    pub fn with_number(self, name: &str, n: u64) -> String {
        self.with(name, &number(n))
    }
}

/// A whole number in digits.
pub fn number(n: u64) -> String {
    match Words::here().0 {
        Some(spoken) => spoken.say(WHOLE, n as f64),
        None => n.to_string(),
    }
}

/// `text` with `{{name}}` replaced by `value`; unchanged when it has none.
pub fn fill(text: &str, name: &str, value: &str) -> String {
    // A file's name is no part of the sentence: its letters must not turn the words around it.
    let alone = Words::here().0.is_some_and(|spoken| spoken.rtl);
    let (before, after) = if alone {
        ("\u{2068}", "\u{2069}")
    } else {
        ("", "")
    };
    let value = &[before, value, after].concat();
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

/// A count in words: `one` for 1, else `many` with its placeholder filled. Other languages may have
/// more forms, beside that of `many` (`…_few`).
pub fn count(one: Word, many: Word, name: &str, n: u32) -> String {
    if let Some(spoken) = Words::here().0 {
        let text = spoken.say(i32::try_from(many.0).unwrap_or_default(), n.into());
        fill(&text, name, &number(n.into()))
    } else if n == 1 {
        one.text().to_owned()
    } else {
        many.with_number(name, n.into())
    }
}

/// A size in words, decimal units, one decimal below 10: `980 bytes`, `2.4 MB`, `12 MB`.
pub fn size(bytes: u64) -> String {
    let (unit, word) = match bytes {
        0..1_000 => return UPLOADER_FILESIZE_B.with_number("size", bytes),
        1_000..1_000_000 => (1_000, UPLOADER_FILESIZE_K),
        1_000_000..1_000_000_000 => (1_000_000, UPLOADER_FILESIZE_M),
        _ => (1_000_000_000, UPLOADER_FILESIZE_G),
    };
    let tenths = bytes / (unit / 10);
    let shown = if tenths < 100 {
        tenths
    } else {
        tenths / 10 * 10
    };
    word.with("size", &in_tenths(shown))
}

fn in_tenths(tenths: u64) -> String {
    if let Some(spoken) = Words::here().0 {
        return spoken.say(TENTHS, tenths as f64 / 10.0);
    }
    let mut number = (tenths / 10).to_string();
    if !tenths.is_multiple_of(10) {
        number.push('.');
        number.push_str(&(tenths % 10).to_string());
    }
    number
}

/// How long something still takes, rounded up to the unit: `40 s left`, `3 min left`.
pub fn left(seconds: u64) -> String {
    let (n, word) = match seconds {
        0..60 => (seconds, QUEUE_SUMMARY_LEFT_S),
        60..3_600 => (seconds.div_ceil(60), QUEUE_SUMMARY_LEFT_MIN),
        _ => (seconds.div_ceil(3_600), QUEUE_SUMMARY_LEFT_H),
    };
    word.with_number("left", n)
}

/// When the next attempt is, as the end of a sentence: in seconds, or at what time of the day, for
/// which `then` is the browser's clock in milliseconds.
pub fn rest(seconds: u64, then: f64) -> String {
    match seconds {
        0 => QUEUE_STATUSES_RESTING.text().to_owned(),
        1..=60 => QUEUE_STATUSES_RESTING_SECONDS.with_number("seconds", seconds),
        _ => QUEUE_STATUSES_RESTING_UNTIL.with("time", &clock(then)),
    }
}

/// An hour and minute of the day, where the person is.
fn clock(then: f64) -> String {
    if let Some(spoken) = Words::here().0 {
        return spoken.say(CLOCK, then);
    }
    let then = js_sys::Date::new(&then.into());
    let minutes = then.get_minutes();
    let zero = if minutes < 10 { "0" } else { "" };
    [
        &then.get_hours().to_string(),
        ":",
        zero,
        &minutes.to_string(),
    ]
    .concat()
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
        Refusal::ByPage { words } if words.is_empty() => UPLOADER_ERRORS_BY_PAGE.text().to_owned(),
        Refusal::ByPage { words } => words.clone(),
        Refusal::Empty => UPLOADER_ERRORS_FILE_EMPTY.text().to_owned(),
        Refusal::PictureTooSmall { size, least } => {
            let word = UPLOADER_ERRORS_MIN_DIMENSIONS_VALIDATION;
            sides(
                word,
                *size,
                [("minWidth", least.width), ("minHeight", least.height)],
            )
        }
        Refusal::PictureTooLarge { size, most } => {
            let word = UPLOADER_ERRORS_MAX_DIMENSIONS_VALIDATION;
            sides(
                word,
                *size,
                [("maxWidth", most.width), ("maxHeight", most.height)],
            )
        }
        Refusal::Disguised { format } => {
            UPLOADER_ERRORS_DISGUISED.with("format", &format.to_ascii_uppercase())
        }
        Refusal::FormatNotAllowed { allowed, .. } => {
            UPLOADER_ERRORS_ALLOWED_FORMATS.with("allowed", allowed)
        }
    }
}

/// A picture's sides beside those that are allowed.
fn sides(word: Word, size: Size, bounds: [(&str, u32); 2]) -> String {
    let text = word.with("width", &size.width.to_string());
    let mut text = fill(&text, "height", &size.height.to_string());
    for (name, bound) in bounds {
        let bound = match bound {
            0 | u32::MAX => UPLOADER_ERRORS_ANY_SIDE.text().to_owned(),
            bound => bound.to_string(),
        };
        text = fill(&text, name, &bound);
    }
    text
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
