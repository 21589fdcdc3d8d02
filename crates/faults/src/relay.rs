//! One request's way to the server and its answer's way back, with what the plan does to them.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Shared;
use crate::account::{Chosen, Ticket};
use crate::head::{self, Request};
use crate::line::{Line, Way};
use crate::plan::{At, Cors, End, Fault, Own, Sees};

/// Answers that are changed are kept in memory as a whole; an API's are small.
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// A client that was told the end gets so long to take notice.
const FAREWELL: Duration = Duration::from_secs(5);

/// Takes one request on this connection and ends it as the plan, or the line, has it.
pub async fn serve(shared: &Shared, mut client: TcpStream) {
    let mut broken = shared.gate.broken();
    broken.mark_unchanged();
    let _ = client.set_nodelay(true);
    let end = tokio::select! {
        end = relay(shared, &mut client) => end,
        _ = broken.changed() => Ok(End::Reset),
    };
    match end {
        // What the other side was still to read must arrive, so nothing may be left unread here:
        // a socket that is closed with unread bytes resets the connection.
        Ok(End::Fin) => {
            let _ = client.shutdown().await;
            let mut rest = tokio::io::sink();
            let _ = timeout(FAREWELL, tokio::io::copy(&mut client, &mut rest)).await;
        }
        Ok(End::Stall) => {
            let _ = broken.changed().await;
        }
        Ok(End::Reset) | Err(_) => {
            let _ = client.set_zero_linger();
        }
    }
}

/// Everything about one request.
struct Trip<'a> {
    shared: &'a Shared,
    line: &'a Line,
    ticket: &'a Ticket,
    request: &'a Request,
}

async fn relay(shared: &Shared, client: &mut TcpStream) -> io::Result<End> {
    let Some((buffer, end)) = head::read(client).await? else {
        return Ok(End::Fin);
    };
    let request = head::request(&buffer[..end])?;
    let (ticket, chosen) = shared.account.enter(&request);
    let line = shared.line();
    let trip = Trip {
        shared,
        line: &line,
        ticket: &ticket,
        request: &request,
    };
    line.delay().await;
    let (from, mut to) = client.split();
    let mut body = buffer[end..].chain(from).take(request.length);
    match &chosen {
        Some(Chosen {
            fault: Fault::Answer(own),
            ..
        }) if own.server == Sees::Nothing => {
            let mut nowhere = tokio::io::sink();
            trip.up(&mut body, &mut nowhere, request.length).await?;
            // Before it: a client may hang up when it has heard enough.
            trip.hit(chosen.as_ref());
            trip.give(own, &mut to).await?;
            Ok(End::Fin)
        }
        Some(Chosen {
            fault: Fault::Cut { end, at },
            ..
        }) => {
            let server = trip.part(&mut body, *at).await?;
            trip.hit(chosen.as_ref());
            if *end == End::Reset {
                server.set_zero_linger()?;
            }
            if *end == End::Stall {
                // Both sides stay open; only the line's break ends it.
                std::future::pending::<()>().await;
            }
            Ok(*end)
        }
        Some(Chosen {
            fault: Fault::Down { at, ms },
            ..
        }) => {
            let server = trip.part(&mut body, *at).await?;
            trip.hit(chosen.as_ref());
            server.set_zero_linger()?;
            shared.gate.down(ms.map(Duration::from_millis)).await;
            Ok(End::Reset)
        }
        _ => trip.pass(&mut body, &mut to, chosen.as_ref()).await,
    }
}

impl Trip<'_> {
    fn hit(&self, chosen: Option<&Chosen>) {
        if let Some(chosen) = chosen {
            self.shared.account.hit(self.ticket, chosen);
        }
    }

    async fn up(
        &self,
        body: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        limit: u64,
    ) -> io::Result<u64> {
        let count = |bytes| self.ticket.received(bytes);
        self.line.carry(Way::Up, body, to, limit, count).await
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let server = TcpStream::connect(self.shared.upstream).await?;
        server.set_nodelay(true)?;
        Ok(server)
    }

    /// The request as far as this place of its body.
    async fn part(&self, body: &mut (impl AsyncRead + Unpin), at: At) -> io::Result<TcpStream> {
        let mut server = self.connect().await?;
        server.write_all(&self.request.forwarded).await?;
        let limit = at.of(self.request.length);
        self.up(body, &mut server, limit).await?;
        Ok(server)
    }

    /// The whole request, and the answer with what is to happen to that.
    async fn pass(
        &self,
        body: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        chosen: Option<&Chosen>,
    ) -> io::Result<End> {
        let mut server = self.connect().await?;
        let (mut from_server, mut to_server) = server.split();
        let sending = async {
            to_server.write_all(&self.request.forwarded).await?;
            self.up(body, &mut to_server, self.request.length).await
        };
        let answering = self.answer(&mut from_server, to, chosen);
        tokio::pin!(sending, answering);
        tokio::select! {
            biased;
            // A server that answers early may also close early: what it said counts.
            _ = &mut sending => answering.await,
            end = &mut answering => end,
        }
    }

    async fn answer(
        &self,
        server: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        chosen: Option<&Chosen>,
    ) -> io::Result<End> {
        let Some((mut buffer, _)) = head::read(server).await? else {
            return Ok(End::Reset);
        };
        let answer = head::answer(&buffer)?;
        self.shared.account.answered(self.ticket, answer.status);
        let Some(chosen) = chosen else {
            self.line.delay().await;
            self.shared.account.told(self.ticket, answer.status);
            let mut all = buffer.chain(server);
            self.down(&mut all, to, u64::MAX).await?;
            return Ok(End::Fin);
        };
        server
            .take(ANSWER_BYTES_MAX)
            .read_to_end(&mut buffer)
            .await?;
        let body = buffer.split_off(answer.head);
        self.hit(Some(chosen));
        self.spoil(chosen, answer.status, &buffer, &body, to).await
    }

    /// What becomes of an answer that the server has given.
    async fn spoil(
        &self,
        chosen: &Chosen,
        status: u16,
        head: &[u8],
        body: &[u8],
        to: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<End> {
        let (head, body, end) = match &chosen.fault {
            Fault::LoseAnswer { end } => return Ok(*end),
            Fault::Answer(own) => {
                self.give(own, to).await?;
                return Ok(End::Fin);
            }
            Fault::CutAnswer { end, bytes } => {
                let bytes = usize::try_from(*bytes).unwrap_or(usize::MAX);
                (head.to_vec(), body[..bytes.min(body.len())].to_vec(), *end)
            }
            Fault::Alter { fields } => {
                let mut json: serde_json::Map<_, _> = serde_json::from_slice(body)?;
                json.extend(fields.clone());
                let body = serde_json::to_vec(&json)?;
                let mut head = head::without(head, &["content-length".to_owned()]);
                head.truncate(head.len() - 2);
                head.extend_from_slice(
                    format!("content-length: {}\r\n\r\n", body.len()).as_bytes(),
                );
                (head, body, End::Fin)
            }
            Fault::Strip { headers } => (head::without(head, headers), body.to_vec(), End::Fin),
            // These never let the server answer.
            Fault::Cut { .. } | Fault::Down { .. } => return Ok(End::Reset),
        };
        self.line.delay().await;
        self.shared.account.told(self.ticket, status);
        self.down(&mut head.chain(&body[..]), to, u64::MAX).await?;
        Ok(end)
    }

    /// Gives an answer that is not the server's.
    async fn give(&self, own: &Own, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let body = own.body.repeat(own.repeat);
        let mut head = format!("HTTP/1.1 {} Planned\r\n", own.status);
        if own.cors == Cors::Allowed {
            head.push_str("Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: *\r\n");
        }
        for (name, value) in &own.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!(
            "Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        ));
        self.line.delay().await;
        self.shared.account.told(self.ticket, own.status);
        let mut all = head.as_bytes().chain(body.as_bytes());
        self.down(&mut all, to, u64::MAX).await.map(drop)
    }

    async fn down(
        &self,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        limit: u64,
    ) -> io::Result<u64> {
        self.line.carry(Way::Down, from, to, limit, |_| {}).await
    }
}
