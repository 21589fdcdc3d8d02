//! `cargo xtask book`: the documents as a book in target/book. Its chapters are the files as they
//! are read in the repository: docs/SUMMARY.md names them, and they keep their places beside each
//! other, so that a link works here and there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::args::Args;
use crate::run::{self, Result, program};
use crate::tools;

/// What mdBook is told.
const CONFIG: &str = r#"[book]
title = "Plimsoll"
description = "An open-source upload widget for the web"
language = "en"
src = "src"

[build]
create-missing = false

[output.html]
no-section-label = true

[output.html.search]
limit-results = 20
"#;

/// Makes it anew.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let open = args.switch("--open");
    args.end()?;
    let folder = run::target().join("book");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", folder.display()));
        }
        _ => {}
    }
    let source = folder.join("src");
    let summary = run::read(&run::root().join("docs/SUMMARY.md"))?;
    let chapters = links(&summary, Path::new("docs"));
    put(&folder.join("book.toml"), CONFIG)?;
    // Beside the folder of documents, not in it, as mdBook wants it.
    let summary = summary.replace("](", "](docs/").replace("](docs/../", "](");
    put(&source.join("SUMMARY.md"), &summary)?;
    let mut wanted = chapters.clone();
    for chapter in chapters.iter().filter(|path| is_chapter(path)) {
        let text = run::read(&run::root().join(chapter))?;
        let below = chapter.parent().unwrap_or(Path::new(""));
        wanted.extend(links(&text, below));
    }
    for path in wanted {
        copy(&path, &source)?;
    }
    let name = format!("mdbook{}", std::env::consts::EXE_SUFFIX);
    let mdbook = tools::mdbook()?.map_or(PathBuf::from(&name), |bin| bin.join(&name));
    tools::tidy_up();
    let mut command = program(mdbook);
    command.arg("build").arg(&folder);
    run::show(command.args(open.then_some("--open")))?;
    println!("The book is {}", folder.join("book/index.html").display());
    Ok(())
}

fn is_chapter(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// The files that a text names in links and pictures, from the repository on.
fn links(text: &str, below: &Path) -> BTreeSet<PathBuf> {
    let marks = [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"')];
    let mut found = BTreeSet::new();
    for (start, end) in marks {
        for rest in text.split(start).skip(1) {
            let target = rest.split(end).next().unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains(':') && !target.starts_with('/') {
                found.insert(plain(&below.join(target)));
            }
        }
    }
    found
}

/// Without steps up.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

/// A file, or the files of a folder.
fn copy(path: &Path, into: &Path) -> Result<()> {
    let from = run::root().join(path);
    let told = |error| format!("{}: {error}", path.display());
    if from.is_dir() {
        for entry in fs::read_dir(&from).map_err(told)?.flatten() {
            if entry.path().is_file() {
                copy(&path.join(entry.file_name()), into)?;
            }
        }
        return Ok(());
    }
    // What a text says in brackets may be no file; tests/docs.rs finds dead links.
    if !from.is_file() {
        return Ok(());
    }
    let to = into.join(path);
    fs::create_dir_all(to.parent().unwrap_or(into)).map_err(told)?;
    fs::copy(&from, &to).map(drop).map_err(told)
}

fn put(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    run::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_from_where_they_stand() {
        let text = "[a](b.md#c) [d](../e.md) ![f](g.png) [h](https://i.k) [l](#m)";
        let found = links(text, Path::new("docs"));
        let wanted = ["docs/b.md", "docs/g.png", "e.md"].map(PathBuf::from);
        assert_eq!(found, BTreeSet::from(wanted));
    }
}
