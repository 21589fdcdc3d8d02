//! Questions to the page and to its server. What a page's function is and how it is called, `api`
//! knows; which reply is of use, the engine.

use std::rc::Rc;

use js_sys::{JSON, Object};
use plimsoll_core::command::Fields;
use plimsoll_core::event::Reply;
use web_sys::AbortSignal;

use super::http::{self, Outgoing, object, set};

/// Where a reply goes: now or later, from the page's function. The first one counts.
pub type Replies = Rc<dyn Fn(Reply)>;

/// Asks the page about the parameters of one upload.
pub type Asked = Rc<dyn Fn(Fields, Replies)>;

/// Posts the parameters to the page's server, which knows the person by the page's cookies.
pub async fn post(url: String, params: Fields, signal: AbortSignal) -> Reply {
    let body = Object::new();
    set(&body, "paramsToSign", &object(&params));
    let Ok(body) = JSON::stringify(&body) else {
        return Reply::Lost;
    };
    let outgoing = Outgoing {
        url,
        headers: vec![("content-type", "application/json".to_owned())],
        body: body.into(),
    };
    let answer = http::ask(outgoing, signal).await;
    answer.map_or(Reply::Lost, Reply::Answered)
}
