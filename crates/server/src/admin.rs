//! `plimsoll-server preset …` and `key …`: changes to the configuration file from the command line.
//! Comments and order of the file stay; what wouldn't be valid is not written. A running server
//! reads the file when it starts.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, Table, Value, value};

use crate::config::Config;
use crate::random;

/// How the commands are called, for people.
pub const ADMIN_HELP: &str = "\
preset list | preset add NAME [SETTING=VALUE …] | preset remove NAME
quota set [bytes_max=NUMBER] [files_max=NUMBER] | quota remove
key list | key add [NAME] | key remove NAME";

/// The table of all clouds.
const CLOUDS: &str = "clouds";
/// What a cloud or an upload preset may keep.
const QUOTA: &str = "quota";
/// Digits of an API key that nobody named, as the API has them.
const KEY_DIGITS: usize = 15;

/// Carries a command out and says what came of it.
pub fn administer(words: &[&str], file: &Path, cloud: &str) -> Result<String, String> {
    let mut document = read(file)?;
    let (said, is_changed) = match words {
        ["preset", "list"] => (list(&document, cloud, "presets"), false),
        ["key", "list"] => (list(&document, cloud, "keys"), false),
        ["preset", "add", name, settings @ ..] => {
            add_preset(&mut document, cloud, name, settings)?;
            (format!("Upload preset {name} is in cloud {cloud}."), true)
        }
        ["key", "add"] => (add_key(&mut document, cloud, &key_name()?)?, true),
        ["key", "add", name] => (add_key(&mut document, cloud, name)?, true),
        ["preset", "remove", name] => {
            remove(&mut document, cloud, "presets", name)?;
            let said = format!("Upload preset {name} is gone from cloud {cloud}.");
            (said, true)
        }
        ["quota", "set", first, more @ ..] => {
            let settings = [&[*first], more].concat();
            let quota = table_of(&settings)?;
            let cloud_table = place(&mut document, &[CLOUDS, cloud])?;
            cloud_table.insert(QUOTA, value(quota.into_inline_table()));
            (format!("Cloud {cloud} has a quota."), true)
        }
        ["quota", "remove"] => {
            let removed = place(&mut document, &[CLOUDS, cloud])?.remove(QUOTA);
            removed.ok_or_else(|| format!("cloud {cloud} has no quota."))?;
            (format!("Cloud {cloud} has no quota any more."), true)
        }
        ["key", "remove", name] => {
            remove(&mut document, cloud, "keys", name)?;
            let said = format!("API key {name} is gone from cloud {cloud}.");
            (said, true)
        }
        other => {
            let other = other.join(" ");
            return Err(format!(
                "there is no command {other:?}. Use one of\n{ADMIN_HELP}"
            ));
        }
    };
    if is_changed {
        write(file, &document.to_string())?;
        return Ok(format!("{said} Restart the server to have it in force."));
    }
    Ok(said)
}

/// The names below a cloud, a line each.
fn list(document: &DocumentMut, cloud: &str, kind: &str) -> String {
    let names = document
        .get(CLOUDS)
        .and_then(|clouds| clouds.get(cloud)?.get(kind)?.as_table_like());
    let names = names.into_iter().flat_map(|table| table.iter());
    let names: Vec<&str> = names.map(|(name, _)| name).collect();
    names.join("\n")
}

fn add_preset(
    document: &mut DocumentMut,
    cloud: &str,
    name: &str,
    settings: &[&str],
) -> Result<(), String> {
    let table = table_of(settings)?;
    insert(document, cloud, "presets", name, table)
}

/// Settings as they are written on the command line; `quota.files_max=5` is one of a quota.
fn table_of(settings: &[&str]) -> Result<Table, String> {
    let mut table = Table::new();
    for setting in settings {
        let (key, text) = setting
            .split_once('=')
            .ok_or_else(|| format!("{setting:?} is no setting. Write NAME=VALUE."))?;
        // What is no number, truth, list or table is a text.
        let read: Value = text.parse().unwrap_or_else(|_| text.into());
        match key.split_once('.') {
            Some((QUOTA, key)) => {
                let quota = table.entry(QUOTA).or_insert(value(InlineTable::new()));
                let quota = quota.as_inline_table_mut();
                let quota = quota.ok_or("quota is given twice, in two ways.")?;
                quota.insert(key, read);
            }
            _ => {
                table.insert(key, value(read));
            }
        }
    }
    Ok(table)
}

fn add_key(document: &mut DocumentMut, cloud: &str, name: &str) -> Result<String, String> {
    let secret = random::hex_32().map_err(|error| error.to_string())?;
    let mut table = Table::new();
    table.insert("secret", value(secret.as_str()));
    insert(document, cloud, "keys", name, table)?;
    Ok(format!(
        "API key {name} is in cloud {cloud}. Its secret, which belongs on servers only: {secret}"
    ))
}

fn insert(
    document: &mut DocumentMut,
    cloud: &str,
    kind: &str,
    name: &str,
    table: Table,
) -> Result<(), String> {
    let place = place(document, &[CLOUDS, cloud, kind])?;
    if place.contains_key(name) {
        return Err(format!("there is {name} already. Remove it first."));
    }
    place.insert(name, Item::Table(table));
    Ok(())
}

fn remove(document: &mut DocumentMut, cloud: &str, kind: &str, name: &str) -> Result<(), String> {
    let removed = place(document, &[CLOUDS, cloud, kind])?.remove(name);
    let missing = || format!("there is no {name} among the {kind} of cloud {cloud}.");
    removed.map(drop).ok_or_else(missing)
}

/// The table of a cloud, or of its presets or keys, made where there is none.
fn place<'a>(document: &'a mut DocumentMut, names: &[&str]) -> Result<&'a mut Table, String> {
    let mut table = document.as_table_mut();
    for &name in names {
        let item = table.entry(name).or_insert_with(|| {
            let mut below = Table::new();
            // Shown only where something stands in it.
            below.set_implicit(true);
            Item::Table(below)
        });
        let other = || format!("{name} is written in another way. Make it [{name}] first.");
        table = item.as_table_mut().ok_or_else(other)?;
    }
    Ok(table)
}

fn key_name() -> Result<String, String> {
    let mut digits = String::new();
    while digits.len() < KEY_DIGITS {
        let hex = random::hex_32().map_err(|error| error.to_string())?;
        digits.extend(hex.chars().filter(char::is_ascii_digit));
    }
    digits.truncate(KEY_DIGITS);
    Ok(digits)
}

fn read(file: &Path) -> Result<DocumentMut, String> {
    let shown = file.display();
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{shown} can't be read: {error}")),
    };
    text.parse().map_err(|error| format!("{shown}: {error}"))
}

/// Replaces the file as a whole, so that nobody ever reads half of it, and only by a valid one.
fn write(file: &Path, text: &str) -> Result<(), String> {
    let shown = file.display();
    Config::parse(text).map_err(|error| format!("{shown} stays as it is: {error}"))?;
    let failed = |error| format!("{shown} can't be written: {error}");
    let beside = file.with_extension(format!("new-{}", std::process::id()));
    let written = (|| {
        let mut options = File::options();
        options.write(true).create_new(true);
        // It holds secrets.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut new = options.open(&beside)?;
        new.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(file) {
            new.set_permissions(old.permissions())?;
        }
        new.sync_all()?;
        fs::rename(&beside, file)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.map_err(failed)
}
