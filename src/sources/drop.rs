//! Files that are dropped: also whole folders, with all that is in them.

use js_sys::Array;
use plimsoll_core::options::FILES_MAX;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DataTransfer, DataTransferItem, File, FileSystemEntry};

use crate::shell::{promised, walk, when};

/// From so many files on, those that are plainly no folders are not asked whether they are: each
/// answer takes the browser a tenth of a millisecond, in which the page stands still.
const MANY: u32 = 200;

/// What a drop holds. To be read while the event is handled: afterwards the browser empties it.
pub struct Dropped {
    /// In the order that the person sees; folders first come, first walked.
    files: Vec<File>,
    folders: Array,
}

/// Whether a drag may bring files.
pub fn has_files(data: Option<DataTransfer>) -> bool {
    data.is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Reads what was dropped or pasted.
pub fn read(data: Option<DataTransfer>) -> Dropped {
    let (mut files, folders) = (Vec::new(), Array::new());
    if let Some(data) = data {
        let items = data.items();
        for at in 0..items.length() {
            let Some(item) = items.get(at).filter(|item| item.kind() == "file") else {
                continue;
            };
            let plain = items.length() > MANY && is_plain(&item.type_());
            if let Some(folder) = (!plain).then(|| folder(&item)).flatten() {
                folders.push(&folder);
            } else {
                files.extend(item.get_as_file().ok().flatten());
            }
        }
    }
    Dropped { files, folders }
}

/// Whether something of this type is no folder. Some systems know kinds of folders, too, but none
/// that are pictures, films or sound.
fn is_plain(media_type: &str) -> bool {
    let group = media_type.split('/').next();
    matches!(group, Some("image" | "video" | "audio"))
}

impl Dropped {
    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && !self.has_folders()
    }

    /// Whether it has to be walked first.
    pub fn has_folders(&self) -> bool {
        self.folders.length() > 0
    }

    /// The files themselves, without the folders.
    pub fn into_files(self) -> Vec<File> {
        self.files
    }

    /// All files, those of the folders and of the folders in them included; `None` when what
    /// walks through them could not be fetched.
    pub fn walk(self, done: Box<dyn FnOnce(Option<Vec<File>>)>) {
        let room = FILES_MAX.saturating_sub(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let found = promised(walk(&self.folders, room));
        let mut files = self.files;
        let act = move |found: Result<JsValue, JsValue>| {
            let found = found.unwrap_or_default();
            done(found.dyn_ref::<Array>().map(|found| {
                files.extend(found.iter().map(JsCast::unchecked_into::<File>));
                files
            }));
        };
        when(found, Box::new(act));
    }
}

fn folder(item: &DataTransferItem) -> Option<FileSystemEntry> {
    let entry = item.webkit_get_as_entry().ok().flatten()?;
    entry.is_directory().then_some(entry)
}
