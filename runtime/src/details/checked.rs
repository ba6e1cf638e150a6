use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use base64::Engine;
use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use http_body_util::combinators::MapFrame;
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::metadata::BASE64;

/// A client's channel that takes details which are no base64 out of what a server sends.
///
/// tonic's client panics when it reads them. Whoever calls servers that it does not trust puts this around
/// its channel.
///
/// ```
/// use proto::calcul::calculatrice_client::CalculatriceClient;
/// use tonic::transport::{Channel, Endpoint};
/// use vestibule::details::Checked;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let channel = Endpoint::from_static("http://localhost:50051").connect_lazy();
/// let client: CalculatriceClient<Checked<Channel>> = CalculatriceClient::new(Checked::new(channel));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Checked<S> {
    inner: S,
}

impl<S> Checked<S> {
    /// Checks what comes through this channel, or whatever else a client can be made of.
    #[must_use]
    pub fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S, B, R> Service<http::Request<B>> for Checked<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>>,
    R: Body<Data = Bytes>,
{
    type Response = http::Response<CheckedBody<R>>;
    type Error = S::Error;
    type Future = CheckedFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        CheckedFuture { inner: self.inner.call(request) }
    }
}

/// The body of a checked response.
pub type CheckedBody<R> = MapFrame<R, fn(Frame<Bytes>) -> Frame<Bytes>>;

pin_project! {
    /// A checked response on its way.
    #[derive(Debug)]
    pub struct CheckedFuture<F> {
        #[pin]
        inner: F,
    }
}

impl<F, R, E> Future for CheckedFuture<F>
where
    F: Future<Output = Result<http::Response<R>, E>>,
    R: Body<Data = Bytes>,
{
    type Output = Result<http::Response<CheckedBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.project().inner.poll(cx));
        Poll::Ready(response.map(|mut response| {
            check(response.headers_mut());
            response.map(|body| body.map_frame(check_frame as fn(_) -> _))
        }))
    }
}

fn check_frame(frame: Frame<Bytes>) -> Frame<Bytes> {
    match frame.into_trailers() {
        Ok(mut trailers) => {
            check(&mut trailers);
            Frame::trailers(trailers)
        }
        Err(frame) => frame,
    }
}

const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

fn check(headers: &mut HeaderMap) {
    if headers.get(DETAILS).is_some_and(|details| BASE64.decode(details).is_err()) {
        headers.remove(DETAILS);
        tracing::warn!(target: "vestibule", "a server has sent details that are no base64; they are dropped");
    }
}
