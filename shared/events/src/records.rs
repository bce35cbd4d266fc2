//! Batches of SNS and SQS.

use std::borrow::Cow;

use serde_json::Value;

use crate::object::Object;
use crate::refusal::{Problem, shown};
use crate::{Entry, Reading, json, sns, unwrapped};

/// One record of a batch.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    value: &'a Value,
    path: String,
}

/// The records of a batch, at least one.
pub(crate) fn split<'a>(batch: &Object<'a>) -> Result<Vec<Record<'a>>, Problem> {
    let records = batch.list("Records").map_err(|problem| problem.resembling("batch"))?.unwrap_or_default();
    if records.is_empty() {
        return Err(Problem::new("`Records` is empty").resembling("batch"));
    }
    let record = |(index, value)| Record { value, path: format!("Records[{index}]") };
    Ok(records.iter().enumerate().map(record).collect())
}

impl Record<'_> {
    /// Reads one record; whatever is wrong with it stays its own.
    pub(crate) fn read(self) -> Entry {
        let message_id = self.value.get("messageId").and_then(Value::as_str).map(String::from);
        let reading = self.reading().map_err(|problem| problem.about(self.source().as_bytes()));
        Entry { message_id, reading }
    }

    fn reading(&self) -> Result<Reading, Problem> {
        let record =
            Object::new(self.value, self.path.clone()).map_err(|problem| problem.resembling("batch"))?;
        match (record.text("EventSource")?, record.text("eventSource")?) {
            (Some("aws:sns"), None) => {
                let sns =
                    record.need_object("Sns").map_err(|problem| problem.resembling("SNS notification"))?;
                unwrapped(sns::message(&sns), 0)
            }
            (None, Some("aws:sqs")) => unwrapped(body(&record), 0),
            (Some(source), _) | (None, Some(source)) => Err(Problem::new(format!(
                "`{}` comes from {}, which we do not read",
                self.path,
                shown(source)
            ))
            .resembling("batch")),
            (None, None) => Err(record.missing("eventSource").resembling("batch")),
        }
    }

    /// The text that matters to whoever has to look at a refusal: the message, without its wrapping.
    fn source(&self) -> String {
        let body = self.value.get("body");
        let message = || self.value.get("Sns")?.get("Message");
        body.or_else(message).and_then(Value::as_str).map_or_else(|| self.value.to_string(), String::from)
    }
}

/// What an SQS record holds, and where.
fn body<'a>(record: &Object<'a>) -> Result<(Cow<'a, Value>, String), Problem> {
    let value = record.get("body").ok_or_else(|| record.missing("body"));
    let path = record.at("body");
    value
        .and_then(|value| json::embedded(value, &path))
        .map(|value| (value, path))
        .map_err(|problem| problem.resembling("SQS message"))
}
