//! `RealIp` provides the address of the client behind trusted proxies.

use std::net::IpAddr;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use tonic::{Code, Request};
use vestibule::{Status, Streaming, interceptor};
use vestibule_interceptors::{RealIp, TrustedProxies};

use super::slow::reply;
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    a_handler_has_the_address_that_a_trusted_proxy_has_written,
    a_peer_that_is_not_trusted_is_the_client,
    streams_have_the_address_as_well,
    an_address_that_nobody_can_read_ends_the_call,
);

/// Replies with the address of the client.
#[derive(Clone)]
struct Located(RealIp);

#[interceptor(ip = &self.0)]
impl Greeter for Located {
    async fn say_hello(&self, _: HelloRequest, ip: &IpAddr) -> Result<HelloResponse, Status> {
        Ok(reply(ip.to_string()))
    }

    async fn lots_of_replies(
        &self,
        _: HelloRequest,
        ip: &IpAddr,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
        Ok(tokio_stream::once(Ok(reply(ip.to_string()))))
    }

    async fn lots_of_greetings(
        &self,
        _: Streaming<HelloRequest>,
        ip: &IpAddr,
    ) -> Result<HelloResponse, Status> {
        Ok(reply(ip.to_string()))
    }

    async fn bidi_hello(
        &self,
        _: Streaming<HelloRequest>,
        ip: &IpAddr,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
        Ok(tokio_stream::once(Ok(reply(ip.to_string()))))
    }
}

fn behind(networks: &[&'static str]) -> Located {
    Located(RealIp::x_forwarded_for(TrustedProxies::networks(networks.iter().copied()).unwrap()))
}

fn from(addresses: &'static str) -> Request<HelloRequest> {
    let mut request = Request::new(hello("a"));
    request.metadata_mut().insert("x-forwarded-for", addresses.parse().unwrap());
    request
}

async fn a_handler_has_the_address_that_a_trusted_proxy_has_written(setup: Setup) {
    let server = behind(&["127.0.0.0/8", "10.0.0.0/8"]);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(server))).await;
    let response = client.say_hello(from("203.0.113.9, 192.0.2.1, 10.0.0.2")).await.unwrap();
    assert_eq!(response.into_inner().reply, "192.0.2.1");
    let response = client.say_hello(hello("a")).await.unwrap();
    assert_eq!(response.into_inner().reply, "127.0.0.1");
}

async fn a_peer_that_is_not_trusted_is_the_client(setup: Setup) {
    let server = behind(&["10.0.0.0/8"]);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(server))).await;
    for addresses in ["192.0.2.1", "10.0.0.2", "x"] {
        let response = client.say_hello(from(addresses)).await.unwrap();
        assert_eq!(response.into_inner().reply, "127.0.0.1", "{addresses}");
    }
}

async fn streams_have_the_address_as_well(setup: Setup) {
    let server = behind(&["127.0.0.1"]);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(server))).await;
    let mut responses = client.lots_of_replies(from("192.0.2.1")).await.unwrap().into_inner();
    assert_eq!(responses.message().await.unwrap().unwrap().reply, "192.0.2.1");
    let upload = from("192.0.2.1").map(tokio_stream::once);
    assert_eq!(client.lots_of_greetings(upload).await.unwrap().into_inner().reply, "192.0.2.1");
    let both = from("192.0.2.1").map(tokio_stream::once);
    let mut responses = client.bidi_hello(both).await.unwrap().into_inner();
    assert_eq!(responses.message().await.unwrap().unwrap().reply, "192.0.2.1");
}

async fn an_address_that_nobody_can_read_ends_the_call(setup: Setup) {
    let server = behind(&["127.0.0.1"]);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(server))).await;
    let status = client.say_hello(from("192.0.2.1, unknown")).await.unwrap_err();
    let expected = (Code::InvalidArgument, "no address can be read from `x-forwarded-for`");
    assert_eq!((status.code(), status.message()), expected);

    let server = Located(RealIp::x_forwarded_for(TrustedProxies::count(2)));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(server))).await;
    let status = client.say_hello(from("192.0.2.1")).await.unwrap_err();
    let expected = (Code::InvalidArgument, "`x-forwarded-for` has fewer addresses than proxies");
    assert_eq!((status.code(), status.message()), expected);
}
