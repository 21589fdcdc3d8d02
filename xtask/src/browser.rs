//! Chromium and its driver for the tests: found, else installed where that can be done without
//! asking, else the person is told what to install.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::run::{self, Result, capture, first_line, npm, program, which};
use crate::tools::{self, say};

const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// Where installers put browsers that they don't put on the path.
const PLACES: [&str; 6] = [
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];

const CHROMIUM_PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

const DRIVER_PLACES: [&str; 2] = [
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
];

/// Debian's name of the headless shell, and Chrome's own.
const SHELLS: [&str; 2] = ["chromium-headless-shell", "chrome-headless-shell"];

/// Debian's package.
const SHELL_PACKAGE: &str = "chromium-headless-shell";

const SHELL_PLACES: [&str; 1] = ["/usr/lib/chromium/chromium-headless-shell"];

/// Looked for once in a run: where it can't be installed, trying costs time.
static SHELL: OnceLock<Option<PathBuf>> = OnceLock::new();

/// The browser's program.
pub fn chromium() -> Result<PathBuf> {
    if let Some(given) = env::var_os("PLIMSOLL_CHROMIUM") {
        let given = PathBuf::from(given);
        let missing = || format!("PLIMSOLL_CHROMIUM names no file: {}", given.display());
        return if given.is_file() {
            Ok(given)
        } else {
            Err(missing())
        };
    }
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    if can_use_apt()
        && apt(&CHROMIUM_PACKAGES).is_ok()
        && let Some(found) = find_chromium()
    {
        return Ok(found);
    }
    tools::node_modules()?;
    say("Chromium (Playwright, into its own cache)");
    let installed = run::show(&mut npm("npx", &["playwright", "install", "chromium"]));
    find_chromium().ok_or_else(|| {
        let why = installed.err().unwrap_or_default();
        format!("no Chromium. Install it, or set PLIMSOLL_CHROMIUM to its program. {why}")
    })
}

/// Chromium without a browser's window around the page, in which a page opens in a third of the
/// work: what Playwright calls headless. Tests do without where there is none and it can't be
/// installed; they only take longer. A browser that was named is used for all of them.
pub fn headless_shell() -> Option<PathBuf> {
    if let Some(given) = env::var_os("PLIMSOLL_HEADLESS_SHELL") {
        return Some(PathBuf::from(given)).filter(|given| given.is_file());
    }
    if env::var_os("PLIMSOLL_CHROMIUM").is_some() {
        return None;
    }
    let install = || {
        let there = || can_use_apt() && apt(&[SHELL_PACKAGE]).is_ok();
        find_shell().or_else(|| there().then(find_shell).flatten())
    };
    SHELL.get_or_init(install).clone()
}

/// The driver through which the wasm tests use the browser.
pub fn chromedriver() -> Result<PathBuf> {
    if let Some(given) = env::var_os("CHROMEDRIVER") {
        return Ok(PathBuf::from(given));
    }
    let find = || which("chromedriver").or_else(|| first_file(&DRIVER_PLACES));
    if let Some(found) = find() {
        return Ok(found);
    }
    if can_use_apt() {
        apt(&CHROMIUM_PACKAGES)?;
    }
    find().ok_or_else(|| {
        "no chromedriver. Install the one of your Chromium's major version, and put it on the \
         path or set CHROMEDRIVER to its program."
            .to_owned()
    })
}

fn find_shell() -> Option<PathBuf> {
    let named = SHELLS.iter().find_map(|name| which(name));
    named
        .or_else(|| first_file(&SHELL_PLACES))
        .or_else(playwrights_shell)
}

fn find_chromium() -> Option<PathBuf> {
    let named = NAMES.iter().find_map(|name| which(name));
    named.or_else(|| first_file(&PLACES)).or_else(playwrights)
}

/// The one in Playwright's cache, if it was ever installed.
fn playwrights() -> Option<PathBuf> {
    Some(playwrights_place()?).filter(|path| path.is_file())
}

fn playwrights_place() -> Option<PathBuf> {
    let script = "console.log(require('@playwright/test').chromium.executablePath())";
    first_line(program("node").args(["-e", script])).map(PathBuf::from)
}

/// It comes along with that, and lies beside it: `chromium-1234/…` and
/// `chromium_headless_shell-1234/<system>/<program>`.
fn playwrights_shell() -> Option<PathBuf> {
    let chromium = playwrights_place()?;
    let is_chromium = |name: &str| name.starts_with("chromium-");
    let folder = chromium.ancestors().find(|path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(is_chromium)
    })?;
    let version = folder.file_name()?.to_str()?.strip_prefix("chromium-")?;
    let shell = folder.with_file_name(format!("chromium_headless_shell-{version}"));
    let systems = fs::read_dir(shell).ok()?.flatten();
    let names = ["headless_shell", "chrome-headless-shell"];
    let files = |system: fs::DirEntry| {
        names.map(|name| {
            system
                .path()
                .join(format!("{name}{}", env::consts::EXE_SUFFIX))
        })
    };
    systems.flat_map(files).find(|file| file.is_file())
}

fn first_file(places: &[&str]) -> Option<PathBuf> {
    places
        .iter()
        .map(PathBuf::from)
        .find(|place| place.is_file())
}

/// Root on Debian or its kin: a machine made for this, such as a container in CI.
fn can_use_apt() -> bool {
    let root = first_line(program("id").arg("-u")).is_some_and(|id| id == "0");
    root && Path::new("/etc/debian_version").is_file() && which("apt-get").is_some()
}

/// Where there is no network, it gives up soon.
fn apt(packages: &[&str]) -> Result<()> {
    say(&format!("{} (apt-get)", packages.join(" and ")));
    let quickly = [
        "-qq",
        "-o",
        "Acquire::Retries=0",
        "-o",
        "Acquire::http::Timeout=20",
    ];
    let mut update = program("apt-get");
    capture(update.arg("update").args(quickly))?;
    let mut install = program("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["install", "-y", "--no-install-recommends"]);
    capture(install.args(quickly).args(packages)).map(drop)
}
