//! What is kept of an upload in chunks, so that it goes on after the page was left: as one line of
//! text, for a browser's storage. Whatever else stands there is no memory. Stores nothing itself.

use crate::protocol::range::Range;
use crate::protocol::request;
use crate::text;

/// The first word: another form of the text gets another one.
const FORM: &str = "1";

/// Servers keep unfinished uploads for a day.
pub(crate) const KEPT_S: u64 = 24 * 60 * 60;

/// Longer lists of runs are not written: the file is sent anew instead. Chunks that go in parallel
/// leave few gaps.
const RUNS_MAX: usize = 64;

/// How far an upload was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    pub upload_id: [u64; 2],
    /// Bytes of every chunk but the last.
    pub chunk: u64,
    /// The server can be asked how far it is.
    pub has_status: bool,
    /// What the server has, as starts and ends.
    pub held: Vec<(u64, u64)>,
}

impl Memory {
    /// As a text for [`read`].
    pub fn text(&self) -> String {
        let mut text = String::from(FORM);
        text.push(' ');
        text.push_str(&request::upload_id(self.upload_id));
        text.push(' ');
        text.push_str(&self.chunk.to_string());
        text.push_str(if self.has_status { " 1" } else { " 0" });
        for (start, end) in self.held.iter().take(RUNS_MAX) {
            text.push(' ');
            text.push_str(&start.to_string());
            text.push('-');
            text.push_str(&end.to_string());
        }
        text
    }
}

/// Reads what was kept of a file of `total` bytes.
pub(crate) fn read(text: &str, total: u64) -> Option<Memory> {
    let mut words = text.split(' ');
    if words.next() != Some(FORM) {
        return None;
    }
    let upload_id = text::bits(words.next()?)?;
    let chunk: u64 = words.next()?.parse().ok().filter(|chunk| *chunk > 0)?;
    let has_status = match words.next()? {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    let mut held = Vec::new();
    for word in words {
        let (start, end) = word.split_once('-')?;
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        let run = Range { start, end, total };
        if !is_run(run, chunk) || held.len() >= RUNS_MAX {
            return None;
        }
        held.push((start, end));
    }
    Some(Memory {
        upload_id,
        chunk,
        has_status,
        held,
    })
}

/// Whether chunks add up to it.
const fn is_run(run: Range, chunk: u64) -> bool {
    let ends_well = run.end.is_multiple_of(chunk) || run.end == run.total;
    run.start < run.end && run.end <= run.total && run.start.is_multiple_of(chunk) && ends_well
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let memory = Memory {
            upload_id: [0xabc, u64::MAX],
            chunk: 10,
            has_status: true,
            held: vec![(0, 20), (30, 40), (90, 95)],
        };
        let text = memory.text();
        assert_eq!(
            text,
            "1 0000000000000abcffffffffffffffff 10 1 0-20 30-40 90-95"
        );
        assert_eq!(read(&text, 95), Some(memory));
    }

    #[test]
    fn anything_else_is_no_memory() {
        let id = "0000000000000abcffffffffffffffff";
        let good = format!("1 {id} 10 0 0-20");
        assert!(read(&good, 95).is_some());
        let bad = [
            String::new(),
            "null".to_owned(),
            format!("2 {id} 10 0 0-20"),
            format!("1 {id} 0 0"),
            format!("1 {id} 10"),
            format!("1 {id} 10 2"),
            format!("1 {id}0 10 0"),
            "1 zz 10 0".to_owned(),
            format!("1 {id} 10 0 5-20"),
            format!("1 {id} 10 0 0-15"),
            format!("1 {id} 10 0 20-20"),
            format!("1 {id} 10 0 20-10"),
            format!("1 {id} 10 0 0-100"),
            format!("1 {id} 10 0 0"),
            format!("1 {id} 10 0 0-20 "),
            format!("{good}{}", " 0-10".repeat(RUNS_MAX)),
        ];
        for text in bad {
            assert_eq!(read(&text, 95), None, "{text}");
        }
    }
}
