//! Turns the plain files that a browser gets (`www/`) into what the widget carries inside: the
//! English words as constants, the style sheet and the worker without comments and indentation.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    println!("cargo:rerun-if-changed=build.rs");
    fs::write(out.join("words.rs"), words(&read("www/locales/en.json")?)?)?;
    fs::write(
        out.join("widget.css"),
        squeeze(&read("www/styles/widget.css")?),
    )?;
    fs::write(
        out.join("preview.js"),
        squeeze(&read("www/script/preview.js")?),
    )
}

fn read(path: &str) -> io::Result<String> {
    println!("cargo:rerun-if-changed={path}");
    fs::read_to_string(path)
}

/// One constant per key of the locale file (`queue.done` becomes `QUEUE_DONE`) and the table of
/// English texts that they index.
fn words(json: &str) -> io::Result<String> {
    let tree: serde_json::Value = serde_json::from_str(json).map_err(io::Error::other)?;
    let mut rows = Vec::new();
    flatten("", &tree, &mut rows);
    let mut code = String::new();
    for (index, (key, text)) in rows.iter().enumerate() {
        let name = key.replace('.', "_").to_uppercase();
        let _ = writeln!(
            code,
            "/// {text:?}\npub const {name}: Word = Word({index});"
        );
    }
    let _ = writeln!(code, "static ENGLISH: [&str; {}] = [", rows.len());
    for (_, text) in &rows {
        let _ = writeln!(code, "{text:?},");
    }
    code.push_str("];\n");
    Ok(code)
}

fn flatten(prefix: &str, node: &serde_json::Value, rows: &mut Vec<(String, String)>) {
    if let Some(branch) = node.as_object() {
        for (key, child) in branch {
            let dot = if prefix.is_empty() { "" } else { "." };
            flatten(&format!("{prefix}{dot}{key}"), child, rows);
        }
    } else if let Some(text) = node.as_str() {
        rows.push((prefix.to_owned(), text.to_owned()));
    }
}

/// Drops `/* … */` comments, `//` lines and indentation, which is all that compression does not.
fn squeeze(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("/*") {
        text.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, tail)| tail);
    }
    text.push_str(rest);
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}
