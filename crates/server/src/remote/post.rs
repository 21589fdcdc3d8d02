//! Telling others: a small text sent to an address, under the same rules as fetching from one.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::StatusCode;
use hyper::header::{self, HeaderName, HeaderValue};
use tokio_rustls::TlsConnector;

use super::connect::connect;
use super::target::{Scheme, Target};
use super::{Failure, Remote, http};

/// What is sent.
#[derive(Clone)]
pub struct Letter {
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub json: Bytes,
}

impl Remote {
    /// Why nothing may be sent to this address, if so.
    pub fn objection(&self, address: &str) -> Option<String> {
        match Target::parse(address, &self.settings) {
            Ok(target) if target.scheme == Scheme::Ftp => Some("it must be http".to_owned()),
            Ok(_) => None,
            Err(reason) => Some(reason),
        }
    }

    /// Sends a letter and tells what it was answered; the error is for the log only.
    pub async fn post(&self, address: &str, letter: Letter) -> Result<StatusCode, String> {
        let sent = tokio::time::timeout(self.total, self.send(address, letter));
        match sent.await {
            Ok(Ok(status)) => Ok(status),
            Ok(Err(Failure::Refused(reason) | Failure::Missing(reason))) => Err(reason),
            Ok(Err(Failure::TooLarge(_))) => Err("it is too large".to_owned()),
            Err(_elapsed) => Err("it took too long".to_owned()),
        }
    }

    async fn send(&self, address: &str, letter: Letter) -> Result<StatusCode, Failure> {
        let target = Target::parse(address, &self.settings).map_err(Failure::Refused)?;
        let turn = self.work.clone().acquire_owned().await;
        let _turn = turn.map_err(|_closed| Failure::Missing("it stopped".to_owned()))?;
        let (host, port) = (&target.host, target.port);
        let stream = connect(self.resolver.as_ref(), &self.settings, host, port).await?;
        let mut request = http::request(&target, hyper::Method::POST)
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in letter.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(letter.json))
            .map_err(|error| Failure::Missing(error.to_string()))?;
        let response = match target.scheme {
            Scheme::Https => {
                let connector = TlsConnector::from(Arc::clone(&self.tls));
                let name = http::server_name(&target.host)?;
                http::send(connector.connect(name, stream).await?, request).await?
            }
            Scheme::Http | Scheme::Ftp => http::send(stream, request).await?,
        };
        Ok(response.status())
    }
}
