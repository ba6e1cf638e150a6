//! Mounts that the tests call without a server, so that the clock and the body are theirs.

use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use proto::hello::greeter_server::GreeterServer;
use tonic::body::Body;
use vestibule::{Mount, Status};

use crate::support::traceable::Traceable;
use crate::support::tracer::Tracer;

pub(crate) fn mount(tracer: &Tracer) -> Mount<Traceable, GreeterServer<()>> {
    Mount::new(Traceable { tracer: tracer.clone(), ..Traceable::default() })
}

pub(crate) fn body(
    frames: impl IntoIterator<Item = Result<Frame<Bytes>, Status>, IntoIter: Send + 'static>,
) -> Body {
    Body::new(StreamBody::new(tokio_stream::iter(frames)))
}

pub(crate) async fn code(response: http::Response<Body>) -> Option<http::HeaderValue> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap();
    head.headers.get("grpc-status").or_else(|| body.trailers()?.get("grpc-status")).cloned()
}
