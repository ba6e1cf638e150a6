use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tonic::{Response, Status};

use super::check_result::INTERNAL_ERROR;
use super::response_sender::ResponseSender;
use super::response_stream::ResponseStream;

/// The future that ends when a response stream has headers, or with the status of an earlier failure.
#[derive(Debug)]
#[must_use]
pub struct HeadersFuture<Res>(Option<ResponseStream<Res>>);

impl<Res> HeadersFuture<Res> {
    /// Polls `chain` until the response has headers. After that, the stream of the response polls it.
    pub fn start(
        sender: ResponseSender<Res>,
        chain: impl Future<Output = Result<(), Status>> + Send + 'static,
    ) -> Self {
        Self(Some(ResponseStream::new(Box::pin(chain), sender)))
    }
}

impl<Res> Future for HeadersFuture<Res> {
    type Output = Result<Response<ResponseStream<Res>>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(stream) = &mut self.0 else { return Poll::Pending };
        let poll = stream.poll_chain(cx);
        let headers = stream.sender().take_headers(cx);
        match (headers, poll) {
            (Some(headers), poll) => {
                stream.store_end(poll);
                let (metadata, (), extensions) = headers.into_parts();
                let stream = self.0.take().expect("the first line of this function has found it");
                Poll::Ready(Ok(Response::from_parts(metadata, stream, extensions)))
            }
            (None, Poll::Ready(result)) => {
                self.0 = None;
                Poll::Ready(Err(result.err().unwrap_or_else(|| Status::internal(INTERNAL_ERROR))))
            }
            (None, Poll::Pending) => Poll::Pending,
        }
    }
}

/// The return type of a method of tonic's trait: the future that async-trait makes of an `async fn`.
pub type BoxResponseFuture<'a, Res> =
    Pin<Box<dyn Future<Output = Result<Response<Res>, Status>> + Send + 'a>>;

/// The stream of a response in the traits that tonic-build generates with `generate_default_stubs`.
pub type BoxStream<Res> = Pin<Box<dyn Stream<Item = Result<Res, Status>> + Send>>;

/// Boxes the stream of a response for the traits that tonic-build generates with `generate_default_stubs`.
pub async fn box_stream<Res: Send + 'static>(
    headers: HeadersFuture<Res>,
) -> Result<Response<BoxStream<Res>>, Status> {
    let (metadata, stream, extensions) = headers.await?.into_parts();
    Ok(Response::from_parts(metadata, Box::pin(stream), extensions))
}
