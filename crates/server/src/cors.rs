//! Which pages of other origins may send files here and read the answers. Any, unless the site
//! names them: nothing here is allowed by a cookie, so a page can do no more than its visitor.
//! Uploads of pages are judged here, too, because a form needs no preflight.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::net::Scheme;

/// Without these, scripts on other origins can't read them.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "X-Cld-Error, X-Request-Id, Retry-After, Date, X-Upload-Replayed, X-Upload-Offset, \
     X-Upload-Status, X-Upload-Chunk-Min",
);
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, OPTIONS");
const ANY: HeaderValue = HeaderValue::from_static("*");
/// A day; browsers cap it themselves.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("86400");
const ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const ASKED_HEADERS: HeaderName = header::ACCESS_CONTROL_REQUEST_HEADERS;

/// The origins that a site allows.
pub struct Origins(Vec<String>);

/// What a request's origin comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Whoever asks may read the answer.
    Anybody,
    /// This origin may read the answer.
    Allowed(HeaderValue),
    /// No page asks, or one of our own.
    Own,
    /// A page of an origin that isn't allowed.
    Refused,
}

impl Origins {
    /// Exactly these; any, if there are none.
    pub fn new(origins: Vec<String>) -> Self {
        Self(origins)
    }

    /// Judges by the `Origin` that a browser sends, and by where it sends it to.
    pub fn judge(&self, headers: &HeaderMap, scheme: Scheme) -> Verdict {
        if self.0.is_empty() {
            return Verdict::Anybody;
        }
        let mut sent = headers.get_all(header::ORIGIN).iter();
        let (Some(origin), None) = (sent.next(), sent.next()) else {
            // No browser sends two.
            return match headers.contains_key(header::ORIGIN) {
                true => Verdict::Refused,
                false => Verdict::Own,
            };
        };
        let is_listed = |text: &str| self.0.iter().any(|allowed| allowed == text);
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let own = host.map(|host| format!("{}://{host}", scheme.as_str()));
        match origin.to_str() {
            Ok(text) if is_listed(text) => Verdict::Allowed(origin.clone()),
            Ok(text) if own.as_deref() == Some(text) => Verdict::Own,
            _ => Verdict::Refused,
        }
    }
}

impl Verdict {
    /// Lets those read an answer who may.
    pub fn mark(&self, headers: &mut HeaderMap) {
        match self {
            Self::Anybody => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
            }
            Self::Allowed(origin) => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                headers.append(header::VARY, ORIGIN);
            }
            Self::Own | Self::Refused => {
                headers.append(header::VARY, ORIGIN);
            }
        }
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// Any header may be asked for: sites add their own to all requests, and nothing here trusts one.
/// Who may not read answers is told no more than that the address is there.
pub fn preflight(method: &Method, asked: &HeaderMap) -> Option<Response> {
    let is_preflight =
        method == Method::OPTIONS && asked.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return None;
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    if let Some(names) = asked.get(ASKED_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    let vary = HeaderValue::from_static("Access-Control-Request-Headers");
    headers.insert(header::VARY, vary);
    Some((StatusCode::NO_CONTENT, headers).into_response())
}

/// Whether a text is an origin as browsers send it: a scheme and a host in lower case, and a port
/// only where it isn't the scheme's own.
pub fn is_origin(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let usual = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    let letters =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]_".contains(&byte);
    !rest.is_empty() && rest.bytes().all(letters) && !rest.ends_with(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_send_them() {
        for good in [
            "https://a.example",
            "http://localhost:8080",
            "https://[::1]:8443",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "a.example",
            "https://",
            "https://a.example/",
            "https://A.example",
            "null",
            "*",
            "https://*.example",
            "https://a.example:443",
            "ftp://a.example",
            "https://a@b",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
