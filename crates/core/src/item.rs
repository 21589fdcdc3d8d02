//! One file of the batch: what it is, where it stands, and how screens see it. Moves nothing by
//! itself; the batch does.

use crate::chunks::Chunks;
use crate::error::{Fault, FaultKind, Refusal};
use crate::event::PickedFile;
use crate::flights::{Flights, Rest, Streak};
use crate::progress;
use crate::protocol::response::Asset;
use crate::text::find;
use crate::units::{ItemId, Millis, RequestId};

/// What a file is, roughly: for its icon and for groups of formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Something to read.
    Document,
    /// Files in a file.
    Archive,
    /// Anything else.
    Other,
}

/// Extensions by kind, for files whose type the browser does not know (HEIC on most systems).
const EXTENSIONS: &[(Kind, &str)] = &[
    (
        Kind::Image,
        " avif bmp gif heic heif ico jpeg jpg jxl png psd svg tif tiff webp ",
    ),
    (
        Kind::Video,
        " 3gp avi m2ts m4v mkv mov mp4 mpeg mpg ogv webm wmv ",
    ),
    (Kind::Audio, " aac aiff flac m4a mp3 oga ogg opus wav wma "),
    (
        Kind::Document,
        " csv doc docx epub html json md odp ods odt pdf ppt pptx rtf txt xls xlsx ",
    ),
    (Kind::Archive, " 7z bz2 gz rar tar tgz xz zip zst "),
];

/// Parts of media types that tell a kind where the part before the slash does not.
const MEDIA_TYPES: &[(Kind, &str)] = &[
    (Kind::Document, "pdf"),
    (Kind::Document, "document"),
    (Kind::Document, "msword"),
    (Kind::Document, "ms-excel"),
    (Kind::Document, "ms-powerpoint"),
    (Kind::Document, "rtf"),
    (Kind::Document, "epub"),
    (Kind::Archive, "zip"),
    (Kind::Archive, "tar"),
    (Kind::Archive, "7z"),
    (Kind::Archive, "rar"),
];

/// Longer endings are words after a full stop, not extensions.
const EXTENSION_MAX: usize = 16;

impl Kind {
    /// From the media type that the browser gave, else from the name.
    pub fn of(media_type: &str, name: &str) -> Self {
        let media_type = media_type.to_ascii_lowercase();
        let (group, rest) = media_type.split_once('/').unwrap_or_default();
        match group {
            "image" => return Self::Image,
            "video" => return Self::Video,
            "audio" => return Self::Audio,
            "text" => return Self::Document,
            _ => {}
        }
        let by_type = MEDIA_TYPES
            .iter()
            .find(|(_, part)| find(rest, part).is_some());
        by_type.map_or_else(|| Self::of_extension(&extension(name)), |(kind, _)| *kind)
    }

    fn of_extension(extension: &str) -> Self {
        let listed = |list: &str| list.split(' ').any(|known| known == extension);
        let found = EXTENSIONS
            .iter()
            .find(|(_, list)| !extension.is_empty() && listed(list));
        found.map_or(Self::Other, |(kind, _)| *kind)
    }
}

/// The name's extension, lower case without the dot; empty when there is none.
pub fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, end))
            if !stem.is_empty()
                && end.len() <= EXTENSION_MAX
                && !end.contains(|letter: char| letter.is_ascii_whitespace() || letter == '/') =>
        {
            // Formats are ASCII; the tables of all letters would add 10 KB to the wasm file.
            end.to_ascii_lowercase()
        }
        _ => String::new(),
    }
}

/// Where an item stands, with all that is known only there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// For a free request.
    Waiting,
    /// Requests are on their way.
    Sending {
        flights: Flights,
        /// One failed while others go on: no more are begun before its end.
        rest: Option<Rest>,
    },
    /// The last attempt failed; the next one may begin after it.
    Resting(Rest),
    Done(Asset),
    Failed(Fault),
    Cancelled,
    Refused(Refusal),
}

impl State {
    /// Whether something is still to come without a person's doing.
    pub const fn is_active(&self) -> bool {
        matches!(
            self,
            Self::Waiting | Self::Sending { .. } | Self::Resting(_)
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
    /// The farthest progress that was shown; `None` before any was known.
    pub shown: Option<u16>,
    /// Screens have been told to look, and have not looked yet.
    pub told: bool,
}

impl Item {
    pub const fn status(&self) -> Status {
        match &self.state {
            State::Waiting => Status::Waiting,
            State::Sending { .. } => Status::Uploading,
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

    /// How far it is: unknown only while it uploads.
    pub fn permille(&self) -> Option<u16> {
        match self.state {
            State::Done(_) => Some(1000),
            State::Sending { .. } => self.shown,
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
            State::Waiting | State::Sending { .. } | State::Cancelled => {}
        }
        ItemView {
            id: self.file.id,
            name: &self.file.name,
            size: self.file.size,
            kind: self.kind,
            status: self.status(),
            permille: self.permille(),
            refusal,
            fault,
            asset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_come_from_the_media_type_else_from_the_name() {
        let kinds = [
            ("image/jpeg", "a", Kind::Image),
            ("", "IMG_1.HEIC", Kind::Image),
            ("video/mp4", "a.txt", Kind::Video),
            ("audio/mpeg", "", Kind::Audio),
            ("text/plain", "a", Kind::Document),
            ("application/pdf", "a", Kind::Document),
            (
                "application/vnd.oasis.opendocument.text",
                "a",
                Kind::Document,
            ),
            ("application/zip", "a", Kind::Archive),
            ("application/octet-stream", "a.mkv", Kind::Video),
            ("application/octet-stream", "a", Kind::Other),
            ("", "", Kind::Other),
            ("nonsense", "a b.c d", Kind::Other),
        ];
        for (media_type, name, kind) in kinds {
            assert_eq!(Kind::of(media_type, name), kind, "{media_type} {name}");
        }
    }

    #[test]
    fn an_extension_is_short_and_follows_a_name() {
        assert_eq!(extension("a.b.JPG"), "jpg");
        assert_eq!(extension(".profile"), "");
        assert_eq!(extension("none"), "");
        assert_eq!(extension("Mr. Smith went away"), "");
        assert_eq!(extension("dots..."), "");
    }
}
