//! What is wrong with a page's options, in sentences. Both the sentences and what puts them
//! together are fetched when there is something to tell. Tells nobody itself.

use js_sys::Promise;
use plimsoll_core::options::{OptionProblem, Reason, sentence};

use super::{json, late, script, when};

/// Takes a problem and its sentence; none when the sentences could not be had.
pub type Tell = Box<dyn Fn(&OptionProblem, Option<String>)>;

/// Tells every problem that is worth it, in order.
pub fn explain(problems: Vec<OptionProblem>, tell: Tell) {
    if problems.is_empty() {
        return;
    }
    let sentences = script::promised(script::messages());
    late(Box::new(move |here| {
        if here {
            return explained(problems, sentences, tell);
        }
        let known = |problem: &&OptionProblem| problem.reason != Reason::Unknown;
        problems.iter().filter(known).for_each(|it| tell(it, None));
    }));
}

#[inline(never)]
fn explained(problems: Vec<OptionProblem>, sentences: Promise, tell: Tell) {
    let act = move |read: Result<_, _>| {
        let sentences = json::value(&read.unwrap_or_default());
        for problem in problems {
            let sentence = sentence(&problem, &sentences);
            // A name that is no slip has none: it is a setting of the page's own.
            if sentence.is_some() || problem.reason != Reason::Unknown {
                tell(&problem, sentence);
            }
        }
    };
    when(sentences, Box::new(act));
}
