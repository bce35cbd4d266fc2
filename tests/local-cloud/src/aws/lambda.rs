use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Aws;
use crate::Error;

/// How a synchronous invocation ended.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// What the function returned, or its error.
    pub payload: Value,
    /// `Handled` or `Unhandled` if the function failed.
    pub function_error: Option<String>,
    /// The last four kilobytes of its log.
    pub log: String,
}

impl Aws {
    /// Invokes a function and waits for its answer.
    pub fn invoke(&self, function: &str, payload: &Value) -> Result<Invocation, Error> {
        let headers = [("x-amz-invocation-type", "RequestResponse"), ("x-amz-log-type", "Tail")];
        let answer = self.call_function(function, &headers, payload)?;
        Ok(Invocation {
            payload: answer.json("Invoke")?,
            function_error: answer.header("x-amz-function-error").map(Into::into),
            log: answer.header("x-amz-log-result").map(decode).unwrap_or_default(),
        })
    }

    /// Hands an event to a function's queue, as services do; failures are tried again and then kept.
    pub fn invoke_event(&self, function: &str, payload: &Value) -> Result<(), Error> {
        self.call_function(function, &[("x-amz-invocation-type", "Event")], payload).map(drop)
    }

    /// Ends the warm instances of a function, so that its next invocation starts cold.
    pub fn cool_down(&self, function: &str) -> Result<(), Error> {
        // Setting what is set already changes nothing, but new instances are needed all the same.
        let timeout = self.function_configuration(function)?.get("Timeout").cloned();
        let change = json!({"Timeout": timeout}).to_string().into_bytes();
        let headers = [("content-type", "application/json")];
        let path = configuration_of(function);
        self.wire.ask("lambda", "UpdateFunctionConfiguration", "PUT", &path, &headers, change).map(drop)
    }

    /// The environment that a function was given.
    pub fn function_environment(&self, function: &str) -> Result<BTreeMap<String, String>, Error> {
        let answer = self.function_configuration(function)?;
        let variables = answer.pointer("/Environment/Variables").and_then(Value::as_object);
        Ok(variables
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect())
    }

    /// The log group that a function writes to.
    pub fn function_log_group(&self, function: &str) -> Result<String, Error> {
        let answer = self.function_configuration(function)?;
        let group = answer.pointer("/LoggingConfig/LogGroup").and_then(Value::as_str);
        Ok(group.map_or_else(|| format!("/aws/lambda/{function}"), ToOwned::to_owned))
    }

    /// The ARN of a function of this account.
    #[must_use]
    pub fn function_arn(&self, function: &str) -> String {
        format!("arn:aws:lambda:{}:{}:function:{function}", self.region(), self.account())
    }

    fn function_configuration(&self, function: &str) -> Result<Value, Error> {
        let action = "GetFunctionConfiguration";
        self.wire.ask("lambda", action, "GET", &configuration_of(function), &[], Vec::new())?.json(action)
    }

    fn call_function(
        &self,
        function: &str,
        headers: &[(&str, &str)],
        payload: &Value,
    ) -> Result<crate::http::Answer, Error> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        self.wire.ask("lambda", "Invoke", "POST", &path, headers, payload.to_string().into_bytes())
    }
}

fn configuration_of(function: &str) -> String {
    format!("/2015-03-31/functions/{function}/configuration")
}

/// Decodes standard Base64; the log is for people, so a stray character is skipped rather than refused.
fn decode(text: &str) -> String {
    let sextets: Vec<u32> = text
        .bytes()
        .filter_map(|byte| {
            Some(match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            })
        })
        .map(u32::from)
        .collect();
    let bytes: Vec<u8> = sextets
        .chunks(4)
        .flat_map(|chunk| {
            let group = chunk.iter().fold(0, |group, sextet| group << 6 | sextet) << (6 * (4 - chunk.len()));
            group.to_be_bytes().into_iter().skip(1).take(chunk.len() - 1).collect::<Vec<_>>()
        })
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn base64_of_every_length_is_decoded() {
        assert_eq!(decode(""), "");
        assert_eq!(decode("YQ=="), "a");
        assert_eq!(decode("YWI="), "ab");
        assert_eq!(decode("YWJj"), "abc");
        assert_eq!(decode("w6TDtg=="), "\u{e4}\u{f6}");
    }
}
