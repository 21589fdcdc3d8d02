//! The release build of the widget and the demo page into `dist/`, skipped while nothing that goes
//! into it has changed. Trunk builds; xtask/finish.mjs does what Trunk cannot.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Result, program};
use crate::size;
use crate::tools;

/// All that goes into `dist/`, apart from the tools, whose versions are in two of these.
const INPUTS: [&str; 14] = [
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build.rs",
    "crates/core/Cargo.toml",
    "crates/core/src",
    "index.html",
    "package-lock.json",
    "src",
    "www",
    "xtask/compress.mjs",
    "xtask/finish.mjs",
    "xtask/late.json",
    "xtask/split.mjs",
];

/// Where the build lies.
pub fn dist() -> PathBuf {
    run::root().join("dist")
}

/// Builds it if need be, and prints what it weighs.
pub fn build() -> Result<()> {
    let built = fs::read_to_string(stamp()?).unwrap_or_default();
    if built == fingerprint()? && dist().join("plimsoll-widget.wasm.br").is_file() {
        println!("The widget is up to date in dist/.");
        return Ok(());
    }
    rebuild()
}

/// Builds it in any case.
pub fn rebuild() -> Result<()> {
    let mut trunk = trunk_release()?;
    // Taken before: what changes while it builds is not in it.
    let now = fingerprint()?;
    println!("Building the widget into dist/");
    run::show(&mut trunk)?;
    run::write(&stamp()?, &now)?;
    print!("{}", size::Sizes::read()?.table());
    Ok(())
}

/// Trunk, about to make a release. The same flags for all that it makes, so that they share what
/// they depend on.
pub fn trunk_release() -> Result<Command> {
    let mut trunk = trunk("build")?;
    trunk.env("CARGO_ENCODED_RUSTFLAGS", paths_of_nobody()?);
    trunk.args(["--release", "--offline"]);
    Ok(trunk)
}

/// The widget unsplit and not minified, with the names of functions, for whoever looks for a
/// mistake: a panic of it says where.
pub fn build_debug(to: &Path) -> Result<()> {
    let mut trunk = trunk("build")?;
    println!("Building the debug widget");
    trunk.env("CARGO_ENCODED_RUSTFLAGS", paths_of_nobody()?);
    // Names of functions, but no lines: those would make it fifty times as large.
    trunk.env("CARGO_PROFILE_DEV_DEBUG", "0");
    trunk.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
    trunk.arg("--offline").arg("--dist").arg(to);
    run::capture(&mut trunk).map(|_| ())
}

/// Flags that take this machine's folders out of the module: panics name the files they are in, and
/// every page would load the names of somebody's folders. It also makes builds alike everywhere.
/// The repository's own files need none: cargo names them from the workspace on.
fn paths_of_nobody() -> Result<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let registries = home.unwrap_or_default().join("registry/src");
    let mut folders = Vec::new();
    // A vendored clone has none.
    if let Ok(entries) = fs::read_dir(&registries) {
        folders.extend(entries.flatten().map(|entry| entry.path()));
    }
    folders.sort();
    let mut flags: Vec<String> = folders
        .iter()
        .map(|folder| format!("--remap-path-prefix={}=", folder.display()))
        .collect();
    // Names that tell what generic code was made for, by which `xtask/split.mjs` goes.
    flags.push("-Csymbol-mangling-version=v0".to_owned());
    // What cargo expects between flags, so that a folder may have blanks in its name.
    Ok(flags.join("\x1f"))
}

/// Holds the fingerprint of what is in `dist/`.
fn stamp() -> Result<PathBuf> {
    Ok(run::private()?.join("dist.stamp"))
}

/// Trunk with all that it needs: tools, crates, target.
pub fn trunk(command: &str) -> Result<Command> {
    tools::wasm_target()?;
    tools::node_modules()?;
    let folders: Vec<PathBuf> = [tools::wasm_bindgen()?, tools::trunk()?]
        .into_iter()
        .flatten()
        .collect();
    tools::tidy_up();
    tools::crates()?;
    let path = run::path_with(&folders)?;
    // Looked up here because a child's new path does not count in finding the child itself.
    let name = format!("trunk{}", env::consts::EXE_SUFFIX);
    let file = env::split_paths(&path)
        .map(|folder| folder.join(&name))
        .find(|file| file.is_file());
    let mut trunk = program(file.ok_or("Trunk is not where it was installed.")?);
    // A backtrace of Trunk's own says nothing about our code; a build script's panic still shows.
    trunk
        .arg(command)
        .env("PATH", path)
        .env("RUST_LIB_BACKTRACE", "0");
    // Trunk reads NO_COLOR as a flag that must be `true` or `false`; everybody else sets it to 1.
    if env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    Ok(trunk)
}

/// A hash of names and contents (FNV-1a): times change with each checkout, contents don't.
fn fingerprint() -> Result<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&run::root().join(input), &mut files)?;
    }
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in files {
        let bytes = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        for byte in file
            .to_string_lossy()
            .bytes()
            .chain([0])
            .chain(bytes)
            .chain([0])
        {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}\n"))
}

/// The files below, in a fixed order.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let error = |e| format!("{}: {e}", path.display());
    let entries = fs::read_dir(path).map_err(error)?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry.map_err(error)?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    paths.iter().try_for_each(|path| collect(path, files))
}
