//! Who sent a request: the other end of the connection, or whom a trusted proxy names. Headers
//! that anybody can write are believed from trusted proxies only.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Proxies in a row that are looked at; real chains have two or three.
const HOPS_MAX: usize = 16;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    pub address: SocketAddr,
    pub scheme: Scheme,
}

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

/// Who sent a request, as far as can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
    /// How the request reached us, or the proxy that is trusted.
    pub scheme: Scheme,
    /// The host that a trusted proxy says was asked for.
    pub host: Option<String>,
    /// Whether the client's own address is that of a trusted proxy: then it stands for many.
    pub is_proxy: bool,
}

/// Whom limits are counted for: an IPv4 address, or the /64 of IPv6 that one customer gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientKey(IpAddr);

impl ClientKey {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            address => Self(address),
        }
    }
}

impl Scheme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Client {
    /// Reads `X-Forwarded-*`, if the peer is a trusted proxy.
    pub fn of(peer: &Peer, trusted: &[IpNet], headers: &HeaderMap) -> Self {
        let mut client = Self {
            address: peer.address.ip().to_canonical(),
            scheme: peer.scheme,
            host: None,
            is_proxy: is_trusted(trusted, peer.address.ip()),
        };
        if !client.is_proxy {
            return client;
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        client.host = text("x-forwarded-host").map(str::to_owned);
        if text("x-forwarded-proto") == Some("https") {
            client.scheme = Scheme::Https;
        }
        // Each proxy adds whom it saw at the end, so the last one that isn't a proxy of ours is the
        // client; what stands before it was written by the client itself.
        let lines = headers.get_all("x-forwarded-for").iter().rev();
        let hops = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
        for hop in hops.take(HOPS_MAX) {
            let Some(address) = address(hop) else {
                break;
            };
            client.address = address;
            client.is_proxy = is_trusted(trusted, address);
            if !client.is_proxy {
                break;
            }
        }
        client
    }

    /// Whom limits are counted for; a proxy that names nobody is counted for itself.
    pub fn key(&self) -> ClientKey {
        ClientKey::of(self.address)
    }
}

/// Whether this is an address of a trusted proxy.
pub fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// An address as proxies write it: alone, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let found = plain.or_else(with_port).or_else(bracketed)?;
    Some(found.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> Client {
        let trusted =
            ["10.0.0.0/8", "2001:db8:1::/48"].map(|text| text.parse().expect("a network"));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().expect("a value"));
        }
        headers.insert("x-forwarded-proto", "https".parse().expect("a value"));
        headers.insert("x-forwarded-host", "a.example".parse().expect("a value"));
        let peer = Peer {
            address: SocketAddr::new(peer.parse().expect("an address"), 9),
            scheme: Scheme::Http,
        };
        Client::of(&peer, &trusted, &headers)
    }

    #[test]
    fn strangers_are_not_believed() {
        for peer in ["192.0.2.7", "::1", "2001:db8:2::1", "11.0.0.1"] {
            let client = client(peer, &["198.51.100.1"]);
            assert_eq!(client.address.to_string(), peer);
            assert_eq!((client.scheme, client.host), (Scheme::Http, None));
        }
    }

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_client() {
        let table: [(&str, &[&str], &str); 14] = [
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.1, 10.2.2.2"],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1", "198.51.100.1,10.2.2.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8:9::1]:4711"], "2001:db8:9::1"),
            ("10.0.0.1", &["[2001:db8:9::1]"], "2001:db8:9::1"),
            ("10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1, junk"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, junk, 10.3.3.3"], "10.3.3.3"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("2001:db8:1::5", &["198.51.100.1"], "198.51.100.1"),
        ];
        for (peer, forwarded, expected) in table {
            let client = client(peer, forwarded);
            assert_eq!(client.address.to_string(), expected, "{forwarded:?}");
            assert_eq!(client.scheme, Scheme::Https);
            assert_eq!(client.host.as_deref(), Some("a.example"));
        }
    }

    #[test]
    fn an_endless_chain_ends() {
        let chain = vec!["10.0.0.9"; 100_000].join(",");
        let client = client("10.0.0.1", &[&chain]);
        assert_eq!(client.address.to_string(), "10.0.0.9");
        assert!(client.is_proxy);
    }

    #[test]
    fn a_customer_of_ipv6_is_one_client() {
        let key = |text: &str| ClientKey::of(text.parse().expect("an address"));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:2"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
