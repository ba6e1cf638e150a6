//! A layer whose interceptors have nothing to do at the end keeps its guarantees for the body of the response.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, StreamBody};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tower_layer::Layer;
use tower_service::Service;
use vestibule::proxy::Interceptors;
use vestibule::server::LayerMethod;
use vestibule::{Call, Code, Status, current_deadline, interceptor, layer};

use crate::support::{PATHS, hello, raw};

type Frames = Result<Frame<Bytes>, Status>;

#[interceptor]
async fn before() -> Result<(), Status> {
    Ok(())
}

fn data() -> Frames {
    Ok(Frame::data(raw::frame(&hello("a"))))
}

fn trailers() -> Frames {
    let status = (http::HeaderName::from_static("grpc-status"), "0".parse().unwrap());
    Ok(Frame::trailers([status].into_iter().collect()))
}

/// Calls a service that responds with these frames, behind a layer. It returns the body that the client receives.
async fn respond<S>(chain: impl Interceptors<LayerMethod>, request: http::Request<Body>, frames: S) -> Body
where
    S: Stream<Item = Frames> + Send + 'static,
{
    let mut frames = Some(frames);
    let service = tower::service_fn(move |_: http::Request<Body>| {
        let body = Body::new(StreamBody::new(frames.take().unwrap()));
        std::future::ready(Ok::<_, Infallible>(http::Response::new(body)))
    });
    let mut service = layer(chain).layer(OneCall(Some(service)));
    service.call(request).await.unwrap().into_body()
}

/// A service that is called once, and whose clones are not called.
struct OneCall<S>(Option<S>);

impl<S> Clone for OneCall<S> {
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl<S: Service<http::Request<Body>>> Service<http::Request<Body>> for OneCall<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> S::Future {
        self.0.as_mut().unwrap().call(request)
    }
}

fn request() -> http::Request<Body> {
    raw::request(PATHS[1]).body(Body::empty()).unwrap()
}

async fn status_of(body: Body) -> Status {
    Status::from_header_map(body.collect().await.unwrap().trailers().unwrap()).unwrap()
}

#[tokio::test]
async fn a_provided_value_is_dropped_after_the_body() {
    #[interceptor]
    async fn permit(permits: Arc<()>) -> Result<Arc<()>, Status> {
        Ok(permits)
    }

    let permits = Arc::new(());
    let chain = (before(), permit(Arc::clone(&permits)));
    let of_the_list = 2;
    let mut body = respond(chain, request(), tokio_stream::iter([data(), trailers()])).await;
    assert!(body.frame().await.unwrap().unwrap().is_data());
    assert_eq!(Arc::strong_count(&permits), of_the_list + 1);
    assert!(body.frame().await.unwrap().unwrap().is_trailers());
    drop(body);
    assert!(Arc::strong_count(&permits) < of_the_list + 1);
}

#[tokio::test]
async fn a_panic_of_the_body_is_internal() {
    let frames = tokio_stream::iter([(); 2]).map(|()| panic!("secret"));
    let status = status_of(respond((before(),), request(), frames).await).await;
    assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
}

#[tokio::test]
async fn an_error_of_the_body_is_the_status_of_the_call() {
    let frames = tokio_stream::iter([data(), Err(Status::data_loss("a disk is gone"))]);
    let status = status_of(respond((before(),), request(), frames).await).await;
    assert_eq!((status.code(), status.message()), (Code::DataLoss, "a disk is gone"));
}

#[tokio::test]
async fn a_body_knows_the_deadline_of_its_call() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let frames = tokio_stream::iter([data(), trailers()]).map(move |frame| {
        sender.send(current_deadline()).unwrap();
        frame
    });
    let mut request = request();
    request.headers_mut().insert("grpc-timeout", "1H".parse().unwrap());
    let status = status_of(respond((before(),), request, frames).await).await;
    assert_eq!(status.code(), Code::Ok);
    let deadlines: Vec<_> = receiver.iter().collect();
    assert!(deadlines.len() == 2 && deadlines.iter().all(Option::is_some), "{deadlines:?}");
}

#[tokio::test]
async fn trailers_of_a_start_reach_the_client() {
    #[interceptor]
    async fn adds(call: &Call) -> Result<(), Status> {
        call.trailers().insert("x-cost", "3".parse().unwrap());
        Ok(())
    }

    let body = respond((adds(), before()), request(), tokio_stream::iter([data(), trailers()])).await;
    let collected = body.collect().await.unwrap();
    let trailers = collected.trailers().unwrap();
    assert_eq!(
        (&trailers["x-cost"], &trailers["grpc-status"]),
        (&"3".parse().unwrap(), &"0".parse().unwrap())
    );
}

/// A task may read the request for longer than the handler runs.
#[tokio::test]
async fn a_request_ends_when_the_body_of_the_response_has_ended() {
    let (keeper, mut kept) = tokio::sync::mpsc::unbounded_channel();
    let keeping = tower::service_fn(move |request: http::Request<Body>| {
        keeper.send(request.into_body()).unwrap();
        let body = Body::new(StreamBody::new(tokio_stream::iter([data(), trailers()])));
        std::future::ready(Ok::<_, Infallible>(http::Response::new(body)))
    });
    let silent = StreamBody::new(tokio_stream::pending::<Frames>());
    let request = raw::request(PATHS[3]).body(Body::new(silent)).unwrap();
    let mut response = layer((before(),)).layer(keeping).call(request).await.unwrap().into_body();
    let mut kept = kept.recv().await.unwrap();
    let mut poll_kept = || {
        let mut frame = std::pin::pin!(kept.frame());
        frame.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    };
    assert!(response.frame().await.unwrap().unwrap().is_data());
    assert!(poll_kept().is_pending(), "the call runs");
    assert!(response.frame().await.unwrap().unwrap().is_trailers());
    let Poll::Ready(Some(Err(end))) = poll_kept() else { panic!("the call has ended") };
    assert_eq!((end.code(), end.message()), (Code::Aborted, "the call has ended"));
    assert!(kept.is_end_stream());
}
