//! What runs behind the sources that record: a camera, a screen or a microphone, from being turned
//! on to a file that a person wants. Shows nothing; dropping it turns all off.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use js_sys::{Array, Function, Object, Promise};
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Element, File, FilePropertyBag, HtmlCanvasElement, HtmlElement};

use super::super::super::paste;
use crate::look::words::{self, Word};
use crate::parts::el;
use crate::shell::{Engine, film, get, media, promised, set, when};

/// Ten minutes of film: more is no message any longer, and browsers keep all of it in memory.
const FILM_MS_MAX: u32 = 10 * 60 * 1_000;
/// An hour of sound weighs less.
const SOUND_MS_MAX: u32 = 60 * 60 * 1_000;

/// The longest piece of a film that comes at once.
const PIECE_MS: u64 = 2_000;

/// A picture of a film that can't be played has no more pixels a side.
const FILM_SIDE: u32 = 960;

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Camera,
    Screen,
    Audio,
}

/// Where a person stands between turning it on and having a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Off,
    /// The browser asks for permission.
    Starting,
    Live,
    /// So many seconds until the photo.
    Counting(u32),
    Recording,
    /// A photo is looked at.
    Photo,
    /// A recording is looked at, or listened to; false where it can't be.
    Playing(bool),
    /// It could not be turned on, or went off, for this reason.
    Trouble(String),
}

/// One camera, screen or microphone.
pub struct Booth {
    pub kind: Kind,
    pub stage: RwSignal<Stage>,
    /// Milliseconds recorded.
    pub clock: RwSignal<u32>,
    pub paused: RwSignal<bool>,
    /// 0 to 100.
    pub loudness: RwSignal<u32>,
    pub mirror: RwSignal<bool>,
    /// Seconds between the button and the photo.
    pub delay: RwSignal<u32>,
    /// The front camera, or the one at the back.
    pub front: RwSignal<bool>,
    /// Ids and names of what could be used instead.
    pub devices: RwSignal<Vec<(String, String)>>,
    pub device: RwSignal<String>,
    pub live: HtmlElement,
    pub review: HtmlElement,
    pub canvas: HtmlCanvasElement,
    /// Says how long a film is that can't be played.
    pub length: Element,
    engine: Engine,
    session: RefCell<Option<JsValue>>,
    taken: RefCell<Option<Blob>>,
    counter: Cell<Option<IntervalHandle>>,
    ended: Closure<dyn FnMut()>,
    heard: Closure<dyn FnMut(u32)>,
    told: Closure<dyn FnMut(u32, f64)>,
    this: Weak<Booth>,
}

impl Booth {
    pub fn new(engine: Engine, kind: Kind) -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| {
            let weak = this.clone();
            let ended = Closure::new(move || with(&weak, Booth::went_off));
            let weak = this.clone();
            let heard = Closure::new(move |level| {
                with(&weak, |booth| {
                    booth.loudness.try_set(level);
                });
            });
            let weak = this.clone();
            let told = Closure::new(move |ms, bytes| with(&weak, |booth| booth.ran(ms, bytes)));
            Self {
                kind,
                engine,
                stage: RwSignal::new(Stage::Off),
                clock: RwSignal::new(0),
                paused: RwSignal::new(false),
                loudness: RwSignal::new(0),
                mirror: RwSignal::new(kind == Kind::Camera),
                delay: RwSignal::new(0),
                front: RwSignal::new(true),
                devices: RwSignal::new(Vec::new()),
                device: RwSignal::new(String::new()),
                live: el("video").class("live").attr("aria-hidden", "true").node(),
                review: el("video").class("played").attr("playsinline", "").node(),
                canvas: el("canvas").class("photo").attr("role", "img").node(),
                length: el("span").class("length").node(),
                session: RefCell::default(),
                taken: RefCell::default(),
                counter: Cell::new(None),
                ended,
                heard,
                told,
                this: this.clone(),
            }
        })
    }

    /// The longest recording, in milliseconds.
    pub const fn ms_max(&self) -> u32 {
        match self.kind {
            Kind::Audio => SOUND_MS_MAX,
            Kind::Camera | Kind::Screen => FILM_MS_MAX,
        }
    }

    /// Turns it on, or the chosen one in place of the one that runs.
    pub fn start(&self) {
        self.halt();
        self.stage.set(Stage::Starting);
        let want = Object::new();
        let kind = match self.kind {
            Kind::Camera => "camera",
            Kind::Screen => "screen",
            Kind::Audio => "audio",
        };
        let facing = if self.front.get_untracked() {
            "user"
        } else {
            "environment"
        };
        set(&want, "kind", &kind.into());
        set(&want, "facing", &facing.into());
        set(&want, "device", &self.device.get_untracked().into());
        set(&want, "heard", self.heard.as_ref());
        let started = media::start(&want, &self.live, self.ended.as_ref().unchecked_ref());
        let this = self.this.clone();
        let act = move |session: Result<JsValue, JsValue>| {
            let session = session.unwrap_or_default();
            match this.upgrade() {
                Some(booth) => booth.started(session),
                // The person has gone elsewhere while the browser asked.
                None => stop(&session),
            }
        };
        when(promised(started), Box::new(act));
    }

    fn started(&self, session: JsValue) {
        if self.stage.try_get_untracked() != Some(Stage::Starting) {
            return stop(&session);
        }
        if !get(&session, "on").is_truthy() {
            let error = get(&session, "error").as_string();
            let error = error.unwrap_or_else(|| "unsupported".to_owned());
            return self.stage.set(Stage::Trouble(error));
        }
        let text = |of: &JsValue, name| get(of, name).as_string().unwrap_or_default();
        let devices = Array::from(&get(&session, "devices"));
        let named = devices.iter();
        let named = named.map(|device| (text(&device, "id"), text(&device, "label")));
        self.devices.set(named.collect());
        self.device.set(text(&session, "device"));
        self.mirror.set(get(&session, "front").is_truthy());
        self.session.replace(Some(session));
        self.stage.set(Stage::Live);
    }

    /// Turns it off.
    pub fn off(&self) {
        self.halt();
        self.stage.set(Stage::Off);
    }

    /// It was unplugged, or its sharing was stopped, or the dialog is no longer shown.
    fn went_off(&self) {
        let recording = self.stage.try_get_untracked() == Some(Stage::Recording);
        if recording {
            // What there is so far is still worth something.
            return self.finish();
        }
        let looking = matches!(
            self.stage.try_get_untracked(),
            Some(Stage::Photo | Stage::Playing(_))
        );
        self.session.take();
        if !looking {
            self.count_off();
            let stage = match self.kind {
                // That was a person's own doing.
                Kind::Screen => Stage::Off,
                Kind::Camera | Kind::Audio => Stage::Trouble("lost".to_owned()),
            };
            self.stage.try_set(stage);
        }
    }

    /// Takes a photo, now or after the delay.
    pub fn shoot(&self) {
        let delay = self.delay.get_untracked();
        if delay == 0 || self.kind != Kind::Camera {
            return self.snap();
        }
        self.stage.set(Stage::Counting(delay));
        let this = self.this.clone();
        let tick = move || with(&this, Booth::count);
        self.counter
            .set(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
    }

    fn count(&self) {
        match self.stage.get_untracked() {
            Stage::Counting(left) if left > 1 => self.stage.set(Stage::Counting(left - 1)),
            Stage::Counting(_) => {
                self.count_off();
                self.snap();
            }
            _ => self.count_off(),
        }
    }

    /// Takes no photo after all.
    pub fn hold(&self) {
        self.count_off();
        self.stage.set(Stage::Live);
    }

    fn count_off(&self) {
        if let Some(counter) = self.counter.take() {
            counter.clear();
        }
    }

    fn snap(&self) {
        let mirror = self.mirror.get_untracked();
        let snapped = |session: &JsValue| media::snap(session, &self.canvas, mirror);
        self.then(snapped, |booth, blob| {
            booth.taken.replace(blob.dyn_into().ok());
            booth.name(words::CAMERA_PHOTO_ALT);
            booth.stage.set(Stage::Photo);
        });
    }

    /// Begins to record.
    pub fn record(&self) {
        self.clock.set(0);
        self.paused.set(false);
        let told = self.told.as_ref().unchecked_ref::<Function>();
        let limit = self.limit().unwrap_or_default() as f64;
        let begun = |session: &JsValue| media::record(session, limit, told);
        self.then(begun, |booth, begun| {
            booth.stage.set(if begun.is_truthy() {
                Stage::Recording
            } else {
                Stage::Trouble("unsupported".to_owned())
            });
        });
    }

    /// So much is recorded.
    fn ran(&self, ms: u32, bytes: f64) {
        self.clock.try_set(ms);
        let limit = self.limit();
        // What comes next must still fit: browsers hand films over in pieces.
        let (bytes, ms_so_far) = (bytes as u64, u64::from(ms.max(1_000)));
        let next = bytes + bytes * PIECE_MS / ms_so_far;
        if ms >= self.ms_max() || limit.is_some_and(|limit| next > limit) {
            self.finish();
        }
    }

    /// Bytes that the page takes of a recording.
    fn limit(&self) -> Option<u64> {
        self.engine.options(|options| {
            let limits = [options.max_file_size, options.max_video_file_size];
            limits.into_iter().flatten().min()
        })
    }

    /// Stops recording for a while, or goes on.
    pub fn pause(&self) {
        let wait = !self.paused.get_untracked();
        self.paused.set(wait);
        if let Some(session) = &*self.session.borrow() {
            // It answers nothing.
            let _ = media::pause(session, wait);
        }
    }

    /// Ends the recording and lets the person look at it.
    pub fn finish(&self) {
        self.then(media::finish, |booth, blob| {
            let Ok(blob) = blob.dyn_into::<Blob>() else {
                return booth.stage.set(Stage::Trouble("empty".to_owned()));
            };
            let playing = promised(media::play(&booth.review, &blob));
            booth.taken.replace(Some(blob.clone()));
            let this = booth.this.clone();
            let act = move |can: Result<JsValue, JsValue>| {
                let can = can.is_ok_and(|can| can.is_truthy());
                with(&this, |booth| {
                    if !can {
                        booth.picture(blob);
                    }
                    booth.stage.try_set(Stage::Playing(can));
                });
            };
            when(playing, Box::new(act));
        });
    }

    /// Shows a picture of a film that can't be played here, and how long it is.
    fn picture(&self, film: Blob) {
        // Not the photo that was taken before.
        self.canvas.set_hidden(true);
        self.length.set_text_content(None);
        self.name(words::CAMERA_FILM_ALT);
        film::show(film, FILM_SIDE, self.canvas.clone(), self.length.clone());
    }

    /// What the picture is called.
    fn name(&self, word: Word) {
        // Setting an attribute of a valid name can't fail.
        let _ = self.canvas.set_attribute("aria-label", word.text());
    }

    /// Adds what was looked at to the batch.
    pub fn take(&self) {
        let photo = self.stage.get_untracked() == Stage::Photo;
        if let Some(blob) = self.taken.borrow_mut().take() {
            self.engine
                .pick(named(&blob, self.word(photo)).into_iter().collect());
        }
        if self.engine.options(|options| options.multiple) {
            self.again();
        } else {
            self.unload();
            self.off();
        }
    }

    const fn word(&self, photo: bool) -> Word {
        match (self.kind, photo) {
            (Kind::Camera, true) => words::CAMERA_FILE_NAME,
            (Kind::Screen, true) => words::CAMERA_SCREENSHOT_NAME,
            (Kind::Audio, _) => words::CAMERA_SOUND_NAME,
            (_, false) => words::CAMERA_FILM_NAME,
        }
    }

    /// Back to the living picture, which may have gone off meanwhile.
    pub fn again(&self) {
        self.unload();
        let on = self
            .session
            .borrow()
            .as_ref()
            .is_some_and(|session| get(session, "on").is_truthy());
        self.stage.set(if on { Stage::Live } else { Stage::Off });
    }

    fn unload(&self) {
        self.taken.take();
        // It answers nothing.
        let _ = media::unload(&self.review);
    }

    /// Asks the session for something, unless it has ended.
    fn then(
        &self,
        ask: impl FnOnce(&JsValue) -> Result<Promise, JsValue>,
        act: fn(&Booth, JsValue),
    ) {
        let Some(session) = self.session.borrow().clone() else {
            return;
        };
        let this = self.this.clone();
        let answered = move |answer: Result<JsValue, JsValue>| {
            with(&this, |booth| {
                if booth.stage.try_get_untracked().is_some() {
                    act(booth, answer.unwrap_or_default());
                }
            });
        };
        when(promised(ask(&session)), Box::new(answered));
    }

    fn halt(&self) {
        self.count_off();
        if let Some(session) = self.session.take() {
            stop(&session);
        }
    }
}

impl Drop for Booth {
    fn drop(&mut self) {
        self.halt();
        // It answers nothing.
        let _ = media::unload(&self.review);
    }
}

fn with(booth: &Weak<Booth>, act: impl FnOnce(&Booth)) {
    if let Some(booth) = booth.upgrade() {
        act(&booth);
    }
}

fn stop(session: &JsValue) {
    if get(session, "on").is_truthy() {
        // It answers nothing.
        let _ = media::stop(session);
    }
}

/// What was taken as a file under a name that tells it from the next one.
fn named(blob: &Blob, word: Word) -> Option<File> {
    let media_type = blob.type_();
    let extension = match media_type.as_str() {
        "image/jpeg" => ".jpg",
        "audio/mp4" => ".m4a",
        "video/mp4" => ".mp4",
        _ => ".webm",
    };
    let about = FilePropertyBag::new();
    about.set_type(&media_type);
    let mut name = word.with("time", &paste::now());
    name.push_str(extension);
    File::new_with_blob_sequence_and_options(&Array::of1(blob), &name, &about).ok()
}
