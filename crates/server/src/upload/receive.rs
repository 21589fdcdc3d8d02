//! Takes a multipart body apart while it arrives: the file to disk, the parameters to memory.
//! A chunk goes to its place in the upload's file at once, if the form has said by then whose it
//! is.
//! A refused upload is still read to its end (within a limit), because a client whose connection
//! breaks while it sends never gets to read why.

use std::mem;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;

use super::data_uri::FileText;
use super::parameters::Parameters;
use super::{ChunkRequest, Request};
use crate::error::ApiError;
use crate::form::{Kind, Splitter};
use crate::limits;
use crate::multipart::{Event, Malformed, PartHead};
use crate::names;
use crate::net::TooSlow;
use crate::store::{Draft, Entry, Store};

/// A form that arrived whole.
pub struct Form {
    pub parameters: Parameters,
    /// The file and its cleaned name.
    pub file: Option<(Received, String)>,
    /// How many bytes it has.
    pub file_bytes: u64,
}

/// Where the bytes of the file are.
pub enum Received {
    /// By themselves.
    Draft(Draft),
    /// In their place, or nowhere because they were there before.
    Chunk(Entry),
    /// Elsewhere, at this address.
    Remote(String),
}

/// Receives a body that has a whole file.
pub async fn whole(store: &Store, request: &Request<'_>, body: Body) -> Result<Form, ApiError> {
    receive(Intake::new(store, request, None), body).await
}

/// Receives a body that has a chunk.
pub async fn chunk(
    store: &Store,
    request: &ChunkRequest<'_>,
    body: Body,
) -> Result<Form, ApiError> {
    receive(Intake::new(store, &request.request, Some(request)), body).await
}

async fn receive(mut intake: Intake<'_>, mut body: Body) -> Result<Form, ApiError> {
    let mut splitter = Splitter::new(intake.kind);
    let mut drained: u64 = 0;
    loop {
        let frame = tokio::select! {
            frame = next_frame(&mut body) => frame?,
            () = intake.evicted() => return Err(ApiError::ChunkSuperseded),
        };
        let Some(frame) = frame else {
            break;
        };
        splitter.push(&frame);
        loop {
            let event = match splitter.poll() {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(Malformed(reason)) => {
                    drain(body, drained).await;
                    return Err(ApiError::Malformed(reason));
                }
            };
            intake.take(event).await;
        }
        if intake.is_refused() {
            drained += frame.len() as u64;
            if drained > limits::DRAIN_BYTES_MAX {
                break;
            }
        }
    }
    if !intake.is_refused() {
        let malformed = |Malformed(reason)| ApiError::Malformed(reason);
        splitter.close().map_err(malformed)?;
        while let Some(event) = splitter.poll().map_err(malformed)? {
            intake.take(event).await;
        }
    }
    intake.finish()
}

/// The next bytes; an error when the client went away or fell silent.
async fn next_frame(body: &mut Body) -> Result<Option<Bytes>, ApiError> {
    loop {
        match body.frame().await {
            None => return Ok(None),
            Some(Err(error)) => return Err(lost(&error)),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => return Ok(Some(data)),
                Err(_trailers) => {}
            },
        }
    }
}

/// Why no more of a body comes.
fn lost(error: &axum::Error) -> ApiError {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return ApiError::BodySlow;
        }
        cause = error.source();
    }
    ApiError::BodyLost
}

/// Reads a body that has no file in it, to its end even when it is longer than it may be.
pub async fn small(mut body: Body) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(frame) = next_frame(&mut body).await? {
        if bytes.len() + frame.len() > limits::SMALL_BODY_BYTES_MAX {
            drain(body, bytes.len() as u64).await;
            return Err(super::parameters::invalid("body", "it is too long"));
        }
        bytes.extend_from_slice(&frame);
    }
    Ok(bytes)
}

/// Reads what is left of a body that is refused already.
pub async fn drain(mut body: Body, mut drained: u64) {
    while drained <= limits::DRAIN_BYTES_MAX {
        match next_frame(&mut body).await {
            Ok(Some(bytes)) => drained += bytes.len() as u64,
            Ok(None) | Err(_) => return,
        }
    }
}

/// What the current part is.
enum Part {
    None,
    Text {
        name: String,
        value: Vec<u8>,
    },
    File,
    /// The file as a text.
    FileText(FileText),
    /// Nothing in it matters any more.
    Ignored,
}

/// The state between two events.
struct Intake<'a> {
    store: &'a Store,
    kind: &'a Kind,
    chunk: Option<&'a ChunkRequest<'a>>,
    part: Part,
    parts: u32,
    parameters: Parameters,
    file: Option<(Received, String)>,
    /// Bytes of the file that arrived, kept or not.
    file_bytes: u64,
    file_bytes_max: u64,
    failure: Option<ApiError>,
}

impl<'a> Intake<'a> {
    fn new(
        store: &'a Store,
        request: &'a Request<'a>,
        chunk: Option<&'a ChunkRequest<'a>>,
    ) -> Self {
        Self {
            store,
            kind: &request.kind,
            chunk,
            part: Part::None,
            parts: 0,
            parameters: Parameters::default(),
            file: None,
            file_bytes: 0,
            file_bytes_max: match chunk.map(|request| &request.chunk) {
                // More would be written over the next chunk.
                Some(chunk) if chunk.numbers().is_none() => chunk.bytes(),
                _ => request.limits.file_bytes_max,
            },
            failure: None,
        }
    }

    async fn take(&mut self, event: Event) {
        let taken = match event {
            Event::Part(head) => self.begin(head).await,
            Event::Data(data) => self.data(&data).await,
            Event::PartEnd => self.end_part(),
            Event::End => Ok(()),
        };
        if let Err(error) = taken {
            self.fail(error);
        }
    }

    /// Whether nothing that still comes can make it an asset.
    fn is_refused(&self) -> bool {
        self.failure.is_some() || self.file_bytes > self.file_bytes_max
    }

    /// The first failure is the one that is told; the file is of no use from here on.
    fn fail(&mut self, error: ApiError) {
        self.failure.get_or_insert(error);
        self.file = None;
    }

    async fn begin(&mut self, head: PartHead) -> Result<(), ApiError> {
        self.part = Part::Ignored;
        self.parts += 1;
        if self.parts > limits::PARTS_MAX {
            return Err(ApiError::TooManyParts);
        }
        let file_name = head.file_name.unwrap_or_default();
        if head.name.len().max(file_name.len()) > limits::NAME_BYTES_MAX {
            return Err(ApiError::NameTooLong);
        }
        if self.failure.is_some() {
            return Ok(());
        }
        if head.name != b"file" {
            let name = String::from_utf8_lossy(&head.name).into_owned();
            self.part = Part::Text {
                name,
                value: Vec::new(),
            };
            return Ok(());
        }
        if self.file.is_some() {
            return Err(ApiError::FileTwice);
        }
        self.file = Some((self.open().await?, names::clean_file_name(&file_name)));
        // What has neither a name nor a type is a text: a data URI or an address.
        self.part = if file_name.is_empty() && !head.has_content_type {
            Part::FileText(FileText::default())
        } else {
            Part::File
        };
        Ok(())
    }

    /// Where the file's bytes go.
    async fn open(&self) -> Result<Received, ApiError> {
        let Some(request) = self.chunk else {
            return Ok(Received::Draft(self.store.draft().await?));
        };
        // Some clients send the file first: then nobody knows yet whose chunk it is. Nobody is let
        // near an upload before it is known that it is theirs.
        let request_parts = &request.request;
        let settings = request_parts
            .authority(&self.parameters)
            .and_then(|authority| request_parts.settings(authority, &self.parameters));
        match settings {
            Ok(settings) => {
                match request.enter(self.store, &settings).await {
                    // The first may be on its way, too.
                    Err(ApiError::PartNotBegun) => Ok(Received::Draft(self.store.draft().await?)),
                    entered => entered.map(Received::Chunk),
                }
            }
            Err(_unknown_yet) => Ok(Received::Draft(self.store.draft().await?)),
        }
    }

    /// Ends when a newer request wants to write where this one does.
    async fn evicted(&self) {
        match &self.file {
            Some((Received::Chunk(Entry::Wanted(writer)), _)) => writer.evicted().await,
            Some((Received::Chunk(Entry::Unfinished(slot)), _)) => slot.evicted().await,
            _ => std::future::pending().await,
        }
    }

    async fn data(&mut self, data: &[u8]) -> Result<(), ApiError> {
        match &mut self.part {
            Part::File => self.file_data(data).await,
            Part::FileText(text) => {
                let bytes = text.push(data)?;
                self.file_data(&bytes).await
            }
            Part::Text { name, value } => {
                if value.len() + data.len() > limits::TEXT_BYTES_MAX {
                    let name = mem::take(name);
                    self.part = Part::Ignored;
                    return Err(ApiError::ParameterTooLong(name));
                }
                value.extend_from_slice(data);
                Ok(())
            }
            Part::None | Part::Ignored => Ok(()),
        }
    }

    async fn file_data(&mut self, data: &[u8]) -> Result<(), ApiError> {
        self.file_bytes += data.len() as u64;
        if self.file_bytes > self.file_bytes_max {
            // The draft goes at once; the size is counted to its end and told then.
            self.file = None;
        }
        match &mut self.file {
            Some((Received::Draft(draft), _)) => Ok(draft.write(data).await?),
            Some((Received::Chunk(Entry::Wanted(writer)), _)) => Ok(writer.write(data).await?),
            _ => Ok(()),
        }
    }

    fn end_part(&mut self) -> Result<(), ApiError> {
        match mem::replace(&mut self.part, Part::None) {
            Part::Text { name, value } => self.parameters.add(&name, value),
            Part::File => self.check_size(),
            Part::FileText(text) => match text.finish()? {
                None => self.check_size(),
                // An empty parameter is none.
                Some(address) if address.is_empty() => {
                    self.file = None;
                    Ok(())
                }
                Some(_) if self.chunk.is_some() => Err(ApiError::RemoteChunk),
                Some(address) => {
                    let name = names::clean_file_name(address.as_bytes());
                    self.file = Some((Received::Remote(address), name));
                    Ok(())
                }
            },
            Part::None | Part::Ignored => Ok(()),
        }
    }

    fn check_size(&self) -> Result<(), ApiError> {
        let (got, max) = (self.file_bytes, self.file_bytes_max);
        match self.chunk {
            Some(request) if request.chunk.numbers().is_some() && got <= max => {
                request.check_part(got)
            }
            Some(request) if request.chunk.numbers().is_some() => {
                Err(ApiError::FileTooLarge { got, max })
            }
            Some(_) if got != max => Err(ApiError::ChunkLength { got, promised: max }),
            None if got > max => Err(ApiError::FileTooLarge { got, max }),
            _ => Ok(()),
        }
    }

    fn finish(self) -> Result<Form, ApiError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        // Only a body that was longer than what we drain ends inside a file.
        if self.is_refused() {
            self.check_size()?;
        }
        Ok(Form {
            parameters: self.parameters,
            file: self.file,
            file_bytes: self.file_bytes,
        })
    }
}
