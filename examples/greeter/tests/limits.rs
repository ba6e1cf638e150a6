//! The limits of concurrent calls, and what ends calls that would last for ever.

mod support;

use greeter::auth::{TOKEN, Token};
use greeter::server::MyGreeter;
use support::{answer, answers, chatting, client, hello, next, started, stranger, with_metadata};
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

const OVERLOADED: &str = "UNAVAILABLE: too many calls in flight";
const CLOSING: &str = "UNAVAILABLE: the server is shutting down";

#[tokio::test]
async fn further_streams_are_unavailable_while_a_chat_goes_on() {
    let greeter = MyGreeter::new(Token::new(TOKEN), 1, 1);
    let mut client = client(started(greeter, std::future::pending()).await);
    let (messages, requests) = mpsc::channel(1);
    let mut chat = client.bidi_hello(ReceiverStream::new(requests)).await.expect("let in").into_inner();
    assert_eq!(answers(client.bidi_hello(tokio_stream::pending()).await).await, [OVERLOADED]);
    assert_eq!(answers(client.lots_of_replies(hello("a")).await).await, [OVERLOADED]);
    assert_eq!(answer(client.lots_of_greetings(tokio_stream::pending()).await), OVERLOADED);
    assert_eq!(answer(client.say_hello(hello("a")).await), "hello a", "a chat does not take its place");

    messages.send(hello("在吗？")).await.expect("the call goes on");
    assert_eq!(next(&mut chat).await, "在!");
    drop(messages);
    assert_eq!(next(&mut chat).await, "(end)");
    assert_eq!(answers(client.lots_of_replies(hello("a")).await).await.len(), 4);
}

#[tokio::test]
async fn a_chat_whose_client_goes_away_gives_its_place_back() {
    let greeter = MyGreeter::new(Token::new(TOKEN), 1, 1);
    let addr = started(greeter, std::future::pending()).await;
    let mut client = client(addr);
    let chat = chatting(addr).await;
    assert_eq!(answers(client.lots_of_replies(hello("a")).await).await, [OVERLOADED]);
    drop(chat);
    // The server learns some time later that the client has gone.
    loop {
        let received = answers(client.lots_of_replies(hello("a")).await).await;
        if received.len() == 4 {
            break;
        }
        assert_eq!(received, [OVERLOADED]);
    }
}

#[tokio::test]
async fn who_is_not_let_in_takes_no_place() {
    let greeter = MyGreeter::new(Token::new(TOKEN), 0, 0);
    let mut client = stranger(started(greeter, std::future::pending()).await);
    assert_eq!(answer(client.say_hello(hello("a")).await), "UNAUTHENTICATED: invalid token");
}

#[tokio::test]
async fn the_deadline_of_the_client_ends_a_chat() {
    let greeter = MyGreeter::new(Token::new(TOKEN), 1, 1);
    let mut client = client(started(greeter, std::future::pending()).await);
    let requests = with_metadata(tokio_stream::pending(), &[("grpc-timeout", "1S")]);
    let received = answers(client.bidi_hello(requests).await).await;
    assert_eq!(received, ["DEADLINE_EXCEEDED: deadline exceeded"]);
}

#[tokio::test]
async fn the_end_of_the_server_ends_a_chat() {
    let (stop, stopped) = oneshot::channel();
    let greeter = MyGreeter::new(Token::new(TOKEN), 1, 1);
    let mut client = client(started(greeter, async { stopped.await.unwrap_or_default() }).await);
    let (messages, requests) = mpsc::channel(1);
    let mut chat = client.bidi_hello(ReceiverStream::new(requests)).await.expect("let in").into_inner();
    messages.send(hello("你好")).await.expect("the call goes on");
    assert_eq!(next(&mut chat).await, "我好");
    stop.send(()).expect("the server waits for it");
    assert_eq!(next(&mut chat).await, CLOSING);
}

#[tokio::test]
async fn the_end_of_the_server_ends_greetings_whose_names_do_not_end() {
    let (stop, stopped) = oneshot::channel();
    let greeter = MyGreeter::new(Token::new(TOKEN), 1, 1);
    let client = client(started(greeter, async { stopped.await.unwrap_or_default() }).await);
    let greet = || {
        let mut client = client.clone();
        tokio::spawn(async move { answer(client.lots_of_greetings(tokio_stream::pending()).await) })
    };
    let mut greetings = greet();
    // Once the greetings have the only slot, another stream is rejected. If the other stream came
    // first, the greetings are rejected, and start again.
    while answers(client.clone().lots_of_replies(hello("a")).await).await != [OVERLOADED] {
        if greetings.is_finished() {
            greetings = greet();
        }
    }
    stop.send(()).expect("the server waits for it");
    assert_eq!(greetings.await.expect("no panic"), CLOSING);
}
