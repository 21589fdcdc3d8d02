//! `cargo xtask dev`: Trunk builds the widget without optimising whenever a file changes and
//! reloads the page; uploads go through Trunk's proxies (Trunk.toml) to the server beside it.

use std::process::{Child, Command, Stdio};

use crate::args::Args;
use crate::demo;
use crate::run::{self, Result, program, read, write};
use crate::widget;

/// The page's port. Also in the server's configuration below, because its URLs lead there.
const PAGE_PORT: &str = "8080";
/// The server's port, which the proxies of Trunk.toml name.
const SERVER_PORT: &str = "8788";

/// Runs until interrupted.
pub fn run(args: Vec<String>) -> Result<()> {
    Args::new(args).end()?;
    let mut trunk = widget::trunk("serve")?;
    let folder = run::private()?;
    let dist = folder.join("dev");
    std::fs::create_dir_all(&dist).map_err(|e| format!("{}: {e}", dist.display()))?;

    // Delivery URLs must lead to the page's own origin: its policy allows no other pictures.
    let config = folder.join("dev.toml");
    let defaults = read(&run::root().join("crates/server/default.toml"))?;
    write(
        &config,
        &format!("public_url = \"http://127.0.0.1:{PAGE_PORT}\"\n{defaults}"),
    )?;
    let mut server = program(demo::build_server()?);
    server
        .args(["--port", SERVER_PORT])
        .arg("--config")
        .arg(config);
    server.arg("--data").arg(folder.join("data"));
    // It would name its own address, where there is no page.
    let _server = Stopped(spawn(server.stdout(Stdio::null()))?);

    println!("The page is at http://127.0.0.1:{PAGE_PORT} after the first build.");
    run::show(
        trunk
            .args(["--offline", "--port", PAGE_PORT, "--dist"])
            .arg(dist),
    )
}

fn spawn(command: &mut Command) -> Result<Child> {
    command
        .spawn()
        .map_err(|e| format!("the server could not be started: {e}"))
}

/// Ends the server when Trunk ends.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
