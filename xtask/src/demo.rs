//! `cargo xtask demo`: the release widget and the server, as a visitor would meet them.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::args::Args;
use crate::run::{self, Result, cargo, program, which};
use crate::widget;

const PORT: &str = "8787";

/// Builds, starts, opens.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let stay_closed = args.switch("--no-open");
    let port = args.value("--port")?.unwrap_or(PORT.to_owned());
    let data = args.value("--data")?;
    args.end()?;
    let data = match data {
        // A folder is meant from where the person stands.
        Some(data) => env::current_dir().unwrap_or_default().join(data),
        None => run::private()?.join("data"),
    };
    widget::build()?;
    let mut server = program(build_server()?);
    server
        .args(["--port", &port])
        .arg("--data")
        .arg(data)
        .arg("--www")
        .arg(widget::dist());
    if stay_closed || !has_screen() {
        become_it(server)
    } else {
        start_and_open(server)
    }
}

/// The server's program, built if need be.
pub fn build_server() -> Result<PathBuf> {
    run::show(&mut cargo(&[
        "build",
        "--locked",
        "--package=plimsoll-server",
        "--profile=server",
    ]))?;
    let name = format!("plimsoll-server{}", env::consts::EXE_SUFFIX);
    Ok(run::target().join("server").join(name))
}

/// Hands this process over, so that whoever ends it ends the server.
#[cfg(unix)]
fn become_it(mut server: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(format!(
        "the server could not be started: {}",
        server.exec()
    ))
}

#[cfg(not(unix))]
fn become_it(mut server: Command) -> Result<()> {
    run::show(&mut server)
}

/// Passes on what the server says, and opens the browser at the address it names.
fn start_and_open(mut server: Command) -> Result<()> {
    let failed = |e| format!("the server could not be started: {e}");
    let mut child = server.stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut opened = false;
    for line in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        let line = line.map_err(failed)?;
        println!("{line}");
        if let (false, Some(at)) = (opened, line.find("http://")) {
            opened = true;
            open_browser(&line[at..]);
        }
    }
    let status = child.wait().map_err(failed)?;
    if status.success() {
        Ok(())
    } else {
        Err(String::new())
    }
}

fn opener() -> Option<PathBuf> {
    which(if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    })
}

/// Whether there is a browser that somebody could see.
fn has_screen() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value: std::ffi::OsString| !value.is_empty());
    if cfg!(windows) {
        return true;
    }
    let screen = cfg!(target_os = "macos") || set("DISPLAY") || set("WAYLAND_DISPLAY");
    screen && opener().is_some()
}

/// The demo works without: a browser that does not open is no failure.
fn open_browser(url: &str) {
    let command = match opener() {
        Some(opener) if !cfg!(windows) => program(opener).arg(url).spawn(),
        _ => program("cmd").args(["/C", "start", "", url]).spawn(),
    };
    if command.is_err() {
        println!("Open it in a browser.");
    }
}
