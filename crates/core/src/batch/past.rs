//! What earlier lives of the page, and other tabs, have to do with a file: it goes on where it was
//! left, and is not sent by two at once. Works as well without any past.

use super::Batch;
use crate::chunks::Chunks;
use crate::command::Command;
use crate::event::{Answer, Recall};
use crate::item::{Item, State};
use crate::memory::{self, KEPT_S, Memory};
use crate::protocol::{request, response};
use crate::ticket::ASKS_MAX;
use crate::units::{ItemId, RequestId};

/// A store that takes longer to say what it knows is broken.
const RECALL_MS: u64 = 10_000;

/// A server that takes longer to say how far an upload is need not be heard: chunks tell as well.
const QUERY_MS: u64 = 15_000;

impl Batch {
    /// Whether an item's past is still to be asked for. Only files in chunks have one.
    pub(super) fn wants_past(&self, item: &Item) -> bool {
        let many = if item.is_uncut() {
            // A server may have told how large chunks must be since the file was chosen.
            item.file.size > self.chunk_size()
        } else {
            item.chunks.are_many()
        };
        self.options.resume && !item.recalled && many && item.file.address.is_none()
    }

    /// Whether one more past may be looked up.
    pub(super) fn may_recall(&self) -> bool {
        let open = self.awaiting_items();
        let open = open.filter(|item| matches!(item.state, State::Recalling { .. }));
        open.count() < ASKS_MAX
    }

    pub(super) fn recall(&mut self, id: ItemId) {
        if !self.may_recall() {
            return;
        }
        let Some(item) = self.list.get(id) else {
            return;
        };
        // The same file to another place is another upload.
        let options = self.terms(item);
        let mut scope = request::url(options, self.resource_type(item));
        let account = [&options.upload_preset, &options.api_key];
        let place = [&options.folder, &item.public_id];
        for part in account.into_iter().chain(place) {
            scope.push('\n');
            scope.push_str(part.as_deref().unwrap_or_default());
        }
        let until = self.now.after(RECALL_MS);
        self.commands.push_back(Command::Recall { item: id, scope });
        self.awaiting.push(id);
        self.list.change(id, |item| {
            item.recalled = true;
            item.state = State::Recalling { until, query: None };
        });
    }

    pub(super) fn recalled(&mut self, id: ItemId, recall: Recall) {
        let asked = self.list.get(id).is_some_and(|item| {
            matches!(
                item.state,
                State::Recalling { query: None, .. } | State::Elsewhere
            )
        });
        if !asked {
            return;
        }
        match recall {
            Recall::Elsewhere => {
                self.awaiting.retain(|awaiting| *awaiting != id);
                // However long that takes, it holds nobody else up.
                self.busy.retain(|busy| *busy != id);
                self.list.change(id, |item| item.state = State::Elsewhere);
            }
            Recall::Nothing => self.without_past(id, None),
            Recall::Found(text) => {
                let size = self.list.get(id).map_or(0, |item| item.file.size);
                match memory::read(&text, size) {
                    Some(memory) => self.go_on(id, &memory),
                    None => self.without_past(id, None),
                }
            }
        }
    }

    /// An item goes on where an earlier life left it.
    fn go_on(&mut self, id: ItemId, memory: &Memory) {
        let query = RequestId(self.requests);
        let until = self.now.after(QUERY_MS);
        self.list.change(id, |item| {
            item.upload_id = memory.upload_id;
            item.chunks = Chunks::restore(item.file.size, memory.chunk, &memory.held);
            item.remembered = true;
            item.shown = item.shown.max(item.held());
        });
        let item = self.list.get(id);
        let options = item.map_or(&self.options, |item| self.terms(item));
        let url = request::status_url(options, memory.upload_id);
        // Chunks will tell as well, once they may go.
        let may = self.presence.online && self.brake.allowed(self.now) > 0;
        let Some(url) = url.filter(|_| memory.has_status && may) else {
            return self.without_past(id, None);
        };
        self.requests += 1;
        self.commands.push_back(Command::Query {
            request: query,
            url,
        });
        self.list.change(id, |item| {
            item.state = State::Recalling {
                until,
                query: Some(query),
            };
        });
        if !self.awaiting.contains(&id) {
            self.awaiting.push(id);
        }
    }

    /// The server was asked how far an upload is, and this is what came of it. False for another
    /// request.
    pub(super) fn queried(&mut self, request: RequestId, answer: Option<&Answer>) -> bool {
        let mut asking = self.awaiting_items();
        let found = asking.find(
            |item| matches!(item.state, State::Recalling { query, .. } if query == Some(request)),
        );
        let Some(id) = found.map(|item| item.file.id) else {
            return false;
        };
        drop(asking);
        let bits = self.chance.bits();
        let chunk = self.chunk_size();
        if let Some(answer) = answer {
            let ranges = response::ranges(answer);
            self.list.change(id, |item| {
                let size = item.file.size;
                match ranges {
                    Some(ranges) => {
                        item.chunks = Chunks::restore(size, item.chunks.chunk(), &ranges);
                    }
                    // It has forgotten the upload, or never knew it.
                    None if answer.status == 404 => item.renew(bits, chunk),
                    // Whatever this is: what is remembered will do.
                    None => {}
                }
                item.shown = item.shown.max(item.held());
            });
        }
        self.without_past(id, None);
        true
    }

    /// An item waits for nobody's knowledge any longer.
    pub(super) fn without_past(&mut self, id: ItemId, query: Option<RequestId>) {
        self.commands.extend(query.map(Command::Abort));
        self.awaiting.retain(|awaiting| *awaiting != id);
        self.ready(id);
    }

    /// Keeps how far an item is.
    pub(super) fn remember(&mut self, id: ItemId) {
        let Some(item) = self.list.get(id).filter(|item| item.recalled) else {
            return;
        };
        let memory = Memory {
            upload_id: item.upload_id,
            chunk: item.chunks.chunk(),
            has_status: self.has_status,
            held: item.chunks.held(),
        };
        self.commands.push_back(Command::Remember {
            item: id,
            text: memory.text(),
            expires_s: (self.unix_ms / 1000).saturating_add(KEPT_S),
        });
    }

    /// What is kept of an item is of no use any more.
    pub(super) fn forget(&mut self, id: ItemId) {
        if self.list.get(id).is_some_and(|item| item.recalled) {
            self.commands.push_back(Command::Forget(id));
        }
    }

    /// Other tabs may have the file.
    pub(super) fn let_others(&mut self, id: ItemId) {
        if let Some(item) = self.list.get_mut(id)
            && std::mem::take(&mut item.recalled)
        {
            self.commands.push_back(Command::Yield(id));
        }
    }
}
