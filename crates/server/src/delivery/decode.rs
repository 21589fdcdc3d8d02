//! From stored bytes to pixels, within limits: sizes are read before anything is decoded, memory
//! is limited, and so is time. A JPEG that becomes much smaller is decoded small at once.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage, metadata::Orientation};

use crate::error::ApiError;
use crate::limits::IMAGE_ALLOC_BYTES_MAX;
use crate::store::Reader;

/// Bytes read from disk at a time. The time is looked at once for each, so not more.
const READ_BYTES: usize = 4 * 1024;
/// A JPEG is decoded at a fraction of its size only where at least this is left to scale down
/// after it: the fractions are coarse filters, and a fine one should have the last word.
const SHRINK_LEFT: f64 = 1.5;
/// The colour space that a profile is for; one for grey or CMYK is of no use to red, green, blue.
const PROFILE_SPACE: (std::ops::Range<usize>, &[u8]) = (16..20, b"RGB ");

/// Which way up a picture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upright {
    /// As the camera held it.
    Camera,
    /// As its pixels lie.
    Stored,
}

/// A picture in memory, with 8 bits for each of red, green, blue and, maybe, alpha.
pub struct Picture {
    pub image: DynamicImage,
    /// The size that it stands for; the pixels may be fewer.
    pub width: u32,
    pub height: u32,
    /// The colour profile.
    pub profile: Option<Vec<u8>>,
}

/// The image that is read there, if that is done in time. `shrink` tells from its size how many
/// times smaller it will be.
pub fn decode(
    source: Reader,
    allowance: &Allowance,
    megapixels_max: u32,
    upright: Upright,
    shrink: impl Fn(u32, u32) -> f64,
) -> Result<Picture, ApiError> {
    let mut input = BufReader::with_capacity(READ_BYTES, Timed { source, allowance });
    let too_slow = |error| {
        if allowance.is_over() {
            ApiError::ImageTooSlow
        } else {
            error
        }
    };
    let is_jpeg = input.fill_buf()?.starts_with(b"\xff\xd8\xff");
    if is_jpeg && let Some(picture) = small_jpeg(&mut input, megapixels_max, upright, &shrink)? {
        return Ok(picture);
    }
    input.seek(SeekFrom::Start(0))?;
    any(input, megapixels_max, upright).map_err(too_slow)
}

/// What every decoder can do.
fn any(
    input: BufReader<Timed<'_, Reader>>,
    megapixels_max: u32,
    upright: Upright,
) -> Result<Picture, ApiError> {
    let mut reader = ImageReader::new(input).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(IMAGE_ALLOC_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, megapixels_max)?;
    // A profile or orientation that can't be read is no reason to show nothing.
    let profile = decoder.icc_profile().unwrap_or_default();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = eight_bits(DynamicImage::from_decoder(decoder).map_err(broken)?);
    Ok(stood_up(
        image,
        (width, height),
        orientation,
        upright,
        profile,
    ))
}

/// A JPEG at an eighth, a quarter or half its size; `None` where it has to be decoded whole, or
/// is one that this decoder doesn't understand.
fn small_jpeg(
    input: &mut BufReader<Timed<'_, Reader>>,
    megapixels_max: u32,
    upright: Upright,
    shrink: &impl Fn(u32, u32) -> f64,
) -> Result<Option<Picture>, ApiError> {
    let mut decoder = jpeg_decoder::Decoder::new(input);
    let is_known = decoder.read_info().is_ok();
    let Some(info) = decoder.info().filter(|_| is_known) else {
        return Ok(None);
    };
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    check_size(width, height, megapixels_max)?;
    let orientation = decoder
        .exif_data()
        .and_then(Orientation::from_exif_chunk)
        .filter(|_| upright == Upright::Camera)
        .unwrap_or(Orientation::NoTransforms);
    let (seen_width, seen_height) = seen(width, height, orientation);
    let times = shrink(seen_width, seen_height) / SHRINK_LEFT;
    if times < 2.0 || info.pixel_format != jpeg_decoder::PixelFormat::RGB24 {
        return Ok(None);
    }
    let side = |pixels: u16| (f64::from(pixels) / times).ceil().max(1.0) as u16;
    decoder
        .set_max_decoding_buffer_size(usize::try_from(IMAGE_ALLOC_BYTES_MAX).unwrap_or(usize::MAX));
    let Ok((small_width, small_height)) = decoder.scale(side(info.width), side(info.height)) else {
        return Ok(None);
    };
    let Ok(bytes) = decoder.decode() else {
        // The other decoder forgives more.
        return Ok(None);
    };
    let profile = decoder.icc_profile();
    let image = RgbImage::from_raw(u32::from(small_width), u32::from(small_height), bytes);
    Ok(image.map(|image| {
        let image = DynamicImage::ImageRgb8(image);
        stood_up(image, (width, height), orientation, upright, profile)
    }))
}

fn check_size(width: u32, height: u32, megapixels_max: u32) -> Result<(), ApiError> {
    if u64::from(width) * u64::from(height) > u64::from(megapixels_max) * 1_000_000 {
        return Err(ApiError::ImageTooManyPixels(megapixels_max));
    }
    Ok(())
}

/// The size that people see.
fn seen(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    match orientation {
        Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH => (height, width),
        _ => (width, height),
    }
}

fn stood_up(
    mut image: DynamicImage,
    (width, height): (u32, u32),
    orientation: Orientation,
    upright: Upright,
    profile: Option<Vec<u8>>,
) -> Picture {
    let orientation = match upright {
        Upright::Camera => orientation,
        Upright::Stored => Orientation::NoTransforms,
    };
    image.apply_orientation(orientation);
    let (width, height) = seen(width, height, orientation);
    let (place, space) = PROFILE_SPACE;
    Picture {
        image,
        width,
        height,
        profile: profile.filter(|profile| profile.get(place) == Some(space)),
    }
}

/// What the later steps work on; finer shades are not seen, and grey is red, green and blue.
fn eight_bits(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_) => image,
        other if other.color().has_alpha() => DynamicImage::ImageRgba8(other.into_rgba8()),
        other => DynamicImage::ImageRgb8(other.into_rgb8()),
    }
}

/// What went wrong, for the log; the client hears that the image is at fault.
pub fn broken(error: image::ImageError) -> ApiError {
    tracing::debug!(%error, "an image can't be transformed");
    ApiError::ImageBroken
}

/// How long a picture may still be worked on. Waiting for its bytes is no work.
pub struct Allowance {
    end: Instant,
    waited: Cell<Duration>,
}

impl Allowance {
    /// So long from now on.
    pub fn of(time: Duration) -> Self {
        Self {
            end: Instant::now() + time,
            waited: Cell::default(),
        }
    }

    /// Whether the time is over.
    pub fn is_over(&self) -> bool {
        Instant::now() > self.end + self.waited.get()
    }
}

/// Something that can't be read any more when the time is over. Decoders read as they go, so this
/// ends those that make much work of a few bytes, too.
struct Timed<'a, R> {
    source: R,
    allowance: &'a Allowance,
}

impl<R: Read> Read for Timed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.allowance.is_over() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let begun = Instant::now();
        let read = self.source.read(buffer);
        let waited = &self.allowance.waited;
        waited.set(waited.get() + begun.elapsed());
        read
    }
}

impl<R: Seek> Seek for Timed<'_, R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.source.seek(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so long for each byte.
    struct Slow(Duration);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let begun = Instant::now();
            while begun.elapsed() < self.0 {}
            Ok(buffer.len().min(1))
        }
    }

    #[test]
    fn nothing_can_be_read_after_its_time_but_waiting_takes_none_of_it() {
        let allowance = Allowance::of(Duration::from_millis(5));
        let mut timed = Timed {
            source: Slow(Duration::from_millis(10)),
            allowance: &allowance,
        };
        for _ in 0..3 {
            assert_eq!(timed.read(&mut [0; 8]).ok(), Some(1));
        }
        while !allowance.is_over() {}
        let error = timed.read(&mut [0; 8]).expect_err("too late");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    /// A progressive JPEG of 16 megapixels, in which every hundred bytes ask for all of them again.
    fn scans(count: usize) -> Vec<u8> {
        let side = 4_000_usize;
        let blocks = side.div_ceil(8).pow(2);
        let sides = u16::try_from(side).expect("short").to_be_bytes();
        let frame = [b"\xff\xc2\0\x0b\x08", &sides[..], &sides, b"\x01\x01\x11\0"].concat();
        // Each table has one code, a single 0: "no change", and "16,384 blocks end here".
        let table = |table: u8, symbol: u8| {
            let mut segment = vec![0xff, 0xc4, 0, 20, table, 1];
            segment.extend_from_slice(&[0; 15]);
            segment.push(symbol);
            segment
        };
        let scan = |first: u8, last: u8, bits: usize| {
            let mut segment = vec![0xff, 0xda, 0, 8, 1, 1, 0, first, last, 0];
            segment.resize(segment.len() + bits.div_ceil(8), 0);
            segment
        };
        let again = scan(1, 63, blocks.div_ceil(16_384) * 15);
        [
            b"\xff\xd8\xff\xdb\0\x43\0",
            &[1; 64][..],
            &frame,
            &table(0x00, 0),
            &table(0x10, 0xe0),
            &scan(0, 0, blocks),
            &again.repeat(count),
            b"\xff\xd9",
        ]
        .concat()
    }

    #[test]
    fn a_picture_that_makes_much_work_of_little_is_given_up() {
        let path = std::env::temp_dir().join(format!("plimsoll-scans-{}", std::process::id()));
        std::fs::write(&path, scans(3_000)).expect("written");
        // For each of the two decoders.
        for shrink in [100.0, 1.0] {
            let source = Reader::File(std::fs::File::open(&path).expect("a file"));
            let begun = Instant::now();
            let allowance = Allowance::of(Duration::from_millis(300));
            let decoded = decode(source, &allowance, 50, Upright::Camera, |_, _| shrink);
            assert!(decoded.is_err(), "{shrink}");
            // Without an end each scan costs what a picture should.
            let taken = begun.elapsed();
            assert!(taken < Duration::from_secs(20), "{shrink}: {taken:?}");
        }
        std::fs::remove_file(&path).expect("removed");
    }
}
