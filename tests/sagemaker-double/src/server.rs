//! HTTP in, HTTP out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

use crate::account::{Answer, Call, Delivery};
use crate::faults::Action;
use crate::side_door::{self, Shut};
use crate::world::{NOBODY, World, is_account};

const AWS_JSON: &str = "application/x-amz-json-1.1";
const DEFAULT_REGION: &str = "us-east-1";

/// The connection ends here, on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection was cut on purpose")]
struct Cut;

/// A body that can stop in the middle: the length it promised is that of the whole.
#[derive(Debug)]
struct Reply {
    part: Option<Bytes>,
    promised: u64,
    cut: bool,
}

/// Takes connections until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, Arc::clone(&world)));
        }
    }
}

/// One connection. That it broke is the caller's business, and sometimes ours.
async fn talk(stream: TcpStream, world: Arc<World>) {
    let service = service_fn(move |request| {
        let world = Arc::clone(&world);
        async move { respond(&world, request).await }
    });
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(world: &World, request: Request<Incoming>) -> Result<Response<Reply>, Cut> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let path = head.uri.path();
    if path.starts_with(side_door::PREFIX) {
        let query = head.uri.query().unwrap_or_default();
        return Ok(by_side_door(side_door::answer(world, head.method.as_str(), path, query, &body)));
    }
    let call = call(&head.headers, &body);
    let name = call.name();
    let fault = {
        let mut accounts = world.accounts();
        let account = accounts.entry(call.account.clone()).or_default();
        account.faults.strike(&call.operation, name.as_deref())
    };
    if let Some(Action::Delay { ms }) = fault {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    let answer = world.accounts().entry(call.account.clone()).or_default().answer(&call, fault.as_ref());
    by_front_door(answer)
}

/// Whose call it is stands in the signature, which nobody checks.
fn call(headers: &HeaderMap, body: &[u8]) -> Call {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let credential = header(AUTHORIZATION.as_str()).split_once("Credential=").map_or("", |(_, rest)| rest);
    let mut scope = credential.split([',', ' ']).next().unwrap_or_default().split('/');
    let account = scope.next().filter(|key| is_account(key)).unwrap_or(NOBODY);
    let region = scope.nth(1).filter(|region| !region.is_empty()).unwrap_or(DEFAULT_REGION);
    Call {
        account: account.to_owned(),
        region: region.to_owned(),
        operation: header("x-amz-target").trim_start_matches("SageMaker.").to_owned(),
        request: serde_json::from_slice(body).map_err(|error| error.to_string()),
    }
}

fn by_front_door(answer: Answer) -> Result<Response<Reply>, Cut> {
    let kind = match answer.delivery {
        Delivery::Nothing => return Err(Cut),
        Delivery::AsHtml => "text/html",
        Delivery::Whole | Delivery::Half => AWS_JSON,
    };
    let reply = Reply::new(answer.body, answer.delivery == Delivery::Half);
    let mut response = response(answer.status, kind, reply);
    if let Some(code) = answer.error.and_then(|code| code.parse().ok()) {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    Ok(response)
}

fn by_side_door(answer: Result<Value, Shut>) -> Response<Reply> {
    let (status, body) = match answer {
        Ok(body) => (200, body),
        Err(Shut::NoSuchPath) => (404, json!({ "error": "no such path or method at the side door" })),
        Err(Shut::BadBody(error)) => (400, json!({ "error": error })),
    };
    response(status, "application/json", Reply::new(body.to_string(), false))
}

fn response(status: u16, kind: &'static str, reply: Reply) -> Response<Reply> {
    let mut response = Response::new(reply);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}

impl Reply {
    fn new(text: String, cut: bool) -> Self {
        let whole = Bytes::from(text);
        let promised = u64::try_from(whole.len()).unwrap_or(u64::MAX);
        let part = if cut { whole.slice(..whole.len() / 2) } else { whole };
        Self { part: Some(part), promised, cut }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = self.get_mut();
        Poll::Ready(match this.part.take() {
            Some(part) if !part.is_empty() => Some(Ok(Frame::data(part))),
            _ if this.cut => Some(Err(Cut)),
            _ => None,
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(if self.part.is_some() { self.promised } else { 0 })
    }
}
