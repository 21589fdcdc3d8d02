//! The languages of the widget, each a file of `www/locales`: all say the same things with the same
//! placeholders, in the forms that their grammar has for numbers, and none was left in English.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

/// Texts by key, as in `queue.title`.
type Texts = BTreeMap<String, String>;

/// Each language with the forms that whole numbers from 1 on have beside the one for all others
/// (Unicode CLDR's plural rules). Where many numbers are `one`, as 21 is in Russian, that form says
/// which.
const LANGUAGES: [(&str, &[&str], bool); 26] = [
    ("ar", &["one", "two", "few", "many"], false),
    ("cs", &["one", "few"], false),
    ("da", &["one"], false),
    ("de", &["one"], false),
    ("el", &["one"], false),
    ("es", &["one"], false),
    ("fi", &["one"], false),
    ("fr", &["one"], true),
    ("he", &["one", "two"], false),
    ("hi", &["one"], true),
    ("hu", &["one"], false),
    ("id", &[], false),
    ("it", &["one"], false),
    ("ja", &[], false),
    ("ko", &[], false),
    ("nb", &["one"], false),
    ("nl", &["one"], false),
    ("pl", &["one", "few"], false),
    ("pt-BR", &["one"], true),
    ("ru", &["one", "few"], true),
    ("sv", &["one"], false),
    ("tr", &["one"], false),
    ("uk", &["one", "few"], true),
    ("vi", &[], false),
    ("zh-Hans", &[], false),
    ("zh-Hant", &[], false),
];

/// What other languages may say as English does.
const SAME: [&str; 17] = [
    "{{size}}/s",
    "{{size}} bytes",
    "{{size}} KB",
    "{{size}} MB",
    "{{size}} GB",
    "https://example.com/photo.jpg",
    "Video {{time}}",
    "Dropbox",
    "Google Drive",
    "Unsplash",
    "Camera",
    "Microphone",
    "Original",
    "Pause",
    "Stop",
    "Timer",
    "Uploads",
];

const FORMS: [&str; 6] = ["_zero", "_one", "_two", "_few", "_many", "_other"];

#[test]
fn every_language_says_all_that_english_says() {
    let english = english();
    let mut findings = String::new();
    for (tag, forms, tells) in LANGUAGES {
        let theirs = read(&format!("{tag}.json"));
        for problem in problems(&english, &theirs, forms, tells) {
            let _ = writeln!(findings, "{tag}: {problem}");
        }
    }
    assert!(findings.is_empty(), "\n{findings}");
}

#[test]
fn every_file_is_of_a_language_that_is_checked() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/locales");
    let files = std::fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<String> = names.collect();
    let mut known: BTreeSet<String> = LANGUAGES.map(|(tag, ..)| format!("{tag}.json")).into();
    known.extend(["en.json".to_owned(), "en.late.json".to_owned()]);
    assert_eq!(names, known);
}

#[test]
fn the_script_offers_the_same_languages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/script/words.js");
    let script = std::fs::read_to_string(path).unwrap();
    let tags = LANGUAGES.map(|(tag, ..)| tag).join(" ");
    assert!(script.contains(&format!("\"en {tags}\"")), "{tags}");
}

#[test]
fn what_is_wrong_with_a_language_is_found() {
    let texts = |pairs: &[(&str, &str)]| -> Texts {
        let owned = pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        owned.collect()
    };
    let english = texts(&[
        ("done", "{{n}} done"),
        ("done_one", "1 done"),
        ("close", "Close"),
    ]);
    let good = texts(&[
        ("done", "{{n}} fertig"),
        ("done_one", "1 fertig"),
        ("close", "Zu"),
    ]);
    assert_eq!(problems(&english, &good, &["one"], false), [""; 0]);
    for (key, text) in [
        ("close", ""),
        ("close", "Close"),
        ("close", "Zu <b>"),
        ("close", " Zu"),
        ("close", "Zu {{n}}"),
        ("done", "fertig"),
        ("done_one", "{{m}} fertig"),
        ("done_few", "{{n}} fertig"),
    ] {
        let mut bad = good.clone();
        bad.insert(key.to_owned(), text.to_owned());
        assert_ne!(problems(&english, &bad, &["one"], false), [""; 0], "{key}");
    }
    let told = problems(&english, &good, &["one"], true);
    assert_eq!(
        told,
        ["done_one must have {{n}}, as it is for many numbers"]
    );
    assert_ne!(problems(&english, &good, &["one", "few"], false), [""; 0]);
}

/// What is wrong with a language.
fn problems(english: &Texts, theirs: &Texts, forms: &[&str], tells: bool) -> Vec<String> {
    let mut found = Vec::new();
    let is_form = |key: &str| FORMS.iter().any(|form| key.ends_with(form));
    for (key, text) in english.iter().filter(|(key, _)| !is_form(key)) {
        let Some(said) = theirs.get(key) else {
            found.push(format!("{key} is missing"));
            continue;
        };
        if placeholders(said) != placeholders(text) {
            found.push(format!("{key} has other placeholders than {text:?}"));
        }
        if said == text && !SAME.contains(&text.as_str()) {
            found.push(format!("{key} is still English"));
        }
        // A count behind a colon stands apart from the words.
        let apart = said.contains(": {{") && said.ends_with("}}");
        if english.contains_key(&format!("{key}_one")) && !apart {
            for form in forms {
                let key = format!("{key}_{form}");
                match theirs.get(&key) {
                    None => found.push(format!("{key} is missing")),
                    Some(text) if *form == "one" && !tells => {
                        let all = placeholders(said);
                        if !placeholders(text).is_subset(&all) {
                            found.push(format!("{key} has other placeholders than {said:?}"));
                        }
                    }
                    Some(text) => {
                        let count = placeholders(said).into_iter().find(|name| *name != "left");
                        let named = placeholders(text).iter().any(|name| *name != "left");
                        if let Some(count) = count.filter(|_| !named && *form != "two") {
                            found.push(format!(
                                "{key} must have {{{{{count}}}}}, as it is for many numbers"
                            ));
                        }
                    }
                }
            }
        }
    }
    for (key, text) in theirs {
        let form = FORMS
            .iter()
            .find_map(|form| Some((key.strip_suffix(form)?, &form[1..])));
        if let Some((key, form)) = form
            && english.contains_key(key)
            && !forms.contains(&form)
        {
            found.push(format!("{key} has no form {form} in this language"));
        }
        let parts = ["queue.statuses.resting", "crop.more"];
        let is_part = parts.iter().any(|part| key.starts_with(part));
        if text.is_empty() || (text.trim() != text && !is_part) || text.contains(['<', '>']) {
            found.push(format!(
                "{key} is empty, has markup, or blanks around it: {text:?}"
            ));
        }
    }
    found
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    let names = text.split("{{").skip(1);
    names
        .filter_map(|rest| Some(rest.split_once("}}")?.0))
        .collect()
}

fn english() -> Texts {
    let mut texts = read("en.json");
    texts.extend(read("en.late.json"));
    texts
}

fn read(name: &str) -> Texts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("www/locales")
        .join(name);
    let tree: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut texts = Texts::new();
    flatten("", &tree, &mut texts);
    texts
}

fn flatten(prefix: &str, node: &Value, texts: &mut Texts) {
    if let Some(branch) = node.as_object() {
        for (key, child) in branch {
            let dot = if prefix.is_empty() { "" } else { "." };
            flatten(&format!("{prefix}{dot}{key}"), child, texts);
        }
    } else {
        let text = node.as_str().unwrap_or_default();
        texts.insert(prefix.to_owned(), text.to_owned());
    }
}
