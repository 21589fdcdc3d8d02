//! The query of an address as parameters.

use crate::error::ApiError;
use crate::form::{Kind, Splitter};
use crate::multipart::{Event, Malformed};
use crate::upload::parameters::Parameters;

/// Reads `name=value&name=value`.
pub fn parameters(query: &str) -> Result<Parameters, ApiError> {
    of_body(&Kind::Urlencoded, query.as_bytes())
}

/// Reads a small body that is whole. A file in it is nobody's.
pub fn of_body(kind: &Kind, body: &[u8]) -> Result<Parameters, ApiError> {
    let malformed = |Malformed(reason)| ApiError::Malformed(reason);
    let mut splitter = Splitter::new(kind);
    let mut parameters = Parameters::default();
    let mut part: Option<(String, Vec<u8>)> = None;
    let mut closed = false;
    splitter.push(body);
    loop {
        match splitter.poll().map_err(malformed)? {
            Some(Event::Part(head)) => {
                let name = String::from_utf8_lossy(&head.name).into_owned();
                part = Some((name, Vec::new()));
            }
            Some(Event::Data(data)) => {
                if let Some((_, value)) = &mut part {
                    value.extend_from_slice(&data);
                }
            }
            Some(Event::PartEnd) => {
                if let Some((name, value)) = part.take() {
                    parameters.add(&name, value)?;
                }
            }
            Some(Event::End) => {}
            None if closed => return Ok(parameters),
            None => {
                splitter.close().map_err(malformed)?;
                closed = true;
            }
        }
    }
}
