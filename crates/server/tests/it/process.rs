//! The binary: its flags, its one line, and how it ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use plimsoll_server::{Config, Limits};

use crate::client::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_plimsoll-server");

/// A running binary, killed when the test ends.
pub struct Running {
    child: Child,
    /// What follows `Plimsoll is ready: http://` or `https://`.
    address: String,
}

impl Running {
    fn start(folder: &TempDir) -> Self {
        Self::with(folder, &[])
    }

    pub fn with(folder: &TempDir, arguments: &[&str]) -> Self {
        Self::over("http", folder, arguments)
    }

    pub fn over(scheme: &str, folder: &TempDir, arguments: &[&str]) -> Self {
        let command = Self::command(folder, arguments);
        Self::spawn(scheme, command).unwrap_or_else(|line| panic!("{line:?}"))
    }

    /// One that dies before its n-th step that changes what is stored; nothing when it dies before
    /// it is ready.
    pub fn until_step(folder: &TempDir, arguments: &[&str], step: usize) -> Option<Self> {
        let mut command = Self::command(folder, arguments);
        command.env("PLIMSOLL_ABORT_AT_STEP", step.to_string());
        Self::spawn("http", command).ok()
    }

    pub fn command(folder: &TempDir, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(["--port", "0", "--data"])
            .arg(folder.path().join("data"))
            .args(arguments);
        command
    }

    /// Waits until it is ready; what it says when it isn't.
    pub fn spawn(scheme: &str, mut command: Command) -> Result<Self, String> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let ready = format!("Plimsoll is ready: {scheme}://");
        let address = line.trim().strip_prefix(&ready).map(str::to_owned);
        let running = Self {
            child,
            address: address.clone().unwrap_or_default(),
        };
        address.map(|_| running).ok_or(line)
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it, and gives what it has logged.
    pub fn stop_and_read(&mut self) -> String {
        let mut stderr = self.child.stderr.take().expect("piped");
        let reader = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).map(|_| log)
        });
        self.child.kill().expect("killed");
        reader.join().expect("no panic").expect("UTF-8")
    }

    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill").success());
    }

    fn port(&self) -> &str {
        self.address.rsplit(':').next().expect("a port")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().expect("run")
}

pub fn said(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn flags_explain_themselves() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).expect("UTF-8");
    for flag in [
        "--config",
        "--host",
        "--port",
        "--data",
        "--www",
        "--verbose",
        "--version",
    ] {
        assert!(text.contains(flag), "{flag}");
    }
    let version = run(&["--version"]);
    let text = String::from_utf8(version.stdout).expect("UTF-8");
    assert_eq!(
        text.trim(),
        concat!("plimsoll-server ", env!("CARGO_PKG_VERSION"))
    );
    assert!(said(&run(&["--prot", "1"])).contains("--help"));
    assert!(said(&run(&["--port", "x"])).contains("x"));
    assert!(said(&run(&["--www", "/nowhere"])).contains("is not a folder"));
    assert!(said(&run(&["--config", "/nowhere"])).contains("/nowhere can't be read"));
}

#[test]
fn the_documents_tell_of_every_flag_and_their_example_is_valid() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/server.md");
    let text = std::fs::read_to_string(path).expect("the document");
    let help = String::from_utf8(run(&["--help"]).stdout).expect("UTF-8");
    let flags = help
        .split_whitespace()
        .filter(|word| word.starts_with("--"));
    for flag in flags {
        assert!(text.contains(&format!("`{flag}")), "{flag}");
    }
    let example = text
        .split("```toml")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let config = Config::parse(example.expect("an example")).expect("a valid example");
    assert_eq!(config.limits, Limits::default());
}

#[test]
fn the_document_has_the_limits_that_are_in_force() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/server.md");
    // Git on Windows may have changed the line ends.
    let found = std::fs::read_to_string(path)
        .expect("the document")
        .replace("\r\n", "\n");
    let (before, rest) = found.split_once("<!-- Limits").expect("the mark");
    let (comment, rest) = rest.split_once('\n').expect("a line");
    let (_, after) = rest
        .split_once("<!-- End of limits")
        .expect("the end's mark");
    let table = plimsoll_server::limits_document();
    let wanted = format!("{before}<!-- Limits{comment}\n{table}<!-- End of limits{after}");
    if found != wanted {
        std::fs::write(path, wanted).expect("written");
        panic!("docs/server.md was stale and has been rewritten. Commit it.");
    }
}

#[test]
fn settings_can_be_checked_and_shown_before_a_server_runs() {
    let folder = TempDir::new();
    let path = folder.path().join("plimsoll.toml");
    let path = path.to_str().expect("UTF-8");
    let check = |text: &str| {
        std::fs::write(path, text).expect("written");
        run(&["config", "check", "--config", path])
    };
    let told = |output: Output| String::from_utf8(output.stdout).expect("UTF-8");
    let preset = "[clouds.shop.presets.form]\nunsigned = true\n";
    assert_eq!(
        told(check(preset)),
        "The settings are valid. Clouds: 1, upload presets: 1, quotas: 0.\n"
    );
    let open = told(check(&format!("host = '0.0.0.0'\n{preset}")));
    assert!(
        open.starts_with("Look again: host 0.0.0.0 is open"),
        "{open}"
    );
    let zero = said(&check(&format!(
        "limits.image_megapixels_max = 0\n{preset}"
    )));
    assert!(zero.contains("limits.image_megapixels_max is 0"), "{zero}");
    let unknown = said(&check(&format!("limits.image_max = 1\n{preset}")));
    assert!(unknown.contains("image_max"), "{unknown}");

    std::fs::write(path, format!("limits.image_megapixels_max = 9\n{preset}")).expect("written");
    let shown = told(run(&["config", "show", "--config", path, "--port", "99"]));
    assert!(shown.contains("port = 99\n"), "{shown}");
    assert!(
        shown.contains("image_megapixels_max = 9  # default: 50"),
        "{shown}"
    );
    assert!(said(&run(&["config", "chek"])).contains("config chek"));
}

#[test]
fn a_taken_port_and_a_taken_folder_are_named() {
    let folder = TempDir::new();
    let running = Running::start(&folder);
    let text = said(&run(&["--port", running.port()]));
    assert!(
        text.contains(&format!("port {} is in use", running.port())),
        "{text}"
    );
    let data = folder.path().join("data");
    let text = said(&run(&[
        "--port",
        "0",
        "--data",
        data.to_str().expect("UTF-8"),
    ]));
    assert!(text.contains("in use by another server"), "{text}");
}

#[cfg(unix)]
#[test]
fn the_system_can_ask_it_to_stop() {
    for signal in ["-TERM", "-INT"] {
        let folder = TempDir::new();
        let mut running = Running::start(&folder);
        running.signal(signal);
        assert!(running.child.wait().expect("ended").success(), "{signal}");
        let mut text = String::new();
        let mut stderr = running.child.stderr.take().expect("piped");
        stderr.read_to_string(&mut text).expect("UTF-8");
        assert_eq!(text, "");
    }
}

#[test]
fn a_killed_server_leaves_its_folder_free_for_the_next() {
    let folder = TempDir::new();
    drop(Running::start(&folder));
    drop(Running::start(&folder));
}
