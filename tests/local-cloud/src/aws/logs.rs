use serde_json::{Value, json};

use super::Aws;
use crate::Error;

impl Aws {
    /// The lines of a log group, oldest first; none if it does not exist yet.
    pub fn log_lines(&self, group: &str) -> Result<Vec<String>, Error> {
        let mut input = json!({"logGroupName": group});
        let mut lines = Vec::new();
        loop {
            let answer = match self.wire.json("logs", "Logs_20140328.FilterLogEvents", &input) {
                Err(Error::Refused { body, .. }) if body.contains("ResourceNotFoundException") => {
                    return Ok(lines);
                }
                answer => answer?,
            };
            let events = answer.get("events").and_then(Value::as_array).into_iter().flatten();
            lines.extend(
                events.filter_map(|event| event.get("message")?.as_str()).map(|line| line.trim_end().into()),
            );
            match answer.get("nextToken").filter(|token| token.is_string()) {
                Some(token) => super::metrics::insert(&mut input, "nextToken", token.clone()),
                None => return Ok(lines),
            }
        }
    }
}
