//! The requests of one item that are on their way, and its rests and failures between them.
//! Decides nothing; the batch does.

use crate::error::{Fault, FaultKind};
use crate::progress;
use crate::protocol::range::Range;
use crate::units::{Millis, RequestId};

/// One request on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Flight {
    pub request: RequestId,
    /// What it carries.
    pub range: Range,
    pub since: Millis,
    /// What has not come by now never will.
    pub until: Millis,
    /// Bytes that have left the browser, where it tells.
    pub sent: Option<u64>,
    /// The number of the signature that it carries.
    pub ticket: u32,
}

impl Flight {
    /// What an estimate says of it at most: the rest is the server's to say.
    pub fn most(self) -> u64 {
        progress::part(self.range.bytes(), progress::ESTIMATE_MAX)
    }
}

/// At least one request on its way: several for a file in chunks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flights(Vec<Flight>);

impl Flights {
    pub fn one(flight: Flight) -> Self {
        Self(vec![flight])
    }

    pub fn add(&mut self, flight: Flight) {
        self.0.push(flight);
    }

    /// A request has ended. Says how many are left; at 0 their owner must give this up.
    #[must_use]
    pub fn land(&mut self, request: RequestId) -> usize {
        self.0.retain(|flight| flight.request != request);
        self.0.len()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Flight> {
        self.0.iter()
    }

    pub fn get_mut(&mut self, request: RequestId) -> Option<&mut Flight> {
        let mut flights = self.0.iter_mut();
        flights.find(|flight| flight.request == request)
    }

    /// Whether nothing is left to send: the file's end has left the browser.
    pub fn is_all_sent(&self) -> bool {
        let sent = |flight: &Flight| flight.sent.is_some_and(|sent| sent >= flight.range.bytes());
        self.0
            .iter()
            .all(|flight| flight.range.is_last() && sent(flight))
    }

    pub fn ranges(&self) -> impl Iterator<Item = Range> + Clone {
        self.0.iter().map(|flight| flight.range)
    }
}

/// A pause after a failure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rest {
    /// Nothing new is sent before.
    pub until: Millis,
    /// A server asked not to be asked before, whatever else gets better meanwhile.
    pub asked: Millis,
    /// What went wrong.
    pub fault: Fault,
}

impl Rest {
    /// The pause after one more failure: what a server asked for before still holds.
    pub fn after(self, earlier: Option<Self>) -> Self {
        let Some(earlier) = earlier else {
            return self;
        };
        Self {
            until: self.until.max(earlier.until),
            asked: self.asked.max(earlier.asked),
            ..self
        }
    }

    /// The line is back: it need not go on for longer than this.
    pub fn hurry(&mut self, soon: Millis) {
        let line = matches!(
            self.fault.kind,
            FaultKind::NetworkLost | FaultKind::NetworkTimeout
        );
        if line {
            self.until = self.until.min(soon).max(self.asked);
        }
    }
}

/// Failures of an item since the server last took something of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Streak {
    failures: u32,
    /// Requests from this one on were made after the latest failure that counted.
    next: u32,
    /// When the first of them was, by the clock that counts against patience.
    since_ms: u64,
}

impl Streak {
    /// One more request failed; `next` will be the next one's number. A break of the line takes
    /// all requests on their way with it, which is one failure and not several.
    pub fn count(&mut self, request: u32, next: u32, ms: u64) -> u32 {
        if request >= self.next {
            if self.failures == 0 {
                self.since_ms = ms;
            }
            self.failures += 1;
            self.next = next;
        }
        self.failures
    }

    /// How long it has lasted at `ms` of the same clock.
    pub const fn lasted_ms(&self, ms: u64) -> u64 {
        ms.saturating_sub(self.since_ms)
    }

    /// Failures in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_fail_together_count_once() {
        let mut streak = Streak::default();
        assert_eq!(streak.count(0, 3, 100), 1);
        assert_eq!(streak.count(2, 3, 150), 1);
        assert_eq!(streak.count(1, 3, 170), 1);
        assert_eq!(streak.count(3, 5, 200), 2);
        assert_eq!(streak.count(4, 5, 210), 2);
        assert_eq!(streak.lasted_ms(400), 300, "from the first of them");
        streak = Streak::default();
        assert_eq!(streak.count(4, 5, 500), 1, "after a success all is new");
        assert_eq!(streak.lasted_ms(500), 0);
    }

    #[test]
    fn a_shorter_rest_does_not_cut_a_longer_one_short() {
        let rest = |until| Rest {
            until: Millis(until),
            asked: Millis(0),
            fault: Fault::silent(FaultKind::NetworkLost, 1),
        };
        assert_eq!(rest(5).after(Some(rest(9))), rest(9));
        assert_eq!(rest(9).after(Some(rest(5))), rest(9));
        assert_eq!(rest(5).after(None), rest(5));
    }

    #[test]
    fn a_network_that_is_back_does_not_cut_short_what_a_server_asked_for() {
        let rest = |until, asked| Rest {
            until: Millis(until),
            asked: Millis(asked),
            fault: Fault::silent(FaultKind::NetworkLost, 1),
        };
        let hurried = |mut rest: Rest| {
            rest.hurry(Millis(3));
            rest.until.0
        };
        assert_eq!(hurried(rest(9, 0)), 3);
        assert_eq!(hurried(rest(2, 0)), 2);
        assert_eq!(hurried(rest(9, 7).after(Some(rest(5, 0)))), 7);
        assert_eq!(hurried(rest(4, 0).after(Some(rest(9, 9)))), 9);
    }
}
