//! Uploads through the shell, with a server that stands in for `fetch`: what is sent and when, and
//! what the page and the browser have to do with it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Reflect};
use leptos::prelude::Owner;
use plimsoll::core::Notice;
use plimsoll::core::event::Reply;
use plimsoll::core::options::{Options, Signer, Verify};
use plimsoll::core::protocol::value::Value;
use plimsoll::core::units::ItemId;
use plimsoll::shell::{Asked, Caller, Engine, Replies};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::window;

use crate::settled;

/// Answers every request of the page as a server would, keeps what was sent in `fetched`, and says
/// what the next answer's status is by `statuses`.
const SERVER: &str = r#"
    globalThis.fetched = [];
    globalThis.statuses = [];
    globalThis.fetch = async (...given) => {
        const request = new Request(...given);
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
        chunk_min: 1,
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
        listed: Box::new(|_, _, _| ()),
        turned: Box::new(|_| ()),
        completed: Box::new(|_| ()),
        displayed: Box::new(|_| ()),
        styles: Default::default(),
        function: Box::new(|_| wasm_bindgen::JsValue::UNDEFINED),
        warned: Box::new(|_| ()),
        prepare: None,
        vet: None,
        recording: Rc::default(),
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
