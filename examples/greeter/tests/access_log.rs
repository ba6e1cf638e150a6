//! The line that each call leaves in the log, for each shape and each end of a call.

mod support;

use std::io;
use std::sync::{Arc, Mutex};

use greeter::auth::{TOKEN, Token};
use greeter::server::MyGreeter;
use support::{answer, answers, chatting, client, greeter, hello, next, started, stranger};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// The log of one test.
#[derive(Clone, Default)]
struct Log {
    text: Arc<Mutex<Vec<u8>>>,
    written: Arc<Notify>,
}

impl Log {
    /// Collects what this thread logs. A test runs on one thread.
    fn collect() -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber =
            tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).without_time().finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// Returns the lines since the last time, at least one. `SayHello OK 1 1` has the number of messages
    /// in and out.
    async fn lines(&self) -> Vec<String> {
        loop {
            let text = std::mem::take(&mut *self.text.lock().expect("no panic"));
            if !text.is_empty() {
                return String::from_utf8(text).expect("UTF-8").lines().map(short).collect();
            }
            self.written.notified().await;
        }
    }
}

/// Shortens a line such as
/// ` INFO vestibule::access: finished call side="server" method="/pb.Greeter/SayHello" shape="unary" peer=127.0.0.1:1
/// code="OK" duration_ms=1.2 requests=1 responses=1`
fn short(line: &str) -> String {
    let line = format!("{line} ");
    let part = |before, after| {
        let (_, rest) = line.split_once(before).unwrap_or_else(|| panic!("no {before} in {line}"));
        rest.split_once(after).unwrap_or_else(|| panic!("no {after} in {rest}")).0
    };
    assert!(!line.contains("secret"), "{line}");
    assert!(part("peer=127.0.0.1:", " ").parse::<u16>().is_ok(), "{line}");
    let [method, code] = [part("method=\"/pb.Greeter/", "\""), part("code=\"", "\"")];
    format!("{method} {code} {} {}", part(" requests=", " "), part(" responses=", " "))
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.lock().expect("no panic").extend_from_slice(bytes);
        self.written.notify_one();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_call_that_has_finished() {
    let (log, _guard) = Log::collect();
    let mut client = client(greeter().await);
    let names = || tokio_stream::iter(["a", "b"].map(hello));
    assert_eq!(answer(client.say_hello(hello("a")).await), "hello a");
    assert_eq!(log.lines().await, ["SayHello OK 1 1"]);
    assert_eq!(answers(client.lots_of_replies(hello("a")).await).await.len(), 4);
    assert_eq!(log.lines().await, ["LotsOfReplies OK 1 4"]);
    assert_eq!(answer(client.lots_of_greetings(names()).await), "你好：ab");
    assert_eq!(log.lines().await, ["LotsOfGreetings OK 2 1"]);
    assert_eq!(answers(client.bidi_hello(names()).await).await, ["a", "b"]);
    assert_eq!(log.lines().await, ["BidiHello OK 2 2"]);
}

#[tokio::test]
async fn a_stream_is_logged_when_it_ends_and_not_before() {
    let (log, _guard) = Log::collect();
    let mut client = client(greeter().await);
    let (messages, requests) = mpsc::channel(1);
    let mut chat = client.bidi_hello(ReceiverStream::new(requests)).await.expect("let in").into_inner();
    messages.send(hello("你好")).await.expect("the call goes on");
    assert_eq!(next(&mut chat).await, "我好");
    assert_eq!(answer(client.say_hello(hello("a")).await), "hello a");
    assert_eq!(log.lines().await, ["SayHello OK 1 1"]);
    drop(messages);
    assert_eq!(next(&mut chat).await, "(end)");
    assert_eq!(log.lines().await, ["BidiHello OK 1 1"]);
}

#[tokio::test]
async fn a_call_that_is_refused() {
    let (log, _guard) = Log::collect();
    let greeter = MyGreeter::new(Token::new(TOKEN), 100, 0);
    let addr = started(greeter, std::future::pending()).await;
    answers(stranger(addr).bidi_hello(tokio_stream::pending()).await).await;
    assert_eq!(log.lines().await, ["BidiHello UNAUTHENTICATED 0 0"]);
    answer(stranger(addr).lots_of_greetings(tokio_stream::pending()).await);
    assert_eq!(log.lines().await, ["LotsOfGreetings UNAUTHENTICATED 0 0"]);
    answers(client(addr).lots_of_replies(hello("a")).await).await;
    assert_eq!(log.lines().await, ["LotsOfReplies UNAVAILABLE 0 0"]);
}

#[tokio::test]
async fn a_stream_that_failed_in_its_midst() {
    let (log, _guard) = Log::collect();
    let (stop, stopped) = oneshot::channel();
    let greeter = MyGreeter::new(Token::new(TOKEN), 100, 100);
    let mut client = client(started(greeter, async { stopped.await.unwrap_or_default() }).await);
    let chat = client.bidi_hello(tokio_stream::pending()).await;
    stop.send(()).expect("the server waits for it");
    answers(chat).await;
    assert_eq!(log.lines().await, ["BidiHello UNAVAILABLE 0 0"]);
}

#[tokio::test]
async fn a_stream_whose_client_goes_away() {
    let (log, _guard) = Log::collect();
    drop(chatting(greeter().await).await);
    assert_eq!(log.lines().await, ["BidiHello CANCELLED 1 1"]);
}

#[tokio::test]
async fn greetings_that_the_client_broke_off() {
    let (log, _guard) = Log::collect();
    let greeter = MyGreeter::new(Token::new(TOKEN), 100, 1);
    let mut client = client(started(greeter, std::future::pending()).await);
    let mut broken_off = client.clone();
    let names = tokio_stream::once(hello("a")).chain(tokio_stream::pending());
    let call = tokio::spawn(async move { broken_off.lots_of_greetings(names).await.map(drop) });
    // The loop ends once the greetings have the only slot: the server has then begun with them.
    while answers(client.lots_of_replies(hello("a")).await).await.len() > 1 {}
    call.abort();
    let line = loop {
        let lines = log.lines().await;
        if let Some(line) = lines.into_iter().find(|line| line.starts_with("LotsOfGreetings")) {
            break line;
        }
    };
    assert!(line.starts_with("LotsOfGreetings CANCELLED "), "{line}");
}
