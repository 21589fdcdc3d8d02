//! A store of one kind, for the cases that every kind must pass: servers are started on it, and
//! what it holds is looked at from outside.

use crate::bucket::Bucket;
use crate::chunks::SMALL;
use crate::client::{TestServer, until};

/// A store that servers can be started on.
pub struct Place {
    pub kind: Kind,
    pub settings: String,
}

pub enum Kind {
    Folder,
    Memory,
    Bucket(Bucket),
}

impl Place {
    pub async fn folder() -> Self {
        let settings = SMALL.to_owned();
        let kind = Kind::Folder;
        Self { kind, settings }
    }

    pub async fn memory() -> Self {
        let settings = format!("{SMALL}\nstore.url = \"memory://\"");
        let kind = Kind::Memory;
        Self { kind, settings }
    }

    pub async fn bucket() -> Self {
        let bucket = Bucket::start().await;
        let settings = format!("{SMALL}\n{}", bucket.settings());
        let kind = Kind::Bucket(bucket);
        Self { kind, settings }
    }

    pub async fn server(&self) -> TestServer {
        TestServer::with(&self.settings).await
    }

    /// The server after a stop and a start, where the store outlives that.
    pub async fn restarted(&self, server: TestServer) -> TestServer {
        match self.kind {
            Kind::Memory => server,
            Kind::Folder | Kind::Bucket(_) => {
                TestServer::in_folder(server.stop().await, &self.settings).await
            }
        }
    }

    /// Nothing is left of unfinished work, where the store can be looked into. What lost its race
    /// goes away behind the answer.
    pub async fn assert_tidy(&self, server: &TestServer, what: &str) {
        match &self.kind {
            Kind::Memory => {}
            Kind::Folder => {
                assert!(server.stored("partial").is_empty(), "{what}");
                assert!(server.stored("incoming").is_empty(), "{what}");
            }
            Kind::Bucket(bucket) => {
                until(what, || {
                    let left = ["partial", "incoming"].map(|below| bucket.objects(below));
                    left.iter().all(Vec::is_empty)
                })
                .await;
            }
        }
    }

    /// How many assets the store has, and how many bytes are kept for them, where it can be looked
    /// into.
    pub fn totals(&self, server: &TestServer) -> Option<(usize, u64)> {
        let named = |paths: Vec<std::path::PathBuf>, name: &str| -> Vec<_> {
            paths
                .into_iter()
                .filter(|path| path.ends_with(name))
                .collect()
        };
        let bytes = |paths: &[std::path::PathBuf]| {
            let sizes = paths
                .iter()
                .map(|path| path.metadata().expect("a file").len());
            sizes.sum::<u64>()
        };
        match &self.kind {
            Kind::Memory => None,
            Kind::Folder => {
                let blobs = named(server.stored("assets"), "blob");
                Some((server.count_assets(), bytes(&blobs)))
            }
            Kind::Bucket(bucket) => {
                let records = named(bucket.objects("assets"), "record.json");
                Some((records.len(), bytes(&bucket.objects("blobs"))))
            }
        }
    }
}
