//! The page's own fields in a description: a text, a number, a day, a choice or several. What fits,
//! core says; here it is asked, and told in words.

use leptos::prelude::*;
use plimsoll_core::batch::Flaw;
use plimsoll_core::describe::Answer;
use plimsoll_core::fields::{Breach, Field, FieldKind};
use plimsoll_core::units::ItemId;
use web_sys::Element;

use super::Desk;
use super::entry::{Entry, Said, entry, framed, label_of, value};
use super::sheet::write;
use crate::look::words::{self, Word};
use crate::parts::{El, el};
use crate::shell::{get, set};

/// One of the page's fields.
pub fn asked(desk: Desk, id: ItemId, at: usize) -> El {
    let fields = desk.fields();
    let Some(field) = fields.get(at) else {
        return el("span");
    };
    let touched = RwSignal::new(false);
    let wrong = move || {
        if !touched.get() && !desk.tried.get() {
            return String::new();
        }
        let fields = desk.fields();
        let flaws = desk.engine.flaws(id, &fields);
        let breach = flaws.iter().find_map(|flaw| match flaw {
            Flaw::Field(place, breach) if *place == at => Some(breach),
            _ => None,
        });
        match (breach, fields.get(at)) {
            (Some(breach), Some(field)) => sentence(field, breach),
            _ => String::new(),
        }
    };
    let name = ["describe-field-", &at.to_string()].concat();
    let now = untrack(|| desk.engine.description(id));
    let answer = now.answer(&field.id).or(field.default.as_ref()).cloned();
    let put = move |answer: Answer, unfit: bool| {
        let fields = desk.fields();
        let Some(field) = fields.get(at) else { return };
        write(desk, id, |it| {
            it.put(&field.id, answer);
            it.unfit.retain(|known| *known != field.id);
            if unfit {
                it.unfit.push(field.id.clone());
            }
        });
    };
    let made = match field.kind {
        FieldKind::Enum => choice(field, &name, answer, put, wrong),
        FieldKind::Set => choices(field, &name, answer, put, wrong),
        _ => text(field, &name, answer, put, wrong),
    };
    // Left, or answered: what is wrong with it may be said.
    made.on("focusout", move |_| {
        if !touched.get_untracked() {
            touched.set(true);
        }
    })
}

fn text(
    field: &Field,
    name: &str,
    answer: Option<Answer>,
    put: impl Fn(Answer, bool) + 'static,
    wrong: impl Fn() -> String + Clone + 'static,
) -> El {
    let value = match answer {
        Some(Answer::One(text)) => text,
        _ => String::new(),
    };
    let (kind, mode) = match field.kind {
        FieldKind::Date => ("date", "text"),
        FieldKind::Integer => ("text", "numeric"),
        FieldKind::Number => ("text", "decimal"),
        _ => ("text", "text"),
    };
    let is_number = matches!(field.kind, FieldKind::Integer | FieldKind::Number);
    let about = Entry {
        kind,
        mode,
        pattern: field.pattern.clone(),
        required: field.mandatory,
        ..Entry::line(name, &field.label, &value)
    };
    let made = entry(about, |_| (), wrong);
    made.on("input", move |event| {
        let Some(target) = event.target() else { return };
        let text = get(&target, "value").as_string().unwrap_or_default();
        let text = text.trim();
        // People write fractions with a comma, where their language does.
        let text = if is_number {
            text.replace(',', ".")
        } else {
            text.to_owned()
        };
        let unfit = get(&get(&target, "validity"), "patternMismatch").is_truthy();
        put(Answer::One(text), unfit);
    })
}

fn choice(
    field: &Field,
    name: &str,
    answer: Option<Answer>,
    put: impl Fn(Answer, bool) + 'static,
    wrong: impl Fn() -> String + Clone + 'static,
) -> El {
    let chosen = match &answer {
        Some(Answer::One(text)) => text.as_str(),
        _ => "",
    };
    let mut select = el("select").class("field").attr("id", name).child(
        el("option")
            .attr("value", "")
            .text(words::REVIEW_CHOOSE.text()),
    );
    for (id, label) in &field.choices {
        select = select.child(el("option").attr("value", id).text(label));
    }
    set(&select.node::<Element>(), "value", &chosen.into());
    let select = select.on("change", move |event| {
        put(Answer::One(value(&event)), false);
    });
    framed(
        el("div").class("entry"),
        label_of(name, &field.label, field.mandatory),
        select,
        Said {
            id: name,
            hint: "",
            required: field.mandatory,
        },
        wrong,
    )
}

fn choices(
    field: &Field,
    name: &str,
    answer: Option<Answer>,
    put: impl Fn(Answer, bool) + 'static,
    wrong: impl Fn() -> String + Clone + 'static,
) -> El {
    let chosen = match answer {
        Some(Answer::Several(texts)) => texts,
        Some(Answer::One(text)) => vec![text],
        None => Vec::new(),
    };
    let boxes = el("div").class("boxes");
    let inside: Element = boxes.node();
    let mut boxes = boxes;
    for (at, (id, label)) in field.choices.iter().enumerate() {
        let input = el("input")
            .attr("type", "checkbox")
            .attr("value", id)
            .attr("id", &[name, "-", &at.to_string()].concat());
        let is_chosen = chosen.contains(id);
        set(&input.node::<Element>(), "checked", &is_chosen.into());
        let text = el("span").text(label);
        boxes = boxes.child(el("label").class("box").child(input).child(text));
    }
    let boxes = boxes.on("change", move |_| {
        let mut texts = Vec::new();
        let all = inside.children();
        for at in 0..all.length() {
            let input = all.item(at).and_then(|label| label.first_element_child());
            if let Some(input) = input.filter(|input| get(input, "checked").is_truthy()) {
                texts.extend(get(&input, "value").as_string());
            }
        }
        put(Answer::Several(texts), false);
    });
    let title = [name, "-title"].concat();
    let mut label = el("span").class("label").attr("id", &title);
    label = label.text(&field.label);
    if field.mandatory {
        label = label.child(
            el("span")
                .class("must")
                .attr("aria-hidden", "true")
                .text(" *"),
        );
    }
    framed(
        el("div").class("entry"),
        label,
        boxes
            .attr("role", "group")
            .attr("aria-labelledby", &title)
            .attr("tabindex", "-1"),
        Said {
            id: name,
            hint: "",
            required: false,
        },
        wrong,
    )
}

/// What is wrong with an answer, in words.
fn sentence(field: &Field, breach: &Breach) -> String {
    use words::{
        METADATAPAGE_VALIDATIONERRORS_DATEERROR as NO_DATE,
        METADATAPAGE_VALIDATIONERRORS_DIGITSLIMITERROR as DIGITS,
        METADATAPAGE_VALIDATIONERRORS_INTEGERTYPEERROR as NO_INTEGER,
        METADATAPAGE_VALIDATIONERRORS_NUMBERERROR as NO_NUMBER,
        METADATAPAGE_VALIDATIONERRORS_REQUIRED as REQUIRED,
        METADATAPAGE_VALIDATIONERRORS_STRING_MAX as LONG,
        METADATAPAGE_VALIDATIONERRORS_STRING_MIN as SHORT,
        METADATAPAGE_VALIDATIONERRORS_STRING_MINANDMAX as BETWEEN,
        METADATAPAGE_VALIDATIONERRORS_STRING_REGEX as PATTERN,
    };
    let word = match breach {
        Breach::Required => REQUIRED,
        Breach::Pattern | Breach::NoChoice => PATTERN,
        Breach::NoInteger => NO_INTEGER,
        Breach::NoNumber => NO_NUMBER,
        Breach::Digits => DIGITS,
        Breach::NoDate => NO_DATE,
        Breach::Length => {
            return match (field.shortest, field.longest) {
                (Some(min), Some(max)) => {
                    let text = BETWEEN.with_number("min", min.into());
                    words::fill(&text, "max", &words::number(max.into()))
                }
                (Some(min), None) => SHORT.with_number("min", min.into()),
                (None, max) => LONG.with_number("max", max.unwrap_or_default().into()),
            };
        }
        Breach::TooLow | Breach::TooHigh => return beyond(field, breach),
    };
    word.text().to_owned()
}

/// Which end an answer lies beyond.
fn beyond(field: &Field, breach: &Breach) -> String {
    use words::{
        METADATAPAGE_VALIDATIONERRORS_DATE_GREATERTHAN as AFTER,
        METADATAPAGE_VALIDATIONERRORS_DATE_GREATERTHANEQUAL as FROM,
        METADATAPAGE_VALIDATIONERRORS_DATE_LESSTHAN as BEFORE,
        METADATAPAGE_VALIDATIONERRORS_DATE_LESSTHANEQUAL as UNTIL,
        METADATAPAGE_VALIDATIONERRORS_INTEGER_GREATERTHAN as WHOLE_MORE,
        METADATAPAGE_VALIDATIONERRORS_INTEGER_GREATERTHANEQUAL as WHOLE_LEAST,
        METADATAPAGE_VALIDATIONERRORS_INTEGER_LESSTHAN as WHOLE_LESS,
        METADATAPAGE_VALIDATIONERRORS_INTEGER_LESSTHANEQUAL as WHOLE_MOST,
        METADATAPAGE_VALIDATIONERRORS_NUMBER_GREATERTHAN as MORE,
        METADATAPAGE_VALIDATIONERRORS_NUMBER_GREATERTHANEQUAL as LEAST,
        METADATAPAGE_VALIDATIONERRORS_NUMBER_LESSTHAN as LESS,
        METADATAPAGE_VALIDATIONERRORS_NUMBER_LESSTHANEQUAL as MOST,
    };
    let low = *breach == Breach::TooLow;
    let bound = if low { &field.least } else { &field.most };
    let Some(bound) = bound else {
        return String::new();
    };
    // Low or not, the bound itself or not: the placeholder has a name of its own in each.
    let words: [(Word, &str); 4] = match field.kind {
        FieldKind::Date => [
            (AFTER, "min"),
            (FROM, "min"),
            (BEFORE, "max"),
            (UNTIL, "max"),
        ],
        FieldKind::Integer => [
            (WHOLE_MORE, "more"),
            (WHOLE_LEAST, "min"),
            (WHOLE_LESS, "less"),
            (WHOLE_MOST, "max"),
        ],
        _ => [
            (MORE, "more"),
            (LEAST, "min"),
            (LESS, "less"),
            (MOST, "max"),
        ],
    };
    let at = 2 * usize::from(!low) + usize::from(bound.inclusive);
    let (word, name) = words[at];
    word.with(name, &bound.text)
}
