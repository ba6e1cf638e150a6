use std::future::poll_fn;

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use http_body_util::Full;
use tonic::body::Body;
use tonic::{Code, Status};

use super::failed::never_sent;
use super::whole::whole;
use crate::interceptors::{Failure, PREVIOUS, Retry};
use crate::metadata::PUSHBACK;
use crate::opaque::deadline::tell;
use crate::opaque::ending::{STATUS, without_status};
use crate::opaque::message::{Outgoing, Side};
use crate::opaque::service::GrpcService;
use crate::{Call, code_name};

/// Sends a request; again, if it fails and is to be retried.
pub(super) async fn send<S: GrpcService + Clone>(
    service: S,
    mut request: http::Request<Body>,
    call: &Call,
    retry: Option<&Retry>,
) -> Result<http::Response<S::Reply>, Status> {
    // Whoever passes on the metadata of a call has the count of that one among it.
    request.headers_mut().remove(PREVIOUS);
    let Some(retry) = retry else { return once(service, request, call).await };
    let (head, body) = request.into_parts();
    match whole(body, retry.buffer_size()).await {
        Ok(message) => repeatedly(service, head, message, call, retry).await,
        Err(body) => once(service, http::Request::from_parts(head, body), call).await,
    }
}

async fn once<S: GrpcService>(
    mut service: S,
    mut request: http::Request<Body>,
    call: &Call,
) -> Result<http::Response<S::Reply>, Status> {
    tell(call.deadline(), request.headers_mut());
    service.call(request).await.map_err(|error| Outgoing::failed(error.into()))
}

async fn repeatedly<S: GrpcService + Clone>(
    mut service: S,
    head: Parts,
    message: Bytes,
    call: &Call,
    retry: &Retry,
) -> Result<http::Response<S::Reply>, Status> {
    let mut attempts = retry.attempts(call.deadline());
    let mut is_ready = Ok(());
    loop {
        let next = service.clone();
        let body = Body::new(Full::new(message.clone()));
        let mut request = http::Request::from_parts(head.clone(), body);
        attempts.begin(request.headers_mut());
        let result = match is_ready {
            Ok(()) => once(service, request, call).await,
            Err(status) => Err(status),
        };
        let Some(failure) = failure(&result) else { return result };
        let Some(wait) = attempts.wait_after(&failure) else { return result };
        let (method, code) = (call.method().path(), code_name(failure.code));
        tracing::debug!(target: "vestibule", method, code, ?wait, "a call is tried again");
        drop(result);
        tokio::time::sleep(wait).await;
        service = next;
        is_ready = poll_fn(|cx| service.poll_ready(cx)).await.map_err(|error| Outgoing::failed(error.into()));
    }
}

/// How an attempt has failed, if it has, before there was any of a reply.
fn failure<B>(result: &Result<http::Response<B>, Status>) -> Option<Failure> {
    let was_sent = !result.as_ref().is_err_and(|status| never_sent(status));
    let (code, headers) = match result {
        Err(status) => (status.code(), status.metadata().as_ref()),
        Ok(response) => {
            let headers = response.headers();
            let code = match headers.get(STATUS) {
                Some(code) => Code::from_bytes(code.as_bytes()),
                None if response.status() == StatusCode::OK => Code::Ok,
                None => without_status(response.status()).code(),
            };
            (code, headers)
        }
    };
    let pushback = || headers.get_all(PUSHBACK).iter().cloned().collect();
    (code != Code::Ok).then(|| Failure { code, was_sent, pushback: pushback() })
}
