//! What stays the same in one run: the page's options, and what its server and browser can do.

use plimsoll_core::options::{Duplicates, Options, Signer, Transport, Verify};

use plimsoll_core::protocol::value::Value;

use super::dice::Dice;
use super::page;
use crate::script;

/// What people must answer, where the page asks.
pub const FIELD: &str = "colour";

/// The narrowest picture, where the page wants one.
pub const SIDE_MIN: u32 = 100;

pub struct Weather {
    pub options: Options,
    /// The server's clock can be seen.
    pub dates: bool,
    /// The server says from where on an upload is missing.
    pub offsets: bool,
    /// The server can be asked how far an upload is.
    pub status: bool,
    /// The server refuses smaller chunks, and says so.
    pub floor: Option<u64>,
    /// The server tells digests of what it stores.
    pub etags: bool,
    /// The browser keeps things, and locks.
    pub storage: bool,
    /// The monotonic clock stands still while the computer sleeps.
    pub clock_sleeps: bool,
    /// Page, browser and server answer before long.
    pub brisk: bool,
    /// The wall clock is so much ahead of the server's at first.
    pub ahead_ms: i64,
}

impl Weather {
    pub fn of(dice: &mut Dice, unix_s: u64) -> Self {
        // Smaller than a page can say, so that there are many; and beyond 32 bits.
        let chunk = dice.pick(&[100_000, 700_000, 5 << 30]);
        let floored = dice.one_in(5);
        let mut options = Options {
            max_chunk_size: chunk,
            chunk_min: if dice.one_in(8) { chunk * 2 } else { 1 },
            multiple: !dice.one_in(6),
            max_files: dice
                .one_in(4)
                .then(|| 1 + u32::try_from(dice.below(12)).unwrap_or(0)),
            max_file_size: dice.one_in(6).then_some(2_000_000),
            max_parallel_chunks: 1 + dice.below(6),
            max_parallel_uploads: dice.below(7),
            public_id: dice.one_in(3).then(|| "dog".to_owned()),
            transport: dice.pick(&[Transport::Auto, Transport::Fetch, Transport::Xhr]),
            verify: dice.pick(&[Verify::Size, Verify::Size, Verify::Hash, Verify::Nothing]),
            duplicates: dice.pick(&[Duplicates::Allow, Duplicates::Skip, Duplicates::Ask]),
            resume: !dice.one_in(3),
            allow_empty_files: dice.one_in(3),
            ..script::options()
        };
        options.crop.cropping = dice.one_in(6);
        options.flow.review = dice.one_in(4);
        if dice.one_in(10) {
            let field = [
                ("id", Value::from_text(FIELD)),
                ("mandatory", Value::Bool(true)),
            ];
            let field = field.map(|(name, value)| (name.to_owned(), value));
            options.flow.metadata_fields = Some(Value::List(vec![Value::Object(field.into())]));
        }
        if dice.one_in(6) {
            options.images.min_image_width = Some(SIDE_MIN);
        }
        if dice.one_in(12) {
            options.upload_preset = None;
        }
        if dice.one_in(2) {
            sign(dice, &mut options, unix_s);
        }
        Self {
            options,
            dates: dice.one_in(2),
            offsets: dice.one_in(2),
            status: !dice.one_in(3),
            floor: floored.then(|| chunk / 2 + dice.below(chunk)),
            etags: !dice.one_in(4),
            storage: !dice.one_in(6),
            clock_sleeps: dice.one_in(4),
            brisk: dice.one_in(2),
            ahead_ms: match dice.below(6) {
                0 => 7_200_000,
                1 => -90_000_000,
                _ => 0,
            },
        }
    }
}

fn sign(dice: &mut Dice, options: &mut Options, unix_s: u64) {
    options.api_key = (!dice.one_in(4)).then(|| "key".to_owned());
    if dice.one_in(3) {
        options.upload_preset = None;
    }
    match dice.below(8) {
        0..3 => options.signer = Signer::Page,
        3..5 => options.signer = Signer::Server("https://page.test/sign".to_owned()),
        5 => {
            // It holds for files without a name of their own, for an hour.
            let mut fields = vec![("source", "uw".to_owned())];
            let preset = options.upload_preset.clone();
            fields.extend(preset.map(|text| ("upload_preset", text)));
            fields.push(("timestamp", unix_s.to_string()));
            options.signer = Signer::Ready(page::sign(&page::text_to_sign(&fields)));
            options.signature_timestamp = Some(unix_s);
        }
        _ => options.prepare = true,
    }
}
