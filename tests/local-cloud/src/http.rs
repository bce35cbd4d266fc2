use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Request};

use crate::Error;

/// Longer than any function may run under test; a hung call must not hang the suite.
const CALL_WITHIN: Duration = Duration::from_secs(90);

/// Large enough for every answer here; a scan of a test's table is kilobytes.
const ANSWER_LIMIT: u64 = 64 << 20;

/// One account and Region of the emulator, over plain HTTP.
///
/// Requests are shaped as signed ones but carry no signature: MiniStack reads service, Region and account from
/// the credential, and checks nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    agent: ureq::Agent,
    endpoint: String,
    pub(crate) account: String,
    pub(crate) region: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(endpoint: &str, account: &str, region: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(CALL_WITHIN))
            .build();
        Self {
            agent: ureq::Agent::new_with_config(config),
            endpoint: endpoint.into(),
            account: account.into(),
            region: region.into(),
        }
    }

    /// Calls an operation of a service that speaks awsJson; `target` is `Prefix.Operation`.
    pub(crate) fn json(&self, service: &str, target: &str, input: &Value) -> Result<Value, Error> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let answer = self.ask(service, target, "POST", "/", &headers, input.to_string().into_bytes())?;
        answer.json(target)
    }

    /// Calls an operation of a service that speaks the form-encoded Query protocol; the answer is XML.
    pub(crate) fn query(
        &self,
        service: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, Error> {
        let body: String = [("Action", action)]
            .iter()
            .chain(fields)
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect::<Vec<_>>()
            .join("&");
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.ask(service, action, "POST", "/", &headers, body.into_bytes()).map(|answer| answer.text())
    }

    /// Sends one request; an answer outside 200..300 is an error that shows it.
    pub(crate) fn ask(
        &self,
        service: &str,
        action: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Error> {
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential={}/20260101/{}/{service}/aws4_request, SignedHeaders=host, Signature=0",
            self.account, self.region
        );
        let no_answer = |source| Error::NoAnswer { action: action.into(), source: Box::new(source) };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .header("authorization", credential);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).map_err(|error| no_answer(error.into()))?;
        let response = self.agent.run(request).map_err(no_answer)?;

        let (head, body) = response.into_parts();
        let body = body.into_with_config().limit(ANSWER_LIMIT).read_to_vec().map_err(no_answer)?;
        let answer = Answer { status: head.status.as_u16(), headers: head.headers, body };
        if head.status.is_success() {
            return Ok(answer);
        }
        Err(Error::Refused { action: action.into(), status: answer.status, body: answer.text() })
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self, action: &str) -> Result<Value, Error> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body)
            .map_err(|_| Error::unexpected("JSON", format!("the answer to {action}: {}", self.text())))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Percent-encodes everything but unreserved characters.
pub(crate) fn escape(text: &str) -> String {
    use std::fmt::Write;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(byte.into()),
            _ => write!(escaped, "%{byte:02X}").unwrap_or_default(),
        }
    }
    escaped
}

/// The texts of all elements called `tag`, which hold no elements themselves.
pub(crate) fn elements(xml: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    xml.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split_once(&close))
        .map(|(text, _)| {
            text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_every_byte() {
        assert_eq!(escape("a b&c=\u{e4}/~"), "a%20b%26c%3D%C3%A4%2F~");
    }

    #[test]
    fn elements_are_read_in_order_and_unescaped() {
        let xml = "<r><m><Id>a&amp;&lt;b</Id></m><m><Id>c</Id></m></r>";
        assert_eq!(elements(xml, "Id"), ["a&<b", "c"]);
        assert!(elements(xml, "None").is_empty());
    }
}
