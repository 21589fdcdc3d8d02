//! The geometry of cropping: a box in a picture that is moved, resized and typed in. Pixels are
//! those of the picture as it is seen, upright; whole ones only. Whatever is asked for, the box
//! stays in the picture, and keeps to its ratio and its limits as well as pixels can.

use crate::picture::Size;

/// A box, in pixels of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// From the left edge.
    pub x: u32,
    /// From the upper edge.
    pub y: u32,
    /// From left to right, at least 1.
    pub width: u32,
    /// From top to bottom, at least 1.
    pub height: u32,
}

/// Which edges move while others stay: a side, or two at a corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// -1 for the left edge, 1 for the right one, 0 for neither.
    pub x: i32,
    /// -1 for the upper edge, 1 for the lower one, 0 for neither.
    pub y: i32,
}

/// Quarter turns clockwise, and then a flip from left to right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// 0 to 3.
    pub quarters: u32,
    /// Whether left and right change places after the turns.
    pub flipped: bool,
}

/// What a person made of a picture: it is turned, and then cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// How it is turned.
    pub turn: Turn,
    /// The box, in the turned picture; `None` for all of it.
    pub rect: Option<Rect>,
}

/// What a box may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The picture.
    pub size: Size,
    /// Width by height; any when not said.
    pub ratio: Option<f64>,
    /// The box is no smaller, unless the picture is.
    pub least: Size,
    /// The box is no larger.
    pub most: Size,
}

impl Frame {
    /// One without any limits.
    pub const fn free(size: Size) -> Self {
        Self {
            size,
            ratio: None,
            least: Size {
                width: 1,
                height: 1,
            },
            most: size,
        }
    }

    /// The first box: in the middle, and this part of the largest that there could be.
    pub fn first(&self, part: f64) -> Rect {
        let part = if part > 0.0 && part <= 1.0 { part } else { 1.0 };
        let (wide, high) = (f64::from(self.size.width), f64::from(self.size.height));
        let (width, height) = match self.ratio() {
            Some(ratio) if wide / high > ratio => (high * ratio, high),
            Some(ratio) => (wide, wide / ratio),
            None => (wide, high),
        };
        let (width, height) = self.fit(whole(width * part), whole(height * part), true);
        Rect {
            x: (self.size.width - width) / 2,
            y: (self.size.height - height) / 2,
            width,
            height,
        }
    }

    /// The box, moved as far as the picture goes.
    pub fn moved(&self, rect: Rect, dx: i32, dy: i32) -> Rect {
        let shift = |at: u32, by: i32, room: u32| at.saturating_add_signed(by).min(room);
        Rect {
            x: shift(rect.x, dx, self.size.width.saturating_sub(rect.width)),
            y: shift(rect.y, dy, self.size.height.saturating_sub(rect.height)),
            ..rect
        }
    }

    /// The box with an edge or a corner dragged; what is opposite stays where it is.
    pub fn resized(&self, rect: Rect, handle: Handle, dx: i32, dy: i32) -> Rect {
        let grow = |side: u32, by: i32, way: i32| {
            side.saturating_add_signed(by.saturating_mul(way)).max(1)
        };
        let width = grow(rect.width, dx, handle.x);
        let height = grow(rect.height, dy, handle.y);
        // At a corner, the edge that was dragged further leads.
        let leads = match (handle.x, handle.y) {
            (_, 0) => true,
            (0, _) => false,
            _ => {
                let wider = width.abs_diff(rect.width);
                let ratio = self.ratio().unwrap_or(1.0);
                f64::from(wider) >= f64::from(height.abs_diff(rect.height)) * ratio
            }
        };
        self.anchored(rect, handle, width, height, leads)
    }

    /// The box with a side of this length; its upper left corner stays where it can.
    pub fn sized(&self, rect: Rect, width: Option<u32>, height: Option<u32>) -> Rect {
        let leads = width.is_some();
        let (width, height) = self.fit(
            width.unwrap_or(rect.width),
            height.unwrap_or(rect.height),
            leads,
        );
        Rect {
            x: rect.x.min(self.size.width - width),
            y: rect.y.min(self.size.height - height),
            width,
            height,
        }
    }

    /// The box as this frame allows it, around the same middle.
    pub fn kept(&self, rect: Rect) -> Rect {
        let (width, height) = self.fit(rect.width, rect.height, rect.width <= rect.height);
        let around = |at: u32, old: u32, new: u32, side: u32| {
            let middle = u64::from(at) * 2 + u64::from(old);
            let start = middle.saturating_sub(u64::from(new)) / 2;
            u32::try_from(start).unwrap_or(u32::MAX).min(side - new)
        };
        Rect {
            x: around(rect.x, rect.width, width, self.size.width),
            y: around(rect.y, rect.height, height, self.size.height),
            width,
            height,
        }
    }

    /// A ratio that means something.
    fn ratio(&self) -> Option<f64> {
        self.ratio.filter(|ratio| ratio.is_finite() && *ratio > 0.0)
    }

    fn anchored(&self, rect: Rect, handle: Handle, width: u32, height: u32, leads: bool) -> Rect {
        // How far the box may reach from the edge that stays.
        let room = |way: i32, at: u32, side: u32, all: u32| match way {
            -1 => at.saturating_add(side).min(all),
            1 => all.saturating_sub(at),
            _ => all,
        };
        let inner = Frame {
            size: Size {
                width: room(handle.x, rect.x, rect.width, self.size.width).max(1),
                height: room(handle.y, rect.y, rect.height, self.size.height).max(1),
            },
            ..*self
        };
        let (width, height) = inner.fit(width, height, leads);
        let start = |way: i32, at: u32, old: u32, new: u32, all: u32| {
            let start = match way {
                -1 => at.saturating_add(old).saturating_sub(new),
                1 => at,
                // A side that only follows grows and shrinks around its middle.
                _ => (at + old / 2).saturating_sub(new / 2),
            };
            start.min(all.saturating_sub(new))
        };
        Rect {
            x: start(handle.x, rect.x, rect.width, width, self.size.width),
            y: start(handle.y, rect.y, rect.height, height, self.size.height),
            width,
            height,
        }
    }

    /// Sides that the frame allows, near those that are wanted; `leads` says that the width is
    /// what was meant.
    fn fit(&self, width: u32, height: u32, leads: bool) -> (u32, u32) {
        let clamp = |side: u32, least: u32, most: u32, all: u32| {
            // A picture that is smaller than the least box is all of it.
            let most = most.min(all).max(1);
            side.clamp(least.clamp(1, most), most)
        };
        let width = clamp(width, self.least.width, self.most.width, self.size.width);
        let height = clamp(
            height,
            self.least.height,
            self.most.height,
            self.size.height,
        );
        let Some(ratio) = self.ratio() else {
            return (width, height);
        };
        let most_wide = f64::from(self.most.width.min(self.size.width).max(1));
        let most_high = f64::from(self.most.height.min(self.size.height).max(1));
        let wanted = if leads {
            f64::from(width)
        } else {
            f64::from(height) * ratio
        };
        let least = f64::from(self.least.width).max(f64::from(self.least.height) * ratio);
        let most = most_wide.min(most_high * ratio);
        let wide = wanted.max(least).min(most).max(1.0);
        let clip = |side: f64, most: f64| whole(side).clamp(1, whole(most));
        (clip(wide, most_wide), clip(wide / ratio, most_high))
    }
}

impl Turn {
    /// The size of a picture after it.
    pub const fn size(self, size: Size) -> Size {
        if self.quarters % 2 == 1 {
            Size {
                width: size.height,
                height: size.width,
            }
        } else {
            size
        }
    }

    /// One more quarter, clockwise as it is seen.
    #[must_use]
    pub const fn quarter(self) -> Self {
        // A flip comes last, so that what is seen as clockwise is the other way before it.
        let by = if self.flipped { 3 } else { 1 };
        Self {
            quarters: (self.quarters + by) % 4,
            ..self
        }
    }

    /// Left and right change places.
    #[must_use]
    pub const fn flip(self) -> Self {
        Self {
            flipped: !self.flipped,
            ..self
        }
    }

    /// Whether it changes nothing.
    pub const fn is_none(self) -> bool {
        self.quarters == 0 && !self.flipped
    }
}

impl Rect {
    /// All of a picture.
    pub const fn all(size: Size) -> Self {
        Self {
            x: 0,
            y: 0,
            width: size.width,
            height: size.height,
        }
    }

    /// `x,y,w,h`, as the Upload API has it.
    pub fn text(self) -> String {
        let mut text = String::new();
        for side in [self.x, self.y, self.width, self.height] {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&side.to_string());
        }
        text
    }

    /// The same box in a picture of the size `from` that was scaled to `to`.
    #[must_use]
    pub fn scaled(self, from: Size, to: Size) -> Self {
        let scale = |at: u32, from: u32, to: u32| {
            let at = u64::from(at) * u64::from(to) / u64::from(from.max(1));
            u32::try_from(at).unwrap_or(to).min(to)
        };
        let (x, y) = (
            scale(self.x, from.width, to.width),
            scale(self.y, from.height, to.height),
        );
        let right = scale(self.x.saturating_add(self.width), from.width, to.width);
        let lower = scale(self.y.saturating_add(self.height), from.height, to.height);
        Self {
            x: x.min(to.width.saturating_sub(1)),
            y: y.min(to.height.saturating_sub(1)),
            width: right.saturating_sub(x).max(1),
            height: lower.saturating_sub(y).max(1),
        }
    }

    /// The same box in a picture of this size that is turned a quarter clockwise.
    #[must_use]
    pub const fn quarter(self, size: Size) -> Self {
        Self {
            x: size.height.saturating_sub(self.y + self.height),
            y: self.x,
            width: self.height,
            height: self.width,
        }
    }

    /// The same box in a picture of this size whose left and right changed places.
    #[must_use]
    pub const fn flip(self, size: Size) -> Self {
        Self {
            x: size.width.saturating_sub(self.x + self.width),
            ..self
        }
    }
}

/// The nearest whole number of pixels, at least one.
fn whole(side: f64) -> u32 {
    // From zero to `u32::MAX` whatever it is.
    (side + 0.5) as u32
}
