//! The formats that results may have, and writing them.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder, ImageError};

use super::pixels;

/// Hardly visible losses at a fifth of the bytes; the usual choice for the web.
const JPEG_QUALITY: u8 = 82;
/// Where JPEG has no transparency, what was clear becomes this.
const WHITE: [u8; 4] = [255; 4];

/// A format that we can read and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Jpeg,
    Png,
    Gif,
    Webp,
}

impl Encoding {
    /// By the wire's name.
    pub fn of(extension: &str) -> Option<Self> {
        match extension {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "gif" => Some(Self::Gif),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }

    /// The wire's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }

    /// The `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }
}

/// Writes a picture; only JPEG loses anything, so the quality is its alone.
pub fn encode(
    image: &DynamicImage,
    encoding: Encoding,
    quality: Option<u8>,
    profile: Option<Vec<u8>>,
) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    match encoding {
        Encoding::Jpeg => {
            let quality = quality.unwrap_or(JPEG_QUALITY);
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
            keep_profile(&mut encoder, profile);
            pixels::on_ground(image, WHITE).write_with_encoder(encoder)?;
        }
        Encoding::Png => {
            let mut encoder = PngEncoder::new(&mut bytes);
            keep_profile(&mut encoder, profile);
            image.write_with_encoder(encoder)?;
        }
        Encoding::Webp => {
            let mut encoder = WebPEncoder::new_lossless(&mut bytes);
            keep_profile(&mut encoder, profile);
            image.write_with_encoder(encoder)?;
        }
        Encoding::Gif => {
            let clear = DynamicImage::ImageRgba8(image.to_rgba8());
            clear.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Gif)?;
        }
    }
    Ok(bytes)
}

/// Without its profile a wide-gamut photo looks dull.
fn keep_profile(encoder: &mut impl ImageEncoder, profile: Option<Vec<u8>>) {
    if let Some(profile) = profile {
        // Formats without room for a profile say so; the picture is still right to look at.
        let _unsupported = encoder.set_icc_profile(profile);
    }
}
