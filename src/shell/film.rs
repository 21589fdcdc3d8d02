//! What lists show of films and sounds: how long they last, and a picture of a film. The headers,
//! which `core::media` reads, tell both; one compressed picture of the film is then decoded by
//! itself. So no media element is needed, which a page's policy may forbid, and of a film of hours
//! some kilobytes are read. Fetched when first used.

use js_sys::{Object, Uint8Array};
use plimsoll_core::media::{Media, Reader};
use wasm_bindgen::JsValue;
use web_sys::{Blob, Element, HtmlCanvasElement};

use super::http::set;
use super::script;
use super::task::when;

/// A film that is read, and where it is to be shown.
struct Reading {
    reader: Reader,
    file: Blob,
    side: u32,
    canvas: HtmlCanvasElement,
    place: Element,
}

/// Reads what a file tells, says in `place` how long it lasts, and paints on `canvas`, some time,
/// with so many pixels a side; neither, where it tells nothing or once they have left the page.
#[inline(never)]
pub fn show(file: Blob, side: u32, canvas: HtmlCanvasElement, place: Element) {
    let reader = Reader::new(file.size() as u64);
    read(Reading {
        reader,
        file,
        side,
        canvas,
        place,
    });
}

/// Reads the next piece, and so on.
fn read(mut reading: Reading) {
    let Some(wanted) = reading.reader.wanted() else {
        return told(reading);
    };
    // Offsets are below 2^53, exact in both types.
    let (start, end) = (wanted.start as f64, wanted.end as f64);
    let Ok(part) = reading.file.slice_with_f64_and_f64(start, end) else {
        return;
    };
    let act = move |bytes: Result<JsValue, JsValue>| {
        if let Ok(bytes) = bytes
            && reading.place.is_connected()
        {
            reading.reader.read(Uint8Array::new(&bytes).to_vec());
            read(reading);
        }
    };
    when(part.array_buffer(), Box::new(act));
}

fn told(reading: Reading) {
    let about = about(reading.reader.media());
    set(&about, "side", &reading.side.into());
    // It shows all of it itself.
    let _ = script::picture::film(&reading.file, &reading.canvas, &reading.place, &about);
}

/// What was found, as `www/script/picture.js` has it.
fn about(media: Media) -> Object {
    let about = Object::new();
    let put = |name, value: JsValue| set(&about, name, &value);
    // Below 2^53, as the bytes of a file are.
    put("ms", (media.ms.unwrap_or_default() as f64).into());
    if let Some(poster) = media.poster {
        put("codec", poster.codec.into());
        put("width", poster.size.width.into());
        put("height", poster.size.height.into());
        put("quarters", poster.quarters.into());
        put("start", (poster.place.start as f64).into());
        put("end", (poster.place.end as f64).into());
        if !poster.description.is_empty() {
            put("description", Uint8Array::from(&*poster.description).into());
        }
    }
    about
}
