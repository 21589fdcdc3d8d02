//! Files that are dropped: also whole folders, with all that is in them.

use js_sys::{Array, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DataTransfer, DataTransferItem, File, FileSystemDirectoryEntry, FileSystemEntry,
    FileSystemFileEntry,
};

/// No batch takes more; a folder of a million files must not be walked to its end.
const FILES_MAX: usize = plimsoll_core::options::FILES_MAX as usize;
/// So many files are asked for at once.
const TOGETHER: u32 = 250;
/// What systems leave in every folder and nobody means to upload.
const LITTER: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// What a drop holds. To be read while the event is handled: afterwards the browser empties it.
pub struct Dropped {
    /// In the order that the person sees; folders first come, first walked.
    files: Vec<File>,
    folders: Vec<FileSystemEntry>,
}

/// Whether a drag may bring files.
pub fn has_files(data: Option<DataTransfer>) -> bool {
    data.is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Reads what was dropped or pasted.
pub fn read(data: Option<DataTransfer>) -> Dropped {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    if let Some(data) = data {
        let items = data.items();
        for at in 0..items.length() {
            let Some(item) = items.get(at).filter(|item| item.kind() == "file") else {
                continue;
            };
            match folder(&item) {
                Some(folder) => folders.push(folder),
                None => files.extend(item.get_as_file().ok().flatten()),
            }
        }
    }
    Dropped { files, folders }
}

impl Dropped {
    /// Whether there is nothing at all.
    pub const fn is_empty(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty()
    }

    /// Whether it has to be walked first.
    pub const fn has_folders(&self) -> bool {
        !self.folders.is_empty()
    }

    /// The files themselves, without the folders.
    pub fn into_files(self) -> Vec<File> {
        self.files
    }

    /// All files, those of the folders and of the folders in them included. Late.
    #[inline(never)]
    pub fn walk(self, done: Box<dyn FnOnce(Vec<File>)>) {
        spawn_local(async move { done(walk(self).await) });
    }
}

async fn walk(dropped: Dropped) -> Vec<File> {
    let mut files = dropped.files;
    // The next to look at stands last.
    let mut open = dropped.folders;
    open.reverse();
    while let Some(entry) = open.pop().filter(|_| files.len() < FILES_MAX) {
        if entry.is_directory() {
            let inside = children(entry.unchecked_ref()).await;
            open.extend(inside.into_iter().rev());
            continue;
        }
        // Files that stand together are asked for together: one by one, thousands take seconds.
        let together = Array::new();
        found(&entry, &together);
        while together.length() < TOGETHER && open.last().is_some_and(|next| !next.is_directory()) {
            if let Some(next) = open.pop() {
                found(&next, &together);
            }
        }
        if let Ok(all) = JsFuture::from(Promise::all(&together)).await {
            let all = Array::from(&all);
            files.extend(all.iter().filter_map(|file| file.dyn_into().ok()));
        }
    }
    files.truncate(FILES_MAX);
    files
}

fn folder(item: &DataTransferItem) -> Option<FileSystemEntry> {
    let entry = item.webkit_get_as_entry().ok().flatten()?;
    entry.is_directory().then_some(entry)
}

/// What is in a folder, by name: the browser gives it in pages and in no order. What can't be
/// read is left out.
async fn children(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let all = Array::new();
    loop {
        let page = Promise::new(&mut |done, failed| {
            let read = reader.read_entries_with_callback_and_callback(&done, &failed);
            if let Err(error) = read {
                // A function of a promise doesn't throw.
                let _ = failed.call1(&failed, &error);
            }
        });
        let page = JsFuture::from(page)
            .await
            .map(|page| Array::from(&page))
            .unwrap_or_default();
        if page.length() == 0 {
            break;
        }
        page.for_each(&mut |entry, _, _| {
            all.push(&entry);
        });
    }
    // In JavaScript: Rust's sort costs 3 KB of wasm.
    let all = all.sort_by(&mut |a, b| {
        let (a, b): (FileSystemEntry, FileSystemEntry) = (a.unchecked_into(), b.unchecked_into());
        a.name().cmp(&b.name()) as i32
    });
    all.iter().map(JsCast::unchecked_into).collect()
}

/// Asks for the file of an entry, if anybody means to upload it. What can't be read comes to
/// something that is no file.
fn found(entry: &FileSystemEntry, together: &Array) {
    if LITTER.contains(&entry.name().as_str()) {
        return;
    }
    let entry: &FileSystemFileEntry = entry.unchecked_ref();
    together.push(&Promise::new(&mut |done, _| {
        entry.file_with_callback_and_callback(&done, &done);
    }));
}
