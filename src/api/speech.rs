//! What a page's widget speaks: words for its options, and others while it is open.

use js_sys::Promise;
use wasm_bindgen::JsValue;

use super::widget::State;
use crate::look::words::Words;
use crate::screens::Opened;
use crate::shell::{get, json, speak, when};

impl State {
    /// What has the words of the options; nothing for the English that is inside.
    pub(super) fn wanted_words(&self) -> Option<Promise> {
        let language = get(&self.given, "language").as_string();
        let text = json::value(&get(&self.given, "text"));
        let text = Some(&text).filter(|text| !text.is_null());
        speak(language.as_deref(), text)
    }

    /// Has an open widget speak as the options say now.
    pub(super) fn respeak(&self, opened: &Opened) {
        let update = self.updates.get().wrapping_add(1);
        self.updates.set(update);
        let Some(wanted) = self.wanted_words() else {
            return opened.speak(Words::default());
        };
        let this = self.this.clone();
        let heard = move |answer: Result<JsValue, JsValue>| {
            // Another update may have come meanwhile.
            let state = this.upgrade().filter(|state| state.updates.get() == update);
            let (Some(state), Ok(answer)) = (state, answer) else {
                return;
            };
            let words = Words::heard(&answer);
            state.words.replace(Some(words.clone()));
            let opened = state.opened.borrow().clone();
            if let Some(opened) = opened {
                opened.speak(words);
            }
        };
        when(wanted, Box::new(heard));
    }
}
