//! What is told of an upload, and to whom: the client in its answer, and whoever it named, at once
//! or when what was put off is done.

use serde_json::{Map, Value, json};

use super::authority::AnswerKey;
use super::{Outcome, Telling, answer, derive};
use crate::clock;
use crate::delivery::Maker;
use crate::error::ApiError;
use crate::notify::Notifier;
use crate::random;
use crate::store::{AssetRecord, Decision, Novelty};

/// Who tells of one upload. It outlives the request.
#[derive(Clone)]
pub struct Teller {
    pub maker: Maker,
    pub notifier: Notifier,
    /// Where assets are delivered.
    pub base: String,
    pub key: AnswerKey,
}

/// An upload that goes on behind its answer.
pub struct Pending {
    batch_id: String,
    address: Option<String>,
}

impl Pending {
    /// What the decision puts off, if anything.
    pub fn of(decision: &Decision) -> Result<Option<Self>, ApiError> {
        if !decision.extras.is_async {
            return Ok(None);
        }
        Ok(Some(Self {
            batch_id: random::hex_32()?,
            address: decision.extras.notification_url.clone(),
        }))
    }

    /// What the client hears.
    pub fn answer(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("status".to_owned(), json!("pending"));
        fields.insert("batch_id".to_owned(), json!(self.batch_id));
        fields
    }
}

impl Teller {
    /// What the client is told of its asset.
    pub async fn told(&self, outcome: &Outcome) -> Result<Map<String, Value>, ApiError> {
        self.tell(outcome, None).await
    }

    /// Tells how an upload ended whose client has its answer already.
    pub async fn end(self, pending: Pending, outcome: Result<Outcome, ApiError>) {
        let told = match &outcome {
            Ok(outcome) => self.tell(outcome, Some(&pending.batch_id)).await,
            Err(error) => Err(error.clone()),
        };
        let Err(error) = told else {
            return;
        };
        tracing::info!(code = error.code(), "an upload failed behind its answer");
        let mut news = pending.answer();
        news.insert("status".to_owned(), json!("failed"));
        news.insert("error".to_owned(), json!({ "message": error.message() }));
        self.notify(pending.address.as_deref(), "upload", news);
    }

    async fn tell(
        &self,
        outcome: &Outcome,
        batch_id: Option<&str>,
    ) -> Result<Map<String, Value>, ApiError> {
        let (record, extras) = (&outcome.record, &outcome.record.extras);
        // Once per upload, and not for an asset that was there before.
        let is_news = outcome.telling == Telling::First && outcome.novelty != Novelty::Existing;
        let is_later = is_news && extras.is_eager_async && extras.eager.is_some();
        let mut fields = answer::asset(outcome, &self.base, &self.key);
        let maker = (!is_later).then_some(&self.maker);
        let eager = derive::eager(maker, record, &self.base, &self.key).await?;
        if let Some(mut eager) = eager {
            if is_later {
                let batch = random::hex_32()?;
                for entry in &mut eager {
                    entry["batch_id"] = json!(batch);
                }
                self.make_later(record.clone(), batch);
            } else if is_news && extras.eager_notification_url.is_some() {
                self.tell_eager(record, None, &json!(eager));
            }
            fields.insert("eager".to_owned(), Value::Array(eager));
        }
        if is_news {
            let mut news = fields.clone();
            // Whoever is told need not be who may delete it.
            news.remove("delete_token");
            if let Some(batch_id) = batch_id {
                news.insert("batch_id".to_owned(), json!(batch_id));
            }
            self.notify(extras.notification_url.as_deref(), "upload", news);
        }
        Ok(fields)
    }

    /// Makes the eager images behind the answer. Whoever asks for one before has it made then.
    fn make_later(&self, record: AssetRecord, batch: String) {
        let teller = self.clone();
        tokio::spawn(async move {
            let made = derive::eager(Some(&teller.maker), &record, &teller.base, &teller.key);
            match made.await {
                Ok(eager) => teller.tell_eager(&record, Some(&batch), &json!(eager)),
                Err(error) => {
                    tracing::info!(code = error.code(), "eager images were not made");
                    let eager = json!([{
                        "status": "failed", "batch_id": batch, "reason": error.message(),
                    }]);
                    teller.tell_eager(&record, Some(&batch), &eager);
                }
            }
        });
    }

    fn tell_eager(&self, record: &AssetRecord, batch: Option<&str>, eager: &Value) {
        let extras = &record.extras;
        let address = extras.eager_notification_url.as_deref();
        let address = address.or(extras.notification_url.as_deref());
        let mut news = Map::new();
        news.insert("asset_id".to_owned(), json!(record.asset_id));
        news.insert("public_id".to_owned(), json!(record.public_id));
        news.insert("eager".to_owned(), eager.clone());
        if let Some(batch) = batch {
            news.insert("batch_id".to_owned(), json!(batch));
        }
        self.notify(address, "eager", news);
    }

    fn notify(&self, address: Option<&str>, kind: &str, mut news: Map<String, Value>) {
        let Some(address) = address else {
            return;
        };
        news.insert("notification_type".to_owned(), json!(kind));
        let time = clock::iso_8601(clock::now_seconds());
        news.insert("timestamp".to_owned(), json!(time));
        let json = Value::Object(news).to_string();
        self.notifier.tell(address, json, &self.key);
    }
}
