//! The test of the test: mistakes are planted in a copy of the engine, one at a time, and the storm
//! must notice each of them. The engine itself holds no trace of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::run::{self, Result};
use crate::storm;

/// A mistake is found within so many seeds, or it is not found.
const SEEDS: u64 = 4_000;

/// A mistake: its name, the file, what stands there once, and what stands there instead.
struct Mistake {
    name: &'static str,
    file: &'static str,
    right: &'static str,
    wrong: &'static str,
}

const MISTAKES: [Mistake; 12] = [
    Mistake {
        name: "sends-offline",
        file: "batch/requests.rs",
        right: "if !self.presence.online {",
        wrong: "if self.list.len() == usize::MAX {",
    },
    Mistake {
        name: "ignores-retry-after",
        file: "batch/uploads.rs",
        right: "self.brake.pause(now.after(ms));",
        wrong: "let _ = ms;",
    },
    Mistake {
        name: "gives-up-early",
        file: "transfer.rs",
        right: "failures >= FAILURES_MAX && (ms >= OUTAGE_MS ||",
        wrong: "failures >= FAILURES_MAX || (ms >= OUTAGE_MS ||",
    },
    Mistake {
        name: "retries-without-end",
        file: "traffic.rs",
        right: "self.left = self.left.saturating_sub(cost(last));",
        wrong: "let _ = last;",
    },
    Mistake {
        name: "never-wakes",
        file: "batch/requests.rs",
        right: "State::Resting(rest) if online && self.can_begin()",
        wrong: "State::Resting(rest) if !online && self.can_begin()",
    },
    Mistake {
        name: "last-chunk-too-soon",
        file: "chunks.rs",
        right: "(start < self.total && !next.is_last())",
        wrong: "(start < self.total)",
    },
    Mistake {
        name: "forgets-chunks",
        file: "batch/past.rs",
        right: "held: item.chunks.held(),",
        wrong: "held: Vec::new(),",
    },
    Mistake {
        name: "keeps-locks",
        file: "batch/past.rs",
        right: "self.commands.push_back(Command::Yield(id));",
        wrong: "let _ = id;",
    },
    Mistake {
        name: "sends-old-signatures",
        file: "ticket.rs",
        right: "const FRESH_MS: u64 = 50 * 60 * 1_000;",
        wrong: "const FRESH_MS: u64 = 500 * 60 * 1_000;",
    },
    Mistake {
        name: "believes-the-server",
        file: "batch/contents.rs",
        right: "if md5.eq_ignore_ascii_case(stored) =>",
        wrong: "if md5.len() == stored.len() =>",
    },
    Mistake {
        name: "sends-after-cancel",
        file: "batch/control.rs",
        right: "            self.ground(id, None);\n            self.let_others(id);",
        wrong: "            self.let_others(id);",
    },
    Mistake {
        name: "shows-less",
        file: "batch/requests.rs",
        right: "if estimate > item.shown {",
        wrong: "if estimate != item.shown {",
    },
];

/// Plants all mistakes, or those that are named.
pub fn run(only: &[String]) -> Result<()> {
    let unknown = only
        .iter()
        .find(|name| MISTAKES.iter().all(|mistake| mistake.name != **name));
    if let Some(unknown) = unknown {
        let names: Vec<_> = MISTAKES.iter().map(|mistake| mistake.name).collect();
        return Err(format!(
            "no mistake is named {unknown:?}: {}",
            names.join(", ")
        ));
    }
    let wanted = MISTAKES
        .iter()
        .filter(|mistake| only.is_empty() || only.iter().any(|name| name == mistake.name));
    plant(wanted).map(|_| ())
}

/// Plants all mistakes; says how many there were.
pub fn all() -> Result<String> {
    plant(MISTAKES.iter())
}

fn plant(mistakes: impl Iterator<Item = &'static Mistake>) -> Result<String> {
    let place = Place::new()?;
    // Without a mistake it passes: what fails below fails for its mistake.
    place.write()?;
    place.storm(SEEDS / 10).map_err(|output| {
        format!("{output}\nThe storm fails without any mistake: see to that first.")
    })?;
    let mut found = 0;
    for mistake in mistakes {
        let start = Instant::now();
        place.write()?;
        place.plant(mistake)?;
        let output = match place.storm(SEEDS) {
            Ok(_) => return Err(format!("{}: not noticed in {SEEDS} seeds", mistake.name)),
            Err(output) => output,
        };
        // What does not even compile proves nothing.
        let said = output.lines().find(|line| line.starts_with("seed "));
        let said = said.ok_or(format!("{output}\n{}: failed otherwise", mistake.name))?;
        let seconds = start.elapsed().as_secs_f64();
        println!("{:<22} noticed in {seconds:.1} s: {said}", mistake.name);
        found += 1;
    }
    Ok(format!("{found} mistakes noticed"))
}

/// A workspace of its own with a copy of the engine.
struct Place(PathBuf);

impl Place {
    fn new() -> Result<Self> {
        let place = Self(run::target().join("sabotage"));
        // cargo takes out of it what the engine alone does not need.
        let lock = run::read(&run::root().join("Cargo.lock"))?;
        put(&place.0.join("Cargo.lock"), &lock)?;
        Ok(place)
    }

    /// Copies the engine as it is; what has not changed keeps its time, so that little is built.
    fn write(&self) -> Result<()> {
        let root = run::root();
        let manifest = run::read(&root.join("Cargo.toml"))?;
        let shared = manifest
            .find("[workspace.package]")
            .zip(manifest.find("\n[package]"));
        let (start, end) = shared.ok_or("Cargo.toml has no [workspace.package]")?;
        let shared = manifest.get(start..end).unwrap_or_default();
        let head = "[workspace]\nmembers = [\"core\"]\nresolver = \"3\"\n\n";
        // Nobody looks into what fails here with a debugger.
        let profile = "\n[profile.dev]\ndebug = 0\nopt-level = 1\n";
        put(
            &self.0.join("Cargo.toml"),
            &format!("{head}{shared}{profile}"),
        )?;
        let engine = root.join("crates/core");
        for name in ["Cargo.toml", "README.md"] {
            put(
                &self.0.join("core").join(name),
                &run::read(&engine.join(name))?,
            )?;
        }
        for folder in ["src", "tests"] {
            copy(&engine.join(folder), &self.0.join("core").join(folder))?;
        }
        Ok(())
    }

    fn plant(&self, mistake: &Mistake) -> Result<()> {
        let file = self.0.join("core/src").join(mistake.file);
        let text = run::read(&file)?;
        if text.matches(mistake.right).count() != 1 {
            return Err(format!(
                "{}: what it changes does not stand once in {}; adapt it in xtask/src/sabotage.rs",
                mistake.name, mistake.file
            ));
        }
        put(&file, &text.replace(mistake.right, mistake.wrong))
    }

    fn storm(&self, seeds: u64) -> Result<String> {
        let mut command = storm::test("dev");
        command.current_dir(&self.0);
        command.env("CARGO_TARGET_DIR", self.0.join("target"));
        command.env("PLIMSOLL_SEEDS", seeds.to_string());
        command.env("PLIMSOLL_SHRINK", "no");
        command.env_remove("PLIMSOLL_SEED");
        command.env_remove("PLIMSOLL_START");
        run::capture(&mut command)
    }
}

/// Copies the Rust files of a folder and of those in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let entries = fs::read_dir(from).map_err(|e| format!("{}: {e}", from.display()))?;
    for entry in entries {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            put(&to.join(name), &run::read(&path)?)?;
        }
    }
    Ok(())
}

/// Writes a file unless it is so already.
fn put(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    run::write(path, text)
}
