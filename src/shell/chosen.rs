//! Files on their way into the engine: what a person chose, or the page named, gets an id under
//! which its bytes are kept here.

use js_sys::Array;
use plimsoll_core::Event;
use plimsoll_core::event::PickedFile;
use plimsoll_core::options::Encryption;
use plimsoll_core::protocol::address;
use plimsoll_core::units::ItemId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

use super::engine::Shell;
use super::memory::Memory;
use super::script;
use super::task::when;

impl Shell {
    /// Takes in what a person chose, encrypted where the page wants that.
    pub(super) fn chosen(&self, files: Vec<File>) {
        let encryption = self.batch.borrow().options().encryption.clone();
        let Some(Encryption { key, iv }) = encryption else {
            return self.pick(files, |_, _| ());
        };
        let plain: Array = files.iter().map(JsValue::from).collect();
        let this = self.this.clone();
        let act = move |list: Result<JsValue, JsValue>| {
            let list = Array::from(&list.unwrap_or_else(|_| Array::new().into()));
            let pair = |(at, file)| (file, list.get(at).dyn_into::<File>().ok());
            if let Some(shell) = this.upgrade() {
                // One that could not be encrypted has no bytes to send, and fails.
                shell.take((0..).zip(files).map(pair), |_, _| ());
            }
        };
        when(
            script::promised(script::encrypt(&plain, &key, &iv)),
            Box::new(act),
        );
    }

    /// Takes files in; `known` is called for each before the engine hears of it.
    pub(super) fn pick(&self, files: Vec<File>, known: impl FnMut(&Memory, ItemId)) {
        self.take(
            files.into_iter().map(|file| (file.clone(), Some(file))),
            known,
        );
    }

    /// The same, of pairs: what is chosen, and what is sent of it.
    fn take(
        &self,
        files: impl Iterator<Item = (File, Option<File>)>,
        mut known: impl FnMut(&Memory, ItemId),
    ) {
        let mut picked = Vec::new();
        let mut kept = self.files.borrow_mut();
        for (chosen, file) in files {
            // What is sent is what counts.
            let seen = file.as_ref().unwrap_or(&chosen);
            let id = ItemId(u32::try_from(kept.len()).unwrap_or(u32::MAX));
            known(&self.memory, id);
            picked.push(PickedFile {
                id,
                name: chosen.name(),
                // A size is a whole number below 2^53, exact in both types. Read now: a file that
                // changes later is then refused by the browser instead of sent half.
                size: seen.size() as u64,
                media_type: seen.type_(),
                address: None,
            });
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
