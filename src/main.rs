//! What Trunk builds: the widget's JavaScript surface as one wasm module. The page's loader
//! (`www/script/plimsoll.js`) starts it; there is nothing to do before a widget is made.

#![cfg_attr(target_arch = "wasm32", no_main)]

// Links the library, whose exports are the module.
use plimsoll as _;

/// Natively there is nothing to run: `cargo xtask demo` is the way to see the widget.
#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The widget runs in a browser. Try: cargo xtask demo");
}
