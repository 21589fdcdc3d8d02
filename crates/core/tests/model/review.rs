//! What a careful bystander writes down of files under review: their order, what was written about
//! them, and that they were let go.

use plimsoll_core::Event;
use plimsoll_core::item::Status;
use plimsoll_core::units::ItemId;

use super::Model;

impl Model {
    /// Writes down what a person does to what is under review, before the batch hears of it.
    pub(super) fn take_note_of_review(&mut self, event: &Event) {
        match event {
            Event::EditLeft { item } if self.status(*item) == Some(Status::Editing) => {
                self.now.still.remove(item);
            }
            Event::Moved { item, to } => {
                let mut order: Vec<ItemId> = self.batch.ids().collect();
                if self.in_review(*item)
                    && let Some(from) = order.iter().position(|other| other == item)
                {
                    order.remove(from);
                    order.insert((*to).min(order.len()), *item);
                }
                self.now.order = Some(order);
            }
            Event::Described { item, description } if self.in_review(*item) => {
                self.described.insert(*item, (**description).clone());
            }
            Event::Reviewed => {
                let waits = |id: &ItemId| self.status(*id) == Some(Status::Reviewing);
                let let_go: Vec<ItemId> = self.batch.ids().filter(waits).collect();
                self.now.still.retain(|id| !let_go.contains(id));
            }
            _ => {}
        }
    }

    fn in_review(&self, id: ItemId) -> bool {
        self.batch.item(id).is_some_and(|item| item.in_review)
    }
}
