//! What a batch ordered, in words that give nothing away: ids, sizes and codes. A digest of them
//! tells whether a replay went the same way.

use crate::batch::Batch;
use crate::command::{Command, Question, Via};
use crate::notice::Notice;
use crate::protocol::range::Range;
use crate::units::ItemId;

/// A digest of the orders from the given one on, of what stands how, and of when the batch wants
/// to be woken. FNV-1a: it has no enemies, it is only short.
pub(super) fn digest(batch: &Batch, from: usize) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut add = |text: &str| {
        for byte in text.bytes().chain([b'\n']) {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    };
    for command in batch.orders().skip(from) {
        add(&words(command));
    }
    let summary = batch.summary();
    for count in [
        summary.total,
        summary.active,
        summary.done,
        summary.failed,
        summary.cancelled,
        summary.refused,
        summary.paused,
        summary.reviewing,
        summary.left_out,
    ] {
        add(&count.to_string());
    }
    let rest = batch.deadline().map(|at| at.since(batch.now()));
    add(&rest.map_or_else(String::new, |ms| ms.to_string()));
    hash
}

/// An order in words.
pub(super) fn words(command: &Command) -> String {
    match command {
        Command::Send(send) => {
            let via = match send.via {
                Via::Fetch => "fetch",
                Via::Xhr => "xhr",
            };
            let mut words = line("send", &[send.request.0, send.item.0]);
            words.push_str(&range(send.range, send.size));
            for part in [" by ", via, ", "] {
                words.push_str(part);
            }
            words.push_str(&send.fields.len().to_string());
            words.push_str(" fields");
            words
        }
        Command::Query { request, .. } => line("query", &[request.0]),
        Command::Abort(request) => line("abort", &[request.0]),
        Command::Ask(ask) => {
            let what = match ask.question {
                Question::Prepare => "ask prepareUploadParams",
                Question::Sign => "ask uploadSignature",
                Question::SignAt(_) => "ask the signing address",
            };
            line(what, &[ask.ask.0, ask.item.0])
        }
        Command::Dismiss(ask) => line("dismiss", &[ask.0]),
        Command::Vet { ask, items } => {
            let mut words = line("vet", &[ask.0]);
            words.push_str(&list(items));
            words
        }
        Command::Recall { item, .. } => line("recall", &[item.0]),
        Command::Remember { item, .. } => line("remember", &[item.0]),
        Command::Forget(item) => line("forget", &[item.0]),
        Command::Yield(item) => line("yield", &[item.0]),
        Command::Digest(item) => line("digest", &[item.0]),
        Command::Probe(item) => line("probe", &[item.0]),
        Command::Remake(recipe) => {
            let what = match (recipe.strip, recipe.draw) {
                (true, true) => "strip and remake",
                (true, false) => "strip",
                _ => "remake",
            };
            line(what, &[recipe.item.0])
        }
        Command::Release(item) => line("release", &[item.0]),
        Command::Notify(notice) => notified(notice),
    }
}

fn notified(notice: &Notice) -> String {
    let one = |name: &str, item: &ItemId| line(name, &[item.0]);
    let coded = |name: &str, item: &ItemId, code: &str| {
        let mut words = line(name, &[item.0]);
        words.push(' ');
        words.push_str(code);
        words
    };
    let several = |name: &str, items: &[ItemId]| {
        let mut words = name.to_owned();
        words.push_str(&list(items));
        words
    };
    match notice {
        Notice::UploadAdded { item, .. } => one("tell upload-added", item),
        Notice::QueuesStart => "tell queues-start".to_owned(),
        Notice::Success { item, .. } => one("tell success", item),
        Notice::Failed { item, fault } => {
            let mut words = coded("tell error", item, fault.code());
            words.push_str(" status ");
            words.push_str(&fault.status.to_string());
            words
        }
        Notice::Refused { item, refusal } => coded("tell error", item, refusal.code()),
        Notice::QueuesEnd { files } => {
            let items: Vec<ItemId> = files.iter().map(|(item, _)| *item).collect();
            several("tell queues-end", &items)
        }
        Notice::Abort { items, .. } => several("tell abort", items),
        Notice::Retry { items, .. } => several("tell retry", items),
        Notice::MaxExceeded => "tell batch-cancelled, no room".to_owned(),
        Notice::InvalidPublicId => "tell batch-cancelled, public ID".to_owned(),
        Notice::CancelledByPage => "tell batch-cancelled, by page".to_owned(),
        Notice::PublicIdEdited { .. } => "tell publicid".to_owned(),
        Notice::TagsEdited { .. } => "tell tags".to_owned(),
    }
}

fn line(what: &str, numbers: &[u32]) -> String {
    let mut words = what.to_owned();
    for number in numbers {
        words.push(' ');
        words.push_str(&number.to_string());
    }
    words
}

fn list(items: &[ItemId]) -> String {
    let mut words = String::new();
    for item in items {
        words.push(' ');
        words.push_str(&item.0.to_string());
    }
    words
}

fn range(range: Option<Range>, size: u64) -> String {
    let mut words = String::from(" bytes ");
    if let Some(range) = range {
        words.push_str(&range.start.to_string());
        words.push('-');
        words.push_str(&range.end.to_string());
        words.push_str(" of ");
    }
    words.push_str(&size.to_string());
    words
}
