//! A program of its own: ten thousand calls at once leave no time for the timers of other tests.
//!
//! Clients give up calls of every shape at any point. Each call that has started is counted as handled.

#[path = "../../runtime/tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::registry::Registry;
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use support::{Setup, hello, in_every_setup, serve_in, surely};
use tokio::task::JoinSet;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::{Channel, Endpoint, Server};
use vestibule::descriptor::DescribedService;
use vestibule::{Client, Status, Streaming, client, interceptor};
use vestibule_interceptors::Prometheus;

const CALLS: usize = 10_000;

#[derive(Clone)]
struct Slow(Prometheus);

/// Answers after some turns of the scheduler.
async fn answer(text: String) -> Result<HelloResponse, Status> {
    tokio::task::yield_now().await;
    Ok(HelloResponse { reply: text })
}

#[interceptor(&self.0)]
impl Greeter for Slow {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        answer(request.name).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter(0..4).then(move |_| answer(request.name.clone())))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        answer("all".to_owned()).await
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(|request| async { answer(request?.name).await }))
    }
}

/// Returns numbers that look random and are the same each time.
fn scatter(n: usize) -> usize {
    n.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize) >> 40
}

/// Makes a call, and gives it up after some messages, or after some turns of the scheduler.
async fn play(mut client: GreeterClient<Client<Channel>>, n: usize) {
    let requests = || tokio_stream::iter(0..4).map(|_| hello("a"));
    let call = async {
        let mut stream = match n % 4 {
            0 => return client.say_hello(hello("a")).await.map(drop),
            1 => return client.lots_of_greetings(requests()).await.map(drop),
            2 => client.lots_of_replies(hello("a")).await?.into_inner(),
            _ => client.bidi_hello(requests()).await?.into_inner(),
        };
        for _ in 0..scatter(n) % 7 {
            stream.message().await?;
        }
        Ok(())
    };
    if scatter(n + 2).is_multiple_of(3) {
        return call.await.unwrap();
    }
    let give_up = async {
        for _ in 0..scatter(n + 1) % 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        result = call => result.unwrap(),
        () = give_up => {}
    }
}

/// Returns the sum of all series of each metric, and that of each code.
fn sums(registry: &Registry) -> BTreeMap<String, u64> {
    let mut text = String::new();
    prometheus_text::encode(&mut text, registry).unwrap();
    let mut sums = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.contains("_seconds_")) {
        let (name, labels) = line.split_once('{').unwrap();
        let value: u64 = labels.rsplit_once(' ').unwrap().1.parse().unwrap();
        *sums.entry(name.to_owned()).or_default() += value;
        if let Some((_, code)) = labels.split_once("grpc_code=\"") {
            *sums.entry(code.split_once('"').unwrap().0.to_owned()).or_default() += value;
        }
    }
    sums
}

in_every_setup!(multi_thread each_call_that_started_is_handled);

async fn each_call_that_started_is_handled(setup: Setup) {
    let methods = GreeterServer::<()>::INFO.methods();
    let (of_server, of_client) = (Prometheus::server(methods), Prometheus::client(methods));
    let (mut server_registry, mut client_registry) = (Registry::default(), Registry::default());
    of_server.register(&mut server_registry);
    of_client.register(&mut client_registry);
    // By default, hyper takes a client that gives up this often for an attacker.
    let server = Server::builder()
        .http2_max_pending_accept_reset_streams(Some(CALLS))
        .http2_max_local_error_reset_streams(None);
    let addr = serve_in!(setup, GreeterServer::new(Slow(of_server)), server);
    let endpoint = Endpoint::from_shared(format!("http://{addr}")).unwrap();
    let channels = [(); 8].map(|()| endpoint.connect_lazy());
    let mut calls = JoinSet::new();
    for n in 0..CALLS {
        let client = GreeterClient::new(client(channels[n % channels.len()].clone(), (of_client.clone(),)));
        calls.spawn(play(client, n));
    }
    while let Some(ended) = calls.join_next().await {
        ended.expect("no client panics");
    }
    // Without connections no call can start any more.
    drop(channels);

    for (side, registry) in [("client", client_registry), ("server", server_registry)] {
        surely(async {
            while sums(&registry)[&format!("grpc_{side}_in_flight")] > 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let sums = sums(&registry);
        let started = sums[&format!("grpc_{side}_started_total")];
        assert_eq!(sums[&format!("grpc_{side}_handled_total")], started, "{side}");
        assert!(started > CALLS as u64 / 3, "many calls reach it: {sums:?}");
        assert!(sums["Canceled"] > 0 && sums["OK"] > 0, "calls were given up in their midst: {sums:?}");
        assert_eq!(sums["Canceled"] + sums["OK"], started, "{sums:?}");
    }
}
