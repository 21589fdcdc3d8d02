//! An address that somebody wants fetched, taken apart and judged by what it says. What its host
//! resolves to is judged in `connect.rs`.

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::settings::{Settings, usual_port};
use crate::limits::REMOTE_URL_BYTES_MAX;
use crate::names;

/// Something that may be fetched, if its host is where it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub url: Url,
    pub scheme: Scheme,
    pub host: Host<String>,
    pub port: u16,
}

/// How it is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
    Ftp,
}

impl Target {
    /// Reads an address as it was sent; the error says what is wrong with it.
    pub fn parse(text: &str, settings: &Settings) -> Result<Self, String> {
        if text.len() > REMOTE_URL_BYTES_MAX {
            return Err(format!(
                "the address is longer than {REMOTE_URL_BYTES_MAX} bytes"
            ));
        }
        // Parsers drop these silently, and then two of them disagree on what was meant.
        if text.contains(|c: char| c.is_control() || c == '\\' || c == ' ') {
            return Err("the address has blanks, controls or backslashes".to_owned());
        }
        let url = Url::parse(text).map_err(|error| format!("the address is invalid: {error}"))?;
        Self::of(url, settings)
    }

    /// Where a redirect leads. All is judged anew.
    pub fn redirected(&self, location: &str, settings: &Settings) -> Result<Self, String> {
        let url = self
            .url
            .join(location)
            .map_err(|error| format!("a redirect leads nowhere: {error}"))?;
        let to = Self::of(url, settings)?;
        match (self.scheme, to.scheme) {
            (from, to) if from == to => {}
            (Scheme::Http, Scheme::Https) => {}
            _ => {
                let (from, to) = (self.url.scheme(), to.url.scheme());
                return Err(format!("a redirect leads from {from} to {to}"));
            }
        }
        Ok(to)
    }

    fn of(url: Url, settings: &Settings) -> Result<Self, String> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            "ftp" => Scheme::Ftp,
            "s3" | "gs" => {
                return Err(format!(
                    "{} addresses are not fetched, because this server would show its own \
                     credentials to a stranger's bucket; send a signed https address of the object",
                    url.scheme()
                ));
            }
            other => return Err(format!("{other} addresses are not fetched")),
        };
        if !settings.allows_scheme(url.scheme()) {
            return Err(format!("{} is not allowed in remote.schemes", url.scheme()));
        }
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        if has_credentials && !(scheme == Scheme::Ftp && settings.ftp_credentials) {
            return Err("the address holds a user or a password".to_owned());
        }
        let host = match url.host() {
            Some(host) => host.to_owned(),
            None => return Err("the address has no host".to_owned()),
        };
        let shown = url.host_str().unwrap_or_default();
        if !settings.allows_host(shown) {
            return Err(format!("host {shown} is not allowed in remote.allow"));
        }
        let port = url.port().or_else(|| usual_port(url.scheme())).unwrap_or(0);
        if !settings.allows_port(port) {
            return Err(format!("port {port} is not allowed in remote.ports"));
        }
        Ok(Self {
            url,
            scheme,
            host,
            port,
        })
    }

    /// The path and the query, as they go into a request.
    pub fn path_and_query(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }

    /// The name of the file, cleaned.
    pub fn file_name(&self) -> String {
        let last = self.url.path().rsplit('/').next().unwrap_or_default();
        let decoded: Vec<u8> = percent_decode_str(last).collect();
        names::clean_file_name(&decoded)
    }
}

/// An address as it may be shown: without its user, its password and its query.
pub fn shown(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return String::new();
    };
    // These fail only for addresses that can't hold a user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}
