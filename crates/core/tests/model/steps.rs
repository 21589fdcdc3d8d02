//! What the world does, one step after the other: people, networks, servers, pages, browsers and
//! clocks. A step carries its own chance, so that others can be left out of a run without changing
//! it more than they must.

use plimsoll_core::Event;

use super::Model;
use super::dice::Dice;
use super::line::{answer_trouble, line_break, network, on_one, outage, progress, stale};
use super::people::{all, edit, pause, person, pick, reload, review};
use super::tally::Hit;
use super::world::{clock, other_tab, server, sleep};

/// What happens in a step; the step's chance says to whom, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Pick,
    PickAgain,
    Person,
    Pause,
    Resume,
    All,
    Network,
    Deliver,
    Trouble,
    LineBreak,
    Outage,
    Progress,
    Ghost,
    Stale,
    Reply,
    Strange,
    Recall,
    Query,
    Digest,
    Probe,
    Edit,
    Review,
    OtherTab,
    Server,
    Offline,
    Online,
    Tick,
    Pass,
    Sleep,
    Clock,
    Reload,
}

/// How often each is drawn.
const WEIGHTS: &[(Act, u64)] = &[
    (Act::Pick, 9),
    (Act::PickAgain, 5),
    (Act::Person, 10),
    (Act::Pause, 3),
    (Act::Resume, 4),
    (Act::All, 2),
    (Act::Network, 16),
    (Act::Deliver, 28),
    (Act::Trouble, 8),
    (Act::LineBreak, 1),
    (Act::Outage, 1),
    (Act::Progress, 5),
    (Act::Ghost, 2),
    (Act::Stale, 4),
    (Act::Reply, 16),
    (Act::Strange, 3),
    (Act::Recall, 10),
    (Act::Query, 4),
    (Act::Digest, 7),
    (Act::Probe, 7),
    (Act::Edit, 5),
    (Act::Review, 9),
    (Act::OtherTab, 3),
    (Act::Server, 3),
    (Act::Offline, 1),
    (Act::Online, 3),
    (Act::Tick, 12),
    (Act::Pass, 8),
    (Act::Sleep, 1),
    (Act::Clock, 1),
    (Act::Reload, 2),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub act: Act,
    pub chance: u64,
}

impl Step {
    pub fn draw(dice: &mut Dice) -> Self {
        let all = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        let mut at = dice.below(all);
        let drawn = WEIGHTS.iter().find(|(_, weight)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        let act = drawn.map_or(Act::Tick, |(act, _)| *act);
        let chance = dice.next();
        Self { act, chance }
    }

    /// Lets it happen.
    pub fn take(self, model: &mut Model) {
        let mut dice = Dice(self.chance);
        let dice = &mut dice;
        if dice.one_in(3) {
            let ms = dice.below(4_000);
            model.clock.pass(ms);
        }
        match self.act {
            Act::Pick | Act::PickAgain => pick(model, dice, self.act == Act::PickAgain),
            Act::Person => person(model, dice),
            Act::Pause | Act::Resume => pause(model, dice, self.act == Act::Pause),
            Act::All => all(model, dice),
            Act::Network => network(model, dice),
            Act::Deliver => on_one(model, dice, |model, dice| {
                let at = dice.index(model.net.flights.len());
                model.deliver(at);
            }),
            Act::Trouble => on_one(model, dice, answer_trouble),
            Act::LineBreak => line_break(model, dice),
            Act::Outage => outage(model, dice),
            Act::Progress => on_one(model, dice, progress),
            Act::Ghost if !model.net.ghosts.is_empty() => {
                let at = dice.index(model.net.ghosts.len());
                model.haunt(at);
            }
            Act::Stale => stale(model, dice),
            Act::Reply | Act::Strange => model.reply(dice, self.act == Act::Strange),
            Act::Recall => model.answer_recall(dice),
            Act::Query => model.answer_query(dice),
            Act::Digest => model.answer_digest(dice),
            Act::Probe => model.answer_probe(dice),
            Act::Edit => edit(model, dice),
            Act::Review => review(model, dice),
            Act::OtherTab => other_tab(model, dice),
            Act::Server => server(model, dice),
            Act::Offline => model.hit_and_tell(Hit::Offline, Event::WentOffline),
            Act::Online => model.hit_and_tell(Hit::Online, Event::WentOnline),
            Act::Pass => {
                model.clock.pass(dice.below(20_000));
                model.tell(Event::Ticked);
            }
            Act::Sleep => sleep(model, dice),
            Act::Clock => clock(model, dice),
            Act::Reload => reload(model, dice),
            Act::Tick | Act::Ghost => model.tick(),
        }
        if model.weather.brisk {
            model.answer_some(dice);
        }
        if dice.one_in(2) {
            model.look();
        }
    }
}
