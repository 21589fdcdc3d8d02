//! How an item's requests follow each other: what is tried again, when, how often, how long an
//! answer may take, and how a request goes out. Sends nothing; the batch asks.

use crate::chance::Chance;
use crate::command::Via;
use crate::error::{Fault, FaultKind};
use crate::options::Transport;
use crate::protocol::http_date;

/// Requests at once, whatever they carry. Browsers open six connections per server over HTTP/1.1:
/// one more would wait in the browser, where its time runs out unseen.
pub const REQUESTS_MAX: usize = 6;

/// Items that rest between attempts at once. While so many fail, the trouble is the line or the
/// server, and starting yet more uploads would be a stampede; a few bad files don't block others.
pub const RESTING_MAX: usize = 8;

/// Failures in a row before an item can be given up. Whatever the server takes in between begins
/// the count anew.
pub const FAILURES_MAX: u32 = 8;

/// Trouble that lasts less passes unseen: a router restarts, a train leaves the tunnel, a server is
/// replaced. Time without a network, or asleep, is not counted.
pub const OUTAGE_MS: u64 = 5 * 60 * 1_000;

/// The first delay's upper bound; it doubles with each failure.
const DELAY_FIRST_MS: u32 = 500;

/// A person who watches should see something happen at least so often.
const DELAY_MAX_MS: u32 = 30_000;

/// A server that asks for more patience than this is asked again all the same: otherwise a slip
/// (or malice) in one header would stop uploads for hours.
const RETRY_AFTER_MAX_MS: u64 = 120_000;

/// Back on the network, files go on within this time, not all at the same moment.
pub(crate) const ONLINE_MS: u32 = 1_000;

/// Time for the server's own work on a file that is there completely.
const ANSWER_BASE_MS: u64 = 120_000;

/// So long without a byte on its way, and a connection is dead. A line that still works is silent
/// for a few seconds at most.
pub const STALL_MS: u64 = 30_000;

/// 3 bytes per millisecond: about 16 KiB/s, slower than the worst mobile line that is of use,
/// shared by as many requests as may be on their way.
const ANSWER_BYTES_PER_MS: u64 = 3;

/// What operating systems take from a browser before any of it is on the line.
pub(crate) const BUFFER_BYTES: u64 = 4 * 1024 * 1024;

/// … and in what steps it is told that they have let go of some of it.
pub(crate) const STEP_BYTES: u64 = BUFFER_BYTES / 3;

/// A request that takes longer should show how far it is and whether it still moves.
const LONG_MS: u64 = 2_000;

/// As long on a line of 1 Mbit/s, when nothing is known of this one.
const LONG_BYTES: u64 = 256 * 1024;

/// How many failures a fault remembers: as many as can happen in a row, and as many more.
pub const HISTORY_MAX: usize = 2 * FAILURES_MAX as usize;

/// Whether the same request may go better the next time. The only place that decides it.
pub const fn worth_retrying(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::NetworkLost | FaultKind::NetworkTimeout | FaultKind::ServerBusy => true,
        // 501 or 505 say that the server can't, not that it is in trouble.
        FaultKind::ServerFailed => matches!(fault.status, 408 | 500 | 502 | 503 | 504),
        // A success that broke off on its way is told again under the same upload ID.
        FaultKind::AnswerUnreadable => fault.status >= 200 && fault.status < 300,
        FaultKind::ServerRefused
        | FaultKind::FileUnreadable
        | FaultKind::AnswerMismatch
        | FaultKind::PageFailed
        | FaultKind::NotConfigured => false,
    }
}

/// Whether an item has been tried often enough: `failures` in a row within `ms`.
pub(crate) const fn is_spent(kind: FaultKind, failures: u32, ms: u64) -> bool {
    // What answers in a server's place at every try is no outage: waiting doesn't mend it.
    failures >= FAILURES_MAX && (ms >= OUTAGE_MS || matches!(kind, FaultKind::AnswerUnreadable))
}

/// Whether a person's retry is a new upload for the server: it has answered this one for good.
pub const fn is_final(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::ServerRefused | FaultKind::FileUnreadable | FaultKind::AnswerMismatch
    )
}

/// How long to rest after the `failures`-th failure in a row (from 1). Full jitter, so that many
/// widgets that lost the same server don't come back at the same moment.
pub(crate) fn rest_ms(chance: &mut Chance, failures: u32) -> u64 {
    let doublings = failures.saturating_sub(1).min(16);
    let bound = DELAY_FIRST_MS
        .saturating_mul(1 << doublings)
        .min(DELAY_MAX_MS);
    chance.up_to(bound)
}

/// What a `Retry-After` header asks for, within reason: seconds, or a date by the server's clock.
pub(crate) fn retry_after_ms(text: &str, server_now_s: u64) -> Option<u64> {
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => http_date::parse(text)?.saturating_sub(server_now_s),
    };
    Some(seconds.saturating_mul(1_000).min(RETRY_AFTER_MAX_MS))
}

/// How a request of `size` bytes goes out that the pace makes last `expected_ms`. `fetch` streams
/// from disk and works in every context, but tells nothing before the answer: for a request that
/// lasts, people want to see it move, and the engine to notice when it does not.
pub(crate) const fn via(choice: Transport, size: u64, expected_ms: Option<u64>) -> Via {
    let long = match expected_ms {
        Some(ms) => ms >= LONG_MS,
        None => size >= LONG_BYTES,
    };
    match choice {
        Transport::Fetch => Via::Fetch,
        Transport::Xhr => Via::Xhr,
        Transport::Auto if long => Via::Xhr,
        Transport::Auto => Via::Fetch,
    }
}

/// A request may take so many times longer than the pace says: lines that people walk around with
/// change that much. It doubles with each failure in a row, should the line have become a slow one.
const SLOWER_MAX: u64 = 8;

/// What of a request is still to come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// Bytes are on their way, and nobody tells how many.
    Unseen {
        bytes: u64,
        expected_ms: Option<u64>,
    },
    /// Bytes are on their way, and each move is told; one takes so long by the pace.
    Move { step_ms: Option<u64> },
    /// All bytes have left, but for what is in buffers.
    Answer {
        buffered: u64,
        expected_ms: Option<u64>,
    },
}

/// How long to wait for it, when `failures` came before in a row. Only the file's last request
/// makes the server work longer than a moment.
pub(crate) fn patience_ms(awaited: Awaited, failures: u32, is_last: IsLast) -> u64 {
    let doubled = 1 << failures.min(FAILURES_MAX);
    let moment = STALL_MS.saturating_mul(doubled).min(ANSWER_BASE_MS);
    let work = match is_last {
        IsLast::Yes => ANSWER_BASE_MS,
        IsLast::No => moment,
    };
    let unseen = |bytes: u64, expected_ms: Option<u64>| {
        let slowest = ANSWER_BASE_MS.saturating_add(bytes / ANSWER_BYTES_PER_MS);
        let usual = expected_ms.map(|ms| {
            let slow = ms.saturating_mul(SLOWER_MAX).saturating_mul(doubled);
            work.saturating_add(slow)
        });
        usual.map_or(slowest, |usual| usual.min(slowest))
    };
    match awaited {
        Awaited::Move { step_ms } => {
            let step = step_ms.unwrap_or_default().saturating_mul(2);
            // A request that slept with its computer makes a pace that no line has.
            moment.max(step.min(ANSWER_BASE_MS.saturating_add(STEP_BYTES / ANSWER_BYTES_PER_MS)))
        }
        Awaited::Answer {
            buffered: bytes,
            expected_ms,
        }
        | Awaited::Unseen { bytes, expected_ms } => unseen(bytes, expected_ms),
    }
}

/// Whether a request carries its file's end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsLast {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_bound_and_are_spread() {
        let mut chance = Chance::new([1, 1]);
        for (failures, bound) in [(1, 500), (2, 1000), (4, 4000), (7, 30_000), (90, 30_000)] {
            let delays: Vec<u64> = (0..200).map(|_| rest_ms(&mut chance, failures)).collect();
            assert!(delays.iter().all(|delay| *delay <= bound), "{failures}");
            assert!(delays.iter().any(|delay| *delay > bound / 2), "{failures}");
            assert!(delays.iter().any(|delay| *delay < bound / 2), "{failures}");
        }
    }

    #[test]
    fn a_server_may_ask_for_more_time_but_not_for_hours() {
        let now = 784_111_777;
        let asked = |text| retry_after_ms(text, now);
        assert_eq!(asked("3"), Some(3_000));
        assert_eq!(asked("0"), Some(0));
        assert_eq!(asked("1000000000"), Some(RETRY_AFTER_MAX_MS));
        assert_eq!(asked("18446744073709551615"), Some(RETRY_AFTER_MAX_MS));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10_000));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:00 GMT"), Some(0));
        assert_eq!(
            asked("Fri, 31 Dec 9999 23:59:59 GMT"),
            Some(RETRY_AFTER_MAX_MS)
        );
        for junk in ["", "soon", "-5", "1.5", "99999999999999999999"] {
            assert_eq!(asked(junk), None, "{junk}");
        }
    }

    #[test]
    fn an_item_is_given_up_after_eight_failures_and_five_minutes() {
        let spent = |failures, ms| is_spent(FaultKind::NetworkLost, failures, ms);
        assert!(!spent(8, OUTAGE_MS - 1) && !spent(7, OUTAGE_MS * 9));
        assert!(spent(8, OUTAGE_MS) && spent(20, OUTAGE_MS));
        assert!(is_spent(FaultKind::AnswerUnreadable, 8, 0));
    }

    #[test]
    fn what_lasts_goes_where_its_bytes_can_be_seen() {
        let auto = |size, expected| via(Transport::Auto, size, expected);
        assert_eq!(auto(u64::MAX, Some(LONG_MS - 1)), Via::Fetch);
        assert_eq!(auto(1, Some(LONG_MS)), Via::Xhr);
        assert_eq!(auto(LONG_BYTES - 1, None), Via::Fetch);
        assert_eq!(auto(LONG_BYTES, None), Via::Xhr);
        assert_eq!(via(Transport::Fetch, u64::MAX, None), Via::Fetch);
        assert_eq!(via(Transport::Xhr, 1, Some(1)), Via::Xhr);
    }

    #[test]
    fn patience_follows_what_can_be_seen() {
        let moving = |step_ms| Awaited::Move { step_ms };
        let unseen = |bytes, expected_ms| Awaited::Unseen { bytes, expected_ms };
        let answer = |buffered, expected_ms| Awaited::Answer {
            buffered,
            expected_ms,
        };
        let wait = patience_ms;
        assert_eq!(wait(moving(None), 0, IsLast::No), 30_000);
        assert_eq!(wait(moving(Some(20)), 1, IsLast::No), 60_000);
        assert_eq!(wait(moving(None), 9, IsLast::Yes), 120_000);
        assert_eq!(wait(moving(Some(280_000)), 0, IsLast::No), 560_000);
        assert_eq!(wait(moving(Some(u64::MAX)), 0, IsLast::No), 586_033);
        assert_eq!(wait(answer(300_000, None), 0, IsLast::Yes), 220_000);
        assert_eq!(wait(answer(300_000, Some(100)), 0, IsLast::No), 30_800);
        assert_eq!(wait(answer(300_000, Some(100)), 0, IsLast::Yes), 120_800);
        assert_eq!(wait(unseen(3_000, Some(10)), 0, IsLast::No), 30_080);
        assert_eq!(wait(unseen(3_000, None), 0, IsLast::No), 121_000);
        assert_eq!(wait(unseen(3_000, Some(u64::MAX)), 3, IsLast::Yes), 121_000);
        assert!(wait(unseen(u64::MAX, None), 9, IsLast::Yes) > 0);
    }

    #[test]
    fn only_what_may_pass_by_itself_is_tried_again() {
        let fault = |kind, status| Fault {
            status,
            ..Fault::silent(kind, 1)
        };
        let again = |kind, status| worth_retrying(&fault(kind, status));
        for status in [408, 500, 502, 503, 504] {
            assert!(again(FaultKind::ServerFailed, status), "{status}");
        }
        assert!(!again(FaultKind::ServerFailed, 501) && !again(FaultKind::ServerFailed, 505));
        assert!(again(FaultKind::NetworkLost, 0) && again(FaultKind::NetworkTimeout, 0));
        assert!(again(FaultKind::ServerBusy, 420) && again(FaultKind::ServerBusy, 429));
        assert!(again(FaultKind::AnswerUnreadable, 200));
        assert!(!again(FaultKind::AnswerUnreadable, 304));
        for status in [400, 401, 403, 404, 413, 415, 422] {
            assert!(!again(FaultKind::ServerRefused, status), "{status}");
        }
        assert!(!again(FaultKind::FileUnreadable, 0) && !again(FaultKind::NotConfigured, 0));
    }
}
