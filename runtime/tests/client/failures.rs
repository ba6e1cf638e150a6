//! Whatever fails on the way, the caller gets one status, and its cause is kept.

use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tokio::sync::oneshot;
use tonic::transport::Endpoint;
use vestibule::{Code, client};

use super::server::{Server, channel, in_time, items, serve_until, traced};
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{hello, serve};

#[tokio::test]
async fn a_stream_fails_once_as_that_of_tonics_own_client() {
    let requests = || tokio_stream::iter([hello("a")]);
    for (fails, panics) in [("", ""), ("H", ""), ("B.w", ""), ("A.r", ""), ("", "B.w"), ("", "A.f(ok)")] {
        let tracer = Tracer::new(Plan { fails, panics, ..Plan::default() });
        let mut ours = traced(&tracer).await;
        let (mut failed, mut others) = (Vec::new(), 0);
        for stream in [ours.lots_of_replies(hello("fail")).await, ours.bidi_hello(requests()).await] {
            match stream {
                Ok(stream) => failed.extend(items(stream.into_inner()).await),
                Err(status) => failed.push(Err((status.code(), status.message().to_owned()))),
            }
        }
        failed.retain(|item| {
            item.is_err() || {
                others += 1;
                false
            }
        });
        let expected = if (fails, panics) == ("", "") { 1 } else { 2 };
        assert_eq!(failed.len(), expected, "{fails} {panics}: {failed:?}");
    }
    // The items are the same as without a chain.
    let addr = serve(GreeterServer::new(Server::default())).await;
    let mut ours = GreeterClient::new(client(channel(addr), (Traced("A", Tracer::default()),)));
    let mut theirs = GreeterClient::new(channel(addr));
    let expected = items(theirs.lots_of_replies(hello("fail")).await.unwrap().into_inner()).await;
    assert_eq!(expected, [Ok("fail".to_owned()), Err((Code::DataLoss, "lost".to_owned()))]);
    assert_eq!(items(ours.lots_of_replies(hello("fail")).await.unwrap().into_inner()).await, expected);
}

#[tokio::test]
async fn a_stream_whose_deadline_passes_fails_once() {
    let mut client = traced(&Tracer::default()).await;
    let request = in_time(hello("forever"), Duration::from_millis(50));
    let items = items(client.lots_of_replies(request).await.unwrap().into_inner()).await;
    let late = Err((Code::DeadlineExceeded, "deadline exceeded".to_owned()));
    assert_eq!(items, [Ok("forever".to_owned()), late]);
}

/// An error that no server has sent keeps its source. tonic's `Streaming` yields it as often as it does without a
/// chain.
#[tokio::test]
async fn a_connection_that_is_lost_is_told_of_as_by_tonics_own_client() {
    let mut counts = Vec::new();
    for is_ours in [true, false] {
        let (alive, gone) = oneshot::channel();
        let channel = channel(serve_until(gone).await);
        let stream = if is_ours {
            GreeterClient::new(client(channel, ())).lots_of_replies(hello("forever")).await
        } else {
            GreeterClient::new(channel).lots_of_replies(hello("forever")).await
        };
        let mut stream = stream.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
        drop(alive);
        counts.push(items(stream).await.len());
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_says_why() {
    let tracer = Tracer::default();
    let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
    let mut client = GreeterClient::new(client(channel, (Traced("A", tracer.clone()),)));
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(std::error::Error::source(&status).is_some(), "the cause is kept");
    assert_eq!(tracer.take(), "A.s A.f(Unavailable)");
}

#[tokio::test]
async fn a_response_that_breaks_off_is_an_error() {
    let tracer = Tracer::default();
    let (alive, gone) = oneshot::channel();
    let channel = channel(serve_until(gone).await);
    let mut client = GreeterClient::new(client(channel, (Traced("A", tracer.clone()),)));
    let mut stream = client.lots_of_replies(hello("forever")).await.unwrap().into_inner();
    stream.message().await.unwrap();
    drop(alive);
    let status = stream.message().await.unwrap_err();
    assert_eq!(tracer.take(), format!("A.s A.r A.w A.f({:?})", status.code()));
}

/// Without a chain, tonic returns UNKNOWN or CANCELLED.
#[tokio::test]
async fn a_connection_that_is_lost_before_the_response_is_unavailable() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    for says_hello in [false, true] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                if says_hello {
                    // The server sends its settings, and then closes the connection.
                    stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
                    let _ = stream.read(&mut [0; 4096]).await;
                }
            }
        });
        let mut client = GreeterClient::new(client(channel(addr), ()));
        let status = client.say_hello(hello("a")).await.unwrap_err();
        assert_eq!((says_hello, status.code()), (says_hello, Code::Unavailable), "{status}");
        assert!(std::error::Error::source(&status).is_some(), "the cause is kept");
    }
}

/// A reset with CANCEL means CANCELLED, by gRPC's table of HTTP/2 error codes. A lost connection does not.
#[tokio::test]
async fn a_call_that_the_server_resets_with_cancel_is_cancelled() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(stream).await.unwrap();
        while let Some(request) = connection.accept().await {
            let (_, mut respond) = request.unwrap();
            respond.send_reset(h2::Reason::CANCEL);
        }
    });
    let mut client = GreeterClient::new(client(channel(addr), ()));
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::Cancelled, "{status}");
}
