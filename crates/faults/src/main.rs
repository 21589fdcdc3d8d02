//! `plimsoll-faults --upstream 127.0.0.1:8787`: starts the proxy and says where it is.

use std::net::SocketAddr;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};

const USAGE: &str = "\
plimsoll-faults --upstream ADDRESS

Stands before an upload server and breaks things by plan. One line on the standard output says
where clients connect and where it is controlled:

  PUT /plan      what is to go wrong (JSON)
  GET /account   what came, and which faults were hit
  POST /down     resets all connections and refuses new ones
  POST /up       takes connections again";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("plimsoll-faults: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let upstream = upstream().map_err(|error| format!("{error}\n\n{USAGE}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime could not be started: {error}"))?;
    runtime.block_on(async {
        let proxy = plimsoll_faults::listen(upstream)
            .await
            .map_err(|error| format!("no free port: {error}"))?;
        println!(
            "http://{} controlled at http://{}",
            proxy.address, proxy.control
        );
        proxy.run.await.map_err(|error| error.to_string())
    })
}

fn upstream() -> Result<SocketAddr, lexopt::Error> {
    let mut parser = Parser::from_env();
    let mut upstream = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("upstream") => upstream = Some(parser.value()?.parse()?),
            other => return Err(other.unexpected()),
        }
    }
    upstream.ok_or_else(|| "--upstream is missing. Name the server's address.".into())
}
