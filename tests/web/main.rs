//! What the browser layer does with the browser, one small thing at a time, in headless Chromium.
//! Whole journeys are in `tests/e2e`.
#![allow(clippy::unwrap_used, reason = "the steps of a test are tests too")]
#![cfg(all(target_arch = "wasm32", feature = "embed"))]

use js_sys::{Array, Date, Function, JSON, Object, Reflect};
use plimsoll::api::plain;
use plimsoll::core::options::Options;
use plimsoll::core::protocol::value::Value;
use plimsoll::look::words;
use plimsoll::shell::{json, page::Stage};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, window};

mod uploads;

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
fn a_value_goes_out_as_it_came_in_and_its_names_are_only_names() {
    let text = r#"{"a":[1,2.5,"x",true,null,{}],"bytes":9007199254740991}"#;
    let out = plain(&json::parse(text).unwrap());
    assert_eq!(JSON::stringify(&out).unwrap(), text);
    let out = plain(&json::parse(r#"{"__proto__":{"polluted":1}}"#).unwrap());
    let inherited = Reflect::get(&out, &"polluted".into()).unwrap();
    assert!(inherited.is_undefined(), "a name is no prototype");
    assert_eq!(plain(&Value::Other("function")), JsValue::NULL);
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
    let stage = Stage::new("p{color:red}", None).unwrap();
    stage.lock().unwrap();
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
    let first = Stage::new("", None).unwrap();
    let second = Stage::new("", None).unwrap();
    first.lock().unwrap();
    second.lock().unwrap();
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
    assert_eq!(scheme(&Stage::new("", None).unwrap()), "light dark");
    page.style().set_property("color-scheme", "dark").unwrap();
    assert_eq!(scheme(&Stage::new("", None).unwrap()), "dark");
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
    let at = |hours, minutes| Date::new_with_year_month_day_hr_min(2026, 10, 24, hours, minutes);
    let rest = |seconds, then: Date| words::rest(seconds, then.get_time());
    assert_eq!(rest(0, at(9, 5)), ". Trying again shortly");
    assert_eq!(rest(60, at(9, 5)), ". Trying again in 60 s");
    assert_eq!(rest(61, at(9, 5)), ". Paused until 9:05");
    assert_eq!(rest(900, at(14, 50)), ". Paused until 14:50");
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
        let sign = |_: Vec<(&'static str, String)>| async { Err("nobody asks".to_owned()) };
        view! { <UploadWidget options=Options::default() open on_notice=|_| () on_sign=sign /> }
    });
    settled().await;
    assert_eq!(hosts(), 1, "shown while the signal is true");
    let host = document.query_selector("plimsoll-widget").unwrap().unwrap();
    let shadow = host.shadow_root().unwrap();
    shadow
        .query_selector("header button:last-of-type")
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
