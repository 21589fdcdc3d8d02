//! What happens to a file before it is a part of the batch: its head is read, a person crops it,
//! and it is made anew, where the page's options want that. The page hears of it afterwards.

use super::{Batch, Work};
use crate::command::{Command, Fields, Recipe};
use crate::crop::{Edit, Rect};
use crate::event::{Made, PickedFile};
use crate::intake;
use crate::item::{Item, Kind, Md5, State, Step, extension};
use crate::notice::Notice;
use crate::options::{CroppingCoordinates, CroppingOutput};
use crate::picture::{self, Head, Size, strip};
use crate::protocol::request;
use crate::units::ItemId;

/// So many heads are read, and pictures made, at once: more would fight for the same disk.
const CHORES_MAX: usize = 4;

/// A head that takes longer to read says nothing.
const PROBE_MS: u64 = 10_000;

/// A picture that takes longer stays as it is.
const REMAKE_MS: u64 = 60_000;

/// Sides that no picture has: no limit.
const BOUNDLESS: u32 = u32::MAX;

impl Batch {
    /// Takes a file in. Says whether it may be sent at once.
    pub(super) fn admit(&mut self, file: PickedFile) -> Work {
        let id = file.id;
        // Not as one that waits: it may not be sent before all is done.
        self.add(file, State::Vetting);
        if self.is_vetted() {
            return Work::Same;
        }
        self.pass(id)
    }

    /// The page has nothing against a file. Says whether it may be sent at once.
    pub(super) fn pass(&mut self, id: ItemId) -> Work {
        let item = self.list.get(id);
        if item.is_some_and(|item| self.is_to_compare(&item.file)) {
            self.compare(id);
            return Work::Same;
        }
        self.proceed(id)
    }

    /// An item becomes a part of the batch; its run is to be opened afterwards.
    fn enter(&mut self, id: ItemId) {
        let named = self.list.get(id).and_then(|item| item.described.as_ref());
        let named = named.and_then(|described| described.public_id.clone());
        let wanted = self.options.public_id.as_deref();
        let public_id = wanted.filter(|_| named.is_none()).map(|wanted| {
            // A single file is replaced under its own name; several must not overwrite each other.
            self.public_ids = if self.options.multiple {
                self.public_ids + 1
            } else {
                1
            };
            request::public_id(wanted, self.public_ids)
        });
        let counter = public_id.as_ref().map_or(0, |_| self.public_ids);
        let public_id = named.or(public_id);
        let run = self.run_number();
        let file = self.list.get(id).map(|item| item.file.clone());
        self.list.change(id, |item| {
            item.public_id.clone_from(&public_id);
            item.counter = counter;
            item.run = run;
            item.state = State::Waiting;
        });
        self.list.waits(id);
        let (name, media_type) =
            file.map_or_else(Default::default, |file| (file.name, file.media_type));
        self.notify(Notice::UploadAdded {
            item: id,
            name,
            media_type,
            public_id,
        });
    }

    pub(super) fn add(&mut self, file: PickedFile, state: State) {
        let upload_id = self.chance.bits();
        let mut item = Item::new(file, state, upload_id, self.chunk_size());
        item.run = self.run_number();
        item.terms = self.earlier.len();
        item.review = self.options.flow.reviews() && item.state.is_before();
        self.list.push(item);
    }

    /// Takes a file on, from one step to the next, until it has to wait for something. Says
    /// whether it has become a part of the batch; then its run is to be opened.
    pub(super) fn proceed(&mut self, id: ItemId) -> Work {
        loop {
            let Some(item) = self.list.get(id) else {
                return Work::Same;
            };
            let state = match item.step {
                Step::Chosen if self.wants_head(item) => State::Probing { until: None },
                Step::Probed if self.wants_edit(item) => State::Editing,
                Step::Edited if item.review => State::Reviewing,
                Step::Reviewed if self.recipe(item).is_some() => State::Remaking { until: None },
                Step::Ready => {
                    self.enter(id);
                    return Work::More;
                }
                step => {
                    let next = match step {
                        Step::Chosen => Step::Probed,
                        Step::Probed => Step::Edited,
                        Step::Edited => Step::Reviewed,
                        Step::Reviewed | Step::Ready => Step::Ready,
                    };
                    if let Some(item) = self.list.get_mut(id) {
                        item.step = next;
                    }
                    continue;
                }
            };
            match state {
                State::Editing => self.editing.push(id),
                State::Reviewing => {}
                _ => self.chores.push_back(id),
            }
            self.list.change(id, |item| item.state = state);
            return Work::Same;
        }
    }

    /// Goes on with a file that was waiting for something.
    pub(super) fn step(&mut self, id: ItemId, step: Step) -> Work {
        self.awaiting.retain(|awaiting| *awaiting != id);
        if let Some(item) = self.list.get_mut(id) {
            item.step = step;
        }
        let work = self.proceed(id);
        if work == Work::More {
            self.open();
        }
        work
    }

    /// Begins what may be begun of what the shell does with files.
    pub(super) fn begin_chores(&mut self) {
        let is_chore =
            |state: &State| matches!(state, State::Probing { .. } | State::Remaking { .. });
        let begun = self.awaiting_items().filter(|item| is_chore(&item.state));
        let mut room = CHORES_MAX.saturating_sub(begun.count());
        while room > 0
            && let Some(id) = self.chores.pop_front()
        {
            let Some(item) = self.list.get(id).filter(|item| is_chore(&item.state)) else {
                continue;
            };
            let (command, ms) = match (&item.state, self.recipe(item)) {
                (State::Remaking { .. }, Some(recipe)) => (Command::Remake(recipe), REMAKE_MS),
                _ => (Command::Probe(id), PROBE_MS),
            };
            let limit = Some(self.now.after(ms));
            self.list.change(id, |item| {
                if let State::Probing { until } | State::Remaking { until } = &mut item.state {
                    *until = limit;
                }
            });
            self.commands.push_back(command);
            self.awaiting.push(id);
            room -= 1;
        }
    }

    /// The shell has read a file's head.
    pub(super) fn probed(&mut self, id: ItemId, head: Option<Head>) -> Work {
        let item = self.list.get(id);
        let Some(item) = item.filter(|item| matches!(item.state, State::Probing { .. })) else {
            return Work::Same;
        };
        if let Some(refusal) = intake::judge_head(&item.file, head, &self.options) {
            self.awaiting.retain(|awaiting| *awaiting != id);
            self.refuse(id, refusal);
            return Work::Same;
        }
        if let Some(item) = self.list.get_mut(id) {
            item.sides = head.and_then(|head| head.size);
            item.format = head.map(|head| head.format);
        }
        self.step(id, Step::Probed)
    }

    /// A person has cropped a picture.
    pub(super) fn edited(&mut self, id: ItemId, edit: Edit) -> Work {
        let item = self.list.get(id);
        let Some(item) = item.filter(|item| item.state == State::Editing) else {
            return Work::Same;
        };
        // What lies outside of the picture is no box.
        let sides = item.sides.map(|sides| edit.turn.size(sides));
        let inside = |rect: &Rect| {
            let reach = |start: u32, side: u32, all: u32| {
                side > 0 && u64::from(start) + u64::from(side) <= u64::from(all)
            };
            sides.is_some_and(|sides| {
                reach(rect.x, rect.width, sides.width) && reach(rect.y, rect.height, sides.height)
            })
        };
        let edit = Edit {
            rect: edit.rect.filter(inside),
            ..edit
        };
        if let Some(item) = self.list.get_mut(id) {
            item.edit = edit;
        }
        self.step(id, Step::Edited)
    }

    /// The shell has made a picture anew, or has left it as it is.
    pub(super) fn remade(&mut self, id: ItemId, made: Option<Made>) -> Work {
        let item = self.list.get(id);
        let Some(item) = item.filter(|item| matches!(item.state, State::Remaking { .. })) else {
            return Work::Same;
        };
        if let Some(made) = made {
            let (bits, chunk) = (self.chance.bits(), self.chunk_size());
            let cut = self.cuts(item);
            self.list.change(id, |item| {
                if let Some(sides) = made.sides {
                    let before = item.sides.replace(sides);
                    item.edit = match (item.edit.rect, before) {
                        (Some(rect), Some(before)) if !cut => Edit {
                            rect: Some(rect.scaled(before, sides)),
                            ..item.edit
                        },
                        // What was in the box is the whole picture now.
                        _ => Edit::default(),
                    };
                }
                item.located = made.located;
                item.file.name = made.name;
                item.file.size = made.size;
                item.file.media_type = made.media_type;
                item.md5 = Md5::Unknown;
                item.renew(bits, chunk);
            });
        }
        self.step(id, Step::Ready)
    }

    /// What the head of an item's file says that it is.
    pub fn format(&self, id: ItemId) -> Option<&'static str> {
        self.list.get(id)?.format
    }

    /// Takes those out of the list of what is to be cropped that are not to be any longer.
    pub(super) fn forget_edited(&mut self) {
        let list = &self.list;
        self.editing.retain(|id| {
            list.get(*id)
                .is_some_and(|item| item.state == State::Editing)
        });
    }

    /// What is sent with an item's file before the page has had its say.
    pub(super) fn own_params(&self, item: &Item) -> Fields {
        let mut params = request::fields(self.terms(item), item.public_id.as_deref());
        if let Some(rect) = item.edit.rect {
            let name = match self.terms(item).crop.cropping_coordinates_mode {
                CroppingCoordinates::Custom => "custom_coordinates",
                CroppingCoordinates::Face => "face_coordinates",
            };
            request::replace(&mut params, name, &rect.text());
        }
        if let Some(described) = &item.described {
            request::describe(&mut params, described, &self.terms(item).context);
        }
        params
    }

    /// Whether a file's head may decide about it.
    fn wants_head(&self, item: &Item) -> bool {
        if item.file.address.is_some() || item.file.size == 0 {
            return false;
        }
        let options = &self.options;
        let images = &options.images;
        let limits = [
            images.max_image_width,
            images.max_image_height,
            images.min_image_width,
            images.min_image_height,
        ];
        let picture = item.kind == Kind::Image
            && (options.crop.cropping || limits.iter().any(Option::is_some));
        let telling = !options.client_allowed_formats.is_empty()
            && picture::is_telling(&extension(&item.file.name));
        // A picture need not be named like one.
        let telling_where = self.strips() && matches!(item.kind, Kind::Image | Kind::Other);
        picture || telling || telling_where
    }

    /// Whether what tells of place and device is taken out of pictures.
    fn strips(&self) -> bool {
        self.options.images.strip_metadata == Some(true)
    }

    /// Whether a person is to crop it: what a browser can show.
    pub(super) fn wants_edit(&self, item: &Item) -> bool {
        self.options.crop.cropping
            && item.sides.is_some()
            && item.format.is_some_and(|format| {
                matches!(format, "jpg" | "png" | "gif" | "webp" | "bmp" | "avif")
            })
    }

    /// Whether what is outside of the box is cut off, rather than the box told.
    fn cuts(&self, item: &Item) -> bool {
        self.options.crop.cropping_output == CroppingOutput::Pixels && can_remake(item)
    }

    /// What is to be made of a picture, if anything.
    fn recipe(&self, item: &Item) -> Option<Recipe> {
        let images = &self.options.images;
        let strip = self.strips() && item.format.is_some_and(strip::can_strip);
        let bound = |limit: Option<u32>| limit.unwrap_or(BOUNDLESS);
        let most = Size {
            width: bound(images.max_image_width),
            height: bound(images.max_image_height),
        };
        let mut edit = if self.cuts(item) {
            item.edit
        } else {
            Edit::default()
        };
        let draw = item.sides.is_some_and(|sides| {
            let all = Rect::all(edit.turn.size(sides));
            edit.rect = edit.rect.filter(|rect| *rect != all);
            let rect = edit.rect.unwrap_or(all);
            let edited = !edit.turn.is_none() || rect != all;
            let large = rect.width > most.width || rect.height > most.height;
            can_remake(item) && (edited || large)
        });
        (strip || draw).then_some(Recipe {
            item: item.file.id,
            strip,
            draw,
            edit,
            most,
            quality: u32::try_from(images.image_quality)
                .unwrap_or(100)
                .clamp(1, 100),
        })
    }
}

/// Formats that a browser decodes whole, and of which it loses nothing that moves.
fn can_remake(item: &Item) -> bool {
    let formats = ["jpg", "png", "webp", "bmp", "avif"];
    item.format.is_some_and(|format| formats.contains(&format))
}
