//! How an item's requests follow each other: what is tried again, when, how often, and how long
//! an answer may take. Sends nothing; the batch asks.

use crate::chance::Chance;
use crate::error::{Fault, FaultKind};

/// Requests at once, whatever they carry. Browsers open six connections per server over HTTP/1.1:
/// one more would wait in the browser, where its time runs out unseen.
pub const REQUESTS_MAX: usize = 6;

/// Items that rest between attempts at once. While so many fail, the trouble is the line or the
/// server, and starting yet more uploads would be a stampede; a few bad files don't block others.
pub const RESTING_MAX: usize = 8;

/// Failures in a row before an item is given up: with the delays below about half a minute of
/// trouble passes unseen. Whatever the server takes in between begins the count anew.
pub const FAILURES_MAX: u32 = 8;

/// The first delay's upper bound; it doubles with each failure.
const DELAY_FIRST_MS: u32 = 500;

/// A person who watches should see something happen at least so often.
const DELAY_MAX_MS: u32 = 30_000;

/// A server that asks for more patience than this is asked again all the same: otherwise a slip
/// (or malice) in one header would stop uploads for hours.
const RETRY_AFTER_MAX_MS: u64 = 120_000;

/// Time for the server's own work and for a slow start, whatever the size.
const ANSWER_BASE_MS: u64 = 120_000;

/// 3 bytes per millisecond: about 16 KiB/s, slower than the worst mobile line that is of use,
/// shared by as many requests as may be on their way.
const ANSWER_BYTES_PER_MS: u64 = 3;

/// Whether the same request may go better the next time. The only place that decides it.
pub const fn worth_retrying(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::NetworkLost | FaultKind::NetworkTimeout | FaultKind::ServerBusy => true,
        // 501 or 505 say that the server can't, not that it is in trouble.
        FaultKind::ServerFailed => matches!(fault.status, 408 | 500 | 502 | 503 | 504),
        // A success that broke off on its way is told again under the same upload ID.
        FaultKind::AnswerUnreadable => fault.status >= 200 && fault.status < 300,
        FaultKind::ServerRefused | FaultKind::FileUnreadable | FaultKind::NotConfigured => false,
    }
}

/// Whether a person's retry is a new upload for the server: it has answered this one for good.
pub const fn is_final(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::ServerRefused | FaultKind::FileUnreadable
    )
}

/// How long to rest after the `failures`-th failure in a row (from 1). Full jitter, so that many
/// widgets that lost the same server don't come back at the same moment.
pub(crate) fn rest_ms(chance: &mut Chance, failures: u32, retry_after: Option<&str>) -> u64 {
    let doublings = failures.saturating_sub(1).min(16);
    let bound = DELAY_FIRST_MS
        .saturating_mul(1 << doublings)
        .min(DELAY_MAX_MS);
    let own = chance.up_to(bound);
    let asked = retry_after.and_then(|text| text.trim().parse::<u64>().ok());
    let asked_ms = asked.map_or(0, |s| s.saturating_mul(1000).min(RETRY_AFTER_MAX_MS));
    own.max(asked_ms)
}

/// A request may take so many times longer than the pace says: lines that people walk around with
/// change that much. It doubles with each failure in a row, should the line have become a slow one.
const SLOWER_MAX: u64 = 8;

/// How long the answer to a request that carries `size` bytes is waited for, when `expected_ms` is
/// what the pace makes of it and `failures` came before in a row. `fetch` does not tell whether
/// bytes still move, so a dead line is noticed by the clock alone.
pub(crate) fn patience_ms(size: u64, expected_ms: Option<u64>, failures: u32) -> u64 {
    let slower = SLOWER_MAX << failures.min(FAILURES_MAX);
    let usual = expected_ms.map(|ms| ANSWER_BASE_MS.saturating_add(ms.saturating_mul(slower)));
    usual.unwrap_or(u64::MAX).min(answer_ms(size))
}

/// The longest that the answer to a request of `size` bytes may take, on the slowest of lines.
pub const fn answer_ms(size: u64) -> u64 {
    ANSWER_BASE_MS.saturating_add(size / ANSWER_BYTES_PER_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_bound_and_are_spread() {
        let mut chance = Chance::new([1, 1]);
        for (failures, bound) in [(1, 500), (2, 1000), (4, 4000), (7, 30_000), (90, 30_000)] {
            let delays: Vec<u64> = (0..200)
                .map(|_| rest_ms(&mut chance, failures, None))
                .collect();
            assert!(delays.iter().all(|delay| *delay <= bound), "{failures}");
            assert!(delays.iter().any(|delay| *delay > bound / 2), "{failures}");
            assert!(delays.iter().any(|delay| *delay < bound / 2), "{failures}");
        }
    }

    #[test]
    fn a_server_that_asks_for_time_gets_it_within_reason() {
        let rest = |text| rest_ms(&mut Chance::new([1, 1]), 1, Some(text));
        assert_eq!(rest("7"), 7000);
        assert_eq!(rest(" 120 "), 120_000);
        for text in ["1000000000", "18446744073709551615"] {
            assert_eq!(rest(text), 120_000);
        }
        for text in ["-5", "soon", "", "99999999999999999999999"] {
            assert!(rest(text) <= 500, "{text}");
        }
    }

    #[test]
    fn only_what_may_go_better_is_tried_again() {
        let worth = |kind, status| {
            worth_retrying(&Fault {
                status,
                ..Fault::silent(kind, 1)
            })
        };
        assert!(worth(FaultKind::NetworkLost, 0) && worth(FaultKind::NetworkTimeout, 0));
        assert!(worth(FaultKind::ServerBusy, 420) && worth(FaultKind::ServerBusy, 429));
        for status in [408, 500, 502, 503, 504] {
            assert!(worth(FaultKind::ServerFailed, status), "{status}");
        }
        assert!(!worth(FaultKind::ServerFailed, 501));
        assert!(worth(FaultKind::AnswerUnreadable, 200));
        assert!(!worth(FaultKind::AnswerUnreadable, 304));
        for kind in [
            FaultKind::ServerRefused,
            FaultKind::FileUnreadable,
            FaultKind::NotConfigured,
        ] {
            assert!(!worth(kind, 400), "{kind:?}");
        }
    }

    #[test]
    fn a_known_pace_makes_the_wait_for_a_dead_line_short() {
        let chunk = 20_000_000;
        assert_eq!(
            patience_ms(chunk, None, 0),
            answer_ms(chunk),
            "nothing is known"
        );
        assert_eq!(patience_ms(chunk, Some(2_000), 0), 136_000);
        assert_eq!(
            patience_ms(chunk, Some(2_000), 3),
            248_000,
            "a line that became slow"
        );
        assert_eq!(patience_ms(chunk, Some(u64::MAX), 90), answer_ms(chunk));
    }

    #[test]
    fn large_files_get_more_time_and_no_size_overflows() {
        assert_eq!(answer_ms(0), 120_000);
        assert_eq!(answer_ms(3_000_000), 1_120_000);
        assert!(answer_ms(u64::MAX) > answer_ms(1));
    }
}
