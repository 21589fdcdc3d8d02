//! `cargo xtask release --dry-run`: all that can be known of a release before it is made, and the
//! release itself in `target/dist`. Nothing is published here: docs/release.md has the steps, which
//! a person takes.

use std::path::Path;

use crate::args::Args;
use crate::run::{self, Result, capture, cargo, program};
use crate::supply;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is checked, and what is wrong with it, if anything.
type Check = (&'static str, fn() -> Result<()>);

const CHECKS: [Check; 6] = [
    ("the tree is clean", clean),
    ("one version everywhere", versions),
    ("the changelog has the version and its date", changelog),
    ("there is no tag of it yet", tag),
    ("licences and sources, and THIRD-PARTY.md", supplies),
    ("all that is published, in target/dist", dist),
];

/// Checks everything, also behind a failure.
pub fn run(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let is_dry = args.switch("--dry-run");
    args.end()?;
    if !is_dry {
        return Err(
            "a release is made by a person: docs/release.md has the steps. With --dry-run this \
             says whether all is ready."
                .to_owned(),
        );
    }
    let mut missing = 0;
    for (what, check) in CHECKS {
        match check() {
            Ok(()) => println!("ready:   {what}"),
            Err(why) => {
                missing += 1;
                println!("MISSING: {what}\n  {}", why.trim().replace('\n', "\n  "));
            }
        }
    }
    match missing {
        0 => {
            println!("Plimsoll {VERSION} is ready; docs/release.md says how it goes on.");
            Ok(())
        }
        count => Err(format!("{count} of {} are missing", CHECKS.len())),
    }
}

fn clean() -> Result<()> {
    let changed = capture(program("git").args(["status", "--porcelain"]))?;
    match changed.trim() {
        "" => Ok(()),
        changed => Err(format!("commit or put away:\n{changed}")),
    }
}

/// Cargo.toml has it once for all packages; who needs a package of ours names it, too.
fn versions() -> Result<()> {
    let listed = capture(program("git").args(["ls-files", "*Cargo.toml", "*package.json"]))?;
    let mut wrong = Vec::new();
    for file in listed.lines() {
        for line in run::read(&run::root().join(file))?.lines() {
            if names_us(line) && !line.contains(VERSION) {
                wrong.push(format!("{file}: {}", line.trim()));
            }
        }
    }
    match wrong.as_slice() {
        [] => Ok(()),
        wrong => Err(format!("not {VERSION}:\n{}", wrong.join("\n"))),
    }
}

/// Whether a line says which version of a package of ours it needs.
fn names_us(line: &str) -> bool {
    let line = line.trim();
    let in_cargo = line.starts_with("plimsoll") && line.contains("version = ");
    let in_npm = line.contains("\"plimsoll\": \"") && !line.contains("workspace:");
    in_cargo || in_npm
}

fn changelog() -> Result<()> {
    let text = run::read(&run::root().join("CHANGELOG.md"))?;
    let heading = format!("## [{VERSION}] - ");
    let line = text.lines().find_map(|line| line.strip_prefix(&heading));
    let date = line.ok_or_else(|| format!("CHANGELOG.md has no line {heading}YYYY-MM-DD"))?;
    let is_date = date.len() == 10
        && date.char_indices().all(|(at, letter)| match at {
            4 | 7 => letter == '-',
            _ => letter.is_ascii_digit(),
        });
    if is_date {
        Ok(())
    } else {
        Err(format!("CHANGELOG.md says {date:?} where the date belongs"))
    }
}

fn tag() -> Result<()> {
    let name = format!("v{VERSION}");
    let found = capture(program("git").args(["tag", "--list", &name]))?;
    match found.trim() {
        "" => Ok(()),
        _ => Err(format!(
            "{name} is there: give the next version in Cargo.toml"
        )),
    }
}

fn supplies() -> Result<()> {
    let said = supply::check()?;
    println!("  {said}");
    Ok(())
}

fn dist() -> Result<()> {
    run::show(&mut cargo(&["xtask", "dist"]))?;
    let made = run::target().join("dist").join("THIRD-PARTY.txt");
    if Path::new(&made).is_file() {
        Ok(())
    } else {
        Err("the licences are not in it".to_owned())
    }
}
