//! What the engine wants done with a file before it is sent: its head read, its picture made anew.
//! Fetched when first used.

use std::rc::Weak;

use js_sys::{Array, Object, Uint8Array};
use plimsoll_core::Event;
use plimsoll_core::command::Recipe;
use plimsoll_core::crop::Rect;
use plimsoll_core::event::Made;
use plimsoll_core::picture::{self, Head, Size};
use plimsoll_core::units::ItemId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File, FilePropertyBag};

use super::engine::Shell;
use super::http::{get, set};
use super::late::late;
use super::script::{self, promised};
use super::strip::{Stripped, Then, strip};
use super::task::{later, when};

impl Shell {
    pub(super) fn probe(&self, item: ItemId) {
        let this = self.this.clone();
        let tell = move |head| {
            if let Some(shell) = this.upgrade() {
                shell.tell(Event::Probed { item, head });
            }
        };
        let file = self.file(item);
        let part = file.and_then(|file| {
            file.slice_with_f64_and_f64(0.0, f64::from(picture::HEAD_BYTES))
                .ok()
        });
        let Some(part) = part else {
            return later(Box::new(move || tell(None)));
        };
        late(Box::new(move |here| {
            if !here {
                return tell(None);
            }
            let act = move |bytes: Result<JsValue, JsValue>| {
                tell(
                    bytes
                        .ok()
                        .map(|bytes| head(&Uint8Array::new(&bytes).to_vec())),
                );
            };
            when(part.array_buffer(), Box::new(act));
        }));
    }

    pub(super) fn remake(&self, recipe: Recipe) {
        let (this, file) = (self.this.clone(), self.file(recipe.item));
        let format = self.batch.borrow().format(recipe.item).unwrap_or_default();
        // What is told must not be told while a command is carried out.
        later(Box::new(move || {
            late(Box::new(move |here| match file.filter(|_| here) {
                Some(file) => remake(this, recipe, file, format),
                None => tell(&this, recipe.item, None),
            }));
        }));
    }
}

fn tell(this: &Weak<Shell>, item: ItemId, made: Option<Made>) {
    if let Some(shell) = this.upgrade() {
        shell.tell(Event::Remade { item, made });
    }
}

/// What is taken out of a picture goes first: one that can't be drawn anew is sent without it.
#[inline(never)]
fn remake(this: Weak<Shell>, recipe: Recipe, file: File, format: &'static str) {
    let whole = file.clone();
    let then: Then = Box::new(move |stripped| draw(this, recipe, format, whole, stripped));
    if recipe.strip {
        strip(file, format, then);
    } else {
        then(None);
    }
}

/// Makes the pixels anew, if they are to be.
fn draw(this: Weak<Shell>, recipe: Recipe, format: &str, file: File, stripped: Option<Stripped>) {
    if !recipe.draw {
        return made(&this, recipe.item, stripped, None);
    }
    let media = match format {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "avif" => "image/avif",
        _ => "image/bmp",
    };
    let stripped_file = stripped.as_ref().map(|stripped| stripped.file.clone());
    let file = stripped_file.unwrap_or(file);
    let drawn = promised(script::picture::remake(&file, media, &how(&recipe)));
    let act = move |drawn: Result<JsValue, JsValue>| {
        let drawn = drawn.ok().and_then(|drawn| drawn_file(&file, &drawn));
        made(&this, recipe.item, stripped, drawn);
    };
    when(drawn, Box::new(act));
}

/// Keeps what was made in place of the item's file, and tells of it.
fn made(this: &Weak<Shell>, item: ItemId, stripped: Option<Stripped>, drawn: Option<(File, Size)>) {
    let Some(shell) = this.upgrade() else { return };
    let located = stripped.as_ref().is_some_and(|stripped| stripped.located);
    let (file, sides) = match (drawn, stripped) {
        (Some((file, sides)), _) => (file, Some(sides)),
        (None, Some(stripped)) => (stripped.file, None),
        (None, None) => return tell(this, item, None),
    };
    let made = Made {
        name: file.name(),
        size: file.size() as u64,
        media_type: file.type_(),
        sides,
        located,
    };
    if let Some(kept) = shell.files.borrow_mut().get_mut(item.0 as usize) {
        *kept = Some(file);
    }
    shell.tell(Event::Remade {
        item,
        made: Some(made),
    });
}

/// What `www/script/picture.js` made of a file, and its sides.
fn drawn_file(file: &File, drawn: &JsValue) -> Option<(File, Size)> {
    let blob: Blob = get(drawn, "blob").dyn_into().ok()?;
    let extension = get(drawn, "extension").as_string()?;
    let side = |name| get(drawn, name).as_f64().map(|side| side as u32);
    let sides = Size {
        width: side("width")?,
        height: side("height")?,
    };
    let name = renamed(&file.name(), &extension);
    let about = FilePropertyBag::new();
    about.set_type(&blob.type_());
    about.set_last_modified(file.last_modified());
    let parts = Array::of1(&blob);
    let made = File::new_with_blob_sequence_and_options(&parts, &name, &about).ok()?;
    Some((made, sides))
}

/// What the bytes say; a head that says nothing is one of no format.
#[inline(never)]
fn head(bytes: &[u8]) -> Head {
    picture::read(bytes).unwrap_or(Head {
        format: "",
        size: None,
    })
}

/// The recipe as `www/script/picture.js` has it.
fn how(recipe: &Recipe) -> Object {
    let how = Object::new();
    let put = |name, value: u32| set(&how, name, &value.into());
    put("quarters", recipe.edit.turn.quarters);
    set(&how, "flipped", &recipe.edit.turn.flipped.into());
    set(&how, "quality", &(f64::from(recipe.quality) / 100.0).into());
    let most = Object::new();
    set(&most, "width", &recipe.most.width.into());
    set(&most, "height", &recipe.most.height.into());
    set(&how, "most", &most);
    if let Some(rect) = recipe.edit.rect {
        set(&how, "rect", &object(rect));
    }
    how
}

fn object(rect: Rect) -> Object {
    let object = Object::new();
    for (name, side) in [
        ("x", rect.x),
        ("y", rect.y),
        ("width", rect.width),
        ("height", rect.height),
    ] {
        set(&object, name, &side.into());
    }
    object
}

/// The name with another extension, unless it has that one by another spelling.
fn renamed(name: &str, extension: &str) -> String {
    let stem = match name.rsplit_once('.') {
        Some((_, end)) if picture::family(&end.to_ascii_lowercase()) == extension => {
            return name.to_owned();
        }
        Some((stem, _)) => stem,
        None => name,
    };
    [stem, ".", extension].concat()
}
