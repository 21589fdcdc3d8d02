//! The settings in force as a text in the form of the configuration file, and what is worth a
//! second look in them. Secrets are not in it.

use std::fmt::Write as _;

use crate::config::{Config, Quota};
use crate::limits;

/// The settings in force; parts of it may be copied into a configuration file.
pub fn show(config: &Config) -> String {
    let mut text = String::from("# Settings in force.\n");
    let _ = writeln!(text, "host = {}", quoted(&config.host));
    let _ = writeln!(text, "port = {}", config.port);
    let _ = writeln!(text, "data = {}", quoted(&config.data.to_string_lossy()));
    if let Some(www) = &config.www {
        let _ = writeln!(text, "www = {}", quoted(&www.to_string_lossy()));
    }
    if let Some(url) = &config.public_url {
        let _ = writeln!(text, "public_url = {}", quoted(url));
    }
    text.push_str("\n[limits]\n");
    for row in limits::settings_rows(&config.limits) {
        let (what, why) = (row.what(), row.why());
        let _ = writeln!(text, "# {what}. {why}");
        let default = row.default_shown();
        let _ = writeln!(text, "{} = {}  # default: {default}", row.name, row.value);
    }
    text.push_str("\n# The same everywhere:\n");
    for row in limits::fixed_rows() {
        let (what, why) = (row.what(), row.why());
        let _ = writeln!(text, "# {what}: {}. {why}", row.shown());
    }
    for (name, cloud) in &config.clouds {
        let _ = writeln!(text, "\n[clouds.{name}]");
        show_quota(&mut text, cloud.quota);
        for (preset, settings) in &cloud.presets {
            let _ = writeln!(text, "\n[clouds.{name}.presets.{}]", key(preset));
            for (flag, is_on) in [
                ("unsigned", settings.unsigned),
                ("disallow_public_id", settings.disallow_public_id),
            ] {
                if is_on {
                    let _ = writeln!(text, "{flag} = true");
                }
            }
            show_quota(&mut text, settings.quota);
            for (setting, value) in settings.settings() {
                let _ = writeln!(text, "{setting} = {}", quoted(value));
            }
        }
    }
    text
}

/// What may be kept, where that has a limit; 0 is none.
fn show_quota(text: &mut String, quota: Quota) {
    let Quota {
        bytes_max,
        files_max,
    } = quota;
    if quota != Quota::default() {
        let _ = writeln!(
            text,
            "quota = {{ bytes_max = {bytes_max}, files_max = {files_max} }}"
        );
    }
}

/// A text as the file has it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A name as part of a table's, quoted where it must be.
fn key(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// What is allowed, but seldom meant.
pub fn doubts(config: &Config) -> Vec<String> {
    let mut doubts = Vec::new();
    let is_local = matches!(config.host.as_str(), "127.0.0.1" | "::1" | "localhost");
    let is_https = |url: &String| url.starts_with("https://");
    if !is_local && !config.public_url.as_ref().is_some_and(is_https) {
        doubts.push(format!(
            "host {} is open to the network without TLS. Set public_url to the https address of \
             the proxy before it.",
            config.host
        ));
    }
    if config.remote.allow.iter().any(|host| host == "*") {
        doubts.push(
            "remote.allow has \"*\": whoever may upload can have this server fetch from any public \
             host. Name the hosts that are meant."
                .to_owned(),
        );
    }
    for (name, cloud) in &config.clouds {
        if cloud.presets.is_empty() {
            doubts.push(format!(
                "cloud {name} has no upload preset. Add [clouds.{name}.presets.NAME]."
            ));
        }
        for (preset, settings) in &cloud.presets {
            let (all, part) = (cloud.quota, settings.quota);
            let is_above = |all: u64, part: u64| all > 0 && part > all;
            if is_above(all.bytes_max, part.bytes_max) || is_above(all.files_max, part.files_max) {
                doubts.push(format!(
                    "the quota of upload preset {preset} is larger than that of its cloud {name}, \
                     which ends first."
                ));
            }
        }
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Cloud;

    #[test]
    fn what_is_shown_is_a_configuration_with_the_same_limits() {
        let text = "host = '::'\nwww = 'a\"b'\nlimits.image_megapixels_max = 7\n\
                    [clouds.demo]\nsecret = 'CANARY'\nquota = { files_max = 9 }\n\
                    [clouds.demo.presets.'a \"b']\nunsigned = true\ntags = ['x', 'y']\n\
                    quota.bytes_max = 10\n";
        let config = Config::parse(text).expect("valid");
        let shown = show(&config);
        assert!(
            shown.contains("image_megapixels_max = 7  # default: 50"),
            "{shown}"
        );
        assert!(!shown.contains("CANARY"));
        let again = Config::parse(&shown).expect("valid");
        assert_eq!(again.limits, config.limits);
        assert_eq!(again.host, config.host);
        assert_eq!(again.www, config.www);
        let (before, after) = (&config.clouds["demo"], &again.clouds["demo"]);
        assert_eq!((after.quota, after.quota.files_max), (before.quota, 9));
        let of = |cloud: &Cloud| cloud.presets["a \"b"].clone();
        let (before, after) = (of(before), of(after));
        assert_eq!((after.quota, after.quota.bytes_max), (before.quota, 10));
        assert_eq!((after.unsigned, after.settings), (true, before.settings));
    }

    #[test]
    fn an_open_door_is_a_doubt() {
        let doubted = |text: &str| doubts(&Config::parse(text).expect("valid")).join("\n");
        let preset = "[clouds.demo.presets.unsigned]";
        assert_eq!(doubted(preset), "");
        assert!(doubted(&format!("host = '0.0.0.0'\n{preset}")).contains("without TLS"));
        let behind = format!("host = '0.0.0.0'\npublic_url = 'https://a.example'\n{preset}");
        assert_eq!(doubted(&behind), "");
        assert!(doubted("[clouds.demo]").contains("no upload preset"));
        let quota = |files: u64| {
            format!("clouds.demo.quota.files_max = 5\n{preset}\nquota.files_max = {files}")
        };
        assert_eq!(doubted(&quota(5)), "");
        assert!(doubted(&quota(6)).contains("which ends first"));
    }
}
