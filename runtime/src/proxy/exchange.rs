use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Poll, ready};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use http_body::Frame;
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use super::grpc_status::{status_of_http, take_status};
use super::message_frames::MessageFrames;
use super::request_body::RequestBody;
use super::side::ProxySide;
use crate::call::CalledMethod;
use crate::call::Part;
use crate::call::Upload;
use crate::chain::{RequestSide, RequestStream, ResponseSender, SharedHookStack};
use crate::status::BoxError;
use crate::{Call, MethodInfo, metadata};

/// The call of `method` that a request is. The service will get the request, so that this has copies.
pub(crate) fn call_of_request(method: MethodInfo, request: &http::Request<Body>) -> Call {
    let metadata = MetadataMap::from_headers(request.headers().clone());
    let request = Request::from_parts(metadata, request.extensions().clone(), ());
    Call::of(CalledMethod::Called(Box::new(method)), request)
}

/// A request before its chain has run, and where its reply goes.
pub(crate) struct ProxiedRequest {
    pub(crate) request: http::Request<Body>,
    pub(crate) upload: Option<Upload>,
    pub(crate) outlet: ResponseSender<Bytes>,
}

/// The messages of a call, on their way through a chain.
pub(crate) struct ProxiedCall<M: ProxySide> {
    inbound: RequestStream<M, ()>,
    outlet: ResponseSender<Bytes>,
}

impl<M: ProxySide> ProxiedCall<M> {
    /// Lends the hooks to the request that the service gets: its body passes them, and its headers are
    /// those that the interceptors want.
    pub(crate) fn begin(
        call: &Call,
        request_: ProxiedRequest,
        hooks: &mut impl SharedHookStack<M>,
    ) -> (Self, http::Request<Body>) {
        let ProxiedRequest { request, upload, outlet } = request_;
        let mut inbound = RequestStream::new((), upload);
        let ((), gate) = inbound.share(call.method().clone(), hooks);
        let mut request = request.map(|body| Body::new(RequestBody::new(body, gate, inbound.upload())));
        add(call, Part::Request, request.headers_mut());
        call.sent().move_extensions(request.extensions_mut());
        M::set_timeout(call, request.headers_mut());
        (Self { inbound, outlet }, request)
    }

    /// What a service answers, unless a message from the client is rejected meanwhile.
    pub(crate) async fn answer<T, E: Into<BoxError>>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Status> {
        let answer = self.inbound.until_rejected(pin!(answer)).await?;
        answer.map_err(|error| M::status_of_error(error.into()))
    }

    /// Lets a reply pass, to its end.
    pub(crate) async fn reply<B>(&self, call: &Call, response: http::Response<B>) -> Result<(), Status>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let (mut head, body) = response.into_parts();
        // It may become shorter.
        head.headers.remove(CONTENT_LENGTH);
        let mut has_ended = take_status(call, &mut head.headers)?;
        if !has_ended && head.status != StatusCode::OK {
            return Err(self.refusal(call, head.status, body).await?);
        }
        metadata::drop_http(call.method(), &mut head.headers);
        add(call, Part::Response, &mut head.headers);
        M::check_size(call, &head.headers);
        let headers = MetadataMap::from_headers(head.headers);
        self.outlet.send_headers(Response::from_parts(headers, (), head.extensions)).await;
        let mut trailers = HeaderMap::new();
        let mut body = pin!(body);
        let mut frames = MessageFrames::default();
        while let Some(frame) = self.next(body.as_mut()).await? {
            match frame.map_err(|error| M::status_of_error(error.into()))?.into_data() {
                Ok(data) => self.pass(&mut frames, data).await?,
                Err(last) => {
                    trailers = last.into_trailers().unwrap_or_default();
                    has_ended |= take_status(call, &mut trailers)?;
                    break;
                }
            }
        }
        frames.check_end()?;
        if !has_ended {
            return Err(status_of_http(head.status));
        }
        call.sent().put_trailers(trailers);
        call.progress().set_response();
        Ok(())
    }

    /// What a reply says that HTTP takes for a failure.
    async fn refusal<B>(&self, call: &Call, http: StatusCode, body: B) -> Result<Status, Status>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        if let Some(Ok(frame)) = self.next(pin!(body)).await?
            && let Ok(mut trailers) = frame.into_trailers()
        {
            take_status(call, &mut trailers)?;
        }
        Ok(status_of_http(http))
    }

    async fn pass(&self, frames: &mut MessageFrames, data: Bytes) -> Result<(), Status> {
        let (data, result) = frames.pass(data, |message| self.inbound.on_response(&mut (), message));
        if !data.is_empty() {
            self.outlet.send(data).await;
        }
        result
    }

    async fn next<B: http_body::Body>(
        &self,
        mut body: Pin<&mut B>,
    ) -> Result<Option<Result<Frame<B::Data>, B::Error>>, Status> {
        poll_fn(|cx| {
            if let Poll::Ready(status) = self.inbound.poll_rejection(cx) {
                return Poll::Ready(Err(status));
            }
            let frame = ready!(body.as_mut().poll_frame(cx));
            // The service may have met a rejection just now. What it has sent before goes first; how it ends the reply
            // does not count.
            if !matches!(&frame, Some(Ok(frame)) if frame.is_data())
                && let Poll::Ready(status) = self.inbound.poll_rejection(cx)
            {
                return Poll::Ready(Err(status));
            }
            Poll::Ready(Ok(frame))
        })
        .await
    }
}

/// Adds metadata of interceptors to headers, in place of what is there.
fn add(call: &Call, part: Part, headers: &mut HeaderMap) {
    let added = call.sent().take(part, call.method()).into_headers();
    if !added.is_empty() {
        headers.extend(added);
    }
}
