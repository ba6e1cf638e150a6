//! The demo: the greeter, the relay in front of it, and a client that calls the relay.

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use proto::hello::HelloRequest;
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tokio::net::TcpListener;
use tonic::Request;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use vestibule::{Status, code_name};
use vestibule_interceptors::Recover;

use crate::chain::{access_log, authenticate};
use crate::greeter::Moody;
use crate::relay::Relay;

const SECRET: &str = "s3cret";

/// Prints each call and its answer.
///
/// # Errors
///
/// Fails if a server can't be started, or if an answer is not the expected one.
pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let (greeter, incoming) = listen().await?;
    let server = Server::builder().add_service(GreeterServer::new(Moody::default()));
    tokio::spawn(server.serve_with_incoming(incoming));

    let relay = Relay::new(channel(greeter)?).into_service();
    let (health_reporter, health) = tonic_health::server::health_reporter();
    health_reporter.set_service_status("pb.Greeter", tonic_health::ServingStatus::Serving).await;
    // This chain stands in front of all services of the server, also that of tonic-health.
    let chain = (Recover::new(), access_log("server"), authenticate(SECRET));
    let server = Server::builder().layer(vestibule::layer(chain)).add_service(health).add_service(relay);
    let (relay, incoming) = listen().await?;
    tokio::spawn(server.serve_with_incoming(incoming));

    println!("Without a token the server rejects every call, even a health check");
    let mut health = HealthClient::new(channel(relay)?);
    let check = || HealthCheckRequest { service: "pb.Greeter".to_owned() };
    expect("UNAUTHENTICATED: metadata `authorization` is missing", health.check(check()).await.map(|_| "?"))?;
    let status =
        health.check(authorized(check())).await.map(|reply| reply.into_inner().status().as_str_name());
    expect("SERVING", status)?;

    println!("\nThe greeter fails one call of three, and the relay tries it again");
    let mut client = GreeterClient::new(channel(relay)?);
    for name in ["Ada", "Grace", "小明"] {
        let reply = client.say_hello(authorized(say(name))).await.map(|reply| reply.into_inner().reply);
        expect(&format!("hello {name}"), reply)?;
    }
    let mut replies = client.lots_of_replies(authorized(say("Ada"))).await?.into_inner();
    let mut count = 0;
    while let Some(reply) = replies.message().await? {
        expect("hello Ada", Ok(reply.reply))?;
        count += 1;
    }
    expect("2 responses", Ok(format!("{count} responses")))?;

    println!("\nThe relay calls the greeter for no longer than its client waits");
    let started = Instant::now();
    let mut request = authorized(say("sloth"));
    request.set_timeout(Duration::from_millis(500));
    expect("DEADLINE_EXCEEDED: deadline exceeded", client.say_hello(request).await.map(|_| "?"))?;
    assert!(started.elapsed() < Duration::from_secs(30), "the sloth takes a minute");

    println!("\nAll answers were as expected.");
    Ok(())
}

/// Listens on a free port.
async fn listen() -> Result<(SocketAddr, TcpIncoming), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    Ok((listener.local_addr()?, TcpIncoming::from(listener).with_nodelay(Some(true))))
}

fn channel(addr: SocketAddr) -> Result<Channel, tonic::transport::Error> {
    Ok(Endpoint::from_shared(format!("http://{addr}"))?.connect_lazy())
}

fn say(name: &str) -> HelloRequest {
    HelloRequest { name: name.to_owned() }
}

fn authorized<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    let token = format!("Bearer {SECRET}").parse().expect("it is ASCII");
    request.metadata_mut().insert("authorization", token);
    request
}

/// Prints an answer, and fails if it is not the expected one.
fn expect(expected: &str, answer: Result<impl Into<String>, Status>) -> Result<(), String> {
    let answer = match answer {
        Ok(answer) => answer.into(),
        Err(status) => format!("{}: {}", code_name(status.code()), status.message()),
    };
    println!("  < {answer}");
    if answer == expected { Ok(()) } else { Err(format!("expected `{expected}`")) }
}
