//! The options of a widget: typed, with defaults, and what was wrong with those that a page gave.
//! One table ([`table`]) says what exists; the reader and `docs/options.md` follow from it.

mod checks;
#[cfg(not(target_arch = "wasm32"))]
mod document;
mod read;
mod spelling;
mod table;
mod values;

#[cfg(not(target_arch = "wasm32"))]
pub use document::{document, samples};
pub use read::read;
pub(crate) use spelling::same;

/// A batch holds no more files than this: a list of them stays usable, and every look-up fast.
pub const FILES_MAX: u32 = 10_000;

/// The Upload API takes no smaller chunks, but for a file's last one.
pub const CHUNK_SIZE_MIN: u64 = 5 * 1024 * 1024;

/// What the official SDKs cut files into. Smaller ones cost a round trip each, larger ones are
/// much to send again when the line breaks.
pub const CHUNK_SIZE: u64 = 20_000_000;

/// Files at once, and chunks of a file at once. More would share the same upstream line and finish
/// no sooner.
pub const PARALLEL: u64 = 3;

/// More would never be under way.
pub const PARALLEL_MAX: u64 = crate::transfer::REQUESTS_MAX as u64;

/// Everything that a page can say about uploads.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The account on the server.
    pub cloud_name: Option<String>,
    /// The server's named settings for unsigned uploads.
    pub upload_preset: Option<String>,
    /// The server's base address, without a slash at its end.
    pub upload_prefix: String,
    /// Where files may come from, in shown order.
    pub sources: Vec<Source>,
    /// Several files, or one.
    pub multiple: bool,
    /// How many, where several are allowed.
    pub max_files: Option<u32>,
    /// Bytes of one file.
    pub max_file_size: Option<u64>,
    /// Bytes of one request: larger files go up in chunks of so many.
    pub max_chunk_size: u64,
    /// Smaller chunks are not sent unless the server tells that it takes them.
    pub chunk_min: u64,
    /// Chunks of one file at once.
    pub max_parallel_chunks: u64,
    /// Files at once.
    pub max_parallel_uploads: u64,
    /// Extensions and groups, lower case without dots. Empty: everything.
    pub client_allowed_formats: Vec<String>,
    /// What the server is to take files for.
    pub resource_type: ResourceType,
    /// The name to store under.
    pub public_id: Option<String>,
    /// The folder to store in.
    pub folder: Option<String>,
    /// Labels of the asset.
    pub tags: Vec<String>,
    /// Names and values kept with the asset.
    pub context: Vec<(String, String)>,
    /// Further parameters of the Upload API, encoded as the wire has them.
    pub params: Vec<(&'static str, String)>,
    /// The public name of the secret that signs.
    pub api_key: Option<String>,
    /// Who signs uploads.
    pub signer: Signer,
    /// Seconds since 1970 that a ready signature was made for.
    pub signature_timestamp: Option<u64>,
    /// Whether the page has a say in each file's parameters (`prepareUploadParams`).
    pub prepare: bool,
    /// How requests go out.
    pub transport: Transport,
    /// What the server's answer is checked against.
    pub verify: Verify,
    /// What becomes of a file that the batch has already.
    pub duplicates: Duplicates,
    /// Whether a file in chunks goes on where it was after the page was left.
    pub resume: bool,
    /// Files up to so many bytes are kept in the browser until they are uploaded.
    pub resume_keep_size: u64,
    /// Whether files without any bytes are taken.
    pub allow_empty_files: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cloud_name: None,
            upload_preset: None,
            upload_prefix: "https://api.cloudinary.com".to_owned(),
            sources: Source::ALL.to_vec(),
            multiple: true,
            max_files: None,
            max_file_size: None,
            max_chunk_size: CHUNK_SIZE,
            chunk_min: CHUNK_SIZE_MIN,
            max_parallel_chunks: PARALLEL,
            max_parallel_uploads: PARALLEL,
            client_allowed_formats: Vec::new(),
            resource_type: ResourceType::Auto,
            public_id: None,
            folder: None,
            tags: Vec::new(),
            context: Vec::new(),
            params: Vec::new(),
            api_key: None,
            signer: Signer::Nobody,
            signature_timestamp: None,
            prepare: false,
            transport: Transport::Auto,
            verify: Verify::Size,
            duplicates: Duplicates::Allow,
            resume: true,
            resume_keep_size: 0,
            allow_empty_files: false,
        }
    }
}

impl Options {
    /// How many files a batch takes with these options.
    pub fn files_max(&self) -> u32 {
        if self.multiple {
            self.max_files.map_or(FILES_MAX, |max| max.min(FILES_MAX))
        } else {
            1
        }
    }

    /// Whether an upload can be tried at all.
    pub const fn can_upload(&self) -> bool {
        self.cloud_name.is_some() && (self.upload_preset.is_some() || self.is_signed())
    }

    /// Whether uploads are signed: by the page, by its server, or beforehand.
    pub const fn is_signed(&self) -> bool {
        self.prepare || !matches!(self.signer, Signer::Nobody)
    }
}

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
}

impl Source {
    /// All there are, in the order in which they are shown.
    pub const ALL: &[Self] = &[Self::Local];

    /// Its name in the options and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
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

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing changes for the person: a word to the page's developer.
    Warning,
    /// Something that the page asked for won't happen.
    Error,
}

/// Something wrong with one option; the widget opens all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionProblem {
    /// The option's name, as the page wrote it.
    pub option: String,
    /// What is wrong and what to do about it, in English.
    pub message: String,
    /// How bad it is.
    pub severity: Severity,
}
