//! What holds the whole batch back: a server that asks to slow down, too many retries at once, no
//! network. Decides how much may be under way and when; knows no items.

use crate::error::FaultKind;
use crate::transfer::REQUESTS_MAX;
use crate::units::{Millis, RequestId};

/// After this much quiet, one more request may be under way: a server that was in trouble gets its
/// load back in steps.
const REGROW_MS: u64 = 10_000;

/// How many requests may be under way while a server is in trouble.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Brake {
    limit: usize,
    /// The limit grows from then on.
    since: Millis,
    /// Nothing is sent before.
    until: Millis,
    /// Requests from this one on were made after the server last asked.
    next: u32,
}

impl Default for Brake {
    fn default() -> Self {
        Self {
            limit: REQUESTS_MAX,
            since: Millis::default(),
            until: Millis::default(),
            next: 0,
        }
    }
}

impl Brake {
    /// Requests that may be under way at once.
    pub fn allowed(&self, now: Millis) -> usize {
        if now < self.until {
            return 0;
        }
        let grown = usize::try_from(now.since(self.since) / REGROW_MS).unwrap_or(REQUESTS_MAX);
        self.limit.saturating_add(grown).min(REQUESTS_MAX)
    }

    /// A server answered `request` that there are too many; `next` will be the next one's number,
    /// and `under_way` were at once. Requests that were under way together count once.
    pub fn slow(&mut self, now: Millis, request: RequestId, next: u32, under_way: usize) {
        if request.0 >= self.next {
            self.limit = self.allowed(now).min(under_way).div_ceil(2).max(1);
            self.since = now.max(self.until);
            self.next = next;
        }
    }

    /// A server said when it wants to hear from us again.
    pub fn pause(&mut self, until: Millis) {
        self.until = self.until.max(until);
        self.since = self.since.max(self.until);
    }

    /// When more may be under way than now; `None` while nothing is held back.
    pub fn eases_at(&self, now: Millis) -> Option<Millis> {
        if now < self.until {
            return Some(self.until);
        }
        let allowed = self.allowed(now);
        let steps = allowed.saturating_sub(self.limit) as u64 + 1;
        (allowed < REQUESTS_MAX).then(|| self.since.after(steps * REGROW_MS))
    }
}

/// Retries that may be made at once by all files together: as many as the AWS SDKs allow, whose
/// servers see the largest stampedes.
const TOKENS_MAX: u32 = 500;

/// What a retry costs.
const COST: u32 = 5;

/// What it costs after a request that ran out of time: such a server does work for nobody.
const COST_TIMEOUT: u32 = 10;

/// What is given back each second, so that the last file of a long outage is not held for ever.
const REFILL_MS: u64 = 1_000;

/// The budget of retries that all files share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tokens {
    left: u32,
    at: Millis,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            left: TOKENS_MAX,
            at: Millis::default(),
        }
    }
}

impl Tokens {
    /// When a retry after this kind of failure may be made.
    pub fn ready_at(&self, now: Millis, last: FaultKind) -> Millis {
        let short = u64::from(cost(last).saturating_sub(self.left_at(now)));
        // The refill has begun already: whole seconds from its own start.
        let begun = now.since(self.at) % REFILL_MS;
        if short == 0 {
            now
        } else {
            now.after(short * REFILL_MS - begun)
        }
    }

    /// A retry is made.
    pub fn take(&mut self, now: Millis, last: FaultKind) {
        self.settle(now);
        self.left = self.left.saturating_sub(cost(last));
    }

    /// A request was good: the server is well.
    pub fn gain(&mut self, now: Millis) {
        self.settle(now);
        self.left = self.left.saturating_add(COST).min(TOKENS_MAX);
    }

    fn settle(&mut self, now: Millis) {
        let whole = now.since(self.at) / REFILL_MS;
        self.left = self.left_at(now);
        self.at = self.at.after(whole * REFILL_MS);
    }

    fn left_at(&self, now: Millis) -> u32 {
        let seconds = now.since(self.at) / REFILL_MS;
        let refilled = u32::try_from(seconds).unwrap_or(TOKENS_MAX);
        self.left.saturating_add(refilled).min(TOKENS_MAX)
    }
}

const fn cost(last: FaultKind) -> u32 {
    match last {
        FaultKind::NetworkTimeout => COST_TIMEOUT,
        _ => COST,
    }
}

/// A timer that is this much late was not late: the computer slept, or the page was frozen.
const LATE_MAX_MS: u64 = 5_000;

/// Time that counts against patience: only while the browser has a network, and only while the page
/// runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Presence {
    pub online: bool,
    ms: u64,
}

impl Default for Presence {
    fn default() -> Self {
        Self {
            online: true,
            ms: 0,
        }
    }
}

impl Presence {
    /// Time went by; `due` was when the batch wanted to be woken at the latest.
    pub fn pass(&mut self, from: Millis, to: Millis, due: Option<Millis>) {
        if !self.online {
            return;
        }
        let gone = to.since(from);
        let planned = due.map_or(gone, |due| due.since(from).saturating_add(LATE_MAX_MS));
        self.ms = self.ms.saturating_add(gone.min(planned));
    }

    /// How much of it has gone by.
    pub const fn ms(&self) -> u64 {
        self.ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_in_trouble_gets_half_and_then_one_more_every_ten_seconds() {
        let mut brake = Brake::default();
        let at = Millis;
        assert_eq!((brake.allowed(at(0)), brake.eases_at(at(0))), (6, None));
        brake.slow(at(0), RequestId(0), 6, 6);
        assert_eq!(brake.allowed(at(0)), 3);
        // The others that were under way tell nothing new.
        brake.slow(at(5), RequestId(5), 6, 5);
        assert_eq!(brake.allowed(at(5)), 3);
        assert_eq!(brake.eases_at(at(5)), Some(at(10_000)));
        assert_eq!(brake.allowed(at(10_000)), 4);
        assert_eq!(brake.allowed(at(30_000)), 6);
        assert_eq!(brake.eases_at(at(30_000)), None);
        for next in [7, 8, 9] {
            brake.slow(at(30_000), RequestId(next - 1), next, 6);
        }
        assert_eq!(brake.allowed(at(30_000)), 1, "never none");
    }

    #[test]
    fn a_pause_holds_all_and_what_grows_grows_after_it() {
        let mut brake = Brake::default();
        brake.slow(Millis(0), RequestId(0), 1, 4);
        brake.pause(Millis(60_000));
        brake.pause(Millis(50_000));
        assert_eq!(brake.allowed(Millis(59_999)), 0);
        assert_eq!(brake.eases_at(Millis(100)), Some(Millis(60_000)));
        assert_eq!(brake.allowed(Millis(60_000)), 2);
        assert_eq!(brake.eases_at(Millis(60_000)), Some(Millis(70_000)));
    }

    #[test]
    fn a_hundred_retries_at_once_and_then_one_every_five_seconds() {
        let mut tokens = Tokens::default();
        let now = Millis(50_000_000);
        for _ in 0..100 {
            assert_eq!(tokens.ready_at(now, FaultKind::NetworkLost), now);
            tokens.take(now, FaultKind::NetworkLost);
        }
        assert_eq!(
            tokens.ready_at(now, FaultKind::ServerBusy),
            now.after(5_000)
        );
        let later = now.after(3_400);
        assert_eq!(
            tokens.ready_at(later, FaultKind::ServerBusy),
            now.after(5_000)
        );
        assert_eq!(
            tokens.ready_at(now, FaultKind::NetworkTimeout),
            now.after(10_000)
        );
        tokens.gain(now);
        assert_eq!(tokens.ready_at(now, FaultKind::ServerBusy), now);
    }

    #[test]
    fn time_offline_and_asleep_does_not_count() {
        let mut presence = Presence::default();
        presence.pass(Millis(0), Millis(1_000), Some(Millis(1_000)));
        assert_eq!(presence.ms(), 1_000);
        // The lid was closed for an hour.
        presence.pass(Millis(1_000), Millis(3_601_000), Some(Millis(2_000)));
        assert_eq!(presence.ms(), 1_000 + 1_000 + LATE_MAX_MS);
        presence.online = false;
        presence.pass(Millis(3_601_000), Millis(9_000_000), None);
        assert_eq!(presence.ms(), 7_000);
    }
}
