//! The MD5 of a file as the server makes it, by one core: the bound of how fast a server that
//! answers the API's `etag` stores a file. `cargo xtask bench-server` runs it.

#[path = "../../../server/src/digest/md5.rs"]
mod md5;

use std::fs::File;
use std::io::{self, Read};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("name a file");
        return ExitCode::FAILURE;
    };
    match digest(File::open(path)) {
        Ok(digest) => {
            println!("MD5: {:032x}", u128::from_be_bytes(digest));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn digest(file: io::Result<File>) -> io::Result<[u8; 16]> {
    let mut file = file?;
    let mut md5 = md5::Md5::default();
    let mut block = vec![0; 256 * 1024];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(md5.digest()),
            count => md5.update(&block[..count]),
        }
    }
}
