//! The response of a chain, until it has headers.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Version;
use http_body::Body as _;
use http_body_util::combinators::UnsyncBoxBody;
use tonic::body::Body;
use tonic::{Response, Status};

use super::response_body::{ChainEnd, ResponseBody};
use super::side::ProxySide;
use crate::chain::ResponseSender;
use crate::status::BoxError;

/// The future that ends when the response of a chain has headers, or with the status of an earlier failure.
///
/// It polls the body of the response, and the body polls the chain. So the chain is in one box for its whole life, and the
/// body that the caller receives is that box.
#[must_use]
pub(crate) struct ProxiedResponse(Option<Running>);

struct Running {
    sender: ResponseSender<Bytes>,
    body: UnsyncBoxBody<Bytes, Status>,
}

impl ProxiedResponse {
    /// Creates the response of `chain`, which sends its headers and its data through `sender`.
    // It is always inlined. Otherwise the chain would be copied once more.
    #[inline(always)]
    pub(crate) fn new<M, B>(
        sender: ResponseSender<Bytes>,
        chain: impl Future<Output = ChainEnd<B>> + Send + 'static,
    ) -> Self
    where
        M: ProxySide,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let body = UnsyncBoxBody::new(ResponseBody::<M, _, B>::new(chain, sender.clone()));
        Self(Some(Running { sender, body }))
    }
}

impl Future for ProxiedResponse {
    type Output = Result<http::Response<Body>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(Running { sender, body }) = &mut self.0 else { return Poll::Pending };
        let poll = Pin::new(body).poll_frame(cx);
        if let Some(headers) = sender.take_headers(cx) {
            let Running { body, .. } = self.0.take().expect("the first line of this function has found it");
            return Poll::Ready(Ok(into_http(headers, body)));
        }
        // Before there are headers, the body has no frames. It only fails.
        let Poll::Ready(Some(Err(status))) = poll else { return Poll::Pending };
        self.0 = None;
        Poll::Ready(Err(status))
    }
}

/// Converts the response of a chain into one over HTTP/2.
fn into_http(headers: Response<()>, body: UnsyncBoxBody<Bytes, Status>) -> http::Response<Body> {
    let (metadata, (), extensions) = headers.into_parts();
    let mut response = http::Response::new(Body::new(body));
    *response.version_mut() = Version::HTTP_2;
    *response.headers_mut() = metadata.into_headers();
    *response.extensions_mut() = extensions;
    response
}

impl fmt::Debug for ProxiedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxiedResponse").finish_non_exhaustive()
    }
}
