//! The course of single uploads in a batch: answer, rest, give up, stop, begin again. What is
//! taken in, and when a batch as a whole begins and ends, is the parent's; what is sent when is
//! `requests`'.

use super::{Batch, Reach, Work};
use crate::command::Command;
use crate::error::{Fault, FaultKind};
use crate::event::Answer;
use crate::flights::{Flight, Rest, Streak};
use crate::item::{Item, State};
use crate::notice::Notice;
use crate::protocol::response;
use crate::units::{ItemId, RequestId};
use crate::{payload, transfer};

impl Batch {
    pub(super) fn answered(&mut self, request: RequestId, answer: &Answer) -> Work {
        let Some((item, flight)) = self.flight(request) else {
            return Work::Same;
        };
        let id = item.file.id;
        let read = if flight.range.is_last() {
            response::read(answer, item.file.size, item.attempts).map(Some)
        } else {
            response::read_chunk(answer, item.attempts).map(|()| None)
        };
        match read {
            Ok(Some(asset)) => {
                let info = payload::success(item, &asset);
                self.learn(flight);
                self.busy.retain(|busy| *busy != id);
                self.list.change(id, |item| item.state = State::Done(asset));
                self.notify(Notice::Success { item: id, info });
                self.commands.push_back(Command::Release(id));
            }
            Ok(None) => self.acknowledged(id, flight),
            Err(fault) => self.stumbled(id, request, fault, answer.retry_after.as_deref()),
        }
        Work::Same
    }

    /// A request ended without an answer.
    pub(super) fn broken(&mut self, request: RequestId, kind: FaultKind) -> Work {
        if let Some((item, _)) = self.flight(request) {
            let (id, fault) = (item.file.id, Fault::silent(kind, item.attempts));
            self.stumbled(id, request, fault, None);
        }
        Work::Same
    }

    /// The server has a chunk, and it was not the last one.
    fn acknowledged(&mut self, id: ItemId, flight: Flight) {
        self.learn(flight);
        let left = self.list.change(id, |item| {
            item.chunks.hold(flight.range);
            item.streak = Streak::default();
            item.landed(flight.request);
            matches!(item.state, State::Waiting)
        });
        // What has begun keeps its place: nothing slips in between its chunks.
        if left == Some(true) {
            self.send(id);
        }
    }

    fn learn(&mut self, flight: Flight) {
        let ms = self.now.since(flight.since);
        self.pace.learn(flight.range.bytes(), ms);
    }

    /// A request failed: rest and try again, or give up.
    fn stumbled(
        &mut self,
        id: ItemId,
        request: RequestId,
        fault: Fault,
        retry_after: Option<&str>,
    ) {
        let next = self.requests;
        let failures = self
            .list
            .get_mut(id)
            .map(|item| item.streak.count(request, next));
        let failures = failures.unwrap_or_default();
        if !transfer::worth_retrying(&fault) || failures >= transfer::FAILURES_MAX {
            return self.give_up(id, Some(request), fault);
        }
        let rest = transfer::rest_ms(&mut self.chance, failures, retry_after);
        let until = self.now.after(rest);
        self.list
            .change(id, |item| item.failed(request, Rest { until, fault }));
    }

    /// Ends an item badly; `ended` is the request that brought the news, if one did.
    pub(super) fn give_up(&mut self, id: ItemId, ended: Option<RequestId>, fault: Fault) {
        self.ground(id, ended);
        self.list
            .change(id, |item| item.state = State::Failed(fault.clone()));
        self.notify(Notice::Failed { item: id, fault });
    }

    /// Aborts an item's requests, but for one that has ended.
    fn ground(&mut self, id: ItemId, ended: Option<RequestId>) {
        if let Some(Item {
            state: State::Sending { flights, .. },
            ..
        }) = self.list.get(id)
        {
            for flight in flights.iter() {
                if Some(flight.request) != ended {
                    self.commands.push_back(Command::Abort(flight.request));
                }
            }
        }
        self.busy.retain(|busy| *busy != id);
    }

    pub(super) fn stop(&mut self, ids: &[ItemId], reach: Reach) -> Work {
        let mut items = Vec::new();
        for &id in ids {
            if self.list.get(id).is_some_and(|item| item.state.is_active()) {
                self.ground(id, None);
                self.list.change(id, |item| item.state = State::Cancelled);
                items.push(id);
            }
        }
        if !items.is_empty() {
            self.notify(Notice::Abort {
                items,
                all: reach == Reach::All,
            });
        }
        Work::Same
    }

    pub(super) fn removed(&mut self, id: ItemId) -> Work {
        self.stop(&[id], Reach::Some);
        if let Some(item) = self.list.remove(id)
            && item.state.needs_file()
        {
            self.commands.push_back(Command::Release(id));
        }
        Work::Same
    }

    pub(super) fn again(&mut self, ids: &[ItemId], reach: Reach) -> Work {
        let run = self.run_number();
        let mut items = Vec::new();
        for &id in ids {
            let Some(item) = self.list.get(id) else {
                continue;
            };
            let renew = match &item.state {
                State::Cancelled => false,
                State::Failed(fault) => transfer::is_final(fault),
                _ => continue,
            };
            let upload_id = if renew {
                self.chance.bits()
            } else {
                item.upload_id
            };
            self.list.change(id, |item| {
                item.state = State::Waiting;
                item.run = run;
                item.upload_id = upload_id;
                item.attempts = 0;
                item.streak = Streak::default();
                if renew {
                    item.chunks.forget();
                }
                // A file in chunks goes on where it was.
                item.shown = item.held();
            });
            self.waiting = self.waiting.min(id);
            items.push(id);
        }
        if items.is_empty() {
            return Work::Same;
        }
        self.notify(Notice::Retry {
            items,
            all: reach == Reach::All,
        });
        self.open();
        Work::More
    }
}
