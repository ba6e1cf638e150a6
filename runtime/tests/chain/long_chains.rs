//! With a list of any length, handlers may hold as much on the stack, and nest `async fn`s as deeply, as without one.

use std::hint::black_box;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::task::yield_now;
use tokio_stream::{Stream, StreamExt, once};
use tonic::transport::Channel;
use vestibule::{Rest, Status, Streaming, interceptor};

use crate::support::tracer::{Traced, Tracer};
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(thirty_entries_run_in_their_order);

in_every_setup!(multi_thread a_handler_may_hold_as_much_as_without_a_chain);

#[interceptor]
async fn wraps(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

#[interceptor]
async fn provides() -> Result<u8, Status> {
    Ok(1)
}

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

/// The handlers hold many of them; a thread has 2 MiB of stack.
const KIB: usize = 1024;

#[derive(Clone)]
struct HoldsMuch;

#[interceptor(
    e1 = wraps(), e2 = wraps(), e3 = wraps(), e4 = wraps(), a = provides(), e5 = wraps(),
    e6 = wraps(), e7 = wraps(), e8 = wraps(), b = provides(),
    e9 = wraps(), e10 = wraps(),
)]
impl Greeter for HoldsMuch {
    async fn say_hello(&self, request: HelloRequest, a: &u8, b: &u8) -> Result<HelloResponse, Status> {
        let held = [*a + *b; 512 * KIB];
        yield_now().await;
        Ok(reply(format!("{} {}", request.name, black_box(&held).len())))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let held = [1_u8; 512 * KIB];
        yield_now().await;
        let text = format!("{} {}", request.name, black_box(&held).len());
        Ok(once(Ok(reply(text))))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let held = [1_u8; 512 * KIB];
        let mut names = String::new();
        while let Some(request) = requests.message().await? {
            names += &request.name;
        }
        Ok(reply(format!("{names} {}", black_box(&held).len())))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        // tonic alone bears no more than this, because it moves the stream before it sends it.
        let held = [1_u8; 96 * KIB];
        Ok(requests.map(move |request| Ok(reply(format!("{} {}", request?.name, black_box(&held).len())))))
    }
}

/// Calls each of the shapes with one name, and returns the responses.
async fn greet_in_all_shapes(greeter: &mut GreeterClient<Channel>) -> [String; 4] {
    let all = |(responses, end): (Vec<String>, _)| {
        assert_eq!(end, Ok(()));
        responses.concat()
    };
    [
        greeter.say_hello(hello("Ada")).await.expect("it holds").into_inner().reply,
        all(all_responses(greeter.lots_of_replies(hello("Ada")).await).await),
        greeter.lots_of_greetings(once(hello("Ada"))).await.expect("it holds").into_inner().reply,
        all(all_responses(greeter.bidi_hello(once(hello("Ada"))).await).await),
    ]
}

async fn a_handler_may_hold_as_much_as_without_a_chain(setup: Setup) {
    let mut greeter = connect_greeter(serve_in!(setup, GreeterServer::new(HoldsMuch))).await;
    let responses = greet_in_all_shapes(&mut greeter).await;
    assert_eq!(responses, ["Ada 524288", "Ada 524288", "Ada 524288", "Ada 98304"]);
}

#[derive(Clone, Default)]
struct Long(Tracer);

// This list has thirty entries.
#[interceptor(
    Traced("A", &self.0), e1 = wraps(), e2 = wraps(), e3 = wraps(), e4 = wraps(), e5 = wraps(),
    e6 = wraps(), e7 = wraps(), e8 = wraps(), e9 = wraps(),
    Traced("B", &self.0), e10 = wraps(), e11 = wraps(), e12 = wraps(), e13 = wraps(),
    e14 = wraps(), e15 = wraps(), e16 = wraps(), e17 = wraps(), e18 = wraps(),
    Traced("C", &self.0), e19 = wraps(), e20 = wraps(), e21 = wraps(), e22 = wraps(),
    e23 = wraps(), e24 = wraps(), e25 = wraps(), e26 = wraps(), Traced("D", &self.0),
)]
impl Greeter for Long {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.0.async_event("H").await?;
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.0.async_event("H").await?;
        Ok(once(Ok(reply(request.name))))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        self.0.async_event("H").await?;
        let mut names = String::new();
        while let Some(request) = requests.message().await? {
            names += &request.name;
        }
        Ok(reply(names))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.0.async_event("H").await?;
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

async fn thirty_entries_run_in_their_order(setup: Setup) {
    let [starts, requests, responses, finishes] =
        [".s", ".r", ".w", ".f(ok)"].map(|event| ["A", "B", "C", "D"].map(|name| format!("{name}{event}")));
    let [responses, finishes] = [responses, finishes].map(|mut events| {
        events.reverse();
        events
    });
    let [starts, requests, responses, finishes] =
        [starts, requests, responses, finishes].map(|events| events.join(" "));
    let of_a_message = format!("{starts} {requests} H {responses} {finishes}");
    let of_a_stream = format!("{starts} H {requests} {responses} {finishes}");
    let service = Long::default();
    let tracer = service.0.clone();
    let addr = serve_in!(setup, GreeterServer::new(service));
    let mut greeter = connect_greeter(addr).await;
    greeter.say_hello(hello("Ada")).await.expect("it is served");
    tracer.finished().await;
    assert_eq!(tracer.take(), of_a_message);
    all_responses(greeter.lots_of_replies(hello("Ada")).await).await.1.expect("it is served");
    tracer.finished().await;
    assert_eq!(tracer.take(), of_a_message);
    greeter.lots_of_greetings(once(hello("Ada"))).await.expect("it is served");
    tracer.finished().await;
    assert_eq!(tracer.take(), of_a_stream);
    all_responses(greeter.bidi_hello(once(hello("Ada"))).await).await.1.expect("it is served");
    tracer.finished().await;
    assert_eq!(tracer.take(), of_a_stream);
}
