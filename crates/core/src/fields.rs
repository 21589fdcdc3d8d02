//! The fields that a page asks people about each file (`metadataFields`): what a page may write,
//! and which answers fit. Definitions are read as the Upload API's own lists of fields have them,
//! and in shorter words. Numbers stay texts: they are compared in millionths.

use crate::describe::Answer;
use crate::options::{OptionProblem, Reason};
use crate::protocol::value::Value;

/// More fields than a person fills in.
const FIELDS_MAX: usize = 64;

/// Digits before and after the point that are compared exactly.
const WHOLE_MAX: usize = 12;
const PART_MAX: usize = 6;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A day, as `2026-11-24`.
    Date,
    /// One of the choices.
    Enum,
    /// Some of the choices.
    Set,
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its external ID, which is sent.
    pub id: String,
    /// What people read.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether a file can't go without an answer.
    pub mandatory: bool,
    /// The answer that is proposed.
    pub default: Option<Answer>,
    /// What there is to choose from: ids and labels.
    pub choices: Vec<(String, String)>,
    /// No number or day below it.
    pub least: Option<Bound>,
    /// No number or day above it.
    pub most: Option<Bound>,
    /// Letters at least.
    pub shortest: Option<u32>,
    /// Letters at most.
    pub longest: Option<u32>,
    /// A regular expression that the whole text must match; the browser's to try.
    pub pattern: Option<String>,
}

/// An end of what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// As people read it.
    pub text: String,
    /// Whether it is allowed itself.
    pub inclusive: bool,
}

/// How an answer doesn't fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// There is none.
    Required,
    /// Too few letters, or too many.
    Length,
    /// Not of the pattern.
    Pattern,
    /// No whole number.
    NoInteger,
    /// No number.
    NoNumber,
    /// More digits than can be told apart.
    Digits,
    /// No day.
    NoDate,
    /// Below the least.
    TooLow,
    /// Above the most.
    TooHigh,
    /// Not among the choices.
    NoChoice,
}

/// Reads the page's list. What can't be used is left out, and told.
pub fn read(given: Option<&Value>) -> (Vec<Field>, Vec<OptionProblem>) {
    let (mut fields, mut problems) = (Vec::new(), Vec::new());
    let Some(Value::List(list)) = given else {
        return (fields, problems);
    };
    for (at, entry) in list.iter().enumerate().take(FIELDS_MAX) {
        let mut tell = |reason, given: &Value| {
            problems.push(OptionProblem {
                option: ["metadataFields[", &at.to_string(), "]"].concat(),
                reason,
                given: given.clone(),
            });
        };
        let Some(field) = field(entry, &mut tell) else {
            continue;
        };
        if fields.iter().any(|known: &Field| known.id == field.id) {
            tell(Reason::FieldTwice, &Value::Text(field.id));
        } else {
            fields.push(field);
        }
    }
    (fields, problems)
}

fn field(entry: &Value, tell: &mut dyn FnMut(Reason, &Value)) -> Option<Field> {
    let id = first(entry, &["external_id", "externalId", "id"]);
    let id = id
        .and_then(word)
        .filter(|id| !id.is_empty() && !id.contains(['=', '|', '\\']));
    let Some(id) = id else {
        tell(Reason::FieldId, entry);
        return None;
    };
    let named = entry.get("type").unwrap_or(&Value::Null);
    let kind = match named.text().map(str::to_ascii_lowercase).as_deref() {
        None if named.is_null() => FieldKind::Text,
        Some("string" | "text") => FieldKind::Text,
        Some("integer") => FieldKind::Integer,
        Some("number") => FieldKind::Number,
        Some("date") => FieldKind::Date,
        Some("enum") => FieldKind::Enum,
        Some("set") => FieldKind::Set,
        _ => {
            tell(Reason::FieldType, named);
            return None;
        }
    };
    let mut field = Field {
        label: first(entry, &["label"])
            .and_then(word)
            .unwrap_or_else(|| id.clone()),
        kind,
        mandatory: matches!(
            first(entry, &["mandatory", "required"]),
            Some(Value::Bool(true))
        ),
        default: None,
        choices: choices(entry),
        least: None,
        most: None,
        shortest: None,
        longest: None,
        pattern: None,
        id,
    };
    if matches!(kind, FieldKind::Enum | FieldKind::Set) && field.choices.is_empty() {
        tell(Reason::FieldChoices, &Value::Text(field.id));
        return None;
    }
    if let Some(rule) = entry.get("validation").filter(|rule| !rule.is_null())
        && !field.restrict(rule)
    {
        tell(Reason::FieldRule, &Value::Text(field.id.clone()));
    }
    let default = first(entry, &["default_value", "defaultValue", "default"]);
    field.default = default.and_then(|default| match (kind, default) {
        (FieldKind::Set, Value::List(list)) => {
            Some(Answer::Several(list.iter().filter_map(word).collect()))
        }
        (FieldKind::Set, one) => Some(Answer::Several(vec![word(one)?])),
        (_, one) => Some(Answer::One(word(one)?)),
    });
    if let Some(default) = &field.default
        && field.check(Some(default), false).is_some()
    {
        tell(Reason::FieldRule, &Value::Text(field.id.clone()));
        field.default = None;
    }
    Some(field)
}

/// The first of these names that has a value.
fn first<'a>(entry: &'a Value, names: &[&str]) -> Option<&'a Value> {
    let mut values = names.iter().filter_map(|name| entry.get(name));
    values.find(|value| !value.is_null())
}

/// A text, or a number as one.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(decimal(*number)),
        _ => None,
    }
}

/// What there is to choose from: texts, or objects of an id and a label; of an Upload API's own
/// list those that are in use.
fn choices(entry: &Value) -> Vec<(String, String)> {
    let source = entry.get("datasource").unwrap_or(entry);
    let Some(Value::List(list)) = first(source, &["values", "options", "choices"]) else {
        return Vec::new();
    };
    let choice = |value: &Value| {
        if let Some(word) = word(value) {
            return Some((word.clone(), word));
        }
        let inactive = value.get("state").and_then(Value::text) == Some("inactive");
        let id = first(value, &["external_id", "externalId", "id", "value"]).and_then(word)?;
        let label = first(value, &["label", "value"]).and_then(word);
        let label = label.unwrap_or_else(|| id.clone());
        (!inactive).then_some((id, label))
    };
    list.iter().filter_map(choice).collect()
}

impl Field {
    /// Takes a rule in. Whether all of it could be read.
    fn restrict(&mut self, rule: &Value) -> bool {
        let Some(kind) = rule.get("type").and_then(Value::text) else {
            return self.restrict_in_short(rule);
        };
        match kind {
            "and" => match rule.get("rules") {
                Some(Value::List(rules)) => rules.iter().all(|rule| self.restrict(rule)),
                _ => false,
            },
            "strlen" => {
                self.shortest = count(rule.get("min"));
                self.longest = count(rule.get("max"));
                self.shortest.is_some() || self.longest.is_some()
            }
            "greater_than" | "less_than" => {
                let inclusive = matches!(rule.get("equals"), Some(Value::Bool(true)));
                let bound = rule
                    .get("value")
                    .and_then(|value| self.bound(value, inclusive));
                let known = bound.is_some();
                if kind == "less_than" {
                    self.most = bound;
                } else {
                    self.least = bound;
                }
                known
            }
            "regex" => {
                self.pattern = first(rule, &["value", "pattern", "regex"]).and_then(word);
                self.pattern.is_some()
            }
            _ => false,
        }
    }

    /// `{min, max}` and `{regex}`: of a text its letters, else what it says.
    fn restrict_in_short(&mut self, rule: &Value) -> bool {
        let [min, max] = ["min", "max"].map(|name| first(rule, &[name]));
        self.pattern = first(rule, &["regex", "pattern"]).and_then(word);
        let length = rule.get("length").unwrap_or(&Value::Null);
        let letters = |name: &str, long: &str, plain: Option<&Value>| {
            let given = first(rule, &[long]).or_else(|| length.get(name));
            count(given.or(plain.filter(|_| self.kind == FieldKind::Text)))
        };
        self.shortest = letters("min", "minLength", min);
        self.longest = letters("max", "maxLength", max);
        if self.kind != FieldKind::Text {
            self.least = min.and_then(|min| self.bound(min, true));
            self.most = max.and_then(|max| self.bound(max, true));
        }
        let taken = |given: Option<&Value>, bound: bool| given.is_none() || bound;
        let is_rule = matches!(rule, Value::Object(_));
        is_rule
            && taken(min, self.shortest.is_some() || self.least.is_some())
            && taken(max, self.longest.is_some() || self.most.is_some())
    }

    fn bound(&self, value: &Value, inclusive: bool) -> Option<Bound> {
        let text = word(value)?;
        let fits = match self.kind {
            FieldKind::Integer | FieldKind::Number => millionths(&text).is_some(),
            FieldKind::Date => is_date(&text),
            FieldKind::Text | FieldKind::Enum | FieldKind::Set => false,
        };
        fits.then_some(Bound { text, inclusive })
    }

    /// How an answer doesn't fit, if it doesn't. Not touched, what is proposed counts.
    pub fn check(&self, answer: Option<&Answer>, unfit: bool) -> Option<Breach> {
        let answer = answer.or(self.default.as_ref());
        let Some(answer) = answer.filter(|answer| !answer.is_empty()) else {
            return self.mandatory.then_some(Breach::Required);
        };
        match answer {
            Answer::One(text) if self.kind != FieldKind::Set => self.check_one(text, unfit),
            Answer::One(text) => self.check_choice(text),
            Answer::Several(texts) => texts.iter().find_map(|text| self.check_choice(text)),
        }
    }

    fn check_choice(&self, text: &str) -> Option<Breach> {
        let known = self.choices.iter().any(|(id, _)| id == text);
        (!known).then_some(Breach::NoChoice)
    }

    fn check_one(&self, text: &str, unfit: bool) -> Option<Breach> {
        match self.kind {
            FieldKind::Text => {
                let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                let short = self.shortest.is_some_and(|least| letters < least);
                let long = self.longest.is_some_and(|most| letters > most);
                if short || long {
                    Some(Breach::Length)
                } else {
                    unfit.then_some(Breach::Pattern)
                }
            }
            FieldKind::Integer | FieldKind::Number => self.check_number(text),
            FieldKind::Date if !is_date(text) => Some(Breach::NoDate),
            // Days as texts are in the order of time.
            FieldKind::Date => self.check_bounds(|bound| text.cmp(bound)),
            FieldKind::Enum | FieldKind::Set => self.check_choice(text),
        }
    }

    fn check_number(&self, text: &str) -> Option<Breach> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let Some(number) = millionths(text) else {
            let plain = text.bytes().all(|byte| b"+-.0123456789".contains(&byte));
            return Some(if plain && digits > PART_MAX {
                Breach::Digits
            } else if self.kind == FieldKind::Integer {
                Breach::NoInteger
            } else {
                Breach::NoNumber
            });
        };
        if self.kind == FieldKind::Integer && text.contains('.') {
            return Some(Breach::NoInteger);
        }
        self.check_bounds(|bound| number.cmp(&millionths(bound).unwrap_or_default()))
    }

    fn check_bounds(&self, compared: impl Fn(&str) -> std::cmp::Ordering) -> Option<Breach> {
        let within = |bound: &Option<Bound>, wrong: std::cmp::Ordering| {
            bound.as_ref().is_none_or(|bound| {
                let order = compared(&bound.text);
                order != wrong && (bound.inclusive || order.is_ne())
            })
        };
        if !within(&self.least, std::cmp::Ordering::Less) {
            Some(Breach::TooLow)
        } else if !within(&self.most, std::cmp::Ordering::Greater) {
            Some(Breach::TooHigh)
        } else {
            None
        }
    }
}

fn count(value: Option<&Value>) -> Option<u32> {
    u32::try_from(value?.whole()?).ok()
}

/// A decimal number in millionths; `None` for what is none, or has too many digits.
fn millionths(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) if text.starts_with('-') => (-1, digits),
        Some(digits) => (1, digits),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let known = digits.bytes().any(|byte| byte.is_ascii_digit());
    if !known || whole.len() > WHOLE_MAX || part.len() > PART_MAX {
        return None;
    }
    let mut number: i64 = 0;
    let zeros = std::iter::repeat_n(b'0', PART_MAX - part.len());
    for byte in whole.bytes().chain(part.bytes()).chain(zeros) {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = 10 * number + i64::from(byte - b'0');
    }
    Some(sign * number)
}

/// A number as people write it, without linking the printing of floats.
fn decimal(number: f64) -> String {
    let scaled = (number * 1e6 + if number < 0.0 { -0.5 } else { 0.5 }) as i64;
    let (whole, part) = (scaled / 1_000_000, (scaled % 1_000_000).unsigned_abs());
    let mut text = String::new();
    if scaled < 0 {
        text.push('-');
    }
    text.push_str(&whole.unsigned_abs().to_string());
    if part > 0 {
        let digits = (1_000_000 + part).to_string();
        text.push('.');
        text.push_str(digits.get(1..).unwrap_or_default().trim_end_matches('0'));
    }
    text
}

/// A day of the calendar, as ISO 8601 has it.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<u32>().ok()).flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(4), number(2), number(2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    parts.next().is_none() && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests;
