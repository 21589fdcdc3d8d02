//! What an asset is called: its public ID, and the name that people see.

use plimsoll_core::protocol::public_id::{self, is_invisible, is_version};

use super::settings::Settings;
use crate::error::ApiError;
use crate::sniff::ResourceType;
use crate::{names, random};

/// Length of a public ID that nobody chose, as the wire has it.
const PUBLIC_ID_LETTERS: usize = 20;
/// Letters after a file's name that make it unique, as the wire has it.
const UNIQUE_LETTERS: usize = 6;
/// A stem taken from a file's name: leaves room for folders in the 255 letters of a public ID.
const STEM_CHARS_MAX: usize = 120;

/// The folder in front of a public ID, where folders are part of it.
pub fn folder<'a>(settings: &Settings<'a>) -> &'a str {
    let wants_asset_folder = settings.wants("use_asset_folder_as_public_id_prefix");
    let asset_folder = settings.get("asset_folder").filter(|_| wants_asset_folder);
    settings.get("folder").or(asset_folder).unwrap_or_default()
}

/// `folder/prefix/id`.
pub fn public_id(
    settings: &Settings<'_>,
    resource_type: ResourceType,
    file_name: &str,
) -> Result<String, ApiError> {
    let last = match settings.parameters.get("public_id") {
        Some(chosen) => chosen.to_owned(),
        None => unchosen(settings, resource_type, file_name)?,
    };
    let prefix = settings.get("public_id_prefix").unwrap_or_default();
    let elements: Vec<&str> = [folder(settings), prefix, last.as_str()]
        .into_iter()
        .filter(|element| !element.is_empty())
        .collect();
    let whole = elements.join("/");
    public_id::check(&whole).map_err(|reason| ApiError::ParameterInvalid {
        name: "public_id".to_owned(),
        reason: reason.to_owned(),
    })?;
    Ok(whole)
}

/// The name that people see, where one was asked for.
pub fn display_name(settings: &Settings<'_>, file_name: &str) -> Option<String> {
    let own = settings.get("display_name").map(str::to_owned);
    own.or_else(|| {
        let (stem, _) = names::split_extension(file_name);
        settings
            .wants("use_filename_as_display_name")
            .then(|| stem.to_owned())
    })
}

/// The last part of a public ID that the request doesn't name. Raw assets keep their extension, as
/// it is the only sign of what they are.
fn unchosen(
    settings: &Settings<'_>,
    resource_type: ResourceType,
    file_name: &str,
) -> Result<String, ApiError> {
    let (stem, extension) = names::split_extension(file_name);
    let name = if settings.wants("use_filename") {
        let stem = normalised(stem);
        match settings.flag("unique_filename") {
            Some(false) => stem,
            _ => format!("{stem}_{}", random::letters(UNIQUE_LETTERS)?),
        }
    } else {
        random::letters(PUBLIC_ID_LETTERS)?
    };
    Ok(match (resource_type, extension) {
        (ResourceType::Raw, Some(extension)) => format!("{name}.{extension}"),
        _ => name,
    })
}

/// A file's name as a public ID may have it.
fn normalised(stem: &str) -> String {
    let letter = |letter: char| match letter {
        '?' | '&' | '#' | '\\' | '%' | '<' | '>' | '+' | '/' => '_',
        blank if blank.is_whitespace() => '_',
        other => other,
    };
    let plain: String = stem
        .chars()
        .filter(|letter| !is_invisible(*letter))
        .map(letter)
        .take(STEM_CHARS_MAX)
        .collect();
    match plain.as_str() {
        "" | "." | ".." => "file".to_owned(),
        name if is_version(name) => format!("{name}_"),
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_name_becomes_a_public_id() {
        let long = "é".repeat(300);
        for (stem, expected) in [
            ("logo", "logo"),
            ("my photo (1)", "my_photo_(1)"),
            ("a&b?c#d%e+f<g>h\\i", "a_b_c_d_e_f_g_h_i"),
            ("v12", "v12_"),
            ("..", "file"),
            ("", "file"),
            (" a ", "_a_"),
            (&long, &long[..240]),
        ] {
            let name = normalised(stem);
            assert_eq!(name, expected);
            assert_eq!(public_id::check(&name), Ok(()));
        }
    }
}
