//! What can be wrong with a chunk of a file.

use super::{ApiError, Row, row};

impl ApiError {
    pub(super) fn chunk_row(&self) -> Row {
        use ApiError as E;
        match self {
            // The first words are the wire's, from when chunks were matched by their public ID.
            E::UploadIdMissing => row(
                "chunk.upload_id_missing",
                400,
                "Missing required parameter - public_id. \
                 Send X-Unique-Upload-Id with each chunk.",
            ),
            E::UploadUnknown => row("upload.unknown", 404, "Upload not found"),
            E::RangeInvalid => row(
                "chunk.range_invalid",
                400,
                "Invalid Content-Range. Send bytes start-end/total.",
            ),
            E::ChunkLength { got, promised } => row(
                "chunk.length",
                400,
                format!("Content-Range promises {promised} bytes, but the file part has {got}"),
            ),
            E::ChunkTooSmall { min } => {
                let shown = match *min {
                    crate::limits::WIRE_CHUNK_BYTES_MIN => "5mb".to_owned(),
                    min => format!("{min} bytes"),
                };
                let text = format!("All parts except EOF-chunk must be larger than {shown}");
                row("chunk.too_small", 400, text)
            }
            E::TooManyChunks => {
                let max = crate::limits::CHUNKS_MAX;
                let text = format!("Too many chunks. Maximum is {max}.");
                row("chunk.too_many", 400, text)
            }
            E::ChunkConflict => row(
                "chunk.conflict",
                400,
                "Content-Range contradicts an earlier chunk of this upload",
            ),
            E::ChunkGap(offset) => row(
                "chunk.gap",
                400,
                format!("Earlier bytes of this upload are missing. Continue at {offset}."),
            ),
            // Which of two requests is the newer one is seen differently behind a slow network, so
            // the status says: try again. Who has done so already doesn't hear it.
            E::ChunkSuperseded => row(
                "chunk.superseded",
                503,
                "A newer request sends the same bytes of this upload",
            ),
            _ => self.part_row(),
        }
    }

    fn part_row(&self) -> Row {
        use ApiError as E;
        match self {
            E::PartInvalid => row(
                "chunk.part_invalid",
                400,
                format!(
                    "Invalid X-Upload-Part-Number or X-Upload-Total-Parts. Send both, the first \
                     from 1 to the second, which is {} at most.",
                    crate::limits::CHUNKS_MAX
                ),
            ),
            E::PartWithRange => row(
                "chunk.part_with_range",
                400,
                "Send either Content-Range or X-Upload-Part-Number, not both",
            ),
            E::PartConflict => row(
                "chunk.part_conflict",
                400,
                "This part contradicts an earlier one of this upload: another \
                 X-Upload-Total-Parts, another length, or chunks by Content-Range",
            ),
            E::PartNotBegun => row(
                "chunk.part_not_begun",
                400,
                "Part 1 of this upload is missing. Send it before the others or along with them.",
            ),
            _ => row("internal", 500, "General Error"),
        }
    }
}
