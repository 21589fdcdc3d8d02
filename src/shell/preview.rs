//! Thumbnails, made in one worker and painted into canvases: that survives pages whose policy
//! forbids blob images, and the small bitmap is all that stays in memory. Where no worker may
//! start, the browser's own decoder does the same from the main thread.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::{Array, Object};
use plimsoll_core::units::ItemId;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, File, HtmlCanvasElement, ImageBitmap, ImageBitmapRenderingContext,
    MessageEvent, Url, Worker,
};

use super::http::{get, set};
use super::task::when;

/// Twice the widest tile, for screens with two pixels to the point.
const WIDTH: u32 = 192;

/// The thumbnails of one widget.
#[derive(Default)]
pub struct Previews {
    worker: RefCell<Option<Helper>>,
    /// Canvases that wait for their picture.
    waiting: RefCell<Vec<(ItemId, File, HtmlCanvasElement)>>,
}

struct Helper {
    worker: Worker,
    _listeners: [Closure<dyn FnMut(MessageEvent)>; 2],
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl Previews {
    /// Paints the picture in `file` on `canvas`, some time; never, if it can't be decoded.
    pub fn paint(self: &Rc<Self>, id: ItemId, file: File, canvas: HtmlCanvasElement) {
        if self.worker.borrow().is_none() {
            *self.worker.borrow_mut() = start(Rc::downgrade(self)).ok();
        }
        if let Some(helper) = &*self.worker.borrow() {
            let order = Object::new();
            set(&order, "id", &JsValue::from(id.0));
            set(&order, "file", &file);
            set(&order, "width", &JsValue::from(WIDTH));
            if helper.worker.post_message(&order).is_ok() {
                self.waiting.borrow_mut().push((id, file, canvas));
                return;
            }
        }
        paint_here(&file, canvas);
    }

    /// Forgets one item's picture.
    pub fn forget(&self, id: ItemId) {
        self.waiting
            .borrow_mut()
            .retain(|(waiting, ..)| *waiting != id);
    }

    fn arrived(&self, message: &JsValue) {
        let id = get(message, "id").as_f64().unwrap_or(-1.0);
        let mut waiting = self.waiting.borrow_mut();
        let Some(at) = waiting
            .iter()
            .position(|(item, ..)| f64::from(item.0) == id)
        else {
            return;
        };
        let (_, _, canvas) = waiting.swap_remove(at);
        show(&canvas, get(message, "bitmap"));
    }

    /// The worker can't run here (the page's policy): all that waits is done without it.
    fn failed(&self) {
        for (_, file, canvas) in self.waiting.take() {
            paint_here(&file, canvas);
        }
    }
}

fn start(previews: Weak<Previews>) -> Result<Helper, JsValue> {
    let source = include_str!(concat!(env!("OUT_DIR"), "/preview.js"));
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&source.into()), &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let worker = Worker::new(&url);
    Url::revoke_object_url(&url)?;
    let worker = worker?;
    let other = previews.clone();
    let arrived = Closure::new(move |event: MessageEvent| {
        if let Some(previews) = previews.upgrade() {
            previews.arrived(&event.data());
        }
    });
    let failed = Closure::new(move |_: MessageEvent| {
        if let Some(previews) = other.upgrade() {
            previews.failed();
        }
    });
    worker.set_onmessage(Some(arrived.as_ref().unchecked_ref()));
    worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
    Ok(Helper {
        worker,
        _listeners: [arrived, failed],
    })
}

fn paint_here(file: &File, canvas: HtmlCanvasElement) {
    let wanted = Object::new();
    set(&wanted, "resizeWidth", &JsValue::from(WIDTH));
    let begun = web_sys::window().map(|window| {
        window.create_image_bitmap_with_blob_and_image_bitmap_options(file, wanted.unchecked_ref())
    });
    if let Some(Ok(promise)) = begun {
        let act = move |bitmap: Result<JsValue, JsValue>| {
            if let Ok(bitmap) = bitmap {
                show(&canvas, bitmap);
            }
        };
        when(promise, Box::new(act));
    }
}

fn show(canvas: &HtmlCanvasElement, bitmap: JsValue) {
    let Ok(bitmap) = bitmap.dyn_into::<ImageBitmap>() else {
        return;
    };
    canvas.set_width(bitmap.width());
    canvas.set_height(bitmap.height());
    if let Ok(Some(context)) = canvas.get_context("bitmaprenderer") {
        let context: ImageBitmapRenderingContext = context.unchecked_into();
        context.transfer_from_image_bitmap(&bitmap);
        canvas.set_hidden(false);
    }
}
