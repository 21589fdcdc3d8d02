//! One file of the batch: what it is, where it stands, and how screens see it. Moves nothing by
//! itself; the batch does.

use crate::chunks::Chunks;
use crate::command::Fields;
use crate::crop::Edit;
use crate::describe::Description;
use crate::error::{Failure, Fault, FaultKind, Refusal};
use crate::event::PickedFile;
use crate::flights::{Flights, Rest, Streak};
use crate::picture::Size;
use crate::progress::{self, Speed};
use crate::protocol::response::Asset;
use crate::ticket::{Prepared, Ticket};
use crate::transfer::HISTORY_MAX;
use crate::units::{AskId, ItemId, Millis, RequestId};

pub use crate::kind::{Kind, extension};

/// Where an item stands, with all that is known only there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// Its content is compared with that of others of its size.
    Comparing {
        until: Millis,
    },
    /// The batch has it already: a person says whether it goes, too.
    Held,
    /// Its head is read; until then, once its turn has come.
    Probing {
        until: Option<Millis>,
    },
    /// A person crops it.
    Editing,
    /// Its picture is made anew; until then, once its turn has come.
    Remaking {
        until: Option<Millis>,
    },
    /// A person looks at it, and may describe it, until all are sent.
    Reviewing,
    /// The page is asked whether it may go at all.
    Vetting,
    /// For a free request.
    Waiting,
    /// What an earlier life of the page knew of it is looked up, and then perhaps asked of the
    /// server, by a request of this number.
    Recalling {
        until: Millis,
        query: Option<RequestId>,
    },
    /// Another tab uploads it.
    Elsewhere,
    /// The page is asked about it.
    Asking(Asked),
    /// Requests are on their way.
    Sending {
        flights: Flights,
        /// One failed while others go on: no more are begun before its end.
        rest: Option<Rest>,
    },
    /// The last attempt failed; the next one may begin after it.
    Resting(Rest),
    /// A person stopped it for a while.
    Paused,
    /// It is stored; whether rightly, its content will tell.
    Verifying {
        asset: Asset,
        until: Millis,
    },
    Done(Asset),
    Failed(Fault),
    Cancelled,
    Refused(Refusal),
}

/// A question to the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub ask: AskId,
    pub what: What,
    pub until: Millis,
    /// The timestamp that was offered for signing.
    pub timestamp_s: u64,
    /// The parameters that were shown, but for the timestamp.
    pub params: Fields,
}

/// What the page was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Parameters,
    Signature,
}

/// How far a file is prepared before it becomes a part of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Chosen,
    Probed,
    Edited,
    Reviewed,
    Ready,
}

/// What is known of a file's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Md5 {
    #[default]
    Unknown,
    Awaited,
    Known(String),
    Unreadable,
}

impl State {
    /// Whether it has not ended: something is still to come, by itself or by a person's doing.
    pub const fn is_active(&self) -> bool {
        !matches!(
            self,
            Self::Done(_) | Self::Failed(_) | Self::Cancelled | Self::Refused(_)
        )
    }

    /// Whether it has not been taken into the batch so far.
    pub const fn is_before(&self) -> bool {
        matches!(
            self,
            Self::Comparing { .. }
                | Self::Held
                | Self::Vetting
                | Self::Probing { .. }
                | Self::Editing
                | Self::Remaking { .. }
                | Self::Reviewing
        )
    }

    /// Whether the shell may still be asked for the file.
    pub const fn needs_file(&self) -> bool {
        !matches!(self, Self::Done(_) | Self::Refused(_))
    }
}

/// What screens show of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// For its turn.
    Waiting,
    /// Its file, or the page, is asked something before the first request.
    Preparing,
    /// The batch has the same file already: a person says whether this one goes, too.
    Asking,
    /// Another tab uploads the same file.
    Elsewhere,
    /// A person is to crop it.
    Editing,
    /// It waits for a person who looks at what is to be sent.
    Reviewing,
    /// A person stopped it for a while.
    Paused,
    /// A request is on its way.
    Uploading,
    /// All is sent; the server works on it.
    Processing,
    /// It failed, and will be tried again by itself.
    Resting {
        /// Not before.
        until: Millis,
        /// What went wrong.
        fault: FaultKind,
    },
    /// Stored.
    Done,
    /// Given up; a person may retry.
    Failed,
    /// Stopped by a person, who may retry.
    Cancelled,
    /// Not accepted; nothing was sent.
    Refused,
}

impl Status {
    /// The stable name, for pages and style sheets that go by it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Preparing => "preparing",
            Self::Asking => "asking",
            Self::Elsewhere => "elsewhere",
            Self::Editing => "editing",
            Self::Reviewing => "reviewing",
            Self::Paused => "paused",
            Self::Uploading => "uploading",
            Self::Processing => "processing",
            Self::Resting { .. } => "resting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
        }
    }
}

/// One item as screens see it.
#[derive(Clone, Copy, Debug)]
pub struct ItemView<'a> {
    /// Its id.
    pub id: ItemId,
    /// The file's name as given: text, never markup.
    pub name: &'a str,
    /// Bytes.
    pub size: u64,
    /// For its icon.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// How far it is, never falling while it uploads; `None` while nobody can know.
    pub permille: Option<u16>,
    /// A picture's sides, where its head was read.
    pub sides: Option<Size>,
    /// It said where it was taken, which is not sent.
    pub located: bool,
    /// What a person made of it.
    pub edit: Edit,
    /// Whether it is shown among what a person looks at before it is sent, and which can be moved
    /// and described.
    pub in_review: bool,
    /// Why it was not accepted.
    pub refusal: Option<&'a Refusal>,
    /// What went wrong, at the end or before the next attempt.
    pub fault: Option<&'a Fault>,
    /// What the server stored.
    pub asset: Option<&'a Asset>,
    /// Bytes per second that the server acknowledged lately; `None` before it has.
    pub rate: Option<u64>,
    /// Seconds that the rest will take at that rate, rounded up.
    pub left_s: Option<u64>,
}

/// One item as the batch keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub file: PickedFile,
    pub kind: Kind,
    pub state: State,
    /// Which run of the batch it belongs to.
    pub run: u32,
    /// Which options it was taken in by, from the first ones on.
    pub terms: usize,
    /// The public ID it asks for.
    pub public_id: Option<String>,
    /// Which of the batch's public IDs that is, from 1; 0 when the server makes one up.
    pub counter: u32,
    /// The same for all attempts and chunks, so that a server knows what belongs together and
    /// what it has already.
    pub upload_id: [u64; 2],
    /// What the server has of it, kept whatever becomes of the item: a retry goes on from there.
    pub chunks: Chunks,
    /// Requests made since a person last asked.
    pub attempts: u32,
    pub streak: Streak,
    /// Failures of questions to the page, apart from those of requests.
    pub asks: Streak,
    /// What failed before, the oldest first.
    pub history: Vec<Failure>,
    /// What the page said about its parameters.
    pub prepared: Option<Prepared>,
    pub ticket: Option<Ticket>,
    /// How many tickets it had, the present one among them.
    pub tickets: u32,
    /// The server refused a signature, and no request has gone well since.
    pub resigned: bool,
    /// An earlier life of the page was looked up, and other tabs are kept out.
    pub recalled: bool,
    /// What is held comes from there, and no request has confirmed it.
    pub remembered: bool,
    /// How often the server had less than it had said.
    pub setbacks: u32,
    pub md5: Md5,
    pub step: Step,
    /// A picture's sides, where its head was read.
    pub sides: Option<Size>,
    /// What its head says it is.
    pub format: Option<&'static str>,
    /// What a person made of it.
    pub edit: Edit,
    /// It said where it was taken, which is not sent.
    pub located: bool,
    /// Whether a person is to look at it before it goes.
    pub review: bool,
    /// What a person has written about it.
    pub described: Option<Box<Description>>,
    pub speed: Speed,
    /// The farthest progress that was shown; `None` before any was known.
    pub shown: Option<u16>,
    /// Screens have been told to look, and have not looked yet.
    pub told: bool,
}

impl Item {
    /// A new one.
    pub fn new(file: PickedFile, state: State, upload_id: [u64; 2], chunk: u64) -> Self {
        Self {
            kind: Kind::of(&file.media_type, &file.name),
            run: 0,
            terms: 0,
            counter: 0,
            public_id: None,
            upload_id,
            chunks: Chunks::new(file.size, chunk),
            attempts: 0,
            streak: Streak::default(),
            asks: Streak::default(),
            history: Vec::new(),
            prepared: None,
            ticket: None,
            tickets: 0,
            resigned: false,
            recalled: false,
            remembered: false,
            setbacks: 0,
            md5: Md5::Unknown,
            step: Step::Chosen,
            sides: None,
            format: None,
            edit: Edit::default(),
            located: false,
            review: false,
            described: None,
            speed: Speed::default(),
            shown: None,
            told: false,
            state,
            file,
        }
    }

    pub fn status(&self) -> Status {
        match &self.state {
            State::Comparing { .. }
            | State::Vetting
            | State::Recalling { .. }
            | State::Asking(_)
            | State::Probing { .. }
            | State::Remaking { .. } => Status::Preparing,
            State::Editing => Status::Editing,
            State::Reviewing => Status::Reviewing,
            State::Held => Status::Asking,
            State::Elsewhere => Status::Elsewhere,
            State::Paused => Status::Paused,
            State::Waiting => Status::Waiting,
            State::Sending { flights, .. } if flights.is_all_sent() => Status::Processing,
            State::Sending { .. } => Status::Uploading,
            State::Verifying { .. } => Status::Processing,
            State::Resting(rest) => Status::Resting {
                until: rest.until,
                fault: rest.fault.kind,
            },
            State::Done(_) => Status::Done,
            State::Failed(_) => Status::Failed,
            State::Cancelled => Status::Cancelled,
            State::Refused(_) => Status::Refused,
        }
    }

    /// Adds to what failed before; the oldest goes when there is too much of it.
    pub fn remember_failure(&mut self, fault: &Fault) {
        if self.history.len() >= HISTORY_MAX {
            self.history.remove(0);
        }
        self.history.push(Failure {
            kind: fault.kind,
            status: fault.status,
            request_id: fault.request_id.clone(),
        });
    }

    /// All is to be sent anew, and the server shall not take it for what it has.
    pub fn renew(&mut self, upload_id: [u64; 2], chunk: u64) {
        self.upload_id = upload_id;
        self.chunks = Chunks::new(self.file.size, chunk);
        self.remembered = false;
    }

    /// Whether nothing of it was sent since a person asked for it, and the server has nothing.
    pub fn is_uncut(&self) -> bool {
        self.attempts == 0 && self.chunks.held_bytes() == 0
    }

    /// Whether a person may still move and describe it.
    pub const fn in_review(&self) -> bool {
        self.review
            && matches!(
                self.state,
                State::Reviewing | State::Editing | State::Probing { .. }
            )
    }

    /// How far it is: unknown only while it uploads.
    pub fn permille(&self) -> Option<u16> {
        match self.state {
            State::Done(_) => Some(1000),
            State::Sending { .. } | State::Verifying { .. } => self.shown,
            _ => Some(self.shown.unwrap_or_default()),
        }
    }

    /// A request of it has ended, well or not.
    pub fn landed(&mut self, request: RequestId) {
        if let State::Sending { flights, rest } = &mut self.state
            && flights.land(request) == 0
        {
            self.state = rest.take().map_or(State::Waiting, State::Resting);
        }
    }

    /// A request of it has ended badly: what else is on its way goes on, nothing new begins.
    pub fn failed(&mut self, request: RequestId, rest: Rest) {
        if let State::Sending { rest: earlier, .. } = &mut self.state {
            *earlier = Some(rest.after(earlier.take()));
        }
        self.landed(request);
    }

    /// What the server has of it in thousandths; `None` while that is nothing.
    pub fn held(&self) -> Option<u16> {
        match self.chunks.held_bytes() {
            0 => None,
            held => Some(progress::permille(held, self.file.size)),
        }
    }

    pub fn view(&self) -> ItemView<'_> {
        let (mut refusal, mut fault, mut asset) = (None, None, None);
        match &self.state {
            State::Refused(why) => refusal = Some(why),
            State::Failed(why) | State::Resting(Rest { fault: why, .. }) => fault = Some(why),
            State::Done(stored) => asset = Some(stored),
            State::Verifying { asset: stored, .. } => asset = Some(stored),
            _ => {}
        }
        let is_sending = matches!(self.state, State::Sending { .. });
        let speed = if is_sending {
            self.speed
        } else {
            Speed::default()
        };
        let done = progress::part(self.file.size, self.shown.unwrap_or_default());
        ItemView {
            id: self.file.id,
            name: &self.file.name,
            size: self.file.size,
            kind: self.kind,
            status: self.status(),
            permille: self.permille(),
            sides: self.sides,
            located: self.located,
            edit: self.edit,
            in_review: self.in_review(),
            refusal,
            fault,
            asset,
            rate: speed.per_second(),
            left_s: speed.seconds(self.file.size.saturating_sub(done)),
        }
    }
}
