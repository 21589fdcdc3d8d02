//! What answers the batch, and what happens around it: its server, its page, its browser, the
//! clocks and other tabs.

use plimsoll_core::Event;
use plimsoll_core::event::{Answer, Recall};
use plimsoll_core::picture::{Head, Size};
use plimsoll_core::units::Millis;

use super::Model;
use super::dice::Dice;
use super::page::{Hour, Page};
use super::server::{Slip, md5};
use super::tally::Hit;
use super::weather::SIDE_MIN;
use crate::script;

impl Model {
    pub fn hit_and_tell(&mut self, hit: Hit, event: Event) {
        self.tally.hit(hit);
        self.tell(event);
    }

    /// Time goes by until the batch wants to be woken.
    pub fn tick(&mut self) {
        if let Some(deadline) = self.batch.deadline() {
            let ms = deadline.since(self.clock.at);
            self.clock.pass(ms);
        }
        self.tell(Event::Ticked);
    }

    /// A request arrives, if it has not, and its answer is heard.
    pub fn deliver(&mut self, at: usize) {
        if at > 0 {
            self.tally.hit(Hit::Reordered);
        }
        if self.net.flights[at].answer.is_none() {
            self.arrive(at);
        }
        let flight = &self.net.flights[at];
        let request = flight.request;
        if let Some(mut answer) = flight.answer.clone() {
            self.date(&mut answer);
            self.tell(Event::Answered { request, answer });
        }
    }

    /// Adds the server's clock to an answer, where it can be seen.
    pub fn date(&self, answer: &mut Answer) {
        if self.weather.dates {
            let date = http_date(self.clock.unix_ms / 1000);
            answer.headers.push(("date", date));
        }
    }

    fn hour(&self) -> Hour {
        Hour {
            unix_ms: self.clock.unix_ms,
            jumps: self.clock.jumps,
            api_key: self.weather.options.api_key.is_some(),
        }
    }

    /// Whoever is asked something answers, mostly.
    pub fn answer_some(&mut self, dice: &mut Dice) {
        for _ in 0..dice.below(5) {
            if !self.browser.asked.is_empty() {
                self.answer_recall(dice);
            } else if !self.net.queries.is_empty() {
                self.answer_query(dice);
            } else if !self.page.open.is_empty() {
                self.reply(dice, false);
            } else if !self.browser.digests.is_empty() {
                self.answer_digest(dice);
            } else if !self.browser.probes.is_empty() {
                self.answer_probe(dice);
            } else if !self.net.flights.is_empty() {
                self.deliver(dice.index(self.net.flights.len()));
            }
        }
    }

    /// The page answers one of its questions.
    pub fn reply(&mut self, dice: &mut Dice, strange: bool) {
        let at = dice.index(self.page.open.len());
        let Some(ask) = self.page.open.values().nth(at).cloned() else {
            return self.reply_late(dice);
        };
        let hour = self.hour();
        let reply = if strange {
            self.page.strange(&ask, &hour, dice, &mut self.tally)
        } else {
            self.page.honest(&ask, &hour, dice, &mut self.tally)
        };
        let ask = ask.ask;
        self.tell(Event::Replied {
            ask,
            reply: reply.clone(),
        });
        if dice.one_in(6) && !self.is_open(ask) {
            self.hit_and_tell(Hit::RepliedTwice, Event::Replied { ask, reply });
        }
    }

    /// An answer to a question that has ended.
    fn reply_late(&mut self, dice: &mut Dice) {
        let at = dice.index(self.page.ended.len());
        if let Some(ask) = self.page.ended.get(at).cloned() {
            let hour = self.hour();
            // Nobody takes it, so it counts for nothing.
            let reply = Page::default().honest(&ask, &hour, dice, &mut self.tally);
            let ask = ask.ask;
            self.hit_and_tell(Hit::RepliedLate, Event::Replied { ask, reply });
        } else {
            self.tick();
        }
    }

    pub fn answer_recall(&mut self, dice: &mut Dice) {
        if self.browser.asked.is_empty() {
            return self.tick();
        }
        let at = dice.index(self.browser.asked.len());
        let (item, mut recall) = self.browser.answer(at, self.weather.storage);
        if dice.one_in(20) && matches!(recall, Recall::Found(_)) {
            // Something else wrote there.
            recall = Recall::Found("1 junk".to_owned());
        }
        self.tally.hit(match recall {
            Recall::Nothing => Hit::RecalledNone,
            Recall::Found(_) => Hit::Recalled,
            Recall::Elsewhere => Hit::Elsewhere,
        });
        self.tell(Event::Recalled { item, recall });
    }

    pub fn answer_query(&mut self, dice: &mut Dice) {
        if self.net.queries.is_empty() {
            return self.tick();
        }
        let at = dice.index(self.net.queries.len());
        let (request, url) = self.net.queries[at].clone();
        if dice.one_in(4) {
            self.tally.hit(Hit::QueryFailed);
            let answer = script::error(503, "Down");
            let lost = dice.one_in(2);
            return self.tell(if lost {
                Event::Lost { request }
            } else {
                Event::Answered { request, answer }
            });
        }
        let mut answer = self.server.query(&url, &mut self.tally);
        self.date(&mut answer);
        self.tell(Event::Answered { request, answer });
    }

    pub fn answer_probe(&mut self, dice: &mut Dice) {
        let at = dice.index(self.browser.probes.len());
        let Some(item) = self.browser.probes.iter().nth(at).copied() else {
            return self.tick();
        };
        let width = SIDE_MIN - 20 + u32::try_from(dice.below(100)).unwrap_or(0);
        let size = Some(Size { width, height: 90 });
        let format = dice.pick(&["jpg", "heic"]);
        let head = (!dice.one_in(8)).then_some(Head { format, size });
        let hit = if head.is_some() {
            Hit::Probed
        } else {
            Hit::NotProbed
        };
        self.hit_and_tell(hit, Event::Probed { item, head });
    }

    pub fn answer_digest(&mut self, dice: &mut Dice) {
        let at = dice.index(self.browser.digests.len());
        let Some(item) = self.browser.digests.iter().nth(at).copied() else {
            return self.tick();
        };
        let file = &self.files[item.0 as usize];
        let digits = md5(file.content, file.size);
        let md5 = (!dice.one_in(8)).then_some(digits);
        self.tell(Event::Digested { item, md5 });
    }
}

pub fn other_tab(model: &mut Model, dice: &mut Dice) {
    if dice.one_in(2) {
        if model.browser.tab_leaves(dice.index(64)) {
            model.tally.hit(Hit::TabLeft);
        }
        return;
    }
    let at = dice.index(model.browser.asked.len());
    let key = model.browser.asked.get(at).map(|(_, key)| key.clone());
    let taken = key.is_some_and(|key| model.browser.tab_takes(key));
    if taken {
        model.tally.hit(Hit::TabTook);
    }
}

pub fn server(model: &mut Model, dice: &mut Dice) {
    match dice.below(4) {
        0 => {
            if model.server.forget(dice.index(64), true) {
                model.tally.hit(Hit::ForgotAll);
            }
        }
        1 => {
            if model.server.forget(dice.index(64), false) {
                model.tally.hit(Hit::ForgotTail);
            }
        }
        2 => {
            model.tally.hit(Hit::StoredOther);
            model.server.slip = Some(Slip::Other);
        }
        _ => {
            model.tally.hit(Hit::StoredShort);
            model.server.slip = Some(Slip::Short);
        }
    }
}

pub fn sleep(model: &mut Model, dice: &mut Dice) {
    model.tally.hit(Hit::Slept);
    let ms = dice.below(3 * 3_600_000);
    let at = model.clock.at;
    model.clock.pass(ms);
    if model.weather.clock_sleeps {
        model.clock.at = at;
    }
    model.tell(Event::Ticked);
}

pub fn clock(model: &mut Model, dice: &mut Dice) {
    let ms = i64::try_from(dice.below(2 * 3_600_000)).unwrap_or(0);
    match dice.below(3) {
        0 => {
            model.tally.hit(Hit::SetAhead);
            model.clock.ahead_ms += ms;
            model.clock.jumps += 1;
        }
        1 => {
            model.tally.hit(Hit::SetBack);
            model.clock.ahead_ms -= ms;
            model.clock.jumps += 1;
        }
        _ => {
            model.tally.hit(Hit::StepBack);
            let back = dice.below(5_000);
            model.clock.at = Millis(model.clock.at.0.saturating_sub(back));
        }
    }
    model.tell(Event::Ticked);
}

/// A moment as HTTP headers have it.
pub fn http_date(unix_s: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (days, second) = (unix_s / 86_400, unix_s % 86_400);
    let divides = |by, year: u64| year.is_multiple_of(by);
    let is_leap = |year| divides(4, year) && (!divides(100, year) || divides(400, year));
    let (mut year, mut day) = (1970, days);
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    format!(
        "{}, {:02} {} {year} {:02}:{:02}:{:02} GMT",
        DAYS[(days % 7) as usize],
        day + 1,
        MONTHS[month],
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}
