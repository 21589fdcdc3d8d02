//! The flight recorder's way to the engine. What is written is core's; here it only stands between
//! the shell and the batch. It lies in a late part: those who don't ask for it have none of it.

use std::cell::RefCell;
use std::rc::Rc;

use plimsoll_core::trace::Recorder;
use plimsoll_core::units::Moment;
use plimsoll_core::{Batch, Event};

/// What was written of the latest opening; it outlives the engine.
pub type Recording = Rc<RefCell<Option<Box<dyn Record>>>>;

/// Writes down what a batch is told. A trait, so that earlier parts hold one without its code.
pub trait Record {
    /// Tells the batch, and writes it down.
    fn told(&mut self, batch: &mut Batch, now: Moment, event: Event);
    /// All that was written.
    fn text(&self) -> String;
}

impl Record for Recorder {
    fn told(&mut self, batch: &mut Batch, now: Moment, event: Event) {
        self.handle(batch, now, event);
    }

    fn text(&self) -> String {
        Self::text(self)
    }
}

/// Begins with a batch that was told nothing so far. Puts the recorder into its place, for whoever
/// were given it would know its methods, and with them all of this.
#[inline(never)]
pub(super) fn begin(place: &mut Option<Box<dyn Record>>, batch: &mut Batch, now: Moment) {
    *place = Some(Box::new(Recorder::begin(batch, now)));
}
