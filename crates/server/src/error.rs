//! What can go wrong, as rows: code, status, sentence. The sentences are the wire's own where it
//! has one, because clients compare them. Nothing here tells paths, versions or causes.

mod access;
mod chunk;
mod form;
mod remote;
mod storage;
mod text;

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;

use crate::store::Denial;
use text::{header_text, humanised, shown, whole_seconds};

pub use access::AccessError;
pub use remote::RemoteError;
pub use storage::StorageError;

/// The parameters that an unsigned upload may send, in the order of the wire's own error text.
pub const UNSIGNED_PARAMETERS: [&str; 18] = [
    "upload_preset",
    "callback",
    "public_id",
    "folder",
    "asset_folder",
    "tags",
    "context",
    "metadata",
    "face_coordinates",
    "custom_coordinates",
    "source",
    "filename_override",
    "manifest_transformation",
    "manifest_json",
    "template",
    "template_vars",
    "regions",
    "public_id_prefix",
];

/// When a new upload may be tried again where too many are unfinished: some end every minute.
const CROWDED_WAIT: Duration = Duration::from_secs(30);

/// An answer that isn't an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    PresetMissing,
    PresetNotFound,
    PresetNotUnsigned,
    PublicIdNotAllowed,
    ParameterNotAllowed(String),
    ParameterUnsupported(String),
    ParameterTwice(String),
    ParameterTooLong(String),
    ParameterInvalid {
        name: String,
        reason: String,
    },
    TooManyParts,
    NameTooLong,
    Malformed(&'static str),
    NoForm,
    /// Who sends the request isn't believed.
    Access(AccessError),
    ParameterMissing(&'static str),
    /// A delete token that is wrong, old or used.
    TokenInvalid,
    PartInvalid,
    PartWithRange,
    PartConflict,
    PartNotBegun,
    UploadIdMissing,
    UploadUnknown,
    RangeInvalid,
    /// The file part isn't as long as `Content-Range` says.
    ChunkLength {
        got: u64,
        promised: u64,
    },
    ChunkTooSmall {
        min: u64,
    },
    TooManyChunks,
    ChunkConflict,
    /// Bytes before the chunk are missing, this one first.
    ChunkGap(u64),
    /// A newer request sends the same bytes.
    ChunkSuperseded,
    /// An address where a chunk was promised.
    RemoteChunk,
    Remote(RemoteError),
    FileMissing,
    FileTwice,
    FileEmpty,
    FileTooLarge {
        got: u64,
        max: u64,
    },
    ImageInvalid,
    VideoInvalid,
    FormatNotAllowed(String),
    UploadIdInvalid,
    CloudUnknown(String),
    ResourceTypeUnknown(String),
    AssetNotFound,
    PageNotFound,
    MethodNotAllowed,
    TransformationInvalid(String),
    ImageTooManyPixels(u32),
    ImageBroken,
    /// It takes longer to decode than any picture should.
    ImageTooSlow,
    /// Too many pictures are being worked on.
    ImageBusy,
    /// The signature in a delivery address is missing or wrong.
    DeliveryUnsigned,
    /// The client stopped sending; nobody hears this answer.
    BodyLost,
    /// The client sends too little to be waited for.
    BodySlow,
    /// A page of an origin that the site doesn't allow.
    OriginRefused,
    /// Too many requests, or too many uploads at once.
    RateLimited {
        wait: Duration,
    },
    /// Nothing can be kept at the moment.
    Storage(StorageError),
    /// Our own trouble; the log has the cause.
    Internal,
}

/// Code, status and message of an error.
type Row = (&'static str, u16, String);

impl ApiError {
    /// The stable code, for logs.
    pub fn code(&self) -> &'static str {
        self.row().0
    }

    /// The HTTP status. The wire's SDKs read bodies only of 400, 401, 404, 420, 429 and 500.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.row().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The sentence that the client gets.
    pub fn message(&self) -> String {
        self.row().2
    }

    /// Whether the client's file is not to blame.
    pub fn is_ours(&self) -> bool {
        self.status().is_server_error()
    }

    fn row(&self) -> Row {
        use ApiError as E;
        match self {
            E::PresetMissing
            | E::PresetNotFound
            | E::PresetNotUnsigned
            | E::PublicIdNotAllowed
            | E::ParameterNotAllowed(_)
            | E::ParameterUnsupported(_)
            | E::ParameterTwice(_)
            | E::ParameterMissing(_)
            | E::TokenInvalid
            | E::ParameterTooLong(_)
            | E::ParameterInvalid { .. }
            | E::UploadIdInvalid => self.parameter_row(),
            E::TooManyParts
            | E::NameTooLong
            | E::Malformed(_)
            | E::NoForm
            | E::BodyLost
            | E::BodySlow => self.form_row(),
            E::Access(error) => error.row(),
            E::OriginRefused => row(
                "origin.refused",
                403,
                "Pages of this origin may not upload here",
            ),
            E::RateLimited { wait } => row(
                "rate.limited",
                420,
                format!(
                    "Rate limit exceeded. Try again in {} s.",
                    whole_seconds(*wait)
                ),
            ),
            E::Remote(error) => error.row(),
            E::PartInvalid
            | E::PartWithRange
            | E::PartConflict
            | E::PartNotBegun
            | E::UploadIdMissing
            | E::UploadUnknown
            | E::RangeInvalid
            | E::ChunkLength { .. }
            | E::ChunkTooSmall { .. }
            | E::TooManyChunks
            | E::ChunkConflict
            | E::ChunkGap(_)
            | E::ChunkSuperseded => self.chunk_row(),
            E::CloudUnknown(_)
            | E::ResourceTypeUnknown(_)
            | E::MethodNotAllowed
            | E::PageNotFound => self.address_row(),
            E::Storage(error) => error.row(),
            E::Internal => row("internal", 500, "General Error"),
            _ => self.file_row(),
        }
    }

    fn address_row(&self) -> Row {
        use ApiError as E;
        match self {
            E::CloudUnknown(name) => row(
                "cloud.unknown",
                401,
                format!("Invalid cloud_name {}", shown(name)),
            ),
            E::ResourceTypeUnknown(name) => row(
                "resource_type.unknown",
                400,
                format!(
                    "Invalid resource type {}. Use image, video, raw or auto.",
                    shown(name)
                ),
            ),
            E::MethodNotAllowed => row("method.not_allowed", 405, "Method not allowed"),
            _ => row("page.not_found", 404, "Not found"),
        }
    }

    fn parameter_row(&self) -> Row {
        use ApiError as E;
        match self {
            E::PresetMissing => row(
                "preset.missing",
                400,
                "Upload preset must be specified when using unsigned upload",
            ),
            E::PresetNotFound => row("preset.not_found", 400, "Upload preset not found"),
            E::PresetNotUnsigned => row(
                "preset.not_unsigned",
                400,
                "Upload preset must be whitelisted for unsigned uploads",
            ),
            E::PublicIdNotAllowed => row(
                "parameter.public_id_not_allowed",
                400,
                "Public id is not allowed by this upload preset",
            ),
            E::ParameterNotAllowed(name) => row(
                "parameter.not_allowed",
                400,
                format!(
                    "{} parameter is not allowed when using unsigned upload. Only {} upload \
                     parameters are allowed.",
                    humanised(name),
                    UNSIGNED_PARAMETERS.join(",")
                ),
            ),
            E::ParameterUnsupported(name) => row(
                "parameter.unsupported",
                400,
                format!(
                    "{} parameter is not supported by this server",
                    humanised(name)
                ),
            ),
            E::TokenInvalid => row("token.invalid", 400, "Invalid token"),
            E::ParameterMissing(name) => row(
                "parameter.missing",
                400,
                format!("Missing required parameter - {name}"),
            ),
            E::ParameterTwice(name) => row(
                "parameter.twice",
                400,
                format!("{} parameter was sent more than once", humanised(name)),
            ),
            E::ParameterTooLong(name) => row(
                "parameter.too_long",
                400,
                format!(
                    "{} parameter is too long. Maximum is {} bytes.",
                    humanised(name),
                    crate::limits::TEXT_BYTES_MAX
                ),
            ),
            E::ParameterInvalid { name, reason } => row(
                "parameter.invalid",
                400,
                format!("Invalid {} - {reason}", shown(name)),
            ),
            E::UploadIdInvalid => row("upload_id.invalid", 400, "Invalid X-Unique-Upload-Id"),
            _ => row("internal", 500, "General Error"),
        }
    }

    fn file_row(&self) -> Row {
        use ApiError as E;
        match self {
            E::RemoteChunk => row(
                "file.remote_chunk",
                400,
                "A chunk needs the file's bytes, not its address",
            ),
            E::FileMissing => row("file.missing", 400, "Missing required parameter - file"),
            E::FileTwice => row("file.twice", 400, "Only one file per upload is allowed"),
            E::FileEmpty => row("file.empty", 400, "Empty file"),
            E::FileTooLarge { got, max } => row(
                "file.too_large",
                400,
                format!("File size too large. Got {got}. Maximum is {max}."),
            ),
            E::ImageInvalid => row("file.image_invalid", 400, "Invalid image file"),
            E::VideoInvalid => row(
                "file.video_invalid",
                400,
                "Unsupported video format or file",
            ),
            E::FormatNotAllowed(format) => row(
                "file.format_not_allowed",
                400,
                format!("Image file format {} not allowed", shown(format)),
            ),
            E::AssetNotFound => row("asset.not_found", 404, "Resource not found"),
            E::TransformationInvalid(what) => row(
                "transformation.invalid",
                400,
                format!("Invalid transformation - {}", shown(what)),
            ),
            E::ImageTooManyPixels(megapixels) => row(
                "image.too_many_pixels",
                400,
                format!("Maximum image size is {megapixels} Megapixels"),
            ),
            E::ImageBroken => row("image.broken", 400, "Invalid image file"),
            E::ImageTooSlow => row(
                "image.too_slow",
                400,
                "This image takes too long to transform",
            ),
            E::ImageBusy => row(
                "image.busy",
                503,
                "Too many images are being transformed. Try again in a moment.",
            ),
            E::DeliveryUnsigned => row(
                "delivery.unsigned",
                401,
                "Invalid signature in the delivery URL. Sign it with the cloud's API secret.",
            ),
            _ => row("internal", 500, "General Error"),
        }
    }
}

fn row(code: &'static str, status: u16, message: impl Into<String>) -> Row {
    (code, status, message.into())
}

impl From<RemoteError> for ApiError {
    fn from(error: RemoteError) -> Self {
        Self::Remote(error)
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

impl From<io::Error> for ApiError {
    fn from(error: io::Error) -> Self {
        let trouble = StorageError::of(&error);
        if !matches!(trouble, Some(StorageError::UsedUp(_))) {
            tracing::error!(%error, "input or output failed");
        }
        trouble.map_or(Self::Internal, Self::Storage)
    }
}

impl ApiError {
    /// What a denied chunk is told. The smallest size is the one that is in force.
    pub fn denied(denial: Denial, bytes_min: u64) -> Self {
        match denial {
            Denial::Conflict => Self::ChunkConflict,
            Denial::Gap(offset) => Self::ChunkGap(offset),
            Denial::NotBegun => Self::PartNotBegun,
            Denial::TooSmall => Self::ChunkTooSmall { min: bytes_min },
            Denial::TooMany => Self::TooManyChunks,
            Denial::Crowded => Self::RateLimited { wait: CROWDED_WAIT },
            Denial::Superseded => Self::ChunkSuperseded,
            Denial::Disk(error) => error.into(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> axum::response::Response {
        let message = self.message();
        tracing::debug!(code = self.code(), "answered with an error");
        let body = serde_json::json!({ "error": { "message": message } }).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, crate::edge::JSON);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(value) = HeaderValue::from_str(&header_text(&message)) {
            headers.insert("x-cld-error", value);
        }
        match self {
            Self::ChunkGap(offset) => {
                headers.insert("x-upload-offset", HeaderValue::from(offset));
            }
            Self::Storage(StorageError::Full | StorageError::Closed) => {
                let seconds = HeaderValue::from(storage::RETRY_AFTER_SECONDS);
                headers.insert(header::RETRY_AFTER, seconds);
            }
            Self::ImageBusy => {
                // By then, one who was before has its image or was given up.
                let seconds = HeaderValue::from(crate::limits::IMAGE_TIME_MAX.as_secs());
                headers.insert(header::RETRY_AFTER, seconds);
            }
            Self::RateLimited { wait } => {
                let seconds = HeaderValue::from(whole_seconds(wait));
                headers.insert(header::RETRY_AFTER, seconds);
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_unsigned_parameters_reads_as_the_wire_has_it() {
        assert_eq!(
            ApiError::ParameterNotAllowed("return_delete_token".into()).message(),
            "Return delete token parameter is not allowed when using unsigned upload. Only \
             upload_preset,callback,public_id,folder,asset_folder,tags,context,metadata,\
             face_coordinates,custom_coordinates,source,filename_override,\
             manifest_transformation,manifest_json,template,template_vars,regions,\
             public_id_prefix upload parameters are allowed."
        );
    }

    #[test]
    fn what_a_client_sent_never_breaks_a_header() {
        let error = ApiError::ParameterNotAllowed("a\r\nSet-Cookie: \u{202e}b".into());
        let response = error.into_response();
        assert!(response.headers().contains_key("x-cld-error"));
    }
}
