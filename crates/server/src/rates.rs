//! How often somebody may do something: so many times a minute, evenly refilled, a minute's worth
//! at once. Time is an argument, so that tests need no patience.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::ApiError;
use crate::limits::Limits;
use crate::metrics::{self, Metrics};
use crate::store::Scope;

/// Those who are remembered. A row takes some 60 bytes; when all are taken by callers who are
/// under way, new ones are let in uncounted: shutting them out would be what an attacker wants.
const REMEMBERED_MAX: usize = 65_536;
/// How often rows are looked through when all are taken.
const SWEEP_EVERY: Duration = Duration::from_secs(5);
const MINUTE: Duration = Duration::from_secs(60);

/// A rate for each key.
pub struct Rates<K> {
    /// The time that one request costs; zero is no limit.
    cost: Duration,
    begun: Instant,
    spent: Mutex<Spent<K>>,
}

/// Who has spent what, by the time since `begun`.
struct Spent<K> {
    /// When each key's minute would be empty again.
    until: HashMap<K, Duration>,
    /// When those who have nothing spent were last forgotten.
    swept: Option<Duration>,
}

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften {
    pub wait: Duration,
}

impl<K: Eq + Hash> Rates<K> {
    /// So many a minute; 0 is no limit.
    pub fn new(per_minute: u32, begun: Instant) -> Self {
        Self {
            cost: MINUTE.checked_div(per_minute).unwrap_or_default(),
            begun,
            spent: Mutex::new(Spent {
                until: HashMap::new(),
                swept: None,
            }),
        }
    }

    /// Counts one more, or says how long to wait for it.
    pub fn take(&self, now: Instant, key: K) -> Result<(), TooOften> {
        if self.cost.is_zero() {
            return Ok(());
        }
        let now = now.duration_since(self.begun);
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.until.len() >= REMEMBERED_MAX && !spent.until.contains_key(&key) {
            spent.sweep(now);
            if spent.until.len() >= REMEMBERED_MAX {
                return Ok(());
            }
        }
        let until = spent.until.entry(key).or_default();
        let after = (*until).max(now) + self.cost;
        match after.checked_sub(now + MINUTE) {
            Some(wait) if !wait.is_zero() => Err(TooOften { wait }),
            _ => {
                *until = after;
                Ok(())
            }
        }
    }
}

impl<K> Spent<K> {
    /// Forgets who has nothing spent. Looking at all of them for every stranger would be work that
    /// strangers can order, so it is done once in a while.
    fn sweep(&mut self, now: Duration) {
        if self.swept.is_none_or(|swept| now >= swept + SWEEP_EVERY) {
            self.swept = Some(now);
            self.until.retain(|_, until| *until > now);
        }
    }
}

/// How often uploads may come under each upload preset and each API key.
pub struct UploadRates {
    presets: Rates<String>,
    keys: Rates<String>,
    metrics: Arc<Metrics>,
}

impl UploadRates {
    pub fn new(limits: &Limits, metrics: Arc<Metrics>) -> Self {
        let now = Instant::now();
        Self {
            presets: Rates::new(limits.preset_uploads_per_minute_max, now),
            keys: Rates::new(limits.key_uploads_per_minute_max, now),
            metrics,
        }
    }

    /// Counts one more upload or chunk on this authority.
    pub fn take(&self, cloud: &str, scope: Scope<'_>) -> Result<(), ApiError> {
        let now = Instant::now();
        let (taken, met) = match scope {
            Scope::Preset(name) => {
                let taken = self.presets.take(now, format!("{cloud}/{name}"));
                (taken, metrics::Scope::PresetRate)
            }
            Scope::Key(name) => {
                let taken = self.keys.take(now, format!("{cloud}/{name}"));
                (taken, metrics::Scope::KeyRate)
            }
        };
        taken.map_err(|too_often| {
            self.metrics.limited(met);
            ApiError::RateLimited {
                wait: too_often.wait,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_may_come_at_once_and_the_rest_evenly() {
        let begun = Instant::now();
        let rates = Rates::new(60, begun);
        let at = |seconds| begun + Duration::from_millis(seconds);
        for _ in 0..60 {
            assert_eq!(rates.take(at(0), "a"), Ok(()));
        }
        let second = Duration::from_secs(1);
        assert_eq!(rates.take(at(0), "a"), Err(TooOften { wait: second }));
        assert_eq!(rates.take(at(0), "b"), Ok(()));
        let half = Duration::from_millis(500);
        assert_eq!(rates.take(at(500), "a"), Err(TooOften { wait: half }));
        assert_eq!(rates.take(at(1000), "a"), Ok(()));
        assert!(rates.take(at(1000), "a").is_err());
        assert_eq!(rates.take(at(600_000), "a"), Ok(()));
    }

    #[test]
    fn no_limit_is_no_limit() {
        let rates = Rates::new(0, Instant::now());
        for _ in 0..1_000 {
            assert_eq!(rates.take(Instant::now(), 1), Ok(()));
        }
        assert!(rates.spent.lock().expect("whole").until.is_empty());
    }

    #[test]
    fn memory_has_an_end_and_nobody_is_shut_out_by_it() {
        let begun = Instant::now();
        let rates = Rates::new(1, begun);
        for key in 0..2 * REMEMBERED_MAX {
            assert_eq!(rates.take(begun, key), Ok(()));
        }
        assert_eq!(
            rates.spent.lock().expect("whole").until.len(),
            REMEMBERED_MAX
        );
        assert!(rates.take(begun, 0).is_err());
        assert_eq!(rates.take(begun + 2 * MINUTE, usize::MAX), Ok(()));
        assert_eq!(rates.spent.lock().expect("whole").until.len(), 1);
    }
}
