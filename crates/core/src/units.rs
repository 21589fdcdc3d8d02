//! Quantities and ids: small types that can't be mixed up. No formatting for people (that is the
//! screens' work) and no arithmetic that could wrap: sizes are `u64` bytes everywhere.

/// Milliseconds of a monotonic clock that the shell reads; its zero means nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// This moment plus `ms` milliseconds, saturating.
    #[must_use]
    pub const fn after(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; 0 when the clock went backwards.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// One moment by both of the shell's clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// The monotonic clock: for waits and measures.
    pub at: Millis,
    /// The wall clock in milliseconds since 1970, which may be wrong and may jump: for timestamps
    /// of signatures, and for dates that servers name.
    pub unix_ms: u64,
}

/// Names one picked file for its whole life in the widget. The shell hands them out in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub u32);

/// Names one HTTP request. The engine hands them out; none is ever used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// Names one question to the page or to its server. The engine hands them out; none is ever used
/// twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub u32);
