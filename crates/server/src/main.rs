//! The binary: flags, logs, signals. What it serves is in the library.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_server::{Config, LogLevel, Server};
use tokio::net::TcpListener;

const HELP: &str = "\
Plimsoll's server: uploads and delivery as the Cloudinary Upload API has them.

Usage: plimsoll-server [FLAGS]
       plimsoll-server config check [FLAGS]   says whether the settings are valid
       plimsoll-server config show [FLAGS]    prints them, each limit with its reason
       plimsoll-server preset list            upload presets in the file of --config
       plimsoll-server preset add NAME [SETTING=VALUE ...]
       plimsoll-server preset remove NAME
       plimsoll-server quota set bytes_max=N files_max=N
                                              how much the cloud may keep
       plimsoll-server quota remove           no limit on it
       plimsoll-server key list               API keys in it
       plimsoll-server key add [NAME]         tells the secret that it makes
       plimsoll-server key remove NAME

  --config FILE   settings; without it cloud \"demo\" with the unsigned preset \"unsigned\"
  --cloud NAME    whose presets and keys     [demo]
  --host ADDRESS  address to listen on       [127.0.0.1]
  --port NUMBER   port to listen on          [8787], 0 takes a free one
  --data DIR      where assets are kept      [plimsoll-data]
  --www DIR       plain files to serve at /
  --verbose       log every request
  --help          this text
  --version       the version
";

/// The signal for writing beyond the limit on file sizes, on Linux, macOS and the BSDs.
#[cfg(unix)]
const SIGXFSZ: i32 = 25;

/// What the command line asks for.
enum Command {
    Serve(Box<Flags>),
    ConfigCheck(Box<Flags>),
    ConfigShow(Box<Flags>),
    Administer(Vec<String>, Box<Flags>),
    Help,
    Version,
}

#[derive(Default)]
struct Flags {
    config: Option<PathBuf>,
    cloud: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    data: Option<PathBuf>,
    www: Option<PathBuf>,
    log_level: Option<LogLevel>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("plimsoll-server: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let flags = match read_flags(std::env::args_os().skip(1)) {
        Ok(Command::Serve(flags)) => *flags,
        Ok(Command::ConfigCheck(flags)) => return check(*flags),
        Ok(Command::ConfigShow(flags)) => {
            return say(plimsoll_server::show(&configure(*flags)?).trim_end());
        }
        Ok(Command::Administer(words, flags)) => return administer(&words, &flags),
        Ok(Command::Help) => return say(HELP.trim_end()),
        Ok(Command::Version) => {
            return say(concat!("plimsoll-server ", env!("CARGO_PKG_VERSION")));
        }
        Err(error) => return Err(format!("{error}. See plimsoll-server --help.")),
    };
    let verbose = flags.log_level;
    let config = configure(flags)?;
    plimsoll_server::start_logs(&config, verbose.unwrap_or(config.log_level));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime can't start: {error}"))?;
    runtime.block_on(listen(config))
}

async fn listen(config: Config) -> Result<(), String> {
    let (host, port) = (config.host.clone(), config.port);
    let listener = TcpListener::bind((host.as_str(), port))
        .await
        .map_err(|error| {
            if error.kind() == io::ErrorKind::AddrInUse {
                format!("port {port} is in use. Stop the other program or choose another --port.")
            } else {
                format!("can't listen on {host} port {port}: {error}")
            }
        })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let server = Server::open(config)
        .await
        .map_err(|error| error.to_string())?;
    let stop = signalled().map_err(|error| format!("can't listen to signals: {error}"))?;
    let scheme = server.scheme();
    say(&format!("Plimsoll is ready: {scheme}://{address}"))?;
    server
        .serve(listener, stop)
        .await
        .map_err(|error| error.to_string())
}

fn read_flags(arguments: impl Iterator<Item = OsString>) -> Result<Command, lexopt::Error> {
    use lexopt::prelude::*;
    let mut flags = Flags::default();
    let mut words = Vec::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("config") => flags.config = Some(parser.value()?.into()),
            Long("cloud") => flags.cloud = Some(parser.value()?.string()?),
            Long("host") => flags.host = Some(parser.value()?.string()?),
            Long("port") => flags.port = Some(parser.value()?.parse()?),
            Long("data") => flags.data = Some(parser.value()?.into()),
            Long("www") => flags.www = Some(parser.value()?.into()),
            Long("verbose") => flags.log_level = Some(LogLevel::Debug),
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Value(word) => words.push(word.string()?),
            _ => return Err(argument.unexpected()),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let flags = Box::new(flags);
    match words.as_slice() {
        [] => Ok(Command::Serve(flags)),
        ["config", "check"] => Ok(Command::ConfigCheck(flags)),
        ["config", "show"] => Ok(Command::ConfigShow(flags)),
        ["preset" | "key" | "quota", ..] => {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            Ok(Command::Administer(words, flags))
        }
        other => Err(format!("there is no command {:?}", other.join(" ")).into()),
    }
}

/// Changes or lists what is in the configuration file.
fn administer(words: &[String], flags: &Flags) -> Result<(), String> {
    let file = flags
        .config
        .as_ref()
        .ok_or("which file is meant? Name it with --config; it is made where there is none.")?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let cloud = flags.cloud.as_deref().unwrap_or("demo");
    say(&plimsoll_server::administer(&words, file, cloud)?)
}

/// Says that the settings are valid, and what is worth a second look.
fn check(flags: Flags) -> Result<(), String> {
    let config = configure(flags)?;
    for doubt in plimsoll_server::doubts(&config) {
        say(&format!("Look again: {doubt}"))?;
    }
    let presets: usize = config
        .clouds
        .values()
        .map(|cloud| cloud.presets.len())
        .sum();
    let clouds = config.clouds.len();
    let quotas = config.quotas();
    say(&format!(
        "The settings are valid. Clouds: {clouds}, upload presets: {presets}, quotas: {quotas}."
    ))
}

/// The file's settings, and what the flags say otherwise.
fn configure(flags: Flags) -> Result<Config, String> {
    let read = match &flags.config {
        Some(path) => Config::read(path),
        None => Config::embedded(),
    };
    let mut config = read.map_err(|error| error.to_string())?;
    config.host = flags.host.unwrap_or(config.host);
    config.port = flags.port.unwrap_or(config.port);
    config.data = flags.data.unwrap_or(config.data);
    config.www = flags.www.or(config.www);
    if let Some(www) = &config.www
        && !www.is_dir()
    {
        return Err(format!(
            "{} is not a folder. Give the built site's one.",
            www.display()
        ));
    }
    Ok(config)
}

/// Done at Ctrl-C, or when the system asks the process to stop. Listens from the call on, so
/// that whoever reads that we are ready can stop us.
#[cfg(unix)]
fn signalled() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // A write beyond the limit on file sizes fails and is answered; unheard, the signal would end
    // the whole server.
    let too_large = signal(SignalKind::from_raw(SIGXFSZ))?;
    Ok(async move {
        let _heard = too_large;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Done at Ctrl-C.
#[cfg(windows)]
fn signalled() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

fn say(line: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| error.to_string())
}
