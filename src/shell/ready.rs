//! The way of what happens into the engine, most of which lies in a later part of the module: it
//! is fetched when somebody is about to choose a file, and what happens meanwhile waits.

use std::time::Duration;

use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::units::Moment;

use super::engine::Shell;
use super::late::{is_here, upload};

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

impl Shell {
    /// Tells a fact and carries out all that follows. A page's callback may come back here by
    /// closing the widget: the inner call then carries out the rest, in the same order.
    pub(super) fn tell_at(&self, now: Moment, event: Event) {
        if self.ended.get() {
            return;
        }
        if is_here() && self.waiting.borrow().is_empty() {
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
        self.batch.borrow_mut().handle(now, event);
        self.carry_on();
    }

    /// Fetches the later part, as often as it takes, and tells it what has happened.
    fn fetch_late(&self) {
        let this = self.this.clone();
        upload(Box::new(move |here| {
            let Some(shell) = this.upgrade().filter(|shell| !shell.ended.get()) else {
                return;
            };
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
