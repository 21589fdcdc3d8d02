//! The way of what happens into the engine, most of which lies in a later part of the module: it
//! is fetched when somebody is about to choose a file, and what happens meanwhile waits.

use std::time::Duration;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::options::Options;
use plimsoll_core::units::Moment;

use super::engine::Shell;
use super::late::{is_all_here, is_here, late, upload};
use super::record;

/// When fetching it is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// Whether files can be taken in: what that needs is fetched when it is first wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Readiness {
    /// Nothing waits for it.
    #[default]
    Ready,
    /// Files wait for it.
    Fetching,
    /// It could not be fetched, and is tried again.
    Failing,
}

/// Whether what happens is written down: then it waits for a later part, which has the recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    Off,
    Wanted,
    Begun,
}

impl Writing {
    pub fn of(options: &Options) -> Self {
        if options.page.flight_recorder {
            Self::Wanted
        } else {
            Self::Off
        }
    }
}

impl Shell {
    /// Tells a fact and carries out all that follows. A page's callback may come back here by
    /// closing the widget: the inner call then carries out the rest, in the same order.
    pub(super) fn tell_at(&self, now: Moment, event: Event) {
        if self.ended.get() {
            return;
        }
        let here = if self.writing.get() == Writing::Off {
            is_here()
        } else {
            is_all_here()
        };
        if here && self.waiting.borrow().is_empty() {
            return self.handle(now, event);
        }
        let readiness = self.readiness.get();
        let wanted = match event {
            Event::Picked { .. }
            | Event::PublicIdEdited { .. }
            | Event::TagsEdited { .. }
            | Event::PresetChosen { .. } => readiness == Readiness::Ready,
            Event::WentOnline => readiness == Readiness::Failing,
            _ => false,
        };
        self.waiting.borrow_mut().push(event);
        if wanted {
            self.fetch_late();
        }
    }

    /// The way into the later part.
    #[inline(never)]
    fn handle(&self, now: Moment, event: Event) {
        if self.writing.get() == Writing::Off {
            self.batch.borrow_mut().handle(now, event);
        } else {
            self.write(now, event);
        }
        self.carry_on();
    }

    /// Tells the batch by way of the flight recorder.
    fn write(&self, now: Moment, event: Event) {
        let mut recording = self.caller.recording.borrow_mut();
        let batch = &mut *self.batch.borrow_mut();
        if self.writing.replace(Writing::Begun) == Writing::Wanted {
            record::begin(&mut recording, batch, now);
        }
        if let Some(recorder) = recording.as_mut() {
            recorder.told(batch, now, event);
        }
    }

    /// Fetches the later part, as often as it takes, and tells it what has happened.
    fn fetch_late(&self) {
        let this = self.this.clone();
        let records = self.writing.get() == Writing::Wanted;
        let fetch = if records { late } else { upload };
        fetch(Box::new(move |here| {
            let Some(shell) = this.upgrade().filter(|shell| !shell.ended.get()) else {
                return;
            };
            if !here && records {
                // No file waits for that.
                shell.writing.set(Writing::Off);
                return shell.fetch_late();
            }
            if !here {
                shell.set_readiness(Readiness::Failing);
                let again = move || {
                    if let Some(shell) = this.upgrade() {
                        shell.fetch_late();
                    }
                };
                return set_timeout(again, AGAIN);
            }
            shell.set_readiness(Readiness::Ready);
            for event in shell.waiting.take() {
                shell.tell(event);
            }
        }));
        if !self.waiting.borrow().is_empty() && self.readiness.get() == Readiness::Ready {
            self.set_readiness(Readiness::Fetching);
        }
    }

    fn set_readiness(&self, readiness: Readiness) {
        self.readiness.set(readiness);
        self.totals.notify();
    }
}
