//! The Lambda Runtime API for one process: hands it invocations, and takes its answers.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

use crate::function::Answer;

const INVOCATIONS: &str = "/2018-06-01/runtime/invocation/";

/// How long an invocation may take, as the template's shortest function is told. Nobody ends one that takes longer.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Listens on 127.0.0.1 until it is dropped.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    desk: Arc<Desk>,
    work: mpsc::UnboundedSender<Work>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// One invocation.
#[derive(Debug)]
struct Work {
    request_id: String,
    payload: Vec<u8>,
}

/// Where answers are waited for.
#[derive(Debug, Default)]
struct Desk {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    /// No answer will come any more.
    closed: bool,
    waiting: BTreeMap<String, Sender<Answer>>,
}

impl RuntimeApi {
    pub(crate) fn start() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk::default());
        let (work, queue) = mpsc::unbounded_channel();
        let (end, ended) = oneshot::channel::<()>();
        let served = Arc::clone(&desk);
        let thread = thread::Builder::new().name("runtime-api".to_owned()).spawn(move || {
            runtime.block_on(async {
                // Fails only without the runtime's driver, which is on.
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = serve(listener, served, Arc::new(AsyncMutex::new(queue))) => {}
                    _ = ended => {}
                }
            });
        })?;
        Ok(Self { address, desk, work, end: Some(end), thread: Some(thread) })
    }

    /// What the process is to find in `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Hands over one invocation. The channel ends without an answer if the process does.
    pub(crate) fn hand(&self, request_id: &str, payload: &[u8]) -> Receiver<Answer> {
        let (told, answer) = channel();
        let mut open = self.desk.open();
        if !open.closed {
            open.waiting.insert(request_id.to_owned(), told);
            // Nobody listens only once the thread is gone, and then the channel ends.
            let work = Work { request_id: request_id.to_owned(), payload: payload.to_vec() };
            let _ = self.work.send(work);
        }
        answer
    }

    /// Tells everybody who waits that the process is gone.
    pub(crate) fn closer(&self) -> impl FnOnce() + Send + use<> {
        let desk = Arc::clone(&self.desk);
        move || {
            let mut open = desk.open();
            open.closed = true;
            open.waiting.clear();
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Desk {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Queue = Arc<AsyncMutex<mpsc::UnboundedReceiver<Work>>>;

async fn serve(listener: TcpListener, desk: Arc<Desk>, queue: Queue) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (desk, queue) = (Arc::clone(&desk), Arc::clone(&queue));
        let service = service_fn(move |request| {
            let (desk, queue) = (Arc::clone(&desk), Arc::clone(&queue));
            async move { respond(&desk, &queue, request).await }
        });
        let connection =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            let _ = connection.await;
        });
    }
}

async fn respond(
    desk: &Desk,
    queue: &Queue,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let rest = head.uri.path().strip_prefix(INVOCATIONS).unwrap_or_default();
    if head.method == Method::GET && rest == "next" {
        return Ok(match queue.lock().await.recv().await {
            Some(work) => invocation(work),
            None => status(StatusCode::INTERNAL_SERVER_ERROR),
        });
    }
    let answer = match rest.split_once('/') {
        Some((id, "response")) => Some((id, Answer::returned(&body))),
        Some((id, "error")) => Some((id, Answer::failed(&body))),
        _ => None,
    };
    Ok(match answer.map(|(id, answer)| (desk.open().waiting.remove(id), answer)) {
        Some((Some(told), answer)) => {
            // Whoever asked may have given up.
            let _ = told.send(answer);
            status(StatusCode::ACCEPTED)
        }
        Some((None, _)) => status(StatusCode::BAD_REQUEST),
        None => status(StatusCode::NOT_FOUND),
    })
}

fn invocation(work: Work) -> Response<Full<Bytes>> {
    let deadline = SystemTime::now() + TIMEOUT;
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let mut response = Response::new(Full::new(Bytes::from(work.payload)));
    let headers = response.headers_mut();
    for (name, value) in [
        ("lambda-runtime-aws-request-id", work.request_id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:1:function:local".to_owned()),
    ] {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    }
    response
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
