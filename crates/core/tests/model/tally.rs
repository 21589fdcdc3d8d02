//! What was really exercised: a fault that is never hit proves nothing, so each is counted and
//! the storm fails when one is missing.

macro_rules! hits {
    ($($name:ident: $text:literal,)*) => {
        /// Something that happened in a run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Hit {
            $($name),*
        }

        /// All there are, with words for people.
        pub const HITS: &[(Hit, &str)] = &[$((Hit::$name, $text)),*];
    };
}

hits! {
    Picked: "files picked",
    PickedRemote: "addresses picked for the server to fetch",
    PickedAgain: "a file picked that was picked before",
    ToldTwice: "a choice told twice",
    Cancelled: "an upload cancelled",
    AllCancelled: "all cancelled",
    Removed: "an item removed",
    SetAside: "an item set aside",
    Restored: "an item that was set aside restored",
    Dropped: "an item that was set aside let go",
    Retried: "an item retried by a person",
    Paused: "an item paused",
    AllPaused: "all paused",
    Resumed: "an item resumed",
    AllResumed: "all resumed",
    Preferred: "an item preferred",
    Held: "a duplicate held for a person",
    Allowed: "a duplicate allowed",
    Skipped: "a duplicate skipped",
    Offline: "network gone",
    Online: "network back",
    Slept: "computer slept",
    SetAhead: "wall clock set ahead",
    SetBack: "wall clock set back",
    StepBack: "monotonic clock stepped back",
    Sent: "requests sent",
    Reordered: "a later request answered first",
    Delayed: "an answer that takes its time",
    LostThere: "a request lost on its way there",
    LostBack: "an answer lost on its way back",
    LineBroken: "a line broken with all on it",
    Outage: "a server out of reach for a while",
    TimedOut: "a request that ran out of time",
    Unreadable: "a file that can't be read any more",
    Progress: "bytes told on their way",
    Ghost: "a request arriving after it was given up",
    Repeated: "an answer heard twice",
    Foreign: "a fact about nothing",
    Busy: "420 or 429",
    RetryAfter: "Retry-After obeyed by all",
    RetryAfterDate: "Retry-After as a date",
    RetryAfterOne: "Retry-After of a failing server",
    Failing: "408, 500, 502, 503 or 504",
    Broken: "501 or 505",
    Refusing: "400, 401, 403, 404 or 413",
    Junk: "2xx that is no answer",
    ErrorInside: "an error inside 200",
    Restarted: "a server restarted with all on its way",
    ForgotAll: "an upload forgotten by its server",
    ForgotTail: "the end of an upload forgotten by its server",
    OffsetTold: "a refusal that names an offset",
    FloorTold: "chunks below the server's floor refused",
    StoredOther: "other bytes stored than sent",
    StoredShort: "fewer bytes stored than sent",
    Mismatch: "a mismatch found",
    Unchecked: "a mismatch that nobody wanted to know",
    Signed: "a signature given",
    SignedOwnTime: "a signature with the page's own time",
    SignedStale: "a signature with a stale time",
    Forged: "a signature that does not hold",
    JunkSigned: "junk in place of a signature",
    Threw: "a page that throws",
    SignerLost: "a signing server out of reach",
    SignerTrouble: "a signing server in trouble",
    Vetoed: "a file vetoed by the page",
    Prepared: "parameters changed by the page",
    RepliedTwice: "a question answered twice",
    RepliedLate: "a question answered after it was dismissed",
    Dismissed: "a question dismissed",
    StaleRefused: "a stale signature refused",
    InvalidRefused: "an invalid signature refused",
    Recalled: "a past found",
    RecalledNone: "no past found",
    Elsewhere: "a file that another tab uploads",
    TabTook: "another tab takes a file",
    TabLeft: "another tab lets a file go",
    Queried: "a status query answered",
    QueryUnknown: "a status query about an unknown upload",
    QueryFailed: "a status query that came to nothing",
    Remembered: "progress remembered",
    Probed: "a head read",
    NotProbed: "a head that could not be read",
    Edited: "a picture cropped",
    EditLeft: "cropping left",
    EditWanted: "a picture cropped anew",
    Moved: "an item moved",
    Described: "an item described",
    DescribedSent: "a description sent",
    Reviewed: "what was reviewed let go",
    Flawed: "a review that could not be let go",
    Digested: "a digest told",
    NotDigested: "a digest that could not be made",
    Reloaded: "page reloaded",
    WentOn: "an upload that went on after a reload",
    Succeeded: "uploads that succeeded",
    GaveUp: "uploads given up for lasting trouble",
    Failed: "uploads that failed otherwise",
    TokensShort: "retries held back by the shared budget",
    CalmGood: "runs that ended in good weather",
    CalmSilent: "runs that ended in silence",
}

/// How often each was hit.
#[derive(Clone)]
pub struct Tally(Vec<u64>);

impl Default for Tally {
    fn default() -> Self {
        Self(vec![0; HITS.len()])
    }
}

impl Tally {
    pub fn hit(&mut self, hit: Hit) {
        self.0[hit as usize] += 1;
    }

    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += theirs;
        }
    }

    /// What was never hit.
    pub fn missing(&self) -> Vec<&'static str> {
        let missing = HITS.iter().filter(|(hit, _)| self.0[*hit as usize] == 0);
        missing.map(|(_, text)| *text).collect()
    }

    /// A line for each.
    pub fn table(&self) -> String {
        let line = |(hit, text): &(Hit, &str)| format!("{:>12}  {text}\n", self.0[*hit as usize]);
        HITS.iter().map(line).collect()
    }
}
