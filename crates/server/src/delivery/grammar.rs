//! How a step is written: `c_fill,w_90,h_60,g_custom`. Read strictly: what isn't understood is
//! refused by name, never ignored, because a picture that is not what was asked for is worse than
//! a sentence that says why there is none.

use crate::limits::SIDE_PIXELS_MAX;

use super::encode::Encoding;
use super::steps::{Colour, Crop, Gravity, Length, Radius, Step, Turn, Wish};

/// What a relative length is counted in: `0.5` is 5,000 of these.
const RELATIVE_ONE: i32 = 10_000;
/// An offset may lie beyond what a result may measure, but no picture is larger than this.
const OFFSET_PIXELS_MAX: i32 = 65_535;
/// The densest screens have 4 pixels for one.
const DPR_MAX: u32 = 500;
/// Each is a pass over the pixels.
const TURNS_MAX: usize = 4;

/// Crops by their names.
const CROPS: [(&str, Crop); 7] = [
    ("scale", Crop::Scale),
    ("fit", Crop::Fit),
    ("limit", Crop::Limit),
    ("fill", Crop::Fill),
    ("pad", Crop::Pad),
    ("crop", Crop::Cut),
    ("thumb", Crop::Thumb),
];

/// Gravities by their names.
const GRAVITIES: [(&str, Gravity); 13] = [
    ("center", Gravity::Compass { x: 0, y: 0 }),
    ("north", Gravity::Compass { x: 0, y: -1 }),
    ("south", Gravity::Compass { x: 0, y: 1 }),
    ("west", Gravity::Compass { x: -1, y: 0 }),
    ("east", Gravity::Compass { x: 1, y: 0 }),
    ("north_west", Gravity::Compass { x: -1, y: -1 }),
    ("north_east", Gravity::Compass { x: 1, y: -1 }),
    ("south_west", Gravity::Compass { x: -1, y: 1 }),
    ("south_east", Gravity::Compass { x: 1, y: 1 }),
    ("xy_center", Gravity::Point),
    ("custom", Gravity::Custom),
    ("face", Gravity::Face),
    ("faces", Gravity::Faces),
];

/// `q_auto` and its shades. Below 60 blocks are seen, above 90 nothing more is.
const QUALITIES: [(&str, u8); 5] = [
    ("auto", 82),
    ("auto:best", 90),
    ("auto:good", 82),
    ("auto:eco", 72),
    ("auto:low", 60),
];

/// The colours that have a name in the oldest HTML, and the absence of any.
const COLOURS: [(&str, Colour); 18] = [
    ("transparent", [0, 0, 0, 0]),
    ("black", [0, 0, 0, 255]),
    ("silver", [192, 192, 192, 255]),
    ("gray", [128, 128, 128, 255]),
    ("grey", [128, 128, 128, 255]),
    ("white", [255, 255, 255, 255]),
    ("maroon", [128, 0, 0, 255]),
    ("red", [255, 0, 0, 255]),
    ("purple", [128, 0, 128, 255]),
    ("fuchsia", [255, 0, 255, 255]),
    ("green", [0, 128, 0, 255]),
    ("lime", [0, 255, 0, 255]),
    ("olive", [128, 128, 0, 255]),
    ("yellow", [255, 255, 0, 255]),
    ("navy", [0, 0, 128, 255]),
    ("blue", [0, 0, 255, 255]),
    ("teal", [0, 128, 128, 255]),
    ("aqua", [0, 255, 255, 255]),
];

/// Reads one step; the error names the piece that can't be read.
pub fn step(segment: &str) -> Result<Step, String> {
    let mut step = Step::default();
    let mut seen: Vec<&str> = Vec::new();
    for piece in segment.split(',') {
        let (key, value) = piece.split_once('_').ok_or_else(|| piece.to_owned())?;
        if seen.contains(&key) {
            return Err(format!("{key} is given twice"));
        }
        seen.push(key);
        read(&mut step, key, value).map_err(|why| format!("{piece}{why}"))?;
    }
    agree(&step)?;
    Ok(step)
}

/// Puts one piece into the step; the error continues the piece's own text.
fn read(step: &mut Step, key: &str, value: &str) -> Result<(), String> {
    match key {
        "c" => step.crop = Some(named(&CROPS, value)?),
        "g" => step.gravity = Some(named(&GRAVITIES, value)?),
        "w" => step.width = Some(side(value)?),
        "h" => step.height = Some(side(value)?),
        "ar" => step.ratio = Some(ratio(value)?),
        "x" => step.x = Some(offset(value)?),
        "y" => step.y = Some(offset(value)?),
        "a" => step.turns = turns(value)?,
        "r" => step.radius = Some(radius(value)?),
        "b" => step.background = Some(colour(value)?),
        "q" => step.quality = Some(quality(value)?),
        "f" => step.format = Some(format(value)?),
        "dpr" => step.dpr = Some(dpr(value)?),
        "t" => {
            return Err(" - named transformations are not kept by this server; \
                        write out its steps"
                .to_owned());
        }
        _ => return Err(String::new()),
    }
    Ok(())
}

/// What the pieces must be together.
fn agree(step: &Step) -> Result<(), String> {
    let fail = |text: &str| Err(text.to_owned());
    let has_side = step.width.is_some() || step.height.is_some();
    let is_placed = matches!(
        step.crop,
        Some(Crop::Fill | Crop::Pad | Crop::Cut | Crop::Thumb)
    );
    let by_region = matches!(
        step.gravity,
        Some(Gravity::Custom | Gravity::Face | Gravity::Faces)
    );
    if step.gravity.is_some() && !is_placed {
        return fail("g_ needs c_fill, c_pad, c_crop or c_thumb");
    }
    if (step.x.is_some() || step.y.is_some())
        && step.crop != Some(Crop::Cut)
        && step.gravity != Some(Gravity::Point)
    {
        return fail("x_ and y_ need c_crop or g_xy_center");
    }
    if step.ratio.is_some() && step.width.is_some() && step.height.is_some() {
        return fail("ar_ needs w_ or h_, not both");
    }
    if step.ratio.is_some() && !has_side && !matches!(step.crop, Some(Crop::Fill | Crop::Cut)) {
        return fail("ar_ without w_ or h_ needs c_fill or c_crop");
    }
    let cuts_region = step.crop == Some(Crop::Cut) && by_region;
    if step.crop.is_some() && !has_side && step.ratio.is_none() && !cuts_region {
        return fail("w_ and h_ are both missing");
    }
    if step.dpr.is_some() && !has_side {
        return fail("dpr_ needs w_ or h_");
    }
    Ok(())
}

fn named<T: Copy>(table: &[(&str, T)], value: &str) -> Result<T, String> {
    let row = table.iter().find(|(name, _)| *name == value);
    row.map(|(_, meaning)| *meaning).ok_or_else(String::new)
}

/// Digits and nothing else.
fn whole(text: &str, max: u32) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number| is_plain && *number <= max)
}

/// `1.25` as hundredths, ten-thousandths or another power of ten; more digits are refused.
fn decimal(text: &str, digits: usize) -> Option<u32> {
    let (before, after) = text.split_once('.')?;
    if after.is_empty() || after.len() > digits || before.len() > 4 {
        return None;
    }
    let padded = format!("{before}{after:0<digits$}");
    whole(&padded, u32::MAX)
}

fn side(value: &str) -> Result<Length, String> {
    let relative = |parts: u32| {
        i32::try_from(parts)
            .ok()
            .filter(|parts| (1..=RELATIVE_ONE).contains(parts))
    };
    if let Some(parts) = decimal(value, 4).and_then(relative) {
        return Ok(Length::Relative(parts));
    }
    whole(value, SIDE_PIXELS_MAX)
        .filter(|pixels| *pixels > 0)
        .and_then(|pixels| i32::try_from(pixels).ok())
        .map(Length::Pixels)
        .ok_or_else(|| {
            format!(" must be a whole number from 1 to {SIDE_PIXELS_MAX} or at most 1.0")
        })
}

fn offset(value: &str) -> Result<Length, String> {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, value),
    };
    let small = |number: u32, max: i32| i32::try_from(number).ok().filter(|number| *number <= max);
    if let Some(parts) = decimal(digits, 4).and_then(|parts| small(parts, RELATIVE_ONE)) {
        return Ok(Length::Relative(sign * parts));
    }
    whole(digits, u32::MAX)
        .and_then(|pixels| small(pixels, OFFSET_PIXELS_MAX))
        .map(|pixels| Length::Pixels(sign * pixels))
        .ok_or_else(|| format!(" must be a whole number up to {OFFSET_PIXELS_MAX} or at most 1.0"))
}

fn ratio(value: &str) -> Result<(u32, u32), String> {
    let fail = || " must be like 16:9 or 1.5".to_owned();
    let (width, height) = match value.split_once(':') {
        Some((width, height)) => {
            let number = |text| whole(text, SIDE_PIXELS_MAX).ok_or_else(fail);
            (number(width)?, number(height)?)
        }
        None => match decimal(value, 4) {
            Some(parts) => (parts, RELATIVE_ONE.unsigned_abs()),
            None => (whole(value, SIDE_PIXELS_MAX).ok_or_else(fail)?, 1),
        },
    };
    // Thinner strips than 1 to 1000 are mistakes.
    if width == 0 || height == 0 || width / height > 1_000 || height / width > 1_000 {
        return Err(fail());
    }
    Ok((width, height))
}

fn turns(value: &str) -> Result<Vec<Turn>, String> {
    let turns: Vec<Turn> = value.split('.').map(turn).collect::<Result<_, _>>()?;
    if turns.len() > TURNS_MAX {
        return Err(format!(" has more than {TURNS_MAX} turns"));
    }
    Ok(turns)
}

fn turn(value: &str) -> Result<Turn, String> {
    match value {
        "auto_right" => Ok(Turn::AutoRight),
        "auto_left" => Ok(Turn::AutoLeft),
        "exif" | "auto" => Ok(Turn::Exif),
        "ignore" => Ok(Turn::Ignore),
        "hflip" => Ok(Turn::Mirror),
        "vflip" => Ok(Turn::Flip),
        _ => {
            let (is_left, digits) = match value.strip_prefix('-') {
                Some(digits) => (true, digits),
                None => (false, value),
            };
            let degrees =
                whole(digits, 360).ok_or_else(|| " must be from -360 to 360".to_owned())?;
            let right = if is_left { 360 - degrees } else { degrees } % 360;
            Ok(Turn::Degrees(u16::try_from(right).unwrap_or(0)))
        }
    }
}

fn radius(value: &str) -> Result<Radius, String> {
    if value == "max" {
        return Ok(Radius::Max);
    }
    whole(value, SIDE_PIXELS_MAX)
        .map(Radius::Pixels)
        .ok_or_else(|| format!(" must be max or a whole number up to {SIDE_PIXELS_MAX}"))
}

fn colour(value: &str) -> Result<Colour, String> {
    let Some(digits) = value.strip_prefix("rgb:") else {
        return named(&COLOURS, value);
    };
    let fail = || " must have 3, 4, 6 or 8 hexadecimal digits".to_owned();
    let nibbles: Option<Vec<u8>> = digits
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|nibble| u8::try_from(nibble).ok())
        })
        .collect();
    let nibbles = nibbles.ok_or_else(fail)?;
    let doubled = |nibble: &u8| nibble * 17;
    let joined = |pair: &[u8]| pair.iter().fold(0, |byte, nibble| byte * 16 + nibble);
    let bytes: Vec<u8> = match nibbles.len() {
        3 | 4 => nibbles.iter().map(doubled).collect(),
        6 | 8 => nibbles.chunks(2).map(joined).collect(),
        _ => return Err(fail()),
    };
    match bytes[..] {
        [red, green, blue] => Ok([red, green, blue, u8::MAX]),
        [red, green, blue, alpha] => Ok([red, green, blue, alpha]),
        _ => Err(fail()),
    }
}

fn quality(value: &str) -> Result<u8, String> {
    if let Ok(percent) = named(&QUALITIES, value) {
        return Ok(percent);
    }
    whole(value, 100)
        .filter(|percent| *percent > 0)
        .and_then(|percent| u8::try_from(percent).ok())
        .ok_or_else(|| " must be auto or a whole number from 1 to 100".to_owned())
}

fn format(value: &str) -> Result<Wish, String> {
    match value {
        "auto" => Ok(Wish::Auto),
        _ => Encoding::of(value).map(Wish::These).ok_or_else(|| {
            " can't be made by this server; use jpg, png, webp, gif or auto".to_owned()
        }),
    }
}

fn dpr(value: &str) -> Result<u32, String> {
    // Without hints from the client, `auto` means 1 on the wire, too.
    let hundredths = match value {
        "auto" => Some(100),
        _ => decimal(value, 2).or_else(|| whole(value, DPR_MAX).map(|whole| whole * 100)),
    };
    hundredths
        .filter(|hundredths| (1..=DPR_MAX).contains(hundredths))
        .ok_or_else(|| " must be from 0.01 to 5.0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read() {
        let read = step("c_crop,x_-1,y_0.25,w_3,h_0.5,g_south_east").expect("a step");
        assert_eq!(read.crop, Some(Crop::Cut));
        assert_eq!(
            (read.x, read.y),
            (Some(Length::Pixels(-1)), Some(Length::Relative(2500)))
        );
        assert_eq!(
            (read.width, read.height),
            (Some(Length::Pixels(3)), Some(Length::Relative(5000)))
        );
        assert_eq!(read.gravity, Some(Gravity::Compass { x: 1, y: 1 }));
        let read = step("a_-90.hflip,r_max,b_rgb:f008,q_auto:eco,f_webp,ar_16:9,w_9,dpr_1.5")
            .expect("a step");
        assert_eq!(read.turns, [Turn::Degrees(270), Turn::Mirror]);
        assert_eq!(
            (read.radius, read.background),
            (Some(Radius::Max), Some([255, 0, 0, 136]))
        );
        assert_eq!(
            (read.quality, read.format),
            (Some(72), Some(Wish::These(Encoding::Webp)))
        );
        assert_eq!((read.ratio, read.dpr), (Some((16, 9)), Some(150)));
        assert_eq!(step("w_90,c_limit,h_60"), step("c_limit,h_60,w_90"));
        assert_eq!(
            step("w_1"),
            Ok(Step {
                width: Some(Length::Pixels(1)),
                ..Step::default()
            })
        );
        assert_eq!(
            step("w_1.0"),
            Ok(Step {
                width: Some(Length::Relative(10_000)),
                ..Step::default()
            })
        );
        assert_eq!(step("a_360").expect("a turn").turns, [Turn::Degrees(0)]);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, named) in [
            ("c_limit,w_9,e_sepia", "e_sepia"),
            ("c_lfill,w_9", "c_lfill"),
            ("c_fill,w_0", "w_0"),
            ("c_fill,w_+9", "w_+9"),
            ("c_fill,w_99999", "w_99999"),
            ("c_fill,w_1.5", "w_1.5"),
            ("c_fill,w_auto", "w_auto"),
            ("c_fill,w_0.12345", "w_0.12345"),
            ("c_fill,w_9,w_9", "w is given twice"),
            ("c_fill", "missing"),
            ("c_crop,g_center", "missing"),
            ("c_fill,w_9,x_1", "c_crop"),
            ("c_fill,w_9,g_auto", "g_auto"),
            ("c_limit,w_9,g_face", "g_ needs"),
            ("w_9,h_9,ar_1.0", "ar_"),
            ("ar_0:1,c_fill", "ar_0:1"),
            ("ar_5000:1,c_fill", "ar_5000:1"),
            ("ar_1:1,c_limit", "ar_"),
            ("l_text:x", "l_text:x"),
            ("t_avatar", "named transformations"),
            ("f_avif", "f_avif can't be made"),
            ("f_svg", "f_svg"),
            ("q_0", "q_0"),
            ("q_101", "q_101"),
            ("q_80:420", "q_80:420"),
            ("q_auto:great", "q_auto:great"),
            ("a_361", "a_361"),
            ("a_1.1.1.1.1", "turns"),
            ("r_10:20", "r_10:20"),
            ("b_auto", "b_auto"),
            ("b_rgb:12", "b_rgb:12"),
            ("b_rgb:éé", "b_rgb"),
            ("dpr_9.0,w_9", "dpr_9.0"),
            ("dpr_2.0", "dpr_ needs"),
            ("nonsense", "nonsense"),
            ("w_", "w_"),
            ("_9", "_9"),
            ("", ""),
        ] {
            let message = step(text).map(|_| ()).err();
            let named_it = message.as_deref().is_some_and(|text| text.contains(named));
            assert!(named_it, "{text}: {message:?}");
        }
    }
}
