//! Takes out of a picture's file what tells of place and device, as `core::picture::strip` plans
//! it: a file of slices of the file, so that no more than a window of it is in memory. Fetched when
//! first used.

use js_sys::{Array, Uint8Array};
use plimsoll_core::picture::strip::{Piece, Plan, Stripper};
use wasm_bindgen::JsValue;
use web_sys::{Blob, File, FilePropertyBag};

use super::task::when;

/// A file without what told of place and device.
pub(super) struct Stripped {
    pub file: File,
    /// It said where it was taken.
    pub located: bool,
}

/// What is to be done with it; with nothing when the file stays as it is.
pub(super) type Then = Box<dyn FnOnce(Option<Stripped>)>;

/// Reads a picture of this format, and calls `then` with what is left of it.
#[inline(never)]
pub(super) fn strip(file: File, format: &str, then: Then) {
    match Stripper::new(format, file.size() as u64) {
        Some(stripper) => read(Reading {
            file,
            stripper,
            then,
        }),
        None => then(None),
    }
}

struct Reading {
    file: File,
    stripper: Stripper,
    then: Then,
}

/// Reads the next window, and so on.
fn read(mut reading: Reading) {
    let Some(wanted) = reading.stripper.wanted() else {
        let plan = reading.stripper.plan();
        let made = plan.and_then(|plan| made(&reading.file, plan));
        return (reading.then)(made);
    };
    let Some(part) = slice(&reading.file, wanted.start, wanted.end) else {
        return (reading.then)(None);
    };
    let act = move |bytes: Result<JsValue, JsValue>| {
        let Ok(bytes) = bytes else {
            return (reading.then)(None);
        };
        reading.stripper.read(&Uint8Array::new(&bytes).to_vec());
        read(reading);
    };
    when(part.array_buffer(), Box::new(act));
}

/// Offsets are below 2^53, exact in both types.
fn slice(file: &File, start: u64, end: u64) -> Option<Blob> {
    file.slice_with_f64_and_f64(start as f64, end as f64).ok()
}

fn made(file: &File, plan: Plan) -> Option<Stripped> {
    let parts = Array::new();
    for piece in plan.pieces {
        match piece {
            Piece::Keep(range) => parts.push(&slice(file, range.start, range.end)?.into()),
            Piece::Write(bytes) => parts.push(&Uint8Array::from(bytes.as_slice()).into()),
        };
    }
    let about = FilePropertyBag::new();
    about.set_type(&file.type_());
    about.set_last_modified(file.last_modified());
    let made = File::new_with_blob_sequence_and_options(&parts, &file.name(), &about);
    Some(Stripped {
        file: made.ok()?,
        located: plan.located,
    })
}
