//! Names as people write them: in camelCase or snake_case, and with slips.

/// More slips than this make another name.
const SLIPS_MAX: usize = 2;

/// Whether two spellings mean the same name: `maxFiles`, `max_files`.
pub(crate) fn same(a: &str, b: &str) -> bool {
    plain(a).eq(plain(b))
}

/// Whether a name begins or ends like one of these: only then is it worth a longer look.
pub(super) fn is_like<'a>(name: &'a str, mut known: impl Iterator<Item = &'a str>) -> bool {
    let start = |name: &'a str| name.as_bytes().first_chunk::<3>();
    let end = |name: &'a str| name.as_bytes().last_chunk::<3>();
    known.any(|known| start(known) == start(name) || end(known) == end(name))
}

/// The known name that was most likely meant, if one is close.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let slips = distance(name, candidate);
        // In a short name two slips are half of it: then another name was meant.
        let close = slips <= SLIPS_MAX && slips * 3 <= candidate.len();
        if close && best.is_none_or(|(least, _)| slips < least) {
            best = Some((slips, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn plain(name: &str) -> impl Iterator<Item = u8> {
    name.bytes()
        .filter(|byte| *byte != b'_')
        .map(|byte| byte.to_ascii_lowercase())
}

/// How many letters must be added, dropped, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<u8>, Vec<u8>) = (plain(a).collect(), plain(b).collect());
    if a.len().abs_diff(b.len()) > SLIPS_MAX {
        return SLIPS_MAX + 1;
    }
    // The last three lines of the usual table; the one before last is needed for swaps.
    let mut older = vec![0; b.len() + 1];
    let mut old: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut new = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let change = old[j] + usize::from(a[i] != b[j]);
            new[j + 1] = change.min(old[j + 1] + 1).min(new[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                new[j + 1] = new[j + 1].min(older[j - 1] + 1);
            }
        }
        older = old;
        old = new;
    }
    old[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_mean_the_same_name() {
        assert!(same("max_files", "maxFiles"));
        assert!(same("MAXFILES", "maxFiles"));
        assert!(!same("maxFile", "maxFiles"));
    }

    #[test]
    fn a_slip_leaves_the_beginning_or_the_end_as_it_was() {
        let like = |name| is_like(name, ["clientAllowedFormats", "tags"].into_iter());
        assert!(like("client_alowed_format") && like("klientAllowedFormats") && like("tagz"));
        assert!(!like("onUpload") && !like("x") && !like(""));
    }

    #[test]
    fn slips_are_counted() {
        assert_eq!(distance("maxFlies", "maxFiles"), 1);
        assert_eq!(distance("tag", "tags"), 1);
        assert_eq!(distance("colour", "color"), 1);
        assert_eq!(distance("", "ab"), 2);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn only_a_close_name_is_suggested() {
        let known = ["tags", "folder", "maxFiles"];
        let meant = |name| nearest(name, known.into_iter());
        assert_eq!(meant("foldr"), Some("folder"));
        assert_eq!(meant("max_file"), Some("maxFiles"));
        assert_eq!(meant("tag"), Some("tags"));
        assert_eq!(meant("text"), None);
        assert_eq!(meant("eager"), None);
    }
}
