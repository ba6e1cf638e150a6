//! Behind a layer, an upload that its client has broken off is never complete.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http_body_util::{BodyExt, StreamBody};
use proto::hello::greeter_server::GreeterServer;
use tokio_stream::StreamExt;
use tonic::body::Body;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Code, Status, layer};

use super::plain_service::Plain;
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::upload::upload;
use crate::support::{PATHS, connect_greeter, hello, raw, serve};

/// Without a layer, tonic's own server takes such an upload for complete: see `reference` in the docs of mounts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_broken_off_is_not_complete_for_a_service_of_tonics() {
    let (tracer, service) = (Tracer::default(), Plain::default());
    let committed = Arc::clone(&service.committed);
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(GreeterServer::new(service))).await;
    for _ in 0..100 {
        let requests = tokio_stream::iter([hello("a")]).chain(tokio_stream::pending());
        let mut client = connect_greeter(addr).await;
        let call = tokio::spawn(async move { client.lots_of_greetings(requests).await });
        tracer.until(|trace| trace.ends_with("A.r")).await;
        call.abort();
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s A.r A.f(interrupted)");
    }
    assert_eq!(committed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn trailers_in_the_midst_of_a_message_are_no_end() {
    let whole = raw::frame(&hello("abc"));
    for len in [1, 4, 5, whole.len() - 1, whole.len()] {
        let service = Plain::default();
        let committed = Arc::clone(&service.committed);
        let addr = serve(layer(()).layer(GreeterServer::new(service))).await;
        let frames = [
            http_body::Frame::data(raw::frame(&hello("first"))),
            http_body::Frame::data(whole.slice(..len)),
            http_body::Frame::trailers(http::HeaderMap::new()),
        ];
        let body = Body::new(StreamBody::new(tokio_stream::iter(frames.map(Ok::<_, Status>))));
        let reply = raw::reply(addr, raw::request(PATHS[2]).body(body).unwrap()).await;
        let is_whole = len == whole.len();
        assert_eq!((len, reply.get("grpc-status")), (len, Some(if is_whole { "0" } else { "13" })));
        assert_eq!(committed.load(Ordering::SeqCst), usize::from(is_whole));
    }
}

#[tokio::test]
async fn an_upload_that_is_reset_without_an_error_is_not_complete() {
    let (tracer, service) = (Tracer::default(), Plain::default());
    let committed = Arc::clone(&service.committed);
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(GreeterServer::new(service))).await;
    for _ in 0..50 {
        let mut upload = upload(addr, PATHS[2], &[hello("a")]).await;
        tracer.until(|trace| trace.ends_with("A.r")).await;
        upload.body.send_reset(h2::Reason::NO_ERROR);
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s A.r A.f(interrupted)");
    }
    assert_eq!(committed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_connection_that_is_lost_interrupts_an_upload() {
    let (tracer, service) = (Tracer::default(), Plain::default());
    let addr = serve(layer((Traced("A", tracer.clone()),)).layer(GreeterServer::new(service))).await;
    let upload = upload(addr, PATHS[2], &[hello("a")]).await;
    tracer.until(|trace| trace.ends_with("A.r")).await;
    upload.connection.abort();
    tracer.finished().await;
    assert_eq!(tracer.take(), "A.s A.r A.f(interrupted)");
}

/// The service reads what the client sends, ignores errors, and never responds.
#[tokio::test]
async fn a_rejection_ends_a_call_whose_service_takes_no_notice() {
    let (ends, mut reader) = tokio::sync::mpsc::unbounded_channel();
    let ignoring = tower::service_fn(move |request: http::Request<Body>| {
        let ends = ends.clone();
        async move {
            tokio::spawn(async move {
                let end = request.into_body().collect().await.map(drop);
                ends.send(end.map_err(|status| status.code())).unwrap();
            });
            let forever = StreamBody::new(tokio_stream::pending::<Result<http_body::Frame<Bytes>, Status>>());
            Ok::<_, Infallible>(http::Response::new(Body::new(forever)))
        }
    });
    let tracer = Tracer::new(Plan { fails: "A.r", after: 1, ..Plan::default() });
    let mut service = layer((Traced("A", tracer.clone()),)).layer(ignoring);
    let (pieces, body) = tokio::sync::mpsc::unbounded_channel();
    let body = tokio_stream::wrappers::UnboundedReceiverStream::new(body);
    let body = Body::new(StreamBody::new(body.map(|piece| Ok::<_, Status>(http_body::Frame::data(piece)))));
    pieces.send(raw::frame(&hello("a"))).unwrap();
    let response = service.call(raw::request(PATHS[3]).body(body).unwrap()).await.unwrap();
    let reply = tokio::spawn(response.into_body().collect());
    pieces.send(raw::frame(&hello("b"))).unwrap();
    let status = Status::from_header_map(reply.await.unwrap().unwrap().trailers().unwrap()).unwrap();
    assert_eq!((status.code(), status.message()), (Code::Aborted, "A.r"));
    assert_eq!(reader.recv().await.unwrap(), Err(Code::Aborted), "and its reader learns of it");
}

/// The task that has the body only waits.
#[tokio::test]
async fn a_body_that_a_task_has_kept_ends_with_the_call() {
    let (kept, mut bodies) = tokio::sync::mpsc::unbounded_channel();
    let keeping = tower::service_fn(move |request: http::Request<Body>| {
        kept.send(request.into_body()).unwrap();
        std::future::ready(Ok::<http::Response<Body>, Infallible>(Status::not_found("").into_http()))
    });
    let mut service = layer(()).layer(keeping);
    let silent = StreamBody::new(tokio_stream::pending::<Result<http_body::Frame<Bytes>, Status>>());
    let request = raw::request(PATHS[3]).body(Body::new(silent)).unwrap();
    service.call(request).await.unwrap();
    // The code is ABORTED, because tonic takes CANCELLED for a good end.
    let end = bodies.recv().await.unwrap().collect().await.unwrap_err();
    assert_eq!((end.code(), end.message()), (Code::Aborted, "the call has ended"));
}
