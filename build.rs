//! Turns the plain files that a browser gets (`www/`) into what the widget carries inside: the
//! English words that opening needs as constants, the style sheet without comments and
//! indentation.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    println!("cargo:rerun-if-changed=build.rs");
    let early = read("www/locales/en.json")?;
    let late = read("www/locales/en.late.json")?;
    fs::write(out.join("words.rs"), words(&early, &late)?)?;
    fs::write(
        out.join("widget.css"),
        squeeze(&read("www/styles/widget.css")?),
    )
}

fn read(path: &str) -> io::Result<String> {
    println!("cargo:rerun-if-changed={path}");
    fs::read_to_string(path)
}

/// One constant per key of both files (`queue.done` becomes `QUEUE_DONE`), in the order of keys,
/// and the table of English texts that they index: without those that come later.
fn words(early: &str, late: &str) -> io::Result<String> {
    let mut rows = Vec::new();
    for (json, inside) in [(early, true), (late, false)] {
        let tree: serde_json::Value = serde_json::from_str(json).map_err(io::Error::other)?;
        flatten("", &tree, &mut |key, text| rows.push((key, text, inside)));
    }
    rows.sort();
    if let Some(both) = rows.windows(2).find(|both| both[0].0 == both[1].0) {
        let key = &both[0].0;
        return Err(io::Error::other(format!("{key} is in both files")));
    }
    let mut code = String::new();
    for (index, (key, text, _)) in rows.iter().enumerate() {
        let name = key.replace('.', "_").to_uppercase();
        let _ = writeln!(
            code,
            "/// {text:?}\npub const {name}: Word = Word({index});"
        );
    }
    let _ = writeln!(code, "static ENGLISH: [&str; {}] = [", rows.len());
    for (_, text, inside) in &rows {
        let _ = writeln!(code, "{:?},", if *inside { text.as_str() } else { "" });
    }
    let keys = digest(rows.iter().map(|(key, ..)| key.as_str()));
    let _ = writeln!(
        code,
        "];\n/// Of all keys, in their order: texts of another build would be other ones.\n\
         pub const KEYS: u32 = {keys};\n\
         /// Whether some come late.\npub const HAVE_LATE: bool = {};",
        rows.iter().any(|(.., inside)| !inside)
    );
    Ok(code)
}

fn flatten(prefix: &str, node: &serde_json::Value, take: &mut dyn FnMut(String, String)) {
    if let Some(branch) = node.as_object() {
        for (key, child) in branch {
            let dot = if prefix.is_empty() { "" } else { "." };
            flatten(&format!("{prefix}{dot}{key}"), child, take);
        }
    } else if let Some(text) = node.as_str() {
        take(prefix.to_owned(), text.to_owned());
    }
}

/// FNV-1a of the keys with a line's end behind each; `www/script/words.js` has the same.
fn digest<'a>(keys: impl Iterator<Item = &'a str>) -> u32 {
    let bytes = keys.flat_map(|key| key.bytes().chain([b'\n']));
    bytes.fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
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
