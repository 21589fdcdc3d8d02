//! What steps do to pixels: cut and scale, canvas, turns, rounded corners, grounds.
//! Which of it is done is decided in `plan.rs`.

use fast_image_resize as resize;
use image::{DynamicImage, Rgba, RgbaImage, imageops};

use super::plan::{Canvas, Plan};
use super::steps::{Colour, Radius, Turn};

/// Sharp and without ringing that is seen; wider filters cost more than they show.
const FILTER: resize::FilterType = resize::FilterType::CatmullRom;

/// The piece of a picture that the plan keeps, at the plan's size. The picture's pixels may be
/// `shrunk` times fewer than the plan was made for.
pub fn cut_and_scale(
    image: &DynamicImage,
    plan: &Plan,
    shrunk: (f64, f64),
) -> Option<DynamicImage> {
    let (own_width, own_height) = (f64::from(image.width()), f64::from(image.height()));
    // Dividing can miss the border by a billionth of a pixel.
    let left = (plan.cut.x / shrunk.0).clamp(0.0, own_width);
    let top = (plan.cut.y / shrunk.1).clamp(0.0, own_height);
    let width = (plan.cut.width / shrunk.0).min(own_width - left);
    let height = (plan.cut.height / shrunk.1).min(own_height - top);
    let is_exact = [left, top, width, height]
        .iter()
        .all(|side| side.fract() == 0.0);
    if is_exact && (width, height) == (f64::from(plan.width), f64::from(plan.height)) {
        return Some(image.crop_imm(left as u32, top as u32, plan.width, plan.height));
    }
    let options = resize::ResizeOptions::new()
        .resize_alg(resize::ResizeAlg::Convolution(FILTER))
        .crop(left, top, width, height);
    let kind = match image {
        DynamicImage::ImageRgba8(_) => resize::PixelType::U8x4,
        _ => resize::PixelType::U8x3,
    };
    let source =
        resize::images::ImageRef::new(image.width(), image.height(), image.as_bytes(), kind)
            .ok()?;
    let mut scaled = resize::images::Image::new(plan.width, plan.height, kind);
    resize::Resizer::new()
        .resize(&source, &mut scaled, &options)
        .ok()?;
    let bytes = scaled.into_vec();
    match image {
        DynamicImage::ImageRgba8(_) => {
            RgbaImage::from_raw(plan.width, plan.height, bytes).map(DynamicImage::ImageRgba8)
        }
        _ => image::RgbImage::from_raw(plan.width, plan.height, bytes).map(DynamicImage::ImageRgb8),
    }
}

/// The picture on a ground of this colour.
pub fn on_canvas(image: &DynamicImage, canvas: &Canvas, colour: Colour) -> DynamicImage {
    let mut ground = RgbaImage::from_pixel(canvas.width, canvas.height, Rgba(colour));
    imageops::replace(
        &mut ground,
        &image.to_rgba8(),
        canvas.x.into(),
        canvas.y.into(),
    );
    let ground = DynamicImage::ImageRgba8(ground);
    if colour[3] == u8::MAX {
        on_ground(&ground, colour)
    } else {
        ground
    }
}

/// Clear pixels get this colour behind them; the result has none if the colour has none.
pub fn on_ground(image: &DynamicImage, colour: Colour) -> DynamicImage {
    let DynamicImage::ImageRgba8(pixels) = image else {
        return image.clone();
    };
    if colour[3] < u8::MAX {
        let mut ground = RgbaImage::from_pixel(image.width(), image.height(), Rgba(colour));
        imageops::overlay(&mut ground, pixels, 0, 0);
        return DynamicImage::ImageRgba8(ground);
    }
    let [red_under, green_under, blue_under, _] = colour.map(u16::from);
    let mut plain = image::RgbImage::new(image.width(), image.height());
    for (pixel, out) in pixels.pixels().zip(plain.pixels_mut()) {
        let [red, green, blue, alpha] = pixel.0.map(u16::from);
        let mix = |over: u16, under: u16| {
            u8::try_from((over * alpha + under * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        out.0 = [
            mix(red, red_under),
            mix(green, green_under),
            mix(blue, blue_under),
        ];
    }
    DynamicImage::ImageRgb8(plain)
}

/// One turn or mirror. Corners that a slanted picture leaves free are clear.
pub fn turned(image: DynamicImage, turn: Turn) -> DynamicImage {
    match turn {
        Turn::Degrees(0) | Turn::AutoLeft | Turn::AutoRight | Turn::Exif | Turn::Ignore => image,
        Turn::Degrees(90) => image.rotate90(),
        Turn::Degrees(180) => image.rotate180(),
        Turn::Degrees(270) => image.rotate270(),
        Turn::Degrees(degrees) => slanted(&image.into_rgba8(), degrees),
        Turn::Mirror => image.fliph(),
        Turn::Flip => image.flipv(),
    }
}

/// Turned clockwise on a ground that is large enough for all of it.
fn slanted(image: &RgbaImage, degrees: u16) -> DynamicImage {
    let (sine, cosine) = f64::from(degrees).to_radians().sin_cos();
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    // Rounded a little down, as a turn by 90° must not gain a pixel.
    let across = (width * cosine.abs() + height * sine.abs() - 1e-6)
        .ceil()
        .max(1.0);
    let down = (width * sine.abs() + height * cosine.abs() - 1e-6)
        .ceil()
        .max(1.0);
    let out = RgbaImage::from_fn(across as u32, down as u32, |x, y| {
        let dx = f64::from(x) + 0.5 - across / 2.0;
        let dy = f64::from(y) + 0.5 - down / 2.0;
        let from_x = dx * cosine + dy * sine + width / 2.0 - 0.5;
        let from_y = dy * cosine - dx * sine + height / 2.0 - 0.5;
        between(image, from_x, from_y)
    });
    DynamicImage::ImageRgba8(out)
}

/// The colour at a point between four pixels; beyond the border all is clear.
fn between(image: &RgbaImage, x: f64, y: f64) -> Rgba<u8> {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, bottom_share) = (x - left, y - top);
    let mut sum = [0.0; 4];
    for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let (at_x, at_y) = (left + dx, top + dy);
        let is_inside = at_x >= 0.0
            && at_y >= 0.0
            && at_x < f64::from(image.width())
            && at_y < f64::from(image.height());
        if !is_inside {
            continue;
        }
        let share = (1.0 - (right_share - dx).abs()) * (1.0 - (bottom_share - dy).abs());
        let [red, green, blue, alpha] = image.get_pixel(at_x as u32, at_y as u32).0.map(f64::from);
        // Colours count as much as they are seen.
        for (sum, channel) in sum
            .iter_mut()
            .zip([red * alpha, green * alpha, blue * alpha, alpha])
        {
            *sum += channel * share;
        }
    }
    let [red, green, blue, alpha] = sum;
    if alpha <= 0.0 {
        return Rgba([0; 4]);
    }
    Rgba([red / alpha, green / alpha, blue / alpha, alpha].map(|channel| channel.round() as u8))
}

/// Rounded corners, clear outside, with a smooth border.
pub fn rounded(image: DynamicImage, radius: Radius) -> DynamicImage {
    let mut image = image.into_rgba8();
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let (across, down) = match radius {
        Radius::Max => (width / 2.0, height / 2.0),
        Radius::Pixels(pixels) => {
            let most = f64::from(pixels).min(width / 2.0).min(height / 2.0);
            (most, most)
        }
    };
    if across <= 0.0 || down <= 0.0 {
        return DynamicImage::ImageRgba8(image);
    }
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        // How far the pixel is beyond the centre of its corner.
        let beyond = |at: u32, side: f64, radius: f64| {
            let at = f64::from(at) + 0.5;
            (radius - at).max(at - (side - radius)).max(0.0)
        };
        let (dx, dy) = (beyond(x, width, across), beyond(y, height, down));
        if dx == 0.0 || dy == 0.0 {
            continue;
        }
        let (kx, ky) = (dx / across, dy / down);
        let outside = kx.mul_add(kx, ky * ky).sqrt();
        // The distance to the border in pixels, near enough for half a pixel's smoothing.
        let slope = (kx / across).hypot(ky / down) / outside.max(f64::EPSILON);
        let cover = (0.5 - (outside - 1.0) / slope.max(f64::EPSILON)).clamp(0.0, 1.0);
        pixel.0[3] = (f64::from(pixel.0[3]) * cover).round() as u8;
    }
    DynamicImage::ImageRgba8(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn red(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgba8(RgbaImage::from_pixel(width, height, Rgba([200, 0, 0, 255])))
    }

    #[test]
    fn rounded_corners_are_clear_and_nothing_else_is() {
        let round = rounded(red(40, 20), Radius::Max).into_rgba8();
        for corner in [(0, 0), (39, 0), (0, 19), (39, 19)] {
            assert_eq!(round.get_pixel(corner.0, corner.1).0[3], 0);
        }
        for inside in [(20, 10), (1, 10), (20, 1), (38, 9)] {
            assert_eq!(round.get_pixel(inside.0, inside.1).0[3], 255, "{inside:?}");
        }
        let covered: u32 = round.pixels().map(|pixel| u32::from(pixel.0[3])).sum();
        let ellipse = std::f64::consts::PI * 20.0 * 10.0 * 255.0;
        assert!(
            (f64::from(covered) / ellipse - 1.0).abs() < 0.01,
            "{covered}"
        );
        let little = rounded(red(40, 20), Radius::Pixels(4)).into_rgba8();
        assert_eq!(
            (little.get_pixel(0, 0).0[3], little.get_pixel(5, 0).0[3]),
            (0, 255)
        );
        assert_eq!(rounded(red(4, 4), Radius::Pixels(0)), red(4, 4));
    }

    #[test]
    fn a_slanted_picture_keeps_its_middle_and_frees_its_corners() {
        let image = turned(red(40, 20), Turn::Degrees(45)).into_rgba8();
        assert_eq!(image.dimensions(), (43, 43));
        assert_eq!(image.get_pixel(21, 21).0, [200, 0, 0, 255]);
        assert_eq!(image.get_pixel(0, 0).0[3], 0);
        let covered: f64 = image
            .pixels()
            .map(|pixel| f64::from(pixel.0[3]) / 255.0)
            .sum();
        assert!((covered / 800.0 - 1.0).abs() < 0.02, "{covered}");
    }

    #[test]
    fn turns_go_clockwise() {
        let mut image = RgbaImage::from_pixel(4, 2, Rgba([0, 0, 0, 255]));
        image.put_pixel(0, 0, Rgba([255, 255, 255, 255]));
        let image = DynamicImage::ImageRgba8(image);
        let white = |turn: Turn| {
            let turned = turned(image.clone(), turn).into_rgba8();
            let found = turned
                .enumerate_pixels()
                .find(|(_, _, pixel)| pixel.0[0] == 255);
            found.map(|(x, y, _)| (x, y)).expect("a white pixel")
        };
        assert_eq!(white(Turn::Degrees(90)), (1, 0));
        assert_eq!(white(Turn::Degrees(180)), (3, 1));
        assert_eq!(white(Turn::Degrees(270)), (0, 3));
        assert_eq!(white(Turn::Mirror), (3, 0));
        assert_eq!(white(Turn::Flip), (0, 1));
        assert_eq!(white(Turn::Exif), (0, 0));
    }

    #[test]
    fn grounds_are_seen_through_clear_pixels_only() {
        let half = RgbaImage::from_pixel(1, 1, Rgba([255, 0, 0, 128]));
        let on_blue = on_ground(&DynamicImage::ImageRgba8(half), [0, 0, 255, 255]).into_rgb8();
        assert_eq!(on_blue.get_pixel(0, 0).0, [128, 0, 127]);
        let canvas = Canvas {
            width: 6,
            height: 4,
            x: 1,
            y: 2,
        };
        let clear = on_canvas(&red(2, 2), &canvas, [0; 4]).into_rgba8();
        assert_eq!(
            (clear.get_pixel(0, 0).0[3], clear.get_pixel(2, 3).0[3]),
            (0, 255)
        );
    }
}
