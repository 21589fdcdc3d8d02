//! Notifications: somebody else's server is told that an asset was uploaded, by a signed letter to
//! the address that the upload named. Only hosts that the configuration names are told anything.

use std::sync::Arc;
use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};
use tokio::sync::Semaphore;

use crate::clock;
use crate::error::ApiError;
use crate::limits::{NOTIFICATION_TRIES, NOTIFICATIONS_WAITING_MAX};
use crate::remote::{Letter, Remote};
use crate::upload::authority::AnswerKey;
use crate::upload::parameters::invalid;

const TIMESTAMP: HeaderName = HeaderName::from_static("x-cld-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-cld-signature");
/// Before the second try; then twice as long each time. A server that restarts is back by then.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// Tells others.
#[derive(Clone)]
pub struct Notifier {
    remote: Arc<Remote>,
    waiting: Arc<Semaphore>,
}

impl Notifier {
    pub fn new(remote: Remote) -> Self {
        Self {
            remote: Arc::new(remote),
            waiting: Arc::new(Semaphore::new(NOTIFICATIONS_WAITING_MAX)),
        }
    }

    /// Refuses an address that nobody may have told anything.
    pub fn check(&self, parameter: &str, address: &str) -> Result<(), ApiError> {
        match self.remote.objection(address) {
            None => Ok(()),
            Some(reason) => Err(invalid(parameter, &reason)),
        }
    }

    /// Tells this to the address, in the background, trying again for a while.
    pub fn tell(&self, address: &str, json: String, key: &AnswerKey) {
        let Ok(place) = self.waiting.clone().try_acquire_owned() else {
            tracing::warn!("too many notifications are waiting, so one is lost");
            return;
        };
        let time = clock::now_seconds();
        let signature = HeaderValue::from_str(&key.sign_notification(&json, time));
        let headers = [(TIMESTAMP, HeaderValue::from(time))];
        let headers = headers
            .into_iter()
            .chain(signature.ok().map(|signature| (SIGNATURE, signature)));
        let letter = Letter {
            headers: headers.collect(),
            json: json.into(),
        };
        let (remote, address) = (self.remote.clone(), address.to_owned());
        tokio::spawn(async move {
            let _place = place;
            let mut pause = FIRST_PAUSE;
            for attempt in 1..=NOTIFICATION_TRIES {
                match remote.post(&address, letter.clone()).await {
                    Ok(status) if status.is_success() => return,
                    Ok(status) => tracing::info!(%status, attempt, "a notification was refused"),
                    Err(reason) => tracing::info!(reason, attempt, "a notification did not arrive"),
                }
                if attempt < NOTIFICATION_TRIES {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        });
    }
}
