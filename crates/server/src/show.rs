//! The settings in force as a text in the form of the configuration file, and what is worth a
//! second look in them. Secrets are not in it.

use std::fmt::Write as _;

use crate::config::Config;
use crate::limits;

/// The settings in force; parts of it may be copied into a configuration file.
pub fn show(config: &Config) -> String {
    let mut text = String::from("# Settings in force.\n");
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
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
        let presets: Vec<&str> = cloud.presets.keys().map(String::as_str).collect();
        let _ = writeln!(text, "\n# Cloud {name}: upload presets {presets:?}");
    }
    text
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
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_a_configuration_with_the_same_limits() {
        let text = "host = '::'\nwww = 'a\"b'\nlimits.image_megapixels_max = 7\n\
                    [clouds.demo]\nsecret = 'CANARY'\n";
        let config = Config::parse(text).expect("valid");
        let shown = show(&config);
        assert!(
            shown.contains("image_megapixels_max = 7  # default: 50"),
            "{shown}"
        );
        assert!(!shown.contains("CANARY"));
        let again = Config::parse(&format!("{shown}\n[clouds.demo]\n")).expect("valid");
        assert_eq!(again.limits, config.limits);
        assert_eq!(again.host, config.host);
        assert_eq!(again.www, config.www);
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
    }
}
