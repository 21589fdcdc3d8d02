//! What screens need to review, describe and tag files: what the batch knows of that, and what the
//! page's functions propose. Late.

use js_sys::{Array, Promise};
use leptos::prelude::*;
use plimsoll_core::batch::Flaw;
use plimsoll_core::describe::Description;
use plimsoll_core::fields::{self, Field};
use plimsoll_core::units::ItemId;
use wasm_bindgen::JsValue;

use super::engine::Engine;
use super::script::{self, promised};
use super::task::when;

/// Hears what a page's function proposes.
pub type Proposed = Box<dyn FnOnce(Vec<String>)>;

const TAGS: [&str; 2] = ["getTags", "get_tags"];
const PRESETS: [&str; 2] = ["getUploadPresets", "get_upload_presets"];

impl Engine {
    /// The items in review, in order, and follows them.
    pub fn reviewed_ids(self) -> Vec<u32> {
        self.0.with_value(|shell| {
            shell.list.track();
            let batch = shell.batch.borrow();
            batch.reviewed_ids().map(|id| id.0).collect()
        })
    }

    /// How many items stand before one in the whole list, and how many before it are in review;
    /// follows that.
    pub fn reviewed_place(self, id: ItemId) -> Option<usize> {
        let ids = self.reviewed_ids();
        ids.iter().position(|other| *other == id.0)
    }

    /// How many items of the whole list stand before one.
    pub fn place_of(self, id: ItemId) -> Option<usize> {
        self.0.with_value(|shell| shell.batch.borrow().place(id))
    }

    /// What is written about an item so far, and follows that.
    pub fn description(self, id: ItemId) -> Description {
        self.0.with_value(|shell| {
            shell.row(id).track();
            shell.batch.borrow().description(id)
        })
    }

    /// Why an item can't be sent as it is described, and follows that.
    pub fn flaws(self, id: ItemId, fields: &[Field]) -> Vec<Flaw> {
        self.0.with_value(|shell| {
            shell.row(id).track();
            shell.batch.borrow().flaws(id, fields)
        })
    }

    /// The first item that can't be sent as it is described.
    pub fn first_flawed(self, fields: &[Field]) -> Option<ItemId> {
        self.0
            .with_value(|shell| shell.batch.borrow().first_flawed(fields))
    }

    /// Whether an item can be cropped anew, and follows that.
    pub fn can_edit(self, id: ItemId) -> bool {
        self.0.with_value(|shell| {
            shell.row(id).track();
            shell.batch.borrow().can_edit(id)
        })
    }

    /// What the page asks about each file. What can't be used of that, the page is told.
    pub fn fields(self) -> Vec<Field> {
        let given = self.options(|options| options.flow.metadata_fields.clone());
        let (fields, problems) = fields::read(given.as_ref());
        if !problems.is_empty() {
            self.0.with_value(|shell| (shell.caller.warned)(problems));
        }
        fields
    }

    /// Tags that begin like what is written, by the page's function; none without one.
    pub fn propose_tags(self, prefix: &str, proposed: Proposed) {
        let function = self.function(TAGS);
        if !function.is_undefined() {
            hear(promised(script::tags(&function, prefix)), proposed);
        }
    }

    /// The upload presets to choose from, by the page's function.
    pub fn propose_presets(self, proposed: Proposed) {
        hear(promised(script::presets(&self.function(PRESETS))), proposed);
    }

    fn function(self, names: [&str; 2]) -> JsValue {
        self.0.with_value(|shell| (shell.caller.function)(names))
    }
}

/// A script of ours answers with a list of texts.
fn hear(promise: Promise, proposed: Proposed) {
    when(
        promise,
        Box::new(move |answer| {
            let list = Array::from(&answer.unwrap_or_else(|_| Array::new().into()));
            proposed(list.iter().filter_map(|text| text.as_string()).collect());
        }),
    );
}
