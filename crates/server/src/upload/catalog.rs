//! The parameters of an upload, a row each: what form a value has, what it does here, and whether
//! an upload preset may set it. Which ones an unsigned upload may send is in `error.rs`, because
//! the wire's own refusal lists them.

use plimsoll_core::protocol::public_id;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// `1`, `true`, `0`, `false`.
    Flag,
    /// A public ID or a part of one.
    Id,
    /// Texts joined by commas.
    List,
    /// `key=value|key=value`.
    Pairs,
    /// `x,y,w,h|x,y,w,h`.
    Coordinates,
    /// One of these words.
    Word(&'static [&'static str]),
    /// The steps of one, joined by `/`.
    Transformation,
    /// Several of them, joined by `|`.
    Transformations,
    Address,
}

/// What comes of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It does what it says.
    Acts,
    /// It is kept with the asset, as it was sent.
    Kept,
    /// There is nothing to do for it here, and nothing is missing for that.
    Idle,
    /// It asks for what this server doesn't do.
    Refused,
    /// It asks for what this server doesn't do, unless it says no.
    RefusedWhenOn,
}

/// Whether an upload preset may have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    Allowed,
    Forbidden,
}

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub name: &'static str,
    pub kind: Kind,
    pub effect: Effect,
    pub preset: Preset,
}

use Effect::{Acts, Idle, Kept, Refused, RefusedWhenOn};
use Kind::{
    Address, Coordinates, Flag, Id, List, Pairs, Text, Transformation, Transformations, Word,
};
use Preset::{Allowed, Forbidden};

const ROWS: [Row; 74] = [
    row("access_control", Text, Refused, Forbidden),
    row(
        "access_mode",
        Word(&["public", "authenticated"]),
        Acts,
        Allowed,
    ),
    row("accessibility_analysis", Flag, RefusedWhenOn, Forbidden),
    row("allowed_formats", List, Acts, Allowed),
    // Says who sends the request, and is no part of it.
    row("api_key", Text, Idle, Forbidden),
    row("asset_folder", Id, Acts, Allowed),
    row("async", Flag, Acts, Allowed),
    row("audit_context", Text, Kept, Forbidden),
    row("auto_chaptering", Flag, RefusedWhenOn, Forbidden),
    row("auto_tagging", Text, Refused, Forbidden),
    row("auto_transcription", Text, Refused, Forbidden),
    row("background_removal", Text, Refused, Forbidden),
    row("backup", Flag, RefusedWhenOn, Forbidden),
    row("batch_id", Text, Kept, Forbidden),
    // It would redirect to wherever the request says.
    row("callback", Text, Idle, Forbidden),
    row("categorization", Text, Refused, Forbidden),
    row("cinemagraph_analysis", Flag, RefusedWhenOn, Forbidden),
    // No metadata is invalid here, as there is no schema.
    row("clear_invalid", Flag, Idle, Forbidden),
    row("cloud_name", Text, Idle, Forbidden),
    row("colors", Flag, RefusedWhenOn, Forbidden),
    row("context", Pairs, Acts, Allowed),
    row("custom_coordinates", Coordinates, Acts, Forbidden),
    row("detection", Text, Refused, Forbidden),
    row("discard_original_filename", Flag, Acts, Allowed),
    row("display_name", Text, Acts, Forbidden),
    row("eager", Transformations, Acts, Allowed),
    row("eager_async", Flag, Acts, Allowed),
    row("eager_notification_url", Address, Acts, Allowed),
    row("eval", Text, Refused, Forbidden),
    row("exif", Flag, RefusedWhenOn, Forbidden),
    row("face_coordinates", Coordinates, Acts, Forbidden),
    row("faces", Flag, RefusedWhenOn, Forbidden),
    row("filename_override", Text, Acts, Forbidden),
    row("folder", Id, Acts, Allowed),
    row("format", Text, Acts, Allowed),
    row("headers", Text, Refused, Forbidden),
    row("image_metadata", Flag, RefusedWhenOn, Forbidden),
    // What is stored is never delivered from anywhere but here.
    row("invalidate", Flag, Idle, Allowed),
    row("manifest_json", Text, Refused, Forbidden),
    row("manifest_transformation", Text, Refused, Forbidden),
    row("media_metadata", Flag, RefusedWhenOn, Forbidden),
    row("metadata", Pairs, Acts, Allowed),
    row("moderation", Word(&["manual"]), Acts, Allowed),
    row("notification_url", Address, Acts, Allowed),
    row("ocr", Text, Refused, Forbidden),
    row("on_success", Text, Refused, Forbidden),
    row("overwrite", Flag, Acts, Allowed),
    row("phash", Flag, RefusedWhenOn, Forbidden),
    row("proxy", Text, Refused, Forbidden),
    row("public_id", Id, Acts, Forbidden),
    row("public_id_prefix", Id, Acts, Allowed),
    row("quality_analysis", Flag, RefusedWhenOn, Forbidden),
    row("quality_override", Text, Refused, Forbidden),
    row("raw_convert", Text, Refused, Forbidden),
    row("regions", Text, Kept, Forbidden),
    row("resource_type", Text, Idle, Forbidden),
    row("responsive_breakpoints", Text, Refused, Forbidden),
    row("return_delete_token", Flag, Acts, Allowed),
    row("signature", Text, Idle, Forbidden),
    row("similarity_search", Text, Refused, Forbidden),
    row("source", Text, Kept, Forbidden),
    row("tags", List, Acts, Allowed),
    row("template", Text, Refused, Forbidden),
    row("template_vars", Text, Refused, Forbidden),
    row("timestamp", Text, Idle, Forbidden),
    row("transformation", Transformation, Acts, Allowed),
    row(
        "type",
        Word(&["upload", "private", "authenticated"]),
        Acts,
        Allowed,
    ),
    row("unique_display_name", Flag, RefusedWhenOn, Forbidden),
    row("unique_filename", Flag, Acts, Allowed),
    row("upload_preset", Text, Acts, Forbidden),
    row("use_asset_folder_as_public_id_prefix", Flag, Acts, Allowed),
    row("use_filename", Flag, Acts, Allowed),
    row("use_filename_as_display_name", Flag, Acts, Allowed),
    // The header says the same.
    row("x_unique_upload_id", Text, Idle, Forbidden),
];

const fn row(name: &'static str, kind: Kind, effect: Effect, preset: Preset) -> Row {
    Row {
        name,
        kind,
        effect,
        preset,
    }
}

/// The row of a name, if there is a parameter of that name.
pub fn row_of(name: &str) -> Option<&'static Row> {
    let at = ROWS.binary_search_by(|row| row.name.cmp(name)).ok()?;
    ROWS.get(at)
}

/// Whether a value has the form of its parameter; else what is wrong, as the end of a sentence.
pub fn check(name: &str, value: &str) -> Result<(), String> {
    let Some(row) = row_of(name) else {
        return Ok(());
    };
    match row.kind {
        Id => public_id::check(value).map_err(str::to_owned),
        Flag if flag(value).is_none() => Err("must be true, false, 1 or 0".to_owned()),
        Coordinates if coordinates(value).is_none() => {
            Err("must be x,y,width,height in whole pixels, several joined by |".to_owned())
        }
        Word(words) if row.effect == Acts && !words.contains(&value) => {
            Err(format!("must be {}", words.join(" or ")))
        }
        Address if !(value.starts_with("https://") || value.starts_with("http://")) => {
            Err("must begin with https:// or http://".to_owned())
        }
        _ => Ok(()),
    }
}

/// The truth that a text tells.
pub fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// `x,y,w,h|x,y,w,h`.
pub fn coordinates(text: &str) -> Option<Vec<[u32; 4]>> {
    let box_of = |piece: &str| {
        let numbers: Vec<u32> = piece
            .split(',')
            .map(|number| number.trim().parse().ok())
            .collect::<Option<_>>()?;
        numbers.try_into().ok()
    };
    text.split('|').map(box_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::UNSIGNED_PARAMETERS;

    #[test]
    fn the_rows_are_sorted_and_hold_all_that_unsigned_uploads_may_send() {
        assert!(ROWS.is_sorted_by(|one, next| one.name < next.name));
        for name in UNSIGNED_PARAMETERS {
            assert!(row_of(name).is_some(), "{name}");
        }
        assert_eq!(row_of("Public_id"), None);
    }

    #[test]
    fn values_are_checked_by_their_kind() {
        for (name, value) in [
            ("unique_filename", "yes"),
            ("type", "public"),
            ("access_mode", "private"),
            ("moderation", "aws_rek"),
            ("notification_url", "ftp://a"),
            ("folder", "../a"),
            ("custom_coordinates", "1,2"),
        ] {
            assert!(check(name, value).is_err(), "{name}");
        }
        for (name, value) in [("overwrite", "false"), ("type", "private"), ("tags", "?")] {
            assert_eq!(check(name, value), Ok(()), "{name}");
        }
    }

    #[test]
    fn coordinates_are_boxes_of_whole_pixels() {
        assert_eq!(
            coordinates("1,2,3,4|5,6,7,8"),
            Some(vec![[1, 2, 3, 4], [5, 6, 7, 8]])
        );
        for bad in ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "-1,2,3,4", "1,2,3,4|"] {
            assert_eq!(coordinates(bad), None, "{bad}");
        }
    }
}
