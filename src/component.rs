//! The widget as a Leptos component and as a hook, for Rust applications. The same dialog as pages
//! open from JavaScript; what they hear by callback, an application hears as core's own [`Notice`].

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::Notice;
use plimsoll_core::command::Fields;
use plimsoll_core::event::Reply;
use plimsoll_core::options::{Options, Signer};
use plimsoll_core::protocol::response::Asset;
use plimsoll_core::protocol::value::Value;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::look::words::Words;
use crate::screens::{self, Opened};
use crate::shell::{Asked, Caller, Replies, speak};

/// Asks the application's server to sign the parameters of one upload: an async closure from
/// their names and texts to the signature, or to what went wrong.
#[derive(Clone)]
pub struct Sign(Asked);

impl Sign {
    /// Asks for one signature; `replies` hears it.
    pub fn ask(&self, params: Fields, replies: Replies) {
        (self.0)(params, replies);
    }
}

impl<F, Signature> From<F> for Sign
where
    F: Fn(Fields) -> Signature + 'static,
    Signature: Future<Output = Result<String, String>> + 'static,
{
    fn from(sign: F) -> Self {
        Self(Rc::new(move |params, replies: Replies| {
            let signature = sign(params);
            spawn_local(async move {
                replies(match signature.await {
                    Ok(signature) => Reply::Given(Value::Text(signature)),
                    Err(words) => Reply::Threw(words),
                });
            });
        }))
    }
}

/// An upload dialog that is shown while `open` is true, and sets it to false when a person closes
/// it. It takes no place in the document: the dialog lies over the page.
///
/// ```ignore
/// let open = RwSignal::new(false);
/// let options = Options { cloud_name: Some("demo".into()), ..Options::default() };
/// view! {
///     <button on:click=move |_| open.set(true)>"Upload"</button>
///     <UploadWidget options open on_notice=|notice| leptos::logging::log!("{notice:?}") />
/// }
/// ```
///
/// Uploads are signed where `on_sign` is given, for example
/// `on_sign=|params: Vec<(&'static str, String)>| async move { ask_my_server(params).await }`.
#[component]
pub fn UploadWidget(
    /// What may be uploaded, and where to; read at each opening.
    options: Options,
    /// Whether the dialog is shown.
    open: RwSignal<bool>,
    /// Hears what happens to each file.
    #[prop(into)]
    on_notice: Callback<Notice>,
    /// Signs each upload; without it, uploads are unsigned.
    #[prop(optional, into)]
    on_sign: Option<Sign>,
) -> impl IntoView {
    keep(options, open, on_notice, on_sign);
}

/// An upload of the application's own: what [`use_upload`] gives. Copies of it are the same one.
#[derive(Clone, Copy)]
pub struct Upload {
    open: RwSignal<bool>,
    assets: RwSignal<Vec<Asset>>,
}

impl Upload {
    /// Shows the dialog; nothing happens if it is shown.
    pub fn open(&self) {
        self.open.set(true);
    }

    /// Closes it, and stops what is still going up.
    pub fn close(&self) {
        self.open.set(false);
    }

    /// Whether it is shown. Effects and views that ask hear of each change.
    pub fn is_open(&self) -> bool {
        self.open.get()
    }

    /// What has been stored so far, in the order in which it arrived; of all openings. Effects and
    /// views that ask hear of each one.
    pub fn assets(&self) -> Vec<Asset> {
        self.assets.get()
    }

    /// Forgets them, for example when a form was sent. Nothing is deleted.
    pub fn clear(&self) {
        self.assets.update(Vec::clear);
    }
}

/// An upload dialog for as long as the calling component lives: open it from anywhere, and read
/// what is stored. Unsigned; see [`UploadWidget`] for signed uploads.
///
/// ```ignore
/// let upload = use_upload(Options { cloud_name: Some("demo".into()), ..Options::default() });
/// view! {
///     <button on:click=move |_| upload.open()>"Upload files"</button>
///     <p>{move || upload.assets().len()} " stored"</p>
/// }
/// ```
pub fn use_upload(options: Options) -> Upload {
    use_upload_with(options, |_| ())
}

/// The same, with a function that hears all that happens to each file: the events of the page's
/// callback, as types.
///
/// ```ignore
/// let upload = use_upload_with(options, move |notice| match notice {
///     Notice::Failed { fault, .. } => leptos::logging::error!("{fault:?}"),
///     Notice::QueuesEnd { files } => leptos::logging::log!("{} files have ended", files.len()),
///     _ => {}
/// });
/// ```
pub fn use_upload_with(
    options: Options,
    on_notice: impl Fn(&Notice) + Send + Sync + 'static,
) -> Upload {
    let upload = Upload {
        open: RwSignal::new(false),
        assets: RwSignal::new(Vec::new()),
    };
    let told = move |notice: Notice| {
        on_notice(&notice);
        if let Notice::Success { info, .. } = notice {
            upload.assets.update(|assets| assets.push(Asset { info }));
        }
    };
    keep(options, upload.open, Callback::new(told), None);
    upload
}

/// Shows the dialog while `open` is true, until the owner that this is called under goes.
fn keep(
    options: Options,
    open: RwSignal<bool>,
    on_notice: Callback<Notice>,
    on_sign: Option<Sign>,
) {
    let opened = StoredValue::new_local(Rc::new(RefCell::new(None)));
    let sign = on_sign.map(|sign| sign.0);
    let mut options = options;
    if sign.is_some() {
        options.signer = Signer::Page;
    }
    Effect::new(move |_| {
        let slot = opened.get_value();
        if !open.get() {
            slot.take();
            return;
        }
        let slot = Rc::downgrade(&slot);
        let (options, sign) = (options.clone(), sign.clone());
        // In a task of its own, so that this effect does not own the dialog's signals: it would
        // dispose of them, at its next run, before the dialog.
        spawn_local(async move {
            let words = speak(options.look.language.as_deref(), options.look.text.as_ref());
            let words = match words {
                Some(words) => Words::heard(&JsFuture::from(words).await.unwrap_or_default()),
                None => Words::default(),
            };
            let wanted = slot.upgrade().filter(|slot| slot.borrow().is_none());
            if let Some(slot) = wanted.filter(|_| open.try_get_untracked() == Some(true)) {
                slot.replace(show(options, &words, open, on_notice, sign));
            }
        });
    });
    on_cleanup(move || {
        if let Some(slot) = opened.try_get_value() {
            slot.take();
        }
    });
}

fn show(
    options: Options,
    words: &Words,
    open: RwSignal<bool>,
    on_notice: Callback<Notice>,
    sign: Option<Asked>,
) -> Option<Opened> {
    let ended = Rc::new(RefCell::new(Vec::new()));
    let list = ended.clone();
    let told = move |mut notice, _: &dyn Fn(_) -> _| {
        if let Notice::QueuesEnd { files } = &mut notice {
            *files = ended.take();
        }
        on_notice.run(notice);
    };
    let caller = Caller {
        told: Box::new(told),
        listed: Box::new(move |item, entry, _| list.borrow_mut().push((item, entry))),
        turned: Box::new(|_| ()),
        completed: Box::new(|_| ()),
        displayed: Box::new(|_| ()),
        styles: RefCell::default(),
        function: Box::new(|_| wasm_bindgen::JsValue::UNDEFINED),
        warned: Box::new(|problems| {
            for problem in problems {
                let (option, reason) = (problem.option, problem.reason.code());
                leptos::logging::warn!("Plimsoll: {option}: {reason}");
            }
        }),
        prepare: None,
        sign,
        vet: None,
        recording: Rc::default(),
    };
    let closed = Rc::new(move || open.set(false));
    words
        .during(|| screens::open(options, caller, None, closed))
        .inspect_err(|error| leptos::logging::error!("Plimsoll could not open: {error:?}"))
        .ok()
}
