//! `Retry` repeats a call of which no response has come, as often as it may.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tokio_stream::StreamExt;
use tonic::Request;
use tower_layer::Layer;
use vestibule::{Call, Code, Rest, Status, client, interceptor};
use vestibule_interceptors::{Deadline, Retry};

use super::retry_server::{Act, Attempt, Server, UNAVAILABLE, channel, connect, retry};
use crate::support::tracer::{Traced, Tracer};
use crate::support::{all_responses, hello, serve};

#[tokio::test]
async fn a_call_is_tried_again_until_it_succeeds() {
    let server = Server::new(vec![UNAVAILABLE; 3]);
    let mut client = connect(&server, retry(5)).await;
    let mut request = Request::new(hello("a"));
    request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    assert_eq!(client.say_hello(request).await.unwrap().into_inner().reply, "a");
    let expected = [None, Some("1"), Some("2"), Some("3")].map(|previous| Attempt {
        name: "a".to_owned(),
        previous: previous.map(str::to_owned),
        tenant: Some("blue".to_owned()),
    });
    assert_eq!(*server.attempts.lock().unwrap(), expected);
}

/// The metadata of another call may be passed on.
#[tokio::test]
async fn attempts_that_the_caller_counts_are_not_ours() {
    for (retry, failures, expected) in [(retry(5), 1, &[None, Some("1")][..]), (retry(1), 0, &[None])] {
        let server = Server::new(vec![UNAVAILABLE; failures]);
        let mut client = connect(&server, retry).await;
        let mut request = Request::new(hello("a"));
        request.metadata_mut().insert("grpc-previous-rpc-attempts", "9".parse().unwrap());
        client.say_hello(request).await.unwrap();
        let attempts = server.attempts.lock().unwrap();
        let previous: Vec<_> = attempts.iter().map(|attempt| attempt.previous.as_deref()).collect();
        assert_eq!(previous, expected);
    }
}

#[interceptor]
async fn note_retries(call: &Call, retries: &Mutex<Vec<u32>>, rest: impl Rest) -> Result<(), Status> {
    let before = call.retries();
    let result = rest.await;
    retries.lock().unwrap().extend([before, call.retries()]);
    result
}

#[interceptor]
async fn note_retries_of_the_service(call: &Call, retries: &Mutex<Vec<u32>>) -> Result<(), Status> {
    retries.lock().unwrap().push(call.retries());
    Ok(())
}

#[tokio::test]
async fn interceptors_know_how_often_a_call_was_tried_again() {
    for (failures, expected) in [(0, 0), (2, 2), (9, 3)] {
        let server = Server::new(vec![UNAVAILABLE; failures]);
        let (noted, of_service) = (&*Box::leak(Box::default()), &*Box::leak(Box::default()));
        let layer = vestibule::layer((note_retries_of_the_service(of_service),));
        let addr = serve(layer.layer(GreeterServer::new(server))).await;
        let chain = (note_retries(noted), retry(4));
        let result = GreeterClient::new(client(channel(addr), chain)).say_hello(hello("a")).await;
        assert_eq!(result.is_ok(), failures < 4);
        assert_eq!(*noted.lock().unwrap(), [0, expected]);
        assert_eq!(*of_service.lock().unwrap(), vec![0; expected as usize + 1], "a server makes no attempts");
    }
}

#[tokio::test]
async fn the_last_failure_is_the_callers() {
    let server = Server::new(vec![UNAVAILABLE; 9]);
    let mut client = connect(&server, retry(3)).await;
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "not now"));
    assert_eq!(server.attempts(), 3);
}

#[tokio::test]
async fn only_codes_that_are_named_are_tried_again() {
    for (code, attempts) in [(Code::Aborted, 2), (Code::Unavailable, 1), (Code::NotFound, 1)] {
        let server = Server::new([Act::Fail(code)]);
        let mut client = connect(&server, retry(3).codes([Code::Aborted, Code::Internal])).await;
        assert_eq!((code, client.say_hello(hello("a")).await.is_ok()), (code, attempts > 1));
        assert_eq!((code, server.attempts()), (code, attempts));
    }
}

#[tokio::test]
async fn a_stream_of_responses_is_tried_again_before_it_has_begun() {
    let server = Server::new(vec![UNAVAILABLE; 2]);
    let mut client = connect(&server, retry(3)).await;
    assert_eq!(all_responses(client.lots_of_replies(hello("a")).await).await, (vec!["a".to_owned()], Ok(())));
    assert_eq!(server.attempts(), 3);
}

#[tokio::test]
async fn a_response_that_has_begun_is_not_tried_again() {
    let server = Server::new([Act::FailInTheMidst]);
    let mut client = connect(&server, retry(3)).await;
    let (received, end) = all_responses(client.lots_of_replies(hello("a")).await).await;
    assert_eq!((received, end.unwrap_err().0), (vec!["a".to_owned()], Code::Unavailable));
    assert_eq!(server.attempts(), 1);
}

#[tokio::test]
async fn where_the_client_streams_nothing_is_tried_again() {
    let many = || tokio_stream::iter([hello("a"), hello("b")]);
    let open = || tokio_stream::iter([hello("a")]).chain(tokio_stream::pending());
    for nth in 0..4 {
        let server = Server::new([UNAVAILABLE]);
        let mut client = connect(&server, retry(3)).await;
        let failed = match nth {
            0 => client.lots_of_greetings(many()).await.map(drop),
            1 => client.bidi_hello(many()).await.map(drop),
            2 => client.lots_of_greetings(open()).await.map(drop),
            _ => client.bidi_hello(open()).await.map(drop),
        };
        assert_eq!(failed.unwrap_err().code(), Code::Unavailable);
        assert_eq!(server.attempts(), 1);
        // A later upload arrives completely.
        let all = client.lots_of_greetings(many()).await.unwrap().into_inner();
        assert_eq!(all.reply, "a b");
    }
}

#[tokio::test]
async fn a_server_says_when_to_try_again() {
    let server = Server::new([Act::PushBack("30"), Act::PushBack("0")]);
    // Without the server's word, the client would wait far longer.
    let retry = Retry::new(5).backoff(Duration::from_secs(3600), Duration::from_secs(3600));
    let mut client = connect(&server, retry).await;
    let started = Instant::now();
    client.say_hello(hello("a")).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(30));
    assert_eq!(server.attempts(), 3);
}

#[tokio::test]
async fn a_server_says_that_there_is_to_be_no_other_attempt() {
    for pushback in ["-1", "never"] {
        let server = Server::new([Act::PushBack(pushback)]);
        let mut client = connect(&server, retry(5)).await;
        assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Unavailable);
        assert_eq!(server.attempts(), 1);
    }
}

#[tokio::test]
async fn nothing_is_tried_after_the_deadline() {
    let server = Server::new(vec![UNAVAILABLE; 9]);
    let retry = Retry::new(9).backoff(Duration::from_secs(3600), Duration::from_secs(3600));
    let mut client = connect(&server, retry).await;
    let mut request = Request::new(hello("a"));
    request.set_timeout(Duration::from_secs(60));
    let started = Instant::now();
    let status = client.say_hello(request).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "not now"), "what is known is told");
    assert!(started.elapsed() < Duration::from_secs(30), "and nobody waited for it");
    assert_eq!(server.attempts(), 1);
}

#[tokio::test]
async fn an_attempt_that_hangs_ends_with_the_deadline_of_the_call() {
    let server = Server::new([UNAVAILABLE, Act::Hang]);
    let channel = channel(serve(GreeterServer::new(server.clone())).await);
    let chain = (
        Deadline::at_most(Duration::from_millis(100)),
        retry(5).codes([Code::Unavailable, Code::DeadlineExceeded]),
    );
    let mut client = GreeterClient::new(client(channel, chain));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(server.attempts(), 2);
}

#[tokio::test]
async fn while_most_calls_fail_nothing_is_tried_again() {
    let server = Server::new(vec![UNAVAILABLE; 7]);
    // The bucket has four tokens. More than two must be left, which allows one retry.
    let mut client = connect(&server, retry(5).throttle(4.0, 1.0)).await;
    assert!(client.say_hello(hello("a")).await.is_err());
    assert_eq!(server.attempts(), 2, "3 were left, and then 2");
    assert!(client.clone().say_hello(hello("a")).await.is_err());
    assert_eq!(server.attempts(), 3, "clones have the same bucket");
    server.acts.lock().unwrap().clear();
    for _ in 0..2 {
        client.say_hello(hello("a")).await.unwrap();
    }
    server.acts.lock().unwrap().push_back(UNAVAILABLE);
    assert!(client.say_hello(hello("a")).await.is_err(), "1 and 2 are 3: 2 are left");
    for _ in 0..2 {
        client.say_hello(hello("a")).await.unwrap();
    }
    server.acts.lock().unwrap().push_back(UNAVAILABLE);
    client.say_hello(hello("a")).await.unwrap();
}

#[tokio::test]
async fn a_message_that_is_not_kept_is_sent_once_and_whole() {
    let large = hello(&"x".repeat(100_000));
    for (limit, attempts) in [(99_000, 1), (101_000, 2)] {
        let server = Server::new([UNAVAILABLE]);
        let mut client = connect(&server, retry(5).max_message_size(limit)).await;
        let result = client.say_hello(large.clone()).await;
        assert_eq!((result.is_ok(), server.attempts()), (attempts == 2, attempts));
        assert_eq!(client.say_hello(large.clone()).await.unwrap().into_inner().reply, large.name);
        assert!(server.attempts.lock().unwrap().iter().all(|attempt| attempt.name == large.name));
    }
}

#[tokio::test]
async fn the_other_interceptors_see_one_call() {
    let (server, tracer) = (Server::new(vec![UNAVAILABLE; 2]), Tracer::default());
    let channel = channel(serve(GreeterServer::new(server.clone())).await);
    let chain = (Traced("A", tracer.clone()), retry(3), Traced("B", tracer.clone()));
    let mut client = GreeterClient::new(client(channel, chain));
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!(server.attempts(), 3);
    assert_eq!(tracer.take(), "A.s B.s A.r B.r B.w A.w B.f(ok) A.f(ok)");
}

#[tokio::test]
async fn a_call_that_is_given_up_is_not_tried_again() {
    let server = Server::new([UNAVAILABLE]);
    let retry = Retry::new(9).backoff(Duration::from_millis(20), Duration::from_millis(20));
    let mut client = connect(&server, retry).await;
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    while server.attempts() == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(server.attempts(), 1);
}

/// `Retry` reads the beginning of an upload to see if it is one message, and passes it on with the rest.
#[tokio::test]
async fn an_upload_loses_nothing() {
    let mut client = connect(&Server::default(), retry(3)).await;
    let (names, requests) = tokio::sync::mpsc::channel(1);
    let call = tokio::spawn(async move {
        client.lots_of_greetings(tokio_stream::wrappers::ReceiverStream::new(requests)).await
    });
    for name in ["a", "b", "c"] {
        names.send(hello(name)).await.unwrap();
        tokio::task::yield_now().await;
    }
    drop(names);
    assert_eq!(call.await.unwrap().unwrap().into_inner().reply, "a b c");
}

#[tokio::test]
async fn of_several_the_first_counts() {
    let server = Server::new(vec![UNAVAILABLE; 9]);
    let addr = serve(GreeterServer::new(server.clone())).await;
    let mut client = GreeterClient::new(client(channel(addr), (retry(2), retry(4))));
    assert!(client.say_hello(hello("a")).await.is_err());
    assert_eq!(server.attempts(), 2);
}

#[tokio::test]
async fn without_tokens_there_is_no_bucket() {
    let server = Server::new(vec![UNAVAILABLE; 19]);
    let mut client = connect(&server, retry(20).throttle(0.0, 0.0)).await;
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!(server.attempts(), 20);
}
