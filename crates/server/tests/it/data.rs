//! Files to upload, made on the spot.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use md5::{Digest, Md5};
use sha2::Sha256;

/// Left half red, right half blue, with a green top left quarter.
pub fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        match (x < width / 2, y < height / 2) {
            (true, true) => Rgb([0, 200, 0]),
            (true, false) => Rgb([200, 0, 0]),
            _ => Rgb([0, 0, 200]),
        }
    })
}

pub fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = DynamicImage::ImageRgb8(picture(width, height));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::Png)
}

/// A JPEG that says how it must be turned, as cameras write it.
pub fn jpeg_with_orientation(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let plain = encoded(width, height, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    [&plain[..2], b"\xff\xe1", &length, &exif, &plain[2..]].concat()
}

/// A PNG that claims to be this large and holds nearly nothing.
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(8, 8);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&crc);
    bytes
}

/// Enough of an MP4 to be one: a file type box and a media data box.
pub fn mp4() -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".to_vec();
    bytes.extend_from_slice(b"\0\0\x10\x08mdat");
    bytes.extend(noise(4096));
    bytes
}

/// An MP4 whose description follows its data, as cameras write it: 2.5 seconds of this size.
pub fn mp4_with_size(width: u16, height: u16) -> Vec<u8> {
    let boxed = |kind: &[u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len() + 8)
            .expect("short")
            .to_be_bytes();
        [&length, &kind[..], content].concat()
    };
    let mut movie = [0; 100];
    movie[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    movie[16..20].copy_from_slice(&2500_u32.to_be_bytes());
    let mut track = [0; 84];
    track[76..78].copy_from_slice(&width.to_be_bytes());
    track[80..82].copy_from_slice(&height.to_be_bytes());
    let sound = boxed(b"trak", &boxed(b"tkhd", &[0; 84]));
    let picture = boxed(
        b"trak",
        &[boxed(b"edts", b"x"), boxed(b"tkhd", &track)].concat(),
    );
    let description = boxed(b"moov", &[boxed(b"mvhd", &movie), sound, picture].concat());
    [mp4(), description].concat()
}

/// Bytes without a pattern, the same at each run.
pub fn noise(count: usize) -> Vec<u8> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(count).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn md5(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 {
            (crc >> 1) ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| step(c))
    })
}
