//! The plain limit: a server that receives chunks and writes them at their places, each synced
//! before it is answered, and does nothing else. No form is taken apart, nothing is digested or
//! noted, and a thread serves each connection without any library between it and the system.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crate::run::Result;

/// What is read and written at a time, as the server does it.
const BLOCK_BYTES: usize = 256 * 1024;

/// A running one.
pub struct Plain {
    pub address: String,
    is_over: Arc<AtomicBool>,
    file: PathBuf,
    running: Option<JoinHandle<()>>,
}

impl Plain {
    /// Writes to this file, which goes away at the end.
    pub fn start(file: &Path) -> Result<Self> {
        let failed = |error: io::Error| format!("the plain server: {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?.to_string();
        File::create(file).map_err(failed)?;
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, path) = (is_over.clone(), file.to_owned());
        let running = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let path = path.clone();
                thread::spawn(move || {
                    if let Err(error) = serve(stream, &path) {
                        eprintln!("the plain server: {error}");
                    }
                });
            }
        });
        Ok(Self {
            address,
            is_over,
            file: file.to_owned(),
            running: Some(running),
        })
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // It waits for one more connection.
        let _ = TcpStream::connect(&self.address);
        if let Some(running) = self.running.take() {
            let _ = running.join();
        }
        let _ = std::fs::remove_file(&self.file);
    }
}

/// One request: the whole body is taken for the chunk, as a few bytes more are nothing.
fn serve(mut stream: TcpStream, path: &Path) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(BLOCK_BYTES, stream.try_clone()?);
    let (mut start, mut length) = (0, 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(range) = line.strip_prefix("Content-Range: bytes ") {
            start = number(range);
        } else if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = number(value);
        }
    }
    let mut file = File::options().write(true).open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut left = length;
    let mut block = vec![0; BLOCK_BYTES];
    while left > 0 {
        let wanted = left.min(BLOCK_BYTES as u64) as usize;
        reader.read_exact(&mut block[..wanted])?;
        file.write_all(&block[..wanted])?;
        left -= wanted as u64;
    }
    file.sync_all()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn number(text: &str) -> u64 {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
