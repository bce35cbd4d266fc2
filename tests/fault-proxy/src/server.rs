//! One call in, one answer out, or what was planned in its place.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::service::service_fn;
use hyper::{Request, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

use crate::line::Line;
use crate::proxy::{State, Upstreams};
use crate::reply::{Cut, Reply};
use crate::upstream::Upstream;
use crate::{Call, Fault, Service, wire};

/// One caller's connection: what is behind it, and how it may end.
#[derive(Debug)]
struct Caller {
    state: Arc<State>,
    aws: Mutex<Upstream>,
    sagemaker: Mutex<Upstream>,
    reset: Arc<AtomicBool>,
}

/// Takes connections until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, upstreams: Upstreams, state: Arc<State>) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, upstreams, Arc::clone(&state)));
        }
    }
}

/// One connection. That it broke is the caller's business, and mostly ours.
async fn talk(stream: TcpStream, upstreams: Upstreams, state: Arc<State>) {
    // Small answers must not wait for each other's acknowledgement.
    let _ = stream.set_nodelay(true);
    let (line, reset) = Line::new(stream);
    let caller = Arc::new(Caller {
        state,
        aws: Mutex::new(Upstream::new(upstreams.aws)),
        sagemaker: Mutex::new(Upstream::new(upstreams.sagemaker)),
        reset,
    });
    let service = service_fn(move |request| {
        let caller = Arc::clone(&caller);
        async move { caller.respond(request).await }
    });
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(line, service).await;
}

impl Caller {
    async fn respond(&self, request: Request<Incoming>) -> Result<Response<Reply>, Cut> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let call = Call::of(head.uri.path(), &head.headers);
        let fault = self.state.arrived(&call, &body);
        if let Some(Fault::Latency(wait)) = fault {
            tokio::time::sleep(wait).await;
        }

        let answer = if fault.is_none_or(Fault::is_forwarded) {
            let mut request = Request::from_parts(head, Full::new(body));
            request.headers_mut().remove(TRANSFER_ENCODING);
            Some(self.forward(&call, request).await?)
        } else {
            None
        };
        // Counted when the service has done what it will do, and before the caller can know.
        if let Some(fault) = fault {
            self.state.struck(&call, fault);
        }
        match (fault, answer) {
            (None | Some(Fault::Latency(_)), Some(answer)) => Ok(answer.map(Reply::whole)),
            (Some(Fault::Truncated), Some(answer)) => Ok(answer.map(|body| Reply::half(&body))),
            (Some(Fault::NotJson), Some(answer)) => {
                Ok(answer.map(|_| Reply::whole(wire::not_json(call.service))))
            }
            (Some(Fault::WrongJson), Some(answer)) => {
                Ok(answer.map(|_| Reply::whole(wire::wrong_json(call.service))))
            }
            (Some(Fault::ForeignJson), Some(answer)) => {
                Ok(answer.map(|_| Reply::whole(wire::foreign_json(call.service))))
            }
            (Some(Fault::StatusBefore(status) | Fault::StatusAfter(status)), _) => Ok(wire::bare(status)),
            (Some(Fault::Throttled), _) => Ok(wire::throttled(call.service)),
            // Ends when the caller does: hyper drops what a closed connection waited for.
            (Some(Fault::HangBefore | Fault::HangAfter), _) => std::future::pending().await,
            (Some(Fault::ResetBefore | Fault::ResetAfter), _) | (_, None) => {
                self.reset.store(true, Ordering::Relaxed);
                Err(Cut)
            }
        }
    }

    /// The service's answer, with its status, its headers and its body as they came.
    async fn forward(&self, call: &Call, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Cut> {
        let upstream = if call.service == Service::SageMaker { &self.sagemaker } else { &self.aws };
        let mut answer = upstream.lock().await.ask(request).await.map_err(|silent| {
            self.state.broken(call, &silent.to_string());
            Cut
        })?;
        // What concerns the other connection; hyper writes its own for this one.
        for header in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
            answer.headers_mut().remove(header);
        }
        Ok(answer)
    }
}
