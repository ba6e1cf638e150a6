use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Response, Status};

use super::grpc_status::{status_of_http, take_status};
use super::message_frames::MessageFrames;
use super::request_body::RequestBody;
use super::response_body::{ChainEnd, end_call};
use super::side::ProxySide;
use super::unsent_body::{CallEnd, ResponseHead, UnsentBody};
use crate::call::{Part, Upload};
use crate::chain::{RequestSide, RequestStream, ResponseSender, SharedHookStack};
use crate::status::BoxError;
use crate::{Call, metadata};

/// The places for the response of a call. The caller of the chain owns them, and the chain borrows them, because each
/// level would copy them otherwise.
pub(crate) struct ProxiedParts<B> {
    /// False if no interceptor of the list has hooks. Then nothing is shared with the request stream.
    pub(crate) has_hooks: bool,
    /// True if the chain must run to the end of the call. Otherwise it may end when the response has headers.
    pub(crate) acts_at_end: bool,
    pub(crate) upload: Option<Upload>,
    pub(crate) response_sender: ResponseSender<Bytes>,
    pub(crate) rest: ResponseRest<B>,
}

/// The part of a response that the chain leaves to its caller.
pub(crate) enum ResponseRest<B> {
    /// Nothing, or trailers that the caller makes.
    None,
    /// The trailers of the service. They say OK and nothing else.
    Trailers(HeaderMap),
    /// The whole body, because the chain ends before it.
    Body(UnsentBody<B>),
}

impl<B> ResponseRest<B> {
    /// Returns the end of a chain that has ended with `result`.
    pub(crate) fn end_chain<M: ProxySide>(self, call: Call, result: Result<(), Status>) -> ChainEnd<B> {
        let trailers = match self {
            Self::Body(body) if result.is_ok() => return ChainEnd::BeforeBody(call, body),
            Self::Trailers(trailers) => Some(trailers),
            Self::Body(_) | Self::None => None,
        };
        ChainEnd::OfCall(end_call::<M>(&call, result, trailers))
    }
}

/// A call whose starts have run: it sends the request on to the service, and the response back.
pub(crate) struct ProxiedCall<'a, M: ProxySide, B> {
    request_stream: RequestStream<M, ()>,
    parts: &'a mut ProxiedParts<B>,
    /// `None` after the response has headers. Then its body has the guard.
    call_end: Option<CallEnd>,
}

impl<'a, M: ProxySide, B> ProxiedCall<'a, M, B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    /// Returns the request for the service. Its body runs the hooks for each message, and its headers contain what
    /// the interceptors have added.
    #[inline]
    pub(crate) fn start(
        call: &Call,
        body: Body,
        parts: &'a mut ProxiedParts<B>,
        hooks: &mut impl SharedHookStack<M>,
    ) -> (Self, http::Request<Body>) {
        let mut request_stream = RequestStream::new((), None);
        let hooks = if parts.has_hooks {
            request_stream.share(call.method().clone(), hooks).1
        } else {
            parts.response_sender.request_hooks()
        };
        let body = RequestBody::new(body, hooks, M::IS_SERVER, parts.upload.take());
        let body = Body::new(UnsyncBoxBody::new(body));
        let mut request = http::Request::from_parts(call.take_head(), body);
        if !call.added_metadata().is_empty() {
            call.added_metadata().change_request(call.method(), request.headers_mut());
            call.added_metadata().move_extensions(request.extensions_mut());
        }
        M::set_timeout(call, request.headers_mut());
        let call_end = Some(CallEnd::new(parts.response_sender.clone()));
        (Self { request_stream, parts, call_end }, request)
    }

    /// Awaits the response of the service, or a rejection of one of the client's messages, and sends it back.
    ///
    /// # Panics
    ///
    /// Panics the second time.
    pub(crate) async fn forward<E: Into<BoxError>>(
        &mut self,
        call: &Call,
        response: impl Future<Output = Result<http::Response<B>, E>>,
    ) -> Result<(), Status> {
        let response = self.request_stream.until_rejected(pin!(response)).await?;
        let response = response.map_err(|error| M::status_of_error(error.into()))?;
        let unsent = self.send_headers(call, response)?;
        let is_failure = unsent.head.is_http_failure();
        if !is_failure && !self.parts.acts_at_end && !call.progress().is_wrapped() {
            self.parts.rest = ResponseRest::Body(unsent);
            call.progress().set_response();
            return Ok(());
        }
        let mut unsent = pin!(unsent);
        let mut rejection = None;
        poll_fn(|cx| {
            if is_failure {
                self.poll_http_failure(call, unsent.as_mut(), cx).map(Err)
            } else {
                self.poll_forward(call, unsent.as_mut(), &mut rejection, cx)
            }
        })
        .await
    }

    /// Sends the headers of a response back, unless its HTTP status is a failure.
    // The future of the call has no room for the headers, because this is no `async fn`.
    fn send_headers(
        &mut self,
        call: &Call,
        mut response: http::Response<B>,
    ) -> Result<UnsentBody<B>, Status> {
        let http = response.status();
        let is_plain = is_plain(response.headers());
        let has_status = !is_plain && {
            // A rejected message makes the body shorter.
            response.headers_mut().remove(CONTENT_LENGTH);
            take_status(call, response.headers_mut())?
        };
        let (mut parts, body) = response.into_parts();
        let head = ResponseHead { http, has_status };
        if !head.is_http_failure() {
            if !is_plain {
                metadata::drop_http(call.method(), &mut parts.headers);
            }
            if !call.added_metadata().is_empty() {
                add_metadata(call, Part::Response, &mut parts.headers);
            }
            M::check_size(call, &parts.headers);
            let headers = MetadataMap::from_headers(parts.headers);
            self.parts.response_sender.put_headers(Response::from_parts(headers, (), parts.extensions));
        }
        let call_end = self.call_end.take().expect("a call has one response");
        Ok(UnsentBody::new(head, body, call_end))
    }

    /// Sends the body of a response back, to its end. `rejection` is that of a hook, until the data before the rejected
    /// message was received.
    fn poll_forward(
        &mut self,
        call: &Call,
        mut unsent: Pin<&mut UnsentBody<B>>,
        rejection: &mut Option<Status>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        loop {
            ready!(self.parts.response_sender.poll_received(cx));
            if let Some(status) = rejection.take() {
                return Poll::Ready(Err(status));
            }
            let unsent = unsent.as_mut().project();
            let frame = ready!(self.poll_next_frame(unsent.body, cx))?;
            let frame = frame.transpose().map_err(|error| M::status_of_error(error.into()))?;
            let trailers = match frame.map(Frame::into_data) {
                Some(Ok(data)) => {
                    *rejection = self.put_data(unsent.frames, data).err();
                    continue;
                }
                Some(Err(last)) => last.into_trailers().unwrap_or_default(),
                None => HeaderMap::new(),
            };
            if let Some(trailers) = unsent.head.check_end(call, unsent.frames, trailers)? {
                self.parts.rest = ResponseRest::Trailers(trailers);
            }
            call.progress().set_response();
            return Poll::Ready(Ok(()));
        }
    }

    /// Returns the status of a response whose HTTP status is a failure: that of its trailers, if it has any, else
    /// the one that gRPC maps the HTTP status to.
    fn poll_http_failure(
        &mut self,
        call: &Call,
        unsent: Pin<&mut UnsentBody<B>>,
        cx: &mut Context<'_>,
    ) -> Poll<Status> {
        let unsent = unsent.project();
        let status = match ready!(self.poll_next_frame(unsent.body, cx)) {
            Ok(Some(Ok(frame))) => {
                frame.into_trailers().map_or(Ok(true), |mut last| take_status(call, &mut last))
            }
            Ok(_) => Ok(true),
            Err(status) => Err(status),
        };
        Poll::Ready(status.err().unwrap_or_else(|| status_of_http(unsent.head.http)))
    }

    /// Sends data, up to a message that a hook rejects. It does not wait until the client has received the data.
    fn put_data(&self, frames: &mut MessageFrames, data: Bytes) -> Result<(), Status> {
        let on_response = |message: &mut _| self.request_stream.on_response(&mut (), message);
        let (data, result) = frames.inspect(data, on_response);
        if !data.is_empty() {
            self.parts.response_sender.put_message(data, None);
        }
        result
    }

    /// Polls for the next frame, or for the rejection of one of the client's messages.
    fn poll_next_frame(&self, body: Pin<&mut B>, cx: &mut Context<'_>) -> Poll<Result<NextFrame<B>, Status>> {
        if let Some(status) = self.request_stream.rejection() {
            return Poll::Ready(Err(status));
        }
        let Poll::Ready(frame) = body.poll_frame(cx) else {
            return self.request_stream.poll_rejection(cx).map(Err);
        };
        // A hook may have rejected a message of the client during this poll. Messages that the service had sent
        // before are delivered first. The status with which the service ends the response is replaced by the
        // rejection.
        if !matches!(&frame, Some(Ok(frame)) if frame.is_data())
            && let Some(status) = self.request_stream.rejection()
        {
            return Poll::Ready(Err(status));
        }
        Poll::Ready(Ok(frame))
    }
}

/// Returns true if the content-type is the only header of a response, as in most responses. Then they have no status and
/// no header of HTTP to be dropped.
fn is_plain(headers: &HeaderMap) -> bool {
    headers.len() == 1 && headers.keys().next() == Some(&CONTENT_TYPE)
}

/// The next frame of a body, as `http_body::Body` returns it.
type NextFrame<B> = Option<Result<Frame<Bytes>, <B as http_body::Body>::Error>>;

/// Adds the metadata of interceptors to headers. It replaces headers with the same keys.
fn add_metadata(call: &Call, part: Part, headers: &mut HeaderMap) {
    let added = call.added_metadata().take(part, call.method()).into_headers();
    if !added.is_empty() {
        headers.extend(added);
    }
}
