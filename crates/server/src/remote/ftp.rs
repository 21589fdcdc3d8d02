//! One file over ftp, passively and in binary. The server tells only a port for the data: the
//! address stays the one that was checked, whatever its answer says.

use std::io;
use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::target::Target;

/// A line of an answer; RFC 959 has short ones.
const LINE_BYTES_MAX: u64 = 1024;
/// Lines of one answer; greetings may be long, but not endless.
const LINES_MAX: usize = 100;
/// Bytes read at a time.
const READ_BYTES: usize = 64 * 1024;
/// Lower ports belong to services that expect other words.
const DATA_PORT_MIN: u16 = 1024;

/// A file that is coming.
pub struct Download {
    control: Control,
    data: TcpStream,
}

/// Logs in and asks for the file.
pub async fn get(stream: TcpStream, target: &Target) -> io::Result<Download> {
    let peer = stream.peer_addr()?;
    let mut control = Control(BufReader::new(stream));
    // From where the user begins, as the addresses of ftp mean it.
    let path = decoded(target.url.path().trim_start_matches('/'))?;
    let user = match target.url.username() {
        "" => "anonymous".to_owned(),
        user => decoded(user)?,
    };
    let password = decoded(target.url.password().unwrap_or("anonymous"))?;
    control.expect(&[220]).await?;
    if control.ask(&format!("USER {user}"), &[230, 331]).await?.0 == 331 {
        control
            .ask(&format!("PASS {password}"), &[230, 202])
            .await?;
    }
    control.ask("TYPE I", &[200]).await?;
    let port = data_port(&mut control).await?;
    let data = TcpStream::connect(SocketAddr::new(peer.ip(), port)).await?;
    control.ask(&format!("RETR {path}"), &[125, 150]).await?;
    Ok(Download { control, data })
}

impl Download {
    /// The next bytes; `None` when the server says that these were all.
    pub async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let mut buffer = BytesMut::with_capacity(READ_BYTES);
        if self.data.read_buf(&mut buffer).await? > 0 {
            return Ok(Some(buffer.freeze()));
        }
        // A broken connection looks like an ended one; only this tells.
        self.control.expect(&[226, 250]).await?;
        Ok(None)
    }
}

/// A part of the address as the server is to read it. A line end in it would be a command.
fn decoded(text: &str) -> io::Result<String> {
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(io::Error::other)?;
    if text.chars().any(char::is_control) {
        return Err(invalid("a control character in the address"));
    }
    Ok(text.into_owned())
}

/// Where the server will send the file: it is asked the newer way first.
async fn data_port(control: &mut Control) -> io::Result<u16> {
    let (code, text) = control.ask("EPSV", &[229, 500, 501, 502, 503, 522]).await?;
    let port = if code == 229 {
        extended_port(&text)
    } else {
        let (_, text) = control.ask("PASV", &[227]).await?;
        passive_port(&text)
    };
    port.filter(|port| *port >= DATA_PORT_MIN)
        .ok_or_else(|| invalid("no port for the data"))
}

/// `Entering Extended Passive Mode (|||6446|)`.
fn extended_port(text: &str) -> Option<u16> {
    let inside = text.split_once("(|||")?.1.split_once("|)")?.0;
    inside.parse().ok()
}

/// `Entering Passive Mode (10,0,0,1,25,46)`: of the six numbers, only the last two are believed.
fn passive_port(text: &str) -> Option<u16> {
    let inside = text.split_once('(')?.1.split_once(')')?.0;
    let numbers: Vec<u8> = inside
        .split(',')
        .map(|number| number.trim().parse().ok())
        .collect::<Option<_>>()?;
    match numbers[..] {
        [_, _, _, _, high, low] => Some(u16::from_be_bytes([high, low])),
        _ => None,
    }
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

/// The connection over which commands go.
struct Control(BufReader<TcpStream>);

impl Control {
    async fn ask(&mut self, command: &str, expected: &[u16]) -> io::Result<(u16, String)> {
        let line = format!("{command}\r\n");
        self.0.get_mut().write_all(line.as_bytes()).await?;
        self.expect(expected).await
    }

    /// Reads one answer, which may have many lines, and gives its last one.
    async fn expect(&mut self, expected: &[u16]) -> io::Result<(u16, String)> {
        let first = self.line().await?;
        let code = code(&first).ok_or_else(|| invalid("no ftp server"))?;
        let mut last = first;
        let end = format!("{code} ");
        let mut lines = 1;
        while !last.starts_with(&end) && last.len() > 3 {
            lines += 1;
            if lines > LINES_MAX {
                return Err(invalid("an endless ftp answer"));
            }
            last = self.line().await?;
        }
        if expected.contains(&code) {
            Ok((code, last))
        } else {
            Err(invalid("an unexpected ftp answer"))
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        let mut limited = (&mut self.0).take(LINE_BYTES_MAX);
        limited.read_until(b'\n', &mut bytes).await?;
        if bytes.pop() != Some(b'\n') {
            return Err(invalid("a broken ftp answer"));
        }
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.trim_end_matches('\r').to_owned())
    }
}

fn code(line: &str) -> Option<u16> {
    let digits = line.get(..3)?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_and_addresses_are_not() {
        assert_eq!(
            passive_port("227 Entering Passive Mode (169,254,169,254,25,46)"),
            Some(6446)
        );
        assert_eq!(
            extended_port("229 Entering Extended Passive Mode (|||6446|)"),
            Some(6446)
        );
        for text in [
            "",
            "227 (1,2,3,4,5)",
            "227 (1,2,3,4,5,6,7)",
            "227 (1,2,3,4,5,256)",
            "227 1,2,3,4,5,6",
        ] {
            assert_eq!(passive_port(text), None, "{text}");
        }
        for text in [
            "229 (|1|10.0.0.1|6446|)",
            "229 (|||)",
            "229 (|||99999|)",
            "229 (|||-1|)",
        ] {
            assert_eq!(extended_port(text), None, "{text}");
        }
    }

    #[test]
    fn no_command_is_smuggled_in_an_address() {
        for text in ["a%0d%0aDELE%20b", "a%0Ab", "a%00", "%ff"] {
            assert!(decoded(text).is_err(), "{text}");
        }
        assert_eq!(decoded("/a%20b").ok().as_deref(), Some("/a b"));
    }
}
