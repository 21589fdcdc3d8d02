//! The plain JavaScript beside the module (`www/script`) that the shell calls. What storage needs
//! is half as large in it as in Rust, and a page that the build made loads it only when it is first
//! used (`xtask/finish.mjs`). The only imports of that kind; exports are `api`'s. None of the
//! functions throws; `catch` makes the glue call them, whose names the build may then shorten.

use js_sys::{Array, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{Element, File, HtmlElement};

#[wasm_bindgen(module = "/www/script/memory.js")]
extern "C" {
    /// A text, `undefined` for nothing, or `false` while another tab has the file.
    #[wasm_bindgen(catch)]
    pub fn recall(place: &Object) -> Result<Promise, JsValue>;

    /// The same once no other tab has it; null when it was left before.
    #[wasm_bindgen(catch, js_name = recallLater)]
    pub fn recall_later(place: &Object) -> Result<Promise, JsValue>;

    /// Keeps a text until `expires_ms` since 1970.
    #[wasm_bindgen(catch)]
    pub fn remember(place: &Object, text: &str, expires_ms: f64) -> Result<(), JsValue>;

    /// Drops that text.
    #[wasm_bindgen(catch)]
    pub fn forget(place: &Object) -> Result<(), JsValue>;

    /// Lets other tabs upload the file.
    #[wasm_bindgen(catch)]
    pub fn leave(place: &Object) -> Result<(), JsValue>;

    /// Keeps the file itself.
    #[wasm_bindgen(catch)]
    pub fn keep(place: &Object, scope: &str, expires_ms: f64) -> Result<(), JsValue>;

    /// Drops it.
    #[wasm_bindgen(catch)]
    pub fn drop(place: &Object) -> Result<(), JsValue>;

    /// Lets other tabs have all of it; what is kept stays.
    #[wasm_bindgen(catch)]
    pub fn quit(place: &Object) -> Result<(), JsValue>;

    /// The places of the files that earlier lives of the page kept.
    #[wasm_bindgen(catch)]
    pub fn kept(scope: &str) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/digest.js")]
extern "C" {
    /// 32 hexadecimal digits, or `undefined` when the file can't be read.
    #[wasm_bindgen(catch)]
    pub fn md5(file: &File) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/dress.js")]
extern "C" {
    /// Gives the shadow root around an element the late style sheet; once.
    #[wasm_bindgen(catch)]
    pub fn dress(place: &Element) -> Result<Promise, JsValue>;

    /// What a theme and a page's styles come to: `{ palette, frame, font }`.
    #[wasm_bindgen(catch)]
    pub fn look(theme: &str, styles: &JsValue) -> Result<Promise, JsValue>;

    /// Warns of two colours that are hard to tell apart.
    #[wasm_bindgen(catch)]
    pub fn poor(over: &str, under: &str, ratio: u32, needs: u32) -> Result<Promise, JsValue>;
}

/// Pictures.
pub mod picture {
    use js_sys::{Object, Promise};
    use wasm_bindgen::prelude::*;
    use web_sys::{Blob, Element, File, HtmlCanvasElement};

    #[wasm_bindgen(module = "/www/script/picture.js")]
    extern "C" {
        /// Makes a picture anew: `{blob, extension, width, height}`, or null.
        #[wasm_bindgen(catch)]
        pub fn remake(file: &File, media: &str, how: &Object) -> Result<Promise, JsValue>;

        /// Paints a picture, reduced, on a canvas, and shows that.
        #[wasm_bindgen(catch)]
        pub fn thumbnail(
            file: &File,
            canvas: &HtmlCanvasElement,
            width: u32,
        ) -> Result<Promise, JsValue>;

        /// Says how long a film or a sound lasts, and paints a picture of it.
        #[wasm_bindgen(catch)]
        pub fn film(
            file: &Blob,
            canvas: &HtmlCanvasElement,
            place: &Element,
            about: &Object,
        ) -> Result<Promise, JsValue>;

        /// Ends the worker until the next picture.
        #[wasm_bindgen(catch)]
        pub fn rest() -> Result<Promise, JsValue>;

        /// Paints a picture, turned, on a canvas; its own size, or null.
        #[wasm_bindgen(catch)]
        pub fn paint(
            file: &File,
            canvas: &HtmlCanvasElement,
            side: u32,
            quarters: u32,
            flipped: bool,
        ) -> Result<Promise, JsValue>;
    }
}

/// Cameras, screens and microphones.
pub mod media {
    use js_sys::{Function, Object, Promise};
    use wasm_bindgen::prelude::*;
    use web_sys::{Blob, HtmlCanvasElement, HtmlElement};

    #[wasm_bindgen(module = "/www/script/media.js")]
    extern "C" {
        /// Opens what is wanted and shows it in a video element. A session, or `{error}`.
        #[wasm_bindgen(catch)]
        pub fn start(
            want: &Object,
            place: &HtmlElement,
            ended: &Function,
        ) -> Result<Promise, JsValue>;

        /// Turns all off.
        #[wasm_bindgen(catch)]
        pub fn stop(session: &JsValue) -> Result<Promise, JsValue>;

        /// The picture of this moment, a JPEG, painted on a canvas as well.
        #[wasm_bindgen(catch)]
        pub fn snap(
            session: &JsValue,
            canvas: &HtmlCanvasElement,
            mirror: bool,
        ) -> Result<Promise, JsValue>;

        /// Begins to record; false when it can't.
        #[wasm_bindgen(catch)]
        pub fn record(session: &JsValue, limit: f64, told: &Function) -> Result<Promise, JsValue>;

        /// Stops recording for a while, or goes on.
        #[wasm_bindgen(catch)]
        pub fn pause(session: &JsValue, wait: bool) -> Result<Promise, JsValue>;

        /// Ends the recording and gives it; null when there is nothing in it.
        #[wasm_bindgen(catch)]
        pub fn finish(session: &JsValue) -> Result<Promise, JsValue>;

        /// Lets a person look at what was recorded. False where that can't be.
        #[wasm_bindgen(catch)]
        pub fn play(place: &HtmlElement, blob: &Blob) -> Result<Promise, JsValue>;

        /// Forgets what was played.
        #[wasm_bindgen(catch)]
        pub fn unload(place: &HtmlElement) -> Result<Promise, JsValue>;
    }
}

#[wasm_bindgen(module = "/www/script/messages.js")]
extern "C" {
    /// The file of sentences for a page's developer.
    #[wasm_bindgen(catch)]
    pub fn messages() -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/words.js")]
extern "C" {
    /// What `look::words` hears; `undefined` for English as it is inside.
    #[wasm_bindgen(catch)]
    pub fn speak(keys: u32, language: &str, given: &Array) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/page.js")]
extern "C" {
    /// Has what is inside an element made anew, and puts the focus back.
    #[wasm_bindgen(catch)]
    pub fn anew(whole: &Element, make: &JsValue) -> Result<Promise, JsValue>;

    /// What the page's two functions say of files: false for none of them, else a list of `[index,
    /// words]` for those that may not go. `undefined` when the script could not be had.
    #[wasm_bindgen(catch)]
    pub fn vet(all: &JsValue, each: &JsValue, files: &Array) -> Result<Promise, JsValue>;

    /// Puts a stored asset into the page: a field of a form, and a thumbnail.
    #[wasm_bindgen(catch)]
    pub fn attach(
        place: &Object,
        info: &JsValue,
        identifier: &str,
        label: &str,
    ) -> Result<Promise, JsValue>;

    /// Takes the thumbnails away that were put there.
    #[wasm_bindgen(catch, js_name = removeThumbnails)]
    pub fn remove_thumbnails(place: &Object) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/suggest.js")]
extern "C" {
    /// What the page's function proposes for tags that begin like this: a list of texts.
    #[wasm_bindgen(catch)]
    pub fn tags(function: &JsValue, prefix: &str) -> Result<Promise, JsValue>;

    /// The upload presets that the page's function offers: a list of texts.
    #[wasm_bindgen(catch)]
    pub fn presets(function: &JsValue) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/encrypt.js")]
extern "C" {
    /// The encrypted files, `undefined` in the place of each that could not be: nothing of that
    /// may be sent.
    #[wasm_bindgen(catch)]
    pub fn encrypt(files: &Array, key: &str, iv: &str) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/clip.js")]
extern "C" {
    /// Puts a text on the clipboard; true when it is there. What has the focus keeps it.
    #[wasm_bindgen(catch)]
    pub fn copy(text: &str, focused: &HtmlElement) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/walk.js")]
extern "C" {
    /// All files in these folders, `most` at most; `undefined` when the script could not be had.
    #[wasm_bindgen(catch)]
    pub fn walk(folders: &Array, most: u32) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/services.js")]
extern "C" {
    /// Fetches sources of other services, by their names. Comes to what `before` comes to.
    #[wasm_bindgen(catch)]
    pub fn services(names: &Array, before: &JsValue) -> Result<Promise, JsValue>;
}

#[wasm_bindgen(module = "/www/script/late.js")]
extern "C" {
    /// True once a later part of the module is there, with those before it.
    #[wasm_bindgen(catch)]
    pub fn load(exports: &JsValue, part: u32) -> Result<Promise, JsValue>;
}

/// None of them throws; of one that does all the same, nothing came.
pub fn promised(begun: Result<Promise, JsValue>) -> Promise {
    begun.unwrap_or_else(|_| Promise::resolve(&JsValue::UNDEFINED))
}
