//! Disks that are full or take nothing: the answer is clean, nothing that was kept is lost, and
//! the upload goes on as soon as there is room, without a restart.

#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Resource, Rlimit, geteuid, prlimit};

use crate::chunks::{Sender, UPLOAD};
use crate::client::{Answer, Client, Form, TempDir};
use crate::data;
use crate::process::Running;

const CHUNK: usize = 400_000;

fn config(folder: &TempDir) -> String {
    let path = folder.path().join("settings.toml");
    let text = "limits.chunk_bytes_min = 1000\n[clouds.demo.presets.unsigned]\nunsigned = true\n";
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

/// How long files of a running server may become.
fn limit_files(running: &Running, bytes: Option<u64>) {
    let process = Pid::from_raw(i32::try_from(running.id()).expect("an id"));
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    prlimit(process, Resource::Fsize, limit).expect("a limit");
}

fn assert_full(answer: &Answer) {
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(answer.error(), "The storage is full. Try again later.");
    assert_eq!(answer.header("retry-after"), Some("30"));
}

/// Chunks while nothing more fits, then with room.
#[tokio::test]
async fn a_full_disk_is_told_and_the_upload_goes_on_when_there_is_room() {
    let folder = TempDir::new();
    let config = config(&folder);
    let running = Running::with(&folder, &["--config", &config]);
    let server = Client::at(running.address());
    let file = data::noise(3 * CHUNK);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    for start in [0, CHUNK, 2 * CHUNK] {
        // None of it fits, then half of it.
        for bytes in [0, start + CHUNK / 2] {
            limit_files(&running, Some(bytes as u64));
            assert_full(&sender.known(&server, start, start + CHUNK).await);
        }
        limit_files(&running, None);
        let kept = sender.known(&server, start, start + CHUNK).await.asset();
        assert_eq!(kept["bytes"], start + CHUNK);
    }
    let asset = sender.known(&server, 2 * CHUNK, 3 * CHUNK).await.asset();
    assert_eq!(asset["etag"], data::md5(&file));
    // A whole file, and what is there already is delivered all the while.
    limit_files(&running, Some(1_000));
    let form = Form::new().file("a.bin", &data::noise(50_000));
    assert_full(&server.upload_to(UPLOAD, &[], &form).await);
    let delivered = server.fetch(&asset["url"]).await;
    assert_eq!(data::sha256(&delivered.body), data::sha256(&file));
    limit_files(&running, None);
    server.upload_to(UPLOAD, &[], &form).await.asset();
    let incoming = folder.path().join("data/incoming");
    assert_eq!(std::fs::read_dir(incoming).expect("a folder").count(), 0);
}

/// The same on a file system of four megabytes, where the system lets us make one.
#[tokio::test]
async fn a_small_file_system_fills_up_and_is_usable_again() {
    let folder = TempDir::new();
    let small = folder.path().join("small");
    std::fs::create_dir(&small).expect("a folder");
    let mounted = Mounted::tmpfs(&small, "4m");
    let config = config(&folder);
    let data = small.join("data");
    let data = data.to_str().expect("UTF-8");
    let running = Running::with(&folder, &["--config", &config, "--data", data]);
    let server = Client::at(running.address());
    let ballast = small.join("ballast");
    if mounted.is_some() {
        std::fs::write(&ballast, vec![1; 3_300_000]).expect("room");
    } else {
        // Who may not mount anything sees the same by a limit.
        limit_files(&running, Some(100_000));
    }
    let file = data::noise(3 * CHUNK);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let mut refused = 0;
    for start in [0, CHUNK, 2 * CHUNK] {
        let mut answer = sender.known(&server, start, start + CHUNK).await;
        if answer.status == 500 {
            assert_full(&answer);
            refused += 1;
            let _ = std::fs::remove_file(&ballast);
            limit_files(&running, None);
            answer = sender.known(&server, start, start + CHUNK).await;
        }
        answer.asset();
    }
    assert_eq!(refused, 1);
    let asset = sender.known(&server, 2 * CHUNK, 3 * CHUNK).await.asset();
    assert_eq!(asset["etag"], data::md5(&file));
}

/// A folder that may only be read: uploads are refused in words, assets are delivered.
#[tokio::test]
async fn a_folder_that_takes_nothing_still_delivers() {
    let folder = TempDir::new();
    let config = config(&folder);
    let data_folder = folder.path().join("data");
    std::fs::create_dir(&data_folder).expect("a folder");
    let mut command = Running::command(&folder, &["--config", &config]);
    // Root may write anywhere, so for root the server runs as nobody.
    if geteuid().is_root() {
        /// `nobody`, on every Linux.
        const NOBODY: u32 = 65_534;
        std::os::unix::fs::chown(&data_folder, Some(NOBODY), Some(NOBODY)).expect("given");
        command.uid(NOBODY).gid(NOBODY);
    }
    let running = Running::spawn("http", command).expect("ready");
    let server = Client::at(running.address());
    let file = data::noise(50_000);
    let form = Form::new().file("a.bin", &file);
    let asset = server.upload_to(UPLOAD, &[], &form).await.asset();
    let places = ["incoming", "assets", "partial", "uploads"].map(|name| data_folder.join(name));
    let allow = |mode: u32| {
        for place in &places {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(place, mode).expect("changed");
        }
    };
    allow(0o500);
    let refused = server.upload_to(UPLOAD, &[], &form).await;
    assert_eq!(refused.status, 500);
    let message = "The storage can't be used at the moment. Try again later.";
    assert_eq!(refused.error(), message);
    let sender = Sender {
        id: "abc",
        file: &file,
    };
    let refused = sender.known(&server, 0, file.len()).await;
    assert_eq!((refused.status, refused.error().as_str()), (500, message));
    let delivered = server.fetch(&asset["url"]).await;
    assert_eq!(data::sha256(&delivered.body), data::sha256(&file));
    allow(0o700);
    sender.known(&server, 0, file.len()).await.asset();
}

/// A file system in memory, until this is dropped.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    /// Nothing where the system doesn't let us.
    fn tmpfs(path: &'a Path, size: &str) -> Option<Self> {
        let options = format!("size={size},mode=0777");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(path);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(path))
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        // The server may still be ending.
        let _ = Command::new("umount").arg("--lazy").arg(self.0).output();
    }
}
