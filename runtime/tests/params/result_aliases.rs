//! The return type of a method may be an alias with arguments, whatever is in it.

use std::marker::PhantomData;
use std::pin::Pin;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response};
use vestibule::{Code, Status, Streaming, grpc_error, interceptor};

use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(an_alias_may_hide_a_response_an_error_and_a_stream, an_alias_may_have_a_type_parameter);

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("{0} is not greeted")]
#[status(PermissionDenied)]
struct Unwelcome(String);

type Wrapped<T> = Result<Response<T>, Status>;
type Bare<T> = Result<T, Unwelcome>;
type BoxStream<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;
type Streamed<T> = Result<Response<BoxStream<T>>, Status>;

#[derive(Clone)]
struct Aliased;

#[interceptor]
impl Greeter for Aliased {
    async fn say_hello(&self, request: HelloRequest) -> Wrapped<HelloResponse> {
        let mut response = Response::new(HelloResponse { reply: request.name });
        response.metadata_mut().insert("x-handler", "here".parse().unwrap());
        Ok(response)
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Wrapped<impl Stream<Item = Result<HelloResponse, Unwelcome>>> {
        let replies = [Ok(HelloResponse { reply: "hi".to_owned() }), Err(Unwelcome(request.name))];
        Ok(Response::new(tokio_stream::iter(replies)))
    }

    async fn lots_of_greetings(&self, mut requests: Streaming<HelloRequest>) -> Bare<HelloResponse> {
        match requests.message().await {
            Ok(Some(request)) => Err(Unwelcome(request.name)),
            _ => Ok(HelloResponse { reply: "nobody".to_owned() }),
        }
    }

    type BidiHelloStream = BoxStream<HelloResponse>;

    async fn bidi_hello(&self, requests: Request<tonic::Streaming<HelloRequest>>) -> Streamed<HelloResponse> {
        let replies = requests.into_inner().map(|request| Ok(HelloResponse { reply: request?.name }));
        Ok(Response::new(Box::pin(replies)))
    }
}

async fn an_alias_may_hide_a_response_an_error_and_a_stream(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Aliased))).await;
    let response = client.say_hello(hello("ada")).await.unwrap();
    assert_eq!(response.metadata().get("x-handler").unwrap(), "here");
    assert_eq!(response.into_inner().reply, "ada");

    let refused = |name| Err((Code::PermissionDenied, format!("{name} is not greeted")));
    let replies = all_responses(client.lots_of_replies(hello("mallory")).await).await;
    assert_eq!(replies, (vec!["hi".to_owned()], refused("mallory")));

    let nobody = client.lots_of_greetings(tokio_stream::empty()).await.unwrap();
    assert_eq!(nobody.into_inner().reply, "nobody");
    let status = client.lots_of_greetings(tokio_stream::iter([hello("ada")])).await.unwrap_err();
    assert_eq!(Err::<(), _>((status.code(), status.message().to_owned())), refused("ada"));

    let names = tokio_stream::iter(["ada", "bob"].map(hello));
    let replies = all_responses(client.bidi_hello(names).await).await;
    assert_eq!(replies, (vec!["ada".to_owned(), "bob".to_owned()], Ok(())));
}

/// Serves any trait with its messages as type parameters.
mod generic {
    use super::*;

    #[tonic::async_trait]
    pub(super) trait Service<Req, Res>: Send + Sync + 'static {
        async fn call(&self, request: Request<Req>) -> Wrapped<Res>;
    }

    pub(super) struct Doubling<T>(pub(super) PhantomData<fn() -> T>);

    #[interceptor]
    #[rpc(service = "test.Generic")]
    impl<T: Clone + Send + 'static> Service<T, Vec<T>> for Doubling<T> {
        async fn call(&self, request: Request<T>) -> Wrapped<Vec<T>> {
            let message = request.into_inner();
            Ok(Response::new(vec![message.clone(), message]))
        }
    }
}

async fn an_alias_may_have_a_type_parameter(_: Setup) {
    use generic::Service;

    let response = generic::Doubling(PhantomData).call(Request::new(7)).await.unwrap();
    assert_eq!(response.into_inner(), [7, 7]);
}
