use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection that was idle for longer may have been closed by the service just now; a call on it would fail without
/// being planned to. MiniStack closes after five seconds.
const FRESH: Duration = Duration::from_secs(2);

/// One service behind one caller's connection, which makes one call at a time.
#[derive(Debug)]
pub(crate) struct Upstream {
    address: SocketAddr,
    idle: Option<(SendRequest<Full<Bytes>>, Instant)>,
}

/// The service did not answer the proxy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Silent {
    #[error("no connection: {0}")]
    Connect(#[from] std::io::Error),
    #[error("no answer: {0}")]
    Answer(#[from] hyper::Error),
}

impl Upstream {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, idle: None }
    }

    /// Forwards a call and waits for the whole answer.
    pub(crate) async fn ask(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Silent> {
        // Taken out: a call that is abandoned in the middle takes its connection with it.
        let idle = self.idle.take().filter(|(sender, since)| since.elapsed() < FRESH && !sender.is_closed());
        let mut sender = match idle {
            Some((sender, _)) => sender,
            None => self.connect().await?,
        };
        sender.ready().await?;
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        self.idle = Some((sender, Instant::now()));
        Ok(Response::from_parts(head, body))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Silent> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }
}
