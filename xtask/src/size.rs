//! What the widget weighs: the table of each build, the budget, and docs/size.md. Reads what the
//! build wrote (precompressed siblings included) and compresses nothing itself.

use std::fmt::Write as _;
use std::fs;

use crate::args::Args;
use crate::run::{self, Result};
use crate::{wasm, widget};

/// Rows below this share of the module are summed up: they say nothing alone.
const SHARE_MIN_PERMILLE: usize = 5;

/// Enough to see what stands out.
/// The start of a generic function's name tells enough.
const NAME_SHOWN: usize = 120;
const FUNCTIONS_SHOWN: usize = 20;

/// One file of the build.
struct File {
    name: &'static str,
    what: &'static str,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// The files a page pays for.
pub struct Sizes {
    before: Vec<File>,
    open: Vec<File>,
    first: Vec<File>,
    later: Vec<File>,
}

/// The limits of budget.toml, in bytes.
struct Budget {
    before: u64,
    open: u64,
    first: u64,
}

/// Builds, prints the tables and writes them to docs/size.md.
pub fn run(args: Vec<String>) -> Result<()> {
    Args::new(args).end()?;
    // As wasm-bindgen left it: later steps drop the names, earlier there is more than pages get.
    let module = run::target().join("wasm-bindgen/release/plimsoll_bg.wasm");
    if module.is_file() {
        widget::build()?;
    } else {
        widget::rebuild()?;
    }
    let sizes = Sizes::read()?.table();
    let bytes = fs::read(&module).map_err(|e| format!("{}: {e}", module.display()))?;
    let weights = wasm::weigh(&bytes)?;
    let crates = parts_table("crate", &weights.crates);
    let functions = functions_table(&weights.functions);
    print!("\n{sizes}\n{crates}\n{functions}");
    run::write(
        &run::root().join("docs/size.md"),
        &page(&sizes, &crates, &functions),
    )
}

impl Sizes {
    /// Of the build in `dist/`.
    pub fn read() -> Result<Self> {
        Ok(Self {
            before: vec![file("plimsoll.js", "loader")?],
            open: vec![
                file("plimsoll-widget.wasm", "module with styles and English")?,
                file("plimsoll-widget.js", "glue")?,
            ],
            first: vec![file("plimsoll-upload.wasm", "engine, requests, list")?],
            later: vec![
                file("plimsoll-extras.wasm", "what few visitors need")?,
                file("plimsoll-messages.json", "sentences for developers")?,
                file("plimsoll-field.js", "the form field")?,
                file("plimsoll-memory.js", "resuming after a reload")?,
                file("plimsoll-digest.js", "MD5 of files")?,
                file("plimsoll-words.js", "other words than the module's")?,
                file(
                    "plimsoll-en.json",
                    "all English, asked for with any other words",
                )?,
                file("plimsoll-de.json", "German, as one of the languages")?,
            ],
        })
    }

    /// All of it as a table in Markdown.
    pub fn table(&self) -> String {
        let mut text = row(["", "file", "bytes", "gzip", "brotli"]);
        text.push_str("|---|---|--:|--:|--:|\n");
        let groups = [
            ("before it is opened", &self.before),
            ("to open it", &self.open),
            ("before the first file", &self.first),
            ("when first used", &self.later),
        ];
        for (title, files) in groups {
            for file in files {
                let name = format!("`{}` ({})", file.name, file.what);
                let [raw, gzip, brotli] = [file.raw, file.gzip, file.brotli].map(grouped);
                text.push_str(&row([title, &name, &raw, &gzip, &brotli]));
            }
            let sum = |size: fn(&File) -> u64| grouped(files.iter().map(size).sum());
            let [raw, gzip, brotli] = [sum(|f| f.raw), sum(|f| f.gzip), sum(|f| f.brotli)];
            // What is loaded when first used is not loaded together.
            if title == "to open it" {
                text.push_str(&row([title, "**in all**", &raw, &gzip, &brotli]));
            }
        }
        text
    }

    /// Whether the budget is kept; a sentence with both figures either way.
    pub fn check(&self) -> Result<String> {
        let budget = Budget::read(&run::read(&run::root().join("budget.toml"))?)?;
        let sum = |files: &[File]| files.iter().map(|file| file.brotli).sum::<u64>();
        let parts = [
            ("before it is opened", sum(&self.before), budget.before),
            ("to open it", sum(&self.open), budget.open),
            ("before the first file", sum(&self.first), budget.first),
        ];
        let says = parts.map(|(when, has, may)| {
            let (has, may) = (grouped(has), grouped(may));
            format!("{has} of {may} {when}")
        });
        let says = format!("{}, in bytes of brotli", says.join(", "));
        if parts.iter().all(|(_, has, may)| has <= may) {
            return Ok(says);
        }
        Err(format!(
            "{}\nToo heavy: {says}.\n`cargo xtask size` says what costs what; the limits and \
             their reasons are in budget.toml.",
            self.table()
        ))
    }
}

impl Budget {
    fn read(text: &str) -> Result<Self> {
        let value = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.split_once('='));
            let value = line.and_then(|(_, value)| value.trim().parse().ok());
            value.ok_or(format!("budget.toml lacks `{name} = <bytes>`"))
        };
        Ok(Self {
            before: value("before_open_br")?,
            open: value("open_br")?,
            first: value("first_file_br")?,
        })
    }
}

fn file(name: &'static str, what: &'static str) -> Result<File> {
    let size = |end: &str| {
        let path = widget::dist().join(format!("{name}{end}"));
        let length = fs::metadata(&path).map(|data| data.len());
        length.map_err(|e| format!("{}: {e}", path.display()))
    };
    Ok(File {
        name,
        what,
        raw: size("")?,
        gzip: size(".gz")?,
        brotli: size(".br")?,
    })
}

fn row(cells: [&str; 5]) -> String {
    let [when, name, raw, gzip, brotli] = cells;
    format!("| {when:<19} | {name:<55} | {raw:>8} | {gzip:>7} | {brotli:>7} |\n")
}

/// The module's parts by size, as a table in Markdown.
fn parts_table(what: &str, parts: &[(String, usize)]) -> String {
    let all: usize = parts.iter().map(|(_, size)| size).sum();
    let share = |size: usize| size * 1000 / all.max(1);
    let mut text = format!("| {what} | bytes | share |\n|---|--:|--:|\n");
    let line = |text: &mut String, name: &str, size: usize| {
        let (whole, tenth) = (share(size) / 10, share(size) % 10);
        let _ = writeln!(
            text,
            "| {name} | {} | {whole}.{tenth} % |",
            grouped(size as u64)
        );
    };
    let (shown, rest): (Vec<_>, Vec<_>) = parts
        .iter()
        .partition(|(_, size)| share(*size) >= SHARE_MIN_PERMILLE);
    for (name, size) in shown {
        line(&mut text, name, *size);
    }
    let others = format!("{} others", rest.len());
    line(&mut text, &others, rest.iter().map(|(_, size)| size).sum());
    line(&mut text, "**in all**", all);
    text
}

fn functions_table(functions: &[(String, usize)]) -> String {
    let mut text = String::from("| function | bytes |\n|---|--:|\n");
    for (name, size) in functions.iter().take(FUNCTIONS_SHOWN) {
        let name: String = name.chars().take(NAME_SHOWN).collect();
        let _ = writeln!(text, "| `{name}` | {} |", grouped(*size as u64));
    }
    text
}

fn page(sizes: &str, crates: &str, functions: &str) -> String {
    format!(
        "<!-- Written by `cargo xtask size`. -->\n\n# What the widget weighs\n\n\
         ## What a page pays\n\n{sizes}\n\
         The limits are in [budget.toml](../budget.toml); `cargo xtask test` fails above them.\n\n\
         ## What costs what\n\n\
         The module before `wasm-opt`, by the crate that a function was written in. Generic code \
         counts where it was written, not where it is used, and inlined code where it is used; \
         `constants` are texts, tables and the style sheet.\n\n{crates}\n\
         The largest functions:\n\n{functions}"
    )
}

/// 1234567 as `1 234 567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [1, 123, 1234, 1_234_567].map(grouped),
            ["1", "123", "1 234", "1 234 567"]
        );
    }

    #[test]
    fn a_build_above_its_budget_fails() {
        let file = |brotli| File {
            name: "f",
            what: "w",
            raw: 1,
            gzip: 1,
            brotli,
        };
        let light = Sizes {
            before: vec![file(1)],
            open: vec![file(1)],
            first: vec![file(1)],
            later: Vec::new(),
        };
        assert!(light.check().is_ok());
        let heavy = Sizes {
            before: vec![file(1)],
            open: vec![file(1), file(10_000_000)],
            first: Vec::new(),
            later: Vec::new(),
        };
        assert!(heavy.check().unwrap_err().contains("Too heavy"));
    }

    #[test]
    fn a_budget_without_a_limit_is_an_error() {
        assert!(Budget::read("open_br = 1").is_err());
        let whole = "before_open_br = 1\nopen_br = 2\nfirst_file_br = 3";
        assert!(Budget::read(whole).is_ok());
    }
}
