//! Transformations as data: a chain of steps, and what each of them asks for.
//! How they are written is in `grammar.rs`; what they mean in pixels is in `plan.rs`.

use crate::error::ApiError;
use crate::limits::STEPS_MAX;

use super::encode::Encoding;
use super::grammar;

/// How a step uses its sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crop {
    /// Exactly these sides, whatever becomes of the shape.
    Scale,
    /// Fits into the sides, larger than it was if need be.
    Fit,
    /// Fits into the sides, never larger than it was.
    Limit,
    /// Covers the sides exactly; what sticks out is cut off.
    Fill,
    /// Fits into the sides and fills what is left of them with the background.
    Pad,
    /// Cuts out a piece without scaling.
    Cut,
    /// Covers the sides with what the coordinates name.
    Thumb,
}

/// A side of the result or an offset in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Pixels(i32),
    /// Of the same side of the picture, in ten-thousandths.
    Relative(i32),
}

/// Where a piece is taken, or a picture is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    /// A point of the compass: -1 is west or north, 1 east or south.
    Compass { x: i8, y: i8 },
    /// The point at `x_` and `y_`.
    Point,
    /// The asset's `custom_coordinates`.
    Custom,
    /// The first of the asset's `face_coordinates`.
    Face,
    /// All of them.
    Faces,
}

/// The middle.
pub const CENTER: Gravity = Gravity::Compass { x: 0, y: 0 };
/// Where offsets count from, unless told otherwise.
pub const NORTH_WEST: Gravity = Gravity::Compass { x: -1, y: -1 };

/// A turn or a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Clockwise, 0 to 359.
    Degrees(u16),
    /// By 90° to the right where that makes the shape more like the sides.
    AutoRight,
    /// The same to the left.
    AutoLeft,
    /// As the camera held it, which is what happens anyway.
    Exif,
    /// Not as the camera held it.
    Ignore,
    /// Left and right change places.
    Mirror,
    /// Top and bottom do.
    Flip,
}

/// Rounded corners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Radius {
    Pixels(u32),
    /// An ellipse.
    Max,
}

/// Red, green, blue, alpha.
pub type Colour = [u8; 4];

/// The format that a step asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    These(Encoding),
    /// What the client shows and fits the picture.
    Auto,
}

/// One step of a transformation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub crop: Option<Crop>,
    pub width: Option<Length>,
    pub height: Option<Length>,
    /// Width to height.
    pub ratio: Option<(u32, u32)>,
    pub x: Option<Length>,
    pub y: Option<Length>,
    pub gravity: Option<Gravity>,
    pub turns: Vec<Turn>,
    pub radius: Option<Radius>,
    pub background: Option<Colour>,
    /// In percent; losses that JPEG makes.
    pub quality: Option<u8>,
    pub format: Option<Wish>,
    /// Pixels of the device for one of the page, in hundredths.
    pub dpr: Option<u32>,
}

/// All steps, in order. Its `Debug` text is the name under which the result is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps(Vec<Step>);

impl Steps {
    /// Reads the segments of an address.
    pub fn parse(segments: &[String]) -> Result<Self, ApiError> {
        if segments.len() > STEPS_MAX {
            let text = format!("more than {STEPS_MAX} steps");
            return Err(ApiError::TransformationInvalid(text));
        }
        segments
            .iter()
            .map(|segment| grammar::step(segment).map_err(ApiError::TransformationInvalid))
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

    /// Whether the picture as a whole is kept: one that scales itself can be sent as it is.
    pub fn only_limits(&self) -> bool {
        self.0.iter().all(|step| {
            matches!(step.crop, None | Some(Crop::Limit | Crop::Fit))
                && step.turns.is_empty()
                && step.radius.is_none()
                && step.background.is_none()
        })
    }

    /// Whether nothing but a format is asked for.
    pub fn only_format(&self) -> bool {
        self.0.iter().all(|step| {
            let rest = Step {
                format: None,
                ..step.clone()
            };
            rest == Step::default()
        })
    }

    /// The format that is asked for; the last word counts.
    pub fn format(&self) -> Option<Wish> {
        self.0.iter().rev().find_map(|step| step.format)
    }

    /// The quality that is asked for; the last word counts.
    pub fn quality(&self) -> Option<u8> {
        self.0.iter().rev().find_map(|step| step.quality)
    }

    /// Whether the camera's word on what is up shall count.
    pub fn keeps_upright(&self) -> bool {
        !self.0.iter().any(|step| step.turns.contains(&Turn::Ignore))
    }

    /// Whether a picture without clear pixels may have some after this.
    pub fn makes_clear(&self) -> bool {
        self.0.iter().any(|step| {
            let is_slanted =
                |turn: &Turn| matches!(turn, Turn::Degrees(degrees) if degrees % 90 != 0);
            let clears = step.radius.is_some() || step.turns.iter().any(is_slanted);
            match step.background {
                Some([.., alpha]) => alpha < u8::MAX && (clears || step.crop == Some(Crop::Pad)),
                None => clears,
            }
        })
    }

    /// The steps in order.
    pub fn iter(&self) -> impl Iterator<Item = &Step> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_rarely_look_like_steps() {
        assert!(Steps::looks_like_one("c_limit,w_9"));
        assert!(Steps::looks_like_one("my_photos"));
        for folder in ["holiday", "photos_2024", "c_", "A_1", "a_1,b"] {
            assert!(!Steps::looks_like_one(folder), "{folder}");
        }
    }

    #[test]
    fn the_last_word_on_format_and_quality_counts() {
        let segments = ["f_png,q_10", "c_fill,w_9", "q_80", "f_auto"].map(str::to_owned);
        let steps = Steps::parse(&segments).expect("steps");
        assert_eq!(
            (steps.format(), steps.quality()),
            (Some(Wish::Auto), Some(80))
        );
    }

    #[test]
    fn it_is_known_beforehand_where_clear_pixels_come_from() {
        let makes_clear = |text: &str| {
            let steps = Steps::parse(&[text.to_owned()]).expect(text);
            steps.makes_clear()
        };
        for text in [
            "r_max",
            "r_5",
            "a_30",
            "c_pad,w_9,h_9,b_transparent",
            "r_9,b_transparent",
        ] {
            assert!(makes_clear(text), "{text}");
        }
        for text in [
            "c_fill,w_9",
            "a_90",
            "c_pad,w_9,h_9",
            "r_max,b_white",
            "a_30,b_red",
        ] {
            assert!(!makes_clear(text), "{text}");
        }
    }
}
