//! The control port: a plan comes in, the account goes out. One request per connection.

use std::io;
use std::sync::Arc;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::Shared;
use crate::head;
use crate::plan::Plan;

/// A plan with a thousand rules is far below.
const PLAN_BYTES_MAX: u64 = 1024 * 1024;

/// Answers until the process ends.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // Who went away before the answer doesn't want it.
            let _ = talk(stream, &shared).await;
        });
    }
}

async fn talk(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let Some((buffer, end)) = head::read(&mut stream).await? else {
        return Ok(());
    };
    let request = head::request(&buffer[..end])?;
    let mut body = buffer[end..].to_vec();
    let missing = request
        .length
        .min(PLAN_BYTES_MAX)
        .saturating_sub(body.len() as u64);
    (&mut stream).take(missing).read_to_end(&mut body).await?;
    let (status, answer) = act(shared, &request.method, &request.path, &body).await;
    let head = format!(
        "HTTP/1.1 {status} Done\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

async fn act(shared: &Shared, method: &str, path: &str, body: &[u8]) -> (u16, String) {
    let done = || json!({ "done": true }).to_string();
    match (method, path) {
        ("PUT", "/plan") => match serde_json::from_slice::<Plan>(body) {
            Ok(plan) => {
                shared.begin(plan);
                (200, done())
            }
            Err(error) => (400, json!({ "error": error.to_string() }).to_string()),
        },
        ("GET", "/account") => match serde_json::to_string(&shared.account.report()) {
            Ok(report) => (200, report),
            Err(error) => (500, json!({ "error": error.to_string() }).to_string()),
        },
        ("POST", "/down") => {
            shared.gate.down(None).await;
            (200, done())
        }
        ("POST", "/up") => {
            shared.gate.up().await;
            (200, done())
        }
        _ => {
            let there = "PUT /plan, GET /account, POST /down and POST /up are there";
            (404, json!({ "error": there }).to_string())
        }
    }
}
