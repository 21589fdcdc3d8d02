//! Texts and short lists without the standard library's searcher and sort, whose tables and
//! algorithms would add 10 KB to the wasm file for names and addresses of a line.

/// Where `part` first stands in `text`, in bytes. `part` may not be empty.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes()
        .windows(part.len())
        .position(|bytes| bytes == part.as_bytes())
}

/// Sorts a short list: the standard library's sort, made for long ones, would add 3 KB.
pub(crate) fn sort<T: Ord>(list: &mut [T]) {
    for end in 1..list.len() {
        for at in (1..=end).rev() {
            if list[at - 1] <= list[at] {
                break;
            }
            list.swap(at - 1, at);
        }
    }
}

/// 128 bits from 32 hexadecimal digits.
pub(crate) fn bits(text: &str) -> Option<[u64; 2]> {
    let (high, low) = text.split_at_checked(16)?;
    let half = |digits: &str| {
        let all = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u64::from_str_radix(digits, 16).ok().filter(|_| all)
    };
    Some([half(high)?, half(low)?])
}

/// Whether a text is so many hexadecimal digits.
pub(crate) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{bits, find, is_hex, sort};

    #[test]
    fn lists_are_sorted() {
        for list in [vec![], vec![1], vec![2, 1], vec![3, 1, 2, 1, 0, 3]] {
            let (mut ours, mut theirs) = (list.clone(), list);
            sort(&mut ours);
            theirs.sort_unstable();
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn digits_are_bits_and_nothing_else_is() {
        let text = "000000000000000a00000000000000FF";
        assert_eq!(bits(text), Some([10, 255]));
        assert!(is_hex(text, 32) && !is_hex(text, 40) && !is_hex("g", 1));
        for bad in ["", "a", &text[1..], "+00000000000000a00000000000000ff", "é"] {
            assert_eq!(bits(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_first_place_is_found() {
        assert_eq!(find("a/upload/b/upload/", "/upload/"), Some(1));
        assert_eq!(find("upload", "/upload/"), None);
        assert_eq!(find("é/upload/", "/upload/"), Some(2));
    }
}
