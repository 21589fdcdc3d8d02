//! What the page and people change while the batch is there: options, and name, tags and preset of
//! the next files. What was taken in before keeps what it was taken in by: what was signed is what
//! is sent, and all chunks of a file go to one place.

use super::{Batch, Work};
use crate::command::Command;
use crate::event::PickedFile;
use crate::item::Item;
use crate::notice::Notice;
use crate::options::Options;
use crate::protocol::public_id;

impl Batch {
    /// The options that an item was taken in by.
    pub(super) fn terms(&self, item: &Item) -> &Options {
        self.earlier.get(item.terms).unwrap_or(&self.options)
    }

    /// Other options from now on. Those with which nothing could be uploaded are not taken where
    /// that was possible: what is wrong with them, the page has been told.
    pub(super) fn renew_terms(&mut self, options: Options) {
        let useless = !options.can_upload() && self.options.can_upload();
        if useless || options == self.options {
            return;
        }
        let earlier = std::mem::replace(&mut self.options, options);
        // Those of an empty batch hold for nothing.
        if self.list.len() > 0 {
            self.earlier.push(earlier);
        }
        self.list.tell_summary();
    }

    pub(super) fn name_by(&mut self, public_id: Option<String>) {
        let public_id = public_id.filter(|wanted| !wanted.is_empty());
        let options = Options {
            public_id: public_id.clone(),
            ..self.options.clone()
        };
        self.renew_terms(options);
        // A name that was written is counted from the start.
        self.public_ids = 0;
        self.notify(Notice::PublicIdEdited { public_id });
    }

    pub(super) fn tag_by(&mut self, tags: Vec<String>) {
        let options = Options {
            tags: tags.clone(),
            ..self.options.clone()
        };
        self.renew_terms(options);
        self.notify(Notice::TagsEdited { tags });
    }

    pub(super) fn store_by(&mut self, preset: String) {
        let options = Options {
            upload_preset: Some(preset),
            ..self.options.clone()
        };
        self.renew_terms(options);
    }

    /// Whether the public ID that a person wrote is none that a server would take.
    pub(super) fn is_misnamed(&self) -> bool {
        let wanted = self.options.public_id.as_deref();
        wanted.is_some_and(|wanted| public_id::check(wanted).is_err())
    }

    /// Takes none of the files of a choice.
    pub(super) fn turn_away(&mut self, files: Vec<PickedFile>) -> Work {
        for file in files {
            if file.id >= self.fresh {
                self.fresh = crate::units::ItemId(file.id.0.saturating_add(1));
                self.commands.push_back(Command::Release(file.id));
            }
        }
        self.notify(Notice::InvalidPublicId);
        Work::Same
    }
}
