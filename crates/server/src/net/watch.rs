//! How long a connection may do nothing: before its first request, in a head, between two
//! requests, and while it should read an answer. Bodies have a pace of their own (`pace.rs`), and
//! while the server works, nobody is hurried.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio::io::{self, AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

/// How long.
#[derive(Clone, Copy)]
pub struct Limit {
    /// Until the first request, and for the head of each.
    pub head: Duration,
    /// Between two requests, and between two pieces of an answer.
    pub silence: Duration,
}

/// What one connection is doing.
pub struct Watch {
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    /// Requests that the server works on.
    working: u32,
    /// Answers that are being sent.
    answering: u32,
    /// Since when nothing moves.
    still: Instant,
    /// What the peer owes us.
    owes: Owes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owes {
    /// Its first request, or the rest of one.
    Head,
    /// Nothing: it has been served.
    Nothing,
}

impl Watch {
    pub fn new() -> Self {
        let state = State {
            working: 0,
            answering: 0,
            still: Instant::now(),
            owes: Owes::Head,
        };
        Self {
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }

    /// A request has come.
    pub fn begin(self: &Arc<Self>) -> Running {
        self.change(|state| {
            state.working += 1;
            state.owes = Owes::Nothing;
        });
        Running {
            watch: self.clone(),
            step: Step::Working,
        }
    }

    /// Ends when the peer has taken too long.
    pub async fn overdue(&self, limit: Limit) {
        loop {
            match self.deadline(limit) {
                None => self.changed.notified().await,
                Some(deadline) if deadline <= Instant::now() => return,
                Some(deadline) => tokio::select! {
                    () = tokio::time::sleep_until(deadline) => {}
                    () = self.changed.notified() => {}
                },
            }
        }
    }

    /// Whether the peer has taken too long.
    pub fn is_overdue(&self, limit: Limit) -> bool {
        self.deadline(limit)
            .is_some_and(|deadline| deadline <= Instant::now())
    }

    fn deadline(&self, limit: Limit) -> Option<Instant> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = match state.owes {
            Owes::Head if state.answering == 0 => limit.head,
            _ => limit.silence,
        };
        (state.working == 0).then(|| state.still + patience)
    }

    /// Bytes have come. Between two requests they begin a head.
    fn received(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = state.working == 0 && state.answering == 0 && state.owes == Owes::Nothing;
        drop(state);
        if begins {
            self.change(|state| state.owes = Owes::Head);
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        state.still = Instant::now();
        drop(state);
        self.changed.notify_one();
    }
}

enum Step {
    Working,
    Answering,
}

/// A request from its head to the end of its answer.
pub struct Running {
    watch: Arc<Watch>,
    step: Step,
}

impl Running {
    /// The answer is there and is sent from here on.
    pub fn answer(mut self, body: Body) -> Answer {
        self.watch.change(|state| {
            state.working -= 1;
            state.answering += 1;
        });
        self.step = Step::Answering;
        Answer {
            body,
            running: self,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.watch.change(|state| match self.step {
            Step::Working => state.working -= 1,
            Step::Answering => state.answering -= 1,
        });
    }
}

/// The body of an answer. It is asked for its next piece when the peer has taken those before.
pub struct Answer {
    body: Body,
    running: Running,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.running.watch.change(|_| {});
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that tells the watch when bytes come.
pub struct Socket<S> {
    stream: S,
    watch: Arc<Watch>,
}

impl<S> Socket<S> {
    pub fn new(stream: S, watch: Arc<Watch>) -> Self {
        Self { stream, watch }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if !buffer.filled().is_empty() {
            self.watch.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
