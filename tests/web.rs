//! What the browser layer does with the browser, one small thing at a time, in headless Chromium.
//! Whole journeys are in `tests/e2e`.
#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]
#![cfg(all(target_arch = "wasm32", feature = "embed"))]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, JSON, Object, Reflect};
use leptos::prelude::Owner;
use plimsoll::core::Notice;
use plimsoll::core::event::Reply;
use plimsoll::core::options::{Options, Signer, Verify};
use plimsoll::core::protocol::value::Value;
use plimsoll::core::units::ItemId;
use plimsoll::look::words;
use plimsoll::shell::{Asked, Caller, Engine, Replies, json, page::Stage};
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
fn what_is_left_is_rounded_up_to_its_unit() {
    let shown: Vec<String> = [0, 59, 60, 61, 3_599, 3_600, 3_601]
        .into_iter()
        .map(words::left)
        .collect();
    let wanted = [
        "0 s left",
        "59 s left",
        "1 min left",
        "2 min left",
        "60 min left",
        "1 h left",
        "2 h left",
    ];
    assert_eq!(shown, wanted);
}

#[wasm_bindgen_test]
fn a_rest_is_counted_down_and_a_long_one_has_a_time_of_day() {
    assert_eq!(words::rest(0, (9, 5)), ". Trying again shortly");
    assert_eq!(words::rest(60, (9, 5)), ". Trying again in 60 s");
    assert_eq!(words::rest(61, (9, 5)), ". Paused until 9:05");
    assert_eq!(words::rest(900, (14, 50)), ". Paused until 14:50");
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

fn serve() {
    Function::new_no_args(SERVER)
        .call0(&window().unwrap())
        .unwrap();
}

/// What the server was sent.
fn fetched_so_far() -> Vec<String> {
    let fetched = Reflect::get(&window().unwrap(), &"fetched".into()).unwrap();
    Array::from(&fetched)
        .iter()
        .map(|line| line.as_string().unwrap())
        .collect()
}

/// Chunks of four bytes, one after the other, and no look back.
fn chunked() -> Options {
    Options {
        cloud_name: Some("demo".into()),
        upload_preset: Some("unsigned".into()),
        max_chunk_size: 4,
        max_parallel_chunks: 1,
        resume: false,
        verify: Verify::Nothing,
        ..Options::default()
    }
}

/// Uploads files; gives the codes of the notices and what was sent. `meanwhile` runs once the files
/// are picked.
async fn upload_with(
    options: Options,
    sign: Option<Asked>,
    files: Vec<web_sys::File>,
    meanwhile: impl AsyncFnOnce(),
) -> (Vec<String>, Vec<String>) {
    let owner = Owner::new();
    let told = Rc::new(RefCell::new(Vec::new()));
    let notices = told.clone();
    let told_each = Box::new(move |notice, _: &dyn Fn(ItemId) -> _| {
        let code = match notice {
            Notice::Success { .. } => "success",
            Notice::Failed { fault, .. } => fault.code(),
            Notice::QueuesEnd { .. } => "end",
            _ => return,
        };
        notices.borrow_mut().push(code.to_owned());
    });
    let caller = Caller {
        told: told_each,
        prepare: None,
        sign,
    };
    let engine = owner.with(|| Engine::new(options, caller));
    engine.pick(files);
    meanwhile().await;
    while told.borrow().last().map(String::as_str) != Some("end") {
        a_moment().await;
    }
    engine.end();
    drop(owner);
    (told.take(), fetched_so_far())
}

async fn upload(files: Vec<web_sys::File>) -> (Vec<String>, Vec<String>) {
    upload_with(chunked(), None, files, async || ()).await
}

/// Lets the browser do something else.
async fn a_moment() {
    let wait = js_sys::Promise::new(&mut |done, _| {
        let window = window().unwrap();
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&done, 10)
            .unwrap();
    });
    wasm_bindgen_futures::JsFuture::from(wait).await.unwrap();
}

fn file(text: &str) -> web_sys::File {
    web_sys::File::new_with_str_sequence(&Array::of1(&text.into()), "ä.txt").unwrap()
}

#[wasm_bindgen_test]
async fn each_chunk_carries_its_own_bytes_under_the_file_s_name() {
    serve();
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
    serve();
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

/// Asks the page's function, and keeps where its replies go.
fn signing(replies: Rc<RefCell<Vec<Replies>>>) -> (Options, Option<Asked>) {
    let options = Options {
        api_key: Some("key".into()),
        signer: Signer::Page,
        ..chunked()
    };
    let asked: Asked = Rc::new(move |params, reply| {
        assert!(params.contains(&("source", "uw".to_owned())));
        replies.borrow_mut().push(reply);
    });
    (options, Some(asked))
}

fn signature() -> Reply {
    Reply::Given(Value::Text(
        "0123456789abcdef0123456789abcdef01234567".into(),
    ))
}

#[wasm_bindgen_test]
async fn nothing_is_sent_before_the_page_has_signed_and_its_second_answer_changes_nothing() {
    serve();
    let replies = Rc::new(RefCell::new(Vec::<Replies>::new()));
    let (options, sign) = signing(replies.clone());
    let asked = replies.clone();
    let (told, fetched) = upload_with(options, sign, vec![file("1234")], async || {
        while asked.borrow().is_empty() {
            a_moment().await;
        }
        assert_eq!(fetched_so_far(), Vec::<String>::new());
        let reply = asked.borrow()[0].clone();
        reply(signature());
        reply(Reply::Threw("too late".into()));
    })
    .await;
    assert_eq!(told, ["success", "end"]);
    assert_eq!(fetched, [" ä.txt 1234"]);
    // The widget is gone: nobody is there to hear it.
    let last = replies.borrow()[0].clone();
    last(signature());
}

#[wasm_bindgen_test]
async fn while_the_browser_is_offline_nothing_is_sent_and_then_it_goes_on_by_itself() {
    serve();
    let window = window().unwrap();
    let went = |name| window.dispatch_event(&web_sys::Event::new(name).unwrap());
    went("offline").unwrap();
    let sent = Cell::new(usize::MAX);
    let (told, fetched) = upload_with(chunked(), None, vec![file("abcdefgh")], async || {
        went("offline").unwrap();
        while fetched_so_far().is_empty() {
            a_moment().await;
        }
        sent.set(fetched_so_far().len());
        for _ in 0..5 {
            a_moment().await;
        }
        assert_eq!(
            fetched_so_far().len(),
            sent.get(),
            "what was begun, and no more"
        );
        went("online").unwrap();
    })
    .await;
    assert_eq!(told, ["success", "end"]);
    assert_eq!(fetched.len(), 2);
}

#[wasm_bindgen_test]
async fn the_leptos_component_signs_by_an_async_closure() {
    let sign = plimsoll::Sign::from(|params: Vec<(&'static str, String)>| async move {
        assert!(params.iter().any(|(name, _)| *name == "timestamp"));
        Ok("0123456789abcdef0123456789abcdef01234567".to_owned())
    });
    let heard = Rc::new(RefCell::new(None));
    let slot = heard.clone();
    sign.ask(
        vec![("timestamp", "1".into())],
        Rc::new(move |reply| drop(slot.replace(Some(reply)))),
    );
    settled().await;
    assert_eq!(heard.take(), Some(signature()));
}
