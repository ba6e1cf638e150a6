//! `Prometheus` in a layer and on a client, which know a method by its path alone.

use prometheus_client::registry::Registry;
use proto::hello::HelloRequest;
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tonic::client::Grpc;
use tonic_prost::ProstCodec;
use tower_layer::Layer;
use vestibule::{Code, client, layer};
use vestibule_interceptors::Prometheus;

use super::ended_calls::{End, call};
use super::observed::{METHODS, Observed};
use super::prometheus::{
    BOUND, LABELS, Numbers, await_lines, await_scrape, expected, go_name, index_of, methods, registered,
    scraped,
};
use super::retry_server::{Act, Server, UNAVAILABLE, channel, retry};
use crate::support::untimed::connect_untimed;
use crate::support::{hello, serve, surely};

async fn await_scrape_without_messages(registry: &Registry, expected: &str) {
    await_lines(registry, expected, |line| !line.contains("_msg_")).await;
}

/// The numbers of messages are those that pass by, which another test compares.
#[tokio::test]
async fn a_layer_counts_each_end_of_each_shape() {
    let prometheus = Prometheus::server(methods()).buckets([BOUND]);
    let registry = registered(&prometheus);
    let service = Observed::new(None::<Prometheus>);
    let hanging = service.hanging.clone();
    let addr = serve(layer((prometheus,)).layer(GreeterServer::new(service))).await;
    let client = connect_untimed(addr).await;
    let mut numbers = LABELS.map(|labels| (labels, Numbers::default()));
    for method in METHODS {
        for end in End::ALL {
            call(client.clone(), method, end, &hanging).await;
            *numbers[index_of(method)].1.handled.entry(go_name(end.code())).or_default() += 1;
            await_scrape_without_messages(&registry, &expected("server", &numbers)).await;
        }
    }
}

#[tokio::test]
async fn a_client_counts_each_end_of_each_shape() {
    let prometheus = Prometheus::client(methods()).buckets([BOUND]);
    let registry = registered(&prometheus);
    let service = Observed::new(None::<Prometheus>);
    let hanging = service.hanging.clone();
    let addr = serve(GreeterServer::new(service)).await;
    let client = GreeterClient::new(client(channel(addr), (prometheus,)));
    let mut numbers = LABELS.map(|labels| (labels, Numbers::default()));
    for method in METHODS {
        for end in End::ALL {
            call(client.clone(), method, end, &hanging).await;
            *numbers[index_of(method)].1.handled.entry(go_name(end.code())).or_default() += 1;
            await_scrape_without_messages(&registry, &expected("client", &numbers)).await;
        }
    }
}

#[tokio::test]
async fn a_layer_and_a_client_count_the_messages_that_pass_by() {
    let (of_server, of_client) = (Prometheus::server(methods()), Prometheus::client(methods()));
    let (of_server, of_client) = (of_server.buckets([BOUND]), of_client.buckets([BOUND]));
    let (server_registry, client_registry) = (registered(&of_server), registered(&of_client));
    let service = Observed::new(None::<Prometheus>);
    let hanging = service.hanging.clone();
    let addr = serve(layer((of_server,)).layer(GreeterServer::new(service))).await;
    let client = GreeterClient::new(client(channel(addr), (of_client,)));
    let ok = Numbers { handled: [("OK", 1)].into(), ..Numbers::default() };
    let mut numbers = LABELS.map(|labels| (labels, ok.clone()));
    for (method, requests, responses) in
        [("SayHello", 1, 1), ("LotsOfReplies", 1, 3), ("LotsOfGreetings", 3, 1), ("BidiHello", 3, 3)]
    {
        let method = format!("pb.Greeter/{method}");
        call(client.clone(), &method, End::Ok, &hanging).await;
        let of_method = &mut numbers[index_of(&method)].1;
        (of_method.received, of_method.sent) = (requests, responses);
    }
    await_scrape(&server_registry, &expected("server", &numbers)).await;
    for (_, numbers) in &mut numbers {
        (numbers.received, numbers.sent) = (numbers.sent, numbers.received);
    }
    await_scrape(&client_registry, &expected("client", &numbers)).await;
}

/// Anybody can send any path. The path is no label, and the number of series stays as it is.
#[tokio::test]
async fn no_caller_makes_a_series() {
    let (of_server, of_client) = (Prometheus::server(methods()), Prometheus::client(methods()));
    let (of_server, of_client) = (of_server.buckets([BOUND]), of_client.buckets([BOUND]));
    let (server_registry, client_registry) = (registered(&of_server), registered(&of_client));
    let service = layer((of_server,)).layer(GreeterServer::new(Observed::new(None::<Prometheus>)));
    let mut grpc = Grpc::new(client(channel(serve(service).await), (of_client,)));
    for n in 0..1000 {
        grpc.ready().await.unwrap();
        let path = format!("/pb.Greeter/Secret{n}").parse().unwrap();
        let codec = ProstCodec::<HelloRequest, HelloRequest>::default();
        let status = grpc.unary(tonic::Request::new(hello("a")), path, codec).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented);
    }
    let other = r#"grpc_type="other",grpc_service="other",grpc_method="other""#;
    let unimplemented = Numbers { handled: [("Unimplemented", 1000)].into(), ..Numbers::default() };
    let numbers = LABELS.map(|labels| (labels, Numbers::default()));
    let numbers = [&numbers[..], &[(other, unimplemented)]].concat();
    await_scrape_without_messages(&server_registry, &expected("server", &numbers)).await;
    await_scrape_without_messages(&client_registry, &expected("client", &numbers)).await;
    for registry in [server_registry, client_registry] {
        assert!(!scraped(&registry).contains("Secret"));
    }
}

#[tokio::test]
async fn a_client_counts_its_retries() {
    let prometheus = Prometheus::client(methods()).buckets([BOUND]);
    let registry = registered(&prometheus);
    let addr = serve(GreeterServer::new(Server::new(vec![UNAVAILABLE; 2]))).await;
    let mut client = GreeterClient::new(client(channel(addr), (prometheus, retry(4))));
    client.say_hello(hello("a")).await.unwrap();
    let mut numbers = LABELS.map(|labels| (labels, Numbers::default()));
    numbers[3].1 = Numbers { handled: [("OK", 1)].into(), received: 1, sent: 1, retries: 2 };
    await_scrape(&registry, &expected("client", &numbers)).await;
}

/// A call that its caller drops has made its attempts all the same.
#[tokio::test]
async fn a_client_counts_the_retries_of_a_call_that_is_dropped() {
    let prometheus = Prometheus::client(methods()).buckets([BOUND]);
    let registry = registered(&prometheus);
    let server = Server::new([UNAVAILABLE, Act::Hang]);
    let addr = serve(GreeterServer::new(server.clone())).await;
    let mut client = GreeterClient::new(client(channel(addr), (prometheus, retry(4))));
    let call = tokio::spawn(async move { client.say_hello(hello("a")).await });
    surely(async {
        while server.attempts() < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    call.abort();
    let mut numbers = LABELS.map(|labels| (labels, Numbers::default()));
    numbers[3].1 = Numbers { handled: [("Canceled", 1)].into(), received: 0, sent: 1, retries: 1 };
    await_scrape(&registry, &expected("client", &numbers)).await;
}
