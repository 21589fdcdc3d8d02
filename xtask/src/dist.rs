//! `cargo xtask dist`: all that is published, made in one go below `target/dist/`: the folder for a
//! CDN, the npm package, the crates and a debug build. `dist/` itself is Trunk's and the demo's.
//! xtask/dist.mjs puts files together; this builds, and compares two builds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::run::{self, Result, capture, cargo, program};
use crate::widget;

/// The crates that are published, in the order in which they need each other.
const CRATES: [&str; 3] = ["plimsoll-core", "plimsoll-server", "plimsoll"];

/// Makes it, and with `--check` a second time elsewhere.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let check = args.switch("--check");
    args.end()?;
    if check {
        return compare_two();
    }
    let debug = run::target().join("dist-debug");
    widget::build_debug(&debug)?;
    let out = make(Some(&debug))?;
    crates(&out.join("crates"))?;
    println!("{}", run::read(&out.join("sizes.md"))?);
    println!("All of it is in {}.", out.display());
    Ok(())
}

/// The folder, anew: CDN, npm, and the debug build if there is one.
pub fn make(debug: Option<&Path>) -> Result<PathBuf> {
    widget::build()?;
    let out = run::target().join("dist");
    clear(&out)?;
    println!("Putting the release together in {}", out.display());
    let mut node = program("node");
    node.arg("xtask/dist.mjs").arg(widget::dist()).arg(&out);
    capture(node.arg(env!("CARGO_PKG_VERSION")).args(debug))?;
    Ok(out)
}

/// The crates as they would be published, each built from what is in its package alone.
fn crates(out: &Path) -> Result<()> {
    println!("Packing the crates, and building each from its package");
    // What isn't committed may be tried, too; `--check` is for a release and takes commits only.
    let mut command = cargo(&["package", "--quiet", "--offline", "--allow-dirty"]);
    for name in CRATES {
        command.args(["--package", name]);
    }
    capture(&mut command)?;
    fs::create_dir_all(out).map_err(|e| format!("{}: {e}", out.display()))?;
    for name in CRATES {
        let file = format!("{name}-{}.crate", env!("CARGO_PKG_VERSION"));
        let from = run::target().join("package").join(&file);
        fs::copy(&from, out.join(file)).map_err(|e| format!("{}: {e}", from.display()))?;
    }
    Ok(())
}

/// Builds the last commit here and in a clone in another folder, from nothing there, and compares
/// each byte.
fn compare_two() -> Result<()> {
    let changed = capture(program("git").args(["status", "--porcelain"]))?;
    if !changed.is_empty() {
        return Err(format!(
            "commit first: what is compared is a commit.\n{changed}"
        ));
    }
    let here = run::target().join("dist");
    run::show(&mut cargo(&["xtask", "dist"]))?;
    let folder = run::target().join("dist-check");
    clear(&folder)?;
    let clone = folder.join("clone");
    println!("Once more in {}, from nothing", clone.display());
    let mut git = program("git");
    git.args(["clone", "--quiet", "--no-hardlinks", "."]);
    capture(git.arg(&clone))?;
    let mut again = cargo(&["xtask", "dist"]);
    again.current_dir(&clone);
    again.env("CARGO_TARGET_DIR", folder.join("target"));
    // These are cargo's own, and name this folder.
    again.env_remove("CARGO_MANIFEST_DIR");
    run::show(&mut again)?;
    let (one, other) = (files(&here)?, files(&folder.join("target/dist"))?);
    let names: Vec<&String> = one.keys().chain(other.keys()).collect();
    let mut differ: Vec<&str> = names
        .into_iter()
        .filter(|name| one.get(*name) != other.get(*name))
        .map(String::as_str)
        .collect();
    differ.sort_unstable();
    differ.dedup();
    if differ.is_empty() {
        println!(
            "{} files, and both builds are alike byte by byte.",
            one.len()
        );
        return clear(&folder);
    }
    Err(format!(
        "the two builds differ in:\n  {}\nThe second one is in {}.",
        differ.join("\n  "),
        folder.display()
    ))
}

/// All files below, by their paths from there.
fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let error = |e| format!("{}: {e}", next.display());
        for entry in fs::read_dir(&next).map_err(error)? {
            let path = entry.map_err(error)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let name = path.strip_prefix(folder).unwrap_or(&path);
            found.insert(name.to_string_lossy().into_owned(), bytes);
        }
    }
    Ok(found)
}

fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if folder.exists() => Err(format!("{}: {e}", folder.display())),
        _ => Ok(()),
    }
}

/// The npm package of the last `make`.
pub fn tarball() -> PathBuf {
    let name = format!("plimsoll-{}.tgz", env!("CARGO_PKG_VERSION"));
    run::target().join("dist/npm").join(name)
}
