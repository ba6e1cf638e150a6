//! `Validation` refuses messages that break their rules, in every shape.

use bytes::Bytes;
use prost::Message;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::Code;
use tracing::Level;
use vestibule::details::{self, BadRequest};
use vestibule::{Status, Streaming, interceptor};
use vestibule_interceptors::{RequestsAndResponses, Validation};

use super::logged::logging;
use super::slow::reply;
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    a_request_that_breaks_rules_is_refused_with_all_of_them,
    a_stream_is_refused_at_its_third_message,
    a_response_that_breaks_rules_is_an_internal_error,
    only_requests_are_checked_unless_both_are_asked_for,
);
in_every_setup!(sync rules_that_can_not_be_checked_are_an_internal_error);

/// Replies with the name in the request.
#[derive(Clone)]
struct Valid(Validation);

#[interceptor(self.0)]
impl Greeter for Valid {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(if request.name == "nothing" { "" } else { &request.name }))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter([reply(request.name), reply("second")].map(Ok)))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut names = Vec::new();
        while let Some(request) = requests.message().await? {
            names.push(request.name);
        }
        Ok(reply(names.join(" ")))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

/// Validates responses as well.
#[derive(Clone)]
struct BothValid(Validation<RequestsAndResponses>);

#[interceptor(self.0)]
impl Greeter for BothValid {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(if request.name == "nothing" { "" } else { &request.name }))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter([reply(request.name), reply(""), reply("third")].map(Ok)))
    }

    async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        Ok(reply(""))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

fn fields(status: &Status) -> Vec<(String, String)> {
    let found: BadRequest = details::find(status).unwrap();
    found.field_violations.into_iter().map(|it| (it.field, it.description)).collect()
}

/// A message as `buf/validate/validate.proto` has it, with the fields that the tests read.
#[derive(Clone, PartialEq, Message)]
struct Violations {
    #[prost(message, repeated, tag = "1")]
    violations: Vec<Violation>,
}

#[derive(Clone, PartialEq, Message)]
struct Violation {
    #[prost(message, optional, tag = "5")]
    field: Option<Path>,
    #[prost(string, tag = "2")]
    rule_id: String,
}

#[derive(Clone, PartialEq, Message)]
struct Path {
    #[prost(message, repeated, tag = "1")]
    elements: Vec<Element>,
}

#[derive(Clone, PartialEq, Message)]
struct Element {
    #[prost(string, tag = "2")]
    field_name: String,
}

/// Returns the violations in the form of protovalidate.
fn native(status: &Status) -> Vec<(String, String)> {
    #[derive(Clone, PartialEq, Message)]
    struct RpcStatus {
        #[prost(int32, tag = "1")]
        code: i32,
        #[prost(string, tag = "2")]
        message: String,
        #[prost(message, repeated, tag = "3")]
        details: Vec<Any>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Any {
        #[prost(string, tag = "1")]
        type_url: String,
        #[prost(bytes = "bytes", tag = "2")]
        value: Bytes,
    }
    let rpc_status = RpcStatus::decode(status.details()).unwrap();
    assert_eq!((rpc_status.code, &*rpc_status.message), (status.code().into(), status.message()));
    let is_native = |any: &Any| any.type_url == "type.googleapis.com/buf.validate.Violations";
    let any = rpc_status.details.into_iter().find(is_native).unwrap();
    let violations = Violations::decode(any.value).unwrap().violations.into_iter();
    violations.map(|it| (it.field.unwrap().elements[0].field_name.clone(), it.rule_id)).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(first, second)| ((*first).to_owned(), (*second).to_owned())).collect()
}

async fn a_request_that_breaks_rules_is_refused_with_all_of_them(setup: Setup) {
    let long = format!("{}\n", "a".repeat(32));
    for (validation, count) in [(Validation::of_requests(), 2), (Validation::of_requests().first_only(), 1)] {
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Valid(validation)))).await;
        client.say_hello(hello("ada")).await.unwrap();
        client.lots_of_replies(hello("ada")).await.unwrap();
        for status in [
            client.say_hello(hello(&long)).await.unwrap_err(),
            client.lots_of_replies(hello(&long)).await.unwrap_err(),
        ] {
            assert_eq!((status.code(), status.message()), (Code::InvalidArgument, "invalid request"));
            let all =
                [("name", "must be at most 32 characters"), ("name", "must have no control characters")];
            assert_eq!(fields(&status), pairs(&all[..count]));
            let all = [("name", "string.max_len"), ("name", "name.printable")];
            assert_eq!(native(&status), pairs(&all[..count]));
        }
    }
}

async fn a_stream_is_refused_at_its_third_message(setup: Setup) {
    let service = Valid(Validation::of_requests());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let names = || tokio_stream::iter(["a", "b", "", "d"].map(hello));
    let (responses, end) = all_responses(client.bidi_hello(names()).await).await;
    assert_eq!(responses, ["a", "b"]);
    assert_eq!(end, Err((Code::InvalidArgument, "invalid message 2".to_owned())));
    let status = client.lots_of_greetings(names()).await.unwrap_err();
    assert_eq!(status.message(), "invalid message 2");
    assert_eq!(fields(&status), pairs(&[("name", "must be at least 1 character")]));
    let right = tokio_stream::iter(["a", "b"].map(hello));
    assert_eq!(client.lots_of_greetings(right).await.unwrap().into_inner().reply, "a b");
}

async fn a_response_that_breaks_rules_is_an_internal_error(setup: Setup) {
    let service = BothValid(Validation::of_requests_and_responses());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let expected = (Code::Internal, "the response is not valid".to_owned());
    client.say_hello(hello("ada")).await.unwrap();
    let names = || tokio_stream::once(hello("ada"));
    for status in [
        client.say_hello(hello("nothing")).await.unwrap_err(),
        client.lots_of_greetings(names()).await.unwrap_err(),
    ] {
        assert_eq!((status.code(), status.message().to_owned()), expected);
        assert!(status.details().is_empty());
    }
    let (responses, end) = all_responses(client.lots_of_replies(hello("first")).await).await;
    assert_eq!((responses, end), (vec!["first".to_owned()], Err(expected)));
    let status = client.say_hello(hello("")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

async fn only_requests_are_checked_unless_both_are_asked_for(setup: Setup) {
    let service = Valid(Validation::of_requests());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    assert_eq!(client.say_hello(hello("nothing")).await.unwrap().into_inner().reply, "");
}

fn rules_that_can_not_be_checked_are_an_internal_error(setup: Setup) {
    logging(Level::ERROR, async |log| {
        let service = BothValid(Validation::of_requests_and_responses());
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
        let status = client.say_hello(hello("the rules are broken")).await.unwrap_err();
        let expected = (Code::Internal, "the message can't be checked");
        assert_eq!((status.code(), status.message()), expected);
        client.say_hello(hello("nothing")).await.unwrap_err();
        let text = log.text();
        for (message, violations) in [
            ("the rules of a message can't be checked", "a secret reason"),
            ("a response breaks its rules", "reply: must be at least 1 character"),
        ] {
            let line = text.lines().find(|line| line.contains(message)).unwrap();
            assert!(line.contains(violations) && line.contains("/pb.Greeter/SayHello"), "{line}");
        }
    });
}
