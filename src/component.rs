//! The widget as a Leptos component, for Rust applications. The same dialog as pages open from
//! JavaScript; what they hear by callback, an application hears as core's own [`Notice`].

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::Notice;
use plimsoll_core::options::Options;
use wasm_bindgen_futures::spawn_local;

use crate::screens::{self, Opened};

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
#[component]
pub fn UploadWidget(
    /// What may be uploaded, and where to; read at each opening.
    options: Options,
    /// Whether the dialog is shown.
    open: RwSignal<bool>,
    /// Hears what happens to each file.
    #[prop(into)]
    on_notice: Callback<Notice>,
) -> impl IntoView {
    let opened = StoredValue::new_local(Rc::new(RefCell::new(None)));
    Effect::new(move |_| {
        let slot = opened.get_value();
        if !open.get() {
            slot.take();
            return;
        }
        let slot = Rc::downgrade(&slot);
        let options = options.clone();
        // In a task of its own, so that this effect does not own the dialog's signals: it would
        // dispose of them, at its next run, before the dialog.
        spawn_local(async move {
            let wanted = slot.upgrade().filter(|slot| slot.borrow().is_none());
            if let Some(slot) = wanted.filter(|_| open.try_get_untracked() == Some(true)) {
                slot.replace(show(options, open, on_notice));
            }
        });
    });
    on_cleanup(move || {
        if let Some(slot) = opened.try_get_value() {
            slot.take();
        }
    });
}

fn show(options: Options, open: RwSignal<bool>, on_notice: Callback<Notice>) -> Option<Opened> {
    let told = Box::new(move |notice, _: &dyn Fn(_) -> _| on_notice.run(notice));
    let closed = Rc::new(move || open.set(false));
    screens::open(options, told, closed)
        .inspect_err(|error| leptos::logging::error!("Plimsoll could not open: {error:?}"))
        .ok()
}
