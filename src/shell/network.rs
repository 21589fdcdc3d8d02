//! Whether the browser says that it has a network. It may say so wrongly: that is why the engine
//! takes it as a hint.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, window};

/// The browser's two events, in the order of `Watch::new`.
const NAMES: [&str; 2] = ["online", "offline"];

/// Listens until it is dropped.
pub struct Watch([Closure<dyn FnMut(Event)>; 2]);

impl Watch {
    /// Calls one of them whenever the browser finds or loses its network.
    pub fn new(online: impl FnMut() + 'static, offline: impl FnMut() + 'static) -> Self {
        let (mut online, mut offline) = (online, offline);
        let watch = Self([
            Closure::new(move |_: Event| online()),
            Closure::new(move |_: Event| offline()),
        ]);
        if let Some(window) = window() {
            for (name, act) in NAMES.into_iter().zip(&watch.0) {
                let act = act.as_ref().unchecked_ref();
                // Adding a listener to the window can't fail.
                let _ = window.add_event_listener_with_callback(name, act);
            }
        }
        watch
    }

    /// Whether there is a network now, as far as the browser knows.
    pub fn is_online() -> bool {
        window().is_none_or(|window| window.navigator().on_line())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(window) = window() {
            for (name, act) in NAMES.into_iter().zip(&self.0) {
                let act = act.as_ref().unchecked_ref();
                // Removing a listener that was added can't fail.
                let _ = window.remove_event_listener_with_callback(name, act);
            }
        }
    }
}
