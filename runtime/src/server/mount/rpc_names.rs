//! Whether the service has the rpcs that its methods suggest.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use tonic::Status;
use tonic::body::Body;
use tower_service::Service;

use super::serve::Serve;
use super::settings::MountSettings;

/// An encoding that nobody knows: tonic refuses it before it calls a method.
const NO_ENCODING: HeaderValue = HeaderValue::from_static("vestibule-asks-whether-this-is-an-rpc");

/// Asks tonic's generated server, which alone knows, for each method.
pub(super) fn report_unknown<S: Serve<N, C>, N, C>(service: &Arc<S>) {
    for (rpc, method) in S::METHODS {
        if !is_known::<S, N, C>(service, rpc.path()) {
            tracing::error!(
                target: "vestibule",
                "method `{method}` is not the rpc `{}`: {} has none of that name; write `#[rpc(name = \"...\")]` above it",
                rpc.name(),
                S::NAME,
            );
        }
    }
}

fn is_known<S: Serve<N, C>, N, C>(service: &Arc<S>, path: &str) -> bool {
    let request = http::Request::post(path)
        .header(CONTENT_TYPE, "application/grpc")
        .header("grpc-encoding", NO_ENCODING)
        .body(Body::empty())
        .expect("a path");
    let answer = pin!(S::tonic(service, &MountSettings::default()).call(request));
    match answer.poll(&mut Context::from_waker(Waker::noop())) {
        // An rpc that it does not have is refused without a word.
        Poll::Ready(Ok(response)) => response.headers().contains_key(Status::GRPC_MESSAGE),
        // It is being served.
        Poll::Pending => true,
    }
}
