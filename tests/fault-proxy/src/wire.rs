//! What services say, in their own form.

use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::Service;
use crate::reply::Reply;

const CBOR: &str = "application/cbor";

/// "Too fast", as each service says it.
pub(crate) fn throttled(service: Service) -> Response<Reply> {
    const JSON_1_0: &str = "application/x-amz-json-1.0";
    const JSON_1_1: &str = "application/x-amz-json-1.1";
    match service {
        Service::CloudWatch => {
            let said = map(&[
                ("__type", "com.amazonaws.cloudwatch#ThrottlingException"),
                ("message", "Rate exceeded"),
            ]);
            let mut answer = answer(StatusCode::BAD_REQUEST, CBOR, said.into());
            put(&mut answer, "smithy-protocol", "rpc-v2-cbor");
            put(&mut answer, "x-amzn-query-error", "Throttling;Sender");
            answer
        }
        Service::DynamoDb => refusal(
            JSON_1_0,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"The level of configured provisioned throughput for the table was exceeded."}"#,
        ),
        Service::EventBridge | Service::SageMaker | Service::Ssm | Service::Other => {
            refusal(JSON_1_1, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#)
        }
    }
}

/// A status from something in front of the service, which has its own idea of a body.
pub(crate) fn bare(status: u16) -> Response<Reply> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    answer(status, "text/html", Bytes::from_static(b"<html><body>Sorry</body></html>"))
}

/// A web page, as a captive proxy sends it, with the status of success.
pub(crate) fn not_json(service: Service) -> Bytes {
    // A text where a map must be: no reader of CBOR may take it for an answer.
    by(service, || text("<html>"), b"<html><body>Welcome</body></html>")
}

/// Well formed, and a list.
pub(crate) fn wrong_json(service: Service) -> Bytes {
    by(service, || vec![0x83, 0x01, 0x02, 0x03], b"[1,2,3]")
}

/// Well formed, of the right kind, and without a word that the operation knows.
pub(crate) fn foreign_json(service: Service) -> Bytes {
    by(service, || map(&[("surprise", "yes")]), br#"{"surprise":"yes"}"#)
}

/// In the service's own form.
fn by(service: Service, cbor: impl FnOnce() -> Vec<u8>, json: &'static [u8]) -> Bytes {
    if service == Service::CloudWatch { cbor().into() } else { Bytes::from_static(json) }
}

fn refusal(kind: &'static str, said: &'static str) -> Response<Reply> {
    answer(StatusCode::BAD_REQUEST, kind, Bytes::from_static(said.as_bytes()))
}

fn answer(status: StatusCode, kind: &'static str, said: Bytes) -> Response<Reply> {
    let mut answer = Response::new(Reply::whole(said));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

fn put(answer: &mut Response<Reply>, name: &'static str, value: &'static str) {
    answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

/// A CBOR map of texts.
fn map(members: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = vec![0xa0 | u8::try_from(members.len()).unwrap_or_default()];
    for (name, value) in members {
        bytes.extend(text(name));
        bytes.extend(text(value));
    }
    bytes
}

/// A CBOR text with its length in one byte.
fn text(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x78, u8::try_from(text.len()).unwrap_or_default()];
    bytes.extend(text.bytes());
    bytes
}
