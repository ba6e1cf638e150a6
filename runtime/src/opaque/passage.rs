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

use super::BoxError;
use super::ending::{take_end, without_status};
use super::frames::Frames;
use super::message::Side;
use super::request::RequestBody;
use crate::call::CalledMethod;
use crate::chain::{Inbound, LendingStack, Outlet, Receiving};
use crate::mount::Upload;
use crate::sent::Part;
use crate::{Call, MethodInfo, metadata};

/// The call of `method` that a request is. The service will get the request, so that this has copies.
pub(super) fn call_of(method: MethodInfo, request: &http::Request<Body>) -> Call {
    let metadata = MetadataMap::from_headers(request.headers().clone());
    let request = Request::from_parts(metadata, request.extensions().clone(), ());
    Call::of(CalledMethod::Called(Box::new(method)), request)
}

/// A request before its chain has run, and where its reply goes.
pub(super) struct Arrived {
    pub(super) request: http::Request<Body>,
    pub(super) upload: Option<Upload>,
    pub(super) outlet: Outlet<Bytes>,
}

/// The messages of a call, on their way through a chain.
pub(super) struct Passage<M: Side> {
    inbound: Inbound<M, ()>,
    outlet: Outlet<Bytes>,
}

impl<M: Side> Passage<M> {
    /// Lends the hooks to the request that the service gets: its body passes them, and its headers are
    /// those that the interceptors want.
    pub(super) fn begin(
        call: &Call,
        arrived: Arrived,
        hooks: &mut impl LendingStack<M>,
    ) -> (Self, http::Request<Body>) {
        let Arrived { request, upload, outlet } = arrived;
        let mut inbound = Inbound::new((), upload);
        let ((), gate) = inbound.lend(call.method().clone(), hooks);
        let mut request = request.map(|body| Body::new(RequestBody::new(body, gate, inbound.upload())));
        add(call, Part::Outgoing, request.headers_mut());
        call.sent().move_extensions(request.extensions_mut());
        M::tell_deadline(call, request.headers_mut());
        (Self { inbound, outlet }, request)
    }

    /// What a service answers, unless a message from the client is rejected meanwhile.
    pub(super) async fn answer<T, E: Into<BoxError>>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Status> {
        let answer = self.inbound.until_rejected(pin!(answer)).await?;
        answer.map_err(|error| M::failed(error.into()))
    }

    /// Lets a reply pass, to its end.
    pub(super) async fn reply<B>(&self, call: &Call, response: http::Response<B>) -> Result<(), Status>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let (mut head, body) = response.into_parts();
        // It may become shorter.
        head.headers.remove(CONTENT_LENGTH);
        let mut has_ended = take_end(call, &mut head.headers)?;
        if !has_ended && head.status != StatusCode::OK {
            return Err(self.refusal(call, head.status, body).await?);
        }
        metadata::drop_http(call.method(), &mut head.headers);
        add(call, Part::Reply, &mut head.headers);
        M::check_size(call, &head.headers);
        let headers = MetadataMap::from_headers(head.headers);
        self.outlet.open(Response::from_parts(headers, (), head.extensions)).await;
        let mut trailers = HeaderMap::new();
        let mut body = pin!(body);
        let mut frames = Frames::default();
        while let Some(frame) = self.next(body.as_mut()).await? {
            match frame.map_err(|error| M::failed(error.into()))?.into_data() {
                Ok(data) => self.pass(&mut frames, data).await?,
                Err(last) => {
                    trailers = last.into_trailers().unwrap_or_default();
                    has_ended |= take_end(call, &mut trailers)?;
                    break;
                }
            }
        }
        frames.end()?;
        if !has_ended {
            return Err(without_status(head.status));
        }
        call.sent().put_trailers(trailers);
        call.progress().set_reply();
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
            take_end(call, &mut trailers)?;
        }
        Ok(without_status(http))
    }

    async fn pass(&self, frames: &mut Frames, data: Bytes) -> Result<(), Status> {
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
