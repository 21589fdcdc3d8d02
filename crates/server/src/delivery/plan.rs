//! What a step means for a picture of a given size: which piece is cut out, what it is scaled to,
//! where it lies on a canvas. Arithmetic only; no pixel is touched here.

use crate::limits::SIDE_PIXELS_MAX;

use super::regions::{Rect, Regions};
use super::sides::{Sides, bounded, fitted, pixels, scaled, shaped};
use super::steps::{CENTER, Crop, Gravity, Length, NORTH_WEST, Step, Turn};

/// What relative lengths are counted in.
const RELATIVE_ONE: f64 = 10_000.0;

/// A picture on a larger ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    pub width: u32,
    pub height: u32,
    pub x: u32,
    pub y: u32,
}

/// What is done to the size of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// The piece that is kept.
    pub cut: Rect,
    /// What it becomes.
    pub width: u32,
    pub height: u32,
    pub canvas: Option<Canvas>,
}

impl Plan {
    /// The whole picture at its own size.
    pub fn of_all(width: u32, height: u32) -> Self {
        let sides = (f64::from(width), f64::from(height));
        whole(sides, sides)
    }
}

/// The turn that comes before the sides are looked at, for a picture of this size.
pub fn turn_before(step: &Step, width: u32, height: u32) -> Option<Turn> {
    let (Some(to_width), Some(to_height)) = wanted(step, (f64::from(width), f64::from(height)))
    else {
        return None;
    };
    let lies_across =
        (width > height && to_width < to_height) || (width < height && to_width > to_height);
    let first = step.turns.iter().find_map(|turn| match turn {
        Turn::AutoRight => Some(Turn::Degrees(90)),
        Turn::AutoLeft => Some(Turn::Degrees(270)),
        _ => None,
    });
    first.filter(|_| lies_across)
}

/// What becomes of a picture's size; `None` when the step leaves it alone.
pub fn plan(step: &Step, width: u32, height: u32, regions: &Regions) -> Option<Plan> {
    let has_sides = step.width.is_some() || step.height.is_some() || step.ratio.is_some();
    if step.crop.is_none() && !has_sides {
        return None;
    }
    let sides = (f64::from(width), f64::from(height));
    let to = wanted(step, sides);
    Some(match step.crop.unwrap_or(Crop::Scale) {
        Crop::Scale => whole(sides, scaled(sides, to)),
        Crop::Fit => whole(sides, fitted(sides, to, f64::INFINITY)),
        Crop::Limit => whole(sides, fitted(sides, to, 1.0)),
        Crop::Pad => padded(step, sides, to, regions),
        Crop::Fill => filled(step, sides, to, regions),
        Crop::Cut => cut_out(step, sides, to, regions),
        Crop::Thumb => thumb(step, sides, to, regions),
    })
}

/// The sides that a step names, in pixels; a ratio fills in the one that is missing.
fn wanted(step: &Step, (width, height): Sides) -> (Option<f64>, Option<f64>) {
    let dpr = f64::from(step.dpr.unwrap_or(100)) / 100.0;
    let max = f64::from(SIDE_PIXELS_MAX);
    let side = |length: Option<Length>, own: f64| {
        length.map(|length| match length {
            Length::Pixels(pixels) => (f64::from(pixels) * dpr).round().clamp(1.0, max),
            Length::Relative(parts) => (own * f64::from(parts) / RELATIVE_ONE).round().max(1.0),
        })
    };
    let (to_width, to_height) = (side(step.width, width), side(step.height, height));
    let Some((across, down)) = step.ratio else {
        return (to_width, to_height);
    };
    let ratio = f64::from(across) / f64::from(down);
    match (to_width, to_height) {
        (Some(side), None) => (to_width, Some((side / ratio).round().clamp(1.0, max))),
        (None, Some(side)) => (Some((side * ratio).round().clamp(1.0, max)), to_height),
        (None, None) => {
            let (across, down) = shaped((width, height), ratio);
            (Some(across), Some(down))
        }
        both => both,
    }
}

fn whole(sides: Sides, to: Sides) -> Plan {
    let cut = Rect {
        x: 0.0,
        y: 0.0,
        width: sides.0,
        height: sides.1,
    };
    let (width, height) = bounded(to, sides);
    Plan {
        cut,
        width,
        height,
        canvas: None,
    }
}

fn padded(step: &Step, sides: Sides, to: (Option<f64>, Option<f64>), regions: &Regions) -> Plan {
    let plan = whole(sides, fitted(sides, to, f64::INFINITY));
    let (Some(across), Some(down)) = to else {
        return plan;
    };
    let (width, height) = bounded((across, down), (1.0, 1.0));
    let inner = (f64::from(plan.width), f64::from(plan.height));
    let place = placed(step, (f64::from(width), f64::from(height)), inner, regions);
    Plan {
        canvas: Some(Canvas {
            width,
            height,
            x: pixels(place.0.max(0.0)),
            y: pixels(place.1.max(0.0)),
        }),
        ..plan
    }
}

fn filled(step: &Step, sides: Sides, to: (Option<f64>, Option<f64>), regions: &Regions) -> Plan {
    let (Some(across), Some(down)) = to else {
        return whole(sides, scaled(sides, to));
    };
    let (cut_width, cut_height) = shaped(sides, across / down);
    let (x, y) = placed(step, sides, (cut_width, cut_height), regions);
    let cut = Rect {
        x,
        y,
        width: cut_width,
        height: cut_height,
    };
    let (width, height) = bounded((across, down), (1.0, 1.0));
    Plan {
        cut,
        width,
        height,
        canvas: None,
    }
}

fn cut_out(step: &Step, sides: Sides, to: (Option<f64>, Option<f64>), regions: &Regions) -> Plan {
    let gravity = step.gravity.unwrap_or(CENTER);
    let region = regions.of(gravity, sides);
    let inner = match (to, region) {
        ((None, None), Some(region)) => (region.width, region.height),
        ((across, down), _) => (
            across.unwrap_or(sides.0).min(sides.0),
            down.unwrap_or(sides.1).min(sides.1),
        ),
    };
    let (x, y) = placed(step, sides, inner, regions);
    // At least one pixel is left, wherever the offset points.
    let left = x.clamp(0.0, sides.0 - 1.0);
    let top = y.clamp(0.0, sides.1 - 1.0);
    let cut = Rect {
        x: left,
        y: top,
        width: (x + inner.0).min(sides.0).max(left + 1.0) - left,
        height: (y + inner.1).min(sides.1).max(top + 1.0) - top,
    };
    Plan {
        cut,
        width: pixels(cut.width),
        height: pixels(cut.height),
        canvas: None,
    }
}

/// The named piece, widened to the shape of the result; without one it is a fill.
fn thumb(step: &Step, sides: Sides, to: (Option<f64>, Option<f64>), regions: &Regions) -> Plan {
    let region = regions.of(step.gravity.unwrap_or(CENTER), sides);
    let Some(region) = region else {
        return filled(step, sides, to, regions);
    };
    let (across, down) = scaled((region.width, region.height), to);
    let ratio = across / down;
    let wide = region.width.max(region.height * ratio);
    let factor = (sides.0 / wide).min(sides.1 / (wide / ratio)).min(1.0);
    let width = (wide * factor).round().clamp(1.0, sides.0);
    let height = (wide / ratio * factor).round().clamp(1.0, sides.1);
    let (x, y) = placed(step, sides, (width, height), regions);
    let cut = Rect {
        x,
        y,
        width,
        height,
    };
    let (width, height) = bounded((across, down), (1.0, 1.0));
    Plan {
        cut,
        width,
        height,
        canvas: None,
    }
}

/// Where the inner rectangle begins in the outer one. Only a cut that is moved may leave it.
fn placed(step: &Step, outer: Sides, inner: Sides, regions: &Regions) -> Sides {
    let room = (outer.0 - inner.0, outer.1 - inner.1);
    let moved = (offset(step.x, outer.0), offset(step.y, outer.1));
    let default = if step.x.is_some() || step.y.is_some() {
        NORTH_WEST
    } else {
        CENTER
    };
    let gravity = step.gravity.unwrap_or(default);
    let inside = |(x, y): Sides| {
        let start = |middle: f64, side: f64, room: f64| {
            (middle - side / 2.0).round().clamp(0.0, room.max(0.0))
        };
        (start(x, inner.0, room.0), start(y, inner.1, room.1))
    };
    match gravity {
        Gravity::Point => inside(moved),
        Gravity::Compass { x, y } => {
            let start = |room: f64, towards: i8, moved: f64| {
                let start = (room * f64::from(towards + 1) / 2.0).floor();
                // From the right and the bottom, offsets point inwards.
                if towards > 0 {
                    start - moved
                } else {
                    start + moved
                }
            };
            (start(room.0, x, moved.0), start(room.1, y, moved.1))
        }
        Gravity::Custom | Gravity::Face | Gravity::Faces => {
            let middle = match regions.of(gravity, outer) {
                Some(region) => region.center(),
                None => (outer.0 / 2.0, outer.1 / 2.0),
            };
            let (x, y) = inside(middle);
            (x + moved.0, y + moved.1)
        }
    }
}

fn offset(length: Option<Length>, own: f64) -> f64 {
    match length {
        Some(Length::Pixels(pixels)) => f64::from(pixels),
        Some(Length::Relative(parts)) => (own * f64::from(parts) / RELATIVE_ONE).round(),
        None => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::grammar;

    /// `x,y,w,h > w,h @ canvas` of a picture of 400 × 200 with a face and a custom region.
    fn described(text: &str) -> String {
        let step = grammar::step(text).expect(text);
        let regions = Regions::read(
            Some("100,50,40,40|0,0,1,1"),
            Some("300,20,50,50|350,150,20,20"),
        );
        let Some(plan) = plan(&step, 400, 200, &regions) else {
            return "as it is".to_owned();
        };
        let Rect {
            x,
            y,
            width,
            height,
        } = plan.cut;
        let canvas = plan.canvas.map_or(String::new(), |canvas| {
            format!(
                " @ {},{} in {}x{}",
                canvas.x, canvas.y, canvas.width, canvas.height
            )
        });
        format!(
            "{x},{y},{width},{height} > {}x{}{canvas}",
            plan.width, plan.height
        )
    }

    #[test]
    fn every_crop_means_what_the_wire_says() {
        for (text, expected) in [
            ("q_80,a_90,r_max", "as it is"),
            ("w_100", "0,0,400,200 > 100x50"),
            ("c_scale,w_100,h_100", "0,0,400,200 > 100x100"),
            ("c_scale,w_0.5", "0,0,400,200 > 200x100"),
            ("c_scale,w_100,ar_1:1", "0,0,400,200 > 100x100"),
            ("w_100,dpr_2.0", "0,0,400,200 > 200x100"),
            ("c_fit,w_800,h_800", "0,0,400,200 > 800x400"),
            ("c_fit,w_100,h_20", "0,0,400,200 > 40x20"),
            ("c_limit,w_800,h_800", "0,0,400,200 > 400x200"),
            ("c_limit,w_90,h_60", "0,0,400,200 > 90x45"),
            ("c_limit,w_100", "0,0,400,200 > 100x50"),
            ("c_fill,w_50,h_50", "100,0,200,200 > 50x50"),
            ("c_fill,w_50,h_50,g_west", "0,0,200,200 > 50x50"),
            ("c_fill,w_50,h_50,g_east", "200,0,200,200 > 50x50"),
            ("c_fill,w_400,h_100,g_south", "0,100,400,100 > 400x100"),
            ("c_fill,w_50,h_50,g_custom", "20,0,200,200 > 50x50"),
            ("c_fill,w_50,h_50,g_face", "200,0,200,200 > 50x50"),
            (
                "c_fill,w_50,h_50,g_xy_center,x_0,y_0",
                "0,0,200,200 > 50x50",
            ),
            ("c_fill,w_100", "0,0,400,200 > 100x50"),
            ("c_fill,ar_1:1", "100,0,200,200 > 200x200"),
            (
                "c_pad,w_100,h_100",
                "0,0,400,200 > 100x50 @ 0,25 in 100x100",
            ),
            (
                "c_pad,w_100,h_100,g_south",
                "0,0,400,200 > 100x50 @ 0,50 in 100x100",
            ),
            (
                "c_pad,w_500,h_200,g_north_east",
                "0,0,400,200 > 400x200 @ 100,0 in 500x200",
            ),
            ("c_pad,w_100", "0,0,400,200 > 100x50"),
            ("c_crop,w_100,h_50", "150,75,100,50 > 100x50"),
            ("c_crop,w_100,h_50,x_10,y_20", "10,20,100,50 > 100x50"),
            (
                "c_crop,w_100,h_50,x_10,y_20,g_south_east",
                "290,130,100,50 > 100x50",
            ),
            (
                "c_crop,w_100,h_50,x_10,y_0,g_center",
                "160,75,100,50 > 100x50",
            ),
            ("c_crop,w_100,h_100,x_350,y_150", "350,150,50,50 > 50x50"),
            ("c_crop,w_100,h_100,x_-60,y_0", "0,0,40,100 > 40x100"),
            ("c_crop,w_100,h_100,x_9000,y_9000", "399,199,1,1 > 1x1"),
            ("c_crop,w_100,h_100,x_-9000,y_0", "0,0,1,100 > 1x100"),
            ("c_crop,w_0.5,h_0.5", "100,50,200,100 > 200x100"),
            ("c_crop,w_0.5,h_1.0,x_0.5,y_0", "200,0,200,200 > 200x200"),
            ("c_crop,g_custom", "100,50,40,40 > 40x40"),
            ("c_crop,g_face", "300,20,50,50 > 50x50"),
            ("c_crop,g_faces", "300,20,70,150 > 70x150"),
            ("c_crop,g_custom,w_100,h_100", "70,20,100,100 > 100x100"),
            ("c_crop,ar_1:1", "100,0,200,200 > 200x200"),
            ("c_thumb,g_custom,w_80,h_80", "100,50,40,40 > 80x80"),
            ("c_thumb,g_custom,w_80,h_40", "80,50,80,40 > 80x40"),
            ("c_thumb,g_custom,w_10", "100,50,40,40 > 10x10"),
            ("c_thumb,g_faces,w_30,h_60", "298,20,75,150 > 30x60"),
            ("c_thumb,w_50,h_50", "100,0,200,200 > 50x50"),
        ] {
            assert_eq!(described(text), expected, "{text}");
        }
    }

    #[test]
    fn named_pieces_move_with_the_picture() {
        let regions = Regions::read(Some("100,50,40,40"), None);
        let step = grammar::step("c_crop,w_200,h_100,x_80,y_40").expect("a step");
        let cut = plan(&step, 400, 200, &regions).expect("a plan");
        let step = grammar::step("c_scale,w_100").expect("a step");
        let small = plan(&step, 200, 100, &regions).expect("a plan");
        let moved = regions.after(&cut).after(&small);
        let expected = Rect {
            x: 10.0,
            y: 5.0,
            width: 20.0,
            height: 20.0,
        };
        assert_eq!(moved.custom, [expected]);
    }

    #[test]
    fn a_picture_turns_only_where_its_shape_gains() {
        let turned = |text: &str, width, height| {
            turn_before(&grammar::step(text).expect(text), width, height)
        };
        assert_eq!(
            turned("a_auto_right,w_10,h_20", 400, 200),
            Some(Turn::Degrees(90))
        );
        assert_eq!(
            turned("a_auto_left,w_20,h_10", 200, 400),
            Some(Turn::Degrees(270))
        );
        assert_eq!(turned("a_auto_right,w_20,h_10", 400, 200), None);
        assert_eq!(turned("a_auto_right,w_20", 400, 200), None);
        assert_eq!(turned("a_90,w_10,h_20", 400, 200), None);
    }

    #[test]
    fn no_plan_leaves_the_picture_or_the_limits() {
        let parts: [&[&str]; 4] = [
            &[
                "c_scale", "c_fit", "c_limit", "c_fill", "c_pad", "c_crop", "c_thumb",
            ],
            &[
                "w_1",
                "w_5000",
                "h_1",
                "w_1,h_5000",
                "w_5000,h_1",
                "w_0.0001",
                "ar_1000:1,w_5000",
            ],
            &[
                "",
                "g_east",
                "g_custom",
                "g_faces",
                "x_-9999,y_9999",
                "g_xy_center,x_1.0,y_0.5",
            ],
            &["", "dpr_5.0"],
        ];
        let regions = Regions::read(Some("0,0,9999,9999"), Some("1,1,1,1"));
        let mut count = 0;
        for crop in parts[0] {
            for sides in parts[1] {
                for place in parts[2] {
                    for more in parts[3] {
                        let all = [*crop, *sides, *place, *more];
                        let text: Vec<&str> =
                            all.into_iter().filter(|part| !part.is_empty()).collect();
                        let Ok(step) = grammar::step(&text.join(",")) else {
                            continue;
                        };
                        for (width, height) in [(1, 1), (1, 9000), (9000, 1), (640, 480)] {
                            let plan = plan(&step, width, height, &regions).expect("a plan");
                            check(&plan, width, height, &text.join(","));
                            count += 1;
                        }
                    }
                }
            }
        }
        assert!(count > 1_000, "{count}");
    }

    fn check(plan: &Plan, width: u32, height: u32, text: &str) {
        let Rect {
            x,
            y,
            width: across,
            height: down,
        } = plan.cut;
        let (own_width, own_height) = (f64::from(width), f64::from(height));
        let inside = x >= 0.0
            && y >= 0.0
            && across >= 1.0
            && down >= 1.0
            && x + across <= own_width
            && y + down <= own_height;
        assert!(inside, "{text} of {width}x{height}: {plan:?}");
        let max = |own: u32| SIDE_PIXELS_MAX.max(own);
        let small = plan.width >= 1
            && plan.height >= 1
            && plan.width <= max(width)
            && plan.height <= max(height);
        assert!(small, "{text} of {width}x{height}: {plan:?}");
        if let Some(canvas) = plan.canvas {
            let holds =
                canvas.x + plan.width <= canvas.width && canvas.y + plan.height <= canvas.height;
            assert!(holds, "{text} of {width}x{height}: {plan:?}");
        }
    }
}
