//! The engine without a screen, for pages that bring their own: files go in, and the page reads
//! what there is of each. It lies in the part that uploads; only `widget.rs` enters it.

use any_spawner::Executor;
use js_sys::{Array, Function, Object};
use leptos::prelude::*;
use plimsoll_core::Event;
use plimsoll_core::batch::public_name;
use plimsoll_core::item::ItemView;
use plimsoll_core::options::Options;
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsValue;
use web_sys::File;

use crate::shell::{Caller, Engine, later, set};

/// An engine that nobody looks at but the page. Dropping it stops everything.
pub struct Headless {
    engine: Engine,
    owner: Option<Owner>,
}

impl Headless {
    /// Starts one. `changed` is called when there is something new to read.
    #[inline(never)]
    pub fn start(mut options: Options, caller: Caller, changed: Function) -> Self {
        // Fails when there is one already: then that one runs the effects.
        let _ = Executor::init_wasm_bindgen();
        // Nobody could do it.
        options.crop.cropping = false;
        options.flow.metadata_fields = None;
        let owner = Owner::new();
        let engine = owner.with(|| {
            let engine = Engine::new(options, caller);
            Effect::new(move |_| {
                let _ = engine.summary();
                for id in engine.ids() {
                    let _ = engine.item(ItemId(id), |_| ());
                }
                // What the page throws is the page's; nothing here waits for it.
                let _ = changed.call0(&JsValue::UNDEFINED);
            });
            engine
        });
        let owner = Some(owner);
        Self { engine, owner }
    }

    /// Takes files, and addresses that the server is to fetch, which were checked.
    #[inline(never)]
    pub fn add(&self, files: Vec<File>, addresses: Vec<String>) {
        self.engine.pick(files);
        if !addresses.is_empty() {
            self.engine.fetch(addresses);
        }
    }

    /// All items in order, as plain objects.
    #[inline(never)]
    pub fn items(&self) -> Array {
        let engine = self.engine;
        untrack(|| {
            let ids = engine.ids().into_iter();
            ids.filter_map(|id| engine.item(ItemId(id), entry))
                .collect()
        })
    }

    /// Does what a person would do by a button, to one item or (without an id) to all.
    #[inline(never)]
    pub fn act(&self, what: &str, id: &str) {
        let engine = self.engine;
        let mut ids = untrack(|| engine.ids()).into_iter().map(ItemId);
        let event = if id.is_empty() {
            match what {
                "cancel" => Event::AllCancelled,
                "retry" => Event::AllRetried,
                "pause" => Event::AllPaused,
                "resume" => Event::AllResumed,
                "send" => Event::Reviewed,
                _ => return,
            }
        } else {
            let Some(item) = ids.find(|item| public_name(*item) == id) else {
                return;
            };
            match what {
                "cancel" => Event::Cancelled { item },
                "retry" => Event::Retried { item },
                "pause" => Event::Paused { item },
                "resume" => Event::Resumed { item },
                "remove" => Event::Removed { item },
                "prefer" => Event::Preferred { item },
                "allow" => Event::Allowed { item },
                _ => return,
            }
        };
        engine.tell(event);
    }

    /// Other options, for what is added from now on.
    pub fn update(&self, options: Options) {
        self.engine.update(options);
    }
}

impl Drop for Headless {
    fn drop(&mut self) {
        self.engine.end();
        if let Some(owner) = self.owner.take() {
            // Not at once: this may run inside one of its own effects.
            later(Box::new(move || owner.cleanup()));
        }
    }
}

fn entry(item: &ItemView<'_>) -> JsValue {
    let entry = Object::new();
    set(&entry, "id", &public_name(item.id).into());
    set(&entry, "name", &item.name.into());
    set(&entry, "size", &(item.size as f64).into());
    set(&entry, "status", &item.status.name().into());
    let percent = item.permille.map(|permille| f64::from(permille) / 10.0);
    set(&entry, "progress", &percent.into());
    let code = (item.refusal.map(|refusal| refusal.code()))
        .or_else(|| item.fault.map(|fault| fault.code()));
    set(&entry, "error", &code.into());
    set(
        &entry,
        "secondsLeft",
        &item.left_s.map(|left| left as f64).into(),
    );
    let address = item.asset.and_then(|asset| asset.secure_url());
    set(&entry, "url", &address.into());
    entry.into()
}
