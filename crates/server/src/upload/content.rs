//! What received bytes turned out to be, and whether that is what the address asked for.

use std::io::{self, BufReader};

use imagesize::ImageError;

use crate::error::ApiError;
use crate::movie;
use crate::sniff::{self, Display, Format, ResourceType};
use crate::store::{Reader, Sealed};

/// What the bytes turned out to be.
pub struct Content {
    pub format: &'static Format,
    pub resource_type: ResourceType,
    pub size: Option<(u32, u32)>,
    pub duration_ms: Option<u64>,
}

impl Content {
    /// What the first bytes tell; without a wanted type the content decides.
    pub fn of_head(head: &[u8], wanted: Option<ResourceType>) -> Result<Self, ApiError> {
        let format = sniff::format(head);
        let found = format.resource_type;
        let resource_type = wanted.unwrap_or(found);
        match resource_type {
            ResourceType::Video if found != ResourceType::Video => Err(ApiError::VideoInvalid),
            ResourceType::Image if found != ResourceType::Image => Err(ApiError::ImageInvalid),
            _ => Ok(Self {
                format,
                resource_type,
                size: None,
                duration_ms: None,
            }),
        }
    }

    /// Looks into the whole file.
    pub async fn of(sealed: &Sealed, wanted: Option<ResourceType>) -> Result<Self, ApiError> {
        let whole = Self::of_head(&sealed.head, wanted)?;
        match whole.resource_type {
            ResourceType::Raw => Ok(whole),
            ResourceType::Video => whole.measured(sealed).await,
            // Vector graphics and documents have no pixels of their own.
            ResourceType::Image if whole.format.display == Display::Attachment => Ok(whole),
            ResourceType::Image => {
                let measured = whole.measured(sealed).await?;
                match (measured.size, wanted) {
                    (Some(_), _) => Ok(measured),
                    // It only begins like an image: who let us choose gets it kept as it is.
                    (None, None) => Ok(Self {
                        resource_type: ResourceType::Raw,
                        ..measured
                    }),
                    (None, Some(_)) => Err(ApiError::ImageInvalid),
                }
            }
        }
    }

    /// Refuses what the preset doesn't list; an empty list takes all.
    pub fn check_allowed(&self, allowed: &[String]) -> Result<(), ApiError> {
        let name = self.format.name;
        if allowed.is_empty()
            || allowed
                .iter()
                .any(|format| format.eq_ignore_ascii_case(name))
        {
            return Ok(());
        }
        let shown = if name.is_empty() { "unknown" } else { name };
        Err(ApiError::FormatNotAllowed(shown.to_owned()))
    }

    /// With what the file's headers tell; nothing is decoded here.
    async fn measured(self, sealed: &Sealed) -> Result<Self, ApiError> {
        let reader = BufReader::new(sealed.reader()?);
        let work = move || match self.resource_type {
            ResourceType::Video => {
                let movie = whole_or_broken(movie::read(reader))?.unwrap_or_default();
                Ok(Self {
                    size: movie.size,
                    duration_ms: movie.duration_ms,
                    ..self
                })
            }
            _ => Ok(Self {
                size: pixel_size(reader)?,
                ..self
            }),
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| ApiError::Internal)?
    }
}

fn pixel_size(reader: BufReader<Reader>) -> Result<Option<(u32, u32)>, ApiError> {
    let read = match imagesize::reader_size(reader) {
        Ok(size) => Ok(size),
        Err(ImageError::IoError(error)) => Err(error),
        Err(_) => return Ok(None),
    };
    let side = |pixels: usize| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
    let size = whole_or_broken(read)?;
    Ok(size.and_then(|size| Some((side(size.width)?, side(size.height)?))))
}

/// What was read of a file; nothing where the file is to blame. Trouble of our own is no reason to
/// call somebody's file broken.
fn whole_or_broken<T>(read: io::Result<T>) -> Result<Option<T>, ApiError> {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof) => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
