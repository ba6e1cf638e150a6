//! `IdentifyPeer` believes a forwarded certificate of trusted proxies alone. Certificates over TLS are tried with the greeter.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use tonic::{Code, Request};
use tracing::Level;
use vestibule::{Status, Streaming, interceptor};
use vestibule_interceptors::{
    IdentifyPeer, PeerIdentity, TrustedProxies, any, require, spiffe_id, trust_domain,
};

use super::logged::logging;
use super::slow::reply;
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    a_trusted_proxy_tells_who_the_client_is,
    a_peer_that_is_no_proxy_has_no_certificate,
    a_header_that_nobody_can_read_ends_the_call,
    a_policy_asks_for_an_id_or_a_trust_domain,
);
in_every_setup!(sync an_operator_learns_why_a_certificate_was_refused);

/// Replies with the identity of the client.
#[derive(Clone)]
struct Identified(IdentifyPeer);

#[interceptor(peer = &self.0)]
impl Greeter for Identified {
    async fn say_hello(&self, _: HelloRequest, peer: &PeerIdentity) -> Result<HelloResponse, Status> {
        if peer.is_anonymous() {
            return Ok(reply("anonymous"));
        }
        Ok(reply(peer.spiffe_id().map(ToString::to_string).unwrap_or_default()))
    }

    #[interceptor(require(peer, spiffe_id("spiffe://example.org/web")))]
    async fn lots_of_replies(
        &self,
        _: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
        Ok(tokio_stream::once(Ok(reply("web"))))
    }

    #[interceptor(require(peer, trust_domain("example.org")))]
    async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(reply("ours"))
    }

    #[interceptor(require(peer, any((trust_domain("example.com"), spiffe_id("spiffe://example.org/web")))))]
    async fn bidi_hello(
        &self,
        _: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
        Ok(tokio_stream::once(Ok(reply("either"))))
    }
}

fn behind(network: &'static str) -> Identified {
    Identified(IdentifyPeer::by_forwarded_certificate(TrustedProxies::networks([network]).unwrap()))
}

fn with<T>(header: &'static str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-forwarded-client-cert", header.parse().unwrap());
    request
}

const WEB: &str = "Hash=00;URI=spiffe://example.org/web";
const OTHER: &str = "Hash=00;URI=spiffe://example.net/web";

async fn a_trusted_proxy_tells_who_the_client_is(setup: Setup) {
    let service = behind("127.0.0.0/8");
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let response = client.say_hello(with(WEB, hello("a"))).await.unwrap();
    assert_eq!(response.into_inner().reply, "spiffe://example.org/web");
    let status = client.say_hello(hello("a")).await.unwrap_err();
    let expected = (Code::Unauthenticated, "a client certificate is needed");
    assert_eq!((status.code(), status.message()), expected);
}

async fn a_peer_that_is_no_proxy_has_no_certificate(setup: Setup) {
    let strict = behind("10.0.0.0/8");
    let lenient = Identified(strict.0.clone().allow_anonymous());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(strict))).await;
    // The header is not read, so it does not matter what is in it.
    for header in [WEB, "\"", ""] {
        let status = client.say_hello(with(header, hello("a"))).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{header}");
    }
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(lenient))).await;
    let response = client.say_hello(with(WEB, hello("a"))).await.unwrap();
    assert_eq!(response.into_inner().reply, "anonymous");
    // A client without a certificate has no rights.
    let status = client.lots_of_replies(with(WEB, hello("a"))).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
}

async fn a_header_that_nobody_can_read_ends_the_call(setup: Setup) {
    // Not even a client without a certificate may break it.
    let service = Identified(behind("127.0.0.0/8").0.allow_anonymous());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    for header in ["URI=\"spiffe://example.org/web", "URI=spiffe://example.org/a;URI=spiffe://example.org/b"]
    {
        let status = client.say_hello(with(header, hello("a"))).await.unwrap_err();
        let expected = (Code::Unauthenticated, "invalid client certificate");
        assert_eq!((status.code(), status.message()), expected, "{header}");
    }
}

async fn a_policy_asks_for_an_id_or_a_trust_domain(setup: Setup) {
    let service = behind("127.0.0.0/8");
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let names = || tokio_stream::once(hello("a"));
    client.lots_of_replies(with(WEB, hello("a"))).await.unwrap();
    client.lots_of_greetings(with(WEB, names())).await.unwrap();
    client.bidi_hello(with(WEB, names())).await.unwrap();
    for status in [
        client.lots_of_replies(with(OTHER, hello("a"))).await.unwrap_err(),
        client.lots_of_greetings(with(OTHER, names())).await.unwrap_err(),
        client.bidi_hello(with(OTHER, names())).await.unwrap_err(),
    ] {
        assert_eq!(status.code(), Code::PermissionDenied);
        assert!(status.message().starts_with("needs another certificate"), "{status:?}");
    }
}

fn an_operator_learns_why_a_certificate_was_refused(setup: Setup) {
    logging(Level::DEBUG, async |log| {
        let service = behind("127.0.0.0/8");
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
        client.say_hello(with("URI=SPIFFE://x", hello("a"))).await.unwrap_err();
        client.lots_of_replies(with(OTHER, hello("a"))).await.unwrap_err();
        let text = log.text();
        for (message, reason) in [
            ("a certificate was refused", "its SPIFFE id is not valid"),
            ("a policy refused a call", "spiffe://example.org/web, and not spiffe://example.net/web"),
        ] {
            let line = text.lines().find(|line| line.contains(message)).unwrap();
            assert!(line.contains(reason), "{line}");
        }
    });
}
