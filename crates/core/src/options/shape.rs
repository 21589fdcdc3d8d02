//! The options themselves: typed, each with its default. A field is named like its option, and
//! those that belong together stand in a struct.

use super::choices::{
    CroppingCoordinates, CroppingOutput, Duplicates, Encryption, Place, ResourceType, Signer,
    Source, Theme, Transport, Verify,
};
use super::{CHUNK_SIZE, CHUNK_SIZE_MIN, FILES_MAX, PARALLEL, PARALLEL_AUTOMATIC};
use crate::protocol::value::Value;

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
    /// The source that is shown first.
    pub default_source: Option<Source>,
    /// The ids of the sources that the page registered.
    pub plugins: Vec<String>,
    /// Several files, or one.
    pub multiple: bool,
    /// How many, where several are allowed.
    pub max_files: Option<u32>,
    /// Bytes of one file.
    pub max_file_size: Option<u64>,
    /// Bytes that a file must have.
    pub min_file_size: Option<u64>,
    /// Bytes of one picture.
    pub max_image_file_size: Option<u64>,
    /// Bytes of one video or sound.
    pub max_video_file_size: Option<u64>,
    /// Bytes of one file of any other kind.
    pub max_raw_file_size: Option<u64>,
    /// Bytes of one request: larger files go up in chunks of so many.
    pub max_chunk_size: u64,
    /// Smaller chunks are not sent unless the server tells that it takes them.
    pub chunk_min: u64,
    /// Chunks of one file at once.
    pub max_parallel_chunks: u64,
    /// Files at once, or `PARALLEL_AUTOMATIC`.
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
    /// What files are encrypted with before they are sent.
    pub encryption: Option<Encryption>,
    /// How large pictures may be, and what is made of them.
    pub images: Images,
    /// The step in which pictures are cropped.
    pub crop: Crop,
    /// What other services know the page by.
    pub services: Services,
    /// What becomes of the page around the widget.
    pub page: Page,
    /// How the widget looks and speaks.
    pub look: Look,
    /// What the widget shows, and when.
    pub flow: Flow,
    /// Which functions the page gave; the browser layer keeps them.
    pub asks: Asks,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cloud_name: None,
            upload_preset: None,
            upload_prefix: "https://api.cloudinary.com".to_owned(),
            sources: Source::USUAL.to_vec(),
            default_source: None,
            plugins: Vec::new(),
            multiple: true,
            max_files: None,
            max_file_size: None,
            min_file_size: None,
            max_image_file_size: None,
            max_video_file_size: None,
            max_raw_file_size: None,
            max_chunk_size: CHUNK_SIZE,
            chunk_min: CHUNK_SIZE_MIN,
            max_parallel_chunks: PARALLEL,
            max_parallel_uploads: PARALLEL_AUTOMATIC,
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
            encryption: None,
            images: Images::default(),
            crop: Crop::default(),
            services: Services::default(),
            page: Page::default(),
            look: Look::default(),
            flow: Flow::default(),
            asks: Asks::default(),
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

    /// A source's name, of those that the page registered too.
    pub fn source_name(&self, source: Source) -> &str {
        match source {
            Source::Plugin(at) => self.plugins.get(at).map_or("", String::as_str),
            known => known.name(),
        }
    }
}

/// How large pictures may be, and what is made of them. Sides in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// Wider ones are scaled down, or refused.
    pub max_image_width: Option<u32>,
    /// Taller ones are scaled down, or refused.
    pub max_image_height: Option<u32>,
    /// Whether those beyond are refused.
    pub validate_max_width_height: bool,
    /// Narrower ones are refused.
    pub min_image_width: Option<u32>,
    /// Flatter ones are refused.
    pub min_image_height: Option<u32>,
    /// Of what is encoded anew, in percent.
    pub image_quality: u64,
    /// Whether the place and the device are taken out of pictures. Those that the widget's camera
    /// took have none.
    pub strip_metadata: Option<bool>,
}

impl Default for Images {
    fn default() -> Self {
        Self {
            max_image_width: None,
            max_image_height: None,
            validate_max_width_height: false,
            min_image_width: None,
            min_image_height: None,
            image_quality: 85,
            strip_metadata: None,
        }
    }
}

/// The step in which pictures are cropped.
#[derive(Clone, Debug, PartialEq)]
pub struct Crop {
    /// Whether there is one.
    pub cropping: bool,
    /// Whether a person may leave a picture as it is.
    pub show_skip_crop_button: bool,
    /// Width by height of the box; any when not said.
    pub cropping_aspect_ratio: Option<f64>,
    /// The first box's size, as a part of the picture's.
    pub cropping_default_selection_ratio: f64,
    /// Whether the box says its size.
    pub cropping_show_dimensions: bool,
    /// Which parameter gets the box.
    pub cropping_coordinates_mode: CroppingCoordinates,
    /// Whether a person may go back to the sources.
    pub cropping_show_back_button: bool,
    /// Whether the limits of [`Images`] are the box's.
    pub cropping_validate_dimensions: bool,
    /// What goes up.
    pub cropping_output: CroppingOutput,
}

impl Default for Crop {
    fn default() -> Self {
        Self {
            cropping: false,
            show_skip_crop_button: true,
            cropping_aspect_ratio: None,
            cropping_default_selection_ratio: 1.0,
            cropping_show_dimensions: false,
            cropping_coordinates_mode: CroppingCoordinates::Custom,
            cropping_show_back_button: true,
            cropping_validate_dimensions: false,
            cropping_output: CroppingOutput::Coordinates,
        }
    }
}

/// What other services know the page by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Services {
    /// Dropbox.
    pub dropbox_app_key: Option<String>,
    /// Google's search, and Drive.
    pub google_api_key: Option<String>,
    /// Google Drive.
    pub google_drive_client_id: Option<String>,
    /// The page's search engine at Google.
    pub google_search_engine_id: Option<String>,
    /// Unsplash.
    pub unsplash_access_key: Option<String>,
    /// Where pictures are searched: hosts, or `all`.
    pub search_by_sites: Vec<String>,
    /// Whether a person may choose by licence.
    pub search_by_rights: bool,
}

impl Services {
    /// The option without which a source can't be had, where it is not given.
    pub fn lacks(&self, source: Source) -> Option<&'static str> {
        let google = ("googleApiKey", &self.google_api_key);
        let needed = match source {
            Source::Dropbox => [Some(("dropboxAppKey", &self.dropbox_app_key)), None],
            Source::GoogleDrive => {
                let client = ("googleDriveClientId", &self.google_drive_client_id);
                [Some(client), Some(google)]
            }
            Source::ImageSearch => {
                let engine = ("googleSearchEngineId", &self.google_search_engine_id);
                [Some(google), Some(engine)]
            }
            Source::Unsplash => [Some(("unsplashAccessKey", &self.unsplash_access_key)), None],
            _ => [None, None],
        };
        let lacking = |(_, key): &(_, &Option<String>)| key.as_ref().is_none_or(String::is_empty);
        let found = needed.into_iter().flatten().find(lacking);
        found.map(|(name, _)| name)
    }
}

impl Default for Services {
    fn default() -> Self {
        Self {
            dropbox_app_key: None,
            google_api_key: None,
            google_drive_client_id: None,
            google_search_engine_id: None,
            unsplash_access_key: None,
            search_by_sites: vec!["all".to_owned()],
            search_by_rights: false,
        }
    }
}

/// What becomes of the page around the widget.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// What gets the hidden fields.
    pub form: Option<Place>,
    /// The name of those fields.
    pub field_name: Option<String>,
    /// What gets the thumbnails.
    pub thumbnails: Option<Place>,
    /// What thumbnails are made by: a text, an object, or a list of them.
    pub thumbnail_transformation: Option<Value>,
    /// What the widget is shown in, instead of above the page.
    pub inline_container: Option<Place>,
    /// Whether the page can stop the widget by an `AbortSignal`.
    pub signal: bool,
    /// Whether what happens is written down ([`crate::trace`]).
    pub flight_recorder: bool,
}

/// How the widget looks and speaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The classes of the button that `applyUploadWidget` makes.
    pub button_class: String,
    /// Its words, where they are the page's.
    pub button_caption: Option<String>,
    /// The colours.
    pub theme: Theme,
    /// Changes of colours and letters, as the page wrote them.
    pub styles: Option<Value>,
    /// The language of the widget, such as `pt-BR`; the page's when not said.
    pub language: Option<String>,
    /// Other words by language, as the page wrote them.
    pub text: Option<Value>,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            button_class: "cloudinary-button".to_owned(),
            button_caption: None,
            theme: Theme::Auto,
            styles: None,
            language: None,
            text: None,
        }
    }
}

/// What the widget shows, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Whether it becomes small when uploads begin.
    pub auto_minimize: bool,
    /// Where it is when it is small: `side:distance`.
    pub queue_view_position: String,
    /// Whether it closes when its one file is uploaded (`multiple: false`).
    pub single_upload_auto_close: bool,
    /// Whether more files may be added when all are done.
    pub show_upload_more_button: bool,
    /// Whether there is a button that tells the page what is done.
    pub show_completed_button: bool,
    /// Whether people may change name, labels and preset.
    pub show_advanced_options: bool,
    /// Whether files wait until a person sends them.
    pub review: bool,
    /// What people are asked about each file, as the page wrote it.
    pub metadata_fields: Option<Value>,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            auto_minimize: false,
            queue_view_position: "right:35px".to_owned(),
            single_upload_auto_close: true,
            show_upload_more_button: true,
            show_completed_button: false,
            show_advanced_options: false,
            review: false,
            metadata_fields: None,
        }
    }
}

impl Flow {
    /// Whether a person looks at what was chosen before it is sent: because the page wants that, or
    /// because there is something to ask about each file.
    pub fn reviews(&self) -> bool {
        let asks = |fields: &Value| matches!(fields, Value::List(list) if !list.is_empty());
        self.review || self.metadata_fields.as_ref().is_some_and(asks)
    }
}

/// Which functions the page gave; the browser layer keeps them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// Labels that begin like what a person writes.
    pub get_tags: bool,
    /// Presets that a person may choose from.
    pub get_upload_presets: bool,
    /// Whether the chosen files may go up at all.
    pub pre_batch: bool,
    /// Whether one file may go up.
    pub validate: bool,
}
