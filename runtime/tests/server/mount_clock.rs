//! A mount keeps deadlines by the clock. These tests call it without a server, so that the clock is theirs.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use http_body::Frame;
use http_body_util::BodyExt;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use tower_service::Service;
use vestibule::{Call, Mount, Status, Streaming, interceptor};

use super::mount_service::{body, code, mount};
use crate::support::traceable::{reply, silence};
use crate::support::tracer::Tracer;
use crate::support::{PATHS, hello, raw, surely};

#[test]
fn a_call_of_any_shape_ends_a_little_before_its_deadline() {
    for path in PATHS {
        for (timeout, limit) in [("100m", 95), ("1S", 975), ("100S", 99_975)] {
            let limit = Duration::from_millis(limit);
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
            runtime.unwrap().block_on(async {
                let request = raw::request(path).header("grpc-timeout", timeout).body(silence()).unwrap();
                // The mount reads the real clock. Its timer has the paused one, which jumps to the deadline.
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

/// The messages come without a pause. The mount reads a limited number of them in a poll.
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
