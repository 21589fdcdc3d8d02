//! The door of the proxy: it takes connections, or the system refuses them, always at the same
//! address.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};

/// As many connections may wait to be taken as systems commonly let.
const BACKLOG: u32 = 1024;

/// What the door is told.
enum Order {
    Down(Option<Duration>),
    Up,
}

/// Opens and closes the door.
#[derive(Clone)]
pub struct Gate {
    orders: mpsc::UnboundedSender<(Order, oneshot::Sender<()>)>,
    /// Changes when all connections are to be reset.
    broken: watch::Receiver<u64>,
}

impl Gate {
    /// Resets all connections and refuses new ones, for good or for a while. When this returns
    /// it is so.
    pub async fn down(&self, time: Option<Duration>) {
        self.order(Order::Down(time)).await;
    }

    /// Takes connections again.
    pub async fn up(&self) {
        self.order(Order::Up).await;
    }

    /// Tells when the line breaks.
    pub fn broken(&self) -> watch::Receiver<u64> {
        self.broken.clone()
    }

    async fn order(&self, order: Order) {
        let (done, wait) = oneshot::channel();
        // Without a door there is nothing to open or close.
        if self.orders.send((order, done)).is_ok() {
            let _ = wait.await;
        }
    }
}

/// Listens at an address; the future takes connections until the gate is gone.
pub fn listen(
    address: SocketAddr,
    take: impl Fn(TcpStream) + Send + 'static,
) -> io::Result<(SocketAddr, Gate, impl Future<Output = io::Result<()>>)> {
    let listener = closed(address)?.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    let (orders, inbox) = mpsc::unbounded_channel();
    let (breaks, broken) = watch::channel(0);
    let gate = Gate { orders, broken };
    Ok((address, gate, serve(listener, inbox, breaks, take)))
}

/// A socket that holds its address, so that nobody else takes it, and refuses connections.
fn closed(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn serve(
    mut listener: TcpListener,
    mut inbox: mpsc::UnboundedReceiver<(Order, oneshot::Sender<()>)>,
    breaks: watch::Sender<u64>,
    take: impl Fn(TcpStream),
) -> io::Result<()> {
    let address = listener.local_addr()?;
    loop {
        let (time, done) = tokio::select! {
            taken = listener.accept() => {
                take(taken?.0);
                continue;
            }
            order = inbox.recv() => match order {
                None => return Ok(()),
                Some((Order::Down(time), done)) => (time, done),
                Some((Order::Up, done)) => {
                    let _ = done.send(());
                    continue;
                }
            },
        };
        drop(listener);
        let refusing = closed(address)?;
        breaks.send_modify(|count| *count += 1);
        let _ = done.send(());
        let opened = until_up(&mut inbox, time).await;
        listener = refusing.listen(BACKLOG)?;
        if let Some(opened) = opened {
            let _ = opened.send(());
        }
    }
}

/// Waits for the order or the time to open; gives whom to tell.
async fn until_up(
    inbox: &mut mpsc::UnboundedReceiver<(Order, oneshot::Sender<()>)>,
    time: Option<Duration>,
) -> Option<oneshot::Sender<()>> {
    let elapsed = async {
        match time {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(elapsed);
    loop {
        tokio::select! {
            () = &mut elapsed => return None,
            order = inbox.recv() => match order {
                Some((Order::Down(_), done)) => {
                    let _ = done.send(());
                }
                Some((Order::Up, done)) => return Some(done),
                None => return None,
            },
        }
    }
}
