//! `[remote]` and `[notifications]` in the configuration file: which hosts this server fetches
//! files from for others, and which it tells of uploads. None, until one is named.

use std::net::SocketAddr;

use serde::Deserialize;

/// The schemes that can be allowed, with their usual ports.
const SCHEMES: [(&str, u16); 3] = [("http", 80), ("https", 443), ("ftp", 21)];

/// What may be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hosts: `images.example.org`, or `*.example.net` for all below it, or `*` for all.
    pub allow: Vec<String>,
    /// `http`, `https` and `ftp`.
    pub schemes: Vec<String>,
    /// The ports of those hosts.
    pub ports: Vec<u16>,
    /// Addresses that are not public, with their ports, as `10.1.2.3:8080`. The host must be
    /// allowed, too.
    pub allow_private: Vec<SocketAddr>,
    /// Whether an ftp address may hold a user and a password.
    pub ftp_credentials: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            // What goes over plain http can be read and changed by anybody on the way, so it has
            // to be asked for; ftp is that and older.
            schemes: vec!["https".to_owned()],
            ports: SCHEMES.iter().map(|(_, port)| *port).collect(),
            allow_private: Vec::new(),
            ftp_credentials: false,
        }
    }
}

impl Settings {
    /// What is wrong with them, if anything is.
    pub fn check(&self, section: &str) -> Result<(), String> {
        for scheme in &self.schemes {
            if usual_port(scheme).is_none() {
                return Err(format!(
                    "{section}.schemes has {scheme:?}. Use \"http\", \"https\" and \"ftp\"."
                ));
            }
        }
        for pattern in &self.allow {
            let host = pattern.strip_prefix("*.").unwrap_or(pattern);
            if pattern != "*" && !is_plain_host(host) {
                return Err(format!(
                    "{section}.allow has {pattern:?}. Use a host in lower case without scheme, \
                     port and path, such as \"images.example.org\", \"*.example.org\" or \"*\"."
                ));
            }
        }
        Ok(())
    }

    /// Whether a host, in lower case, is named.
    pub fn allows_host(&self, host: &str) -> bool {
        self.allow.iter().any(|pattern| {
            if pattern == "*" {
                return true;
            }
            match pattern.strip_prefix('*') {
                // With its dot, so that nobody registers a name that only ends like it.
                Some(end) => host.len() > end.len() && host.ends_with(end),
                None => pattern == host,
            }
        })
    }

    /// Whether files may come this way.
    pub fn allows_scheme(&self, scheme: &str) -> bool {
        self.schemes.iter().any(|allowed| allowed == scheme)
    }

    /// Whether a port is named, by itself or with an address.
    pub fn allows_port(&self, port: u16) -> bool {
        let with_address = |address: &SocketAddr| address.port() == port;
        self.ports.contains(&port) || self.allow_private.iter().any(with_address)
    }
}

/// The port of a scheme where the address has none; `None` when we can't fetch that way.
pub fn usual_port(scheme: &str) -> Option<u16> {
    let row = SCHEMES.iter().find(|(name, _)| *name == scheme);
    row.map(|(_, port)| *port)
}

/// A name or an address as URLs are normalised to: nothing that could also be read otherwise.
fn is_plain_host(text: &str) -> bool {
    url::Host::parse(text).is_ok_and(|host| host.to_string() == text)
        && !text.contains('*')
        && !text.starts_with('.')
        && !text.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_hosts_only() {
        let settings = Settings {
            allow: vec!["images.example.org".to_owned(), "*.example.net".to_owned()],
            ..Settings::default()
        };
        for (host, is_allowed) in [
            ("images.example.org", true),
            ("a.example.net", true),
            ("a.b.example.net", true),
            ("example.net", false),
            (".example.net", false),
            ("evilexample.net", false),
            ("example.org", false),
            ("x.images.example.org", false),
            ("images.example.org.evil.test", false),
            ("images.example.orgx", false),
            ("", false),
        ] {
            assert_eq!(settings.allows_host(host), is_allowed, "{host}");
        }
        assert!(!Settings::default().allows_host("example.org"));
        let all = Settings {
            allow: vec!["*".to_owned()],
            ..Settings::default()
        };
        assert!(all.allows_host("example.org"));
    }

    #[test]
    fn mistakes_are_named() {
        let with = |allow: &str, scheme: &str| Settings {
            allow: vec![allow.to_owned()],
            schemes: vec![scheme.to_owned()],
            ..Settings::default()
        };
        assert_eq!(with("*", "http").check("remote"), Ok(()));
        assert_eq!(with("10.0.0.1", "http").check("remote"), Ok(()));
        assert!(with("*", "s3").check("remote").is_err());
        for bad in [
            "https://a.example",
            "a.example:80",
            "a.example/b",
            "*example",
            "a.*.example",
            "",
            "A.example",
            "*.",
            "0x7f.1",
            "a.example.",
            ".a.example",
            "a b",
            "bücher.example",
        ] {
            assert!(with(bad, "http").check("remote").is_err(), "{bad}");
        }
    }
}
