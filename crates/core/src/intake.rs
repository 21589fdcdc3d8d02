//! Which files a batch takes. Looks at names, sizes and types only; moves nothing.

use crate::error::Refusal;
use crate::event::PickedFile;
use crate::item::{Kind, extension};
use crate::options::Options;
use crate::picture::{self, Head, Size};

/// What becomes of a chosen file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is uploaded.
    Admit,
    /// It is listed with the reason why not.
    Refuse(Refusal),
    /// It is good, but there is no room for it.
    LeaveOut,
}

/// Judges one file, where `room` more can be taken.
pub fn judge(file: &PickedFile, options: &Options, room: u32) -> Verdict {
    if let Some(refusal) = refusal(file, options) {
        Verdict::Refuse(refusal)
    } else if room == 0 {
        Verdict::LeaveOut
    } else {
        Verdict::Admit
    }
}

/// Judges a file by what its head says; `None` where it could not be read, which an upload will
/// tell better.
pub fn judge_head(file: &PickedFile, head: Option<Head>, options: &Options) -> Option<Refusal> {
    let head = head?;
    let format = format_of(file);
    let allowed = &options.client_allowed_formats;
    if !allowed.is_empty() && picture::is_telling(&format) {
        // A picture that was only misnamed is as welcome as it would be under its right name.
        let is_welcome = || {
            let name = ["a.", head.format].concat();
            let kind = Kind::of("", &name);
            head.format == picture::family(&format)
                || allowed
                    .iter()
                    .any(|allowed| covers(allowed, head.format, kind))
        };
        if !is_welcome() {
            return Some(Refusal::Disguised { format });
        }
    }
    let size = head.size?;
    let images = &options.images;
    let least = Size {
        width: images.min_image_width.unwrap_or(0),
        height: images.min_image_height.unwrap_or(0),
    };
    let most = Size {
        width: images.max_image_width.unwrap_or(u32::MAX),
        height: images.max_image_height.unwrap_or(u32::MAX),
    };
    if size.width < least.width || size.height < least.height {
        return Some(Refusal::PictureTooSmall { size, least });
    }
    let large = size.width > most.width || size.height > most.height;
    if images.validate_max_width_height && large {
        return Some(Refusal::PictureTooLarge { size, most });
    }
    None
}

fn refusal(file: &PickedFile, options: &Options) -> Option<Refusal> {
    // The format first: for a file of a wrong kind no other size would do.
    let allowed = &options.client_allowed_formats;
    let format = format_of(file);
    let kind = Kind::of(&file.media_type, &file.name);
    if !allowed.is_empty() && !allowed.iter().any(|allowed| covers(allowed, &format, kind)) {
        return Some(Refusal::FormatNotAllowed {
            format,
            allowed: allowed.join(", "),
        });
    }
    // Nobody knows the size of what a server will fetch.
    if file.address.is_some() {
        return None;
    }
    // A file that vanished before it was read looks empty as well; few servers have use for it.
    if file.size == 0 && !options.allow_empty_files {
        return Some(Refusal::Empty);
    }
    let size = file.size;
    let limit = [options.max_file_size, kind_limit(file, options)];
    match limit.into_iter().flatten().min() {
        Some(limit) if size > limit => Some(Refusal::TooLarge { size, limit }),
        _ => match options.min_file_size {
            Some(limit) if size < limit => Some(Refusal::TooSmall { size, limit }),
            _ => None,
        },
    }
}

/// The limit for files of this one's kind, as the server divides them.
fn kind_limit(file: &PickedFile, options: &Options) -> Option<u64> {
    match Kind::of(&file.media_type, &file.name) {
        Kind::Image => options.max_image_file_size,
        Kind::Video | Kind::Audio => options.max_video_file_size,
        _ => options.max_raw_file_size,
    }
}

/// The extension; for a file without one (a pasted picture) what its media type ends with.
fn format_of(file: &PickedFile) -> String {
    let extension = extension(&file.name);
    if !extension.is_empty() {
        return extension;
    }
    let media_type = file.media_type.to_ascii_lowercase();
    media_type
        .split_once('/')
        .map_or_else(String::new, |(_, format)| format.to_owned())
}

fn covers(allowed: &str, format: &str, kind: Kind) -> bool {
    let group = match allowed {
        "image" | "images" => Some(Kind::Image),
        "video" | "videos" => Some(Kind::Video),
        "audio" => Some(Kind::Audio),
        _ => None,
    };
    match group {
        Some(group) => kind == group,
        None => one_spelling(allowed) == one_spelling(format),
    }
}

/// Extensions that differ only in spelling.
fn one_spelling(format: &str) -> &str {
    match format {
        "jpeg" | "jpe" => "jpg",
        "tiff" => "tif",
        "mpeg" => "mpg",
        "htm" => "html",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::ItemId;

    fn file(name: &str, media_type: &str, size: u64) -> PickedFile {
        let (name, media_type) = (name.to_owned(), media_type.to_owned());
        PickedFile {
            id: ItemId(0),
            name,
            size,
            media_type,
            address: None,
        }
    }

    fn only(formats: &[&str]) -> Options {
        let client_allowed_formats = formats.iter().map(|&format| format.to_owned()).collect();
        Options {
            client_allowed_formats,
            ..Options::default()
        }
    }

    #[test]
    fn formats_are_compared_by_extension_whatever_its_case() {
        let options = only(&["jpg", "pdf"]);
        let fits = |name| judge(&file(name, "", 1), &options, 1) == Verdict::Admit;
        assert!(fits("A.JPG") && fits("a.jpeg") && fits("b.pdf"));
        assert!(!fits("a.png") && !fits("jpg") && !fits("a.jpg.exe"));
    }

    #[test]
    fn groups_cover_all_formats_of_a_kind() {
        let options = only(&["image", "video"]);
        let fits = |name, kind| judge(&file(name, kind, 1), &options, 1) == Verdict::Admit;
        assert!(fits("a.png", "image/png") && fits("a.heic", "") && fits("a", "video/webm"));
        assert!(!fits("a.mp3", "audio/mpeg") && !fits("a.txt", "text/plain"));
    }

    #[test]
    fn a_pasted_picture_without_a_name_has_the_format_of_its_type() {
        assert_eq!(
            judge(&file("", "image/png", 1), &only(&["png"]), 1),
            Verdict::Admit
        );
    }

    #[test]
    fn a_refusal_says_the_format_and_what_is_allowed() {
        let verdict = judge(&file("a.EXE", "", 1), &only(&["png", "jpg"]), 1);
        let (format, allowed) = ("exe".to_owned(), "png, jpg".to_owned());
        assert_eq!(
            verdict,
            Verdict::Refuse(Refusal::FormatNotAllowed { format, allowed })
        );
    }

    #[test]
    fn sizes_at_the_limit_are_good_and_empty_files_are_not() {
        let options = Options {
            max_file_size: Some(10),
            ..Options::default()
        };
        assert_eq!(judge(&file("a", "", 10), &options, 1), Verdict::Admit);
        let refusal = Refusal::TooLarge {
            size: 11,
            limit: 10,
        };
        assert_eq!(
            judge(&file("a", "", 11), &options, 1),
            Verdict::Refuse(refusal)
        );
        assert_eq!(
            judge(&file("a", "", 0), &options, 1),
            Verdict::Refuse(Refusal::Empty)
        );
    }

    /// Proves: option:maxImageFileSize option:maxVideoFileSize option:maxRawFileSize
    #[test]
    fn each_kind_has_a_limit_of_its_own_beside_that_of_all() {
        let options = Options {
            max_file_size: Some(50),
            max_image_file_size: Some(10),
            max_video_file_size: Some(99),
            max_raw_file_size: Some(20),
            ..Options::default()
        };
        let limits = [
            ("a.png", 10),
            ("a.mp3", 50),
            ("a.webm", 50),
            ("a.pdf", 20),
            ("a", 20),
        ];
        for (name, limit) in limits {
            let of = |size| judge(&file(name, "", size), &options, 1);
            let size = limit + 1;
            assert_eq!(of(limit), Verdict::Admit, "{name}");
            assert_eq!(of(size), Verdict::Refuse(Refusal::TooLarge { size, limit }));
        }
    }

    /// Proves: option:minFileSize
    #[test]
    fn small_files_are_refused_where_the_page_wants_so() {
        let options = Options {
            min_file_size: Some(5),
            ..Options::default()
        };
        assert_eq!(judge(&file("a", "", 5), &options, 1), Verdict::Admit);
        let refusal = Refusal::TooSmall { size: 4, limit: 5 };
        assert_eq!(
            judge(&file("a", "", 4), &options, 1),
            Verdict::Refuse(refusal)
        );
    }

    #[test]
    fn a_bad_file_takes_no_room_and_is_refused_without_any() {
        let options = Options::default();
        assert_eq!(
            judge(&file("a", "", 0), &options, 0),
            Verdict::Refuse(Refusal::Empty)
        );
        assert_eq!(judge(&file("a", "", 1), &options, 0), Verdict::LeaveOut);
    }
}
