//! What the browser layer does with the browser, one small thing at a time, in headless Chromium.
//! Whole journeys are in `tests/e2e`.
#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]
#![cfg(all(target_arch = "wasm32", feature = "embed"))]

use js_sys::{Array, Function, JSON, Object, Reflect};
use plimsoll::core::protocol::value::Value;
use plimsoll::look::words;
use plimsoll::shell::{json, page::Stage};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, window};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn plain_options_become_core_values() {
    let js = JSON::parse(r#"{"cloudName":"demo","maxFiles":3,"tags":["a",null],"multiple":true}"#);
    let tags = Value::List(vec![Value::Text("a".into()), Value::Null]);
    let wanted = Value::Object(vec![
        ("cloudName".into(), Value::Text("demo".into())),
        ("maxFiles".into(), Value::Number(3.0)),
        ("tags".into(), tags),
        ("multiple".into(), Value::Bool(true)),
    ]);
    assert_eq!(json::value(&js.unwrap()), wanted);
}

#[wasm_bindgen_test]
fn what_a_page_added_to_every_object_is_not_an_option() {
    let prototype = Object::get_prototype_of(&Object::new());
    Reflect::set(&prototype, &"folder".into(), &"x".into()).unwrap();
    let read = json::value(&Object::new());
    Reflect::delete_property(&prototype, &"folder".into()).unwrap();
    assert_eq!(read, Value::Object(vec![]));
}

#[wasm_bindgen_test]
fn an_object_that_holds_itself_ends() {
    let object = Object::new();
    Reflect::set(&object, &"self".into(), &object).unwrap();
    assert!(matches!(json::value(&object), Value::Object(entries) if entries.len() == 1));
}

#[wasm_bindgen_test]
fn functions_and_symbols_are_named_and_harmless() {
    let list = Array::of2(&Function::new_no_args(""), &js_sys::Symbol::iterator());
    let wanted = Value::List(vec![Value::Other("function"), Value::Other("symbol")]);
    assert_eq!(json::value(&list), wanted);
}

#[wasm_bindgen_test]
fn half_a_json_is_no_value() {
    assert_eq!(json::parse("{\"public_id\":\"a"), None);
    assert_eq!(json::parse("<html>"), None);
    assert_eq!(json::parse("null"), Some(Value::Null));
}

#[wasm_bindgen_test]
fn a_stage_leaves_the_page_as_it_was() {
    let document = window().unwrap().document().unwrap();
    let page = document.document_element().unwrap();
    let body = document.body().unwrap();
    let sheets = || {
        let sheets = Reflect::get(&document, &"adoptedStyleSheets".into()).unwrap();
        Array::from(&sheets).length()
    };
    let opening_tag = |of: &Element| {
        of.clone_node()
            .unwrap()
            .unchecked_into::<Element>()
            .outer_html()
    };
    let before = (
        opening_tag(&page),
        opening_tag(&body),
        sheets(),
        body.child_element_count(),
    );
    let stage = Stage::new("p{color:red}").unwrap();
    assert_eq!(sheets(), before.2 + 1, "the scroll lock is a style sheet");
    let style = window()
        .unwrap()
        .get_computed_style(&page)
        .unwrap()
        .unwrap();
    assert_eq!(style.get_property_value("overflow-y").unwrap(), "hidden");
    drop(stage);
    let after = (
        opening_tag(&page),
        opening_tag(&body),
        sheets(),
        body.child_element_count(),
    );
    assert_eq!(after, before);
}

#[wasm_bindgen_test]
fn two_stages_give_the_page_back_in_any_order() {
    let document = window().unwrap().document().unwrap();
    let page = document.document_element().unwrap();
    let overflow = || {
        let style = window()
            .unwrap()
            .get_computed_style(&page)
            .unwrap()
            .unwrap();
        style.get_property_value("overflow-y").unwrap()
    };
    let before = overflow();
    let first = Stage::new("").unwrap();
    let second = Stage::new("").unwrap();
    drop(first);
    assert_eq!(overflow(), "hidden");
    drop(second);
    assert_eq!(overflow(), before);
}

#[wasm_bindgen_test]
fn the_page_own_colour_scheme_wins_over_the_preference() {
    let document = window().unwrap().document().unwrap();
    let page: HtmlElement = document.document_element().unwrap().unchecked_into();
    let scheme = |stage: &Stage| {
        stage
            .root
            .style()
            .get_property_value("color-scheme")
            .unwrap()
    };
    assert_eq!(scheme(&Stage::new("").unwrap()), "light dark");
    page.style().set_property("color-scheme", "dark").unwrap();
    assert_eq!(scheme(&Stage::new("").unwrap()), "dark");
    page.style().remove_property("color-scheme").unwrap();
}

#[wasm_bindgen_test]
fn sizes_are_short_and_exact_enough() {
    let sizes = [
        0,
        999,
        1_000,
        1_050,
        2_400_000,
        9_990_000,
        12_345_678,
        4_294_967_296,
    ];
    let shown: Vec<String> = sizes.into_iter().map(words::size).collect();
    let wanted = [
        "0 bytes",
        "999 bytes",
        "1 KB",
        "1 KB",
        "2.4 MB",
        "9.9 MB",
        "12 MB",
        "4.2 GB",
    ];
    assert_eq!(shown, wanted);
}

#[wasm_bindgen_test]
fn a_text_fills_only_its_own_placeholder() {
    assert_eq!(
        words::fill("{{a}} of {{b}}", "b", "{{a}}"),
        "{{a}} of {{a}}"
    );
    assert_eq!(words::fill("broken {{a", "a", "x"), "broken {{a");
}

#[wasm_bindgen_test]
fn json_texts_keep_large_numbers_and_nesting() {
    let text = r#"{"bytes":9007199254740991,"context":{"custom":{"alt":"a|b"}}}"#;
    let value = json::parse(text).unwrap();
    assert_eq!(
        value.get("bytes").and_then(Value::number),
        Some(9_007_199_254_740_991.0)
    );
    let custom = value.get("context").and_then(|it| it.get("custom"));
    assert_eq!(
        custom.and_then(|it| it.get("alt")).and_then(Value::text),
        Some("a|b")
    );
}

/// Lets effects and the tasks that they start run.
async fn settled() {
    leptos::task::tick().await;
    leptos::task::tick().await;
}

#[wasm_bindgen_test]
async fn the_leptos_component_opens_and_closes_with_its_signal() {
    use leptos::mount::mount_to;
    use leptos::prelude::*;
    use plimsoll::UploadWidget;
    use plimsoll::core::options::Options;

    let document = document();
    let hosts = || {
        document
            .get_elements_by_tag_name("plimsoll-widget")
            .length()
    };
    let open = RwSignal::new(true);
    let body = document.body().unwrap();
    let mounted = mount_to(body, move || {
        view! { <UploadWidget options=Options::default() open on_notice=|_| () /> }
    });
    settled().await;
    assert_eq!(hosts(), 1, "shown while the signal is true");
    let host = document.query_selector("plimsoll-widget").unwrap().unwrap();
    let shadow = host.shadow_root().unwrap();
    shadow
        .query_selector("header button")
        .unwrap()
        .unwrap()
        .unchecked_into::<HtmlElement>()
        .click();
    assert!(
        !open.get_untracked(),
        "the person's closing sets the signal"
    );
    settled().await;
    assert_eq!(hosts(), 0);
    open.set(true);
    settled().await;
    assert_eq!(hosts(), 1, "and it opens again");
    drop(mounted);
    assert_eq!(hosts(), 0, "unmounting takes the dialog along");
}

/// Answers every request of the page as a server would, keeps what was sent in `fetched`, and says
/// what the next answer's status is by `statuses`.
const SERVER: &str = r#"
    globalThis.fetched = [];
    globalThis.statuses = [];
    globalThis.fetch = async request => {
        const file = (await request.formData()).get("file");
        const range = request.headers.get("content-range") ?? "";
        fetched.push(`${range} ${file.name} ${await file.text()}`);
        const [, end, total] = range.match(/-(\d+)\/(\d+)/) ?? [0, 0, 1];
        const last = !range || end == total - 1;
        const asset = { public_id: "a", secure_url: "https://x.test/upload/a" };
        const status = statuses.shift() ?? 200;
        return new Response(JSON.stringify(last ? asset : { done: false }), { status });
    };
"#;

/// Uploads files in chunks of four bytes, one after the other; gives the codes of the notices and
/// what was sent.
async fn upload(files: Vec<web_sys::File>) -> (Vec<String>, Vec<String>) {
    use leptos::prelude::Owner;
    use plimsoll::core::{Notice, options::Options};
    use plimsoll::shell::Engine;
    use std::{cell::RefCell, rc::Rc};

    let options = Options {
        cloud_name: Some("demo".into()),
        upload_preset: Some("unsigned".into()),
        max_chunk_size: 4,
        max_parallel_chunks: 1,
        ..Options::default()
    };
    let owner = Owner::new();
    let told = Rc::new(RefCell::new(Vec::new()));
    let notices = told.clone();
    let engine = owner.with(|| {
        Engine::new(
            options,
            Box::new(move |notice, _| {
                let code = match notice {
                    Notice::Success { .. } => "success",
                    Notice::Failed { fault, .. } => fault.code(),
                    Notice::QueuesEnd { .. } => "end",
                    _ => return,
                };
                notices.borrow_mut().push(code.to_owned());
            }),
        )
    });
    engine.pick(files);
    while told.borrow().last().map(String::as_str) != Some("end") {
        let wait = js_sys::Promise::new(&mut |done, _| {
            let window = window().unwrap();
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&done, 10)
                .unwrap();
        });
        wasm_bindgen_futures::JsFuture::from(wait).await.unwrap();
    }
    let fetched = Reflect::get(&window().unwrap(), &"fetched".into()).unwrap();
    let fetched = Array::from(&fetched)
        .iter()
        .map(|line| line.as_string().unwrap())
        .collect();
    drop(owner);
    (told.take(), fetched)
}

fn file(text: &str) -> web_sys::File {
    web_sys::File::new_with_str_sequence(&Array::of1(&text.into()), "ä.txt").unwrap()
}

#[wasm_bindgen_test]
async fn each_chunk_carries_its_own_bytes_under_the_file_s_name() {
    Function::new_no_args(SERVER)
        .call0(&window().unwrap())
        .unwrap();
    let (told, fetched) = upload(vec![file("abcdefghij"), file("1234")]).await;
    assert_eq!(told, ["success", "success", "end"]);
    let mut chunks = fetched.clone();
    chunks.retain(|line| line.starts_with("bytes"));
    let expected = [
        "bytes 0-3/10 ä.txt abcd",
        "bytes 4-7/10 ä.txt efgh",
        "bytes 8-9/10 ä.txt ij",
    ];
    assert_eq!(chunks, expected);
    assert!(
        fetched.contains(&" ä.txt 1234".to_owned()),
        "whole, without a range"
    );

    // A refusal is the server's own while the file can be read.
    Function::new_no_args(&format!("{SERVER} statuses.push(200, 400);"))
        .call0(&window().unwrap())
        .unwrap();
    let (told, fetched) = upload(vec![file("abcdefghij")]).await;
    assert_eq!(
        (told, fetched.len()),
        (vec!["server.refused".into(), "end".into()], 2)
    );
}

#[wasm_bindgen_test]
async fn a_file_that_is_not_as_large_as_it_was_is_not_sent() {
    Function::new_no_args(SERVER)
        .call0(&window().unwrap())
        .unwrap();
    for size in [9, 11] {
        let changed = file("abcdefghij");
        // What a browser says that has noticed the change, after the choice.
        let sizes = Function::new_with_args(
            "file, size",
            "let asked = 0; \
             Object.defineProperty(file, 'size', { get: () => asked++ ? size : 10 });",
        );
        sizes
            .call2(&window().unwrap(), &changed, &size.into())
            .unwrap();
        let (told, fetched) = upload(vec![changed]).await;
        assert_eq!(told, ["file.unreadable", "end"]);
        assert_eq!(fetched, Vec::<String>::new());
    }
}
