//! `SetRequestId` gives each request an id, which the handler, the client and other servers receive.

use std::net::SocketAddr;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Extensions, Request, Response};
use tower_layer::Layer;
use tracing::Level;
use vestibule::{Call, Client, Code, Status, Streaming, interceptor};
use vestibule_interceptors::{PropagateRequestId, RequestId, SetRequestId, current_request_id};

use super::logged::logging;
use super::slow::reply;
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve, serve_in};

in_every_setup!(
    a_client_receives_the_id_that_the_handler_has,
    a_call_that_fails_has_its_id,
    a_trusted_peer_chooses_the_id,
    an_id_that_is_not_valid_is_replaced,
    the_key_is_the_users_choice,
    a_call_of_another_server_has_the_same_id,
);

type Next = GreeterClient<Client<Channel>>;

/// Returns the id of the request, or that which the next server returns.
#[derive(Clone)]
struct Identified {
    key: &'static str,
    next: Option<Next>,
}

impl Identified {
    const fn new() -> Self {
        Self { key: "x-request-id", next: None }
    }

    /// Returns a service that calls the server at `addr`.
    fn before(addr: SocketAddr) -> Self {
        let channel = Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy();
        let next = GreeterClient::new(vestibule::client(channel, (PropagateRequestId::new(),)));
        Self { next: Some(next), ..Self::new() }
    }
}

fn is_trusted(call: &Call) -> bool {
    call.metadata().contains_key("x-trusted")
}

/// Returns the current id, and checks that it is the one by name.
fn current(id: &RequestId) -> HelloResponse {
    assert_eq!(current_request_id().as_ref(), Some(id));
    reply(id.as_str())
}

#[interceptor(id = SetRequestId::new().trust(is_trusted).key(self.key))]
impl Greeter for Identified {
    async fn say_hello(&self, request: HelloRequest, id: &RequestId) -> Result<HelloResponse, Status> {
        match (request.name.as_str(), &self.next) {
            ("fail", _) => Err(Status::not_found(id.as_str())),
            (_, None) => Ok(current(id)),
            ("spawn", Some(next)) => {
                let (mut next, mut request) = (next.clone(), Request::new(hello("a")));
                request.extensions_mut().insert(id.clone());
                let call = tokio::spawn(async move { next.say_hello(request).await });
                Ok(call.await.unwrap()?.into_inner())
            }
            ("forget", Some(next)) => {
                let mut next = next.clone();
                let call = tokio::spawn(async move { next.say_hello(hello("a")).await });
                Ok(call.await.unwrap()?.into_inner())
            }
            (_, Some(next)) => Ok(next.clone().say_hello(trusted("", hello("a"))).await?.into_inner()),
        }
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
        id: &RequestId,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let id = id.clone();
        Ok(tokio_stream::iter([(), ()]).map(move |()| Ok(current(&id))))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
        id: &RequestId,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(current(id))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
        id: &RequestId,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let id = id.clone();
        Ok(requests.map(move |request| request.map(|_| current(&id))))
    }
}

/// Makes a request that is trusted, with an id unless it is empty.
fn trusted<T>(id: &str, message: T) -> Request<T> {
    let mut metadata = MetadataMap::new();
    metadata.insert("x-trusted", "yes".parse().unwrap());
    if !id.is_empty() {
        metadata.insert("x-request-id", id.parse().unwrap());
    }
    Request::from_parts(metadata, Extensions::new(), message)
}

fn id_in(metadata: &MetadataMap) -> String {
    let ids: Vec<_> = metadata.get_all("x-request-id").iter().collect();
    assert_eq!(ids.len(), 1, "{metadata:?}");
    ids[0].to_str().unwrap().to_owned()
}

/// Checks that an id is a UUID of version 7.
fn assert_new(id: &str) {
    let uuid = uuid(id).unwrap_or_else(|| panic!("{id}"));
    assert_eq!((uuid[12], uuid[16].is_ascii_digit() || "ab".contains(uuid[16])), ('7', true), "{id}");
}

fn uuid(id: &str) -> Option<Vec<char>> {
    let lengths: Vec<_> = id.split('-').map(str::len).collect();
    let digits: Vec<char> = id.chars().filter(|c| *c != '-').collect();
    let are_hexadecimal = digits.iter().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    (lengths == [8, 4, 4, 4, 12] && are_hexadecimal).then_some(digits)
}

async fn check_stream(response: Response<tonic::Streaming<HelloResponse>>) -> String {
    let id = id_in(response.metadata());
    let mut responses = response.into_inner();
    while let Some(response) = responses.message().await.unwrap() {
        assert_eq!(response.reply, id);
    }
    assert_eq!(id_in(&responses.trailers().await.unwrap().unwrap()), id);
    id
}

async fn a_client_receives_the_id_that_the_handler_has(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Identified::new()))).await;
    let names = || tokio_stream::iter([hello("a"), hello("b")]);
    let unary = client.say_hello(hello("a")).await.unwrap();
    let upload = client.lots_of_greetings(names()).await.unwrap();
    let mut ids = vec![];
    for response in [unary, upload] {
        assert_eq!(id_in(response.metadata()), response.get_ref().reply);
        ids.push(response.into_inner().reply);
    }
    ids.push(check_stream(client.lots_of_replies(hello("a")).await.unwrap()).await);
    ids.push(check_stream(client.bidi_hello(names()).await.unwrap()).await);
    for id in &ids {
        assert_new(id);
    }
    assert!(ids.is_sorted(), "{ids:?}");
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

async fn a_call_that_fails_has_its_id(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Identified::new()))).await;
    let status = client.say_hello(hello("fail")).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(id_in(status.metadata()), status.message());
}

async fn a_trusted_peer_chooses_the_id(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Identified::new()))).await;
    for id in ["order-7", "a", &"x".repeat(128)] {
        let response = client.say_hello(trusted(id, hello("a"))).await.unwrap();
        assert_eq!((id_in(response.metadata()).as_str(), response.get_ref().reply.as_str()), (id, id));
    }
    let mut untrusted = trusted("order-7", hello("a"));
    untrusted.metadata_mut().remove("x-trusted");
    assert_new(&client.say_hello(untrusted).await.unwrap().into_inner().reply);
}

async fn an_id_that_is_not_valid_is_replaced(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Identified::new()))).await;
    for id in ["two words", "a=b", "\"", "a/b", &"x".repeat(129)] {
        assert_new(&client.say_hello(trusted(id, hello("a"))).await.unwrap().into_inner().reply);
    }
    let mut twice = trusted("a", hello("a"));
    twice.metadata_mut().append("x-request-id", "b".parse().unwrap());
    assert_new(&client.say_hello(twice).await.unwrap().into_inner().reply);
}

async fn the_key_is_the_users_choice(setup: Setup) {
    let service = Identified { key: "x-correlation-id", ..Identified::new() };
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let mut request = trusted("ignored", hello("a"));
    request.metadata_mut().insert("x-correlation-id", "order-7".parse().unwrap());
    let response = client.say_hello(request).await.unwrap();
    assert_eq!(response.metadata().get("x-correlation-id").unwrap(), "order-7");
    assert_eq!(response.get_ref().reply, "order-7");
    assert!(!response.metadata().contains_key("x-request-id"));
}

async fn a_call_of_another_server_has_the_same_id(setup: Setup) {
    let last = serve_in!(setup, GreeterServer::new(Identified::new()));
    // The client of the spawned call sends no `x-trusted`, so the last server trusts everybody.
    let trusting = vestibule::layer((echo_id(),)).layer(GreeterServer::new(Identified::new()));
    let trusting = serve(trusting).await;
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Identified::before(last)))).await;
    let reply = client.say_hello(trusted("order-7", hello("a"))).await.unwrap().into_inner().reply;
    assert_eq!(reply, "order-7");

    let mut client =
        connect_greeter(serve_in!(setup, GreeterServer::new(Identified::before(trusting)))).await;
    for (name, expected) in [("a", "order-7"), ("spawn", "order-7"), ("forget", "none")] {
        let error = client.say_hello(trusted("order-7", hello(name))).await.unwrap_err();
        assert_eq!(error.message(), expected, "{name}");
    }
}

/// Rejects each call with the id that its client has sent.
#[interceptor]
async fn echo_id(call: &Call) -> Result<(), Status> {
    Err(Status::aborted(call.get::<Option<&str>>("x-request-id")?.unwrap_or("none")))
}

/// Runs in one setup only, because the other servers do send trailers after a single response.
#[test]
fn a_server_that_sends_no_trailers_warns_of_none() {
    logging(Level::INFO, |log| async move {
        let addr = serve(GreeterServer::new(Identified::new())).await;
        connect_greeter(addr).await.say_hello(hello("a")).await.unwrap();
        assert_eq!(log.text(), "");
    });
}
