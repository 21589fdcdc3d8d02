//! Chromium and its driver for the tests: found, else installed where that can be done without
//! asking, else the person is told what to install.

use std::env;
use std::path::{Path, PathBuf};

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

const DRIVER_PLACES: [&str; 2] = [
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
];

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
        && apt().is_ok()
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
        apt()?;
    }
    find().ok_or_else(|| {
        "no chromedriver. Install the one of your Chromium's major version, and put it on the \
         path or set CHROMEDRIVER to its program."
            .to_owned()
    })
}

fn find_chromium() -> Option<PathBuf> {
    let named = NAMES.iter().find_map(|name| which(name));
    named.or_else(|| first_file(&PLACES)).or_else(playwrights)
}

/// The one in Playwright's cache, if it was ever installed.
fn playwrights() -> Option<PathBuf> {
    let script = "console.log(require('@playwright/test').chromium.executablePath())";
    let path = PathBuf::from(first_line(program("node").args(["-e", script]))?);
    path.is_file().then_some(path)
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

fn apt() -> Result<()> {
    say("Chromium and its driver (apt-get)");
    let mut update = program("apt-get");
    capture(update.args(["update", "-qq"]))?;
    let mut install = program("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]);
    capture(install.args(["chromium", "chromium-driver"])).map(drop)
}
