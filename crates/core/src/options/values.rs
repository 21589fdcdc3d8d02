//! Single values as pages write them: what they were meant for, and how to call them in a message.

use crate::protocol::value::Value;

/// Quoted values are cut here: a message is a line, not a document.
const QUOTE_MAX: usize = 60;

/// Texts, and whole numbers as texts. (Printing other numbers would link 7 KB of code.)
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.trim().to_owned()),
        other => other.whole().map(|number| number.to_string()),
    }
}

/// Yes or no, in all the ways that people write them.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Text(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
        other => match other.whole() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
    }
}

/// The digits that somebody meant who wrote `5MB` or `2 GiB`.
pub(super) fn size_meant(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let unit = unit.trim().as_bytes();
    let thousand: u64 = if unit
        .get(1)
        .is_some_and(|byte| byte.eq_ignore_ascii_case(&b'i'))
    {
        1024
    } else {
        1000
    };
    let power = match unit.first()?.to_ascii_lowercase() {
        b'k' => 1,
        b'm' => 2,
        b'g' => 3,
        b'b' => 0,
        _ => return None,
    };
    Some(number.checked_mul(thousand.pow(power))?.to_string())
}

/// A number such as `1.5`, by hand: the library's reading of floats is 10 KB of code.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = whole.len() + part.len();
    let good = part
        .bytes()
        .chain(whole.bytes())
        .all(|byte| byte.is_ascii_digit());
    // So many digits are exact in a float.
    if digits == 0 || digits > 15 || !good {
        return None;
    }
    let number = |text: &str| text.parse().unwrap_or(0_u64) as f64;
    let scale = 10_u64.pow(u32::try_from(part.len()).ok()?) as f64;
    Some(number(whole) + number(part) / scale)
}

/// A value in words.
pub(super) fn quoted(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        Value::Number(number) => match value.whole() {
            Some(whole) => whole.to_string(),
            None if number.is_finite() => "a number with a fraction, or too large".to_owned(),
            None => "no number (NaN or Infinity)".to_owned(),
        },
        Value::Text(text) => {
            let end = text.floor_char_boundary(QUOTE_MAX);
            let dots = if end < text.len() { "…" } else { "" };
            [
                "the text \"",
                text.get(..end).unwrap_or_default(),
                dots,
                "\"",
            ]
            .concat()
        }
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Other(kind) => ["of the type ", kind].concat(),
    }
}
