//! How fast thumbnails are made, beside the `image` crate's plain path in the same run: decode the
//! whole picture, scale it with the same filter, encode it with the same quality. The server goes
//! the whole way over a socket, looks the asset up and keeps the result. `cargo xtask
//! bench-thumbnails` builds both and runs this with the server's program as its argument.

use std::error::Error;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, RgbImage};

/// A photo of 12 megapixels, as phones make them.
const WIDTH: u32 = 4_000;
const HEIGHT: u32 = 3_000;
/// Each way is measured so often, in turns, so that both meet the same moods of the machine.
const ROUNDS: u32 = 7;
/// What widgets show, what pages show, and what fills a screen.
const SIDES: [u32; 3] = [90, 400, 1_600];
/// As the server has it.
const QUALITY: u8 = 82;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(Outcome::Faster) => ExitCode::SUCCESS,
        Ok(Outcome::Slower) => {
            eprintln!("a thumbnail takes longer than on the plain path");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What all measurements say together.
enum Outcome {
    Faster,
    Slower,
}

fn run() -> Result<Outcome> {
    let program = std::env::args_os().nth(1);
    let program = program.ok_or("name the program plimsoll-server")?;
    let server = Server::start(program.into())?;
    println!("12 megapixels to a thumbnail, the median of {ROUNDS} in milliseconds:");
    println!("{:<16}{:>8}{:>8}{:>8}", "", "image", "ours", "ratio");
    let mut outcome = Outcome::Faster;
    for (name, format) in [("JPEG", ImageFormat::Jpeg), ("PNG", ImageFormat::Png)] {
        let bytes = photo(format)?;
        let path = server.upload(&bytes)?;
        for side in SIDES {
            let (mut plain, mut ours) = (Vec::new(), Vec::new());
            for round in 0..ROUNDS {
                // Another size each time, as the server keeps what it made.
                let side = side + round;
                plain.push(timed(|| make(&bytes, side))?);
                ours.push(timed(|| server.thumbnail(&path, side))?);
            }
            let (plain, ours) = (median(plain), median(ours));
            let name = format!("{name} to {side}");
            println!("{name:<16}{plain:>8.1}{ours:>8.1}{:>8.2}", plain / ours);
            if ours > plain {
                outcome = Outcome::Slower;
            }
        }
    }
    Ok(outcome)
}

/// The plain path.
fn make(bytes: &[u8], side: u32) -> Result<()> {
    let image = image::load_from_memory(bytes)?;
    let small = image.resize(side, side, FilterType::CatmullRom);
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    Ok(small.to_rgb8().write_with_encoder(encoder)?)
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}

/// Waves and some noise, which compress like a photo.
fn photo(format: ImageFormat) -> Result<Vec<u8>> {
    let mut state: u32 = 1;
    let image = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        // The numbers of Numerical Recipes; any would do.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = f64::from(state >> 24) / 16.0;
        let wave = |scale: f64| {
            let (x, y) = (f64::from(x), f64::from(y));
            (x / scale).sin() * (y / (scale * 0.7)).cos() * 60.0 + 110.0 + noise
        };
        image::Rgb([wave(310.0) as u8, wave(97.0) as u8, wave(23.0) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

/// A running server with a folder of its own.
struct Server {
    process: Child,
    address: String,
    folder: PathBuf,
}

impl Server {
    fn start(program: PathBuf) -> Result<Self> {
        let name = format!("plimsoll-bench-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let mut process = Command::new(program)
            .args(["--port", "0", "--data"])
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the server is silent")?;
        let mut server = Self {
            process,
            address: String::new(),
            folder,
        };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let (_, address) = line.split_once("http://").ok_or("the server isn't ready")?;
        server.address = address.trim().to_owned();
        Ok(server)
    }

    /// Stores a picture and tells its path.
    fn upload(&self, bytes: &[u8]) -> Result<String> {
        let part = |disposition: &str, content: &[u8]| {
            let head = format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n");
            [head.as_bytes(), content, b"\r\n"].concat()
        };
        let body = [
            part("name=\"upload_preset\"", b"unsigned"),
            part("name=\"file\"; filename=\"a\"", bytes),
            b"--b--\r\n".to_vec(),
        ];
        let kind = "Content-Type: multipart/form-data; boundary=b\r\n";
        let answer = self.ask("POST /v1_1/demo/image/upload", kind, &body.concat())?;
        let answer = String::from_utf8(answer)?;
        let url = answer.split("\"url\":\"").nth(1).ok_or("not stored")?;
        let url = url.split('"').next().unwrap_or_default();
        Ok(format!("/{}", url.splitn(4, '/').nth(3).ok_or("no path")?))
    }

    /// Has a thumbnail made.
    fn thumbnail(&self, path: &str, side: u32) -> Result<()> {
        let steps = format!("/upload/c_limit,w_{side},h_{side},f_jpg/");
        let path = path.replace("/upload/", &steps);
        let answer = self.ask(&format!("GET {path}"), "", b"")?;
        if answer.starts_with(b"HTTP/1.1 200") {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&answer).into())
        }
    }

    fn ask(&self, what: &str, headers: &str, body: &[u8]) -> Result<Vec<u8>> {
        let (address, length) = (&self.address, body.len());
        let mut stream = TcpStream::connect(address)?;
        let head = format!(
            "{what} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\
             Content-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, and nobody needs its folder any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
