//! How far uploads are. The browser's `fetch` tells nothing on the way, so what is shown is an
//! what the server has acknowledged and an estimate from the pace of requests that have ended: it
//! never falls, and never says "done" before the server has. Whole numbers only, which keeps float
//! code out of the wasm file.

/// The estimate of one request stops here: the rest is the server's to say.
pub const ESTIMATE_MAX: u16 = 950;

/// How often estimates move: four times a second looks steady with a CSS transition between.
pub const TICK_MS: u64 = 250;

/// The pace of requests that have ended. Newer ones weigh more, larger ones too.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    bytes: u64,
    ms: u64,
}

impl Pace {
    /// A request carried `bytes` in `ms`.
    pub fn learn(&mut self, bytes: u64, ms: u64) {
        // What was known fades by a quarter: after eight requests a tenth of it is left.
        self.bytes = (self.bytes / 4 * 3).saturating_add(bytes);
        self.ms = (self.ms / 4 * 3).saturating_add(ms.max(1));
    }

    pub const fn is_known(self) -> bool {
        self.ms > 0
    }

    /// How many bytes a request has sent after `ms`; 0 before any request has ended.
    pub fn bytes(self, ms: u64) -> u64 {
        if !self.is_known() {
            return 0;
        }
        let per_second = (self.bytes.saturating_mul(1000) / self.ms).max(1);
        per_second.saturating_mul(ms) / 1000
    }

    /// How long `bytes` should take; `None` before any request has ended.
    pub fn ms(self, bytes: u64) -> Option<u64> {
        self.is_known()
            .then(|| bytes.saturating_mul(self.ms) / self.bytes.max(1))
    }
}

/// Part of `size` in bytes.
pub(crate) fn part(size: u64, permille: u16) -> u64 {
    // Divided first where multiplying would overflow; sizes that large lose nothing by it.
    size.checked_mul(u64::from(permille)).map_or_else(
        || size / 1000 * u64::from(permille),
        |product| product / 1000,
    )
}

/// `part` of `whole` in thousandths.
pub(crate) fn permille(part: u64, whole: u64) -> u16 {
    let permille = part.checked_mul(1000).map_or_else(
        || part / (whole / 1000).max(1),
        |product| product / whole.max(1),
    );
    u16::try_from(permille.min(1000)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_known_before_a_request_has_ended() {
        assert_eq!(Pace::default().bytes(500), 0);
        assert!(!Pace::default().is_known());
    }

    #[test]
    fn an_estimate_follows_the_pace() {
        let mut pace = Pace::default();
        pace.learn(100_000, 1000);
        assert_eq!(pace.bytes(0), 0);
        assert_eq!(pace.bytes(1000), 100_000);
        assert_eq!(pace.bytes(5000), 500_000);
    }

    #[test]
    fn newer_requests_weigh_more() {
        let mut pace = Pace::default();
        pace.learn(1_000_000, 1000);
        for _ in 0..20 {
            pace.learn(100_000, 1000);
        }
        assert!((99_000..=105_000).contains(&pace.bytes(1000)));
    }

    #[test]
    fn no_size_overflows() {
        let mut pace = Pace::default();
        pace.learn(u64::MAX, 0);
        pace.learn(u64::MAX, u64::MAX);
        assert!(pace.bytes(u64::MAX) > 0);
        assert_eq!(part(u64::MAX, 1000), u64::MAX / 1000 * 1000);
        assert_eq!(part(999, 500), 499);
        assert_eq!(permille(u64::MAX, u64::MAX), 1000);
        assert_eq!(permille(1, 3), 333);
        assert_eq!(permille(5, 0), 1000);
    }
}
