//! Dumb pieces of the screens: given texts and functions, they show and call. They know the look
//! and nothing of uploads.

mod button;
mod icon;
mod progress;

pub use button::icon_button;
pub use icon::icon;
pub use progress::progress;

/// A text that follows what it reads. Boxed, because each closure type of its own would be
/// compiled into views of its own.
pub type Text = Box<dyn FnMut() -> String + Send>;

/// Whether something is there, likewise.
pub type Flag = Box<dyn FnMut() -> bool + Send>;

/// Boxes a function that gives a text.
pub fn text(read: impl FnMut() -> String + Send + 'static) -> Text {
    Box::new(read)
}

/// Boxes a function that tells whether something is there.
pub fn flag(read: impl FnMut() -> bool + Send + 'static) -> Flag {
    Box::new(read)
}
