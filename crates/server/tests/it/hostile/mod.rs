//! Hostile requests, told by the tables of `tests/hostile`: each is refused or made harmless, in
//! the words that its row says, and leaves nothing behind. What stored files can do in a browser
//! is shown elsewhere.

mod rows;
mod send;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::client::{Answer, TempDir, TestServer};
use crate::process::Running;
use rows::Row;
use send::Sender;

/// Texts that would tell strangers about our inside.
const INSIDE: [&str; 7] = [
    "/tmp/",
    "plimsoll-",
    "panick",
    ".rs:",
    "/src/",
    "unwrap",
    "No such file",
];
/// What the tables must not fall below.
const ROWS_MIN: usize = 1_200;

const SETTINGS: &str = "limits.client_requests_per_minute_max = 0\n\
    [clouds.demo.keys.key]\nsecret = 'abcd'\n\
    [clouds.demo.keys.other]\nsecret = 'efgh'\n\
    [clouds.demo.presets.signed]\n\
    [clouds.demo.presets.images]\nunsigned = true\nallowed_formats = ['png']\n\
    [clouds.demo.presets.fixed]\nunsigned = true\nfolder = 'site'\ndisallow_public_id = true\n";

/// Sends a table to a server of its own and checks all answers.
async fn run(name: &str, settings: &str) {
    let server = TestServer::with(settings).await;
    let canary = server.folder.path().join("canary.txt");
    std::fs::write(&canary, "outside").expect("written");
    let mut sender = Sender::new(server.address);
    let with_token = name == "c17-tokens";
    if with_token {
        sender.get_token().await;
    }
    let mut wrong = String::new();
    let mut public_ids = BTreeSet::new();
    for row in rows::read(name) {
        let answer = sender.send(&row).await;
        if let Err(what) = judge(&row, &answer) {
            let _ = writeln!(wrong, "{}\n    {what}", row.shown());
        }
        if answer.status == 200 && answer.body.starts_with(b"{") {
            public_ids.extend(answer.json()["public_id"].as_str().map(str::to_owned));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(server.stored("incoming").is_empty());
    let expected = public_ids.len() + usize::from(with_token);
    assert_eq!(server.count_assets(), expected, "assets and answers");
    assert_eq!(std::fs::read_to_string(&canary).expect("there"), "outside");
    assert_eq!(server.get("/healthz").await.status, 200);
}

fn judge(row: &Row, answer: &Answer) -> Result<(), String> {
    let body = String::from_utf8_lossy(&answer.body);
    let told = || format!("{} {body}", answer.status);
    if answer.status != row.status {
        return Err(format!("{} was expected: {}", row.status, told()));
    }
    // What HTTP itself forbids never reaches us, and has no body.
    let by_http = matches!(answer.status, 0 | 400 | 414 | 431) && answer.body.is_empty();
    if answer.status >= 400 && !by_http {
        let message = answer.json()["error"]["message"]
            .as_str()
            .unwrap_or("")
            .to_owned();
        if message.is_empty() || !message.starts_with(&row.says) {
            return Err(format!("{:?} was expected: {}", row.says, told()));
        }
        if answer.header("x-cld-error").is_none() {
            return Err(format!("no X-Cld-Error: {answer:?}"));
        }
    } else if !row.says.is_empty() && !by_http {
        return Err(format!("words in a row that isn't refused: {}", row.says));
    }
    if !by_http && answer.header("x-content-type-options") != Some("nosniff") {
        return Err(format!("no nosniff: {answer:?}"));
    }
    let all = format!("{:?} {body}", answer.headers);
    // The payload itself may be shown, as text.
    let sent = String::from_utf8_lossy(&row.payload).into_owned();
    if let Some(inside) = INSIDE
        .iter()
        .find(|text| all.contains(**text) && !sent.contains(**text))
    {
        return Err(format!("{inside} is told: {}", told()));
    }
    if answer
        .headers
        .iter()
        .any(|(name, _)| name == "x-evil" || name == "location")
    {
        return Err(format!("a header was smuggled in: {answer:?}"));
    }
    match &row.stored {
        None => Ok(()),
        Some(stored) => judge_stored(row, answer, stored),
    }
}

/// What must be stored, or said of who may read the answer.
fn judge_stored(row: &Row, answer: &Answer, stored: &str) -> Result<(), String> {
    let found = match row.how.as_str() {
        "preflight" | "header Origin" => {
            let allowed = answer.header("access-control-allow-origin");
            allowed.unwrap_or("nobody").to_owned()
        }
        "filename" | "field filename_override" | "disposition" => {
            answer.json()["original_filename"]
                .as_str()
                .unwrap_or("none")
                .to_owned()
        }
        "body" => answer.json()["bytes"].to_string(),
        "field tags" => answer.json()["tags"].to_string(),
        "field context" => answer.json()["context"]["custom"].to_string(),
        _ => answer.json()["public_id"]
            .as_str()
            .unwrap_or("none")
            .to_owned(),
    };
    if found == stored {
        Ok(())
    } else {
        Err(format!("{stored:?} was expected: {found:?}"))
    }
}

macro_rules! tables {
    ($($test:ident: $table:literal, $settings:expr;)+) => {
        $(#[tokio::test]
        async fn $test() {
            run($table, $settings).await;
        })+

        /// Every table has its test.
        const TESTED: &[&str] = &[$($table),+];
    };
}

tables! {
    c2_unsigned_uploads_send_only_what_they_may: "c2-parameters", SETTINGS;
    c3_nothing_redirects: "c3-callback", SETTINGS;
    c4_signatures_are_right_or_refused: "c4-signatures", SETTINGS;
    c5_a_signature_holds_for_what_was_signed: "c5-canonical", SETTINGS;
    c6_signatures_have_a_time: "c6-times", SETTINGS;
    c8_public_ids_lead_nowhere_else: "c8-public-ids", SETTINGS;
    c8_file_names_are_made_harmless: "c8-file-names", SETTINGS;
    c12_forms_keep_to_their_form: "c12-forms", &format!("limits.file_bytes_max = 5000\n{SETTINGS}");
    c12_parts_have_numbers_that_fit: "c12-parts",
        &format!("limits.part_wait_seconds_max = 0\n{SETTINGS}");
    c17_tokens_delete_one_asset: "c17-tokens",
        &format!("{SETTINGS}[clouds.demo.presets.deletable]\nunsigned = true\n\
                  return_delete_token = true\n");
    c18_pages_of_other_origins_are_told_apart: "c18-origins",
        &format!("origins = ['https://shop.example', 'http://localhost:8080']\n{SETTINGS}");
    c19_forwarding_headers_are_not_believed: "c19-forwarded",
        "trusted_proxies = ['127.0.0.0/8', '10.0.0.0/8', 'fd00::/8']\n\
         limits.client_requests_per_minute_max = 1\n";
    c21_errors_tell_nothing: "c21-errors", SETTINGS;
    c22_requests_have_one_meaning: "c22-framing", SETTINGS;
}

#[tokio::test]
async fn c20_logs_tell_no_secrets() {
    let folder = TempDir::new();
    let config = folder.path().join("plimsoll.toml");
    let text = format!(
        "log = 'json'\nlog_level = 'debug'\n{SETTINGS}\
         [clouds.demo.presets.unsigned]\nunsigned = true\n"
    );
    std::fs::write(&config, text).expect("written");
    let config = config.display().to_string();
    let mut running = Running::with(&folder, &["--config", &config]);
    let mut sender = Sender::new(running.address().parse().expect("an address"));
    let rows = rows::read("c20-logs");
    let mut wrong = String::new();
    for row in &rows {
        let answer = sender.send(row).await;
        if let Err(what) = judge(row, &answer) {
            let _ = writeln!(wrong, "{}\n    {what}", row.shown());
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    let log = running.stop_and_read();
    let mut answered = 0;
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let level = line["level"].as_str().expect("a level");
        assert!(["INFO", "DEBUG"].contains(&level), "{line}");
        answered += usize::from(line["message"] == "answered");
        assert!(!line.to_string().contains("S3CR3T-C4N4RY"), "{line}");
    }
    assert_eq!(answered, rows.len(), "{log}");
}

#[test]
fn the_tables_are_many_rows_and_each_is_another() {
    let mut counts = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for name in rows::tables() {
        let is_tested = name == "c20-logs" || TESTED.contains(&name.as_str());
        assert!(is_tested, "{name} has no test");
        for row in rows::read(&name) {
            *counts.entry(name.clone()).or_insert(0) += 1;
            let earlier = seen.insert((row.how.clone(), row.payload.clone()), row.shown());
            assert_eq!(earlier, None, "twice: {}", row.shown());
        }
    }
    let all: usize = counts.values().sum();
    println!("{all} hostile requests: {counts:?}");
    assert!(all >= ROWS_MIN, "{all}");
    assert_eq!(counts.len(), TESTED.len() + 1);
    document(&counts, all);
}

/// Keeps the numbers of docs/assurance.md as they are.
fn document(counts: &BTreeMap<String, usize>, all: usize) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/assurance.md");
    let mut table = String::from("| Table | Rows | What it is about |\n|---|--:|---|\n");
    for (name, count) in counts {
        let _ = writeln!(table, "| `{name}` | {count} | {} |", rows::title(name));
    }
    let _ = writeln!(table, "| in all | {all} | |");
    let found = std::fs::read_to_string(path)
        .expect("the document")
        .replace("\r\n", "\n");
    let (before, rest) = found.split_once("<!-- Rows").expect("the mark");
    let (comment, rest) = rest.split_once('\n').expect("a line");
    let (_, after) = rest.split_once("<!-- End of rows").expect("the end's mark");
    let wanted = format!("{before}<!-- Rows{comment}\n{table}<!-- End of rows{after}");
    if found != wanted {
        std::fs::write(path, wanted).expect("written");
        panic!("docs/assurance.md was stale and has been rewritten. Commit it.");
    }
}
