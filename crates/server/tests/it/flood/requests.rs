//! One malformed request out of a seed and a number: a good one of any kind, in which some words
//! are exchanged for bad ones, and some bytes are damaged.

use plimsoll_server::signing::{self, Algorithm};

use crate::client::now;
use crate::data;

/// Numbers by chance, the same for the same seed.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64, index: u64) -> Self {
        // Mixed well, as neighbours must have nothing in common.
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index;
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((state ^ (state >> 31)) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from((self.next() >> 11) % end.max(1) as u64).expect("small")
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// What may be expected of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It knows where the request ends, so it must answer.
    Whole,
    /// The head or its length is damaged: it may answer, or end the connection.
    Doubtful,
    /// The client is gone before the end.
    Cut,
}

/// A request as bytes.
pub struct Request {
    pub bytes: Vec<u8>,
    pub way: Way,
}

const VALUES: [&str; 40] = [
    "",
    "a",
    "unsigned",
    "signed",
    "images",
    "nope",
    "../x",
    "a/b",
    "a//b",
    "v1/a",
    "é",
    "\u{202e}a",
    "a\0b",
    "a\r\nX-Evil: 1",
    "a&b=c",
    "a%26b",
    "%00",
    "1",
    "0",
    "true",
    "-1",
    "99999999999999999999",
    "k=v|l=w",
    "k=\\|=|",
    "1,2,3,4",
    "1,2,3,4|5,6,7,8",
    "w_100,c_fill",
    "c_thumb,g_face/r_max",
    "png",
    "exe,png",
    "private",
    "authenticated",
    "http://127.0.0.1/x",
    "file:///etc/passwd",
    "data:;base64,YQ==",
    "data:image/png;base64,iVBORw0KGgo=",
    "{}",
    "[",
    "manual",
    "<script>",
];
const NAMES: [&str; 43] = [
    "upload_preset",
    "public_id",
    "folder",
    "asset_folder",
    "tags",
    "tags[]",
    "context",
    "metadata",
    "face_coordinates",
    "custom_coordinates",
    "source",
    "filename_override",
    "public_id_prefix",
    "regions",
    "callback",
    "type",
    "overwrite",
    "use_filename",
    "unique_filename",
    "display_name",
    "allowed_formats",
    "moderation",
    "return_delete_token",
    "eager",
    "transformation",
    "format",
    "async",
    "eager_async",
    "access_mode",
    "batch_id",
    "notification_url",
    "timestamp",
    "api_key",
    "signature",
    "file",
    "token",
    "resource_type",
    "invalidate",
    "x_unique_upload_id",
    "clear_invalid",
    "__proto__",
    "a[b]",
    "next_cursor",
];
/// Presets that take uploads of anybody; the first one most often.
const PRESETS: [&str; 6] = [
    "unsigned", "unsigned", "unsigned", "tight", "later", "closed",
];
const RANGES: [&str; 14] = [
    "bytes 0-99/200",
    "bytes 100-199/200",
    "bytes 0-99/*",
    "bytes 100-199/-1",
    "bytes 0-199/200",
    "bytes 100-149/150",
    "bytes 5-4/9",
    "bytes 0-99/99",
    "bytes 0--1/0",
    "bytes */9",
    "bytes 0-/9",
    "bytes 0-18446744073709551615/*",
    "bytes 100-99999/100000",
    "x",
];
const TARGETS: [&str; 26] = [
    "/v1_1/demo/auto/upload",
    "/v1_1/demo/raw/upload",
    "/v1_1/demo/image/upload",
    "/v1_1/demo/video/upload",
    "/v1_1/demo/upload",
    "/v1_1/nobody/auto/upload",
    "/v1_1/demo/x/upload",
    "/v1_1/demo/delete_by_token",
    "/v1_1/demo/image/destroy",
    "/v1_1/demo/raw/explicit",
    "/v1_1/demo/sign",
    "/v1_1/demo/upload_status/u1?upload_preset=unsigned",
    "/v1_1/demo/resources/image",
    "/v1_1/demo/resources/raw/upload?max_results=2&next_cursor=x",
    "/demo/image/upload/a.png",
    "/demo/image/upload/w_9,h_9,c_fill/a.jpg",
    "/demo/image/upload/c_thumb,g_face,w_2/r_max/f_auto,q_auto/v1/a",
    "/demo/raw/upload/a",
    "/demo/image/private/s--abcdefgh--/a.png",
    "/demo/video/upload/a.mp4",
    "/healthz",
    "/",
    "/../x",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/demo/image/upload/w_99999,h_99999,c_pad/a.gif",
    "*",
];
const HEADERS: [&str; 24] = [
    "Range: bytes=0-9",
    "Range: bytes=9-1",
    "Range: bytes=0-0,2-3",
    "If-None-Match: *",
    "If-Range: \"x\"",
    "Accept: image/avif,image/webp",
    "Origin: null",
    "Origin: https://evil.example",
    "Authorization: Basic a2V5OmFiY2Q=",
    "Authorization: Basic eA==",
    "X-Forwarded-For: 1.2.3.4",
    "X-Forwarded-Host: evil.example",
    "X-Unique-Upload-Id: u1",
    "X-Unique-Upload-Id: u2",
    "X-Unique-Upload-Id: ",
    "X-Upload-Part-Number: 1\r\nX-Upload-Total-Parts: 2",
    "X-Upload-Part-Number: 0",
    "X-Requested-With: XMLHttpRequest",
    "Expect: 100-continue",
    "Cookie: a=b",
    "Content-Encoding: gzip",
    "Access-Control-Request-Method: POST",
    "Access-Control-Request-Headers: x",
    "X-Y: \u{e9}",
];
const METHODS: [&str; 8] = [
    "POST", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "BREW",
];

impl Request {
    /// The request with this number.
    pub fn new(chance: &mut Chance) -> Self {
        let is_read = chance.once_in(5);
        let (kind, mut body) = if is_read {
            ("text/plain", Vec::new())
        } else {
            form(chance)
        };
        if !body.is_empty() && !chance.once_in(3) {
            damage(&mut body, chance);
        }
        let mut target = TARGETS[chance.below(if is_read { 26 } else { 11 })].to_owned();
        if chance.once_in(12) {
            target = format!(
                "{target}{}",
                chance.of(&["?a=%ff", "/", "%", "%00", "//x", "?", ";a"])
            );
        }
        let usual = if is_read { "GET" } else { "POST" };
        let method = if chance.once_in(20) {
            chance.of(&METHODS)
        } else {
            usual
        };
        let mut lines = vec![format!("{method} {target} HTTP/1.1"), "Host: x".to_owned()];
        for _ in 0..chance.below(4) / 2 {
            lines.push(chance.of(&HEADERS).to_owned());
        }
        if !is_read && chance.once_in(4) {
            lines.push(format!("Content-Range: {}", chance.of(&RANGES)));
            lines.push(format!("X-Unique-Upload-Id: u{}", chance.below(50)));
        }
        if !is_read && chance.once_in(8) {
            let (number, total) = (chance.below(5), 1 + chance.below(4));
            lines.push(format!("X-Upload-Part-Number: {number}"));
            lines.push(format!("X-Upload-Total-Parts: {total}"));
            lines.push(format!("X-Unique-Upload-Id: p{}", chance.below(50)));
        }
        lines.push(format!("Content-Type: {kind}"));
        // The answer to HEAD has no body, whatever its length says.
        let is_head = method == "HEAD" || lines.iter().any(|line| line.starts_with("Expect"));
        let way = if is_head { Way::Doubtful } else { Way::Whole };
        Self::framed(&lines, &body, way, chance)
    }

    /// With the length of its body, or another.
    fn framed(lines: &[String], body: &[u8], mut way: Way, chance: &mut Chance) -> Self {
        let mut head = lines.join("\r\n");
        let mut tail = body.to_vec();
        match chance.below(30) {
            0 => {
                way = Way::Doubtful;
                let wrong = chance.below(2 * body.len() + 9);
                head.push_str(&format!("\r\nContent-Length: {wrong}"));
            }
            1 => {
                way = Way::Doubtful;
                let lengths = chance.of(&["-1", "x", "99999999999999999999", "1, 2", "", "0x9"]);
                head.push_str(&format!("\r\nContent-Length: {lengths}"));
            }
            2..=5 => {
                head.push_str("\r\nTransfer-Encoding: chunked");
                let size = 1 + chance.below(body.len() + 1);
                let chunks = body.chunks(size);
                tail = chunks
                    .flat_map(|c| [format!("{:x}\r\n", c.len()).as_bytes(), c, b"\r\n"].concat())
                    .collect();
                tail.extend_from_slice(b"0\r\n\r\n");
                if chance.once_in(4) {
                    way = Way::Doubtful;
                    damage(&mut tail, chance);
                }
            }
            _ => head.push_str(&format!("\r\nContent-Length: {}", body.len())),
        }
        head.push_str("\r\n\r\n");
        let mut head = head.into_bytes();
        if chance.once_in(12) {
            way = Way::Doubtful;
            damage(&mut head, chance);
        }
        let mut bytes = [head, tail].concat();
        if chance.once_in(25) {
            way = Way::Cut;
            bytes.truncate(chance.below(bytes.len()));
        }
        Self { bytes, way }
    }
}

/// Some fields, mostly with what an upload needs.
fn fields(chance: &mut Chance) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let count = if chance.once_in(3) {
        chance.below(5)
    } else {
        0
    };
    for _ in 0..count {
        let name = chance.of(&NAMES).to_owned();
        fields.push((name, chance.of(&VALUES).to_owned()));
    }
    if chance.once_in(3) {
        fields.push(("timestamp".to_owned(), now().to_string()));
        let signed = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let signed = signed.filter(|(name, _)| signing::is_signed(name));
        let signature = signing::sign(signed.collect::<Vec<_>>(), "abcd", Algorithm::Sha1);
        fields.push(("api_key".to_owned(), "key".to_owned()));
        fields.push(("signature".to_owned(), signature));
    } else if !chance.once_in(8) {
        let preset = chance.of(&PRESETS).to_owned();
        fields.push(("upload_preset".to_owned(), preset));
    }
    fields
}

/// A body and its media type.
fn form(chance: &mut Chance) -> (&'static str, Vec<u8>) {
    let fields = fields(chance);
    match chance.below(12) {
        0 => {
            let pairs = fields.iter().map(|(name, value)| format!("{name}={value}"));
            let text = pairs.collect::<Vec<_>>().join("&");
            ("application/x-www-form-urlencoded", text.into_bytes())
        }
        1 => {
            let map: serde_json::Map<String, serde_json::Value> = fields
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect();
            let map = serde_json::Value::from(map);
            let nested = serde_json::json!({ "paramsToSign": map });
            let body = if chance.once_in(3) { nested } else { map };
            ("application/json", body.to_string().into_bytes())
        }
        2 => (
            chance.of(&[
                "multipart/form-data",
                "text/html",
                "",
                "multipart/mixed; boundary=b",
            ]),
            file(chance),
        ),
        _ => {
            let mut body = Vec::new();
            for (name, value) in fields {
                let head =
                    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
                body.extend_from_slice(&[head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
            }
            let name = chance.of(&["a.png", "", "../a", "a\\b", "é.svg", "a.html", "x\u{0}y"]);
            let head = format!(
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
            );
            body.extend_from_slice(&[head.as_bytes(), &file(chance), b"\r\n--b--\r\n"].concat());
            ("multipart/form-data; boundary=b", body)
        }
    }
}

/// A file: small, because what is large is shown elsewhere.
fn file(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = match chance.below(8) {
        0 => data::png(9, 7),
        1 => data::bomb(60_000, 60_000),
        2 => data::mp4_with_size(64, 48),
        3 => b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
            .to_vec(),
        4 => b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".to_vec(),
        5 => data::noise(100),
        6 => data::noise(chance.below(400)),
        _ => Vec::new(),
    };
    if chance.once_in(4) {
        damage(&mut bytes, chance);
    }
    bytes
}

/// Changes a few bytes.
fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + chance.below(12)).min(bytes.len());
        match chance.below(6) {
            0 => bytes.insert(at, chance.next().to_le_bytes()[0]),
            1 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy.repeat(1 + chance.below(60)));
            }
            4 => {
                let word = chance.of(&[
                    "\r\n", "--b", "--b--", "\"", ";", "%", "\0", ":", "é", "\r\n\r\n",
                ]);
                bytes.splice(at..at, word.bytes());
            }
            _ => bytes.truncate(at),
        }
    }
}
