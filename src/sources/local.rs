//! Files of the person's device, browsed for.

use wasm_bindgen::JsCast;
use web_sys::{Event, File, FileList, HtmlInputElement};

use crate::look::{icons, words};
use crate::parts::{El, button, el, icon};
use crate::shell::Engine;

/// The chooser: what may be dropped, the button, and the page's limits in words.
pub fn show(engine: Engine) -> El {
    let multiple = engine.options(|options| options.multiple);
    let (drop, browse) = if multiple {
        (words::LOCAL_DD_TITLE_MULTI, words::LOCAL_BROWSE)
    } else {
        (words::LOCAL_DD_TITLE_SINGLE, words::LOCAL_BROWSE_SINGLE)
    };
    let chooser = chooser(engine, multiple);
    let input: HtmlInputElement = chooser.node();
    let label = move || {
        let word = if engine.summary().total == 0 {
            browse
        } else {
            words::QUEUE_UPLOAD_MORE
        };
        word.text().to_owned()
    };
    let or = el("span").class("or").text(words::OR.text());
    el("section")
        .class("local")
        .child(el("span").class("mark").child(icon(icons::UPLOAD)))
        .child(
            el("p")
                .class("drop")
                .child(el("span").text(drop.text()))
                .child(or),
        )
        .child(
            button("main browse", "", move || {
                engine.prepare();
                input.click();
            })
            .attr("data-focus", "")
            .attr("part", "browse")
            .live_text(label),
        )
        .child(el("p").class("hint").text(&engine.options(hint)))
        .child(chooser)
}

/// The browser's own file chooser, hidden behind the button.
fn chooser(engine: Engine, multiple: bool) -> El {
    let chosen = move |event: Event| {
        let Some(input) = event
            .target()
            .map(JsCast::unchecked_into::<HtmlInputElement>)
        else {
            return;
        };
        engine.pick(input.files().map(list).unwrap_or_default());
        // So that choosing the same file again is a change again.
        input.set_value("");
    };
    let input = el("input")
        .attr("type", "file")
        .attr("hidden", "")
        .on("change", chosen);
    let input = if multiple {
        input.attr("multiple", "")
    } else {
        input
    };
    match engine.options(|options| accept(&options.client_allowed_formats)) {
        Some(accept) => input.attr("accept", &accept),
        None => input,
    }
}

fn list(files: FileList) -> Vec<File> {
    (0..files.length()).filter_map(|at| files.get(at)).collect()
}

/// The `accept` attribute: `image/*,.pdf`. `None` when everything is welcome.
fn accept(formats: &[String]) -> Option<String> {
    if formats.is_empty() {
        return None;
    }
    let mut accept = String::new();
    for format in formats {
        if !accept.is_empty() {
            accept.push(',');
        }
        match format.as_str() {
            "image" | "images" => accept.push_str("image/*"),
            "video" | "audio" => {
                accept.push_str(format);
                accept.push_str("/*");
            }
            extension => {
                accept.push('.');
                accept.push_str(extension);
            }
        }
    }
    Some(accept)
}

/// The page's limits, said before they are met.
fn hint(options: &plimsoll_core::options::Options) -> String {
    let mut hints = Vec::new();
    if !options.client_allowed_formats.is_empty() {
        hints.push(
            options
                .client_allowed_formats
                .join(", ")
                .to_ascii_uppercase(),
        );
    }
    if let Some(limit) = options.max_file_size {
        hints.push(words::HINTS_SIZE.with("size", &words::size(limit)));
    }
    if let Some(limit) = options.max_files.filter(|_| options.multiple) {
        hints.push(words::HINTS_COUNT.with_number("count", limit.into()));
    }
    hints.join(" · ")
}
