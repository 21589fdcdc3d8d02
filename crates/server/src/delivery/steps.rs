//! Transformations as text: `c_fill,w_90,h_60` and chains of such steps.
//! A small set, read strictly: what isn't understood is refused by name, never ignored.

use crate::error::ApiError;
use crate::limits::{SIDE_PIXELS_MAX, STEPS_MAX};

/// How a step uses its sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crop {
    /// Fits into the sides, never larger than it was.
    Limit,
    /// Covers the sides exactly; what sticks out is cut off around the centre.
    Fill,
    /// Cuts out a piece without scaling.
    Cut,
}

/// Where a cut begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    Center,
    NorthWest,
}

/// One step of a transformation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub crop: Crop,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub x: Option<u32>,
    pub y: Option<u32>,
    pub gravity: Gravity,
}

/// All steps, in order. Its `Debug` text is the name under which the result is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps(Vec<Step>);

impl Steps {
    /// Reads the segments of an address.
    pub fn parse(segments: &[String]) -> Result<Self, ApiError> {
        if segments.len() > STEPS_MAX {
            return Err(invalid(&format!("more than {STEPS_MAX} steps")));
        }
        segments
            .iter()
            .map(|segment| parse_step(segment))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether a segment could be a step: `a_1,bc_2`.
    pub fn looks_like_one(segment: &str) -> bool {
        segment.split(',').all(|piece| {
            piece.split_once('_').is_some_and(|(key, value)| {
                (1..=3).contains(&key.len())
                    && key.bytes().all(|byte| byte.is_ascii_lowercase())
                    && !value.is_empty()
            })
        })
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the picture as a whole is kept.
    pub fn only_limits(&self) -> bool {
        self.0.iter().all(|step| step.crop == Crop::Limit)
    }

    /// The steps in order.
    pub fn iter(&self) -> impl Iterator<Item = &Step> {
        self.0.iter()
    }
}

/// What was read of a step so far.
#[derive(Default)]
struct Draft<'a> {
    crop: Option<&'a str>,
    width: Option<u32>,
    height: Option<u32>,
    x: Option<u32>,
    y: Option<u32>,
    gravity: Option<&'a str>,
}

fn parse_step(segment: &str) -> Result<Step, ApiError> {
    let mut draft = Draft::default();
    for piece in segment.split(',') {
        let (key, value) = piece.split_once('_').ok_or_else(|| invalid(piece))?;
        let is_new = match key {
            "c" => draft.crop.replace(value).is_none(),
            "g" => draft.gravity.replace(value).is_none(),
            "w" => draft.width.replace(side(piece, value, 1)?).is_none(),
            "h" => draft.height.replace(side(piece, value, 1)?).is_none(),
            "x" => draft.x.replace(side(piece, value, 0)?).is_none(),
            "y" => draft.y.replace(side(piece, value, 0)?).is_none(),
            _ => return Err(invalid(piece)),
        };
        if !is_new {
            return Err(invalid(&format!("{key} is given twice")));
        }
    }
    let crop = match draft.crop {
        Some("limit") => Crop::Limit,
        Some("fill") => Crop::Fill,
        Some("crop") => Crop::Cut,
        Some(other) => return Err(invalid(&format!("c_{other}"))),
        None => return Err(invalid("c_ is missing: use c_limit, c_fill or c_crop")),
    };
    let has_offset = draft.x.is_some() || draft.y.is_some();
    if has_offset && crop != Crop::Cut {
        return Err(invalid("x_ and y_ need c_crop"));
    }
    if draft.width.is_none() && draft.height.is_none() {
        return Err(invalid("w_ and h_ are both missing"));
    }
    let gravity = match draft.gravity {
        // An offset counts from the corner, unless told otherwise.
        None if has_offset => Gravity::NorthWest,
        None | Some("center") => Gravity::Center,
        Some("north_west") => Gravity::NorthWest,
        Some(other) => return Err(invalid(&format!("g_{other}"))),
    };
    let Draft {
        width,
        height,
        x,
        y,
        ..
    } = draft;
    Ok(Step {
        crop,
        width,
        height,
        x,
        y,
        gravity,
    })
}

/// A whole number of pixels.
fn side(piece: &str, value: &str, min: u32) -> Result<u32, ApiError> {
    // An offset may lie beyond what a result may measure.
    let max = if min == 0 {
        u32::from(u16::MAX)
    } else {
        SIDE_PIXELS_MAX
    };
    let is_plain = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value
        .parse()
        .ok()
        .filter(|number| is_plain && (min..=max).contains(number));
    number.ok_or_else(|| {
        invalid(&format!(
            "{piece} must be a whole number from {min} to {max}"
        ))
    })
}

fn invalid(what: &str) -> ApiError {
    ApiError::TransformationInvalid(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Steps, ApiError> {
        let segments: Vec<String> = text.split('/').map(str::to_owned).collect();
        Steps::parse(&segments)
    }

    #[test]
    fn steps_are_read() {
        let steps = parse("c_crop,x_1,y_2,w_3,h_4/c_limit,h_60,w_90").expect("steps");
        let first = steps.0[0];
        assert_eq!(
            (first.x, first.y, first.width, first.height),
            (Some(1), Some(2), Some(3), Some(4))
        );
        assert_eq!(first.gravity, Gravity::NorthWest);
        assert_eq!(steps.0[1].gravity, Gravity::Center);
        assert_eq!(parse("w_90,c_limit,h_60"), parse("c_limit,h_60,w_90"));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, named) in [
            ("c_limit,w_9,q_auto", "q_auto"),
            ("c_thumb,w_9", "c_thumb"),
            ("c_fill,w_0", "w_0"),
            ("c_fill,w_+9", "w_+9"),
            ("c_fill,w_99999", "w_99999"),
            ("c_fill,w_9,w_9", "twice"),
            ("c_fill", "missing"),
            ("w_9", "c_ is missing"),
            ("c_fill,w_9,x_1", "c_crop"),
            ("c_crop,w_9,g_face", "g_face"),
            ("l_text:x", "l_text:x"),
            (
                "c_limit,w_1/c_limit,w_1/c_limit,w_1/c_limit,w_1/c_limit,w_1",
                "steps",
            ),
        ] {
            let message = parse(text).expect_err("refused").message();
            assert!(message.contains(named), "{text}: {message}");
        }
    }

    #[test]
    fn folders_rarely_look_like_steps() {
        assert!(Steps::looks_like_one("c_limit,w_9"));
        assert!(Steps::looks_like_one("my_photos"));
        for folder in ["holiday", "photos_2024", "c_", "A_1", "a_1,b"] {
            assert!(!Steps::looks_like_one(folder), "{folder}");
        }
    }
}
