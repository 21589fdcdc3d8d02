//! The configuration file: reading it, and saying clearly what is wrong with it.
//! Flags of the command line are laid over it in `main.rs`; limits are explained in `limits.rs`.

mod cloud;
mod preset;
mod secret;

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;

use crate::cors;
use crate::limits::Limits;
use crate::remote;

pub use cloud::{Cloud, Key, Quota, Signing};
pub use preset::Preset;
pub use secret::Secret;

/// What the server uses when no file is given.
const DEFAULT: &str = include_str!("../default.toml");

/// All that the server is told from outside.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address to listen on; this machine only, until told otherwise.
    pub host: String,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where assets are kept.
    pub data: PathBuf,
    /// Where they are kept instead, if not in that folder.
    pub store: StoreConfig,
    /// A folder of plain files to serve beside the API.
    pub www: Option<PathBuf>,
    /// The base of delivery URLs; derived from each request's `Host` when absent.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed.
    pub trusted_proxies: Vec<Network>,
    /// The origins whose pages may upload and read answers; empty allows any.
    pub origins: Vec<String>,
    /// Serve by TLS.
    pub tls: Option<TlsFiles>,
    /// An address of its own for `/metrics`, such as `127.0.0.1:9187`.
    pub metrics: Option<String>,
    /// How logs are written.
    pub log: LogStyle,
    /// What is logged.
    pub log_level: LogLevel,
    /// What a site may limit.
    pub limits: Limits,
    /// Texts of the file that must not stand in a log.
    #[serde(skip)]
    hidden: Vec<String>,
    /// Which files may be fetched from elsewhere.
    pub remote: remote::Settings,
    /// Whom this server tells of uploads that name an address for it.
    pub notifications: remote::Settings,
    /// The clouds by name.
    pub clouds: BTreeMap<String, Cloud>,
}

/// An object store to keep assets in.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// `s3://bucket/folder`, `gs://…`, `az://…` or `memory://`; the data folder when absent.
    pub url: Option<String>,
    /// Region, endpoint, keys: all that the store's kind knows. They may hold secrets.
    pub options: BTreeMap<String, String>,
}

/// A network or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(pub(crate) IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse::<IpNet>().or_else(|_| address());
        network.map(Self).map_err(|_| {
            format!("{text:?} is no network. Write 10.0.0.0/8, or an address like 127.0.0.1.")
        })
    }
}

/// The files of TLS, in PEM.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate, and those between it and its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogStyle {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Trouble of our own.
    Error,
    /// And what may become one.
    Warn,
    /// And every request.
    Info,
    /// And why it was answered so.
    Debug,
}

/// Why a configuration can't be used; the text names the key and the remedy.
#[derive(Debug)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.options.keys().collect();
        let mut text = formatter.debug_struct("StoreConfig");
        text.field("url", &self.url).field("options", &names);
        text.finish()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8787,
            data: PathBuf::from("plimsoll-data"),
            store: StoreConfig::default(),
            www: None,
            public_url: None,
            trusted_proxies: Vec::new(),
            origins: Vec::new(),
            tls: None,
            metrics: None,
            log: LogStyle::Text,
            log_level: LogLevel::Warn,
            limits: Limits::default(),
            hidden: Vec::new(),
            remote: remote::Settings::default(),
            notifications: remote::Settings::default(),
            clouds: BTreeMap::new(),
        }
    }
}

impl Config {
    /// The embedded configuration: cloud `demo`, preset `unsigned`.
    pub fn embedded() -> Result<Self, ConfigError> {
        Self::parse(DEFAULT)
    }

    /// Reads a file; relative folders in it are relative to the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("{shown} can't be read: {error}")))?;
        let mut config =
            Self::parse(&text).map_err(|error| ConfigError(format!("{shown}: {error}")))?;
        let base = path.parent().unwrap_or(Path::new(""));
        config.data = base.join(&config.data);
        config.www = config.www.map(|www| base.join(www));
        config.tls = config.tls.map(|tls| TlsFiles {
            certificate: base.join(tls.certificate),
            key: base.join(tls.key),
        });
        Ok(config)
    }

    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut config: Self =
            toml::from_str(text).map_err(|error| ConfigError(error.to_string()))?;
        let table: toml::Table =
            toml::from_str(text).map_err(|error| ConfigError(error.to_string()))?;
        collect_secrets(
            &toml::Value::Table(table),
            Secrecy::Open,
            &mut config.hidden,
        );
        if let Some(url) = &mut config.public_url {
            *url = url.trim_end_matches('/').to_owned();
        }
        config.check()?;
        Ok(config)
    }

    /// The secrets of the file, for keeping them out of logs.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.hidden.clone()
    }

    /// How many clouds and upload presets have a quota.
    pub fn quotas(&self) -> usize {
        let clouds = self.clouds.values();
        let all = clouds.flat_map(|cloud| {
            let presets = cloud.presets.values().map(|preset| preset.quota);
            presets.chain([cloud.quota])
        });
        all.filter(|quota| *quota != Quota::default()).count()
    }

    fn check(&self) -> Result<(), ConfigError> {
        let fail = |text: String| Err(ConfigError(text));
        if let Some(url) = &self.public_url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return fail("public_url must begin with http:// or https://".to_owned());
        }
        if let Some(origin) = self.origins.iter().find(|text| !cors::is_origin(text)) {
            return fail(format!(
                "{origin:?} is no origin. Write it as browsers do, such as https://shop.example."
            ));
        }
        if let Some(name) = self.limits.mistake() {
            return fail(format!(
                "limits.{name} is 0, which lets nothing in. Leave it out to have the default."
            ));
        }
        self.remote.check("remote").map_err(ConfigError)?;
        self.notifications
            .check("notifications")
            .map_err(ConfigError)?;
        if self.clouds.is_empty() {
            return fail("there is no cloud. Add [clouds.NAME.presets.NAME].".to_owned());
        }
        for (name, cloud) in &self.clouds {
            let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            // `v1_1` is the first segment of the API's own addresses.
            if name.is_empty() || !name.chars().all(letters) || name == "v1_1" {
                return fail(format!(
                    "the cloud name {name:?} can't be used. Use letters, digits, - and _."
                ));
            }
            if let Some(mistake) = cloud.mistake() {
                return fail(format!("clouds.{name}.{mistake}"));
            }
        }
        Ok(())
    }
}

/// Words in the names of keys whose values are secrets, in whatever table they stand.
const SECRET_WORDS: [&str; 5] = ["access_key", "credential", "password", "secret", "token"];

/// Whether a value stands under the name of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secrecy {
    Open,
    Secret,
}

fn collect_secrets(value: &toml::Value, secrecy: Secrecy, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) if secrecy == Secrecy::Secret => found.push(text.clone()),
        toml::Value::Array(values) => {
            values
                .iter()
                .for_each(|value| collect_secrets(value, secrecy, found));
        }
        toml::Value::Table(table) => {
            for (name, value) in table {
                let is_secret = SECRET_WORDS.iter().any(|word| name.contains(word));
                let secrecy = if is_secret { Secrecy::Secret } else { secrecy };
                collect_secrets(value, secrecy, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_configuration_has_the_demo_cloud() {
        let config = Config::embedded().expect("valid");
        assert!(config.clouds["demo"].presets["unsigned"].unsigned);
        assert_eq!(config.limits.file_bytes_max, 104_857_600);
    }

    #[test]
    fn secrets_are_known_in_whatever_table_they_stand() {
        let text = "[clouds.demo]\nsecret = 'a'\n[clouds.demo.presets.b]\ntags = ['c']\n";
        assert_eq!(Config::parse(text).expect("valid").secrets(), ["a"]);
        let mut found = Vec::new();
        let text = "[store]\naws_secret_access_key = 'd'\nname = 'e'\nkeys.api_secrets = ['f']";
        let table: toml::Table = toml::from_str(text).expect("valid");
        collect_secrets(&toml::Value::Table(table), Secrecy::Open, &mut found);
        assert_eq!(found, ["d", "f"]);
    }

    #[test]
    fn mistakes_are_named() {
        let problem = |text: &str| Config::parse(text).expect_err("a mistake").to_string();
        assert!(problem("prot = 1").contains("prot"));
        assert!(problem("").contains("no cloud"));
        assert!(problem("[clouds.'a/b']").contains("a/b"));
        assert!(problem("[clouds.a]\nsecret = ''").contains("secret"));
        assert!(problem("[clouds.a.presets.b]\nfolder = '../x'").contains("folder"));
        assert!(problem("[clouds.a.presets.b]\nfoldr = 'x'").contains("foldr"));
        assert!(problem("[clouds.a.presets.b]\nuse_filename = 'x'").contains("use_filename"));
        assert!(problem("[clouds.a.presets.b]\npublic_id = 'x'").contains("can't set public_id"));
        assert!(
            problem("[clouds.a.presets.b]\nunsigned = true\noverwrite = true").contains("never")
        );
        assert!(problem("[clouds.a.keys.'b c']").contains("b c"));
        assert!(problem("[clouds.a.keys.b]\nsecret = ''").contains("secret"));
        assert!(problem("[clouds.a.signing]\nkey = 'k'").contains("clouds.a.signing.key"));
        assert!(problem("trusted_proxies = ['10.0.0.0/40']").contains("is no network"));
        assert!(problem("origins = ['https://a.example/']").contains("is no origin"));
        assert!(problem("log = 'xml'").contains("xml"));
        assert!(problem("public_url = 'example.org'\n[clouds.a]").contains("http://"));
    }
}
