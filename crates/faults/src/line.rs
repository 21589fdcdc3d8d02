//! How bytes get from one side to the other: at what rate, how late, in which slices. Knows
//! nothing of what the bytes mean.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, sleep, sleep_until};

use crate::plan::Link;

/// Large enough to keep up with a fast server, small enough to give up nothing by waiting for it.
const BUFFER_BYTES: usize = 64 * 1024;
/// A slow line moves at least so often in a second, so that it is slow and not jerky.
const MOVES_PER_SECOND: u64 = 20;

/// A direction of the line.
#[derive(Clone, Copy)]
pub enum Way {
    /// To the server.
    Up,
    /// From the server.
    Down,
}

/// The line that all connections share.
pub struct Line {
    link: Link,
    /// When each way is free again.
    free: [Mutex<Instant>; 2],
    chance: Mutex<u64>,
}

impl Line {
    /// A line with these properties.
    pub fn new(link: Link) -> Self {
        let now = Instant::now();
        Self {
            link,
            free: [Mutex::new(now), Mutex::new(now)],
            chance: Mutex::new(1),
        }
    }

    /// Waits as long as a message is on its way.
    pub async fn delay(&self) {
        let Link {
            latency_ms,
            jitter_ms,
            ..
        } = self.link;
        let late = self.chance(2 * jitter_ms + 1);
        let ms = (latency_ms + late).saturating_sub(jitter_ms);
        if ms > 0 {
            sleep(Duration::from_millis(ms)).await;
        }
    }

    /// Carries at most `limit` bytes, fewer where the input ends, and counts them as they come.
    pub async fn carry(
        &self,
        way: Way,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        limit: u64,
        count: impl Fn(u64),
    ) -> io::Result<u64> {
        let mut buffer = vec![0; self.buffer_bytes(way)];
        let mut carried = 0;
        while carried < limit {
            let room = usize::try_from(limit - carried).unwrap_or(usize::MAX);
            let room = room.min(buffer.len());
            let got = from.read(&mut buffer[..room]).await?;
            if got == 0 {
                break;
            }
            count(got as u64);
            self.pace(way, got as u64).await;
            self.write(to, &buffer[..got]).await?;
            carried += got as u64;
        }
        to.flush().await?;
        Ok(carried)
    }

    async fn write(&self, to: &mut (impl AsyncWrite + Unpin), mut bytes: &[u8]) -> io::Result<()> {
        while let Some(most) = self.link.slice.filter(|_| !bytes.is_empty()) {
            let length = 1 + usize::try_from(self.chance(most.max(1) as u64)).unwrap_or(0);
            let (slice, rest) = bytes.split_at(length.min(bytes.len()));
            to.write_all(slice).await?;
            bytes = rest;
        }
        to.write_all(bytes).await
    }

    /// Waits until the line has room for so many bytes.
    async fn pace(&self, way: Way, bytes: u64) {
        let Some(rate) = self.rate(way) else { return };
        let takes = Duration::from_secs_f64(bytes as f64 / rate as f64);
        let until = {
            let free = &self.free[way as usize];
            let mut free = free.lock().unwrap_or_else(PoisonError::into_inner);
            *free = (*free).max(Instant::now()) + takes;
            *free
        };
        sleep_until(until).await;
    }

    fn rate(&self, way: Way) -> Option<u64> {
        let rate = match way {
            Way::Up => self.link.up,
            Way::Down => self.link.down,
        };
        // A rate of nothing is a stall, which is a fault of its own.
        rate.map(|rate| rate.max(1))
    }

    fn buffer_bytes(&self, way: Way) -> usize {
        let Some(rate) = self.rate(way) else {
            return BUFFER_BYTES;
        };
        let bytes = usize::try_from(rate / MOVES_PER_SECOND).unwrap_or(BUFFER_BYTES);
        bytes.clamp(1, BUFFER_BYTES)
    }

    /// A number below `bound`. The same ones in every run, so that a failure can be seen again.
    fn chance(&self, bound: u64) -> u64 {
        let mut state = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        // Knuth's MMIX generator; its upper bits are the good ones.
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(link: Link, bytes: usize) -> (Vec<u8>, Duration) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let input: Vec<u8> = (0..bytes).map(|at| at as u8).collect();
            let (line, start) = (Line::new(link), Instant::now());
            let mut rest = &input[..];
            let mut output = Vec::new();
            let limit = u64::MAX;
            let carried = line.carry(Way::Up, &mut rest, &mut output, limit, |_| {});
            assert_eq!(carried.await.unwrap(), bytes as u64);
            assert_eq!(output, input);
            (output, start.elapsed())
        })
    }

    #[test]
    fn a_slow_line_takes_its_time_and_loses_nothing() {
        let link = Link {
            up: Some(5_000),
            ..Link::default()
        };
        let (_, time) = carried(link, 20_000);
        assert_eq!(time.as_secs(), 4, "{time:?}");
    }

    #[test]
    fn slices_and_free_lines_lose_nothing() {
        for slice in [None, Some(0), Some(1), Some(64)] {
            let link = Link {
                slice,
                ..Link::default()
            };
            carried(link, 100_000);
        }
    }

    #[test]
    fn latency_varies_within_its_jitter() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let line = Line::new(Link {
                latency_ms: 2000,
                jitter_ms: 1500,
                ..Link::default()
            });
            let mut seen = Vec::new();
            for _ in 0..50 {
                let start = Instant::now();
                line.delay().await;
                seen.push(start.elapsed().as_millis());
            }
            assert!(seen.iter().all(|ms| (500..=3500).contains(ms)), "{seen:?}");
            assert!(seen.iter().any(|ms| *ms > 2500) && seen.iter().any(|ms| *ms < 1500));
        });
    }
}
