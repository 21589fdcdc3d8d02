//! How far uploads are, how fast, and for how long still. What is shown is what the server has
//! acknowledged and an estimate of the requests on their way: it never falls, and never says "done"
//! before the server has. Whole numbers only, which keeps float code out of the wasm file.

use crate::transfer::BUFFER_BYTES;
use crate::units::Millis;

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

    /// How long `bytes` take that leave in one piece; `None` before as many were carried. What is
    /// known from little is the time of an answer, not that of bytes.
    pub fn step_ms(self, bytes: u64) -> Option<u64> {
        self.ms(bytes).filter(|_| self.bytes >= bytes)
    }

    /// How long `bytes` should take; `None` before any request has ended.
    pub fn ms(self, bytes: u64) -> Option<u64> {
        self.is_known()
            .then(|| bytes.saturating_mul(self.ms) / self.bytes.max(1))
    }
}

/// What a request has sent after some time, of which `by_pace` is what the pace makes and `told`
/// what the browser tells. A browser tells of bytes that still wait in buffers; the pace knows
/// nothing of a line that has changed. Each bounds the other.
pub(crate) fn sent(by_pace: Option<u64>, told: Option<u64>) -> u64 {
    match (by_pace, told) {
        (Some(pace), Some(told)) => pace.min(told).max(told.saturating_sub(BUFFER_BYTES)),
        (Some(bytes), None) | (None, Some(bytes)) => bytes,
        (None, None) => 0,
    }
}

/// How fast the server takes bytes in, all requests together: from what it has acknowledged, not
/// from what has left. Newer bytes weigh more.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Speed {
    bytes: u64,
    ms: u64,
    /// When bytes were last acknowledged, or begun to be sent after a break.
    since: Option<Millis>,
}

impl Speed {
    /// Sending begins, or goes on.
    pub fn begin(&mut self, now: Millis) {
        self.since.get_or_insert(now);
    }

    /// Nothing is on its way: the time until something is does not count.
    pub fn rest(&mut self) {
        self.since = None;
    }

    /// The server has taken so many bytes more.
    pub fn take(&mut self, now: Millis, bytes: u64) {
        let ms = self.since.map_or(0, |since| now.since(since));
        self.bytes = (self.bytes / 4 * 3).saturating_add(bytes);
        self.ms = (self.ms / 4 * 3).saturating_add(ms);
        self.since = Some(now);
    }

    /// Bytes per second; `None` before any were taken.
    pub fn per_second(self) -> Option<u64> {
        (self.ms > 0).then(|| (self.bytes.saturating_mul(1000) / self.ms).max(1))
    }

    /// Seconds for so many bytes, rounded up.
    pub fn seconds(self, bytes: u64) -> Option<u64> {
        Some(bytes.div_ceil(self.per_second()?))
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
    fn what_small_requests_take_says_nothing_of_large_pieces() {
        let mut pace = Pace::default();
        pace.learn(1_000, 2_000);
        assert_eq!(pace.ms(1_000_000), Some(2_000_000));
        assert_eq!(pace.step_ms(1_000_000), None);
        pace.learn(1_000_000, 10_000);
        assert!(pace.step_ms(1_000_000).is_some_and(|ms| ms < 12_000));
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
    fn what_the_browser_tells_and_what_the_pace_makes_bound_each_other() {
        let mib = 1 << 20;
        assert_eq!(sent(None, None), 0);
        assert_eq!(sent(Some(7), None), 7);
        assert_eq!(sent(None, Some(9)), 9);
        assert_eq!(
            sent(Some(mib), Some(3 * mib)),
            mib,
            "the rest is in buffers"
        );
        assert_eq!(sent(Some(9 * mib), Some(3 * mib)), 3 * mib, "not sent yet");
        assert_eq!(sent(Some(mib), Some(20 * mib)), 16 * mib, "a faster line");
    }

    #[test]
    fn speed_counts_what_was_acknowledged_while_something_was_on_its_way() {
        let mut speed = Speed::default();
        assert_eq!((speed.per_second(), speed.seconds(10)), (None, None));
        speed.begin(Millis(1_000));
        speed.begin(Millis(1_500));
        speed.take(Millis(2_000), 500_000);
        assert_eq!(speed.per_second(), Some(500_000));
        assert_eq!(speed.seconds(500_001), Some(2));
        speed.rest();
        speed.begin(Millis(60_000));
        for second in 61..90 {
            speed.take(Millis(second * 1_000), 1_000_000);
        }
        assert!((990_000..=1_010_000).contains(&speed.per_second().unwrap()));
        assert_eq!(speed.seconds(0), Some(0));
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
