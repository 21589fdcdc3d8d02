//! Decodes an image, takes the steps, encodes the result. Sizes are checked before any pixel is
//! decoded; memory is limited; it blocks, so it runs on threads of its own.

use std::io::{BufReader, Cursor};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageReader, Limits, metadata::Orientation};

use super::Steps;
use super::steps::{Crop, Gravity, Step};
use crate::error::ApiError;
use crate::limits::IMAGE_ALLOC_BYTES_MAX;
use crate::store::Reader;

/// Hardly visible losses at a fifth of the bytes; the usual choice for the web.
const JPEG_QUALITY: u8 = 82;

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

/// The image after all steps, encoded. Animations give their first frame.
pub fn render(
    source: Reader,
    steps: &Steps,
    encoding: Encoding,
    megapixels_max: u32,
) -> Result<Vec<u8>, ApiError> {
    let (mut image, profile) = decode(source, megapixels_max)?;
    for step in steps.iter() {
        image = take(&image, step);
    }
    encode(&image, encoding, profile)
}

/// The upright image and its colour profile.
fn decode(
    source: Reader,
    megapixels_max: u32,
) -> Result<(DynamicImage, Option<Vec<u8>>), ApiError> {
    let mut reader = ImageReader::new(BufReader::new(source)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(IMAGE_ALLOC_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > u64::from(megapixels_max) * 1_000_000 {
        return Err(ApiError::ImageTooManyPixels(megapixels_max));
    }
    // A profile or orientation that can't be read is no reason to show nothing.
    let profile = decoder.icc_profile().unwrap_or_default();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    image.apply_orientation(orientation);
    Ok((image, profile))
}

fn take(image: &DynamicImage, step: &Step) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    match step.crop {
        Crop::Limit => {
            let (to_width, to_height) = fit(width, height, step);
            scale(image, to_width, to_height)
        }
        Crop::Fill => match (step.width, step.height) {
            (Some(to_width), Some(to_height)) => {
                let (from_width, from_height) = same_shape(width, height, to_width, to_height);
                let x = (width - from_width) / 2;
                let y = (height - from_height) / 2;
                scale(
                    &image.crop_imm(x, y, from_width, from_height),
                    to_width,
                    to_height,
                )
            }
            (Some(to_width), None) => scale(image, to_width, part(height, to_width, width)),
            (None, Some(to_height)) => scale(image, part(width, to_height, height), to_height),
            (None, None) => image.clone(),
        },
        Crop::Cut => {
            let cut_width = step.width.unwrap_or(width).min(width);
            let cut_height = step.height.unwrap_or(height).min(height);
            let (x, y) = (step.x.unwrap_or(0), step.y.unwrap_or(0));
            let (x, y) = match step.gravity {
                Gravity::NorthWest => (x, y),
                Gravity::Center => ((width - cut_width) / 2 + x, (height - cut_height) / 2 + y),
            };
            // At least one pixel is left, wherever the offset points.
            let (x, y) = (x.min(width - 1), y.min(height - 1));
            image.crop_imm(x, y, cut_width.min(width - x), cut_height.min(height - y))
        }
    }
}

/// The largest size of the image's shape within the step's sides and the image's own.
fn fit(width: u32, height: u32, step: &Step) -> (u32, u32) {
    let to_width = step.width.unwrap_or(width).min(width);
    let to_height = step.height.unwrap_or(height).min(height);
    // The side that needs the stronger scaling rules.
    if u64::from(to_width) * u64::from(height) <= u64::from(to_height) * u64::from(width) {
        (to_width, part(height, to_width, width))
    } else {
        (part(width, to_height, height), to_height)
    }
}

/// The largest piece of the image that has the shape of the result.
fn same_shape(width: u32, height: u32, to_width: u32, to_height: u32) -> (u32, u32) {
    if u64::from(width) * u64::from(to_height) >= u64::from(to_width) * u64::from(height) {
        (part(to_width, height, to_height).min(width), height)
    } else {
        (width, part(to_height, width, to_width).min(height))
    }
}

/// `side · numerator / denominator`, rounded, at least 1 and at most what a transformation makes.
fn part(side: u32, numerator: u32, denominator: u32) -> u32 {
    let (side, numerator) = (u64::from(side), u64::from(numerator));
    let denominator = u64::from(denominator.max(1));
    let rounded = (side * numerator + denominator / 2) / denominator;
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

fn scale(image: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    // Narrow images could grow without end in the other direction.
    let width = width.min(crate::limits::SIDE_PIXELS_MAX.max(image.width()));
    let height = height.min(crate::limits::SIDE_PIXELS_MAX.max(image.height()));
    if (width, height) == (image.width(), image.height()) {
        return image.clone();
    }
    image.resize_exact(width, height, FilterType::CatmullRom)
}

fn encode(
    image: &DynamicImage,
    encoding: Encoding,
    profile: Option<Vec<u8>>,
) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    match encoding {
        Encoding::Jpeg => {
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
            keep_profile(&mut encoder, profile);
            on_white(image)
                .write_with_encoder(encoder)
                .map_err(broken)?;
        }
        Encoding::Png => {
            let mut encoder = PngEncoder::new(&mut bytes);
            keep_profile(&mut encoder, profile);
            image.write_with_encoder(encoder).map_err(broken)?;
        }
        Encoding::Webp => {
            let mut encoder = WebPEncoder::new_lossless(&mut bytes);
            keep_profile(&mut encoder, profile);
            let eight_bits = DynamicImage::ImageRgba8(image.to_rgba8());
            eight_bits.write_with_encoder(encoder).map_err(broken)?;
        }
        Encoding::Gif => {
            let eight_bits = DynamicImage::ImageRgba8(image.to_rgba8());
            let mut cursor = Cursor::new(&mut bytes);
            eight_bits
                .write_to(&mut cursor, image::ImageFormat::Gif)
                .map_err(broken)?;
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

/// JPEG has no transparency: what was clear becomes white.
fn on_white(image: &DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.to_rgb8());
    }
    let mut plain = image::RgbImage::new(image.width(), image.height());
    for (pixel, out) in image.to_rgba8().pixels().zip(plain.pixels_mut()) {
        let [red, green, blue, alpha] = pixel.0.map(u16::from);
        let mix = |channel: u16| {
            u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        out.0 = [mix(red), mix(green), mix(blue)];
    }
    DynamicImage::ImageRgb8(plain)
}

fn broken(error: image::ImageError) -> ApiError {
    tracing::debug!(%error, "an image can't be transformed");
    ApiError::ImageBroken
}
