//! Plimsoll's own commands, `cargo xtask …`: they install what is missing, build, run and test.
//! What goes into a page is decided elsewhere: Trunk.toml, xtask/finish.mjs, budget.toml.

mod args;
mod bench;
mod bench_server;
mod bench_thumbnails;
mod book;
mod browser;
mod demo;
mod dev;
mod dist;
mod fuzz;
mod release;
mod replay;
mod run;
mod sabotage;
mod screenshots;
mod size;
mod storm;
mod supply;
mod test;
mod tools;
mod wasm;
mod widget;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "\
Plimsoll's commands:

  cargo xtask demo   builds the widget and the server, starts both, opens the demo page
      --port N       the server's port (8787)
      --data DIR     where uploads are kept (.plimsoll/data)
      --no-open      leave the browser alone
  cargo xtask test   all that must pass, with all of the set-up
      --only NAME    one part (may be given several times)
      --list         names the parts
  cargo xtask dev    the contributor's loop: rebuilds and reloads as files change
  cargo xtask dist   all that is published, into target/dist: files for a CDN, npm, crates
      --check        makes it twice, in two folders, and compares each byte
  cargo xtask release --dry-run
                     whether a release is ready: versions, changelog, licences, and the files
  cargo xtask bench  what uploads cost a page and how fast they are; takes many minutes
      --only NAME    large, queue, chunks or files (may be given several times); or peers: the
                     widget beside Uppy, FilePond and Dropzone, into docs/performance.md; of that
                     also by itself: bytes, open, thousand, ten-thousand, photos, gibibyte, small,
                     outage-15, outage-60, cycles
      --rounds N     of what is compared with others (3)
  cargo xtask bench-server
                     what the server costs, beside cp of the same 10 GiB; takes minutes
      --gibibytes N  another size
  cargo xtask bench-thumbnails
                     how fast thumbnails are made, beside the image crate's plain path
  cargo xtask book   the documents as a book, in target/book; installs mdBook when first used
      --open         shows it in the browser
  cargo xtask screenshots
                     takes the README's pictures (docs/images) of the running widget
  cargo xtask fuzz   tries to break what reads bytes of strangers in the server
      --target NAME  one target (may be given several times)
      --seconds N    how long each is tried (10)
      --seed N       where chance begins (1)
      --keep DIR     keeps inputs with a new outcome in this folder
      --coverage     by libFuzzer, which sees the branches that an input takes; needs a C++
                     compiler and builds for minutes
  cargo xtask flood  malformed requests against the whole server
      --requests N   how many (100000)
      --seed N       where chance begins (1)
  cargo xtask replay FILE
                     what happened in a trace that widget.trace() gave, told by the engine
  cargo xtask size   what the widget weighs; rewrites docs/size.md
  cargo xtask storm  the engine in seeded chaos, optimised
      --seeds N      how many runs (100000)
      --start N      from this seed on (0)
      --seed N       one seed: what fails shrinks to a script
      --sabotage     plants mistakes in a copy of the engine; each must be noticed
      --only NAME    one mistake (may be given several times)

Tools are kept in $PLIMSOLL_TOOLS, else $XDG_CACHE_HOME/plimsoll/tools, else
~/.cache/plimsoll/tools. $PLIMSOLL_CHROMIUM, $PLIMSOLL_HEADLESS_SHELL and $CHROMEDRIVER name the
browser of the tests.";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let args = args.collect();
    let outcome = match command.as_str() {
        "demo" => demo::run(args),
        "test" => test::run(args),
        "dev" => dev::run(args),
        "dist" => dist::run(args),
        "release" => release::run(args),
        "fuzz" => fuzz::run(args),
        "flood" => fuzz::flood(args),
        "bench" => bench::run(args),
        "bench-server" => bench_server::run(args),
        "bench-thumbnails" => bench_thumbnails::run(args),
        "book" => book::run(args),
        "screenshots" => screenshots::run(args),
        "replay" => replay::run(args),
        "size" => size::run(args),
        "storm" => storm::run(args),
        "" | "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no command {other:?}.\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            if !message.is_empty() {
                eprintln!("xtask: {message}");
            }
            ExitCode::FAILURE
        }
    }
}
