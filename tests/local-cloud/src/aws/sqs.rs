use serde_json::{Value, json};

use super::Aws;
use crate::Error;

impl Aws {
    /// Makes a queue; returns its URL.
    pub fn create_queue(&self, queue: &str) -> Result<String, Error> {
        let answer = self.sqs("CreateQueue", &json!({"QueueName": queue}))?;
        let url = answer.get("QueueUrl").and_then(Value::as_str);
        url.map(Into::into).ok_or_else(|| Error::unexpected("`QueueUrl`", &answer))
    }

    /// Takes up to ten messages out of a queue: their bodies, parsed if they are JSON.
    pub fn receive(&self, url: &str) -> Result<Vec<Value>, Error> {
        let answer = self.sqs("ReceiveMessage", &json!({"QueueUrl": url, "MaxNumberOfMessages": 10}))?;
        let messages = answer.get("Messages").and_then(Value::as_array).cloned().unwrap_or_default();
        messages
            .iter()
            .map(|message| {
                let receipt = message.get("ReceiptHandle");
                self.sqs("DeleteMessage", &json!({"QueueUrl": url, "ReceiptHandle": receipt}))?;
                let body = message.get("Body").and_then(Value::as_str).unwrap_or_default();
                Ok(serde_json::from_str(body).unwrap_or_else(|_| body.into()))
            })
            .collect()
    }

    /// The ARN of a queue of this account.
    #[must_use]
    pub fn queue_arn(&self, queue: &str) -> String {
        format!("arn:aws:sqs:{}:{}:{queue}", self.region(), self.account())
    }

    fn sqs(&self, operation: &str, input: &Value) -> Result<Value, Error> {
        self.wire.json("sqs", &format!("AmazonSQS.{operation}"), input)
    }
}
