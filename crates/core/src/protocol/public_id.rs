//! The Upload API's rules for public IDs and folders, judged alike by the widget, before anything
//! is sent, and by the server. Nothing here makes IDs.

/// The Upload API's limit, in characters.
const CHARACTERS_MAX: usize = 255;

/// Says what is wrong with a public ID, as the end of a sentence that begins with its name.
pub fn check(id: &str) -> Result<(), &'static str> {
    if id.is_empty() {
        return Err("is empty");
    }
    if id.chars().count() > CHARACTERS_MAX {
        return Err("has more than 255 characters");
    }
    if id.contains(['?', '&', '#', '\\', '%', '<', '>', '+']) {
        return Err("holds one of ? & # \\ % < > +");
    }
    if id.contains(is_invisible) {
        return Err("holds invisible characters");
    }
    let is_edge = |letter: char| letter == '/' || letter.is_whitespace();
    if id.starts_with(is_edge) || id.ends_with(is_edge) {
        return Err("begins or ends with a blank or a slash");
    }
    for element in id.split('/') {
        match element {
            "" => return Err("has an empty folder name"),
            "." | ".." => return Err("has . or .. as a folder name"),
            _ if is_version(element) => return Err("has a part that reads as a version (v1)"),
            _ => {}
        }
    }
    Ok(())
}

/// `v` and digits: the version in a delivery address.
pub fn is_version(element: &str) -> bool {
    element.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Control characters, and those that change the direction or join of what stands around them.
pub fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_ids_follow_the_wire() {
        let longest = "é".repeat(255);
        for good in ["a", "folder/a.b", "שלום/日本語/é", "v1x", "a b", &longest] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let long = "a".repeat(256);
        let edges = ["", " a", "a ", "/a", "a/", "a//b", "a/../b", "..", "."];
        let letters = [
            "a?b", "a&b", "a#b", "a\\b", "a%2e", "a<b", "a>b", "a+b", "a\0b", "a\nb",
        ];
        let others = ["v1/a", "a/v123/b", "v9", "\u{202e}a", &long];
        for bad in edges.iter().chain(&letters).chain(&others) {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
