//! The widget as a Leptos component, for Rust applications. The same dialog as pages open from
//! JavaScript; what they hear by callback, an application hears as core's own [`Notice`].

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use plimsoll_core::Notice;
use plimsoll_core::options::Options;

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
    let opened = StoredValue::new_local(Rc::new(RefCell::new(None::<Opened>)));
    Effect::new(move |_| {
        let slot = opened.get_value();
        if !open.get() {
            slot.take();
        } else if slot.borrow().is_none() {
            let told = Box::new(move |notice, _: &dyn Fn(_) -> _| on_notice.run(notice));
            let closed = Rc::new(move || open.set(false));
            match screens::open(options.clone(), told, closed) {
                Ok(dialog) => {
                    slot.replace(Some(dialog));
                }
                Err(error) => leptos::logging::error!("Plimsoll could not open: {error:?}"),
            }
        }
    });
    on_cleanup(move || {
        if let Some(slot) = opened.try_get_value() {
            slot.take();
        }
    });
}
