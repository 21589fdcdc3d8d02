//! Turns of the browser's loop: what takes long is done in pieces, between which people are
//! answered and pictures are drawn. By messages to ourselves: timers that follow each other wait
//! four milliseconds each, and in a hidden tab a second.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::MessageChannel;

/// Calls one function, in turns of its own.
pub struct Turns {
    channel: Option<MessageChannel>,
    _act: Closure<dyn FnMut()>,
    /// The next turn was asked for.
    asked: Cell<bool>,
}

impl Turns {
    /// Turns for `act`, which should say [`Self::came`] first.
    pub fn new(act: impl FnMut() + 'static) -> Self {
        let act = Closure::new(act);
        let channel = MessageChannel::new().ok();
        if let Some(channel) = &channel {
            let act = Some(act.as_ref().unchecked_ref());
            channel.port1().set_onmessage(act);
        }
        let asked = Cell::new(false);
        Self {
            channel,
            _act: act,
            asked,
        }
    }

    /// Asks for another turn.
    pub fn ask(&self) {
        if let Some(channel) = self.channel.as_ref().filter(|_| !self.asked.replace(true)) {
            // Sending nothing can't fail.
            let _ = channel.port2().post_message(&JsValue::NULL);
        }
    }

    /// A turn came.
    pub fn came(&self) {
        self.asked.set(false);
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.port1().set_onmessage(None);
            channel.port1().close();
        }
    }
}
