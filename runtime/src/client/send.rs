use std::future::poll_fn;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::Full;
use tonic::body::Body;
use tonic::{Code, Status};

use super::buffer::single_message;
use super::error::never_sent;
use super::method::ClientMethod;
use crate::call::{FailedAttempt, Pushback, RetryPolicy};
use crate::metadata::PUSHBACK;
use crate::proxy::{GrpcService, ProxySide, read_status, set_timeout, status_of_http};
use crate::{Call, code_name};

/// The header that tells a server the number of earlier attempts.
const PREVIOUS_ATTEMPTS: HeaderName = HeaderName::from_static("grpc-previous-rpc-attempts");

/// Sends a request, and sends it again after a failure if the policy says so.
pub(super) async fn send<S: GrpcService + Clone>(
    service: S,
    mut request: http::Request<Body>,
    call: &Call,
    policy: Option<&mut (dyn RetryPolicy + 'static)>,
) -> Result<http::Response<S::ResponseBody>, Status> {
    // A service that copies the metadata of its own call into this one copies the header of that call.
    request.headers_mut().remove(PREVIOUS_ATTEMPTS);
    let Some(policy) = policy else { return send_once(service, request, call).await };
    let (parts, body) = request.into_parts();
    match single_message(body, policy.max_message_size()).await {
        Ok(message) => send_with_retries(service, parts, message, call, policy).await,
        Err(body) => send_once(service, http::Request::from_parts(parts, body), call).await,
    }
}

async fn send_once<S: GrpcService>(
    mut service: S,
    mut request: http::Request<Body>,
    call: &Call,
) -> Result<http::Response<S::ResponseBody>, Status> {
    set_timeout(call.deadline(), request.headers_mut());
    service.call(request).await.map_err(|error| ClientMethod::status_of_error(error.into()))
}

async fn send_with_retries<S: GrpcService + Clone>(
    mut service: S,
    mut parts: Parts,
    message: Bytes,
    call: &Call,
    policy: &mut dyn RetryPolicy,
) -> Result<http::Response<S::ResponseBody>, Status> {
    let started = Instant::now();
    let mut previous_attempts = 0_u32;
    let mut ready = Ok(());
    loop {
        let clone = service.clone();
        if previous_attempts > 0 {
            parts.headers.insert(PREVIOUS_ATTEMPTS, previous_attempts.into());
        }
        let request = http::Request::from_parts(parts.clone(), Body::new(Full::new(message.clone())));
        let result = match ready {
            Ok(()) => send_once(service, request, call).await,
            Err(status) => Err(status),
        };
        let Some(failed) = failed_attempt(&result, started) else { return result };
        previous_attempts += u32::from(failed.was_sent);
        let wait = policy.retry_after(&failed).filter(|wait| is_before_deadline(call, *wait));
        let Some(wait) = wait else { return result };
        let (method, code) = (call.method().path(), code_name(failed.status.code()));
        tracing::debug!(target: "vestibule", method, code, ?wait, "a call is tried again");
        drop(result);
        tokio::time::sleep(wait).await;
        call.count_retry();
        service = clone;
        ready = poll_fn(|cx| service.poll_ready(cx))
            .await
            .map_err(|error| ClientMethod::status_of_error(error.into()));
    }
}

fn is_before_deadline(call: &Call, wait: Duration) -> bool {
    call.deadline().is_none_or(|deadline| deadline.saturating_duration_since(Instant::now()) > wait)
}

/// Returns the failure of an attempt, or `None` if a response has begun that is not a failure in its headers.
fn failed_attempt<B>(result: &Result<http::Response<B>, Status>, started: Instant) -> Option<FailedAttempt> {
    let was_sent = !result.as_ref().is_err_and(|status| never_sent(status));
    let (status, headers) = match result {
        Err(status) => (status.clone(), status.metadata().as_ref()),
        Ok(response) => {
            let of_http = || (response.status() != StatusCode::OK).then(|| status_of_http(response.status()));
            (read_status(response.headers()).or_else(of_http)?, response.headers())
        }
    };
    (status.code() != Code::Ok).then(|| FailedAttempt {
        was_sent,
        pushback: pushback(headers.get_all(PUSHBACK).iter()),
        elapsed: started.elapsed(),
        ..FailedAttempt::new(status)
    })
}

/// Reads `grpc-retry-pushback-ms`. By [gRFC A6], a value that is negative or not a single number forbids another
/// attempt.
///
/// [gRFC A6]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
fn pushback<'a>(mut values: impl Iterator<Item = &'a HeaderValue>) -> Option<Pushback> {
    let value = values.next()?;
    let milliseconds =
        value.to_str().ok().filter(|_| values.next().is_none()).and_then(|text| text.parse().ok());
    Some(match milliseconds.and_then(|milliseconds: i32| u64::try_from(milliseconds).ok()) {
        Some(milliseconds) => Pushback::After(Duration::from_millis(milliseconds)),
        None => Pushback::Never,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Option<Pushback> {
        let values: Vec<_> = values.iter().map(|value| HeaderValue::from_static(value)).collect();
        pushback(values.iter())
    }

    #[test]
    fn a_server_says_how_long_to_wait() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&["0"]), Some(Pushback::After(Duration::ZERO)));
        assert_eq!(read(&["7"]), Some(Pushback::After(Duration::from_millis(7))));
    }

    #[test]
    fn a_response_without_a_status_has_the_pushback_of_its_headers() {
        let response = http::Response::builder().status(503).header(PUSHBACK, "-1").body(()).unwrap();
        let failed = failed_attempt(&Ok(response), Instant::now()).unwrap();
        assert_eq!((failed.status.code(), failed.pushback), (Code::Unavailable, Some(Pushback::Never)));
    }

    #[test]
    fn what_is_not_one_number_means_never() {
        for value in ["-1", "", "soon", "1.5", "99999999999"] {
            assert_eq!(read(&[value]), Some(Pushback::Never), "{value:?}");
        }
        assert_eq!(read(&["1", "1"]), Some(Pushback::Never));
    }
}
