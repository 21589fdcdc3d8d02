//! What outlives the page: how far files are, and files kept whole, under ids of this widget. The
//! storage itself is `www/script/memory.js`; where there is none, nothing is remembered and uploads
//! go on.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object};
use plimsoll_core::event::Recall;
use plimsoll_core::options::Options;
use plimsoll_core::units::ItemId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

use super::http::{get, set};
use super::script::{self, promised};
use super::task::when;

/// A server that forgets half an upload after a day has no use for what is kept longer.
const KEPT_MS: f64 = 24.0 * 3600.0 * 1000.0;

/// Files of one widget kept whole at the same time: enough for what is under way and next, and no
/// reason for a browser to take the page's storage away.
const KEPT_MAX: usize = 100;

/// The memory of one widget.
pub struct Memory {
    /// One object per file, in which the script keeps what it has to.
    places: RefCell<Vec<(ItemId, Object)>>,
    /// Where the files go: those that were kept on their way elsewhere are none of this widget's.
    scope: String,
    /// Files up to so many bytes are kept whole.
    size_max: u64,
}

impl Memory {
    /// The memory of a widget with these options.
    pub fn new(options: &Options) -> Self {
        let mut scope = options.upload_prefix.clone();
        let account = [
            &options.cloud_name,
            &options.upload_preset,
            &options.api_key,
        ];
        for part in account.into_iter().chain([&options.folder]) {
            scope.push('\n');
            scope.push_str(part.as_deref().unwrap_or_default());
        }
        let size_max = if options.resume {
            options.resume_keep_size
        } else {
            0
        };
        Self {
            places: RefCell::default(),
            scope,
            size_max,
        }
    }

    /// Looks a file up and holds it against other tabs. `tell` may be called twice: the first time
    /// with `Elsewhere`.
    pub fn recall(&self, item: ItemId, file: &File, scope: &str, tell: Rc<dyn Fn(Recall)>) {
        let place = self.place(item, file);
        set(&place, "scope", &scope.into());
        let recalled = |found: &JsValue| {
            let text = found.as_string();
            text.map_or(Recall::Nothing, Recall::Found)
        };
        let found = promised(script::recall(&place));
        let act = move |found: Result<JsValue, JsValue>| {
            let found = found.unwrap_or_default();
            if found.as_bool() != Some(false) {
                return tell(recalled(&found));
            }
            tell(Recall::Elsewhere);
            let found = promised(script::recall_later(&place));
            when(
                found,
                Box::new(move |found| {
                    let found = found.unwrap_or_default();
                    // Null: nobody waits for it any more.
                    if !found.is_null() {
                        tell(recalled(&found));
                    }
                }),
            );
        };
        when(found, Box::new(act));
    }

    /// Keeps a text for the next `recall` of the same file.
    pub fn remember(&self, item: ItemId, text: &str, expires_s: u64) {
        let expires_ms = expires_s as f64 * 1000.0;
        self.about(item, |place| script::remember(place, text, expires_ms));
    }

    /// Drops that text.
    pub fn forget(&self, item: ItemId) {
        self.about(item, script::forget);
    }

    /// Lets other tabs upload the file.
    pub fn leave(&self, item: ItemId) {
        self.about(item, script::leave);
    }

    /// Keeps a file whole whose upload begins, if it is small enough.
    pub fn keep(&self, item: ItemId, file: &File) {
        if self.size_max == 0 || file.size() as u64 > self.size_max {
            return;
        }
        let count = self.places.borrow().len();
        if count < KEPT_MAX || self.known(item).is_some() {
            self.place(item, file);
            let expires_ms = js_sys::Date::now() + KEPT_MS;
            self.about(item, |place| script::keep(place, &self.scope, expires_ms));
        }
    }

    /// Drops a file that was kept whole: its upload has ended.
    pub fn drop(&self, item: ItemId) {
        if self.size_max > 0 {
            self.about(item, script::drop);
        }
    }

    /// Forgets an item: nothing more is asked about it.
    pub fn release(&self, item: ItemId) {
        self.drop(item);
        self.leave(item);
        self.places.borrow_mut().retain(|(known, _)| *known != item);
    }

    /// Lets other tabs have all files; what is kept stays for the next opening.
    pub fn end(&self) {
        for (_, place) in self.places.take() {
            // As in `about`.
            let _ = script::quit(&place);
        }
    }

    /// Gives the files that an earlier life of the page kept for this scope, and their places.
    pub fn find_kept(&self, found: impl FnOnce(Vec<File>, Vec<Object>) + 'static) {
        if self.size_max == 0 {
            return;
        }
        let act = |places: Result<JsValue, JsValue>| {
            let places = places.unwrap_or_default();
            let (mut files, mut whole) = (Vec::new(), Vec::new());
            if Array::is_array(&places) {
                for place in Array::from(&places).iter() {
                    if let Ok(file) = get(&place, "file").dyn_into() {
                        files.push(file);
                        whole.push(place.unchecked_into());
                    }
                }
            }
            found(files, whole);
        };
        when(promised(script::kept(&self.scope)), Box::new(act));
    }

    /// Takes over the place of a file that was kept.
    pub fn take(&self, item: ItemId, place: Object) {
        self.places.borrow_mut().push((item, place));
    }

    /// The item's place, a new one if need be.
    fn place(&self, item: ItemId, file: &File) -> Object {
        self.known(item).unwrap_or_else(|| {
            let place = Object::new();
            set(&place, "file", file);
            self.take(item, place.clone());
            place
        })
    }

    /// Does something with the place of an item that has one.
    fn about(&self, item: ItemId, act: impl FnOnce(&Object) -> Result<(), JsValue>) {
        // The scripts answer later if at all, and don't throw.
        let _ = self.known(item).as_ref().map(act);
    }

    fn known(&self, item: ItemId) -> Option<Object> {
        let places = self.places.borrow();
        let mut known = places.iter().filter(|(known, _)| *known == item);
        known.next().map(|(_, place)| place.clone())
    }
}
