//! What options can be where they are one of several things: the types of [`super::Options`]'s
//! fields. The words that pages write for them stand in the table's rows.

/// Who signs uploads. The secret is never here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Signer {
    /// They are unsigned.
    #[default]
    Nobody,
    /// A function of the page.
    Page,
    /// An address of the page's server.
    Server(String),
    /// The page has a signature ready; it holds for what it was made for.
    Ready(String),
}

/// How requests go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// By `fetch`, but those that take long by `XMLHttpRequest`.
    #[default]
    Auto,
    /// By `fetch`.
    Fetch,
    /// By `XMLHttpRequest`.
    Xhr,
}

/// What the server's answer is checked against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// The file's size, and its MD5 where the file is small.
    #[default]
    Size,
    /// Both, whatever the size.
    Hash,
    /// Nothing: for presets that change files as they arrive.
    Nothing,
}

/// What becomes of a file that the batch has already, byte for byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// It is uploaded like any other.
    #[default]
    Allow,
    /// It is left out.
    Skip,
    /// The person is asked.
    Ask,
}

/// Where files come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The person's device: browsed for or dropped.
    Local,
    /// Addresses that the server fetches.
    Url,
    /// Photos and films of the camera.
    Camera,
    /// Pictures and films of the screen.
    Screen,
    /// Recordings of the microphone.
    Audio,
    /// The person's Dropbox.
    Dropbox,
    /// The person's Google Drive.
    GoogleDrive,
    /// Pictures that a search engine finds.
    ImageSearch,
    /// Free photos of Unsplash.
    Unsplash,
    /// What the page registered: its place in [`Options::plugins`](super::Options::plugins).
    Plugin(usize),
}

impl Source {
    /// All but those of pages, in the order in which they are shown.
    pub const ALL: &[Self] = &[
        Self::Local,
        Self::Url,
        Self::Camera,
        Self::Screen,
        Self::Audio,
        Self::Dropbox,
        Self::GoogleDrive,
        Self::ImageSearch,
        Self::Unsplash,
    ];

    /// Those that are shown when a page names none.
    pub const USUAL: &[Self] = &[Self::Local, Self::Url, Self::Camera];

    /// Whether it is another service's, in a file of its own that is fetched for those who name
    /// it and have the service's key.
    pub const fn is_service(self) -> bool {
        matches!(
            self,
            Self::Dropbox | Self::GoogleDrive | Self::ImageSearch | Self::Unsplash
        )
    }

    /// Its name in the options and events; empty for one that the page registered.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Url => "url",
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::Audio => "audio",
            Self::Dropbox => "dropbox",
            Self::GoogleDrive => "google_drive",
            Self::ImageSearch => "image_search",
            Self::Unsplash => "unsplash",
            Self::Plugin(_) => "",
        }
    }
}

/// What a server takes a file for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResourceType {
    /// What its content says.
    #[default]
    Auto,
    /// A picture (also PDF).
    Image,
    /// A video or sound.
    Video,
    /// Bytes to be kept as they are.
    Raw,
}

impl ResourceType {
    /// All there are.
    pub const ALL: &[Self] = &[Self::Auto, Self::Image, Self::Video, Self::Raw];

    /// Its name in the options and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Image => "image",
            Self::Video => "video",
            Self::Raw => "raw",
        }
    }
}

/// Which colours the widget has before `styles`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Light or dark, as the person's system is.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// Light with a coloured frame.
    Default,
    /// All white.
    White,
    /// White with thin lines and little colour.
    Minimal,
    /// Dark violet.
    Purple,
}

/// Which parameter gets the box that a person crops to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CroppingCoordinates {
    /// `custom_coordinates`.
    #[default]
    Custom,
    /// `face_coordinates`.
    Face,
}

/// What cropping makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CroppingOutput {
    /// The whole picture goes up, with the box beside it.
    #[default]
    Coordinates,
    /// Only what is in the box goes up.
    Pixels,
}

/// A place in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first element that fits a CSS selector.
    Selector(String),
    /// An element, which the browser layer keeps.
    Element,
}

/// What a file is encrypted with before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// The secret, any text.
    pub key: String,
    /// The starting value, any text.
    pub iv: String,
}
