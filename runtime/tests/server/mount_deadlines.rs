//! A mount ends each call at its deadline, however busy the call is.

use std::time::Duration;

use http_body_util::Full;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::{Semaphore, mpsc};
use tonic::body::Body;
use vestibule::{Call, Code, Mount, Status, interceptor};

use super::mounted::{Odd, mounted};
use crate::support::traceable::silence;
use crate::support::tracer::{Plan, Tracer};
use crate::support::upload::upload;
use crate::support::{PATHS, answer, connect, hello, ping, pong, raw, serve};

#[tokio::test]
async fn the_deadline_counts_from_the_headers_and_has_its_code() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let addr = mounted(&tracer).await;
    for path in PATHS {
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let reply =
            raw::reply(addr, raw::request(path).header("grpc-timeout", "100m").body(body).unwrap()).await;
        assert_eq!((path, reply.get("grpc-status")), (path, Some("4")));
        assert!(tracer.take().ends_with("B.f(interrupted) A.f(interrupted)"));
        // The client gets the metadata of the chain, unless the response was to be a stream.
        let is_single = [PATHS[0], PATHS[2]].contains(&path);
        assert_eq!((path, reply.get("x-cost")), (path, is_single.then_some("3")));
        let silent = raw::request(path).header("grpc-timeout", "100m").body(silence()).unwrap();
        assert_eq!((path, raw::reply(addr, silent).await.get("grpc-status")), (path, Some("4")));
        assert!(tracer.take().ends_with("B.f(interrupted) A.f(interrupted)"));
    }
}

#[tokio::test]
async fn the_deadline_ends_a_stream_in_its_midst() {
    let tracer = Tracer::default();
    let addr = mounted(&tracer).await;
    let body = Body::new(Full::new(raw::frame(&hello("forever"))));
    let reply =
        raw::reply(addr, raw::request(PATHS[1]).header("grpc-timeout", "100m").body(body).unwrap()).await;
    assert!(!reply.body.is_empty(), "it had begun");
    assert_eq!(reply.trailers.get("grpc-status").unwrap(), "4");
    assert_eq!(tracer.take(), "A.s B.s A.r B.r H B.w A.w B.f(interrupted) A.f(interrupted)");
}

/// Is never pending but for its share of the runtime.
struct Busy;

#[interceptor]
impl Probe for Busy {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        let permits = Semaphore::new(1);
        loop {
            drop(permits.acquire().await);
        }
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn a_call_that_is_always_busy_ends_at_its_deadline() {
    let addr = serve(Mount::new(Busy)).await;
    let body = Body::new(Full::new(raw::frame(&Ping::default())));
    let request = raw::request("/probe.Probe/Echo").header("grpc-timeout", "100m").body(body).unwrap();
    let reply = tokio::time::timeout(Duration::from_secs(60), raw::reply(addr, request)).await;
    assert_eq!(reply.expect("it ends").get("grpc-status"), Some("4"));
}

#[tokio::test]
async fn a_timeout_is_understood_in_each_unit() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let addr = mounted(&tracer).await;
    // tonic's own timer accepts a sign, and so does the mount.
    for timeout in ["0H", "0M", "0n", "1n", "99999999n", "100000u", "100m", "1S", "00000001S", "+1m"] {
        let body = Body::new(Full::new(raw::frame(&hello("a"))));
        let request = raw::request(PATHS[0]).header("grpc-timeout", timeout).body(body).unwrap();
        assert_eq!((timeout, raw::reply(addr, request).await.get("grpc-status")), (timeout, Some("4")));
    }
}

struct Patient;

/// Responds with `true` if there is a deadline.
#[interceptor]
impl Probe for Patient {
    async fn echo(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        Ok(pong(call.deadline().is_some().to_string()))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn a_timeout_that_is_none_is_no_deadline() {
    let mut client = connect(serve(Mount::new(Patient)).await).await;
    for timeout in ["", "S", "1", "1x", "-1S", "1.5S", " 1S", "1 S", "123456789S"] {
        let request = ping(&[("grpc-timeout", timeout)]);
        assert_eq!((timeout, answer(client.echo(request).await)), (timeout, Ok("false".to_owned())));
    }
    let request = ping(&[("grpc-timeout", "99999999H")]);
    assert_eq!(answer(client.echo(request).await), Ok("true".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deadline_ends_a_stream_that_always_has_a_message() {
    let addr = serve(Mount::new(Odd(mpsc::channel(1).0))).await;
    let body = Body::new(Full::new(raw::frame(&hello("a"))));
    let reply =
        raw::reply(addr, raw::request(PATHS[1]).header("grpc-timeout", "100m").body(body).unwrap()).await;
    assert_eq!(reply.trailers.get("grpc-status").unwrap(), "4");
}

#[tokio::test]
async fn a_bidirectional_call_ends_at_its_deadline_and_knows_that_it_was_broken_off() {
    let (seen, mut ends) = mpsc::channel(1);
    let addr = serve(Mount::new(Odd(seen))).await;
    let request = raw::request(PATHS[3]).header("grpc-timeout", "100m").body(silence()).unwrap();
    assert_eq!(raw::reply(addr, request).await.trailers.get("grpc-status").unwrap(), "4");
    assert_eq!(ends.recv().await, Some(Err(Code::Cancelled)));

    let mut upload = upload(addr, PATHS[3], &[hello("a")]).await;
    assert_eq!(upload.response.await.unwrap().status(), 200);
    upload.body.send_reset(h2::Reason::CANCEL);
    assert_eq!(ends.recv().await, Some(Err(Code::Cancelled)));
}
