use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// The connection ends here, on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection was cut on purpose")]
pub(crate) struct Cut;

/// A body that can stop in the middle: the length it promised is that of the whole.
#[derive(Debug)]
pub(crate) struct Reply {
    part: Option<Bytes>,
    promised: u64,
    cut: bool,
}

impl Reply {
    pub(crate) fn whole(bytes: Bytes) -> Self {
        let promised = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { part: Some(bytes), promised, cut: false }
    }

    /// The first half; of an empty body, a promise that is not kept.
    pub(crate) fn half(bytes: &Bytes) -> Self {
        let promised = u64::try_from(bytes.len().max(1)).unwrap_or(u64::MAX);
        Self { part: Some(bytes.slice(..bytes.len() / 2)), promised, cut: true }
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
