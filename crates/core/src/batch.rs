//! The batch: all files of one opened widget, and what happens to each. Facts go in, commands and
//! changes come out; time is an argument. Sends nothing, waits for nothing, decides all.

mod asking;
mod before;
mod contents;
mod control;
mod past;
mod recorded;
mod requests;
mod review;
mod summary;
mod terms;
mod uploads;
mod vetting;

use std::collections::VecDeque;

use crate::chance::Chance;
use crate::command::Command;
use crate::error::FaultKind;
use crate::event::{Event, PickedFile};
use crate::intake::{self, Verdict};
use crate::item::{Item, ItemView, State};
use crate::list::List;
use crate::notice::Notice;
use crate::options::{FILES_MAX, Options};
use crate::payload;
use crate::progress::{self, Pace, Speed};
use crate::traffic::{Brake, Presence, Tokens};
use crate::units::{ItemId, Millis, Moment};

use vetting::Vet;

pub use crate::list::Change;
pub use review::Flaw;
pub use summary::Summary;
pub use vetting::VET_MS;

/// From the last file's end to `queues-end`. Pages keep results in states that take in one change
/// per frame (React's, for one): told in one breath, the last `success` would be lost to them.
pub const QUEUES_END_MS: u64 = 50;

/// Items in the list, refused ones among them.
const FILES_LISTED_MAX: usize = 2 * FILES_MAX as usize;

/// Where the batch stands between `queues-start` and `queues-end`.
#[derive(Clone, Copy, Debug)]
enum Run {
    /// Nothing was begun that has not been told to have ended.
    Closed,
    /// Begun.
    Open,
    /// All has ended; the page hears of it then.
    Closing { at: Millis },
}

/// The files of one opened widget.
#[derive(Debug)]
pub struct Batch {
    /// For what is taken in from now on.
    options: Options,
    /// What held before, for the items that were taken in then.
    earlier: Vec<Options>,
    chance: Chance,
    list: List,
    commands: VecDeque<Command>,
    /// What is being sent or rests: so few that walking through them costs nothing.
    busy: Vec<ItemId>,
    /// What waits for the page, the shell or the past; few as well.
    awaiting: Vec<ItemId>,
    /// Files that the page is asked about.
    vets: Vec<Vet>,
    /// What a person wants first, the latest wish first.
    preferred: Vec<ItemId>,
    /// Files whose heads are to be read and pictures that are to be made anew, in order.
    chores: VecDeque<ItemId>,
    /// Pictures that a person is to crop, in order.
    editing: Vec<ItemId>,
    /// What was taken out last, and from where: it may come back.
    aside: Option<(Item, usize)>,
    pace: Pace,
    speed: Speed,
    brake: Brake,
    tokens: Tokens,
    presence: Presence,
    /// The latest moment that was told.
    now: Millis,
    /// The wall clock at that moment.
    unix_ms: u64,
    /// How much the server's clock is ahead of it, where a server has told.
    ahead_s: i64,
    /// The smallest chunk that the server takes, where it has told.
    chunk_min: Option<u64>,
    /// The server can be asked how far an upload is.
    has_status: bool,
    run: Run,
    /// How many runs there were.
    runs: u32,
    /// Ids from here on have not been seen.
    fresh: ItemId,
    requests: u32,
    asks: u32,
    /// Public IDs handed out.
    public_ids: u32,
    summary: Summary,
}

impl Batch {
    /// An empty batch. The seed should be random: upload IDs come from it.
    pub fn new(options: Options, seed: [u64; 2]) -> Self {
        Self {
            options,
            earlier: Vec::new(),
            chance: Chance::new(seed),
            list: List::default(),
            commands: VecDeque::new(),
            busy: Vec::new(),
            awaiting: Vec::new(),
            vets: Vec::new(),
            preferred: Vec::new(),
            chores: VecDeque::new(),
            editing: Vec::new(),
            aside: None,
            pace: Pace::default(),
            speed: Speed::default(),
            brake: Brake::default(),
            tokens: Tokens::default(),
            presence: Presence::default(),
            now: Millis::default(),
            unix_ms: 0,
            ahead_s: 0,
            chunk_min: None,
            has_status: false,
            run: Run::Closed,
            runs: 0,
            fresh: ItemId(0),
            requests: 0,
            asks: 0,
            public_ids: 0,
            summary: Summary::default(),
        }
    }

    /// Takes in a fact. Afterwards: carry out all commands, look at all changes, and come back
    /// with [`Event::Ticked`] at the deadline.
    pub fn handle(&mut self, now: Moment, event: Event) {
        let due = self.deadline();
        // Some clocks step back; nothing here does.
        let at = self.now.max(now.at);
        self.presence.pass(self.now, at, due);
        self.now = at;
        self.unix_ms = now.unix_ms;
        let work = self.take_in(event);
        self.expire();
        self.begin_chores();
        self.start();
        // After the start, so that a known pace shows at once and no bar blinks.
        self.estimate();
        self.close();
        self.sum_up(work);
    }

    fn take_in(&mut self, event: Event) -> Work {
        match event {
            Event::Picked { files } => return self.picked(files),
            Event::Retried { item } => return self.again(&[item], Reach::Some),
            Event::AllRetried => {
                let failed = self.ids_where(|state| matches!(state, State::Failed(_)));
                return self.again(&failed, Reach::All);
            }
            Event::Allowed { item } => return self.allowed(item),
            Event::Digested { item, md5 } => return self.digested(item, md5),
            Event::Sent { request, bytes } => self.told_sent(request, bytes),
            Event::Answered { request, answer } => self.answered(request, &answer),
            Event::Lost { request } => self.broken(request, FaultKind::NetworkLost),
            Event::Unreadable { request } => self.broken(request, FaultKind::FileUnreadable),
            Event::Cancelled { item } => self.stop(&[item], Reach::Some),
            Event::AllCancelled => {
                // What a person has arranged and described is no upload so far.
                let running = |state: &State| state.is_active() && *state != State::Reviewing;
                self.stop(&self.ids_where(running), Reach::All);
            }
            Event::Removed { item } => self.removed(item),
            Event::SetAside { item } => self.set_aside(item),
            Event::Restored => self.restore(),
            Event::Dropped => self.drop_aside(),
            Event::Paused { item } => self.paused(&[item]),
            Event::AllPaused => self.paused(&self.ids_where(State::is_active)),
            Event::Resumed { item } => self.resumed(&[item]),
            Event::AllResumed => {
                let paused = self.ids_where(|state| matches!(state, State::Paused));
                self.resumed(&paused);
            }
            Event::Preferred { item } => self.prefer(item),
            Event::WentOffline => self.presence.online = false,
            Event::WentOnline => self.online(),
            Event::Vetted { ask, verdict } => return self.vetted(ask, &verdict),
            Event::Replied { ask, reply } => self.replied(ask, &reply),
            Event::Recalled { item, recall } => self.recalled(item, recall),
            Event::Probed { item, head } => return self.probed(item, head),
            Event::Edited { item, edit } => return self.edited(item, edit),
            Event::EditLeft { item } => self.edit_left(item),
            Event::EditWanted { item } => self.edit_wanted(item),
            Event::Moved { item, to } => self.moved(item, to),
            Event::Described { item, description } => self.described(item, description),
            Event::Reviewed => return self.reviewed(),
            Event::Remade { item, made } => return self.remade(item, made),
            Event::Updated { options } => self.renew_terms(*options),
            Event::PublicIdEdited { public_id } => self.name_by(public_id),
            Event::TagsEdited { tags } => self.tag_by(tags),
            Event::PresetChosen { preset } => self.store_by(preset),
            Event::Ticked => {}
        }
        Work::Same
    }

    /// The next thing to do.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// The next thing to look at again.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.list.poll_change()
    }

    /// When to come back at the latest; `None` while only others can bring news.
    pub fn deadline(&self) -> Option<Millis> {
        let mut deadline = match self.run {
            Run::Closing { at } => Some(at),
            Run::Closed | Run::Open => None,
        };
        for item in self.busy_items() {
            self.due(item, &mut deadline);
        }
        for vet in &self.vets {
            sooner(&mut deadline, Some(vet.until));
        }
        for item in self.awaiting_items() {
            sooner(&mut deadline, self.patient_until(item));
        }
        if self.is_held_back() {
            sooner(&mut deadline, self.brake.eases_at(self.now));
        }
        deadline
    }

    /// The batch in numbers.
    pub const fn summary(&self) -> Summary {
        self.summary
    }

    /// One item, if it is in the list.
    pub fn item(&self, id: ItemId) -> Option<ItemView<'_>> {
        self.list.get(id).map(Item::view)
    }

    /// How many items stand before one in the list.
    pub fn place(&self, id: ItemId) -> Option<usize> {
        self.list.place(id)
    }

    /// All items in shown order.
    pub fn ids(&self) -> impl Iterator<Item = ItemId> {
        self.list.iter().map(|item| item.file.id)
    }

    /// Those in review.
    pub fn reviewed_ids(&self) -> impl Iterator<Item = ItemId> {
        let reviewed = self.list.iter().filter(|item| item.in_review());
        reviewed.map(|item| item.file.id)
    }

    /// All others.
    pub fn listed_ids(&self) -> impl Iterator<Item = ItemId> {
        let listed = self.list.iter().filter(|item| !item.in_review());
        listed.map(|item| item.file.id)
    }

    /// The options for what is taken in from now on.
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// Whether nothing waits, uploads, rests or is under review.
    pub const fn is_idle(&self) -> bool {
        self.list.counts.active == 0
    }

    /// Whether something goes on that is not under review.
    const fn is_running(&self) -> bool {
        self.list.counts.active > self.list.counts.reviewing
    }

    fn picked(&mut self, files: Vec<PickedFile>) -> Work {
        self.summary.left_out = 0;
        if self.is_misnamed() {
            return self.turn_away(files);
        }
        let single = !self.options.multiple;
        // One file at a time: while it is busy nothing replaces it.
        let locked = single && self.is_running();
        if single && !locked && !files.is_empty() {
            self.clear();
        }
        let mut room = self.room();
        let (mut work, mut vetted) = (Work::Same, Vec::new());
        for (index, file) in files.into_iter().enumerate() {
            let id = file.id;
            // A choice that is told twice must not upload anything twice.
            if id < self.fresh {
                continue;
            }
            self.fresh = ItemId(id.0.saturating_add(1));
            let surplus = locked || (single && index > 0) || self.list.len() >= FILES_LISTED_MAX;
            let verdict = if surplus {
                Verdict::LeaveOut
            } else {
                intake::judge(&file, &self.options, room)
            };
            match verdict {
                Verdict::Admit => {
                    room -= 1;
                    if self.is_vetted() {
                        vetted.push(id);
                    }
                    if self.admit(file) == Work::More {
                        work = Work::More;
                    }
                }
                Verdict::Refuse(refusal) => {
                    self.add(file, State::Refused(refusal.clone()));
                    self.tell_refusal(id, refusal);
                }
                Verdict::LeaveOut => {
                    self.summary.left_out += 1;
                    self.commands.push_back(Command::Release(id));
                }
            }
        }
        if self.summary.left_out > 0 {
            self.notify(Notice::MaxExceeded);
        }
        self.vet(vetted);
        self.open_if_wanted();
        self.list.tell_summary();
        work
    }

    /// The latest moment by both clocks.
    const fn moment(&self) -> Moment {
        Moment {
            at: self.now,
            unix_ms: self.unix_ms,
        }
    }

    /// Bytes of a chunk: what the page wants, but no less than the server takes.
    fn chunk_size(&self) -> u64 {
        let least = self.chunk_min.unwrap_or(self.options.chunk_min);
        self.options.max_chunk_size.max(least)
    }

    fn room(&self) -> u32 {
        let counts = &self.list.counts;
        let held = counts.active + counts.done + counts.failed + counts.cancelled;
        self.options.files_max().saturating_sub(held)
    }

    /// The run that new work belongs to.
    const fn run_number(&self) -> u32 {
        match self.run {
            Run::Closed => self.runs + 1,
            Run::Open | Run::Closing { .. } => self.runs,
        }
    }

    fn open_if_wanted(&mut self) {
        let waits = |item: &Item| matches!(item.state, State::Waiting);
        if self.list.iter().any(waits) {
            self.open();
        }
    }

    fn open(&mut self) {
        if let Run::Closed = self.run {
            self.runs += 1;
            self.notify(Notice::QueuesStart);
        }
        self.run = Run::Open;
    }

    fn close(&mut self) {
        match self.run {
            Run::Open if !self.is_running() => {
                self.run = Run::Closing {
                    at: self.now.after(QUEUES_END_MS),
                };
            }
            Run::Closing { at } if at <= self.now => {
                self.run = Run::Closed;
                let ended = self.list.iter().filter(|item| {
                    let told = !item.state.is_before() && !matches!(item.state, State::Refused(_));
                    item.run == self.runs && told
                });
                let files = ended
                    .map(|item| (item.file.id, payload::queue_item(item, self.terms(item))))
                    .collect();
                self.notify(Notice::QueuesEnd { files });
            }
            Run::Closed | Run::Open | Run::Closing { .. } => {}
        }
    }

    fn sum_up(&mut self, work: Work) {
        self.forget_edited();
        let counts = &self.list.counts;
        let on_the_way = counts.bytes_ended.saturating_add(counts.bytes_shown);
        let permille = progress::permille(on_the_way, counts.bytes);
        let old = self.summary;
        let summary = Summary {
            total: u32::try_from(self.list.len()).unwrap_or(u32::MAX),
            done: counts.done,
            failed: counts.failed,
            refused: counts.refused,
            cancelled: counts.cancelled,
            active: counts.active - counts.reviewing,
            reviewing: counts.reviewing,
            paused: counts.paused,
            offline: !self.presence.online,
            editing: self.editing.first().copied(),
            to_edit: u32::try_from(self.editing.len()).unwrap_or(u32::MAX),
            aside: self
                .aside()
                .filter(|_| self.can_restore())
                .map(|item| item.id),
            rate: self.speed.per_second(),
            left_s: self.speed.seconds(counts.bytes.saturating_sub(on_the_way)),
            permille: if work == Work::More {
                permille
            } else {
                permille.max(old.permille)
            },
            ..old
        };
        if summary.active == 0 {
            // Pauses between batches are no part of the speed.
            self.speed.rest();
        }
        if summary != old {
            self.summary = summary;
            self.list.tell_summary();
        }
    }

    fn ids_where(&self, fits: impl Fn(&State) -> bool) -> Vec<ItemId> {
        self.list
            .iter()
            .filter(|item| fits(&item.state))
            .map(|item| item.file.id)
            .collect()
    }

    fn notify(&mut self, notice: Notice) {
        self.commands.push_back(Command::Notify(notice));
    }
}

/// The earlier of two moments, of which either may be none.
fn sooner(deadline: &mut Option<Millis>, at: Option<Millis>) {
    if let Some(at) = at {
        *deadline = Some(deadline.map_or(at, |known| known.min(at)));
    }
}

/// Whether a person meant one item or all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Some,
    All,
}

/// Whether there is more to do than before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    More,
    Same,
}

/// The item's name in the page's events: `file-3`.
pub fn public_name(id: ItemId) -> String {
    let mut name = String::from("file-");
    name.push_str(&id.0.to_string());
    name
}
