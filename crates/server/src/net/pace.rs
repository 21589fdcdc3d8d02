//! A body that must keep a pace: a client that sends next to nothing holds a connection, a file
//! and a claim on bytes for next to nothing. Only time spent waiting for the client counts.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::metrics::Count;

/// How fast.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long nothing may come.
    pub silence: Duration,
    /// Over how long the pace is measured.
    pub window: Duration,
    /// The least that must come in a window.
    pub window_bytes_min: u64,
}

/// The client was slower than the pace.
#[derive(Debug)]
pub struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the body comes too slowly")
    }
}

impl std::error::Error for TooSlow {}

/// The body.
pub struct Paced {
    body: Body,
    pace: Pace,
    received: Count,
    /// Time spent waiting in this window, before the wait that is under way.
    waited: Duration,
    /// What came in this window.
    bytes: u64,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Paced {
    /// A body that counts what it brings.
    pub fn new(body: Body, pace: Pace, received: Count) -> Self {
        Self {
            body,
            pace,
            received,
            waited: Duration::ZERO,
            bytes: 0,
            waiting: None,
        }
    }

    /// Counts what came, and begins a new window when this one is over: whether the pace is kept.
    fn keeps_pace(&mut self, came: u64) -> bool {
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        self.bytes += came;
        self.received.inc_by(came);
        if self.waited < self.pace.window {
            return true;
        }
        let kept = self.bytes >= self.pace.window_bytes_min;
        self.waited = Duration::ZERO;
        self.bytes = 0;
        kept
    }
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            let came = match &frame {
                Some(Ok(frame)) => frame.data_ref().map_or(0, |data| data.len() as u64),
                _ => return Poll::Ready(frame),
            };
            return Poll::Ready(if self.keeps_pace(came) {
                frame
            } else {
                Some(Err(axum::Error::new(TooSlow)))
            });
        }
        let patience = self.pace.silence;
        let (_, sleep) = self
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(patience))));
        match sleep.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(axum::Error::new(TooSlow)))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tokio::sync::mpsc;

    use super::*;

    const PACE: Pace = Pace {
        silence: Duration::from_secs(60),
        window: Duration::from_secs(30),
        window_bytes_min: 30 * 1024,
    };

    /// A body that brings pieces of this size in this rhythm, for this long; and what came of it.
    async fn drip(bytes: usize, every: Duration, pieces: u32) -> Result<usize, axum::Error> {
        let (sender, receiver) = mpsc::channel(1);
        let mut body = Paced::new(Body::new(Pipe(receiver)), PACE, Count::default());
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(every);
            ticks.tick().await;
            for _ in 0..pieces {
                ticks.tick().await;
                if sender.send(Bytes::from(vec![0; bytes])).await.is_err() {
                    return;
                }
            }
        });
        let mut came = 0;
        while let Some(frame) = body.frame().await {
            came += frame?.into_data().map_or(0, |data| data.len());
        }
        Ok(came)
    }

    /// A body that somebody else fills.
    struct Pipe(mpsc::Receiver<Bytes>);

    impl http_body::Body for Pipe {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            self.0
                .poll_recv(cx)
                .map(|piece| Some(Ok(Frame::data(piece?))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_drip_is_cut_and_a_slow_line_is_not() {
        let second = Duration::from_secs(1);
        assert!(drip(1, second, 1_000).await.is_err());
        assert!(drip(1_000, second, 1_000).await.is_err());
        assert_eq!(drip(1_100, second, 1_000).await.expect("kept"), 1_100_000);
        assert_eq!(drip(40_000, 20 * second, 20).await.expect("kept"), 800_000);
        assert_eq!(drip(1, second, 20).await.expect("kept"), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_has_an_end() {
        let minute = Duration::from_secs(60);
        assert!(
            drip(1 << 20, minute + Duration::from_secs(1), 3)
                .await
                .is_err()
        );
        assert!(
            drip(1 << 20, minute - Duration::from_secs(1), 3)
                .await
                .is_ok()
        );
    }
}
