//! How much each cloud and each upload preset may keep, and how much it does. Room is taken before
//! an asset exists and given back when it doesn't come to be, so a quota is never passed; an upload
//! in chunks takes its room with the first one. Derived images are not counted: they go when their
//! asset goes.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{AssetRecord, UploadKey, locked};
use crate::config::{Config, Quota};

/// The least time between two counts; the first sweep follows the count of the start at once.
const COUNT_EVERY: Duration = Duration::from_secs(30 * 60);

/// What is counted together: a cloud, or one upload preset of it.
type Account = (String, Option<String>);

/// The quotas of one server.
#[derive(Default)]
pub struct Quotas {
    limits: HashMap<Account, Quota>,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    kept: HashMap<Account, Usage>,
    /// A count that is being made, and how many shelves of the store it has seen. What changes on
    /// those meanwhile changes it, too.
    counting: Option<(HashMap<Account, Usage>, usize)>,
    counted_at: Option<Instant>,
    /// The room of unfinished uploads.
    reserved: HashMap<String, (Vec<Account>, Usage, Instant)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Usage {
    bytes: u64,
    files: u64,
}

/// Why no room is left; what the client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedUp {
    Bytes(u64),
    Files(u64),
}

impl std::fmt::Display for UsedUp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(max) => write!(formatter, "Quota exceeded. Maximum is {max} bytes in all."),
            Self::Files(max) => write!(formatter, "Quota exceeded. Maximum is {max} files."),
        }
    }
}

impl std::error::Error for UsedUp {}

impl UsedUp {
    /// What an error of the store says about a quota, if it does.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().copied()
    }
}

/// Room that was taken for an asset, given back when this is dropped.
pub struct Taken {
    quotas: Arc<Quotas>,
    shelf: usize,
    accounts: Vec<Account>,
    usage: Usage,
}

impl Quotas {
    pub fn new(config: &Config) -> Self {
        let mut limits = HashMap::new();
        for (cloud, settings) in &config.clouds {
            limits.insert((cloud.clone(), None), settings.quota);
            for (name, preset) in &settings.presets {
                limits.insert((cloud.clone(), Some(name.clone())), preset.quota);
            }
        }
        limits.retain(|_, quota| *quota != Quota::default());
        Self {
            limits,
            counts: Mutex::default(),
        }
    }

    /// Whether anything is limited; else nothing is counted.
    pub fn is_on(&self) -> bool {
        !self.limits.is_empty()
    }

    /// The limited accounts of an asset.
    fn accounts(&self, cloud: &str, preset: Option<&str>) -> Vec<Account> {
        let mut accounts = vec![(cloud.to_owned(), None)];
        accounts.extend(preset.map(|preset| (cloud.to_owned(), Some(preset.to_owned()))));
        accounts.retain(|account| self.limits.contains_key(account));
        accounts
    }

    fn accounts_of(&self, record: &AssetRecord) -> Vec<Account> {
        self.accounts(&record.cloud, record.extras.preset.as_deref())
    }

    /// Whether so much more fits.
    fn check(&self, counts: &Counts, accounts: &[Account], more: Usage) -> Result<(), UsedUp> {
        for account in accounts {
            let Some(quota) = self.limits.get(account) else {
                continue;
            };
            let mut sum = counts.kept.get(account).copied().unwrap_or_default();
            let rows = counts.reserved.values();
            for (_, reserved, _) in rows.filter(|(accounts, ..)| accounts.contains(account)) {
                sum.add(*reserved);
            }
            sum.add(more);
            // What asks for nothing more is no reason to refuse it.
            if more.bytes > 0 && quota.bytes_max > 0 && sum.bytes > quota.bytes_max {
                return Err(UsedUp::Bytes(quota.bytes_max));
            }
            if more.files > 0 && quota.files_max > 0 && sum.files > quota.files_max {
                return Err(UsedUp::Files(quota.files_max));
            }
        }
        Ok(())
    }

    /// Keeps room for an upload in chunks, of as many bytes as were told.
    pub fn reserve(
        &self,
        cloud: &str,
        preset: Option<&str>,
        key: &UploadKey,
        bytes: u64,
    ) -> Result<(), UsedUp> {
        let accounts = self.accounts(cloud, preset);
        if accounts.is_empty() {
            return Ok(());
        }
        let mut counts = locked(&self.counts);
        let usage = Usage { bytes, files: 1 };
        counts.reserved.remove(key.as_str());
        self.check(&counts, &accounts, usage)?;
        let row = (accounts, usage, Instant::now());
        counts.reserved.insert(key.as_str().to_owned(), row);
        Ok(())
    }

    /// Takes room for an asset. What its upload has reserved is part of it, and so is the room of
    /// the asset that it is to replace.
    pub fn take(
        self: &Arc<Self>,
        record: &AssetRecord,
        upload: Option<&UploadKey>,
        replaced: Option<&AssetRecord>,
    ) -> io::Result<Taken> {
        let accounts = self.accounts_of(record);
        let usage = Usage::of(record);
        let mut more = usage;
        if let Some(replaced) = replaced.filter(|other| self.accounts_of(other) == accounts) {
            more.subtract(Usage::of(replaced));
        }
        let mut counts = locked(&self.counts);
        if let Some(upload) = upload {
            counts.reserved.remove(upload.as_str());
        }
        let checked = self.check(&counts, &accounts, more);
        checked.map_err(|used_up| io::Error::new(io::ErrorKind::QuotaExceeded, used_up))?;
        let shelf = shelf_of(record);
        counts.change(shelf, &accounts, |kept| kept.add(usage));
        drop(counts);
        let quotas = self.clone();
        Ok(Taken {
            quotas,
            shelf,
            accounts,
            usage,
        })
    }

    /// An asset is gone.
    pub fn release(&self, record: &AssetRecord) {
        let (accounts, usage) = (self.accounts_of(record), Usage::of(record));
        let mut counts = locked(&self.counts);
        counts.change(shelf_of(record), &accounts, |kept| kept.subtract(usage));
    }

    /// Whether it is time to count.
    pub fn is_due(&self) -> bool {
        let last = locked(&self.counts).counted_at;
        self.is_on() && last.is_none_or(|last| last.elapsed() > COUNT_EVERY)
    }

    /// Begins a count.
    pub fn begin_count(&self) {
        locked(&self.counts).counting = Some((HashMap::new(), 0));
    }

    /// Adds the next shelf to the count.
    pub fn count_shelf(&self, records: &[AssetRecord]) {
        let mut counts = locked(&self.counts);
        let Some((counted, shelves)) = &mut counts.counting else {
            return;
        };
        *shelves += 1;
        for record in records {
            for account in self.accounts_of(record) {
                let kept = counted.entry(account).or_default();
                kept.add(Usage::of(record));
            }
        }
    }

    /// Takes over what was counted, and forgets the room of uploads this old.
    pub fn end_count(&self, upload_idle: Duration) {
        let mut counts = locked(&self.counts);
        if let Some((counted, _)) = counts.counting.take() {
            counts.kept = counted;
        }
        counts.counted_at = Some(Instant::now());
        counts
            .reserved
            .retain(|_, (_, _, since)| since.elapsed() < upload_idle);
    }
}

impl Counts {
    fn change(&mut self, shelf: usize, accounts: &[Account], change: impl Fn(&mut Usage)) {
        for account in accounts {
            change(self.kept.entry(account.clone()).or_default());
            if let Some((counted, shelves)) = &mut self.counting
                && shelf < *shelves
            {
                change(counted.entry(account.clone()).or_default());
            }
        }
    }
}

/// On which of the store's shelves an asset is.
fn shelf_of(record: &AssetRecord) -> usize {
    let key = record.key();
    let digits = key.as_str().get(..2).unwrap_or_default();
    usize::from_str_radix(digits, 16).unwrap_or_default()
}

impl Usage {
    fn of(record: &AssetRecord) -> Self {
        Self {
            bytes: record.bytes,
            files: 1,
        }
    }

    fn add(&mut self, more: Self) {
        self.bytes = self.bytes.saturating_add(more.bytes);
        self.files = self.files.saturating_add(more.files);
    }

    fn subtract(&mut self, less: Self) {
        self.bytes = self.bytes.saturating_sub(less.bytes);
        self.files = self.files.saturating_sub(less.files);
    }
}

impl Taken {
    /// The asset exists: the room is its.
    pub fn keep(mut self) {
        self.accounts.clear();
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut counts = locked(&self.quotas.counts);
        counts.change(self.shelf, &self.accounts, |kept| kept.subtract(self.usage));
    }
}
