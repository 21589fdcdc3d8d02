//! A TCP proxy that stands before an upload server and breaks things by plan: connections that
//! reset, end, stall or are refused, slow lines, lost and forged answers. It keeps an account of
//! what came and which faults were really hit, because a test of a fault that never happened
//! proves nothing. For tests only; it is part of nothing that is published.

mod account;
mod control;
mod gate;
mod head;
mod line;
mod plan;
mod relay;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;

use account::Account;
use gate::Gate;
use line::Line;
use plan::{Link, Plan};

/// What all connections have in common.
struct Shared {
    upstream: SocketAddr,
    account: Account,
    gate: Gate,
    line: Mutex<Arc<Line>>,
}

impl Shared {
    fn begin(&self, plan: Plan) {
        self.account.begin(&plan);
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Line::new(plan.link));
    }

    fn line(&self) -> Arc<Line> {
        Arc::clone(&self.line.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A proxy that listens.
pub struct Proxy<F> {
    /// Where clients find the server, or trouble.
    pub address: SocketAddr,
    /// Where plans are given and the account is read.
    pub control: SocketAddr,
    /// Does the work; ends only by an error.
    pub run: F,
}

/// A proxy before `upstream`, on free ports of this machine.
pub async fn listen(
    upstream: SocketAddr,
) -> io::Result<Proxy<impl Future<Output = io::Result<()>>>> {
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let (clients, mut taken) = tokio::sync::mpsc::unbounded_channel();
    let take = move |client| {
        // Refused only when the other end is gone, with the whole proxy.
        let _ = clients.send(client);
    };
    let (address, gate, open) = gate::listen(local, take)?;
    let listener = TcpListener::bind(local).await?;
    let control = listener.local_addr()?;
    let shared = Arc::new(Shared {
        upstream,
        account: Account::new(),
        gate,
        line: Mutex::new(Arc::new(Line::new(Link::default()))),
    });
    let run = async move {
        let relays = async {
            while let Some(client) = taken.recv().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move { relay::serve(&shared, client).await });
            }
            Ok(())
        };
        let controls = control::serve(listener, Arc::clone(&shared));
        tokio::try_join!(open, relays, controls).map(drop)
    };
    Ok(Proxy {
        address,
        control,
        run,
    })
}
