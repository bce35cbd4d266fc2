use super::Aws;
use crate::Error;

impl Aws {
    /// Lets a queue hear everything that a topic is told.
    pub fn subscribe_queue(&self, topic: &str, queue_arn: &str) -> Result<(), Error> {
        let fields = [("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", queue_arn)];
        self.wire.query("sns", "Subscribe", &fields).map(drop)
    }
}
