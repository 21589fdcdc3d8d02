//! Thumbnails: painted into canvases, which survives pages whose policy forbids blob images, by
//! `www/script/picture.js`, which knows whether a worker may do it.

use std::cell::Cell;

use web_sys::{File, HtmlCanvasElement};

use super::script;

/// Twice the widest tile, for screens with two pixels to the point.
const WIDTH: u32 = 192;

/// The thumbnails of one widget.
#[derive(Default)]
pub struct Previews {
    /// Whether there is something to end.
    begun: Cell<bool>,
}

impl Previews {
    /// Paints the picture in `file` on `canvas`, some time; never, if it can't be decoded, or once
    /// the canvas has left the page.
    pub fn paint(&self, file: &File, canvas: &HtmlCanvasElement) {
        self.begun.set(true);
        // It shows the canvas itself.
        let _ = script::picture::thumbnail(file, canvas, WIDTH);
    }
}

impl Drop for Previews {
    fn drop(&mut self) {
        if self.begun.get() {
            // Nobody waits for it.
            let _ = script::picture::rest();
        }
    }
}
