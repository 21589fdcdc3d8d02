//! Whatever a person drags and types, by seed: the box stays in the picture, within its limits and
//! near its ratio, and what is opposite of a handle stays where it is.

use plimsoll_core::crop::{Frame, Handle, Rect, Turn};
use plimsoll_core::picture::Size;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % u64::from(sides.max(1))) as u32
    }

    fn step(&mut self) -> i32 {
        let wide = [3, 50, 3_000, i32::MAX as u32][self.roll(4) as usize];
        self.roll(wide) as i32 - (wide / 2) as i32
    }
}

fn frame(dice: &mut Dice) -> Frame {
    let side =
        |dice: &mut Dice| 1 + [8, 400, 6_000, 60_000][dice.roll(4) as usize].min(dice.roll(60_000));
    let size = Size {
        width: side(dice),
        height: side(dice),
    };
    let ratio = [
        None,
        Some(1.0),
        Some(16.0 / 9.0),
        Some(0.5),
        Some(f64::NAN),
        Some(-2.0),
    ];
    let mut frame = Frame::free(size);
    frame.ratio = ratio[dice.roll(6) as usize];
    if dice.roll(3) == 0 {
        frame.least = Size {
            width: dice.roll(500),
            height: dice.roll(500),
        };
    }
    if dice.roll(3) == 0 {
        frame.most = Size {
            width: frame.least.width + dice.roll(3_000),
            height: frame.least.height + dice.roll(3_000),
        };
    }
    frame
}

fn check(frame: &Frame, rect: Rect, what: &str) {
    let Size { width, height } = frame.size;
    let why = || format!("{what}: {rect:?} in {frame:?}");
    assert!(rect.width >= 1 && rect.height >= 1, "{}", why());
    assert!(
        u64::from(rect.x) + u64::from(rect.width) <= u64::from(width),
        "{}",
        why()
    );
    assert!(
        u64::from(rect.y) + u64::from(rect.height) <= u64::from(height),
        "{}",
        why()
    );
    assert!(rect.width <= frame.most.width.max(1), "{}", why());
    assert!(rect.height <= frame.most.height.max(1), "{}", why());
    match frame
        .ratio
        .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
    {
        Some(ratio) => {
            // Within a pixel of either side, or one of them is a single pixel.
            let off = (f64::from(rect.width) - f64::from(rect.height) * ratio).abs();
            let thin = rect.width == 1 || rect.height == 1;
            assert!(thin || off <= ratio.max(1.0), "{}", why());
        }
        None => {
            assert!(
                rect.width >= frame.least.width.min(width).min(frame.most.width),
                "{}",
                why()
            );
            assert!(
                rect.height >= frame.least.height.min(height).min(frame.most.height),
                "{}",
                why()
            );
        }
    }
}

#[test]
fn the_box_stays_in_the_picture_and_keeps_its_rules() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for _ in 0..20_000 {
        let frame = frame(&mut dice);
        let mut rect = frame.first(f64::from(dice.roll(14)) / 10.0);
        check(&frame, rect, "first");
        for _ in 0..12 {
            let (dx, dy) = (dice.step(), dice.step());
            rect = match dice.roll(5) {
                0 => frame.moved(rect, dx, dy),
                1 => frame.sized(rect, Some(dx.unsigned_abs()), None),
                2 => frame.sized(rect, None, Some(dy.unsigned_abs())),
                3 => frame.kept(rect),
                _ => {
                    let way = |dice: &mut Dice| dice.roll(3) as i32 - 1;
                    let handle = Handle {
                        x: way(&mut dice),
                        y: way(&mut dice),
                    };
                    frame.resized(rect, handle, dx, dy)
                }
            };
            check(&frame, rect, "then");
        }
    }
}

#[test]
fn what_is_opposite_of_a_handle_stays() {
    let mut dice = Dice(7);
    for _ in 0..20_000 {
        let mut frame = frame(&mut dice);
        frame.least = Size {
            width: 1,
            height: 1,
        };
        frame.most = frame.size;
        let rect = frame.first(0.5);
        let way = |dice: &mut Dice| if dice.roll(2) == 0 { -1 } else { 1 };
        let handle = Handle {
            x: way(&mut dice),
            y: way(&mut dice),
        };
        let now = frame.resized(rect, handle, dice.step(), dice.step());
        let right = |rect: Rect| rect.x + rect.width;
        let lower = |rect: Rect| rect.y + rect.height;
        if handle.x == 1 {
            assert_eq!(now.x, rect.x);
        } else {
            assert_eq!(right(now), right(rect));
        }
        if handle.y == 1 {
            assert_eq!(now.y, rect.y);
        } else {
            assert_eq!(lower(now), lower(rect));
        }
    }
}

#[test]
fn a_move_that_fits_is_exact_and_goes_back() {
    let frame = Frame::free(Size {
        width: 400,
        height: 300,
    });
    let rect = Rect {
        x: 10,
        y: 20,
        width: 100,
        height: 50,
    };
    let there = frame.moved(rect, 33, 44);
    assert_eq!(
        there,
        Rect {
            x: 43,
            y: 64,
            ..rect
        }
    );
    assert_eq!(frame.moved(there, -33, -44), rect);
    assert_eq!(
        frame.moved(rect, -1000, 1000),
        Rect {
            x: 0,
            y: 250,
            ..rect
        }
    );
}

#[test]
fn the_first_box_is_the_largest_of_its_ratio_times_its_part() {
    let size = Size {
        width: 1600,
        height: 900,
    };
    let mut frame = Frame::free(size);
    assert_eq!(frame.first(1.0), Rect::all(size));
    assert_eq!(
        frame.first(0.5),
        Rect {
            x: 400,
            y: 225,
            width: 800,
            height: 450
        }
    );
    frame.ratio = Some(1.0);
    assert_eq!(
        frame.first(1.0),
        Rect {
            x: 350,
            y: 0,
            width: 900,
            height: 900
        }
    );
    assert_eq!(frame.first(0.5).text(), "575,225,450,450");
}

#[test]
fn four_quarters_and_two_flips_are_nothing() {
    let mut dice = Dice(99);
    for _ in 0..2_000 {
        let size = Size {
            width: 2 + dice.roll(500),
            height: 2 + dice.roll(500),
        };
        let rect = Frame::free(size).first(f64::from(1 + dice.roll(10)) / 10.0);
        let (mut turn, mut turned, mut sides) = (Turn::default(), rect, size);
        for _ in 0..4 {
            turned = turned.quarter(sides);
            turn = turn.quarter();
            sides = turn.size(size);
        }
        assert_eq!((turned, turn.is_none()), (rect, true));
        assert_eq!(rect.flip(size).flip(size), rect);
        // A flip between two quarters undoes neither.
        let mixed = Turn::default().quarter().flip().quarter().flip();
        assert!(mixed.is_none(), "{mixed:?}");
    }
}
