//! One cloud in the configuration file: its API keys, its upload presets, and what it signs.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Preset, Secret};

/// One cloud: a room of its own for assets.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cloud {
    /// Signs answers to unsigned uploads; absent, the first API key's does, or one that is made at
    /// random and kept in the data folder.
    pub secret: Option<Secret>,
    /// The API keys by name; without one there are no signed uploads.
    pub keys: BTreeMap<String, Key>,
    /// The upload presets by name.
    pub presets: BTreeMap<String, Preset>,
    /// Signs parameters for pages of this site; absent, nobody can ask for a signature.
    pub signing: Option<Signing>,
    /// Whether SHA-1 signatures hold. Every client starts with them.
    pub accept_sha1: bool,
    /// Whether signatures hold that could be of other parameters, too: those of the first version
    /// where a value holds `&`.
    pub accept_ambiguous_signatures: bool,
    /// How much all of it may be.
    pub quota: Quota,
}

/// How much a cloud or an upload preset may keep; 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quota {
    /// The bytes of all originals.
    pub bytes_max: u64,
    /// Assets.
    pub files_max: u64,
}

impl Default for Cloud {
    fn default() -> Self {
        Self {
            secret: None,
            keys: BTreeMap::new(),
            presets: BTreeMap::new(),
            signing: None,
            accept_sha1: true,
            accept_ambiguous_signatures: false,
            quota: Quota::default(),
        }
    }
}

/// An API key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Key {
    /// Its secret; made at random and kept in the data folder when absent.
    pub secret: Option<Secret>,
}

/// The signing endpoint of a cloud.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// The API key that signs.
    pub key: String,
    /// What may be signed besides the timestamp.
    #[serde(default = "Signing::default_parameters")]
    pub parameters: Vec<String>,
    /// Pages of other origins that may ask; the server's own always may.
    #[serde(default)]
    pub origins: Vec<String>,
}

impl Signing {
    /// What says where an asset belongs and what it is about, and nothing that costs work or
    /// changes who may see it.
    fn default_parameters() -> Vec<String> {
        const NAMES: [&str; 15] = [
            "asset_folder",
            "context",
            "custom_coordinates",
            "face_coordinates",
            "filename_override",
            "folder",
            "metadata",
            "public_id",
            "public_id_prefix",
            "regions",
            "source",
            "tags",
            "unique_filename",
            "upload_preset",
            "use_filename",
        ];
        NAMES.map(str::to_owned).to_vec()
    }
}

impl Cloud {
    /// What is wrong, if anything; the text begins with the key's name below the cloud's.
    pub(super) fn mistake(&self) -> Option<String> {
        let is_empty = |secret: &Option<Secret>| {
            secret
                .as_ref()
                .is_some_and(|secret| secret.reveal().is_empty())
        };
        if is_empty(&self.secret) {
            return Some("secret is empty. Leave it out to have one.".to_owned());
        }
        for (name, key) in &self.keys {
            if !is_key_name(name) {
                return Some(format!(
                    "keys.{name:?} can't be a key. Use letters, digits, - and _."
                ));
            }
            if is_empty(&key.secret) {
                return Some(format!(
                    "keys.{name}.secret is empty. Leave it out to have one."
                ));
            }
        }
        if let Some(signing) = &self.signing
            && !self.keys.contains_key(&signing.key)
        {
            return Some(format!(
                "signing.key names {:?}, which isn't under keys. Add [clouds.NAME.keys.{}].",
                signing.key, signing.key
            ));
        }
        let mut presets = self.presets.iter();
        presets.find_map(|(name, preset)| Some(format!("presets.{name}.{}", preset.mistake()?)))
    }
}

/// Keys stand in headers before a colon and in the names of files.
fn is_key_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=64).contains(&name.len()) && name.chars().all(allowed)
}
