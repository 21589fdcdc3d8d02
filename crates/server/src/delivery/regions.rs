//! The pieces of a picture that people have named: an asset's custom and face coordinates.

use super::plan::Plan;
use super::sides::Sides;
use super::steps::Gravity;

/// A piece of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// The pieces that people have named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regions {
    pub custom: Vec<Rect>,
    pub faces: Vec<Rect>,
}

impl Rect {
    pub fn center(&self) -> Sides {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    fn around(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self {
            x,
            y,
            width: right - x,
            height: bottom - y,
        }
    }

    /// What of it lies in a picture of this size, if anything does.
    fn within(self, (width, height): Sides) -> Option<Self> {
        let (left, top) = (self.x.max(0.0), self.y.max(0.0));
        let right = (self.x + self.width).min(width);
        let bottom = (self.y + self.height).min(height);
        (right - left >= 1.0 && bottom - top >= 1.0).then_some(Self {
            x: left,
            y: top,
            width: right - left,
            height: bottom - top,
        })
    }
}

impl Regions {
    /// Reads coordinates as they were sent: `x,y,w,h`, several joined by `|`. What can't be read is
    /// no region.
    pub fn read(custom: Option<&str>, faces: Option<&str>) -> Self {
        let list = |text: Option<&str>| {
            let pieces = text.unwrap_or_default().split('|');
            pieces.filter_map(rect).collect::<Vec<_>>()
        };
        Self {
            custom: list(custom),
            faces: list(faces),
        }
    }

    /// The piece that a gravity means, where it lies in the picture.
    pub fn of(&self, gravity: Gravity, sides: Sides) -> Option<Rect> {
        let found = match gravity {
            Gravity::Custom => self.custom.first().copied(),
            Gravity::Face => self.faces.first().copied(),
            Gravity::Faces => self.faces.iter().copied().reduce(Rect::around),
            Gravity::Compass { .. } | Gravity::Point => None,
        };
        found.and_then(|rect| rect.within(sides))
    }

    /// The same pieces after a plan was carried out.
    pub fn after(&self, plan: &Plan) -> Self {
        let (dx, dy) = plan.canvas.map_or((0, 0), |canvas| (canvas.x, canvas.y));
        let (kx, ky) = (
            f64::from(plan.width) / plan.cut.width,
            f64::from(plan.height) / plan.cut.height,
        );
        let moved = |rect: &Rect| Rect {
            x: (rect.x - plan.cut.x) * kx + f64::from(dx),
            y: (rect.y - plan.cut.y) * ky + f64::from(dy),
            width: rect.width * kx,
            height: rect.height * ky,
        };
        Self {
            custom: self.custom.iter().map(moved).collect(),
            faces: self.faces.iter().map(moved).collect(),
        }
    }
}

fn rect(text: &str) -> Option<Rect> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse::<u32>().ok().map(f64::from))
        .collect::<Option<_>>()?;
    match numbers[..] {
        [x, y, width, height] if width > 0.0 && height > 0.0 => Some(Rect {
            x,
            y,
            width,
            height,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_that_cannot_be_read_are_none() {
        for text in [
            "",
            "1,2,3",
            "1,2,0,4",
            "a,b,c,d",
            "-1,2,3,4",
            "1,2,3,4,5",
            "9999999999,0,1,1",
        ] {
            assert_eq!(
                Regions::read(Some(text), None),
                Regions::default(),
                "{text}"
            );
        }
        let outside = Regions::read(Some("900,900,5,5"), None);
        assert_eq!(outside.of(Gravity::Custom, (400.0, 200.0)), None);
    }
}
