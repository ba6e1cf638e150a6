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
use crate::proxy::{GrpcService, ProxySide, STATUS, set_timeout, status_of_http};
use crate::{Call, code_name};

/// The header that tells a server the number of earlier attempts.
const PREVIOUS_ATTEMPTS: HeaderName = HeaderName::from_static("grpc-previous-rpc-attempts");

/// Sends a request; again, if it fails and the policy says so.
pub(super) async fn send<S: GrpcService + Clone>(
    service: S,
    mut request: http::Request<Body>,
    call: &Call,
    policy: Option<&mut (dyn RetryPolicy + 'static)>,
) -> Result<http::Response<S::ResponseBody>, Status> {
    // Whoever passes on the metadata of a call has the count of that one among it.
    request.headers_mut().remove(PREVIOUS_ATTEMPTS);
    let Some(policy) = policy else { return send_once(service, request, call).await };
    let (head, body) = request.into_parts();
    match single_message(body, policy.max_message_size()).await {
        Ok(message) => send_repeatedly(service, head, message, call, policy).await,
        Err(body) => send_once(service, http::Request::from_parts(head, body), call).await,
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

async fn send_repeatedly<S: GrpcService + Clone>(
    mut service: S,
    mut head: Parts,
    message: Bytes,
    call: &Call,
    policy: &mut dyn RetryPolicy,
) -> Result<http::Response<S::ResponseBody>, Status> {
    let began = Instant::now();
    let mut sent = 0_u32;
    let mut is_ready = Ok(());
    loop {
        let next = service.clone();
        if sent > 0 {
            head.headers.insert(PREVIOUS_ATTEMPTS, sent.into());
        }
        let request = http::Request::from_parts(head.clone(), Body::new(Full::new(message.clone())));
        let result = match is_ready {
            Ok(()) => send_once(service, request, call).await,
            Err(status) => Err(status),
        };
        let Some(failed) = failed_attempt(&result, began) else { return result };
        sent += u32::from(failed.was_sent);
        let wait = policy.retry_after(&failed).filter(|wait| is_in_time(call, *wait));
        let Some(wait) = wait else { return result };
        let (method, code) = (call.method().path(), code_name(failed.code));
        tracing::debug!(target: "vestibule", method, code, ?wait, "a call is tried again");
        drop(result);
        tokio::time::sleep(wait).await;
        service = next;
        is_ready = poll_fn(|cx| service.poll_ready(cx))
            .await
            .map_err(|error| ClientMethod::status_of_error(error.into()));
    }
}

fn is_in_time(call: &Call, wait: Duration) -> bool {
    call.deadline().is_none_or(|deadline| deadline.saturating_duration_since(Instant::now()) > wait)
}

/// Returns how an attempt has failed, if it has, before any part of a response was there.
fn failed_attempt<B>(result: &Result<http::Response<B>, Status>, began: Instant) -> Option<FailedAttempt> {
    let was_sent = !result.as_ref().is_err_and(|status| never_sent(status));
    let (code, headers) = match result {
        Err(status) => (status.code(), status.metadata().as_ref()),
        Ok(response) => {
            let headers = response.headers();
            let code = match headers.get(STATUS) {
                Some(code) => Code::from_bytes(code.as_bytes()),
                None if response.status() == StatusCode::OK => Code::Ok,
                None => status_of_http(response.status()).code(),
            };
            (code, headers)
        }
    };
    let failed = || FailedAttempt {
        was_sent,
        pushback: pushback(headers.get_all(PUSHBACK).iter()),
        elapsed: began.elapsed(),
        ..FailedAttempt::new(code)
    };
    (code != Code::Ok).then(failed)
}

/// Reads the answer of a server. By gRFC A6, one that is not one number, or less than zero, means that there is to be no
/// other attempt.
fn pushback<'a>(mut values: impl Iterator<Item = &'a HeaderValue>) -> Option<Pushback> {
    let first = values.next()?;
    let milliseconds =
        first.to_str().ok().filter(|_| values.next().is_none()).and_then(|text| text.parse().ok());
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
    fn what_is_not_one_number_means_never() {
        for value in ["-1", "", "soon", "1.5", "99999999999"] {
            assert_eq!(read(&[value]), Some(Pushback::Never), "{value:?}");
        }
        assert_eq!(read(&["1", "1"]), Some(Pushback::Never));
    }
}
