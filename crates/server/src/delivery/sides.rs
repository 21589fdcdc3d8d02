//! The arithmetic of sides: shapes, fits and bounds. What they are needed for is in `plan.rs`.

use crate::limits::SIDE_PIXELS_MAX;

/// The sides of a picture, as pairs in the order of width and height.
pub type Sides = (f64, f64);

/// The largest sides of this shape within a picture.
pub fn shaped((width, height): Sides, ratio: f64) -> Sides {
    if width / height >= ratio {
        ((height * ratio).round().clamp(1.0, width), height)
    } else {
        (width, (width / ratio).round().clamp(1.0, height))
    }
}

/// Sides that a picture may have after it: narrow ones could grow without end in one direction.
pub fn bounded((width, height): Sides, own: Sides) -> (u32, u32) {
    let side = |side: f64, own: f64| {
        let max = f64::from(SIDE_PIXELS_MAX).max(own);
        pixels(side.round().clamp(1.0, max))
    };
    (side(width, own.0), side(height, own.1))
}

/// A number of pixels that was rounded and bounded before.
pub fn pixels(number: f64) -> u32 {
    // Floats turn into integers by saturation, so nothing can go wrong beyond the bounds.
    number as u32
}

/// Exactly the sides; one that isn't named follows the other.
pub fn scaled((width, height): Sides, to: (Option<f64>, Option<f64>)) -> Sides {
    match to {
        (Some(across), Some(down)) => (across, down),
        (Some(across), None) => (across, height * across / width),
        (None, Some(down)) => (width * down / height, down),
        (None, None) => (width, height),
    }
}

/// The largest sides of the picture's shape within those named, at most so much larger.
pub fn fitted((width, height): Sides, to: (Option<f64>, Option<f64>), factor_max: f64) -> Sides {
    let across = to.0.map_or(f64::INFINITY, |side| side / width);
    let down = to.1.map_or(f64::INFINITY, |side| side / height);
    let factor = across.min(down).min(factor_max);
    if factor.is_finite() {
        (width * factor, height * factor)
    } else {
        (width, height)
    }
}
