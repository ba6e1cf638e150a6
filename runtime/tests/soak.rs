//! A program of its own: ten thousand streams at once leave no time for the timers of other tests.
//!
//! The clients give up the streams at any point. Each start that succeeded has its finish.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::{Setup, connect_greeter, hello, in_every_setup, serve_in};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::Server;
use vestibule::{Call, Hooks, Interceptor, Method, Outcome, Rest, Status, Streaming, interceptor};

const STREAMS: usize = 10_000;

#[derive(Default)]
struct Counts {
    started: AtomicUsize,
    finished: AtomicUsize,
    wrapped: AtomicUsize,
    interrupted: AtomicUsize,
    changed: Notify,
}

#[derive(Clone, Default)]
struct Counting(Arc<Counts>);

impl Interceptor for Counting {
    type Provides = ();
    type Hooks = Counting;

    async fn start(&self, _call: &Call) -> Result<((), Counting), Status> {
        self.0.started.fetch_add(1, Ordering::SeqCst);
        Ok(((), self.clone()))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        self.0.wrapped.fetch_add(1, Ordering::SeqCst);
        result
    }
}

impl<M: Method> Hooks<M> for Counting {
    fn on_finish(&mut self, outcome: &Outcome) {
        if outcome.code().is_none() {
            self.0.interrupted.fetch_add(1, Ordering::SeqCst);
        }
        self.0.finished.fetch_add(1, Ordering::SeqCst);
        self.0.changed.notify_one();
    }
}

fn reply(text: String) -> HelloResponse {
    HelloResponse { reply: text }
}

#[interceptor(outer = self, inner = self)]
impl Greeter for Counting {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(0..4).then(move |n| {
            let text = format!("{} {n}", request.name);
            async move {
                tokio::task::yield_now().await;
                Ok(reply(text))
            }
        }))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut count = 0;
        while requests.message().await?.is_some() {
            count += 1;
        }
        Ok(reply(count.to_string()))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

/// Returns numbers that look random and are the same each time.
fn scatter(n: usize) -> usize {
    n.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize) >> 40
}

/// Calls for one stream, and gives it up after some messages, or after some turns of the scheduler.
async fn play(mut client: proto::hello::greeter_client::GreeterClient<tonic::transport::Channel>, n: usize) {
    let limit = scatter(n) % 7;
    let call = async {
        let mut stream = match n % 2 {
            0 => client.lots_of_replies(hello("a")).await?.into_inner(),
            _ => client.bidi_hello(tokio_stream::iter(0..4).map(|_| hello("b"))).await?.into_inner(),
        };
        for _ in 0..limit {
            stream.message().await?;
        }
        Ok::<(), Status>(())
    };
    if n.is_multiple_of(3) {
        let give_up = async {
            for _ in 0..scatter(n + 1) % 50 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = call => {}
            () = give_up => {}
        }
    } else {
        call.await.unwrap();
    }
}

in_every_setup!(multi_thread each_stream_that_started_is_finished);

async fn each_stream_that_started_is_finished(setup: Setup) {
    let service = Counting::default();
    let counts = Arc::clone(&service.0);
    // By default, hyper takes a client that gives up this often for an attacker.
    let server = Server::builder()
        .http2_max_pending_accept_reset_streams(Some(STREAMS))
        .http2_max_local_error_reset_streams(None);
    let addr = serve_in!(setup, GreeterServer::new(service), server);
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(connect_greeter(addr).await);
    }
    let mut streams = JoinSet::new();
    for n in 0..STREAMS {
        streams.spawn(play(clients[n % clients.len()].clone(), n));
    }
    while let Some(ended) = streams.join_next().await {
        ended.expect("no client panics");
    }
    // Without connections no call can start any more.
    drop(clients);

    let of = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    while of(&counts.finished) < of(&counts.started) {
        counts.changed.notified().await;
    }
    assert_eq!(of(&counts.finished), of(&counts.started));
    assert_eq!(of(&counts.wrapped), of(&counts.started), "what wraps a call sees each end");
    assert!(of(&counts.started) > STREAMS, "two interceptors, and most streams reach them");
    assert!(of(&counts.interrupted) > 0, "streams were given up in their midst");
}
