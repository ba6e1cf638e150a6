//! Behind a mount, an upload that its client has broken off is never complete.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::StreamBody;
use proto::hello_stubs;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tonic::body::Body;
use vestibule::{Code, Mount, Status};

use super::mounted::{Detached, mounted, names};
use crate::support::traceable::Traceable;
use crate::support::tracer::Tracer;
use crate::support::upload::upload;
use crate::support::{PATHS, connect_greeter, hello, raw, serve, surely};

/// The means by which a client breaks off.
const MEANS: [&str; 5] = ["drop", "abort", "timeout", "reset", "connection"];

/// Returns two hundred clients that break off: the means, and the number of messages that have come before.
fn two_hundred() -> impl Iterator<Item = (&'static str, usize)> {
    (0..10).flat_map(|_| MEANS).flat_map(|means| (0..4).map(move |seen| (means, seen)))
}

/// Breaks off an upload when its handler runs and `seen` messages have come. The last two of the means do so within a
/// further message.
async fn break_off(addr: SocketAddr, tracer: &Tracer, means: &str, seen: usize) {
    let have_come = |trace: &str| trace.contains('H') && trace.matches("A.r").count() == seen;
    if let "reset" | "connection" = means {
        let mut upload = upload(addr, PATHS[2], &vec![hello("a"); seen]).await;
        tracer.until(have_come).await;
        upload.send_half(&hello("abc")).await;
        if means == "reset" {
            upload.body.send_reset(h2::Reason::CANCEL);
        } else {
            upload.connection.abort();
        }
        return;
    }
    let mut client = connect_greeter(addr).await;
    let requests = tokio_stream::iter(vec![hello("a"); seen]).chain(tokio_stream::pending());
    let mut call = Box::pin(async move { client.lots_of_greetings(requests).await.map(drop) });
    tokio::select! {
        end = &mut call => panic!("it waits for messages: {end:?}"),
        () = tracer.until(have_come) => {}
    }
    match means {
        "drop" => drop(call),
        "abort" => tokio::spawn(call).abort(),
        _ => assert!(tokio::time::timeout(Duration::from_millis(1), call).await.is_err()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_broken_off_is_never_complete() {
    let service = Traceable::default();
    let (tracer, committed) = (service.tracer.clone(), Arc::clone(&service.committed));
    let addr = serve(Mount::new(service)).await;
    let mut interrupted = 0;
    for (means, seen) in two_hundred() {
        break_off(addr, &tracer, means, seen).await;
        tracer.finished().await;
        let messages = " A.r B.r".repeat(seen);
        let expected = format!("A.s B.s H{messages} B.f(interrupted) A.f(interrupted)");
        assert_eq!((means, tracer.take()), (means, expected));
        interrupted += 1;
    }
    assert_eq!((interrupted, committed.load(Ordering::SeqCst)), (200, 0));
    connect_greeter(addr).await.lots_of_greetings(names()).await.unwrap();
    assert_eq!(committed.load(Ordering::SeqCst), 1);
}

const UPLOAD_TO: &str = "UPLOAD_TO";

/// The next test runs this one as a client in a process of its own, and kills it.
#[tokio::test]
#[ignore = "the next test runs it"]
async fn uploads_until_it_is_killed() {
    let Ok(addr) = std::env::var(UPLOAD_TO) else { return };
    let requests = tokio_stream::iter([hello("a"), hello("b")]).chain(tokio_stream::pending());
    let mut client = connect_greeter(addr.parse().unwrap()).await;
    let _ = client.lots_of_greetings(requests).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_killed_has_not_sent_all() {
    let service = Traceable::default();
    let (tracer, committed) = (service.tracer.clone(), Arc::clone(&service.committed));
    let addr = serve(Mount::new(service)).await;
    for _ in 0..5 {
        let mut client = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "mount_uploads::uploads_until_it_is_killed", "--ignored"])
            .env(UPLOAD_TO, addr.to_string())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        tracer.until(|trace| trace.ends_with("B.r A.r B.r")).await;
        client.kill().unwrap();
        client.wait().unwrap();
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s B.s H A.r B.r A.r B.r B.f(interrupted) A.f(interrupted)");
    }
    assert_eq!(committed.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_has_the_upload_learns_that_it_is_broken_off() {
    use hello_stubs::greeter_server::GreeterServer;

    let (sender, mut ends) = mpsc::channel(1);
    let tracer = Tracer::default();
    let mount: Mount<_, GreeterServer<()>> = Mount::new(Detached { tracer: tracer.clone(), ends: sender });
    let addr = serve(mount).await;
    for (means, seen) in two_hundred() {
        break_off(addr, &tracer, means, seen).await;
        assert_eq!((means, seen, surely(ends.recv()).await), (means, seen, Some(Err(Code::Cancelled))));
        tracer.finished().await;
        // The handler may return before it is dropped.
        let trace = tracer.take();
        assert!(trace.ends_with("A.f(interrupted)"), "{means}: {trace}");
    }
    connect_greeter(addr).await.lots_of_greetings(names()).await.unwrap();
    assert_eq!(ends.recv().await, Some(Ok(2)));
}

/// Envoy resets the stream of a client that has cancelled with `NO_ERROR`.
#[tokio::test]
async fn an_upload_that_is_reset_without_an_error_is_not_complete() {
    let service = Traceable::default();
    let (tracer, committed) = (service.tracer.clone(), Arc::clone(&service.committed));
    let addr = serve(Mount::new(service)).await;
    for _ in 0..20 {
        let mut upload = upload(addr, PATHS[2], &[hello("a")]).await;
        tracer.until(|trace| trace.ends_with("B.r")).await;
        upload.body.send_reset(h2::Reason::NO_ERROR);
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.f(interrupted) A.f(interrupted)");
    }
    assert_eq!(committed.load(Ordering::SeqCst), 0);
}

/// The client sends a part of a message and goes away. The server has made no error.
#[tokio::test]
async fn a_client_that_goes_away_within_its_message_interrupts_the_chain() {
    let tracer = Tracer::default();
    let addr = mounted(&tracer).await;
    for path in &PATHS[..2] {
        let half =
            tokio_stream::once(Ok::<_, Status>(http_body::Frame::data(Bytes::from_static(&[0, 0, 0]))));
        let body = Body::new(StreamBody::new(half.chain(tokio_stream::pending())));
        let call = tokio::spawn(raw::send(addr, raw::request(path).body(body).unwrap()));
        tracer.until(|trace| trace.ends_with("B.s")).await;
        call.abort();
        tracer.finished().await;
        assert_eq!(tracer.take(), "A.s B.s B.f(interrupted) A.f(interrupted)");
    }
}
