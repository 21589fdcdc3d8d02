//! The secrets of each cloud in memory: who may sign, and what answers are signed with.

use std::collections::BTreeMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_core::protocol::signing;

use crate::config::{Cloud, Secret};
use crate::store::Store;

/// The secrets of one cloud.
pub struct Keys {
    /// The secret of each API key.
    secrets: BTreeMap<String, Secret>,
    /// Signs what unsigned uploads are answered.
    pub answers: Secret,
}

impl Keys {
    /// Reads them from the configuration, and what is absent there from the data folder.
    pub async fn open(cloud_name: &str, cloud: &Cloud, store: &Store) -> io::Result<Self> {
        let mut secrets = BTreeMap::new();
        for (name, key) in &cloud.keys {
            let secret = match &key.secret {
                Some(secret) => secret.clone(),
                // No cloud's name has a dot, so this is nobody else's file.
                None => Secret::new(store.secret(&format!("{cloud_name}.{name}")).await?),
            };
            secrets.insert(name.clone(), secret);
        }
        let answers = match (&cloud.secret, secrets.values().next()) {
            (Some(secret), _) | (None, Some(secret)) => secret.clone(),
            (None, None) => Secret::new(store.secret(cloud_name).await?),
        };
        Ok(Self { secrets, answers })
    }

    /// All secrets, each of which may have signed an address.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let secrets = self.secrets.values().chain([&self.answers]);
        secrets.map(Secret::reveal)
    }

    /// An API key and its secret.
    pub fn get(&self, key: &str) -> Option<(&str, &Secret)> {
        let (name, secret) = self.secrets.get_key_value(key)?;
        Some((name, secret))
    }

    /// The key of a `Basic` header, if its secret is right. An unknown key takes as long as a wrong
    /// secret.
    pub fn basic(&self, header: &str) -> Option<(&str, &Secret)> {
        let (scheme, encoded) = header.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (name, told) = decoded.split_once(':')?;
        let known = self.get(name);
        let secret = known.map_or(&self.answers, |(_, secret)| secret);
        let is_right = signing::is_same(secret.reveal(), told);
        known.filter(|_| is_right)
    }
}
