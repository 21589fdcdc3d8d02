//! The address of an object store, `s3://bucket/folder` and the like, made a store.
//! What the addresses and options mean is documented by the `object_store` crate.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, RetryConfig};

/// Attempts at one request to the store, with pauses that grow to seconds between them.
const RETRIES_MAX: usize = 6;
/// How long they may take together: less than the two minutes that clients wait for an answer.
const RETRY_TIME: Duration = Duration::from_secs(60);

/// The store at this address; the text of an error ends with the remedy.
pub fn connect(
    url: &str,
    options: &BTreeMap<String, String>,
) -> Result<Arc<dyn ObjectStore>, String> {
    let (scheme, rest) = url.split_once("://").unwrap_or((url, ""));
    let (_, folder) = rest.split_once('/').unwrap_or((rest, ""));
    // Fails when it was chosen before, by whoever embeds this server: then theirs holds.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store: Arc<dyn ObjectStore> = match scheme {
        "memory" => Arc::new(InMemory::new()),
        "s3" => {
            let mut builder = AmazonS3Builder::from_env().with_url(url);
            for (name, value) in options {
                let key: AmazonS3ConfigKey = name.parse().map_err(|_| unknown(name))?;
                builder = builder.with_config(key, value);
            }
            let store = builder.with_retry(retries()).build();
            Arc::new(store.map_err(|error| refused(url, &error))?)
        }
        "gs" => {
            let mut builder = GoogleCloudStorageBuilder::from_env().with_url(url);
            for (name, value) in options {
                let key: GoogleConfigKey = name.parse().map_err(|_| unknown(name))?;
                builder = builder.with_config(key, value);
            }
            let store = builder.with_retry(retries()).build();
            Arc::new(store.map_err(|error| refused(url, &error))?)
        }
        "az" => {
            let mut builder = MicrosoftAzureBuilder::from_env().with_url(url);
            for (name, value) in options {
                let key: AzureConfigKey = name.parse().map_err(|_| unknown(name))?;
                builder = builder.with_config(key, value);
            }
            let store = builder.with_retry(retries()).build();
            Arc::new(store.map_err(|error| refused(url, &error))?)
        }
        _ => {
            return Err(format!(
                "store.url {url:?} can't be used. Begin it with s3://, gs://, az:// or memory://, \
                 or leave it out to keep assets in the data folder."
            ));
        }
    };
    let folder = Path::parse(folder).map_err(|error| {
        format!("store.url {url:?} can't be used: {error}. Name a plain folder.")
    })?;
    if folder.as_ref().is_empty() {
        Ok(store)
    } else {
        Ok(Arc::new(PrefixStore::new(store, folder)))
    }
}

fn retries() -> RetryConfig {
    RetryConfig {
        max_retries: RETRIES_MAX,
        retry_timeout: RETRY_TIME,
        ..RetryConfig::default()
    }
}

fn unknown(name: &str) -> String {
    format!("store.options.{name} is unknown. See docs/server.md for those that are known.")
}

fn refused(url: &str, error: &object_store::Error) -> String {
    format!("store.url {url:?} can't be used: {error}. Add what it lacks to store.options.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let problem = |url: &str, options: &[(&str, &str)]| {
            let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            let options = options.iter().map(pair).collect();
            connect(url, &options).map(drop).expect_err("a mistake")
        };
        assert!(problem("ftp://a", &[]).contains("s3://"));
        assert!(problem("s3://a", &[("regoin", "x")]).contains("store.options.regoin"));
        assert!(problem("az://a", &[]).contains("store.options"));
        assert!(problem("memory:///a//b", &[]).contains("plain folder"));
    }
}
