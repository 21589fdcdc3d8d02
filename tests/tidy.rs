//! The house rules, checked over every file of the repository. Each rule says what to do instead,
//! and each is shown to be able to fail. What clippy and rustfmt can check is left to them.

#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// A rule about the text of one file.
struct Rule {
    name: &'static str,
    /// What to do instead.
    remedy: &'static str,
    applies: fn(&str) -> bool,
    /// The numbers of the lines that break it.
    check: fn(path: &str, text: &str) -> Vec<usize>,
    /// A file that breaks it, as path and text.
    bad: (&'static str, &'static str),
}

/// Who may import whom, by folder of `src/`; `core` is the engine's crate. Files that lie in `src/`
/// itself tie the rooms together and are free.
const ROOMS: [(&str, &[&str]); 6] = [
    ("look", &["core"]),
    ("parts", &["look"]),
    ("shell", &["core", "look"]),
    ("sources", &["core", "look", "parts", "shell"]),
    ("screens", &["core", "look", "parts", "shell", "sources"]),
    (
        "api",
        &["core", "look", "parts", "shell", "sources", "screens"],
    ),
];

/// What must not be in the engine's tree: it decides, and a browser is not needed for that.
const BROWSER_CRATES: [&str; 5] = ["js-sys", "leptos", "tokio", "wasm-bindgen", "web-sys"];

/// This file holds what it looks for.
const THIS: &str = "tests/tidy.rs";

/// Long tables are read by searching, so their length does no harm.
const TABLES: [&str; 1] = ["crates/core/src/options/table.rs"];

const LINES_MAX: usize = 500;
const COLUMNS_MAX: usize = 100;
/// More does not fit on a screen with its comment.
const FUNCTION_LINES_MAX: usize = 70;

const RULES: [Rule; 13] = [
    Rule {
        name: "files are short",
        remedy: "split it where the subject changes",
        applies: |path| is_code(path) && !TABLES.contains(&path),
        check: |_, text| {
            let lines = text.lines().count();
            if lines > LINES_MAX {
                vec![lines]
            } else {
                Vec::new()
            }
        },
        bad: ("src/a.rs", LONG_FILE),
    },
    Rule {
        name: "lines are short",
        remedy: "break it; an address may stand on a line of its own",
        applies: |path| is_rust(path) || is_script(path),
        check: |_, text| {
            lines(text, |line| {
                line.chars().count() > COLUMNS_MAX && !line.contains("://")
            })
        },
        bad: ("src/a.rs", LONG_LINE),
    },
    Rule {
        name: "functions are short",
        remedy: "take a step out of it and give that a name",
        applies: is_rust,
        check: |_, text| long_functions(text),
        bad: ("src/a.rs", LONG_FUNCTION),
    },
    Rule {
        name: "a file says what it is",
        remedy: "open it with a comment (`//!` in Rust): what it is and isn't for",
        applies: is_code,
        check: |path, text| {
            let opens = |start: &str| text.starts_with(start);
            let said = if is_rust(path) {
                opens("//!")
            } else {
                opens("//") || opens("/*")
            };
            if said || opens("#!") {
                Vec::new()
            } else {
                vec![1]
            }
        },
        bad: ("src/a.rs", "use std::fmt;\n"),
    },
    Rule {
        name: "no panics outside tests",
        remedy: "handle the other case, or return it",
        applies: |path| is_rust(path) && !is_test(path),
        check: |_, text| code_lines(text, &[".unwrap()", ".expect(\"", "todo!(", "dbg!("]),
        bad: ("src/a.rs", "//! A.\nfn a() { b().unwrap() }\n"),
    },
    Rule {
        name: "every test runs",
        remedy: "mend it or remove it: a test that does not run hides what it was for",
        applies: |path| is_rust(path) || is_script(path),
        check: |_, text| {
            let marks = [
                "#[ignore",
                "test.skip(",
                "test.fixme(",
                "describe.skip(",
                ".only(",
            ];
            lines(text, |line| marks.iter().any(|mark| line.contains(mark)))
        },
        bad: (
            "crates/core/src/a.rs",
            "//! A.\n#[test]\n#[ignore]\nfn a() {}\n",
        ),
    },
    Rule {
        name: "no test sleeps",
        remedy: "wait for what is to happen, or give the time as an argument",
        applies: |path| is_rust(path) || is_script(path),
        check: |path, text| {
            let marks = ["thread::sleep", "time::sleep(", "waitForTimeout"];
            let tests = if is_test(path) { 0 } else { tests_start(text) };
            let mut found = lines(text, |line| marks.iter().any(|mark| line.contains(mark)));
            found.retain(|number| *number > tests);
            found
        },
        bad: (
            "tests/e2e/a.spec.ts",
            "// A.\nawait page.waitForTimeout(100);\n",
        ),
    },
    Rule {
        name: "nothing is left for later",
        remedy: "do it now, or open an issue and leave the note there",
        applies: |path| is_code(path) || path.ends_with(".toml"),
        check: |_, text| {
            lines(text, |line| {
                words(line).any(|w| w == "TODO" || w == "FIXME")
            })
        },
        bad: ("src/a.css", "/* TODO: more */\n"),
    },
    Rule {
        name: "sizes stay 64 bits wide",
        remedy: "keep u64 or use slice_with_f64: a file may be larger than 4 GiB",
        applies: |path| is_rust(path) && path.starts_with("src/"),
        check: |_, text| {
            lines(text, |line| {
                let narrow = [" as usize", " as u32", " as i32"];
                line.contains("slice_with_i32") || narrow.iter().any(|cast| casts_size(line, cast))
            })
        },
        bad: ("src/shell/a.rs", "//! A.\nlet end = file.size() as i32;\n"),
    },
    Rule {
        name: "serde stays at the borders",
        remedy: "translate in src/api, or in core's options and protocol",
        applies: |path| {
            let allowed = [
                "src/api/",
                "crates/core/src/options/",
                "crates/core/src/protocol/",
            ];
            let below = |start: &&str| path.starts_with(start);
            (path.starts_with("src/") || path.starts_with("crates/core/src/"))
                && is_rust(path)
                && !allowed.iter().any(below)
        },
        check: |_, text| {
            let names = [
                "serde",
                "serde_json",
                "serde_wasm_bindgen",
                "Serialize",
                "Deserialize",
            ];
            code_words(text, &names)
        },
        bad: ("src/shell/a.rs", "//! A.\nuse serde::Serialize;\n"),
    },
    Rule {
        name: "the JavaScript surface is one room",
        remedy: "put it into src/api, or use web-sys",
        applies: |path| is_rust(path) && path.starts_with("src/") && !path.starts_with("src/api/"),
        // One file imports our own scripts, which takes the attribute with arguments; without any
        // it would export.
        check: |path, text| match path {
            "src/shell/script.rs" => code_lines(text, &["#[wasm_bindgen]", "#[wasm_bindgen(con"]),
            _ => code_lines(text, &["#[wasm_bindgen"]),
        },
        bad: ("src/shell/a.rs", "//! A.\n#[wasm_bindgen]\npub fn a() {}\n"),
    },
    Rule {
        name: "rooms import by the table",
        remedy: "see ROOMS in tests/tidy.rs: pass it in from a room that may know both",
        applies: |path| room(path).is_some(),
        check: imports_against_the_table,
        bad: (
            "src/parts/a.rs",
            "//! A.\nuse crate::{look::words, shell::Engine};\n",
        ),
    },
    Rule {
        name: "nothing of one machine",
        remedy: "name no folder of yours and no host that packages came from",
        applies: |_| true,
        check: |_, text| {
            let marks = [
                concat!("/wo", "rk/"),
                concat!("/ro", "ot/"),
                "\"resolved\": \"http",
            ];
            lines(text, |line| marks.iter().any(|mark| line.contains(mark)))
        },
        bad: (
            "package-lock.json",
            "{\n\"resolved\": \"http://a/b.tgz\"\n}\n",
        ),
    },
];

const LONG_FILE: &str = concat_lines();
const LONG_LINE: &str = "//! A line with far more than a hundred columns is no pleasure to read, \
                         neither in an editor nor beside another in a comparison.\n";
const LONG_FUNCTION: &str = "fn a() {\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\
                             \n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\
                             \n\n\n\n\n\n\n\n}\n";

/// One empty line more than a file may have.
const fn concat_lines() -> &'static str {
    const TEXT: [u8; LINES_MAX + 1] = [b'\n'; LINES_MAX + 1];
    match std::str::from_utf8(&TEXT) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[test]
fn the_house_keeps_its_rules() {
    let mut findings = String::new();
    for path in files() {
        // Pictures and films are no text, and so is what was deleted but not committed yet.
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else {
            continue;
        };
        for rule in &RULES {
            if (rule.applies)(&path) {
                for line in (rule.check)(&path, &text) {
                    let _ = writeln!(findings, "{path}:{line}: {}: {}", rule.name, rule.remedy);
                }
            }
        }
    }
    assert!(findings.is_empty(), "\n{findings}");
}

#[test]
fn every_rule_can_fail() {
    for rule in &RULES {
        let (path, text) = rule.bad;
        assert!(
            (rule.applies)(path),
            "{} does not look at {path}",
            rule.name
        );
        assert!(
            !(rule.check)(path, text).is_empty(),
            "{} lets everything pass",
            rule.name
        );
    }
}

#[test]
fn rules_let_good_code_pass() {
    let path = "src/screens/list.rs";
    let text = "//! A list.\n\nuse plimsoll_core::Event;\n\nuse crate::look::words;\n\
                use super::row;\n\nfn rows(count: u64) -> usize {\n    count as usize\n}\n\n\
                #[cfg(test)]\nmod tests {\n    fn a() { b().unwrap() }\n}\n";
    for rule in RULES.iter().filter(|rule| (rule.applies)(path)) {
        assert_eq!((rule.check)(path, text), [0; 0], "{}", rule.name);
    }
}

#[test]
fn the_engine_has_no_browser_in_its_tree() {
    let tree = tree("plimsoll-core", &["--edges=normal", "--target=all"]);
    let names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    for name in BROWSER_CRATES {
        assert!(
            !names.contains(&name),
            "crates/core depends on {name}; keep that in src/shell"
        );
    }
}

#[test]
fn the_widget_is_built_without_the_code_that_signs() {
    let mark = "plimsoll-core feature \"signing\"";
    let edges = "--edges=normal,features";
    let flags = [edges, "--features=embed", "--target=wasm32-unknown-unknown"];
    let widget = tree("plimsoll", &flags);
    assert!(!widget.contains(mark), "only crates/server may sign");
    assert!(tree("plimsoll-server", &[edges]).contains(mark));
}

/// What cargo says a package depends on.
fn tree(package: &str, flags: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--offline", "--prefix=none", "--package", package])
        .args(flags)
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(tree.starts_with(package), "{said}");
    tree
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files that git knows or would add.
fn files() -> Vec<String> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root());
    let output = git.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let list = String::from_utf8(output.stdout).unwrap();
    list.lines()
        .filter(|path| *path != THIS)
        .map(str::to_owned)
        .collect()
}

fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

fn is_script(path: &str) -> bool {
    [".js", ".mjs", ".ts"].iter().any(|end| path.ends_with(end))
}

fn is_code(path: &str) -> bool {
    is_rust(path) || is_script(path) || path.ends_with(".css")
}

/// A file of nothing but tests; a fuzz target is one.
fn is_test(path: &str) -> bool {
    let folders = ["tests/", "fuzz/"];
    let is_below =
        |folder: &&str| path.starts_with(*folder) || path.contains(&format!("/{folder}"));
    (folders.iter().any(is_below) || path.ends_with("/tests.rs"))
        && (is_rust(path) || is_script(path))
}

fn lines(text: &str, breaks: impl Fn(&str) -> bool) -> Vec<usize> {
    let numbered = text.lines().enumerate();
    numbered
        .filter(|(_, line)| breaks(line))
        .map(|(index, _)| index + 1)
        .collect()
}

/// Lines of code that hold one of these; comments and the tests at a file's end are none.
fn code_lines(text: &str, marks: &[&str]) -> Vec<usize> {
    code(text, |line| marks.iter().any(|mark| line.contains(mark)))
}

/// Lines of code that hold one of these as a whole word.
fn code_words(text: &str, marks: &[&str]) -> Vec<usize> {
    code(text, |line| words(line).any(|word| marks.contains(&word)))
}

fn code(text: &str, breaks: impl Fn(&str) -> bool) -> Vec<usize> {
    let mut found = lines(text, |line| {
        !line.trim_start().starts_with("//") && breaks(line)
    });
    found.retain(|number| *number <= tests_start(text));
    found
}

/// How many lines stand before the tests at a file's end.
fn tests_start(text: &str) -> usize {
    text.lines()
        .position(|line| line.trim() == "#[cfg(test)]")
        .unwrap_or(usize::MAX)
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether something with a size in its name is cut to this type.
fn casts_size(line: &str, cast: &str) -> bool {
    line.match_indices(cast).any(|(at, _)| {
        let before = line[..at].trim_end_matches(['(', ')']);
        words(before)
            .last()
            .is_some_and(|word| word.contains("size") || word.contains("bytes"))
    })
}

/// Functions from their first line to the brace that closes them, as rustfmt lays them out.
fn long_functions(text: &str) -> Vec<usize> {
    let all: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in all.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let is_function = words(line)
            .take_while(|word| *word != "let")
            .any(|word| word == "fn")
            && line.contains('(')
            && !line.trim_start().starts_with("//")
            && line[indent..].starts_with(|c: char| c.is_ascii_lowercase());
        let closes = |line: &&str| line.len() == indent + 1 && line.trim_start() == "}";
        let length = all[start..]
            .iter()
            .position(closes)
            .map_or(0, |end| end + 1);
        let has_body = all[start..]
            .iter()
            .find(|line| line.ends_with(['{', ';', '}']));
        if is_function
            && length > FUNCTION_LINES_MAX
            && has_body.is_some_and(|line| line.ends_with('{'))
        {
            found.push(start + 1);
        }
    }
    found
}

/// The folder of `src/` that a file lies in.
fn room(path: &str) -> Option<&str> {
    let (room, _) = path.strip_prefix("src/")?.split_once('/')?;
    Some(room)
}

fn imports_against_the_table(path: &str, text: &str) -> Vec<usize> {
    let own = room(path).unwrap_or_default();
    let allowed = ROOMS
        .iter()
        .find(|(name, _)| *name == own)
        .map(|(_, allowed)| *allowed);
    let forbidden = |name: &str| {
        let known = name == "core" || ROOMS.iter().any(|(room, _)| *room == name);
        known && name != own && !allowed.is_some_and(|allowed| allowed.contains(&name))
    };
    // A room that the table lacks may import nothing until it has a line there.
    lines(text, |line| {
        !line.trim_start().starts_with("//") && imports(line).iter().any(|name| forbidden(name))
    })
}

/// The rooms that a line names: `crate::look::…`, `crate::{look::…, shell}`, `super::shell` and
/// `plimsoll_core`.
fn imports(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    if words(line).any(|word| word == "plimsoll_core") {
        found.push("core");
    }
    for start in ["crate::", "super::"] {
        for (at, _) in line.match_indices(start) {
            let path = &line[at + start.len()..];
            match path.strip_prefix('{') {
                // Names of rooms are no names of what is in them, so all words may be looked at.
                Some(group) => found.extend(words(group)),
                None => found.extend(words(path).next()),
            }
        }
    }
    found
}
