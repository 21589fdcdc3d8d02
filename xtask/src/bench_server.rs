//! `cargo xtask bench-server`: what the server costs. The size of its binary, how long it takes to
//! start, and how fast and with how much memory it stores a file of 10 GiB that comes in chunks,
//! sixteen at once. In the same run: `cp` of the same file; its MD5 by one core, which no server
//! that answers the API's `etag` can outrun; and the plain limit (`bench_server/plain.rs`), which
//! is the same client and the same bytes with nothing but receiving and writing. Takes minutes and
//! three times the file's size on the disk, so it is never part of the tests.

mod plain;

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::run::{self, Result, cargo, target};

const MIB: u64 = 1024 * 1024;
/// What clients of the API send unless told otherwise is 20 MB; a multiple of a page is as good.
const CHUNK_BYTES: u64 = 20 * MIB;
/// Chunks at once, as the goal has it.
const LANES: u64 = 16;
/// Starts that are timed; the median of them counts.
const STARTS: usize = 11;
/// What a running upload may add to the server's memory.
const MEMORY_BYTES_MAX: u64 = 64 * MIB;
/// The least part of `cp`'s speed.
const SPEED_PERCENT_MIN: u64 = 60;
/// The longest start.
const START_MAX: Duration = Duration::from_millis(100);

/// Measures, prints, and fails where something is out of bounds.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let gibibytes = args.values("--gibibytes")?;
    args.end()?;
    let gibibytes: u64 = match gibibytes.last() {
        Some(text) => text.parse().map_err(|_| format!("{text:?} is no number"))?,
        None => 10,
    };
    let mut build = cargo(&["build", "--profile=server", "--package=plimsoll-server"]);
    run::show(&mut build)?;
    let binary = target().join("server").join("plimsoll-server");
    // As optimised as the server is.
    let digest = [
        "build",
        "--profile=server",
        "--package=plimsoll-bench",
        "--bin=digest",
    ];
    run::show(&mut cargo(&digest))?;
    let size = told(fs::metadata(&binary), "the binary")?.len();
    println!("binary: {} MiB ({size} bytes)", size / MIB);
    let folder = target().join("bench-server");
    let _ = fs::remove_dir_all(&folder);
    told(fs::create_dir_all(&folder), "a folder")?;
    let measured = measure(&binary, &folder, gibibytes * 1024 * MIB);
    let _ = fs::remove_dir_all(&folder);
    measured
}

fn measure(binary: &Path, folder: &Path, bytes: u64) -> Result<()> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        drop(Server::start(binary, &folder.join("data"))?);
        starts.push(begun.elapsed());
    }
    starts.sort();
    let start = starts[STARTS / 2];
    println!("start: {} ms (median of {STARTS})", start.as_millis());
    let source = folder.join("source.bin");
    told(make(&source, bytes), "the file")?;
    let copied = copy(&source, &folder.join("copy.bin"), bytes)?;
    let digested = digest(&source)?;
    let plain = plain::Plain::start(&folder.join("plain.bin"))?;
    let received = store(&plain.address, &source, bytes, |_| true)?;
    drop(plain);
    let server = Server::start(binary, &folder.join("data"))?;
    let before = server.memory()?;
    let (stored, most) = server.watched(|| server.store(&source, bytes))?;
    let worked = server.worked()?;
    let speed = |time: Duration| (bytes as f64 / MIB as f64) / time.as_secs_f64();
    let percent = copied.as_secs_f64() * 100.0 / stored.as_secs_f64();
    let added = most.saturating_sub(before);
    for (what, time) in [
        ("cp, synced", copied),
        ("MD5 by one core", digested),
        ("plain limit", received),
        ("server", stored),
    ] {
        println!("{what:<16} {:>6.0} MiB/s  {time:.1?}", speed(time));
    }
    let part = |of: Duration| of.as_secs_f64() * 100.0 / stored.as_secs_f64();
    println!(
        "server: {LANES} chunks at once, {percent:.0} % of cp, {:.0} % of MD5, {:.0} % of the \
         plain limit; {:.2} s of processor per GiB",
        part(digested),
        part(received),
        worked.as_secs_f64() / (bytes as f64 / (1024 * MIB) as f64)
    );
    println!(
        "memory: {} MiB at start, {} MiB more at most",
        before / MIB,
        added / MIB
    );
    let checks = [
        (start > START_MAX, "the start takes too long"),
        (added > MEMORY_BYTES_MAX, "the upload takes too much memory"),
        (percent < SPEED_PERCENT_MIN as f64, "the upload is too slow"),
    ];
    match checks.iter().find(|(is_bad, _)| *is_bad) {
        Some((_, what)) => Err((*what).to_owned()),
        None => Ok(()),
    }
}

/// A running server, ended when this is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(binary: &Path, data: &Path) -> Result<Self> {
        let mut command = Command::new(binary);
        command.args(["--port", "0", "--data"]).arg(data);
        let mut child = told(command.stdout(Stdio::piped()).spawn(), "the server")?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            told(BufReader::new(stdout).read_line(&mut line), "its answer")?;
        }
        let address = line
            .trim()
            .rsplit("//")
            .next()
            .unwrap_or_default()
            .to_owned();
        Ok(Self { child, address })
    }

    /// Bytes of memory that are its own at this moment.
    fn memory(&self) -> Result<u64> {
        let path = PathBuf::from(format!("/proc/{}/status", self.child.id()));
        let status = run::read(&path)?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        number
            .map(|kibibytes| kibibytes * 1024)
            .ok_or("no VmRSS".to_owned())
    }

    /// Does something, and tells the most memory that the server had meanwhile.
    fn watched<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<(T, u64)> {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let watch = scope.spawn(|| {
                let mut most = 0;
                while !is_over.load(Ordering::Relaxed) {
                    most = most.max(self.memory().unwrap_or(0));
                    thread::sleep(Duration::from_millis(20));
                }
                most
            });
            let done = work();
            is_over.store(true, Ordering::Relaxed);
            let most = watch.join().map_err(|_| "the watch broke")?;
            Ok((done?, most))
        })
    }

    /// Uploads a file.
    fn store(&self, source: &Path, bytes: u64) -> Result<Duration> {
        let whole = format!("\"bytes\":{bytes}");
        store(&self.address, source, bytes, |answer| {
            answer.contains(&whole) && answer.contains("\"done\":true")
        })
    }

    /// How long processors have worked for it.
    fn worked(&self) -> Result<Duration> {
        let path = PathBuf::from(format!("/proc/{}/stat", self.child.id()));
        let stat = run::read(&path)?;
        // Behind the name, which may hold blanks: ticks as itself and as the system, a hundredth
        // of a second each.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: Option<Vec<u64>> = ticks.map(|field| field.parse().ok()).collect();
        let ticks = ticks.filter(|ticks| ticks.len() == 2).ok_or("no times")?;
        Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
    }
}

/// Uploads a file: the first chunk, those between at once, the last one.
fn store(
    address: &str,
    source: &Path,
    bytes: u64,
    is_whole: impl Fn(&str) -> bool,
) -> Result<Duration> {
    let begun = Instant::now();
    let chunks = bytes.div_ceil(CHUNK_BYTES);
    let send = |index: u64| told(send(address, source, index, bytes), "a chunk");
    send(0)?;
    let next = AtomicU64::new(1);
    thread::scope(|scope| {
        let lane = || -> Result<()> {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index + 1 >= chunks {
                    return Ok(());
                }
                send(index)?;
            }
        };
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        lanes
            .into_iter()
            .try_for_each(|lane| lane.join().map_err(|_| "a lane broke".to_owned())?)
    })?;
    let answer = send(chunks - 1)?;
    let taken = begun.elapsed();
    if is_whole(&answer) {
        Ok(taken)
    } else {
        Err(format!("the upload isn't whole: {answer}"))
    }
}

/// Sends one chunk. What is sent goes from the file to the socket without passing here.
fn send(address: &str, source: &Path, index: u64, total: u64) -> io::Result<String> {
    let start = index * CHUNK_BYTES;
    let end = (start + CHUNK_BYTES).min(total);
    let before = "--x\r\nContent-Disposition: form-data; name=\"upload_preset\"\r\n\r\n\
                  unsigned\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; \
                  filename=\"a.bin\"\r\n\r\n";
    let after = "\r\n--x--\r\n";
    let length = before.len() as u64 + (end - start) + after.len() as u64;
    let head = format!(
        "POST /v1_1/demo/raw/upload HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\
         X-Unique-Upload-Id: bench\r\nContent-Range: bytes {start}-{}/{total}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n",
        end - 1
    );
    let mut file = File::open(source)?;
    file.seek(SeekFrom::Start(start))?;
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(before.as_bytes())?;
    io::copy(&mut file.take(end - start), &mut stream)?;
    stream.write_all(after.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200") {
        Ok(answer)
    } else {
        Err(io::Error::other(answer))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file of noise, safe on the disk.
fn make(path: &Path, bytes: u64) -> io::Result<()> {
    let mut state = 1_u64;
    let mut file = File::create(path)?;
    let mut block = vec![0; MIB as usize];
    for _ in 0..bytes / MIB {
        for word in block.chunks_exact_mut(8) {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            word.copy_from_slice(&state.to_le_bytes());
        }
        file.write_all(&block)?;
    }
    file.sync_all()
}

/// How long `cp` takes until the copy is safe on the disk.
fn copy(source: &Path, to: &Path, bytes: u64) -> Result<Duration> {
    let begun = Instant::now();
    let mut command = Command::new("cp");
    // A copy that shares the blocks would have copied nothing.
    run::show(command.arg("--reflink=never").arg(source).arg(to))?;
    let copy = told(File::open(to), "the copy")?;
    told(copy.sync_all(), "the copy")?;
    let taken = begun.elapsed();
    assert_eq!(told(copy.metadata(), "the copy")?.len(), bytes);
    told(fs::remove_file(to), "the copy")?;
    Ok(taken)
}

/// How long one core takes for the MD5 of a file.
fn digest(source: &Path) -> Result<Duration> {
    let begun = Instant::now();
    run::show(Command::new(target().join("server").join("digest")).arg(source))?;
    Ok(begun.elapsed())
}

fn told<T>(result: io::Result<T>, what: &str) -> Result<T> {
    result.map_err(|error| format!("{what}: {error}"))
}
