//! The limits as rows: how they are printed and documented. The values are in `limits.rs`.

use std::fmt::Write as _;

use super::{FIXED, Limits};

/// One limit.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The key in `[limits]`, or the constant's name.
    pub name: &'static str,
    /// The value in force.
    pub value: u64,
    pub default: u64,
    pub unit: Unit,
    pub(super) zero: Zero,
    /// The comment in the source: what is limited, and why.
    pub(super) text: &'static str,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Bytes,
    Seconds,
    Count,
}

/// What zero means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zero {
    /// No limit.
    Off,
    /// Nothing would be let in, so it is a mistake.
    Refused,
}

/// The limits of a site.
pub fn settings_rows(limits: &Limits) -> Vec<Row> {
    limits.rows()
}

/// The limits that are the same everywhere.
pub fn fixed_rows() -> &'static [Row] {
    FIXED
}

impl Row {
    /// What is limited, without a full stop.
    pub fn what(&self) -> &'static str {
        self.sentences().0
    }

    /// Why the limit is where it is.
    pub fn why(&self) -> &'static str {
        self.sentences().1
    }

    /// The value as people write it.
    pub fn shown(&self) -> String {
        self.unit.show(self.value)
    }

    /// The default as people write it.
    pub fn default_shown(&self) -> String {
        match (self.default, self.zero) {
            (0, Zero::Off) => "off".to_owned(),
            (default, _) => self.unit.show(default),
        }
    }

    fn sentences(&self) -> (&'static str, &'static str) {
        let text = self.text.trim();
        text.split_once(". ").unwrap_or((text, ""))
    }
}

impl Unit {
    fn show(self, value: u64) -> String {
        let units: &[(u64, &str)] = match self {
            Self::Bytes => &[(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")],
            Self::Seconds => &[(3_600, "h"), (60, "min")],
            Self::Count => &[],
        };
        let fits = |(size, _): &&(u64, &str)| value >= *size && value.is_multiple_of(*size);
        match (units.iter().find(fits), self) {
            (Some((size, name)), _) => format!("{} {name}", grouped(value / size)),
            (None, Self::Bytes) => format!("{} bytes", grouped(value)),
            (None, Self::Seconds) => format!("{} s", grouped(value)),
            (None, Self::Count) => grouped(value),
        }
    }
}

/// 1234567 as `1,234,567`.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Both tables of docs/server.md.
pub fn markdown() -> String {
    let mut text = String::from("| `[limits]` | Default | What, and why |\n|---|---|---|\n");
    for row in Limits::default().rows() {
        let zero = match (row.zero, row.default) {
            (Zero::Off, 1..) => " `0` is off.",
            _ => "",
        };
        let default = row.default;
        let shown = match row.default_shown() {
            same if same == row.default.to_string() => String::new(),
            shown => format!(", {shown}"),
        };
        let (what, why) = (row.what(), row.why());
        let _ = writeln!(
            text,
            "| `{}` | `{default}`{shown} | {what}. {why}{zero} |",
            row.name
        );
    }
    text.push_str("\nThese are the same everywhere:\n\n| What | Limit | Why |\n|---|---|---|\n");
    for row in FIXED {
        let (what, why) = (row.what(), row.why());
        let _ = writeln!(text, "| {what} | {} | {why} |", row.shown());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_people_write_them() {
        let table = [
            (Unit::Bytes, 104_857_600, "100 MiB"),
            (Unit::Bytes, 1_500, "1,500 bytes"),
            (Unit::Seconds, 86_400, "24 h"),
            (Unit::Seconds, 90, "90 s"),
            (Unit::Count, 12_000, "12,000"),
        ];
        for (unit, value, text) in table {
            assert_eq!(unit.show(value), text);
        }
    }

    #[test]
    fn every_limit_says_what_it_is_and_why() {
        for row in Limits::default().rows().iter().chain(FIXED) {
            assert!(row.what().len() > 5, "{}", row.name);
            assert!(row.why().ends_with('.'), "{}", row.name);
        }
    }
}
