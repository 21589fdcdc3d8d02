//! What can be wrong with a body before anybody looks at what it says.

use super::{ApiError, Row, row};

impl ApiError {
    pub(super) fn form_row(&self) -> Row {
        use ApiError as E;
        match self {
            E::TooManyParts => {
                let max = crate::limits::PARTS_MAX;
                row(
                    "form.too_many_parts",
                    400,
                    format!("Too many parameters. Maximum is {max}."),
                )
            }
            E::NameTooLong => row(
                "form.name_too_long",
                400,
                "A parameter or file name is too long",
            ),
            E::Malformed(reason) => row("form.malformed", 400, format!("Invalid body: {reason}")),
            E::NoForm => row(
                "form.none",
                400,
                "The body must be multipart/form-data, application/x-www-form-urlencoded or \
                 application/json",
            ),
            E::BodyLost => row("form.lost", 400, "The upload was interrupted"),
            E::BodySlow => row("form.slow", 408, "The upload came too slowly"),
            _ => row("internal", 500, "General Error"),
        }
    }
}
