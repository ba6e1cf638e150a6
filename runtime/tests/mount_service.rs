//! A mount that is called without a server, so that its clock and its body are the test's.

mod support;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::traceable::{Traceable, reply, silence};
use support::tracer::Tracer;
use support::{PATHS, hello, raw, surely};
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tower_service::Service;
use vestibule::{Call, Mount, Status, Streaming, interceptor};

fn mount(tracer: &Tracer) -> Mount<Traceable, GreeterServer<()>> {
    Mount::new(Traceable { tracer: tracer.clone(), ..Traceable::default() })
}

fn body(frames: impl IntoIterator<Item = Result<Frame<Bytes>, Status>, IntoIter: Send + 'static>) -> Body {
    Body::new(StreamBody::new(tokio_stream::iter(frames)))
}

async fn code(response: http::Response<Body>) -> Option<http::HeaderValue> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap();
    head.headers.get("grpc-status").or_else(|| body.trailers()?.get("grpc-status")).cloned()
}

// ===== Deadlines =====

#[test]
fn a_call_of_any_shape_ends_a_little_before_its_deadline() {
    for path in PATHS {
        for (timeout, limit) in [("100m", 95), ("1S", 975), ("100S", 99_975)] {
            let limit = Duration::from_millis(limit);
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
            runtime.unwrap().block_on(async {
                let request = raw::request(path).header("grpc-timeout", timeout).body(silence()).unwrap();
                // What a mount reads is the real clock; its timer has the paused one, which jumps to it.
                let before = Instant::now();
                let answer = mount(&Tracer::default()).call(request);
                let after = Instant::now();
                assert_eq!(code(answer.await.unwrap()).await.unwrap(), "4", "{path}");
                let end = tokio::time::Instant::now().into_std();
                let tick = Duration::from_millis(2);
                assert!(end >= before + limit && end <= after + limit + tick, "{path}, {timeout}");
            });
        }
    }
}

#[interceptor]
async fn note(deadlines: &Mutex<Vec<Instant>>, call: &Call) -> Result<(), Status> {
    deadlines.lock().unwrap().extend(call.deadline());
    Err(Status::aborted("noted"))
}

#[derive(Clone, Default)]
struct Notes(std::sync::Arc<Mutex<Vec<Instant>>>);

#[interceptor(note(&self.0))]
impl Greeter for Notes {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(""))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(reply(""))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }
}

#[tokio::test]
async fn interceptors_are_told_the_clients_own_deadline() {
    let notes = Notes::default();
    let mut mount: Mount<_, GreeterServer<()>> = Mount::new(notes.clone());
    let timeout = Duration::from_secs(100);
    for path in PATHS {
        let before = Instant::now();
        let request = raw::request(path).header("grpc-timeout", "100S").body(silence()).unwrap();
        assert_eq!(code(mount.call(request).await.unwrap()).await.unwrap(), "10");
        let deadline = notes.0.lock().unwrap().pop().expect("it has one");
        assert!(deadline >= before + timeout && deadline <= Instant::now() + timeout, "{path}");
    }
}

#[tokio::test]
async fn a_stream_is_dropped_at_its_deadline_though_its_body_is_kept() {
    let tracer = Tracer::default();
    let request = raw::request(PATHS[3]).header("grpc-timeout", "50m").body(silence()).unwrap();
    let mut body = mount(&tracer).call(request).await.unwrap().into_body();
    let last = body.frame().await.unwrap().unwrap();
    assert_eq!(last.trailers_ref().unwrap().get("grpc-status").unwrap(), "4");
    assert_eq!(tracer.take(), "A.s B.s H B.f(interrupted) A.f(interrupted)");
    drop(body);
}

// ===== Bodies =====

#[tokio::test]
async fn a_handler_that_fails_for_a_broken_upload_was_interrupted() {
    let tracer = Tracer::default();
    let broken = body([Ok(Frame::data(raw::frame(&hello("a")))), Err(Status::cancelled("gone"))]);
    let response = mount(&tracer).call(raw::request(PATHS[2]).body(broken).unwrap()).await.unwrap();
    assert_eq!(code(response).await.unwrap(), "1");
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.f(interrupted) A.f(interrupted)");
}

#[tokio::test]
async fn an_error_of_a_layer_reaches_the_handler_as_it_is() {
    let tracer = Tracer::default();
    let exceeded = Err(Status::resource_exhausted("length limit exceeded"));
    let failing = body([Ok(Frame::data(raw::frame(&hello("a")))), exceeded]);
    let response = mount(&tracer).call(raw::request(PATHS[2]).body(failing).unwrap()).await.unwrap();
    assert_eq!(response.headers().get("grpc-message").unwrap(), "length%20limit%20exceeded");
    assert_eq!(code(response).await.unwrap(), "8");
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.f(ResourceExhausted) A.f(ResourceExhausted)");
}

/// As tonic's own server says as well.
#[tokio::test]
async fn what_follows_a_single_message_must_be_well_formed() {
    for path in &PATHS[..2] {
        let two = [&raw::frame(&hello("a"))[..], &[2, 0, 0, 0, 0]].concat();
        let request = || raw::request(path).body(Body::new(Full::new(Bytes::from(two.clone())))).unwrap();
        let mut tonics = GreeterServer::new(Traceable::default());
        assert_eq!(code(tonics.call(request()).await.unwrap()).await.unwrap(), "13");
        let tracer = Tracer::default();
        assert_eq!(code(mount(&tracer).call(request()).await.unwrap()).await.unwrap(), "13");
        assert_eq!(tracer.take(), "A.s B.s B.f(Internal) A.f(Internal)");
    }
}

#[tokio::test]
async fn a_handler_does_not_run_before_the_end_of_the_request() {
    for path in &PATHS[..2] {
        let tracer = Tracer::default();
        let endless = StreamExt::chain(
            tokio_stream::once(Ok::<_, Status>(Frame::data(raw::frame(&hello("a"))))),
            tokio_stream::pending(),
        );
        let request = raw::request(path).body(Body::new(StreamBody::new(endless))).unwrap();
        let mut answer = mount(&tracer).call(request);
        // All that can be had is read by then: nobody else has to be waited for.
        for _ in 0..10 {
            assert!(
                std::future::poll_fn(|cx| std::task::Poll::Ready(answer.as_mut().poll(cx).is_pending()))
                    .await
            );
        }
        assert_eq!(tracer.take(), "A.s B.s");
    }
}

/// One message after another, each of them there at once: all that is read in a poll is so many.
#[tokio::test]
async fn a_client_that_sends_messages_for_ever_does_not_stop_the_clock() {
    let tracer = Tracer::default();
    let frame = raw::frame(&hello(""));
    let body = body(std::iter::repeat_with(move || Ok(Frame::data(frame.clone()))));
    let request = raw::request(PATHS[0]).header("grpc-timeout", "50m").body(body).unwrap();
    let response = surely(mount(&tracer).call(request)).await.unwrap();
    assert_eq!(code(response).await.unwrap(), "4");
    assert_eq!(tracer.take(), "A.s B.s B.f(interrupted) A.f(interrupted)");
}

#[tokio::test]
async fn of_two_content_types_the_first_counts() {
    for (types, status) in
        [(["application/grpc", "text/plain"], 200), (["text/plain", "application/grpc"], 415)]
    {
        let request = http::Request::post(PATHS[0]).header("te", "trailers");
        let request = types.iter().fold(request, |request, of| request.header("content-type", *of));
        let request = request.body(Body::new(Full::new(raw::frame(&hello("a"))))).unwrap();
        assert_eq!(mount(&Tracer::default()).call(request).await.unwrap().status(), status, "{types:?}");
    }
}
