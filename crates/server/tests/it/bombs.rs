//! Images that are made to cost more than they should: sizes that are lies, ends that are missing,
//! bytes that are wrong, frames without number. Each is stored, and each is answered
//! with an image or a refusal, by a server that is as well as before.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use image::ImageFormat;

use crate::client::{Form, TestServer};
use crate::data;
use crate::delivery::{pixels, transformed};

/// Requests at once: what several strangers would send.
const AT_ONCE: usize = 8;
/// A refusal by what the header says takes no time at all, also where all is slow.
const QUICK: Duration = Duration::from_secs(10);

const FORMATS: [ImageFormat; 4] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::Gif,
    ImageFormat::WebP,
];

/// Widths and heights that are too much by themselves or together.
const SIZES: [(u32, u32); 9] = [
    (7_072, 7_072),
    (10_000, 10_000),
    (16_383, 16_383),
    (20_000, 2_501),
    (2_501, 20_000),
    (65_500, 1_000),
    (65_535, 800),
    (65_535, 65_535),
    (16_384, 16_384),
];

/// A WebP whose canvas is this large; what is in it stays small.
fn webp(width: u32, height: u32) -> Vec<u8> {
    let size = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    let canvas = [&[0; 4][..], &size(width), &size(height)].concat();
    let plain = data::encoded(8, 8, ImageFormat::WebP);
    let head = [b"WEBPVP8X\x0a\0\0\0", &canvas[..]].concat();
    let body = [&head, &plain[12..]].concat();
    let length = u32::try_from(body.len()).expect("short").to_le_bytes();
    [b"RIFF", &length[..], &body].concat()
}

/// A small image whose header says that it is this large.
fn claims(format: ImageFormat, width: u32, height: u32) -> Option<Vec<u8>> {
    let short = |side: u32| u16::try_from(side).ok();
    let mut bytes = data::encoded(8, 8, format);
    match format {
        ImageFormat::Png => return Some(data::bomb(width, height)),
        ImageFormat::WebP => return Some(webp(width, height)),
        ImageFormat::Gif => {
            // The screen, and the frame in it.
            let sides = [short(width)?.to_le_bytes(), short(height)?.to_le_bytes()].concat();
            bytes[6..10].copy_from_slice(&sides);
            let frame = bytes.iter().rposition(|byte| *byte == 0x2c)?;
            let frame = bytes[13..]
                .iter()
                .position(|byte| *byte == 0x2c)
                .map_or(frame, |at| at + 13);
            bytes[frame + 5..frame + 9].copy_from_slice(&sides);
        }
        _ => {
            let sides = [short(height)?.to_be_bytes(), short(width)?.to_be_bytes()].concat();
            let frame = bytes.windows(2).position(|two| two == b"\xff\xc0")?;
            bytes[frame + 5..frame + 9].copy_from_slice(&sides);
        }
    }
    Some(bytes)
}

/// All rows: a name, and the bytes.
fn rows() -> Vec<(String, Vec<u8>)> {
    let mut rows = Vec::new();
    for format in FORMATS {
        for (width, height) in SIZES {
            if let Some(bytes) = claims(format, width, height) {
                rows.push((format!("{format:?} of {width} x {height}"), bytes));
            }
        }
        let whole = data::encoded(48, 32, format);
        for tenths in 1..10 {
            let end = whole.len() * tenths / 10;
            rows.push((format!("{format:?} cut at {end}"), whole[..end].to_vec()));
        }
        // Behind the first bytes, which tell the format.
        for seed in 0..16 {
            let mut bytes = whole.clone();
            for (turn, noise) in data::noise(60).chunks(3).skip(seed).take(4).enumerate() {
                let at =
                    16 + (usize::from(noise[0]) * 256 + usize::from(noise[1])) % (whole.len() - 16);
                bytes[at] ^= noise[2] | 1 << turn;
            }
            rows.push((format!("{format:?} with errors {seed}"), bytes));
        }
    }
    rows
}

#[tokio::test]
async fn images_that_lie_are_answered_with_an_image_or_a_refusal() {
    let server = TestServer::start().await;
    let rows = rows();
    assert!(rows.len() >= 120, "{}", rows.len());
    let begun = Instant::now();
    let (mut made, mut refused) = (0, 0);
    for some in rows.chunks(AT_ONCE) {
        let answers = join_all(some.iter().map(async |(name, bytes)| {
            let answer = server.upload(&Form::new().file("a", bytes)).await;
            let asset = answer.asset();
            let url = asset["url"].as_str().expect("an URL").to_owned();
            let path = format!("/{}", url.splitn(4, '/').nth(3).expect("a path"));
            if asset["resource_type"] != "image" {
                return (name, None);
            }
            let steps = "c_limit,w_9,h_9";
            (
                name,
                Some(server.get(&transformed(&path, steps, Some("png"))).await),
            )
        }));
        for (name, answer) in answers.await {
            match answer {
                // It is no image by its header, and so is no image here.
                None => refused += 1,
                Some(answer) if answer.status == 200 => {
                    let image = pixels(&answer);
                    assert!(image.width() <= 9 && image.height() <= 9, "{name}");
                    assert!(!name.contains(" of "), "{name}");
                    made += 1;
                }
                Some(answer) => {
                    assert_eq!(answer.status, 400, "{name}: {}", answer.error());
                    refused += 1;
                }
            }
        }
    }
    assert!(made > 5 && refused > 50, "{made} made, {refused} refused");
    assert!(begun.elapsed() < 6 * QUICK, "{:?}", begun.elapsed());
    // Nothing is left behind, and the next one is served.
    assert!(server.stored("incoming").is_empty());
    let asset = server
        .upload(&Form::new().file("a.png", &data::png(20, 20)))
        .await
        .asset();
    assert_eq!(pixels(&server.fetch(&asset["url"]).await).width(), 20);
}

#[tokio::test]
async fn of_ten_thousand_frames_one_is_decoded() {
    let server = TestServer::start().await;
    let one = data::encoded(64, 64, ImageFormat::Gif);
    let first = one.iter().position(|byte| *byte == 0x2c).expect("a frame");
    let (head, frame) = (&one[..first], &one[first..one.len() - 1]);
    let bytes = [head, &frame.repeat(10_000), b";"].concat();
    let asset = server
        .upload(&Form::new().file("a.gif", &bytes))
        .await
        .asset();
    let path = asset["url"]
        .as_str()
        .expect("an URL")
        .splitn(4, '/')
        .nth(3)
        .expect("a path")
        .to_owned();
    let begun = Instant::now();
    let answer = server
        .get(&transformed(&format!("/{path}"), "c_limit,w_32", None))
        .await;
    assert_eq!(pixels(&answer).width(), 32);
    assert!(begun.elapsed() < QUICK, "{:?}", begun.elapsed());
}
