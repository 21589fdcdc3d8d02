//! Code in documents is code that tests run: a block below `<!-- path -->` is that file, word for
//! word. Nothing is included, so that the documents read well wherever they are shown.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]

use std::fs;
use std::path::Path;

/// The blocks of a document that are said to be a file: path, text.
fn blocks(document: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = document;
    while let Some((_, behind)) = rest.split_once("\n<!-- examples/") {
        let (path, behind) = behind.split_once(" -->\n```").unwrap();
        let (_, behind) = behind.split_once('\n').unwrap();
        let (code, behind) = behind.split_once("\n```\n").unwrap();
        found.push((path, code));
        rest = behind;
    }
    found
}

#[test]
fn code_in_documents_is_what_tests_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = vec![root.join("README.md")];
    for entry in fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        documents.extend(Some(path).filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    let mut seen = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for (path, code) in blocks(&text) {
            let file = fs::read_to_string(root.join("examples").join(path)).unwrap();
            assert_eq!(
                code,
                file.trim_end(),
                "{} shows another examples/{path}: copy the file into the block below its name",
                document.display()
            );
            seen.push(path.to_owned());
        }
    }
    // Each example that people copy is shown somewhere, so none is forgotten.
    for name in ["script/index.html", "react/App.jsx", "leptos/src/main.rs"] {
        assert!(
            seen.iter().any(|path| path == name),
            "no document shows {name}"
        );
    }
}

/// Each is published by itself: cargo takes into a package what lies in its folder.
#[test]
fn crates_that_are_published_have_licences_and_a_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let mut published = 0;
    for entry in fs::read_dir(root.join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        if text(&folder.join("Cargo.toml")).contains("publish = false") {
            continue;
        }
        published += 1;
        for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let (ours, its) = (text(&root.join(name)), text(&folder.join(name)));
            assert!(!ours.is_empty(), "{name} is missing");
            assert!(ours == its, "copy {name} into {}", folder.display());
        }
        let readme = text(&folder.join("README.md"));
        assert!(!readme.is_empty(), "{} has no README", folder.display());
    }
    assert_eq!(published, 2, "core and server");
}

#[test]
fn a_block_is_found_with_its_file() {
    let text = "A\n<!-- examples/a.js -->\n```js\nlet a;\nlet b;\n```\nB\n";
    assert_eq!(blocks(text), [("a.js", "let a;\nlet b;")]);
}
