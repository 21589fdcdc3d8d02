//! The table of all options: one row each. To add an option, add its field to [`Options`] and its
//! row here. The documentation is left out of the wasm file.

mod choice;
mod page;
mod upload;

use super::{Options, Place, Reason};
use crate::protocol::value::Value;

/// Whether a text will do.
pub(super) type Check = fn(&str) -> Result<(), Reason>;

/// How an option is read, and where it goes.
pub(super) enum Slot {
    /// A text that passes a check.
    Text(fn(&mut Options) -> &mut Option<String>, Check),
    /// A text, of which there is always one.
    Named(fn(&mut Options) -> &mut String),
    /// Yes or no.
    Flag(fn(&mut Options) -> &mut bool),
    /// Yes, no, or not said.
    Maybe(fn(&mut Options) -> &mut Option<bool>),
    /// A count of files, or of pixels.
    Count(fn(&mut Options) -> &mut Option<u32>),
    /// Seconds since 1970.
    Seconds(fn(&mut Options) -> &mut Option<u64>),
    /// A size in bytes.
    Bytes(fn(&mut Options) -> &mut Option<u64>),
    /// A number that is drawn to the nearer bound when it is beyond them.
    Within(fn(&mut Options) -> &mut u64, u64, u64),
    /// Several texts.
    Texts(fn(&mut Options) -> &mut Vec<String>),
    /// Names with values.
    Pairs(fn(&mut Options) -> &mut Vec<(String, String)>),
    /// The server's address.
    Prefix,
    /// The list of sources.
    Sources,
    /// One source.
    DefaultSource,
    /// File formats.
    Formats,
    /// One of several words, told by its place.
    Word(&'static [&'static str], fn(&mut Options, usize)),
    /// Who signs uploads.
    Signer,
    /// A function of the page, which the browser layer keeps.
    Function(fn(&mut Options) -> &mut bool),
    /// An object of the browser's, which the browser layer keeps.
    Object(fn(&mut Options) -> &mut bool),
    /// A whole number, 0 among them.
    Number(fn(&mut Options) -> &mut u64),
    /// Width by height.
    Ratio(fn(&mut Options) -> &mut Option<f64>),
    /// A tenth to one.
    Part(fn(&mut Options) -> &mut f64),
    /// Yes, no, or the older word for yes.
    Cropping,
    /// A key and a starting value.
    Encryption,
    /// A selector or an element.
    Place(fn(&mut Options) -> &mut Option<Place>),
    /// A value that others read.
    Tree(Tree, fn(&mut Options) -> &mut Option<Value>),
    /// A parameter of the Upload API, which goes along as it is.
    Parameter,
    /// Nothing that the widget has use for; the value that asks for no more is not told. The
    /// sentence that says what there is instead is in `www/messages`.
    Instead(Option<bool>),
}

/// What a value must be that others read.
#[derive(Clone, Copy)]
pub(super) enum Tree {
    Object,
    List,
    /// One of them, or a text.
    Any,
}

/// One option.
pub(super) struct Row {
    /// The documented spelling, in camelCase.
    pub name: &'static str,
    pub slot: Slot,
    #[cfg(not(target_arch = "wasm32"))]
    pub doc: Doc,
}

/// What people read about an option.
#[cfg(not(target_arch = "wasm32"))]
pub(super) struct Doc {
    pub section: &'static str,
    /// The type, in words.
    pub kind: &'static str,
    /// The type in TypeScript, where the slot doesn't say it.
    pub ts: Option<&'static str>,
    /// As JSON; `null` when there is none.
    pub default: &'static str,
    /// As JSON.
    pub example: &'static str,
    pub text: &'static str,
}

#[cfg(not(target_arch = "wasm32"))]
impl Row {
    /// The type in TypeScript.
    pub fn ts(&self) -> String {
        if let Some(given) = self.doc.ts {
            return given.to_owned();
        }
        let plain = match &self.slot {
            Slot::Word(words, _) => return format!("\"{}\"", words.join("\" | \"")),
            Slot::Flag(_) | Slot::Maybe(_) | Slot::Cropping => "boolean",
            Slot::Instead(Some(_)) => "boolean",
            Slot::Count(_) | Slot::Seconds(_) | Slot::Bytes(_) => "number",
            Slot::Within(..) | Slot::Number(_) | Slot::Part(_) | Slot::Ratio(_) => "number",
            Slot::Texts(_) | Slot::Formats | Slot::Sources => "string[]",
            Slot::Pairs(_) => "Record<string, string | number | boolean>",
            Slot::Place(_) => "string | Element",
            Slot::Text(..) | Slot::Named(_) | Slot::Prefix | Slot::DefaultSource => "string",
            Slot::Instead(None) => "string",
            Slot::Signer | Slot::Function(_) | Slot::Object(_) | Slot::Encryption => "unknown",
            Slot::Tree(..) | Slot::Parameter => "unknown",
        };
        plain.to_owned()
    }
}

macro_rules! row {
    ($section:ident, $name:literal, $slot:expr, $kind:literal, $default:literal,
     ts: $ts:literal, example: $example:literal, $($text:literal)+) => {
        row!(@ $section, $name, $slot, $kind, $default, Some($ts), $example, $($text)+)
    };
    ($section:ident, $name:literal, $slot:expr, $kind:literal, $default:literal,
     example: $example:literal, $($text:literal)+) => {
        row!(@ $section, $name, $slot, $kind, $default, None, $example, $($text)+)
    };
    (@ $section:ident, $name:literal, $slot:expr, $kind:literal, $default:literal,
     $ts:expr, $example:literal, $($text:literal)+) => {
        Row {
            name: $name,
            slot: $slot,
            #[cfg(not(target_arch = "wasm32"))]
            doc: Doc {
                section: $section,
                kind: $kind,
                ts: $ts,
                default: $default,
                example: $example,
                text: concat!($($text),+),
            },
        }
    };
}
use row;

/// The headings of the documentation.
#[cfg(not(target_arch = "wasm32"))]
mod sections {
    pub const SERVER: &str = "The server";
    pub const CHOICE: &str = "What may be chosen";
    pub const PICTURES: &str = "Pictures";
    pub const CROPPING: &str = "Cropping";
    pub const SERVICES: &str = "Other services";
    pub const TRANSFER: &str = "How it is sent";
    pub const SIGNED: &str = "Signed uploads";
    pub const ASSET: &str = "How it is stored";
    pub const PAGE: &str = "The page";
    pub const LOOK: &str = "How it looks and speaks";
    pub const FLOW: &str = "What it shows, and when";
    pub const INSTEAD: &str = "What is not needed";
}
#[cfg(not(target_arch = "wasm32"))]
use sections::*;

/// Every option there is, in documented order.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    [upload::ROWS, choice::ROWS, page::ROWS]
        .into_iter()
        .flatten()
}

/// Sources of other widgets that pages may name, and that nobody can have any more.
pub(super) static GONE: &[&str] = &[
    "facebook",
    "instagram",
    "shutterstock",
    "gettyimages",
    "getty",
    "istock",
];
