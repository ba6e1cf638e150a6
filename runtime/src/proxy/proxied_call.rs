use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Poll, ready};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Response, Status};

use super::grpc_status::{is_ok, status_of_http, take_status};
use super::message_frames::MessageFrames;
use super::request_body::RequestBody;
use super::side::ProxySide;
use crate::call::{Part, Upload};
use crate::chain::{RequestSide, RequestStream, ResponseSender, SharedHookStack};
use crate::status::BoxError;
use crate::{Call, metadata};

/// The places for the response of a call. The caller of the chain owns them, and the chain borrows them, because each
/// level would copy them otherwise.
pub(crate) struct ProxiedParts {
    /// False if no interceptor of the list has hooks. Then nothing is shared with the request stream.
    pub(crate) has_hooks: bool,
    pub(crate) upload: Option<Upload>,
    pub(crate) response_sender: ResponseSender<Bytes>,
    /// The trailers of the service, if they say OK and nothing else.
    pub(crate) trailers: HeaderMap,
}

/// A call whose starts have run: it sends the request on to the service, and the response back.
pub(crate) struct ProxiedCall<'a, M: ProxySide> {
    request_stream: RequestStream<M, ()>,
    response_sender: &'a ResponseSender<Bytes>,
    trailers: &'a mut HeaderMap,
}

impl<'a, M: ProxySide> ProxiedCall<'a, M> {
    /// Returns the request for the service. Its body runs the hooks for each message, and its headers contain what
    /// the interceptors have added.
    pub(crate) fn start(
        call: &Call,
        body: Body,
        parts: &'a mut ProxiedParts,
        hooks: &mut impl SharedHookStack<M>,
    ) -> (Self, http::Request<Body>) {
        let ProxiedParts { has_hooks, upload, response_sender, trailers } = parts;
        let mut request_stream = RequestStream::new((), None);
        let hooks = if *has_hooks {
            request_stream.share(call.method().clone(), hooks).1
        } else {
            response_sender.request_hooks()
        };
        let body = RequestBody::new(body, hooks, M::IS_SERVER, upload.take());
        let mut request = call.take_request().map(|()| Body::new(UnsyncBoxBody::new(body)));
        if !call.added_metadata().is_empty() {
            add_metadata(call, Part::Request, request.headers_mut());
            call.added_metadata().move_extensions(request.extensions_mut());
        }
        M::set_timeout(call, request.headers_mut());
        (Self { request_stream, response_sender, trailers }, request)
    }

    /// Awaits the response of the service, or a rejection of one of the client's messages, and sends its headers back.
    pub(crate) async fn response<B, E: Into<BoxError>>(
        &self,
        call: &Call,
        response: impl Future<Output = Result<http::Response<B>, E>>,
    ) -> Result<UnsentBody<B>, Status> {
        let response = self.request_stream.until_rejected(pin!(response)).await?;
        self.send_headers(call, response.map_err(|error| M::status_of_error(error.into()))?)
    }

    /// Sends the headers of a response back, unless its HTTP status is a failure.
    // The future of the call has no room for the headers, because this is no `async fn`.
    fn send_headers<B>(&self, call: &Call, mut response: http::Response<B>) -> Result<UnsentBody<B>, Status> {
        let http = response.status();
        // A rejected message makes the body shorter.
        response.headers_mut().remove(CONTENT_LENGTH);
        let has_status = take_status(call, response.headers_mut())?;
        let (mut parts, body) = response.into_parts();
        let unsent = UnsentBody { body, http, has_status };
        if !unsent.is_http_failure() {
            metadata::drop_http(call.method(), &mut parts.headers);
            if !call.added_metadata().is_empty() {
                add_metadata(call, Part::Response, &mut parts.headers);
            }
            M::check_size(call, &parts.headers);
            let headers = MetadataMap::from_headers(parts.headers);
            self.response_sender.put_headers(Response::from_parts(headers, (), parts.extensions));
        }
        Ok(unsent)
    }

    /// Sends the body of a response back, to its end.
    pub(crate) async fn forward<B>(&mut self, call: &Call, unsent: UnsentBody<B>) -> Result<(), Status>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        if unsent.is_http_failure() {
            return Err(self.http_failure(call, unsent.http, unsent.body).await?);
        }
        self.response_sender.headers_received().await;
        let mut frames = MessageFrames::default();
        let mut trailers = self.forward_body(&mut frames, pin!(unsent.body)).await?;
        let is_ok = is_ok(&trailers);
        let has_status = is_ok || take_status(call, &mut trailers)? || unsent.has_status;
        frames.check_end()?;
        if !has_status {
            return Err(status_of_http(unsent.http));
        }
        if is_ok {
            *self.trailers = trailers;
        } else {
            call.added_metadata().put_trailers(trailers);
        }
        call.progress().set_response();
        Ok(())
    }

    /// Sends the data of a response back, and returns its trailers.
    async fn forward_body<B>(
        &self,
        frames: &mut MessageFrames,
        mut body: Pin<&mut B>,
    ) -> Result<HeaderMap, Status>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        while let Some(frame) = self.next_frame(body.as_mut()).await? {
            let result = match frame.map_err(|error| M::status_of_error(error.into()))?.into_data() {
                Ok(data) => self.put_data(frames, data),
                Err(last) => return Ok(last.into_trailers().unwrap_or_default()),
            };
            self.response_sender.message_received().await;
            result?;
        }
        Ok(HeaderMap::new())
    }

    /// Returns the status of a response whose HTTP status is a failure: that of its trailers, if it has any, else
    /// the one that gRPC maps the HTTP status to.
    async fn http_failure<B>(&self, call: &Call, http: StatusCode, body: B) -> Result<Status, Status>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        if let Some(Ok(frame)) = self.next_frame(pin!(body)).await?
            && let Ok(mut trailers) = frame.into_trailers()
        {
            take_status(call, &mut trailers)?;
        }
        Ok(status_of_http(http))
    }

    /// Sends data, up to a message that a hook rejects. It does not wait until the client has received the data.
    fn put_data(&self, frames: &mut MessageFrames, data: Bytes) -> Result<(), Status> {
        let on_response = |message: &mut _| self.request_stream.on_response(&mut (), message);
        let (data, result) = frames.inspect(data, on_response);
        if !data.is_empty() {
            self.response_sender.put_message(data);
        }
        result
    }

    async fn next_frame<B: http_body::Body>(
        &self,
        mut body: Pin<&mut B>,
    ) -> Result<Option<Result<Frame<B::Data>, B::Error>>, Status> {
        poll_fn(|cx| {
            if let Poll::Ready(status) = self.request_stream.poll_rejection(cx) {
                return Poll::Ready(Err(status));
            }
            let frame = ready!(body.as_mut().poll_frame(cx));
            // A hook may have rejected a message of the client during this poll. Messages that the service had sent
            // before are delivered first. The status with which the service ends the response is replaced by the
            // rejection.
            if !matches!(&frame, Some(Ok(frame)) if frame.is_data())
                && let Poll::Ready(status) = self.request_stream.poll_rejection(cx)
            {
                return Poll::Ready(Err(status));
            }
            Poll::Ready(Ok(frame))
        })
        .await
    }
}

impl<M: ProxySide> Drop for ProxiedCall<'_, M> {
    fn drop(&mut self) {
        self.response_sender.close();
    }
}

/// The body of a response, before any of it was sent back.
pub(crate) struct UnsentBody<B> {
    body: B,
    http: StatusCode,
    /// True if the headers contained the status OK.
    has_status: bool,
}

impl<B> UnsentBody<B> {
    /// Returns true if the service has failed without a status of gRPC in its headers.
    fn is_http_failure(&self) -> bool {
        !self.has_status && self.http != StatusCode::OK
    }
}

/// Adds the metadata of interceptors to headers. It replaces headers with the same keys.
fn add_metadata(call: &Call, part: Part, headers: &mut HeaderMap) {
    let added = call.added_metadata().take(part, call.method()).into_headers();
    if !added.is_empty() {
        headers.extend(added);
    }
}
