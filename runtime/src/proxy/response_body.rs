use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use pin_project_lite::pin_project;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use super::grpc_status::STATUS;
use super::side::ProxySide;
use crate::chain::{INTERNAL_ERROR, ResponseSender, SentHeaders, check_status};
use crate::{Call, metadata};

/// Returns the trailers of a success, or the status of a call that has failed or has metadata.
///
/// `trailers` are those of the service if they say OK and nothing else, or else they are empty.
pub(crate) fn end_call<M: ProxySide>(
    call: &Call,
    result: Result<(), Status>,
    mut trailers: HeaderMap,
) -> Result<HeaderMap, Status> {
    if result.is_err() || !call.added_metadata().is_empty() {
        add_metadata::<M>(call, result)?;
    }
    if trailers.is_empty() {
        trailers.insert(STATUS, HeaderValue::from_static("0"));
    }
    Ok(trailers)
}

/// Returns the result of a call with the metadata that its interceptors have added. A success with metadata is an
/// error with the code OK, because only a `Status` can carry metadata here.
fn add_metadata<M: ProxySide>(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    let service_headers = call.added_metadata().service_headers();
    let mut status = match result {
        Ok(()) => {
            let mut trailers = MetadataMap::new();
            call.added_metadata().move_all_into(call.method(), &mut trailers);
            if trailers.is_empty() && service_headers.is_empty() {
                return Ok(());
            }
            Status::with_metadata(Code::Ok, "", trailers)
        }
        Err(status) => {
            let mut status = check_status(call, status);
            let headers = status.metadata_mut().as_mut();
            service_headers.keys().for_each(|key| drop(headers.remove(key)));
            metadata::drop_reserved_of_status(Some(call.method()), headers);
            call.added_metadata().move_all_into(call.method(), status.metadata_mut());
            M::finalize(call, status)
        }
    };
    M::check_size(call, status.metadata().as_ref());
    status.metadata_mut().as_mut().extend(service_headers);
    Err(status)
}

/// Returns the response for a call that has failed before its headers were sent.
pub(crate) fn failure_response(status: Status) -> http::Response<Body> {
    // No interceptor can set the content-type, so this one comes from the service.
    let content_type = status.metadata().as_ref().get(CONTENT_TYPE).cloned();
    let mut response = status.into_http::<Body>();
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}

pin_project! {
    /// The body of a response that a chain sends. It polls the chain.
    pub(super) struct ResponseBody<M, F> {
        // `None` after the chain has ended.
        #[pin]
        chain: Option<F>,
        sender: ResponseSender<Bytes>,
        // The result of the chain, until the last frame.
        result: Option<Result<HeaderMap, Status>>,
        side: PhantomData<fn(M)>,
    }
}

impl<M: ProxySide, F: Future<Output = Result<HeaderMap, Status>>> ResponseBody<M, F> {
    #[inline]
    pub(super) fn new(chain: F, sender: ResponseSender<Bytes>) -> Self {
        Self { chain: Some(chain), sender, result: None, side: PhantomData }
    }

    /// Polls the chain, unless it has ended.
    fn poll_chain(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let mut this = self.project();
        let Some(chain) = this.chain.as_mut().as_pin_mut() else { return };
        if let Poll::Ready(result) = chain.poll(cx) {
            *this.result = Some(result);
            this.chain.set(None);
        }
    }

    /// Ends the body after the chain has ended with `result`.
    fn last_frame(sent: SentHeaders, result: Result<HeaderMap, Status>) -> Result<Frame<Bytes>, Status> {
        match (sent, result) {
            (SentHeaders::Received, Ok(trailers)) => Ok(Frame::trailers(trailers)),
            (SentHeaders::Received, Err(status)) => M::last_frame(status),
            // There is no response yet, so the whole call fails.
            (_, Err(status)) => Err(status),
            (_, Ok(_)) => Err(Status::internal(INTERNAL_ERROR)),
        }
    }
}

impl<M: ProxySide, F: Future<Output = Result<HeaderMap, Status>>> http_body::Body for ResponseBody<M, F> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.as_mut().poll_chain(cx);
        // An interceptor may end the chain right after the rest has sent something. That comes first.
        if let Some(data) = self.sender.take_message(cx) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.chain.is_some() {
            return Poll::Pending;
        }
        let sent = self.sender.sent_headers();
        if matches!(sent, SentHeaders::Waiting) {
            return Poll::Pending;
        }
        let result = self.project().result.take();
        Poll::Ready(result.map(|result| Self::last_frame(sent, result)))
    }
}
