//! What the documents say: no link leads nowhere, no code stands there that nothing runs, and no
//! option is named that the table hasn't. Code in JavaScript and HTML without a file's name above
//! it is run by tests/e2e/docs/docs.spec.mjs, which reads the same files.

#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_server::Config;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(root().join(path)).unwrap_or_default();
    text.replace("\r\n", "\n")
}

/// All documents, but those that say what is planned or was.
fn documents() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .args(["*.md"])
        .current_dir(root())
        .output()
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let all = list.lines().filter(|path| root().join(path).is_file());
    all.map(str::to_owned).collect()
}

/// A block of code: its language, the file that is named above it, its text, its line.
struct Block {
    language: String,
    source: Option<String>,
    text: String,
    line: usize,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut above = "";
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            above = if line.trim().is_empty() { above } else { line };
            continue;
        };
        let code: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| line.trim() != "```")
            .collect();
        let comment = above.trim().strip_prefix("<!-- ");
        let source = comment.and_then(|rest| rest.strip_suffix(" -->"));
        found.push(Block {
            language: language.trim().to_owned(),
            source: source.map(str::to_owned),
            text: code.join("\n"),
            line: at + 1,
        });
        above = "";
    }
    found
}

/// The text without blocks of code and what is in back quotes.
fn prose(text: &str) -> String {
    let mut prose = String::new();
    let mut is_code = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        is_code ^= fence;
        if is_code || fence {
            continue;
        }
        let outside = line.split('`').step_by(2);
        let _ = writeln!(prose, "{}", outside.collect::<Vec<_>>().join("``"));
    }
    prose
}

/// The name that a heading is linked by, as hosts of repositories and mdBook make it.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        let level = line.chars().take_while(|c| *c == '#').count();
        if !is_code && level > 0 && line[level..].starts_with(' ') {
            found.insert(slug(&line[level..].replace('`', "")));
        }
    }
    found
}

#[test]
fn no_link_leads_nowhere() {
    let mut dead = String::new();
    for path in documents() {
        let text = read(&path);
        let words = prose(&text);
        let below = Path::new(&path).parent().unwrap();
        let marks = [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"')];
        let targets = marks.iter().flat_map(|(start, end)| {
            let rests = words.split(start).skip(1);
            rests.filter_map(|rest| rest.split(*end).next())
        });
        for target in targets.filter(|target| !target.contains(':')) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let whole: PathBuf = if file.is_empty() {
                PathBuf::from(&path)
            } else {
                below.join(file)
            };
            let there = root().join(&whole);
            let named = anchor.is_empty()
                || anchors(&fs::read_to_string(&there).unwrap_or_default()).contains(anchor);
            if !there.exists() || !named {
                let _ = writeln!(dead, "{path}: {target}");
            }
        }
    }
    assert!(dead.is_empty(), "these links lead nowhere:\n{dead}");
}

#[test]
fn every_document_is_in_the_book() {
    let summary = read("docs/SUMMARY.md");
    for path in documents() {
        let Some(name) = path
            .strip_prefix("docs/")
            .filter(|name| *name != "SUMMARY.md")
        else {
            continue;
        };
        let link = format!("({name})");
        assert!(summary.contains(&link), "docs/SUMMARY.md lacks {name}");
    }
}

#[test]
fn no_code_stands_there_that_nothing_runs() {
    let mut wrong = String::new();
    for path in documents() {
        for block in blocks(&read(&path)) {
            if block.language.starts_with("rust") && is_doctest(&path) {
                continue;
            }
            let in_page = ["js", "html"].contains(&block.language.as_str());
            if in_page && block.source.is_none() && !is_run_in_a_page(&path) {
                let _ = writeln!(wrong, "{path}:{}: no test runs this in a page", block.line);
            }
            if let Err(why) = judge(&block) {
                let _ = writeln!(wrong, "{path}:{}: {why}", block.line);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Documents whose code tests/e2e/docs/docs.spec.mjs takes.
fn is_run_in_a_page(path: &str) -> bool {
    let below = path
        .strip_prefix("docs/")
        .is_some_and(|name| !name.contains('/'));
    below || ["README.md", "examples/signing/README.md"].contains(&path)
}

/// A crate's README that cargo tests as the crate's own documentation.
fn is_doctest(path: &str) -> bool {
    let library = path.replace("README.md", "src/lib.rs");
    library != path && read(&library).contains("include_str!(\"../README.md\")")
}

/// Says what is wrong with a block.
fn judge(block: &Block) -> Result<(), String> {
    if let Some(source) = block.source.as_deref().filter(|name| name.contains('/')) {
        let file = read(source);
        let has = |line: &str| file.contains(line.split("//").next().unwrap().trim());
        let is_there = match block.language.as_str() {
            // Signatures of what is longer there.
            "rust" => file.contains(block.text.trim()) || block.text.lines().all(|l| has(brief(l))),
            _ => dedented(&file).contains(&dedented(&block.text)),
        };
        return is_there
            .then_some(())
            .ok_or(format!("{source} has this otherwise"));
    }
    // What a page had before, with somebody else's widget.
    let first = block.text.lines().next().unwrap_or_default();
    if ["// before", "<!-- before -->"].contains(&first.trim()) {
        return Ok(());
    }
    match block.language.as_str() {
        // Run in a page by tests/e2e/docs, which fails at those that it can't run.
        "js" | "html" => Ok(()),
        // Nothing to run: an answer, a policy, a drawing, a style.
        "" | "json" | "css" | "text" => Ok(()),
        "toml" => server_takes(&block.text),
        "sh" => block.text.lines().try_for_each(command),
        other => Err(format!(
            "name the file that this {other} is from: <!-- path -->"
        )),
    }
}

/// A signature without what follows it.
fn brief(line: &str) -> &str {
    line.split(';').next().unwrap_or(line)
}

fn dedented(text: &str) -> String {
    let lines: Vec<&str> = text.trim_matches('\n').lines().map(str::trim).collect();
    lines.join("\n")
}

/// A part of a configuration is one, too.
fn server_takes(text: &str) -> Result<(), String> {
    if text.trim_start().starts_with("[dependencies") {
        return Ok(());
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains('…')).collect();
    let mut text = lines.join("\n");
    if !text.contains("[clouds.") {
        text.push_str("\n[clouds.demo.presets.unsigned]\nunsigned = true\n");
    }
    match Config::parse(&text) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("the server doesn't take it: {error}")),
    }
}

/// Commands of this repository exist, with their flags; others are somebody else's.
fn command(line: &str) -> Result<(), String> {
    let usage = read("xtask/src/main.rs");
    let line = line.split('#').next().unwrap_or_default();
    let Some(rest) = line.trim().strip_prefix("cargo xtask ") else {
        return Ok(());
    };
    let mut words = rest.split_whitespace();
    let name = words.next().unwrap_or_default();
    if !usage.contains(&format!("\"{name}\" => ")) {
        return Err(format!("there is no cargo xtask {name}"));
    }
    let mut flags = words.filter(|word| word.starts_with("--"));
    match flags.find(|flag| !usage.contains(flag)) {
        Some(flag) => Err(format!("cargo xtask {name} knows no {flag}")),
        None => Ok(()),
    }
}

/// Written like options, but fields of other things, or options of other projects' widgets.
const NO_OPTIONS: [&str; 3] = ["default", "autoProceed", "acceptedFileTypes"];

#[test]
fn no_option_is_named_that_the_table_lacks() {
    let known = anchors(&read("docs/options.md"));
    let types = read("www/npm/index.d.ts") + &read("www/npm/options.d.ts");
    let mut unknown = String::new();
    for path in documents() {
        let text = read(&path);
        // `name: value` between back quotes is how options are written.
        for code in text.split('`').skip(1).step_by(2) {
            let Some((name, value)) = code.split_once(": ") else {
                continue;
            };
            let is_name = name.chars().all(|c| c.is_ascii_alphabetic())
                && name.starts_with(|c: char| c.is_ascii_lowercase());
            let is_code = value.len() < 60 && !code.contains('\n');
            let is_known = known.contains(&name.to_lowercase())
                || types.contains(&format!("{name}:"))
                || types.contains(&format!("{name}?:"))
                || NO_OPTIONS.contains(&name);
            if is_name && is_code && !is_known {
                let _ = writeln!(unknown, "{path}: {code}");
            }
        }
    }
    assert!(unknown.is_empty(), "no such options:\n{unknown}");
}

/// The right side of each comparison is ours, so what is written there like an option is one.
#[test]
fn what_other_uploaders_become_is_there() {
    let known = anchors(&read("docs/options.md"));
    let ours =
        ["index", "engine", "react", "vue", "svelte"].map(|name| format!("www/npm/{name}.d.ts"));
    let types: String = ours.iter().map(|path| read(path)).collect();
    let mut seen = 0;
    let mut unknown = String::new();
    for row in read("docs/migrate.md")
        .lines()
        .filter(|line| line.starts_with("| "))
    {
        let cell = row
            .trim_end_matches(" |")
            .rsplit(" | ")
            .next()
            .unwrap_or_default();
        let codes = cell.split('`').skip(1).step_by(2);
        let words = codes.flat_map(|code| code.split(|c: char| !c.is_ascii_alphanumeric()));
        // Such as `maxFiles`; what is one word may be a value, an event or a name of the page's.
        let is_name = |word: &&str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.contains(|c: char| c.is_ascii_uppercase())
        };
        for word in words.filter(is_name) {
            seen += 1;
            let event = word.starts_with("on") && types.contains("Handlers");
            if !known.contains(&word.to_lowercase()) && !types.contains(word) && !event {
                let _ = writeln!(unknown, "{word}: {row}");
            }
        }
    }
    assert!(seen > 20, "the tables are written otherwise");
    assert!(
        unknown.is_empty(),
        "docs/migrate.md names what isn't there:\n{unknown}"
    );
}
