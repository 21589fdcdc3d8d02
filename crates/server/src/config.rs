//! The configuration file: reading it, and saying clearly what is wrong with it.
//! Flags of the command line are laid over it in `main.rs`; limits are explained in `limits.rs`.

mod cloud;
mod preset;
mod secret;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::limits::Limits;
use crate::remote;

pub use cloud::{Cloud, Key, Signing};
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
    /// A folder of plain files to serve beside the API.
    pub www: Option<PathBuf>,
    /// The base of delivery URLs; derived from each request's `Host` when absent.
    pub public_url: Option<String>,
    /// Believe `X-Forwarded-Proto` and `X-Forwarded-Host`: only behind a proxy that sets them.
    pub trust_forwarded: bool,
    /// What a site may limit.
    pub limits: Limits,
    /// Which files may be fetched from elsewhere.
    pub remote: remote::Settings,
    /// The clouds by name.
    pub clouds: BTreeMap<String, Cloud>,
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

impl Default for Config {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8787,
            data: PathBuf::from("plimsoll-data"),
            www: None,
            public_url: None,
            trust_forwarded: false,
            limits: Limits::default(),
            remote: remote::Settings::default(),
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
        Ok(config)
    }

    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut config: Self =
            toml::from_str(text).map_err(|error| ConfigError(error.to_string()))?;
        if let Some(url) = &mut config.public_url {
            *url = url.trim_end_matches('/').to_owned();
        }
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let fail = |text: String| Err(ConfigError(text));
        if let Some(url) = &self.public_url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return fail("public_url must begin with http:// or https://".to_owned());
        }
        if let Some(name) = self.limits.mistake() {
            return fail(format!(
                "limits.{name} is 0, which lets nothing in. Leave it out to have the default."
            ));
        }
        self.remote.check().map_err(ConfigError)?;
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
        assert!(problem("public_url = 'example.org'\n[clouds.a]").contains("http://"));
    }
}
