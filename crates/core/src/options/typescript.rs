//! The options' types in TypeScript, made from their table. Not part of the wasm file.

use super::table::rows;
use crate::protocol::parameters::{Form, Parameter};

/// Lines of generated files are no longer than those that are written by hand.
const WIDTH: usize = 100;

const HEAD: &str = "\
// Made from crates/core/src/options/table by that crate's tests; change it there.
import type {
  GetTags,
  GetUploadPresets,
  MetadataField,
  PreBatch,
  PrepareUploadParams,
  Source,
  Styles,
  Transformation,
  UploadSignature,
  Validate,
  Words,
} from \"./index.js\";

/** What a widget can be told. `null` and `undefined` mean \"not given\". */
export interface Options {
";

const PARAMETERS_HEAD: &str = "\
// Made from crates/core/src/protocol/parameters.rs by that crate's tests; change it there.

/** Texts mostly, that the wire has as texts anyway. */
export type Plain = string | number | boolean | null | undefined;

/** Parameters of the Upload API that are no options; they go along with every file. */
export interface Parameters {
";

/// The text of `www/npm/options.d.ts`.
pub fn typescript() -> String {
    let mut text = String::from(HEAD);
    for row in rows() {
        let mut words = row.doc.text.replace('*', "");
        if words.is_empty() {
            words.push_str("Accepted, and without effect: there is no need for it.");
        }
        if row.doc.default != "null" {
            words.push_str(&format!(" Default: `{}`.", row.doc.default));
        }
        text.push_str(&comment(&words));
        let ts = row.ts();
        let (name, or) = (row.name, "| null | undefined;");
        let line = format!("  {name}?: {ts} {or}\n");
        if line.chars().count() <= WIDTH {
            text.push_str(&line);
        } else {
            text.push_str(&format!("  {name}?:\n    | {ts}\n    {or}\n"));
        }
    }
    text.push_str("}\n");
    text
}

/// The text of `www/npm/parameters.d.ts`.
pub fn typescript_of_parameters() -> String {
    let mut text = String::from(PARAMETERS_HEAD);
    for parameter in Parameter::all() {
        let name = camel(parameter.name);
        if rows().any(|row| row.name == name) {
            continue;
        }
        if !parameter.is_unsigned() {
            text.push_str(&comment("Only with a signed upload."));
        }
        let ts = match parameter.form {
            Form::Plain => "Plain",
            Form::Joined(_) => "Plain | readonly string[]",
            Form::Pairs => "Plain | Record<string, unknown>",
            Form::Boxes => "Plain | readonly number[] | readonly number[][]",
            Form::Json => "Plain | object",
        };
        text.push_str(&format!("  {name}?: {ts};\n"));
    }
    text.push_str("}\n");
    text
}

/// A comment before a member, on one line where it fits.
fn comment(words: &str) -> String {
    let line = format!("  /** {words} */\n");
    if line.chars().count() <= WIDTH {
        return line;
    }
    let mut text = String::from("  /**\n");
    let mut line = String::from("   *");
    for word in words.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("   *");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push_str("\n   */\n");
    text
}

/// `face_coordinates` as `faceCoordinates`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        text.push_str(&first.to_ascii_uppercase());
        text.push_str(rest);
    }
    text
}
