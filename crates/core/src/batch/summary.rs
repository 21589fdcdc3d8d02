//! The batch in numbers, as screens show it. Counts nothing itself.

use crate::units::ItemId;

/// The whole batch in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Items in the list.
    pub total: u32,
    /// Stored.
    pub done: u32,
    /// Given up.
    pub failed: u32,
    /// Not accepted.
    pub refused: u32,
    /// Stopped by a person.
    pub cancelled: u32,
    /// Waiting, uploading or resting.
    pub active: u32,
    /// Not sent before a person has looked at them.
    pub reviewing: u32,
    /// How much of the work is behind, by bytes; what has ended counts in full. Falls only when
    /// work is added.
    pub permille: u16,
    /// Files of the last choice that were left out for want of room.
    pub left_out: u32,
    /// Of the active ones, those that a person stopped for a while.
    pub paused: u32,
    /// Bytes per second that the server acknowledged lately; `None` before it has.
    pub rate: Option<u64>,
    /// Seconds that the rest will take at that rate, rounded up.
    pub left_s: Option<u64>,
    /// The browser has no network: all wait for it.
    pub offline: bool,
    /// The picture that a person is to crop now.
    pub editing: Option<ItemId>,
    /// How many there are to crop, that one among them.
    pub to_edit: u32,
    /// What was taken out of the list last and may come back.
    pub aside: Option<ItemId>,
}
