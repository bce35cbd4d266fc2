//! A connection that answers what was written down, and keeps what was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_smithy_cbor::Encoder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use rekindle_aws::Clients;

/// One answer: status, content type, body.
pub(crate) type Answer = (u16, &'static str, Vec<u8>);

#[derive(Debug, Clone, Default)]
pub(crate) struct Canned {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Canned {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: Arc::new(Mutex::new(answers.into_iter().collect())), ..Self::default() }
    }

    /// The bodies that were sent.
    pub(crate) fn asked(&self) -> Vec<Vec<u8>> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) async fn clients(&self, ttl: u64) -> Clients {
        let sdk = super::nobody("100000000001").http_client(self.clone()).load().await;
        Clients::new(super::config(ttl), sdk)
    }
}

impl HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.asked.lock().unwrap().push(request.body().bytes().unwrap_or_default().to_vec());
        let (status, kind, body) = self.answers.lock().unwrap().pop_front().expect("an answer is left");
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        response.headers_mut().insert("content-type", kind);
        response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Canned {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// CBOR, as CloudWatch speaks it.
pub(crate) fn cbor(write: impl FnOnce(&mut Encoder)) -> Answer {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder);
    (200, "application/cbor", encoder.into_writer())
}

/// JSON, as Parameter Store speaks it.
pub(crate) fn json(value: &serde_json::Value) -> Answer {
    (200, "application/x-amz-json-1.1", value.to_string().into_bytes())
}

/// Whether a text stands somewhere in a body.
pub(crate) fn holds(body: &[u8], text: &str) -> bool {
    body.windows(text.len()).any(|window| window == text.as_bytes())
}
