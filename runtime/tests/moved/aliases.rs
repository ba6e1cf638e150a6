//! After the services of tonic's examples that have other names for types of tonic's: `EchoResult<T>`, and more of the kind.

use std::net::SocketAddr;
use std::pin::Pin;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use tonic::{Request as TonicRequest, Response as TonicResponse, Status, Streaming};

use crate::support::{all_responses, connect_greeter, hello, serve};
use crate::{HasList, moved};

type Req<T> = TonicRequest<T>;
type EchoResult<T> = Result<TonicResponse<T>, Status>;
type Outcome<E, T> = Result<TonicResponse<T>, E>;
type Replies = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

fn reply(text: String) -> HelloResponse {
    HelloResponse { reply: text }
}

moved! {
    {
        #[derive(Clone)]
        pub(super) struct MyGreeter;

        type Service = MyGreeter;

        pub(super) async fn serve() -> SocketAddr {
            super::serve(GreeterServer::new(MyGreeter)).await
        }
    }

    #[tonic::async_trait]
    impl Greeter for Service {
        async fn say_hello(
            &self,
            request: TonicRequest<HelloRequest>,
        ) -> Result<TonicResponse<HelloResponse>, Status> {
            Ok(TonicResponse::new(reply(request.into_inner().name)))
        }

        type LotsOfRepliesStream = Replies;

        async fn lots_of_replies(&self, request: Req<HelloRequest>) -> EchoResult<Self::LotsOfRepliesStream> {
            let names = [request.into_inner().name, "bob".to_owned()];
            Ok(TonicResponse::new(Box::pin(tokio_stream::iter(names.map(|name| Ok(reply(name)))))))
        }

        async fn lots_of_greetings(
            &self,
            request: Req<Streaming<HelloRequest>>,
        ) -> Outcome<Status, HelloResponse> {
            let mut requests = request.into_inner();
            let mut names = Vec::new();
            while let Some(request) = requests.message().await? {
                names.push(request.name);
            }
            Ok(TonicResponse::new(reply(names.join(" "))))
        }

        type BidiHelloStream = Replies;

        async fn bidi_hello(
            &self,
            request: TonicRequest<Streaming<HelloRequest>>,
        ) -> Outcome<Status, Replies> {
            let replies = request.into_inner().map(|request| request.map(|request| reply(request.name)));
            Ok(TonicResponse::new(Box::pin(replies)))
        }
    }
}

async fn check(addr: SocketAddr, has_list: HasList) {
    let mut client = connect_greeter(addr).await;
    let response = client.say_hello(hello("ada")).await.unwrap();
    has_list.check("/pb.Greeter/SayHello", response.metadata());
    assert_eq!(response.into_inner().reply, "ada");

    let response = client.lots_of_replies(hello("ada")).await.unwrap();
    has_list.check("/pb.Greeter/LotsOfReplies", response.metadata());
    assert_eq!(all_responses(Ok(response)).await, (vec!["ada".to_owned(), "bob".to_owned()], Ok(())));

    let requests = tokio_stream::iter(["ada", "bob"].map(hello));
    let response = client.lots_of_greetings(requests).await.unwrap();
    has_list.check("/pb.Greeter/LotsOfGreetings", response.metadata());
    assert_eq!(response.into_inner().reply, "ada bob");

    let response = client.bidi_hello(tokio_stream::iter(["ada"].map(hello))).await.unwrap();
    has_list.check("/pb.Greeter/BidiHello", response.metadata());
    assert_eq!(all_responses(Ok(response)).await, (vec!["ada".to_owned()], Ok(())));
}
