//! Targets that read a text: headers, addresses, parameters, settings, lines of the log.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Component, Path};

use axum::http::{HeaderMap, HeaderValue, header};
use plimsoll_core::protocol::public_id as rules;
use plimsoll_core::protocol::signing::{self, Algorithm, Ambiguity, Version};

use super::{Outcome, outcome};
use crate::config::Config;
use crate::delivery::{Regions, Steps, plan, range as bytes};
use crate::net::{Client, Peer, Scheme};
use crate::upload::range::{self, ContentRange};
use crate::{doubts, limits, log, names, show, store};

/// `Content-Range`: exactly what the grammar has is taken, and it says what stands there.
pub fn content_range(data: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(data);
    let parsed = range::parse(&text);
    let expected = by_grammar(&text);
    match (&parsed, &expected) {
        (None, None) => {}
        (Some(ContentRange::Empty), Some(None)) => {}
        (Some(ContentRange::Chunk(chunk)), Some(Some((start, end, total)))) => {
            assert_eq!((&chunk.span(), &chunk.total()), (&(*start..*end), total));
        }
        other => panic!("{other:?} of {text:?}"),
    }
    let total = expected.map(|chunk| chunk.map(|(start, _, total)| (start > 0, total.is_some())));
    outcome(&(
        total,
        text.len() / 16,
        text.contains('-'),
        text.contains('/'),
    ))
}

/// The same header read another way: letter by letter, in numbers that can't overflow.
fn by_grammar(text: &str) -> Option<Option<(u64, u64, Option<u64>)>> {
    let text = text.trim();
    let (unit, rest) = (text.get(..6)?, text.get(6..)?);
    if !unit.eq_ignore_ascii_case("bytes ") {
        return None;
    }
    if rest == "0--1/0" {
        return Some(None);
    }
    let mut letters = rest.chars().peekable();
    let mut number = |end: Option<char>| {
        let mut value: u128 = 0;
        let mut digits = 0;
        for letter in letters.by_ref() {
            if Some(letter) == end {
                return (digits > 0).then_some(value);
            }
            value = (value * 10 + u128::from(letter.to_digit(10)?)).min(1 << 100);
            digits += 1;
        }
        (digits > 0 && end.is_none()).then_some(value)
    };
    let (start, last) = (number(Some('-'))?, number(Some('/'))?);
    let behind = rest.split_once('/').map(|(_, total)| total)?;
    let total = match behind {
        "*" | "-1" => None,
        _ => Some(number(None)?),
    };
    let end = last + 1;
    let fits = start < end && total.is_none_or(|total| end <= total);
    let small = |value: u128| u64::try_from(value).ok();
    let whole = match total {
        None => None,
        Some(total) => Some(small(total)?),
    };
    if !fits {
        return None;
    }
    Some(Some((small(start)?, small(end)?, whole)))
}

/// `Range` of deliveries: what is sent lies in the file.
pub fn byte_range(data: &[u8]) -> Outcome {
    let (size, text) = data.split_at(data.len().min(2));
    let size = size
        .iter()
        .fold(0, |sum, byte| sum * 256 + u64::from(*byte));
    let Ok(value) = HeaderValue::from_bytes(text) else {
        return 0;
    };
    let headers = HeaderMap::from_iter([(header::RANGE, value)]);
    let wanted = bytes::wanted(&headers, "\"e\"", size);
    if let bytes::Wanted::Part { start, length } = wanted {
        assert!(
            length > 0 && start + length <= size,
            "{start} {length} of {size}"
        );
    }
    let is_part = matches!(wanted, bytes::Wanted::Part { .. });
    outcome(&(is_part, wanted == bytes::Wanted::Whole, text.len() / 8))
}

/// Transformations: whatever is asked for, what comes of it fits the picture and the limits.
pub fn transformation(data: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(data);
    let segments: Vec<String> = text.split('/').map(str::to_owned).collect();
    for segment in &segments {
        Steps::looks_like_one(segment);
    }
    let Ok(steps) = Steps::parse(&segments) else {
        return 0;
    };
    assert_eq!(Steps::parse(&segments).as_ref(), Ok(&steps));
    let regions = Regions::read(Some("10,10,300,200|0,0,1,1"), Some("5,5,40,40"));
    let mut shapes = Vec::new();
    for (width, height) in [(1, 1), (3, 4000), (640, 480), (8_000, 6_000), (u32::MAX, 1)] {
        for step in steps.iter() {
            let Some(plan) = plan(step, width, height, &regions) else {
                continue;
            };
            let cut = plan.cut;
            let inside = cut.x >= 0.0
                && cut.y >= 0.0
                && cut.x + cut.width <= f64::from(width) + 0.01
                && cut.y + cut.height <= f64::from(height) + 0.01;
            assert!(inside, "{plan:?} of {width} x {height} by {text:?}");
            assert!(plan.width > 0 && plan.height > 0, "{plan:?} by {text:?}");
            let most = limits::SIDE_PIXELS_MAX.max(width).max(height);
            let sides = plan
                .canvas
                .map_or((plan.width, plan.height), |c| (c.width, c.height));
            assert!(sides.0.max(sides.1) <= most, "{plan:?} by {text:?}");
            shapes.push((plan.canvas.is_some(), plan.width > plan.height));
        }
    }
    let asked = format!("{steps:?}").replace(|c: char| c.is_ascii_digit(), "");
    outcome(&(asked, shapes))
}

/// Public IDs and file names: what is taken can be no way out of a folder, on any system, and what
/// is cleaned is clean.
pub fn public_id(data: &[u8]) -> Outcome {
    let cleaned = names::clean_file_name(data);
    assert_eq!(names::clean_file_name(cleaned.as_bytes()), cleaned);
    assert!(!cleaned.is_empty() && cleaned.len() <= 255, "{cleaned:?}");
    assert!(
        !cleaned.contains(|c| rules::is_invisible(c) || "/\\".contains(c)),
        "{cleaned:?}"
    );
    let (stem, extension) = names::split_extension(&cleaned);
    assert!(!stem.is_empty());
    assert!(extension.is_none_or(|text| text.bytes().all(|b| b.is_ascii_alphanumeric())));
    let id = String::from_utf8_lossy(data);
    let checked = rules::check(&id);
    if checked.is_ok() {
        let windows = id.replace('\\', "/");
        for path in [&*id, &*windows] {
            let stays = |part| matches!(part, Component::Normal(_));
            assert!(Path::new(path).components().all(stays), "{path:?}");
        }
        assert!(!id.contains(|c: char| c.is_control()) && id.chars().count() <= 255);
        let url = names::in_url(&id);
        assert!(
            url.is_ascii() && !url.contains(['?', '#', ' ', '"', '<', '\\']),
            "{url}"
        );
        let back = percent_encoding::percent_decode_str(&url).decode_utf8();
        assert_eq!(back.ok().as_deref(), Some(&*id));
        let key = store::hash(&["cloud", "image", "upload", &id]);
        assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    outcome(&(
        checked,
        cleaned.len() / 64,
        names::split_extension(&cleaned).1,
    ))
}

/// Strings to sign: two different sets of parameters never sign alike, and a signature holds for
/// what it was made for. `&` and `%26` within a value are the wire's own exception.
pub fn canonical(data: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(data);
    let (one, other) = text.split_once('\u{1}').unwrap_or((&text, ""));
    let [one, other] = [one, other].map(parameters);
    let as_pairs = |map: &BTreeMap<String, String>, version| {
        let pairs = map
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        signing::string_to_sign(pairs, version)
    };
    let [first, second] = [&one, &other].map(|map| as_pairs(map, Version::Two));
    let plain = |map: &BTreeMap<String, String>| -> Vec<(String, String)> {
        let pairs = map.iter().filter(|(_, value)| !value.is_empty());
        pairs
            .map(|(name, value)| (name.clone(), value.replace('&', "%26")))
            .collect()
    };
    assert_eq!(
        first == second,
        plain(&one) == plain(&other),
        "{first:?} {second:?}"
    );
    let pairs = |map| -> Vec<(String, String)> { BTreeMap::into_iter(map).collect() };
    let [one, other] = [one, other].map(pairs);
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256] {
        let signature = signing::sign(borrowed(&one), "abcd", algorithm);
        let holds = |pairs, secret| {
            signing::verify(borrowed(pairs), secret, &signature, Ambiguity::Refused)
        };
        assert!(holds(&one, "abcd"));
        assert!(!holds(&one, "abce"));
        assert_eq!(
            holds(&other, "abcd"),
            first == second,
            "{first:?} {second:?}"
        );
    }
    outcome(&(
        one.len(),
        other.len(),
        first == second,
        first.contains("%26"),
    ))
}

fn borrowed(pairs: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

/// `name=value` lines. Names are those that the server takes: small letters and underscores.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let lines = text.split('\n').take(16);
    let pairs = lines.filter_map(|line| line.split_once('='));
    let named = pairs.filter(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    });
    named
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The configuration: no text breaks its reader, and what is shown of it is the same again.
pub fn config(data: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(data);
    let config = match Config::parse(&text) {
        Ok(config) => config,
        Err(error) => {
            let first = error.to_string().lines().last().unwrap_or_default().len();
            return outcome(&("error", first / 8));
        }
    };
    let shown = show(&config);
    for secret in config.secrets().iter().filter(|secret| secret.len() > 12) {
        assert!(!shown.contains(secret.as_str()), "{shown}");
    }
    let again =
        Config::parse(&format!("{shown}\n[clouds.again]\n")).expect("what is shown is valid");
    assert_eq!(again.limits, config.limits);
    outcome(&(config.clouds.len(), doubts(&config).len(), config.limits))
}

/// Forwarding headers: whatever they say, a stranger stays who it is, and the client of a proxy is
/// one of those who are named, or the proxy.
pub fn forwarded(data: &[u8]) -> Outcome {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(20) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append("x-forwarded-for", value);
        }
    }
    let trusted = ["10.0.0.0/8".parse().expect("a network")];
    let peer = |text: &str| Peer {
        address: SocketAddr::new(text.parse().expect("an address"), 1),
        scheme: Scheme::Http,
    };
    let stranger = Client::of(&peer("192.0.2.1"), &trusted, &headers);
    assert_eq!(stranger.address.to_string(), "192.0.2.1");
    let client = Client::of(&peer("10.0.0.1"), &trusted, &headers);
    let text = String::from_utf8_lossy(data);
    let shown = client.address.to_string();
    // Only plain IPv4 addresses are sure to be written as they are shown; a colon is in all others.
    let named = shown == "10.0.0.1" || text.contains(':') || text.contains(&shown);
    assert!(named, "{shown} of {text:?}");
    outcome(&(client.is_proxy, client.address.is_ipv6()))
}

/// The log: a line stays a line, and a secret stays hidden, in whatever it stands.
pub fn log(data: &[u8]) -> Outcome {
    const SECRET: &str = "c4n4ry-0f-th3-s3cr3t";
    let text = String::from_utf8_lossy(data);
    let texts = [
        text.to_string(),
        format!("{text}{SECRET}"),
        format!("{SECRET}{text}"),
        format!("http://a/b?{text}&x={SECRET}"),
    ];
    let mut lengths = 0;
    for text in texts {
        for line in log::lines_for_tests(&text, SECRET) {
            assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
            assert!(!line.contains(SECRET), "{line:?}");
            lengths += line.len();
        }
    }
    outcome(&(lengths / 16, text.contains('?'), text.contains("token")))
}
