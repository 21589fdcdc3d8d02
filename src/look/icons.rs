//! Icons as SVG path data on a 24 × 24 grid, drawn with round strokes of 1.75 in the text's
//! colour. Inline, because a strict page may forbid images from data: URLs.

/// Close, cancel, remove.
pub const CROSS: &str = "M6 6l12 12M18 6L6 18";
/// Retry: an arrow around.
pub const RETRY: &str = "M19 12a7 7 0 1 1-2.05-4.95L19.5 9.5M19.5 4.5v5h-5";
/// Back to where one came from.
pub const BACK: &str = "M19 12H5M11 6l-6 6 6 6";
/// As it was.
pub const UNDO: &str = "M9 6L4.5 10.5L9 15M5 10.5h9a4.5 4.5 0 0 1 0 9h-3";
/// As in a mirror.
pub const FLIP: &str = "M12 4v16M8.5 8L4 16h4.5zM15.5 8l4.5 8h-4.5z";
/// Pause: two bars.
pub const PAUSE: &str = "M9 6.5v11M15 6.5v11";
/// Go on.
pub const PLAY: &str = "M8.5 5.5l10 6.5-10 6.5z";
/// Before the others.
pub const NEXT: &str = "M12 18.5v-11M7.5 12L12 7.5l4.5 4.5M6 4.5h12";
/// Stored.
pub const CHECK: &str = "M5 12.5l4.5 4.5L19 7.5";
/// Trouble.
pub const ALERT: &str = "M12 8v5M12 16.4v.1M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z";
/// Drop here.
pub const UPLOAD: &str = "M12 16V5M7.5 9.5L12 5l4.5 4.5M4.5 16v2.5h15V16";
/// A picture.
pub const IMAGE: &str = "M4 5.5h16v13H4zM4 15.5l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9.2v.1";
/// A film.
pub const VIDEO: &str = "M4 6.5h11v11H4zM15 10.5l5-2.5v8l-5-2.5";
/// A sound.
pub const AUDIO: &str = "M9 17.5V6l10-1.5V16M9 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z\
M19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z";
/// A text or a document.
pub const DOCUMENT: &str = "M6.5 3.5h7l4.5 4.5v12.5h-11.5zM13.5 3.5V8H18M9.5 12.5h5M9.5 16h5";
/// A table.
pub const SHEET: &str = "M5 4.5h14v15H5zM5 9.5h14M5 14.5h14M10 9.5v10";
/// Slides.
pub const SLIDES: &str = "M3.5 4.5h17M5 4.5V15h14V4.5M12 15v3M8.5 20.5L12 18l3.5 2.5";
/// A text for machines.
pub const CODE: &str = "M8.5 8L4 12l4.5 4M15.5 8l4.5 4-4.5 4M13.5 5.5l-3 13";
/// Letters.
pub const FONT: &str = "M5 19L11 5h2l6 14M7.5 14h9M3.5 19h4M16.5 19h4";
/// A thing with three dimensions.
pub const MODEL: &str = "M12 3.5l7.5 4.2v8.6L12 20.5l-7.5-4.2V7.7z\
M4.5 7.7L12 12l7.5-4.3M12 12v8.5";
/// An archive.
pub const ARCHIVE: &str = "M4.5 8.5h15v11h-15zM3.5 4.5h17v4h-17zM10 12.5h4";
/// Anything else.
pub const FILE: &str = "M6.5 3.5h7l4.5 4.5v12.5h-11.5zM13.5 3.5V8H18";
/// Files of the device.
pub const FOLDER: &str = "M3.5 6.5h6l2 2.5h9v10h-17z";
/// An address.
pub const LINK: &str = "M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7l-1.2 1.2\
M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.2-1.2";
/// The camera.
pub const CAMERA: &str = "M4 8h3.5l1.5-2.5h6L16.5 8H20v10.5H4z\
M15.2 13a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0z";
/// The screen.
pub const SCREEN: &str = "M3.5 5h17v11h-17zM9 19.5h6M12 16v3.5";
/// The microphone.
pub const MICROPHONE: &str = "M12 3.5a3 3 0 0 1 3 3v4.5a3 3 0 0 1-6 0V6.5a3 3 0 0 1 3-3z\
M5.5 11a6.5 6.5 0 0 0 13 0M12 17.5v3";
/// Make small.
pub const SHRINK: &str = "M6 17.5h12";
/// Make large again.
pub const EXPAND: &str = "M6.5 14.5L12 9l5.5 5.5";
