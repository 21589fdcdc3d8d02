//! Files that a person looks at before they are sent: arranged, described, cropped anew, and then
//! let go together. What the description becomes on the wire, `protocol/request` knows.

use super::{Batch, Work};
use crate::describe::Description;
use crate::fields::{self, Breach, Field};
use crate::item::{State, Step};
use crate::protocol::public_id;
use crate::units::ItemId;

/// Why an item can't be sent as it is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Its public ID is none that a server would take.
    PublicId,
    /// Another item has its public ID.
    PublicIdTaken,
    /// The answer to one of the fields, by its place among them.
    Field(usize, Breach),
}

impl Batch {
    /// What is written about an item so far.
    pub fn description(&self, id: ItemId) -> Description {
        let described = self.list.get(id).and_then(|item| item.described.as_deref());
        described.cloned().unwrap_or_default()
    }

    /// Why an item can't be sent as it is described: all reasons.
    pub fn flaws(&self, id: ItemId, fields: &[Field]) -> Vec<Flaw> {
        let Some(item) = self.list.get(id) else {
            return Vec::new();
        };
        let nothing = Description::default();
        let described = item.described.as_deref().unwrap_or(&nothing);
        let mut flaws = Vec::new();
        if let Some(wanted) = &described.public_id {
            if public_id::check(wanted).is_err() {
                flaws.push(Flaw::PublicId);
            } else if self.is_taken(id, wanted) {
                flaws.push(Flaw::PublicIdTaken);
            }
        }
        for (at, field) in fields.iter().enumerate() {
            let unfit = described.unfit.contains(&field.id);
            let breach = field.check(described.answer(&field.id), unfit);
            flaws.extend(breach.map(|breach| Flaw::Field(at, breach)));
        }
        flaws
    }

    /// The first item that can't be sent as it is described.
    pub fn first_flawed(&self, fields: &[Field]) -> Option<ItemId> {
        self.reviewing()
            .into_iter()
            .find(|id| !self.flaws(*id, fields).is_empty())
    }

    /// Whether a person can crop an item that is under review.
    pub fn can_edit(&self, id: ItemId) -> bool {
        let item = self.list.get(id);
        item.is_some_and(|item| item.state == State::Reviewing && self.wants_edit(item))
    }

    fn is_taken(&self, id: ItemId, wanted: &str) -> bool {
        self.list.iter().any(|item| {
            let described = item.described.as_ref();
            let other = match item.public_id.as_deref() {
                Some(known) => Some(known),
                None => described.and_then(|described| described.public_id.as_deref()),
            };
            // What has ended without success has given its name back.
            let gone = matches!(item.state, State::Cancelled | State::Refused(_));
            item.file.id != id && !gone && other == Some(wanted)
        })
    }

    fn reviewing(&self) -> Vec<ItemId> {
        self.ids_where(|state| *state == State::Reviewing)
    }

    pub(super) fn moved(&mut self, id: ItemId, to: usize) {
        if self.list.get(id).is_some_and(|item| item.in_review()) {
            self.list.relocate(id, to);
        }
    }

    pub(super) fn described(&mut self, id: ItemId, description: Box<Description>) {
        if self.list.get(id).is_some_and(|item| item.in_review()) {
            self.list
                .change(id, |item| item.described = Some(description));
        }
    }

    /// A person wants to crop a picture anew.
    pub(super) fn edit_wanted(&mut self, id: ItemId) {
        if self.can_edit(id) {
            self.editing.push(id);
            self.list.change(id, |item| item.state = State::Editing);
        }
    }

    /// A person went back from cropping: to the review where the picture comes from there, else it
    /// was not chosen.
    pub(super) fn edit_left(&mut self, id: ItemId) {
        let Some(item) = self.list.get(id) else {
            return;
        };
        if item.state != State::Editing {
            return;
        }
        if item.step == Step::Edited {
            self.step(id, Step::Edited);
        } else {
            self.removed(id);
        }
    }

    /// A person sends all that is under review, unless something is wrong with one of them.
    pub(super) fn reviewed(&mut self) -> Work {
        let (fields, _) = fields::read(self.options.flow.metadata_fields.as_ref());
        if self.first_flawed(&fields).is_some() {
            return Work::Same;
        }
        let mut work = Work::Same;
        for id in self.reviewing() {
            if let Some(item) = self.list.get_mut(id) {
                item.step = Step::Reviewed;
                let mut described = item.described.take().unwrap_or_default();
                for field in &fields {
                    // What is proposed to a person who leaves it as it is, is an answer.
                    if described.answer(&field.id).is_none()
                        && let Some(default) = &field.default
                    {
                        described.put(&field.id, default.clone());
                    }
                }
                item.described = (*described != Description::default()).then_some(described);
            }
            if self.proceed(id) == Work::More {
                work = Work::More;
            }
        }
        self.open_if_wanted();
        work
    }
}
