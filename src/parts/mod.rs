//! Dumb pieces of the screens: given texts and functions, they show and call. They know the look
//! and nothing of uploads.

mod button;
mod el;
mod icon;
mod progress;

pub use button::{button, icon_button};
pub use el::{El, el, style, svg};
pub use icon::{icon, live_icon};
pub use progress::progress;
