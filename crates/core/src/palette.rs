//! Colours that a page gives its widget, judged by WCAG's contrast, and those that follow from
//! them. Integers only: printing or raising floats to a power costs kilobytes of wasm.
//!
//! What the page gives is used as it is, and told when it is hard to read. What is derived from it
//! is moved to black or white until it can be read, whatever the page gave.

/// An opaque colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red, green and blue.
    pub rgb: [u8; 3],
}

/// The palette's names, in the order of [`Palette`].
pub const NAMES: [&str; 13] = [
    "window",
    "windowBorder",
    "tabIcon",
    "menuIcons",
    "textDark",
    "textLight",
    "link",
    "action",
    "inactiveTabIcon",
    "error",
    "inProgress",
    "complete",
    "sourceBg",
];

/// The colours that a page or a theme gives, by [`NAMES`].
pub type Palette = [Option<Colour>; 13];

/// One custom property of the style sheet, with its colour.
pub type Token = (&'static str, Colour);

/// Two colours of a page that can't be told apart well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poor {
    /// What is to be read.
    pub over: &'static str,
    /// What it stands on.
    pub under: &'static str,
    /// Their contrast, in hundredths.
    pub ratio: u32,
    /// What it should be at least, in hundredths.
    pub needs: u32,
}

/// WCAG 2.2, 1.4.3: text.
pub const TEXT: u32 = 450;
/// WCAG 2.2, 1.4.11: what shows a control or a state.
pub const GRAPHIC: u32 = 300;

const WHITE: Colour = Colour { rgb: [255; 3] };
const BLACK: Colour = Colour { rgb: [0; 3] };

/// The light look's own, for what is not given: the same as in the widget's style sheet.
const LIGHT: [u32; 6] = [
    0xff_ffff, 0x12_171f, 0x0b_5cd6, 0xbd_2525, 0x0d_7a43, 0xdf_e4ea,
];
/// The dark look's.
const DARK: [u32; 6] = [
    0x16_191f, 0xf1_f4f8, 0x6a_a9ff, 0xff_8f8a, 0x4e_cb8b, 0x34_3b46,
];

impl Colour {
    /// From `0xrrggbb`.
    pub const fn from_hex(hex: u32) -> Self {
        let [_, red, green, blue] = hex.to_be_bytes();
        Self {
            rgb: [red, green, blue],
        }
    }

    /// As CSS has it: `#rrggbb`.
    pub fn css(self) -> String {
        let mut text = String::with_capacity(7);
        text.push('#');
        for channel in self.rgb {
            for digit in [channel >> 4, channel & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text
    }

    /// Part of the way to another: `share` of 1000.
    fn toward(self, other: Self, share: u32) -> Self {
        let mut rgb = self.rgb;
        for (channel, goal) in rgb.iter_mut().zip(other.rgb) {
            let mixed = u32::from(*channel) * (1000 - share) + u32::from(goal) * share;
            *channel = u8::try_from((mixed + 500) / 1000).unwrap_or(u8::MAX);
        }
        Self { rgb }
    }

    /// Relative luminance, in hundred thousandths.
    fn luminance(self) -> u32 {
        let [red, green, blue] = self.rgb.map(linear);
        (2126 * red + 7152 * green + 722 * blue) / 10_000
    }

    /// Whether it is a dark ground: white is read better on it than black.
    pub fn is_dark(self) -> bool {
        contrast(self, WHITE) > contrast(self, BLACK)
    }
}

/// A channel's light, in hundred thousandths.
fn linear(channel: u8) -> u32 {
    let value = u32::from(channel);
    if value <= 10 {
        return value * 10_000_000 / (255 * 1292);
    }
    // ((value / 255 + 0.055) / 1.055) ^ 2.4, which is the fifth root of the twelfth power.
    let power = |base: u32| {
        let square = u128::from(base) * u128::from(base);
        square * square * square * square * square * square
    };
    // In 1500 steps, so that the twelfth power fits.
    let base = ((value * 1000 + 14_025) * 1500 + 134_512) / 269_025;
    let light = fifth_root(power(base)) * 100_000 / fifth_root(power(1500));
    u32::try_from(light).unwrap_or(100_000)
}

/// The largest number whose fifth power is not larger; both fit.
fn fifth_root(power: u128) -> u64 {
    // Above the root of 1500 to the twelfth, and its own fifth power fits.
    let (mut low, mut high) = (0_u64, 50_000_000);
    while high - low > 1 {
        let middle = low.midpoint(high);
        let value = u128::from(middle);
        if value * value * value * value * value <= power {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// WCAG's contrast of two colours, in hundredths, rounded down: 100 to 2100.
pub fn contrast(one: Colour, other: Colour) -> u32 {
    let [a, b] = [one, other].map(|colour| colour.luminance() + 5_000);
    a.max(b) * 100 / a.min(b)
}

/// A colour like `like` that has at least this contrast on `on`: itself, or the first one on its
/// way to black or white that has.
fn readable(on: Colour, like: Colour, needs: u32) -> Colour {
    let goal = if on.is_dark() { WHITE } else { BLACK };
    let mut share = 0;
    loop {
        let colour = like.toward(goal, share);
        if contrast(on, colour) >= needs || share >= 1000 {
            return colour;
        }
        share += 25;
    }
}

/// What a palette makes of the widget: the custom properties of its style sheet, whether it is
/// dark, and the pairs of the page's own colours that are hard to read.
pub fn apply(palette: &Palette, prefers_dark: bool) -> (Vec<Token>, bool, Vec<Poor>) {
    let [
        window,
        border,
        tab,
        menu,
        dark_text,
        light_text,
        link,
        action,
        off,
        error,
        runs,
        done,
        ground,
    ] = *palette;
    let dark = window.map_or(prefers_dark, Colour::is_dark);
    let own = if dark { DARK } else { LIGHT }.map(Colour::from_hex);
    let bg = window.unwrap_or(own[0]);
    let text = dark_text.unwrap_or_else(|| readable(bg, own[1], 700));
    let raised = ground.unwrap_or_else(|| bg.toward(text, 45));
    let accent = action.unwrap_or_else(|| readable(bg, link.unwrap_or(own[2]), GRAPHIC));
    let on_accent = light_text.unwrap_or(if accent.is_dark() { WHITE } else { BLACK });
    let link = link.unwrap_or_else(|| readable(bg, accent, TEXT));
    let tint = bg.toward(link, 80);
    let soft = readable(bg, bg.toward(text, 650), TEXT);
    let lighter = on_accent.luminance() > accent.luminance();
    let away = if lighter { BLACK } else { WHITE };
    let tokens = vec![
        ("--bg", bg),
        ("--raised", raised),
        ("--text", text),
        ("--soft", soft),
        ("--soft-raised", readable(raised, soft, TEXT)),
        ("--text-raised", readable(raised, text, TEXT)),
        ("--line", border.unwrap_or_else(|| bg.toward(text, 140))),
        ("--edge", readable(bg, bg.toward(text, 500), GRAPHIC)),
        (
            "--edge-raised",
            readable(raised, bg.toward(text, 500), GRAPHIC),
        ),
        ("--accent", accent),
        ("--accent-over", accent.toward(away, 140)),
        ("--on-accent", on_accent),
        ("--link", link),
        ("--ring", readable(bg, link, GRAPHIC)),
        ("--tint", tint),
        ("--on-tint", readable(tint, link, TEXT)),
        ("--mark", readable(raised, link, GRAPHIC)),
        ("--icons", menu.unwrap_or(soft)),
        ("--tab", tab.unwrap_or_else(|| readable(bg, link, GRAPHIC))),
        ("--tab-off", off.unwrap_or(soft)),
        ("--bad", error.unwrap_or_else(|| readable(bg, own[3], TEXT))),
        ("--good", done.unwrap_or_else(|| readable(bg, own[4], TEXT))),
        (
            "--fill",
            runs.unwrap_or_else(|| readable(bg, link, GRAPHIC)),
        ),
    ];
    let poor = judge(palette, &tokens);
    (tokens, dark, poor)
}

/// The pairs that a page chose at least one of, and that fall short.
fn judge(palette: &Palette, tokens: &[Token]) -> Vec<Poor> {
    let colour = |wanted: &str| {
        let found = tokens.iter().find(|(name, _)| *name == wanted);
        found.map_or(BLACK, |(_, colour)| *colour)
    };
    let mut poor = Vec::new();
    // By place in `NAMES`, with the property that shows each.
    for (over, shown, under, ground, needs) in [
        (4, "--text", 0, "--bg", TEXT),
        (5, "--on-accent", 7, "--accent", TEXT),
        (6, "--link", 0, "--bg", TEXT),
        (8, "--tab-off", 0, "--bg", TEXT),
        (9, "--bad", 0, "--bg", TEXT),
        (2, "--tab", 0, "--bg", GRAPHIC),
        (3, "--icons", 0, "--bg", GRAPHIC),
        (10, "--fill", 0, "--bg", GRAPHIC),
        (11, "--good", 0, "--bg", GRAPHIC),
    ] {
        // What is derived can be read, whatever it stands on.
        if palette[over].is_none() {
            continue;
        }
        let ratio = contrast(colour(shown), colour(ground));
        if ratio < needs {
            let (over, under) = (NAMES[over], NAMES[under]);
            poor.push(Poor {
                over,
                under,
                ratio,
                needs,
            });
        }
    }
    poor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    const fn hex(hex: u32) -> Colour {
        Colour::from_hex(hex)
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        // Figures of WCAG's own formula in floating point, to a hundredth.
        for (one, other, ratio) in [
            (0xff_ffff, 0x00_0000, 2100),
            (0xff_ffff, 0x76_7676, 454),
            (0xff_ffff, 0x77_7777, 447),
            (0xff_ffff, 0xff_620c, 299),
            (0xff_ffff, 0xf4_4235, 369),
            (0x12_171f, 0xff_ffff, 1799),
            (0x01_0203, 0x04_0506, 102),
        ] {
            let found = contrast(hex(one), hex(other));
            assert!(found.abs_diff(ratio) <= ratio / 200 + 1, "{one:x}: {found}");
        }
    }

    /// The formula in floating point, which tests may use.
    fn exact(one: Colour, other: Colour) -> f64 {
        let light = |colour: Colour| {
            let [red, green, blue] = colour.rgb.map(|channel| {
                let value = f64::from(channel) / 255.0;
                if value <= 0.04045 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
        };
        let [a, b] = [light(one), light(other)];
        a.max(b) / a.min(b)
    }

    fn any(chance: &mut Chance) -> Colour {
        let mut rgb = [0; 3];
        for channel in &mut rgb {
            *channel = u8::try_from(chance.up_to(255)).unwrap_or_default();
        }
        Colour { rgb }
    }

    #[test]
    fn what_is_derived_of_any_palette_can_be_read() {
        let mut chance = Chance::new([7, 11]);
        for _ in 0..1_000 {
            let palette: Palette = [(); 13].map(|()| {
                let given = chance.up_to(2) > 0;
                given.then(|| any(&mut chance))
            });
            let (tokens, _, poor) = apply(&palette, chance.up_to(1) > 0);
            let of = |wanted| tokens.iter().find(|(name, _)| *name == wanted).unwrap().1;
            // Names of the palette that a pair follows, so that it isn't derived.
            for (over, under, needs, given) in [
                ("--text", "--bg", TEXT, Some(4)),
                ("--soft", "--bg", TEXT, None),
                ("--text-raised", "--raised", TEXT, None),
                ("--soft-raised", "--raised", TEXT, None),
                ("--edge", "--bg", GRAPHIC, None),
                ("--edge-raised", "--raised", GRAPHIC, None),
                ("--on-accent", "--accent", TEXT, Some(5)),
                ("--on-tint", "--tint", TEXT, None),
                ("--mark", "--raised", GRAPHIC, None),
                ("--ring", "--bg", GRAPHIC, None),
                ("--link", "--bg", TEXT, Some(6)),
                ("--icons", "--bg", TEXT, Some(3)),
                ("--tab", "--bg", GRAPHIC, Some(2)),
                ("--tab-off", "--bg", TEXT, Some(8)),
                ("--bad", "--bg", TEXT, Some(9)),
                ("--good", "--bg", TEXT, Some(11)),
                ("--fill", "--bg", GRAPHIC, Some(10)),
            ] {
                let ratio = exact(of(over), of(under)) * 100.0;
                let told = given.is_some_and(|at: usize| palette[at].is_some());
                // A hundredth more or less is rounding.
                let reached = ratio + 3.0 >= f64::from(needs);
                assert!(told || reached, "{over} on {under}: {ratio} of {palette:?}");
            }
            for pair in &poor {
                assert!(pair.ratio < pair.needs);
            }
            // What the page gave is used as it is: each pair that falls short is named.
            for (at, over, under, needs) in [
                (4, "--text", "--bg", TEXT),
                (5, "--on-accent", "--accent", TEXT),
                (6, "--link", "--bg", TEXT),
                (8, "--tab-off", "--bg", TEXT),
                (9, "--bad", "--bg", TEXT),
                (2, "--tab", "--bg", GRAPHIC),
                (3, "--icons", "--bg", GRAPHIC),
                (10, "--fill", "--bg", GRAPHIC),
                (11, "--good", "--bg", GRAPHIC),
            ] {
                let ratio = exact(of(over), of(under)) * 100.0;
                let told = poor.iter().any(|pair| pair.over == NAMES[at]);
                let short = palette[at].is_some() && ratio < f64::from(needs) - 3.0;
                assert!(told || !short, "{over} on {under}: {ratio} of {palette:?}");
                let fine = palette[at].is_none() || ratio > f64::from(needs) + 3.0;
                assert!(!(told && fine), "{over} on {under}: {ratio} of {palette:?}");
            }
            // What covers a pressed button is no less readable than the button.
            let pressed = exact(of("--on-accent"), of("--accent-over"));
            assert!(pressed + 0.03 >= exact(of("--on-accent"), of("--accent")));
        }
    }

    #[test]
    fn a_pair_that_is_hard_to_read_is_named_with_its_ratio() {
        let mut palette: Palette = [None; 13];
        palette[0] = Some(hex(0xff_ffff));
        palette[9] = Some(hex(0xf4_4235));
        let (_, dark, poor) = apply(&palette, true);
        assert!(!dark, "the window is white, whatever the person prefers");
        assert_eq!(poor.len(), 1, "{poor:?}");
        assert_eq!((poor[0].over, poor[0].under), ("error", "window"));
        assert!((366..=370).contains(&poor[0].ratio), "{poor:?}");
    }

    #[test]
    fn nothing_given_is_the_widgets_own_look() {
        let (tokens, dark, poor) = apply(&[None; 13], true);
        assert!(dark && poor.is_empty());
        assert!(tokens.contains(&("--bg", hex(DARK[0]))));
        assert!(tokens.contains(&("--accent", hex(DARK[2]))));
    }
}
