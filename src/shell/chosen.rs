//! Files on their way into the engine: what a person chose, or the page named, gets an id under
//! which its bytes are kept here.

use std::vec::IntoIter;

use js_sys::{Array, Object};
use plimsoll_core::Event;
use plimsoll_core::event::PickedFile;
use plimsoll_core::options::Encryption;
use plimsoll_core::protocol::address;
use plimsoll_core::units::{ItemId, Millis};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

use super::engine::Shell;
use super::script;
use super::task::when;

/// What is chosen, and what is sent of it.
type Pair = (File, Option<File>);

/// So many files are looked at between two looks at the clock.
const CLOCK_EVERY: usize = 8;

/// A choice whose files are being looked at.
pub(super) struct Choice {
    rest: IntoIter<Pair>,
    seen: Vec<(PickedFile, Option<File>)>,
    /// Where an earlier life of the page kept them, if one did.
    places: IntoIter<Object>,
}

impl Shell {
    /// Takes in what a person chose, encrypted where the page wants that.
    pub(super) fn chosen(&self, files: Vec<File>) {
        let encryption = self.batch.borrow().options().encryption.clone();
        let Some(Encryption { key, iv }) = encryption else {
            return self.pick(files, Vec::new());
        };
        let plain: Array = files.iter().map(JsValue::from).collect();
        let this = self.this.clone();
        let act = move |list: Result<JsValue, JsValue>| {
            let list = Array::from(&list.unwrap_or_else(|_| Array::new().into()));
            let pair = |(at, file)| (file, list.get(at).dyn_into::<File>().ok());
            if let Some(shell) = this.upgrade() {
                // One that could not be encrypted has no bytes to send, and fails.
                shell.take((0..).zip(files).map(pair).collect(), Vec::new());
            }
        };
        when(
            script::promised(script::encrypt(&plain, &key, &iv)),
            Box::new(act),
        );
    }

    /// Takes files in, with the places where they were kept.
    pub(super) fn pick(&self, files: Vec<File>, places: Vec<Object>) {
        let pairs = files.into_iter().map(|file| (file.clone(), Some(file)));
        self.take(pairs.collect(), places);
    }

    fn take(&self, pairs: Vec<Pair>, places: Vec<Object>) {
        self.choices.borrow_mut().push_back(Choice {
            seen: Vec::with_capacity(pairs.len()),
            rest: pairs.into_iter(),
            places: places.into_iter(),
        });
        self.look_at_choices();
    }

    /// Looks at what was chosen, one choice after the other, for a turn: the browser may ask the
    /// disk for the size of each file.
    pub(super) fn look_at_choices(&self) {
        let until = Shell::turn_end();
        loop {
            let choice = self.choices.borrow_mut().pop_front();
            let Some(mut choice) = choice else { return };
            if choice.look(until) {
                self.tell_choice(choice);
            } else {
                self.choices.borrow_mut().push_front(choice);
                return self.turns.ask();
            }
        }
    }

    fn tell_choice(&self, choice: Choice) {
        let Choice { seen, places, .. } = choice;
        let mut places = places;
        let mut picked = Vec::with_capacity(seen.len());
        let mut kept = self.files.borrow_mut();
        for (mut about, file) in seen {
            about.id = ItemId(u32::try_from(kept.len()).unwrap_or(u32::MAX));
            if let Some(place) = places.next() {
                self.memory.take(about.id, place);
            }
            picked.push(about);
            kept.push(file);
        }
        drop(kept);
        self.tell(Event::Picked { files: picked });
    }

    pub(super) fn fetch(&self, addresses: Vec<String>) {
        let mut kept = self.files.borrow_mut();
        let mut picked = Vec::with_capacity(addresses.len());
        for address in addresses {
            picked.push(PickedFile {
                id: ItemId(u32::try_from(kept.len()).unwrap_or(u32::MAX)),
                name: address::name(&address).to_owned(),
                size: 0,
                media_type: address::media_type(&address).to_owned(),
                address: Some(address),
            });
            kept.push(None);
        }
        drop(kept);
        self.tell(Event::Picked { files: picked });
    }
}

impl Choice {
    /// Looks at files until then. Whether all are seen.
    fn look(&mut self, until: Millis) -> bool {
        for (chosen, file) in self.rest.by_ref() {
            // What is sent is what counts.
            let sent = file.as_ref().unwrap_or(&chosen);
            let about = PickedFile {
                // Given when all are seen, in the order in which the engine hears of them.
                id: ItemId(0),
                name: chosen.name(),
                // A size is a whole number below 2^53, exact in both types. Read now: a file that
                // changes later is then refused by the browser instead of sent half.
                size: sent.size() as u64,
                media_type: sent.type_(),
                address: None,
            };
            self.seen.push((about, file));
            if self.seen.len().is_multiple_of(CLOCK_EVERY) && Shell::is_past(until) {
                break;
            }
        }
        self.rest.len() == 0
    }
}
