//! From a host to a connection: the name is resolved once, every address of it is checked, and
//! the connection goes to an address that was checked, never to the name.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use tokio::net::TcpStream;
use url::Host;

use super::address::is_public;
use super::settings::Settings;
use crate::limits::REMOTE_CONNECT;

/// Addresses of one host that are looked at; real ones have fewer.
const ADDRESSES_MAX: usize = 32;

/// The answer to "where is this host?".
pub type Resolved<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Who knows where hosts are: the system, or a test.
pub trait Resolve: Send + Sync {
    /// All addresses of a name.
    fn resolve<'a>(&'a self, name: &'a str) -> Resolved<'a>;
}

/// The system's resolver.
pub struct System;

impl Resolve for System {
    fn resolve<'a>(&'a self, name: &'a str) -> Resolved<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Connects to a host after all its addresses were checked.
pub async fn connect(
    resolver: &dyn Resolve,
    settings: &Settings,
    host: &Host<String>,
    port: u16,
) -> io::Result<TcpStream> {
    let connected = async {
        let addresses = match host {
            Host::Domain(name) => resolver.resolve(name).await?,
            Host::Ipv4(address) => vec![IpAddr::V4(*address)],
            Host::Ipv6(address) => vec![IpAddr::V6(*address)],
        };
        let addresses = checked(addresses, port, settings)?;
        first(&addresses).await
    };
    tokio::time::timeout(REMOTE_CONNECT, connected)
        .await
        .map_err(|_elapsed| io::Error::from(io::ErrorKind::TimedOut))?
}

/// All of the addresses, or none: a host that is also somewhere private is not to be trusted.
fn checked(addresses: Vec<IpAddr>, port: u16, settings: &Settings) -> io::Result<Vec<SocketAddr>> {
    let refused = |text: String| Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
    if addresses.is_empty() || addresses.len() > ADDRESSES_MAX {
        return refused(format!("the host has {} addresses", addresses.len()));
    }
    let sockets = addresses.into_iter().map(|ip| SocketAddr::new(ip, port));
    let sockets: Vec<SocketAddr> = sockets.collect();
    let is_allowed = |socket: &&SocketAddr| {
        settings.allow_private.contains(socket)
            || (is_public(socket.ip()) && settings.ports.contains(&port))
    };
    match sockets.iter().find(|socket| !is_allowed(socket)) {
        Some(socket) => refused(format!(
            "{socket} is not public. Name it in remote.allow_private if it is meant."
        )),
        None => Ok(sockets),
    }
}

/// A connection to the first address that takes one.
async fn first(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}
