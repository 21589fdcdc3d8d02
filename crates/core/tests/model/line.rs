//! What becomes of requests on their way, and what is told of them.

use plimsoll_core::Event;
use plimsoll_core::command::Via;
use plimsoll_core::event::{Answer, Recall, Reply};
use plimsoll_core::item::Status;
use plimsoll_core::protocol::value::Value;
use plimsoll_core::units::{AskId, RequestId};

use super::Model;
use super::dice::Dice;
use super::people::some_item;
use super::tally::Hit;
use super::world::http_date;
use crate::script;

/// Something happens to one of the requests on their way, if there is one.
pub fn on_one(model: &mut Model, dice: &mut Dice, act: fn(&mut Model, &mut Dice)) {
    if model.net.flights.is_empty() {
        model.tick();
    } else {
        act(model, dice);
    }
}

/// Something happens to a request: in any order, whichever was sent first.
pub fn network(model: &mut Model, dice: &mut Dice) {
    on_one(model, dice, |model, dice| {
        let at = dice.index(model.net.flights.len());
        let request = model.net.flights[at].request;
        match dice.below(16) {
            0 | 1 => model.hit_and_tell(Hit::LostThere, Event::Lost { request }),
            2 | 3 => {
                model.arrive(at);
                model.hit_and_tell(Hit::LostBack, Event::Lost { request });
            }
            4 if dice.one_in(3) => {
                model.hit_and_tell(Hit::Unreadable, Event::Unreadable { request });
            }
            5..7 => {
                model.tally.hit(Hit::Delayed);
                model.arrive(at);
            }
            _ => model.deliver(at),
        }
    });
}

/// Something else answers, whether the server has the bytes or not.
pub fn answer_trouble(model: &mut Model, dice: &mut Dice) {
    let at = dice.index(model.net.flights.len());
    if dice.one_in(2) {
        model.arrive(at);
    }
    let request = model.net.flights[at].request;
    let answer = trouble(model, dice);
    model.tell(Event::Answered { request, answer });
}

/// Answers of proxies, of a server in trouble, and of no server at all.
fn trouble(model: &mut Model, dice: &mut Dice) -> Answer {
    let asked = match dice.below(8) {
        0 => Some("3".to_owned()),
        1 => Some("90".to_owned()),
        2 => Some("soon".to_owned()),
        3 => Some("1000000000".to_owned()),
        4 => Some(http_date(model.clock.unix_ms / 1000 + 30)),
        _ => None,
    };
    let mut answer = match dice.below(15) {
        0 => {
            model.tally.hit(Hit::Refusing);
            script::error(dice.pick(&[400, 401, 403, 404, 413]), "Bad")
        }
        1..4 => script::error(dice.pick(&[420, 429]), "Slow"),
        4..9 => script::error(dice.pick(&[408, 500, 502, 503, 504]), "Down"),
        9 => script::text(500, "<h1>Oops</h1>"),
        10 => script::text(200, ""),
        11 => script::text(200, "{\"public_id\":"),
        12 if dice.one_in(2) => {
            model.tally.hit(Hit::ErrorInside);
            script::error(200, "Late trouble")
        }
        13 if dice.one_in(2) => {
            model.tally.hit(Hit::Broken);
            script::error(dice.pick(&[501, 505]), "Never")
        }
        _ => script::text(503, ""),
    };
    answer
        .headers
        .extend(asked.map(|text| ("retry-after", text)));
    model.date(&mut answer);
    answer
}

/// The line breaks, or the server starts anew: all on its way is lost, whatever has arrived.
pub fn line_break(model: &mut Model, dice: &mut Dice) {
    let restart = dice.one_in(2);
    model.tally.hit(if restart {
        Hit::Restarted
    } else {
        Hit::LineBroken
    });
    for _ in 0..model.net.flights.len() {
        let Some(flight) = model.net.flights.first() else {
            break;
        };
        let request = flight.request;
        if dice.one_in(3) {
            model.arrive(0);
        }
        model.tell(Event::Lost { request });
    }
}

/// For a while nothing reaches the server.
pub fn outage(model: &mut Model, dice: &mut Dice) {
    model.tally.hit(Hit::Outage);
    let end = model.clock.at.after(dice.below(900_000));
    let silent = dice.one_in(4);
    for _ in 0..400 {
        if model.clock.at >= end {
            break;
        }
        match model.net.flights.first() {
            Some(flight) if !silent => {
                let request = flight.request;
                model.tell(Event::Lost { request });
            }
            _ if model.batch.deadline().is_some() => model.tick(),
            _ => break,
        }
    }
}

pub fn progress(model: &mut Model, dice: &mut Dice) {
    let at = dice.index(model.net.flights.len());
    let flight = &model.net.flights[at];
    if flight.send.via != Via::Xhr {
        return model.tick();
    }
    let request = flight.request;
    let whole = flight
        .send
        .range
        .map_or(flight.send.size, |range| range.bytes());
    let bytes = if dice.one_in(3) {
        whole
    } else {
        dice.below(whole + 1)
    };
    model.hit_and_tell(Hit::Progress, Event::Sent { request, bytes });
}

/// Facts about what has ended, or never was.
pub fn stale(model: &mut Model, dice: &mut Dice) {
    let number = u32::try_from(dice.below(200)).unwrap_or(0);
    let (request, ask) = (RequestId(number), AskId(number));
    let item = some_item(model, dice);
    let event = match dice.below(7) {
        0 => Event::Lost { request },
        1 => Event::Unreadable { request },
        2 => {
            let reply = Reply::Given(Value::Null);
            Event::Replied { ask, reply }
        }
        3 if model.status(item) != Some(Status::Elsewhere) => {
            let recall = Recall::Nothing;
            Event::Recalled { item, recall }
        }
        4 => Event::Digested { item, md5: None },
        // What was heard once is heard again.
        5 if !model.net.told.is_empty() => {
            let at = dice.index(model.net.told.len());
            let (request, answer) = model.net.told[at].clone();
            model.tally.hit(Hit::Repeated);
            Event::Answered { request, answer }
        }
        _ => {
            let answer = script::good(request);
            Event::Answered { request, answer }
        }
    };
    if model.is_foreign(&event) {
        model.tell(event);
    } else {
        model.tick();
    }
}
