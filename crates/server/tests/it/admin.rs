//! Presets and keys from the command line: the file stays whole, valid and readable.

use plimsoll_server::Config;

use crate::client::TempDir;
use crate::process::{run, said};

/// Runs a command on a file and gives what it says.
fn done(file: &str, words: &[&str]) -> String {
    let output = run(&[words, &["--config", file]].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn presets_and_keys_are_added_listed_and_removed() {
    let folder = TempDir::new();
    let path = folder.path().join("plimsoll.toml");
    let file = path.to_str().expect("UTF-8");
    let text = || std::fs::read_to_string(&path).expect("the file");
    std::fs::write(
        &path,
        "# Mine.\nport = 1 # here\n\n[clouds.demo.presets.a]\n",
    )
    .expect("it");

    let settings = [
        "unsigned=true",
        "folder=a folder",
        "tags=['x', 'y']",
        "context={ k = 'v=w' }",
    ];
    done(file, &[&["preset", "add", "open"], &settings[..]].concat());
    assert_eq!(done(file, &["preset", "list"]), "a\nopen\n");
    assert!(
        text().starts_with("# Mine.\nport = 1 # here\n"),
        "{}",
        text()
    );
    let config = Config::parse(&text()).expect("valid");
    let preset = &config.clouds["demo"].presets["open"];
    assert!(preset.unsigned);
    assert_eq!(preset.get("folder"), Some("a folder"));
    assert_eq!(preset.get("tags"), Some("x,y"));
    assert_eq!(preset.get("context"), Some("k=v\\=w"));

    let told = done(file, &["key", "add", "backend"]);
    let config = Config::parse(&text()).expect("valid");
    let secret = config.clouds["demo"].keys["backend"]
        .secret
        .as_ref()
        .expect("a secret");
    assert!(secret.reveal().len() == 32 && told.contains(secret.reveal()));
    done(file, &["key", "add", "--cloud", "other"]);
    let name = done(file, &["key", "list", "--cloud", "other"]);
    assert!(name.trim().len() == 15 && name.trim().bytes().all(|b| b.is_ascii_digit()));
    assert!(!done(file, &["key", "list"]).contains(secret.reveal()));

    done(file, &["key", "remove", "backend"]);
    done(file, &["preset", "remove", "open"]);
    assert_eq!(done(file, &["preset", "list"]), "a\n");
    assert!(!text().contains("backend"));
}

#[test]
fn quotas_are_set_shown_and_removed() {
    let folder = TempDir::new();
    let path = folder.path().join("plimsoll.toml");
    let file = path.to_str().expect("UTF-8");
    let quotas = || {
        let text = std::fs::read_to_string(&path).expect("the file");
        let cloud = Config::parse(&text).expect("valid").clouds["demo"].clone();
        let quotas = [cloud.quota, cloud.presets["tight"].quota];
        quotas.map(|quota| (quota.bytes_max, quota.files_max))
    };
    let settings = ["unsigned=true", "quota.bytes_max=7", "quota.files_max=2"];
    done(file, &[&["preset", "add", "tight"], &settings[..]].concat());
    assert_eq!(quotas(), [(0, 0), (7, 2)]);
    done(file, &["quota", "set", "bytes_max=5"]);
    assert_eq!(quotas(), [(5, 0), (7, 2)]);
    let shown = done(file, &["config", "show"]);
    for line in [
        "[clouds.demo]\nquota = { bytes_max = 5, files_max = 0 }",
        "[clouds.demo.presets.tight]\nunsigned = true\nquota = { bytes_max = 7, files_max = 2 }",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    let checked = done(file, &["config", "check"]);
    assert!(checked.contains("which ends first"), "{checked}");
    assert!(
        checked.contains("upload presets: 1, quotas: 2."),
        "{checked}"
    );
    done(file, &["quota", "remove"]);
    assert_eq!(quotas(), [(0, 0), (7, 2)]);
    let inline = ["preset", "add", "other", "quota={ files_max = 3 }"];
    done(file, &inline);
    assert!(done(file, &["config", "show"]).contains("files_max = 3 }"));
}

#[test]
fn what_would_not_be_valid_is_not_written() {
    let folder = TempDir::new();
    let path = folder.path().join("new.toml");
    let file = path.to_str().expect("UTF-8");
    done(file, &["preset", "add", "open", "unsigned=true"]);
    let before = std::fs::read(&path).expect("the file");
    for (words, why) in [
        (vec!["preset", "add", "b", "foldr=x"], "foldr"),
        (
            vec!["preset", "add", "b", "folder=../x"],
            "folder can't be used",
        ),
        (vec!["preset", "add", "b", "use_filename"], "NAME=VALUE"),
        (vec!["preset", "add", "open"], "already"),
        (vec!["preset", "remove", "b"], "there is no b"),
        (vec!["preset", "rename", "b"], "there is no command"),
        (vec!["preset", "add", "b", "quota.bytes=1"], "bytes"),
        (
            vec!["preset", "add", "b", "quota.bytes_max=-1"],
            "bytes_max",
        ),
        (
            vec!["preset", "add", "b", "quota=1", "quota.files_max=1"],
            "in two ways",
        ),
        (vec!["quota", "set"], "there is no command"),
        (vec!["quota", "set", "bytes_max=much"], "bytes_max"),
        (vec!["quota", "set", "files=1"], "files"),
        (vec!["quota", "remove"], "has no quota"),
        (vec!["key", "add", "a b"], "can't be a key"),
    ] {
        let text = said(&run(&[&words[..], &["--config", file]].concat()));
        assert!(text.contains(why), "{words:?}: {text}");
        assert_eq!(std::fs::read(&path).expect("the file"), before);
    }
    assert!(said(&run(&["key", "list"])).contains("--config"));
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 1);
}

#[cfg(unix)]
#[test]
fn a_new_file_is_for_its_owner_only_and_an_old_one_keeps_its_rights() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new();
    let path = folder.path().join("new.toml");
    let file = path.to_str().expect("UTF-8");
    let mode = || {
        std::fs::metadata(&path)
            .expect("the file")
            .permissions()
            .mode()
            & 0o777
    };
    done(file, &["key", "add", "a"]);
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("set");
    done(file, &["key", "add", "b"]);
    assert_eq!(mode(), 0o640);
}
