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
use tonic::{Request, Response, Status};

use super::grpc_status::{is_ok, status_of_http, take_status};
use super::message_frames::MessageFrames;
use super::request_body::RequestBody;
use super::side::ProxySide;
use crate::call::{Part, Upload};
use crate::chain::{RequestSide, RequestStream, ResponseSender, SharedHookStack};
use crate::status::BoxError;
use crate::{Call, MethodInfo, metadata};

/// Creates the call of `method`. It moves the headers and the extensions out of the request, until
/// [`ProxiedCall::start`] puts them back.
pub(crate) fn call_of_request(method: MethodInfo, request: &mut http::Request<Body>) -> Call {
    let metadata = MetadataMap::from_headers(std::mem::take(request.headers_mut()));
    let extensions = std::mem::take(request.extensions_mut());
    Call::forwarded(method, Request::from_parts(metadata, extensions, ()))
}

/// A request whose chain has not run yet, and the places for its response. The caller of the chain owns it, and the
/// chain borrows it: each level would copy it otherwise.
pub(crate) struct ProxiedRequest {
    pub(crate) request: http::Request<Body>,
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
        proxied_request: &'a mut ProxiedRequest,
        hooks: &mut impl SharedHookStack<M>,
    ) -> (Self, http::Request<Body>) {
        let ProxiedRequest { request, has_hooks, upload, response_sender, trailers } = proxied_request;
        let mut request_stream = RequestStream::new((), None);
        let hooks = if *has_hooks {
            request_stream.share(call.method().clone(), hooks).1
        } else {
            response_sender.request_hooks()
        };
        let mut request = std::mem::take(request);
        let unread = std::mem::take(request.body_mut());
        let body = RequestBody::new(unread, hooks, M::IS_SERVER, upload.take());
        *request.body_mut() = Body::new(UnsyncBoxBody::new(body));
        let (metadata, extensions, ()) = call.request_for_service().into_parts();
        *request.headers_mut() = metadata.into_headers();
        *request.extensions_mut() = extensions;
        if !call.added_metadata().is_empty() {
            add_metadata(call, Part::Request, request.headers_mut());
            call.added_metadata().move_extensions(request.extensions_mut());
        }
        M::set_timeout(call, request.headers_mut());
        (Self { request_stream, response_sender, trailers }, request)
    }

    /// Awaits the response of the service, or a rejection of one of the client's messages.
    pub(crate) async fn response<T, E: Into<BoxError>>(
        &self,
        response: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Status> {
        let response = self.request_stream.until_rejected(pin!(response)).await?;
        response.map_err(|error| M::status_of_error(error.into()))
    }

    /// Sends a response back, to its end.
    pub(crate) async fn forward<B>(&mut self, call: &Call, response: http::Response<B>) -> Result<(), Status>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let (mut parts, body) = response.into_parts();
        // A rejected message makes the body shorter.
        parts.headers.remove(CONTENT_LENGTH);
        let mut has_ended = take_status(call, &mut parts.headers)?;
        if !has_ended && parts.status != StatusCode::OK {
            return Err(self.http_failure(call, parts.status, body).await?);
        }
        metadata::drop_http(call.method(), &mut parts.headers);
        if !call.added_metadata().is_empty() {
            add_metadata(call, Part::Response, &mut parts.headers);
        }
        M::check_size(call, &parts.headers);
        let headers = MetadataMap::from_headers(parts.headers);
        self.response_sender.send_headers(Response::from_parts(headers, (), parts.extensions)).await;
        let mut trailers = HeaderMap::new();
        let mut body = pin!(body);
        let mut frames = MessageFrames::default();
        while let Some(frame) = self.next_frame(body.as_mut()).await? {
            match frame.map_err(|error| M::status_of_error(error.into()))?.into_data() {
                Ok(data) => self.forward_data(&mut frames, data).await?,
                Err(last) => {
                    trailers = last.into_trailers().unwrap_or_default();
                    if is_ok(&trailers) {
                        *self.trailers = std::mem::take(&mut trailers);
                        has_ended = true;
                    } else {
                        has_ended |= take_status(call, &mut trailers)?;
                    }
                    break;
                }
            }
        }
        frames.check_end()?;
        if !has_ended {
            return Err(status_of_http(parts.status));
        }
        call.added_metadata().put_trailers(trailers);
        call.progress().set_response();
        Ok(())
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

    async fn forward_data(&self, frames: &mut MessageFrames, data: Bytes) -> Result<(), Status> {
        let on_response = |message: &mut _| self.request_stream.on_response(&mut (), message);
        let (data, result) = frames.inspect(data, on_response);
        if !data.is_empty() {
            self.response_sender.send(data).await;
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

/// Adds the metadata of interceptors to headers. It replaces headers with the same keys.
fn add_metadata(call: &Call, part: Part, headers: &mut HeaderMap) {
    let added = call.added_metadata().take(part, call.method()).into_headers();
    if !added.is_empty() {
        headers.extend(added);
    }
}
