//! What the flight recorder needs of a batch: see `trace`.

use super::Batch;
use crate::command::Command;
use crate::units::Millis;

impl Batch {
    /// What is ordered and was not taken so far, the oldest first.
    pub(crate) fn orders(&self) -> impl ExactSizeIterator<Item = &Command> {
        self.commands.iter()
    }

    /// The latest moment that was told.
    pub(crate) const fn now(&self) -> Millis {
        self.now
    }

    /// Draws from a seed that may be told from now on; upload IDs stay a secret.
    pub(crate) fn reveal(&mut self, seed: [u64; 2]) {
        self.chance.reveal(seed);
    }
}
