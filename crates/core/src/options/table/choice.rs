//! The rows of what may be chosen, and what is made of pictures before they are sent.

use super::super::{CroppingCoordinates, CroppingOutput, Duplicates, checks};
use super::*;

const DUPLICATES: [Duplicates; 3] = [Duplicates::Allow, Duplicates::Skip, Duplicates::Ask];
const COORDINATES: [CroppingCoordinates; 2] =
    [CroppingCoordinates::Custom, CroppingCoordinates::Face];
const OUTPUTS: [CroppingOutput; 2] = [CroppingOutput::Coordinates, CroppingOutput::Pixels];

/// In documented order.
pub(super) static ROWS: &[Row] = &[
    row!(CHOICE, "sources", Slot::Sources,
        "list of texts", "null", ts: "Source[]", example: r#"["local", "camera"]"#,
        "Where files may come from, in the order shown: `local` (browse and drop), `url`, "
        "`camera`, `screen`, `audio`, `dropbox`, `google_drive`, `image_search`, `unsplash`, and "
        "the ids of sources that the page registered. Not given, or an empty list, means "
        "`local`, `url` and `camera`. Sources of other services need the page's keys, and are left "
        "out without them. What the browser can't do on this page is left out: a camera "
        "needs https, and a phone can't share its screen."),
    row!(CHOICE, "defaultSource", Slot::DefaultSource,
        "text", "null", ts: "Source", example: r#""local""#,
        "The source that is shown first; not given, the first of `sources`."),
    row!(CHOICE, "multiple", Slot::Flag(|o| &mut o.multiple),
        "true or false", "true", example: "false",
        "Whether several files may be chosen. With `false` a new choice replaces a file whose "
        "upload has ended."),
    row!(CHOICE, "maxFiles", Slot::Count(|o| &mut o.max_files),
        "whole number", "null", example: "10",
        "How many files a batch takes; those beyond are left out, and the callback gets "
        "`batch-cancelled`. Never more than 10,000. Has no meaning with `multiple: false`."),
    row!(CHOICE, "maxFileSize", Slot::Bytes(|o| &mut o.max_file_size),
        "whole number of bytes", "null", example: "5000000",
        "Larger files are refused before anything is sent. The server's own limit holds besides."),
    row!(CHOICE, "maxImageFileSize", Slot::Bytes(|o| &mut o.max_image_file_size),
        "whole number of bytes", "null", example: "5000000",
        "The same for pictures, beside `maxFileSize`."),
    row!(CHOICE, "maxVideoFileSize", Slot::Bytes(|o| &mut o.max_video_file_size),
        "whole number of bytes", "null", example: "100000000",
        "The same for videos and sound."),
    row!(CHOICE, "maxRawFileSize", Slot::Bytes(|o| &mut o.max_raw_file_size),
        "whole number of bytes", "null", example: "1000000",
        "The same for all other files."),
    row!(CHOICE, "minFileSize", Slot::Bytes(|o| &mut o.min_file_size),
        "whole number of bytes", "null", example: "1000",
        "Smaller files are refused."),
    row!(CHOICE, "clientAllowedFormats", Slot::Formats,
        "list of texts", "null", example: r#"["image", "pdf"]"#,
        "Extensions (`png`), or the groups `image`, `video` and `audio`; anything else is refused. "
        "Case does not matter, `jpg` and `jpeg` are the same. A convenience for people, not a "
        "protection: the server decides what it stores."),
    row!(CHOICE, "duplicates",
        Slot::Word(&["allow", "skip", "ask"], |o, at| o.duplicates = DUPLICATES[at]),
        "`allow`, `skip` or `ask`", r#""allow""#, example: r#""ask""#,
        "What becomes of a file that the list has already, byte for byte: it is uploaded as well, "
        "left out with the reason, or the person is asked."),
    row!(CHOICE, "allowEmptyFiles", Slot::Flag(|o| &mut o.allow_empty_files),
        "true or false", "false", example: "true",
        "Whether files without any bytes are taken. Most servers refuse them."),
    row!(CHOICE, "validate", Slot::Function(|o| &mut o.asks.validate),
        "function", "null", ts: "Validate", example: "null",
        "A function `(file)` that is asked about each file that the widget would take. It returns "
        "nothing, or a promise of nothing, for one that is good, and a text that says why not for "
        "one that is refused."),
    row!(PICTURES, "maxImageWidth", Slot::Count(|o| &mut o.images.max_image_width),
        "whole number of pixels", "null", example: "2000",
        "Wider pictures are scaled down before they are sent; see `validateMaxWidthHeight`."),
    row!(PICTURES, "maxImageHeight", Slot::Count(|o| &mut o.images.max_image_height),
        "whole number of pixels", "null", example: "2000",
        "Taller pictures are scaled down before they are sent."),
    row!(PICTURES, "validateMaxWidthHeight",
        Slot::Flag(|o| &mut o.images.validate_max_width_height),
        "true or false", "false", example: "true",
        "Pictures beyond `maxImageWidth` and `maxImageHeight` are refused instead of scaled."),
    row!(PICTURES, "minImageWidth", Slot::Count(|o| &mut o.images.min_image_width),
        "whole number of pixels", "null", example: "200",
        "Narrower pictures are refused."),
    row!(PICTURES, "minImageHeight", Slot::Count(|o| &mut o.images.min_image_height),
        "whole number of pixels", "null", example: "200",
        "Flatter pictures are refused."),
    row!(PICTURES, "imageQuality", Slot::Within(|o| &mut o.images.image_quality, 1, 100),
        "whole number from 1 to 100", "85", example: "92",
        "The quality of pictures that are encoded anew, because they were scaled or cut."),
    row!(PICTURES, "stripMetadata", Slot::Maybe(|o| &mut o.images.strip_metadata),
        "true or false", "null", example: "true",
        "Whether place, device, previews and comments are taken out of JPEG, PNG and WebP before "
        "they are sent, without encoding them anew. How a picture is turned and what its colours "
        "mean stays. Broken pictures and other formats are sent as they are. Not given, nothing "
        "is taken out; what the widget's own camera takes has none of it."),
    row!(CROPPING, "cropping", Slot::Cropping,
        "true or false", "false", ts: r#"boolean | "server""#, example: "true",
        "Whether pictures can be cropped before they are sent. Also with several files."),
    row!(CROPPING, "showSkipCropButton", Slot::Flag(|o| &mut o.crop.show_skip_crop_button),
        "true or false", "true", example: "false",
        "Whether a picture may be left as it is."),
    row!(CROPPING, "croppingAspectRatio", Slot::Ratio(|o| &mut o.crop.cropping_aspect_ratio),
        "number, or a text such as `16:9`", "null", ts: "number | string", example: "1.5",
        "Width by height of the box. Not given, any."),
    row!(CROPPING, "croppingDefaultSelectionRatio",
        Slot::Part(|o| &mut o.crop.cropping_default_selection_ratio),
        "number from 0.1 to 1", "1.0", ts: "number", example: "0.9",
        "How much of the picture the first box covers."),
    row!(CROPPING, "croppingShowDimensions", Slot::Flag(|o| &mut o.crop.cropping_show_dimensions),
        "true or false", "false", example: "true",
        "Whether the box shows its size in pixels."),
    row!(CROPPING, "croppingCoordinatesMode",
        Slot::Word(&["custom", "face"], |o, at| {
            o.crop.cropping_coordinates_mode = COORDINATES[at];
        }),
        "`custom` or `face`", r#""custom""#, example: r#""face""#,
        "Which parameter gets the box: `custom_coordinates` or `face_coordinates`, as "
        "`x,y,width,height` in the picture's own pixels."),
    row!(CROPPING, "croppingShowBackButton",
        Slot::Flag(|o| &mut o.crop.cropping_show_back_button),
        "true or false", "true", example: "false",
        "Whether there is a way back to the sources from the cropping step."),
    row!(CROPPING, "croppingValidateDimensions",
        Slot::Flag(|o| &mut o.crop.cropping_validate_dimensions),
        "true or false", "false", example: "true",
        "Whether the limits of width and height are those of the box, instead of the picture's."),
    row!(CROPPING, "croppingOutput",
        Slot::Word(&["coordinates", "pixels"], |o, at| o.crop.cropping_output = OUTPUTS[at]),
        "`coordinates` or `pixels`", r#""coordinates""#, example: r#""pixels""#,
        "What cropping makes: the whole picture with the box beside it, or only what is in it."),
    row!(SERVICES, "dropboxAppKey",
        Slot::Text(|o| &mut o.services.dropbox_app_key, checks::anything),
        "text", "null", example: r#""abcdefghijklmno""#,
        "The page's key at Dropbox, which the source `dropbox` needs."),
    row!(SERVICES, "googleApiKey",
        Slot::Text(|o| &mut o.services.google_api_key, checks::anything),
        "text", "null", example: r#""AIzaExample""#,
        "The page's key at Google, which the sources `google_drive` and `image_search` need."),
    row!(SERVICES, "googleSearchEngineId",
        Slot::Text(|o| &mut o.services.google_search_engine_id, checks::anything),
        "text", "null", example: r#""0123456789abcdef0""#,
        "The page's Programmable Search Engine at Google (`cx`), which the source `image_search` "
        "needs."),
    row!(SERVICES, "searchBySites", Slot::Texts(|o| &mut o.services.search_by_sites),
        "list of texts", r#"["all"]"#, example: r#"["all", "example.com"]"#,
        "Where `image_search` may look: hosts, or `all`. Of several, people choose one."),
    row!(SERVICES, "searchByRights", Slot::Flag(|o| &mut o.services.search_by_rights),
        "true or false", "false", example: "true",
        "Whether people may choose by licence in `image_search`."),
    row!(SERVICES, "googleDriveClientId",
        Slot::Text(|o| &mut o.services.google_drive_client_id, checks::anything),
        "text", "null", example: r#""1234.apps.googleusercontent.com""#,
        "The page's client ID at Google, which the source `google_drive` needs."),
    row!(SERVICES, "unsplashAccessKey",
        Slot::Text(|o| &mut o.services.unsplash_access_key, checks::anything),
        "text", "null", example: r#""exampleAccessKey""#,
        "The page's access key at Unsplash, which the source `unsplash` needs."),
];
