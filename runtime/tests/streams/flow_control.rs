//! Neither direction of a call waits for the other, and a message is taken when one is asked for.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::transport::{Channel, Endpoint, Server};
use vestibule::{Status, Streaming, interceptor};

use super::loud::{Loud, reply};
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    a_client_may_send_everything_before_it_reads_anything,
    both_directions_are_independent_with_small_windows
);

// These tests run in one setup only:
// - `a_message_is_taken_from_the_handler_when_one_is_asked_for` polls the stream of the trait's method itself.

/// Sends many large responses, and counts the requests in another task.
#[derive(Clone)]
struct Busy;

const LARGE: usize = 64 * 1024;
const MANY: usize = 200;

#[interceptor(outer = Loud, inner = Loud)]
impl Greeter for Busy {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn bidi_hello(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let (done, count) = oneshot::channel();
        tokio::spawn(async move {
            let mut received = 0;
            while let Ok(Some(request)) = requests.message().await {
                assert!(request.name.ends_with("!!"));
                received += 1;
            }
            let _ = done.send(received);
        });
        let large = tokio_stream::iter(0..MANY).map(|_| Ok(reply("x".repeat(LARGE))));
        let last = tokio_stream::once(count)
            .then(|count| async { Ok(reply(format!("received {}", count.await.unwrap_or(0)))) });
        Ok(large.chain(last))
    }
}

/// The client reads nothing before it has sent everything, so that all windows are full.
async fn a_client_may_send_everything_before_it_reads_anything(setup: Setup) {
    let client = connect_greeter(serve_in!(setup, GreeterServer::new(Busy))).await;
    send_everything_then_read(client).await;
}

/// No window has room for a whole message.
async fn both_directions_are_independent_with_small_windows(setup: Setup) {
    const WINDOW: u32 = 4 * 1024;
    let server =
        Server::builder().initial_stream_window_size(WINDOW).initial_connection_window_size(2 * WINDOW);
    let addr = serve_in!(setup, GreeterServer::new(Busy), server);
    let endpoint = Endpoint::from_shared(format!("http://{addr}"))
        .unwrap()
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(2 * WINDOW);
    send_everything_then_read(GreeterClient::new(endpoint.connect().await.unwrap())).await;
}

async fn send_everything_then_read(mut client: GreeterClient<Channel>) {
    let (sender, receiver) = mpsc::channel(1);
    let response = client.bidi_hello(ReceiverStream::new(receiver)).await.unwrap();
    for _ in 0..MANY {
        sender.send(hello(&"y".repeat(LARGE))).await.expect("the server reads all the while");
    }
    drop(sender);
    let (received, end) = all_responses(Ok(response)).await;
    assert_eq!((received.len(), end), (MANY + 1, Ok(())));
    assert_eq!(received[MANY], format!("received {MANY}??"));
    assert!(received[..MANY].iter().all(|reply| reply.len() == LARGE + 2));
}

/// Counts the messages that are taken from it.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

#[interceptor(Loud)]
impl Greeter for Counting {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(0..100).map(|_| {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(reply("x"))
        }))
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented(""))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
        Err(Status::unimplemented(""))
    }
}

#[tokio::test]
async fn a_message_is_taken_from_the_handler_when_one_is_asked_for() {
    let service = Counting::default();
    let response = service.lots_of_replies(Request::new(hello("a"))).await.unwrap();
    let mut stream = pin!(response.into_inner());
    for expected in 0..100 {
        assert_eq!(service.0.load(Ordering::Relaxed), expected);
        assert_eq!(stream.next().await.unwrap().unwrap(), reply("x?"));
    }
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
}
