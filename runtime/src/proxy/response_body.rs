use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

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
use super::unsent_body::UnsentBody;
use crate::chain::{INTERNAL_ERROR, ResponseSender, SentHeaders, check_status};
use crate::status::BoxError;
use crate::{Call, metadata};

/// Returns the trailers of a success, or the status of a call that has failed or has metadata.
///
/// `trailers` are those of the service if they say OK and nothing else.
pub(super) fn end_call<M: ProxySide>(
    call: &Call,
    result: Result<(), Status>,
    trailers: Option<HeaderMap>,
) -> Result<HeaderMap, Status> {
    if result.is_err() || !call.added_metadata().is_empty() {
        add_metadata::<M>(call, result)?;
    }
    Ok(trailers.unwrap_or_else(|| HeaderMap::from_iter([(STATUS, HeaderValue::from_static("0"))])))
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

/// The end of a chain.
#[allow(clippy::large_enum_variant, reason = "a box would be an allocation for each call")]
pub(crate) enum ChainEnd<B> {
    /// The call has ended too, with these trailers or this status.
    OfCall(Result<HeaderMap, Status>),
    /// The response has headers, and its body needs no chain.
    BeforeBody(Call, UnsentBody<B>),
}

pin_project! {
    /// The body of a response that a chain sends. It polls the chain, or the body of the service after the chain has
    /// ended.
    pub(super) struct ResponseBody<M, F, B> {
        #[pin]
        stage: Stage<F, B>,
        sender: ResponseSender<Bytes>,
        side: PhantomData<fn(M)>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<F, B> {
        Chain { #[pin] chain: F },
        Body { call: Call, #[pin] body: UnsentBody<B> },
        // The result of the call, until the last frame.
        Ended { result: Option<Result<HeaderMap, Status>> },
    }
}

impl<M, F, B> ResponseBody<M, F, B>
where
    M: ProxySide,
    F: Future<Output = ChainEnd<B>>,
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    #[inline(always)]
    pub(super) fn new(chain: F, sender: ResponseSender<Bytes>) -> Self {
        Self { stage: Stage::Chain { chain }, sender, side: PhantomData }
    }

    /// Polls the chain, unless it has ended. It is pending if the chain has ended before the body, whose headers come
    /// first.
    fn poll_chain(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if let StageProjection::Chain { chain } = this.stage.as_mut().project()
            && let Poll::Ready(end) = chain.poll(cx)
        {
            match end {
                ChainEnd::OfCall(result) => this.stage.set(Stage::Ended { result: Some(result) }),
                ChainEnd::BeforeBody(call, body) => {
                    this.stage.set(Stage::Body { call, body });
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(())
    }

    /// Ends the body after the call has ended with `result`.
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

impl<M, F, B> http_body::Body for ResponseBody<M, F, B>
where
    M: ProxySide,
    F: Future<Output = ChainEnd<B>>,
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let StageProjection::Body { call, body } = self.as_mut().project().stage.project() {
            let frame = match ready!(body.poll_data::<M>(call, cx)) {
                Ok(data) => Ok(Frame::data(data)),
                Err(end) => {
                    let (result, trailers) =
                        end.map_or_else(|status| (Err(status), None), |trailers| (Ok(()), trailers));
                    let result = end_call::<M>(call, result, trailers);
                    self.project().stage.set(Stage::Ended { result: None });
                    Self::last_frame(SentHeaders::Received, result)
                }
            };
            return Poll::Ready(Some(frame));
        }
        ready!(self.as_mut().poll_chain(cx));
        // An interceptor may end the chain right after the rest has sent something. That comes first.
        if let Some(data) = self.sender.take_message(cx) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        let this = self.project();
        let StageProjection::Ended { result } = this.stage.project() else { return Poll::Pending };
        let sent = this.sender.sent_headers();
        if matches!(sent, SentHeaders::Waiting) {
            return Poll::Pending;
        }
        Poll::Ready(result.take().map(|result| Self::last_frame(sent, result)))
    }
}
