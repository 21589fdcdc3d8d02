//! Fields of a form: a label, an input, what there is to know, and what is wrong, tied together for
//! those who don't see them.

use web_sys::{Element, Event as DomEvent};

use crate::parts::{El, el};
use crate::shell::{get, set};

/// More letters than any of these texts takes.
const LETTERS_MAX: &str = "1024";

/// A field for a text.
pub struct Entry<'a> {
    pub id: &'a str,
    pub label: &'a str,
    pub value: &'a str,
    pub hint: String,
    pub placeholder: &'a str,
    pub kind: &'static str,
    pub mode: &'static str,
    pub pattern: Option<String>,
    pub required: bool,
    pub long: bool,
    pub ltr: bool,
}

impl<'a> Entry<'a> {
    /// One line, and nothing more to say.
    pub fn line(id: &'a str, label: &'a str, value: &'a str) -> Self {
        Self {
            id,
            label,
            value,
            hint: String::new(),
            placeholder: "",
            kind: "text",
            mode: "text",
            pattern: None,
            required: false,
            long: false,
            ltr: false,
        }
    }
}

/// The field with its label, what there is to know, and what is wrong. `written` hears of every
/// change.
pub fn entry(
    about: Entry<'_>,
    written: impl Fn(String) + 'static,
    wrong: impl Fn() -> String + Clone + 'static,
) -> El {
    let input = if about.long {
        el("textarea").attr("rows", "2")
    } else {
        el("input")
            .attr("type", about.kind)
            .attr("inputmode", about.mode)
    };
    let mut input = input
        .class("field")
        .attr("id", about.id)
        .attr("maxlength", LETTERS_MAX)
        .attr("autocomplete", "off");
    if about.ltr {
        input = input.attr("dir", "ltr").attr("autocapitalize", "off");
    }
    if !about.placeholder.is_empty() {
        input = input.attr("placeholder", about.placeholder);
    }
    if let Some(pattern) = &about.pattern {
        input = input.attr("pattern", pattern);
    }
    set(&input.node::<Element>(), "value", &about.value.into());
    let input = input.on("input", move |event| written(value(&event)));
    framed(
        el("div").class("entry"),
        label_of(about.id, about.label, about.required),
        input,
        Said {
            id: about.id,
            hint: &about.hint,
            required: about.required,
        },
        wrong,
    )
}

/// What is said beside a field.
pub struct Said<'a> {
    pub id: &'a str,
    pub hint: &'a str,
    pub required: bool,
}

/// A label, with a mark where something must be filled in.
pub fn label_of(id: &str, label: &str, required: bool) -> El {
    let whole = el("label").attr("for", id).text(label);
    if required {
        whole.child(
            el("span")
                .class("must")
                .attr("aria-hidden", "true")
                .text(" *"),
        )
    } else {
        whole
    }
}

/// An input between its label and what is said beside it.
pub fn framed(
    whole: El,
    label: El,
    input: El,
    said: Said<'_>,
    wrong: impl Fn() -> String + Clone + 'static,
) -> El {
    let (hint_id, wrong_id) = ([said.id, "-hint"].concat(), [said.id, "-wrong"].concat());
    let (shows, invalid) = (wrong.clone(), wrong.clone());
    let mut input = input
        .attr("aria-describedby", &[&wrong_id, " ", &hint_id].concat())
        .live_attr("aria-invalid", move || {
            (!invalid().is_empty()).then(|| "true".to_owned())
        });
    if said.required {
        input = input.attr("aria-required", "true");
    }
    let mut whole = whole.child(label).child(input);
    if !said.hint.is_empty() {
        whole = whole.child(el("p").class("hint").attr("id", &hint_id).text(said.hint));
    }
    whole.child(
        el("p")
            .class("wrong")
            .attr("id", &wrong_id)
            .shown_if(move || !shows().is_empty())
            .live_text(wrong),
    )
}

/// What is written in the input that an event is of.
pub fn value(event: &DomEvent) -> String {
    let target = event.current_target();
    let value = target.map(|target| get(&target, "value"));
    value
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}
