//! Problems of options as sentences. The words come from outside (`www/messages/options.json`): a
//! widget whose options are right has no use for them, nor for this code.

use super::spelling::{nearest, same};
use super::table::{Slot, rows};
use super::{OptionProblem, Reason};
use crate::protocol::value::Value;
use crate::text::find;

/// Quoted values are cut here: a message is a line, not a document.
const QUOTE_MAX: usize = 60;

/// What is wrong and what to do about it, in English, by the file of sentences. `None` when it is
/// not worth one: pages mix in settings of their own wrappers, which are no slips of the pen.
pub fn sentence(problem: &OptionProblem, sentences: &Value) -> Option<String> {
    let row = rows().find(|row| same(row.name, &problem.option));
    let name = row.map_or(problem.option.as_str(), |row| row.name);
    let code = problem.reason.code();
    let template = match sentences.get(code)? {
        Value::Text(template) => template,
        of_options => of_options.get(name)?.text()?,
    };
    let mut meant = String::new();
    let mut words = String::new();
    match (problem.reason, row.map(|row| &row.slot)) {
        (Reason::Unknown, _) => {
            meant.push_str(nearest(&problem.option, rows().map(|row| row.name))?);
        }
        (Reason::Below, Some(Slot::Within(_, least, _))) => meant = least.to_string(),
        (Reason::Above, Some(Slot::Within(_, _, most))) => meant = most.to_string(),
        (Reason::Number | Reason::Bytes | Reason::Seconds, _) => {
            let size = problem.given.text().and_then(size_meant);
            meant = size.or_else(|| Some(sentences.get("digits")?.text()?.to_owned()))?;
        }
        (Reason::Word, Some(Slot::Word(all, _))) => {
            words = all.join("\", \"");
            meant.push_str(all.first()?);
        }
        _ => {}
    }
    let given = quoted(&problem.given, sentences.get("given")?)?;
    let facts = [
        ("option", problem.option.as_str()),
        ("given", &given),
        ("meant", &meant),
        ("words", &words),
    ];
    Some(fill(template, &facts))
}

/// Puts facts in the places of a template: `{{name}}`.
fn fill(template: &str, facts: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = find(rest, "{{") {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text.push_str(before);
        let end = find(after, "}}").unwrap_or(after.len());
        let name = after.get(2..end).unwrap_or_default();
        let fact = facts.iter().find(|(known, _)| *known == name);
        text.push_str(fact.map_or("", |(_, fact)| fact));
        rest = after.get(end + 2..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// A value in words.
fn quoted(value: &Value, words: &Value) -> Option<String> {
    let word = |name: &str| words.get(name).and_then(Value::text);
    let (template, fact) = match value {
        Value::Null => ("null", String::new()),
        Value::Bool(true) => ("true", String::new()),
        Value::Bool(false) => ("false", String::new()),
        Value::Number(number) => match value.whole() {
            Some(whole) => return Some(whole.to_string()),
            None if number.is_finite() => ("fraction", String::new()),
            None => ("nan", String::new()),
        },
        Value::Text(text) => {
            let end = text.floor_char_boundary(QUOTE_MAX);
            let mut shown = text.get(..end)?.to_owned();
            shown.push_str(if end < text.len() { "…" } else { "" });
            ("text", shown)
        }
        Value::List(_) => ("list", String::new()),
        Value::Object(_) => ("object", String::new()),
        Value::Other(kind) => ("other", (*kind).to_owned()),
    };
    Some(fill(word(template)?, &[("it", &fact)]))
}

/// The digits that somebody meant who wrote `5MB` or `2 GiB`.
fn size_meant(text: &str) -> Option<String> {
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
