//! The answers of each rpc.

mod support;

use std::iter;
use std::time::SystemTime;

use greeter::words::Greeting;
use support::{answer, answers, client, greeter, hello, next, stranger};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataMap;

#[tokio::test]
async fn say_hello_greets_by_name() {
    let mut client = client(greeter().await);
    for (name, expected) in [("world", "hello world"), ("小明", "hello 小明"), ("", "hello ")] {
        assert_eq!(answer(client.say_hello(hello(name)).await), expected);
    }
}

#[tokio::test]
async fn lots_of_replies_greets_in_four_languages() {
    let mut client = client(greeter().await);
    let received = answers(client.lots_of_replies(hello("Ada")).await).await;
    assert_eq!(received, ["你好Ada", "helloAda", "こんにちはAda", "안녕하세요Ada"]);
    let received = answers(client.lots_of_replies(hello("")).await).await;
    assert_eq!(received, ["你好", "hello", "こんにちは", "안녕하세요"]);
}

#[tokio::test]
async fn lots_of_greetings_greets_all_in_their_order() {
    let mut client = client(greeter().await);
    for (names, expected) in [
        (&["七米", "q1mi", "沙河娜扎"][..], "你好：七米q1mi沙河娜扎"),
        (&["Grace ", "Ada", "小明"], "你好：Grace Ada小明"),
        (&["Ada"], "你好：Ada"),
        (&["", "Ada", ""], "你好：Ada"),
        (&[], "你好："),
    ] {
        let names: Vec<_> = names.iter().copied().map(hello).collect();
        assert_eq!(answer(client.lots_of_greetings(tokio_stream::iter(names)).await), expected);
    }
}

#[tokio::test]
async fn lots_of_greetings_accepts_as_many_names_as_a_client_can_read_back() {
    let mut client = client(greeter().await);
    let names = |bytes| {
        let name = "x".repeat(1000);
        tokio_stream::iter(iter::repeat_n(hello(&name), bytes / name.len()))
    };
    // The first words of the greeting need some of the limit.
    let reply = answer(client.lots_of_greetings(names(Greeting::MAX_LEN - 1000)).await);
    assert!(reply.starts_with("你好：xxx") && reply.len() > Greeting::MAX_LEN - 1000, "{}", reply.len());
    let refused = answer(client.lots_of_greetings(names(Greeting::MAX_LEN + 10_000)).await);
    assert_eq!(refused, "RESOURCE_EXHAUSTED: too many names for one greeting");
}

#[tokio::test]
async fn bidi_hello_turns_questions_into_answers() {
    let mut client = client(greeter().await);
    let dialogue = [
        ("你好", "我好"),
        ("在吗？", "在!"),
        ("你会说中文吗?", "我会说中文!"),
        ("走吧", "走"),
        ("吗吧吗", ""),
        ("你？你?", "我!我!"),
        ("hello", "hello"),
        ("", ""),
    ];
    let messages = tokio_stream::iter(dialogue.map(|(message, _)| hello(message)));
    let received = answers(client.bidi_hello(messages).await).await;
    assert_eq!(received, dialogue.map(|(_, expected)| expected));
}

#[tokio::test]
async fn bidi_hello_answers_each_message_before_the_next() {
    let mut client = client(greeter().await);
    let (messages, requests) = mpsc::channel(1);
    let mut replies = client.bidi_hello(ReceiverStream::new(requests)).await.expect("let in").into_inner();
    for n in 0..3 {
        messages.send(hello(&format!("{n}?"))).await.expect("the call goes on");
        assert_eq!(next(&mut replies).await, format!("{n}!"));
    }
    drop(messages);
    assert_eq!(next(&mut replies).await, "(end)");
}

const LOCATION: &str = "BeiJing";

#[tokio::test]
async fn every_reply_begins_with_the_location() {
    let addr = greeter().await;
    let mut client = client(addr);
    let names = || tokio_stream::once(hello("a"));
    let begun = [
        client.say_hello(hello("a")).await.expect("let in").metadata().clone(),
        client.lots_of_replies(hello("a")).await.expect("let in").metadata().clone(),
        client.lots_of_greetings(names()).await.expect("let in").metadata().clone(),
        client.bidi_hello(names()).await.expect("let in").metadata().clone(),
    ];
    for metadata in begun {
        assert_eq!(metadata.get("location").expect("a location"), LOCATION);
    }
    let refusal = stranger(addr).say_hello(hello("a")).await.expect_err("no token");
    assert_eq!(refusal.metadata().get("location").expect("a location"), LOCATION);
}

#[tokio::test]
async fn a_hello_and_what_streams_replies_end_with_the_time() {
    let mut client = client(greeter().await);
    let began = now();
    let single = client.say_hello(hello("a")).await.expect("let in");
    // tonic's client puts the trailers of a single response into its metadata.
    let mut timestamps = vec![timestamp(single.metadata())];
    let ended = [
        client.lots_of_replies(hello("a")).await.expect("let in").into_inner(),
        client.bidi_hello(tokio_stream::once(hello("a"))).await.expect("let in").into_inner(),
    ];
    for mut replies in ended {
        while replies.message().await.expect("no error").is_some() {}
        timestamps.push(timestamp(&replies.trailers().await.expect("no error").expect("trailers")));
    }
    assert!(timestamps.iter().all(|timestamp| (began..=now()).contains(timestamp)), "{timestamps:?}");
}

fn timestamp(metadata: &MetadataMap) -> u64 {
    let timestamp = metadata.get("timestamp").expect("a timestamp").to_str().expect("ASCII");
    timestamp.parse().expect("seconds")
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs()
}
