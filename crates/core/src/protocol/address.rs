//! Addresses that a server can fetch a file from, in place of its bytes: which there are, and what
//! to call the file. Fetches nothing.

use crate::text::find;

/// How the addresses begin that the Upload API takes.
const SCHEMES: [&str; 6] = ["https://", "http://", "ftp://", "s3://", "gs://", "data:"];

/// Longer addresses than this are data, and only `data:` may be that.
const LENGTH_MAX: usize = 8 * 1024;

/// A data URI goes along with the request as text, which no chunks can cut up.
const DATA_MAX: usize = 60_000_000;

/// What a file is called that has no name of its own.
const NAMELESS: &str = "file";

/// Says what is wrong with an address, as the end of a sentence that begins with it.
pub fn check(address: &str) -> Result<(), &'static str> {
    let known = SCHEMES.iter().find(|scheme| begins(address, scheme));
    let Some(scheme) = known else {
        return Err("must begin with https://, http://, ftp://, s3://, gs:// or data:");
    };
    let is_data = *scheme == "data:";
    if is_data && find(address.get(..120).unwrap_or(address), ";base64,").is_none() {
        return Err("must have ;base64, before its data");
    }
    if address.len() > if is_data { DATA_MAX } else { LENGTH_MAX } {
        return Err("is too long");
    }
    if address.len() == scheme.len() {
        return Err("names nothing");
    }
    if address.contains(|letter: char| letter.is_ascii_whitespace() || letter.is_ascii_control()) {
        return Err("may not hold blanks");
    }
    Ok(())
}

/// What a person sees the file called: the end of its path.
pub fn name(address: &str) -> &str {
    if begins(address, "data:") {
        return NAMELESS;
    }
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let path = address.get(..end).unwrap_or_default();
    let (_, rest) = path.split_once("://").unwrap_or_default();
    let name = rest.trim_end_matches('/').rsplit_once('/');
    name.map_or(NAMELESS, |(_, name)| name)
}

/// The media type that a data URI says it has; empty for all others.
pub fn media_type(address: &str) -> &str {
    if !begins(address, "data:") {
        return "";
    }
    let rest = address.get("data:".len()..).unwrap_or_default();
    rest.split([';', ',']).next().unwrap_or_default()
}

fn begins(address: &str, scheme: &str) -> bool {
    address
        .get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_servers_can_fetch_are_taken_and_others_are_not() {
        for good in [
            "https://x.test/dog.jpg",
            "HTTP://x.test",
            "ftp://user:password@x.test/dog.jpg",
            "s3://bucket/dog.jpg",
            "gs://bucket/dog.jpg",
            "data:image/png;base64,iVBO",
            "data:;base64,iVBO",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let long = format!("https://x.test/{}", "a".repeat(LENGTH_MAX));
        for bad in [
            "",
            "dog.jpg",
            "//x.test/dog.jpg",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "blob:https://x.test/1",
            "https://",
            "https://x.test/a b",
            "https://x.test/a\nb",
            "data:text/html,<p>",
            &long,
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_is_called_by_the_end_of_its_path() {
        for (address, expected) in [
            ("https://x.test/a/dog.jpg?size=1#top", "dog.jpg"),
            ("https://x.test/a/", "a"),
            ("https://x.test", "file"),
            ("s3://bucket/a/dog.jpg", "dog.jpg"),
            ("data:image/png;base64,iVBO/a.png", "file"),
        ] {
            assert_eq!(name(address), expected, "{address}");
        }
    }

    #[test]
    fn only_data_tells_its_type() {
        assert_eq!(media_type("data:image/png;base64,iVBO"), "image/png");
        assert_eq!(media_type("data:;base64,iVBO"), "");
        assert_eq!(media_type("https://x.test/dog.png"), "");
    }
}
