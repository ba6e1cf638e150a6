//! After `streaming`: return types that an alias hides, and a stream that ends with an error.
//!
//! As in `route_guide`, the service has to be `Clone`.

use std::net::SocketAddr;
use std::pin::Pin;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Code, Request, Response, Status, Streaming};

use crate::support::{all_responses, connect_greeter, hello, serve};
use crate::{HasList, moved};

moved! {
    {
        type EchoResult<T> = Result<Response<T>, Status>;
        type ResponseStream = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

        #[derive(Debug, Clone)]
        pub(super) struct EchoServer {}

        pub(super) async fn serve() -> SocketAddr {
            super::serve(GreeterServer::new(EchoServer {})).await
        }
    }

    #[tonic::async_trait]
    impl Greeter for EchoServer {
        async fn say_hello(&self, request: Request<HelloRequest>) -> EchoResult<HelloResponse> {
            Ok(Response::new(HelloResponse { reply: request.into_inner().name }))
        }

        type LotsOfRepliesStream = ResponseStream;

        async fn lots_of_replies(
            &self,
            req: Request<HelloRequest>,
        ) -> EchoResult<Self::LotsOfRepliesStream> {
            let HelloRequest { name } = req.into_inner();
            let (tx, rx) = mpsc::channel(128);
            tokio::spawn(async move {
                for number in 1..=3 {
                    let item = HelloResponse { reply: format!("{name} {number}") };
                    // It fails when the client has gone.
                    if tx.send(Ok(item)).await.is_err() {
                        break;
                    }
                }
            });
            let output_stream = ReceiverStream::new(rx);
            Ok(Response::new(Box::pin(output_stream) as Self::LotsOfRepliesStream))
        }

        async fn lots_of_greetings(
            &self,
            _: Request<Streaming<HelloRequest>>,
        ) -> EchoResult<HelloResponse> {
            Err(Status::unimplemented("not implemented"))
        }

        type BidiHelloStream = ResponseStream;

        async fn bidi_hello(
            &self,
            req: Request<Streaming<HelloRequest>>,
        ) -> EchoResult<Self::BidiHelloStream> {
            let mut in_stream = req.into_inner();
            let (tx, rx) = mpsc::channel(128);
            tokio::spawn(async move {
                while let Some(result) = in_stream.next().await {
                    let item = match result {
                        Ok(request) if request.name.is_empty() => Err(Status::invalid_argument("no name")),
                        Ok(request) => Ok(HelloResponse { reply: request.name }),
                        Err(status) => Err(status),
                    };
                    let is_last = item.is_err();
                    if tx.send(item).await.is_err() || is_last {
                        break;
                    }
                }
            });
            let out_stream = ReceiverStream::new(rx);
            Ok(Response::new(Box::pin(out_stream) as Self::BidiHelloStream))
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
    let (replies, end) = all_responses(Ok(response)).await;
    assert_eq!((replies.join(", "), end), ("ada 1, ada 2, ada 3".to_owned(), Ok(())));

    let status = client.lots_of_greetings(tokio_stream::empty()).await.unwrap_err();
    has_list.check("/pb.Greeter/LotsOfGreetings", status.metadata());
    assert_eq!((status.code(), status.message()), (Code::Unimplemented, "not implemented"));

    let names = tokio_stream::iter(["ada", "bob", "", "li"].map(hello));
    let response = client.bidi_hello(names).await.unwrap();
    has_list.check("/pb.Greeter/BidiHello", response.metadata());
    let (replies, end) = all_responses(Ok(response)).await;
    assert_eq!(replies, ["ada", "bob"]);
    assert_eq!(end, Err((Code::InvalidArgument, "no name".to_owned())));
}
