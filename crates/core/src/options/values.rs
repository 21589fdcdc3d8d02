//! Single values as pages write them, and what they were meant for.

use crate::protocol::value::Value;

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
