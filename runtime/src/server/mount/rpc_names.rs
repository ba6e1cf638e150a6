//! Checks that the generated server has an rpc of each method's name.

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
use crate::metadata;

/// An unknown encoding. tonic rejects it before it calls a method.
const NO_ENCODING: HeaderValue = HeaderValue::from_static("vestibule-asks-whether-this-is-an-rpc");

/// Logs an error for each method whose rpc tonic's generated server does not have.
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
        .header(metadata::ENCODING, NO_ENCODING)
        .body(Body::empty())
        .expect("a path");
    let response = pin!(S::tonic(service, &MountSettings::default()).call(request));
    match response.poll(&mut Context::from_waker(Waker::noop())) {
        // The generated server rejects an unknown rpc without a message, and an unknown encoding with one.
        Poll::Ready(Ok(response)) => response.headers().contains_key(Status::GRPC_MESSAGE),
        // A future that waits belongs to a method.
        Poll::Pending => true,
    }
}
